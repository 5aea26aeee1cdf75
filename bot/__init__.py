"""How do people see and press? Neutral cards, one folder per channel, texts, and the wiring in `bot.__main__`."""
