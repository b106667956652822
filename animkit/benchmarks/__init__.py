"""Published protocols, each a command that makes its file in notebooks/results again."""
