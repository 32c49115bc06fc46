"""A setting of any kind as a scalar: itself, or a short text that is the same in every process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Scalar

_LONGEST = 200
_MOST = 20
"""items of a list that are written out"""
_DEEPEST = 4
_GROUPS = (Mapping, list, tuple, set, frozenset)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def scalar(value: Any) -> Scalar:
    """Return the value as a plain scalar; anything else as a short text without memory addresses."""
    if value is None or type(value) in {bool, int, float, str}:
        return value  # type: ignore[no-any-return] # the types that it may have are named in this line
    for plain in (bool, int, float, str):
        if isinstance(value, plain):
            return plain(value)
    if getattr(value, "shape", None) == () and hasattr(value, "dtype") and hasattr(value, "item"):
        inner = value.item()
        return inner if isinstance(inner, bool | int | float | str) else short_text(str(value))
    try:
        return short_text(_written(value, _DEEPEST))
    except Exception:  # noqa: BLE001 (what cannot even be shown is named by its type)
        return type(value).__name__


def short_text(text: str) -> str:
    """Return a text without memory addresses, cut where it is too long for a table."""
    plain = _ADDRESS.sub("", text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."


def _written(value: Any, depth: int) -> str:
    """Write a value as Python would, but sets in order, functions and estimators by their names, long lists cut."""
    if hasattr(value, "get_params") and not isinstance(value, type):
        return type(value).__name__
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        return f"{value.__module__}.{value.__qualname__}"
    if depth == 0:
        return repr(value)[:_LONGEST]
    return _written_group(value, depth - 1) if isinstance(value, _GROUPS) else repr(value)


def _written_group(value: Any, depth: int) -> str:
    if isinstance(value, Mapping):
        items = [f"{_written(key, depth)}: {_written(item, depth)}" for key, item in _first(value.items())]
    elif isinstance(value, set | frozenset):
        items = sorted(_written(item, depth) for item in value)[:_MOST]
    else:
        items = [_written(item, depth) for item in _first(value)]
    brackets = "()" if isinstance(value, tuple) else "[]" if isinstance(value, list) else "{}"
    more = ["..."] if len(value) > len(items) else []
    comma = "," if brackets == "()" and len(value) == 1 else ""
    return f"{brackets[0]}{', '.join([*items, *more])}{comma}{brackets[1]}"


def _first(items: Any) -> list[Any]:
    return [item for item, _ in zip(items, range(_MOST), strict=False)]
