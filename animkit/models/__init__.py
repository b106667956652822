"""Models built from the three families, one file each."""
