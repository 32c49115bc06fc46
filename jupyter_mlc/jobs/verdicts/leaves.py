"""Everything of which an object is made, as leaves with a path: arrays, numbers, texts.

The way into an object is the one that pickle takes (`__reduce_ex__`), so that nothing that would be stored is missed,
whatever library it comes from.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_NAMED = (type, FunctionType, BuiltinFunctionType, ModuleType)
_PROTOCOL = 4
_DEEPEST = 200
_MOST = 200_000


def leaves(value: Any) -> dict[str, Any]:
    """Path to leaf, in the order in which they are met.

    An object that is met twice is told once; what lies deeper than pickle itself would go is left out.
    """
    return dict(_Walk().of(value, "", 0))


class _Walk:
    def __init__(self) -> None:
        self._met: dict[int, Any] = {}
        self._count = 0

    def of(self, value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        if self._count >= _MOST or depth > _DEEPEST:
            return
        if isinstance(value, _PLAIN) or (_is_array(value) and not value.dtype.hasobject):
            self._count += 1
            yield path or "itself", value
        elif isinstance(value, _NAMED):
            yield path or "itself", getattr(value, "__qualname__", getattr(value, "__name__", ""))
        elif id(value) not in self._met:
            self._met[id(value)] = value  # kept, so that no other object gets its id meanwhile
            yield from self._into(value, path, depth + 1)

    def _into(self, value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self.of(item, _joined(path, _spelled(key)), depth)
        elif isinstance(value, list | tuple) or _is_array(value):
            for place, item in enumerate(value.ravel().tolist() if _is_array(value) else value):
                yield from self.of(item, f"{path}[{place}]", depth)
        elif isinstance(value, set | frozenset):
            yield path or "itself", repr(sorted(map(repr, value)))
        else:
            yield from self._reduced(value, path, depth)

    def _reduced(self, value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        """What pickle would keep of it."""
        yield f"{path or 'itself'} is a", type(value).__qualname__
        try:
            parts = _reduction(value)
        except Exception:  # noqa: BLE001 (an object may refuse in any way; then it has no leaves)
            return
        if isinstance(parts, str):
            yield path or "itself", parts
            return
        _, given, state, items, pairs = (*parts, None, None, None)[:5]
        for place, item in enumerate(given or ()):
            yield from self.of(item, f"{path}({place})", depth)
        yield from self._state(state, path, depth)
        for place, item in enumerate(items or ()):
            yield from self.of(item, f"{path}[{place}]", depth)
        for key, item in pairs or ():
            yield from self.of(item, _joined(path, _spelled(key)), depth)

    def _state(self, state: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], Mapping):  # noqa: PLR2004 (with slots)
            for part in state:
                yield from self._state(part, path, depth)
        elif isinstance(state, Mapping):
            for key, item in state.items():
                yield from self.of(item, _joined(path, _spelled(key)), depth)
        elif state is not None:
            yield from self.of(state, f"{path}.state" if path else "state", depth)


def _reduction(value: Any) -> Any:
    how = copyreg.dispatch_table.get(type(value))
    return how(value) if how is not None else value.__reduce_ex__(_PROTOCOL)


def _is_array(value: Any) -> bool:
    """An array of numpy, or one of its scalars."""
    kind = type(value).__mro__
    return any(base.__module__ == "numpy" and base.__name__ in {"ndarray", "generic"} for base in kind)


def _spelled(key: Any) -> str:
    return key if isinstance(key, str) else repr(key)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
