"""The closed forms behind the derivations, and engines small enough to run at every move of a slider: NumPy only."""
