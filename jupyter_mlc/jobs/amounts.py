"""Spans of time and sizes of memory as people write them."""

from __future__ import annotations

import re

from jupyter_mlc.domain.errors import BadInput

_SECONDS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_BYTES |= {"k": 10**3, "m": 10**6, "g": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")


def seconds(option: str, text: str) -> float | None:
    """``30m``, ``1h30m``, ``90s`` or ``90`` in seconds; None for nothing.

    Raises
    ------
    BadInput
        Where it is no span of time, or none at all.
    """
    if not text:
        return None
    folded = text.strip().lower()
    parts = _SPAN.findall(folded)
    is_whole = "".join(f"{number}{unit}" for number, unit in parts) == re.sub(r"\s+", "", folded)
    if not parts or not is_whole or any(unit not in _SECONDS for _, unit in parts):
        raise BadInput(
            f"{option} {text} is no span of time", hint=f"write {option} 90s, {option} 30m or {option} 1h30m"
        )
    total = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if total <= 0:
        raise BadInput(f"{option} {text} leaves no time", hint=f"write {option} 30m")
    return total


def size(option: str, text: str) -> int | None:
    """``4GB``, ``512MiB`` in bytes; None for nothing.

    Raises
    ------
    BadInput
        Where it is no size, or too little for any process.
    """
    if not text:
        return None
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None or found[2] not in _BYTES:
        raise BadInput(f"{option} {text} is no size", hint=f"write {option} 4GB or {option} 512MB")
    total = int(float(found[1]) * _BYTES[found[2]])
    if total < _LEAST:
        raise BadInput(f"{option} {text} is too little for any notebook", hint=f"write {option} 4GB or {option} 512MB")
    return total


_LEAST = 16 << 20
