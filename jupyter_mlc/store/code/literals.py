"""How a value is written in a module's text: as an import where it comes from a module, else as a literal."""

from __future__ import annotations

import logging
import math
import re
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.store.code.sources import home_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST = 1 << 16
"""characters of a literal: what is larger is data, and belongs into the object"""
_DEEPEST = 20
_DOUBLE = 8
"""bytes of the floats that Python has"""
_ATOMS = (type(None), bool, int, str, bytes, type(...))
_FACTORIES = (bool, int, float, str, list, dict, set, tuple)


def as_literal(value: object) -> str | None:
    """The value as Python text, or None where it is no constant."""
    text = _literal(value, _DEEPEST)
    return text if text is not None and len(text) <= LONGEST else None


def _literal(value: Any, depth: int) -> str | None:
    if type(value) in _ATOMS:
        return repr(value)
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if type(value) is complex:
        return f"complex({_literal(value.real, depth)}, {_literal(value.imag, depth)})"
    return _made(value, depth) or (_collection(value, depth) or _container(value, depth) if depth else None)


def _made(value: Any, depth: int) -> str | None:
    """A small thing that a function of its module makes again."""
    kind = type(value)
    if kind is re.Pattern:
        return f'__import__("re").compile({value.pattern!r}, {int(value.flags)})'
    if kind in (logging.Logger, logging.RootLogger):
        return f'__import__("logging").getLogger({"" if kind is logging.RootLogger else repr(value.name)})'
    if kind is type(Path()):
        return f'__import__("pathlib").Path({str(value)!r})'
    if kind in (date, datetime, timedelta) and getattr(value, "tzinfo", None) is None:
        return f'__import__("datetime").{repr(value).removeprefix("datetime.")}'
    return _number(value, depth) or _array(value, depth)


def _number(value: Any, depth: int) -> str | None:
    """One number of numpy, such as the mean of a column."""
    numpy = sys.modules.get("numpy")
    kind = type(value)
    if numpy is None or not issubclass(kind, numpy.generic) or getattr(numpy, kind.__name__, None) is not kind:
        return None
    inner = value.item()
    text = _literal(inner, depth) if type(inner) in (*_ATOMS, float, complex) else None
    return text and f'__import__("numpy").{kind.__name__}({text})'


def _array(value: Any, depth: int) -> str | None:
    """A small array of numpy, such as the weights of three models."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.size > LONGEST:
        return None
    # what Python's floats cannot hold, objects and times have no numbers or words to be written as
    if value.dtype.kind not in "biufU" or (value.dtype.kind == "f" and value.dtype.itemsize > _DOUBLE):
        return None
    items = _literal(value.ravel().tolist(), depth)
    return items and f'__import__("numpy").array({items}, {value.dtype.str!r}).reshape({value.shape})'


def _container(value: Any, depth: int) -> str | None:
    """A counter and the like, which are made of what Python has a way to write."""
    kind = type(value)
    if kind in (Counter, OrderedDict):
        inner = _mapping(value, depth)
    elif kind is defaultdict and value.default_factory in (None, *_FACTORIES):
        items = _mapping(value, depth)
        inner = items and f"{getattr(value.default_factory, '__name__', None)}, {items}"
    elif kind is deque:
        items = _literal(list(value), depth)
        inner = items and f"{items}, {value.maxlen}"
    else:
        return None
    return inner and f'__import__("collections").{kind.__name__}({inner})'


def _collection(value: Any, depth: int) -> str | None:
    kind = type(value)
    if kind is dict:
        return _mapping(value, depth)
    items = _all(value, depth) if kind in (list, tuple, set, frozenset) else None
    if items is None:
        return None
    if kind in (list, tuple):
        comma = "," if kind is tuple and len(items) == 1 else ""
        return f"[{', '.join(items)}]" if kind is list else f"({', '.join(items)}{comma})"
    # the order of a set differs from process to process
    return f"{kind.__name__}([{', '.join(sorted(items))}])"


def _mapping(value: Mapping[Any, Any], depth: int) -> str | None:
    keys, values = _all(value, depth), _all(value.values(), depth)
    if keys is None or values is None:
        return None
    return "{" + ", ".join(f"{key}: {item}" for key, item in zip(keys, values, strict=True)) + "}"


def _all(values: Iterable[object], depth: int) -> list[str] | None:
    texts = [_literal(value, depth - 1) for value in values]
    known = [text for text in texts if text is not None]
    return known if len(known) == len(texts) else None


def as_import(name: str, value: object) -> str | None:
    """The line that imports the value as `name`, or None where no module has it under a name of its own."""
    own = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(own, str) or not own.isidentifier():
        return None
    home = _public_home(home_of(value, own), own, value)
    if home is None:
        return None
    return f"from {home} import {own}" + ("" if own == name else f" as {name}") + "\n"


def _public_home(module: str, name: str, value: object) -> str | None:
    """The module to import from: the deepest public package that offers the very same value, else its own module."""
    if module == "__main__" or getattr(sys.modules.get(module), name, None) is not value:
        return None
    parts = module.split(".")
    public = [".".join(parts[:end]) for end in range(len(parts), 0, -1) if not _private(parts[:end])]
    return next((home for home in public if getattr(sys.modules.get(home), name, None) is value), module)


def _private(parts: list[str]) -> bool:
    return any(part.startswith("_") for part in parts)


def kind_of(value: object) -> str:
    """A value as an error names it: ``a DataFrame``."""
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
