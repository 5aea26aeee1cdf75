"""The demo: a house of its own with a practice platform and invented people, on this machine only."""
