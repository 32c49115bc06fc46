"""Code that lives in the notebook, made into modules that travel with a model."""
