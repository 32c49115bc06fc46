"""Where in an object something is, as a person would write it: ``model.steps[0][1].func``."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 20_000


def where_is(root: object, wanted: object) -> str:
    """The shortest way from `root`, called ``model``, to `wanted`; empty where there is none or it is `root`."""
    if wanted is root:
        return ""
    waiting = deque([(root, "model")])
    seen = {id(root)}
    while waiting and len(seen) < _MOST:
        obj, path = waiting.popleft()
        for part, step in _parts(obj):
            if part is wanted:
                return path + step
            if id(part) not in seen:
                seen.add(id(part))
                waiting.append((part, path + step))
    return ""


def _parts(obj: object) -> Iterator[tuple[object, str]]:
    """The parts that are kept alive by `obj` itself: no code of it runs."""
    if isinstance(obj, type) or type(obj).__module__ == "numpy":
        return
    if type(obj) is dict:
        yield from ((value, f"[{key!r}]") for key, value in obj.items())
    elif type(obj) in (list, tuple):
        yield from ((value, f"[{place}]") for place, value in enumerate(_items(obj)))
    else:
        try:
            attributes = object.__getattribute__(obj, "__dict__")
        except AttributeError:
            return
        yield from ((value, f".{name}") for name, value in attributes.items())


def _items(obj: object) -> list[object]:
    return list(obj) if isinstance(obj, list | tuple) else []
