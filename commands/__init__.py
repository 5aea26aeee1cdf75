"""What can a person or the clock order? One module per command, chat-free."""
