"""What an animator uses, built from the models: characters and the short film."""
