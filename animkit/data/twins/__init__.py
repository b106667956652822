"""Procedural twins: the same shapes and labels as the real data, drawn in code."""
