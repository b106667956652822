"""What labs and boards are made of."""
