"""Notify: ways to people outside the channel, e-mail, SMS, ntfy and others, through apprise."""
