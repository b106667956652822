"""Live parts of the notebooks: derivation labs, exercises and the animation player. No learning code lives here."""
