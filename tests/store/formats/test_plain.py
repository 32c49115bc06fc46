from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict
from typing import Any

import numpy as np
import pytest

from jupyter_mlc.store.formats.plain import NotPlain, decoded, encoded, is_plain


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        float("inf"),
        "ü",
        [1, [2]],
        (1, "a"),
        {1, 2},
        frozenset({"a"}),
        {"a": (1,)},
        {"$kind": 1},
        {(0, 1): "pair"},
        OrderedDict(b=1, a=2),
        defaultdict(OrderedDict, {"a": OrderedDict(b=1)}),
        np.float64(0.1),
        np.str_("a"),
        np.bool_(True),
    ],
    ids=repr,
)
def test_plain_data_comes_back_in_its_very_types(value: Any) -> None:
    found = decoded(encoded(value))
    assert found == value
    assert type(found) is type(value)
    assert encoded(found) == encoded(value)


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3)[:, ::2], np.array(["a", "bc"]), np.array(3, "i2")])
def test_arrays_come_back_with_type_and_shape(array: Any) -> None:
    found = decoded(encoded(array))
    assert np.array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    found[...] = found


def test_what_is_no_number_comes_back_as_none() -> None:
    assert np.isnan(decoded(encoded(float("nan"))))


@pytest.mark.parametrize(
    "value", [len, object(), [print], {"a": print}, np.array([None]), Counter("a"), defaultdict(Counter), b"bytes"]
)
def test_what_is_more_than_data_is_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        encoded(value)
    assert not is_plain(value)


@pytest.mark.parametrize(
    "held",
    [
        {"$kind": "exec", "value": "1"},
        {"$kind": "array", "value": {"dtype": "O", "shape": [1], "hex": "00" * 8}},
        {"$kind": "array", "value": {"dtype": "f8", "shape": [99], "hex": "00"}},
        {"$kind": ["tuple"], "value": []},
        {"$kind": "defaultdict", "value": {"factory": "eval", "pairs": []}},
    ],
)
def test_what_makes_no_sense_is_an_error(held: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, StopIteration)):
        decoded(json.dumps(held).encode())
