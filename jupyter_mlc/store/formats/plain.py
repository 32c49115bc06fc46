"""Plain data as JSON and back, in its very types: numbers, texts, lists, mappings, arrays of numbers or texts.

Reading makes data and nothing else, so it needs no trust.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_KIND, _VALUE = "$kind", "value"
_NUMERIC = "biufcSUMm"


class NotPlain(Exception):
    """A value is more than plain data."""

    def __init__(self, value: object) -> None:
        super().__init__(type(value).__name__)


def encoded(value: object) -> bytes:
    """The value as JSON; raises `NotPlain` where it cannot come back as it is."""
    return json.dumps(_packed(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def is_plain(value: object) -> bool:
    """Whether the value comes back as it is."""
    try:
        encoded(value)
    except (NotPlain, ValueError, RecursionError):
        return False
    return True


def decoded(data: bytes) -> Any:
    """The value that `encoded` wrote; raises ValueError, KeyError or TypeError for anything else."""
    return _unpacked(json.loads(data))


def _packed(value: Any) -> Any:
    if value is None or type(value) in {bool, int, str}:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else _kind("float", str(value))
    if type(value) is list:
        return [_packed(item) for item in value]
    if type(value) in (tuple, set, frozenset):
        items = value if type(value) is tuple else sorted(value, key=repr)
        return _kind(type(value).__name__, [_packed(item) for item in items])
    if isinstance(value, dict):
        return _packed_mapping(value)
    return _packed_numbers(value)


def _packed_mapping(value: dict[Any, Any]) -> Any:
    if type(value) is dict and all(type(key) is str and key != _KIND for key in value):
        return {key: _packed(item) for key, item in value.items()}
    pairs = [[_packed(key), _packed(item)] for key, item in value.items()]
    if type(value) in (dict, OrderedDict):
        return _kind(type(value).__name__, pairs)
    if type(value) is defaultdict and value.default_factory in _FACTORIES:
        return _kind("defaultdict", {"factory": _FACTORIES[value.default_factory], "pairs": pairs})
    raise NotPlain(value)


def _packed_numbers(value: Any) -> Any:
    """Arrays and scalars of NumPy."""
    import numpy as np

    plain = type(value) is np.ndarray or isinstance(value, np.generic)
    if not plain or value.dtype.kind not in _NUMERIC or value.dtype.names:
        raise NotPlain(value)
    array = np.ascontiguousarray(value)
    held = {"dtype": array.dtype.str, "shape": list(np.shape(value)), "hex": array.tobytes().hex()}
    return _kind("array" if type(value) is np.ndarray else "scalar", held)


def _kind(name: str, value: object) -> dict[str, object]:
    return {_KIND: name, _VALUE: value}


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _KIND in value:
        return _MAKERS[value[_KIND]](value[_VALUE])
    return {key: _unpacked(item) for key, item in value.items()}


def _mapping(pairs: Any) -> dict[Any, Any]:
    return {_unpacked(key): _unpacked(item) for key, item in pairs}


def _default(held: Any) -> Any:
    factory = next(made for made, name in _FACTORIES.items() if name == held["factory"])
    return defaultdict(factory, _mapping(held["pairs"]))


def _array(held: Any) -> Any:
    import numpy as np

    dtype = np.dtype(str(held["dtype"]))
    if dtype.hasobject:
        raise TypeError("an array of objects is not plain")
    return np.frombuffer(bytes.fromhex(held["hex"]), dtype).reshape([int(length) for length in held["shape"]]).copy()


_FACTORIES: dict[Any, str] = {None: "none", OrderedDict: "OrderedDict", dict: "dict", list: "list", int: "int"}
_MAKERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "tuple": lambda items: tuple(_unpacked(items)),
    "set": lambda items: set(_unpacked(items)),
    "frozenset": lambda items: frozenset(_unpacked(items)),
    "dict": _mapping,
    "OrderedDict": lambda pairs: OrderedDict(_mapping(pairs)),
    "defaultdict": _default,
    "array": _array,
    "scalar": lambda held: _array(held)[()],
}
