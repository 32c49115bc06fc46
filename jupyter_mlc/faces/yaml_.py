"""YAML as plain data."""

from __future__ import annotations

from jupyter_mlc.domain.errors import BadInput


def read_yaml(text: str) -> object:
    """Read a document that may come from anywhere: it makes plain data and nothing else.

    Raises
    ------
    BadInput
        Where it is none.
    """
    import yaml

    try:
        found: object = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"this is no YAML: {' '.join(str(error).split())}", hint="correct the file") from None
    return found
