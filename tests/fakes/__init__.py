"""Stand-ins for time and for the outside, one named file each."""
