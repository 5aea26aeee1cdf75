"""Long runs: kills, a flood, a state machine. `python -m tests.soak`."""
