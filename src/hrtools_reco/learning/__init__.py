"""Learning from adoption: the numeric core, and what it adds to the expert prior."""
