"""What surrounds a model when it is made: notebook, Git, environment, data, the estimator's own settings."""
