"""Datasets: one file each, a real loader beside a procedural twin of the same shapes and labels."""
