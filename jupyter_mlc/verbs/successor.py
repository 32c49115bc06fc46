"""The version that is named as what to use instead."""

from __future__ import annotations

from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.lifecycle import REFUSES_LOAD, Stage
from jupyter_mlc.domain.names import parse_version
from jupyter_mlc.store.registry import Registry


def checked_successor(registry: Registry, text: str | None, of: str) -> str | None:
    """The successor as ``NAME:N``; refused where it is the version itself or cannot be loaded."""
    if text is None:
        return None
    if text.strip().isdecimal():
        raise BadInput(f"{text!r} does not name one version", hint=f"write {of.partition(':')[0]}:{text.strip()}")
    row = registry.version_row(parse_version(text))
    ref = f"{row['model_name']}:{row['number']}"
    if ref == of:
        raise BadInput(f"{of} cannot be its own successor", hint="name another version")
    if Stage(row["stage"]) in REFUSES_LOAD:
        raise Conflict(f"{ref} is {row['stage']} and cannot succeed {of}", hint="name a version that can be loaded")
    return ref
