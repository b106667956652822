"""Boards on which an animator works."""
