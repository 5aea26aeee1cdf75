"""Letters: what leaves the house in words, or goes into a file; one module per kind, drawn from data."""
