"""Which words are addresses of MLflow's; apart, so that telling costs no import."""

from __future__ import annotations

SCHEMES = ("mlflow", "mlflow+http", "mlflow+https")


def is_mlflow(word: str) -> bool:
    """Whether the word is an address of MLflow's."""
    scheme, found, _ = word.partition("://")
    return bool(found) and scheme.lower() in SCHEMES
