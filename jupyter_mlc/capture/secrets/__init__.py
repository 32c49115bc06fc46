"""Secrets in what is captured: told by their shape, or by the name beside them, and replaced."""
