"""How each thing that ships is trained."""
