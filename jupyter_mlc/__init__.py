"""Model lifecycle management from within Jupyter notebooks."""

__version__ = "0.1.0"
