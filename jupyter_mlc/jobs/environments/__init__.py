"""The environment of a version, made again from its lock."""
