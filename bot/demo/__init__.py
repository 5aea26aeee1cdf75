"""The demo: a house of its own with a practice platform, invented people and invented comments, on this machine only."""
