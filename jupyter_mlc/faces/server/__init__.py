"""The verbs as routes of a Jupyter server, and a word to whoever listens when the registry has changed."""
