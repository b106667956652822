"""How good is it, as numbers: image, sequence, motion and text metrics."""
