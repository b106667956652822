"""Labs of the derivations, one a file."""
