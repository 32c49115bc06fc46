"""Values that are given for parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.jobs import JobParameter
from jupyter_mlc.jobs.amounts import seconds, size
from jupyter_mlc.jobs.values import HOW_TO_TAG, checked, coerced, grid_of, plain, points

DECLARED = tuple(
    JobParameter(name=name, type=kind, default=default)
    for name, kind, default in (
        ("flag", "bool", "False"),
        ("depth", "int", "4"),
        ("rate", "float", "0.5"),
        ("data", "str", "'a.parquet'"),
        ("months", "list", "[9]"),
        ("settings", "dict", "{}"),
        ("free", "", "None"),
    )
)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("flag", True, True),
        ("flag", "false", False),
        ("depth", 8, 8),
        ("depth", "8", 8),
        ("depth", 8.0, 8),
        ("depth", np.int64(8), 8),
        ("rate", 1, 1.0),
        ("rate", "1e-3", 0.001),
        ("data", "flights-autumn", "flights-autumn"),
        ("data", 7, "7"),
        ("data", Path("a/b.csv"), "a/b.csv"),
        ("months", "[9, 10]", [9, 10]),
        ("months", (9, 10), [9, 10]),
        ("months", "range(3)", [0, 1, 2]),
        ("settings", "{'a': 1}", {"a": 1}),
        ("free", None, None),
        ("free", [1, None], [1, None]),
        ("free", range(2), [0, 1]),
    ],
)
def test_a_value_becomes_what_its_parameter_declares(name: str, given: object, value: object) -> None:
    (found,) = checked({name: given}, DECLARED, "fit", tagged=True).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("flag", 1, "flag is declared bool (default False), and 1 is none\nwrite -p flag=True"),
        ("flag", "yes", "flag is declared bool (default False), and 'yes' is none\nwrite -p flag=True"),
        ("depth", "deep", "depth is declared int (default 4), and 'deep' is none\nwrite -p depth=3"),
        ("depth", 1.5, "depth is declared int (default 4), and 1.5 is none\nwrite -p depth=3"),
        ("depth", True, "depth is declared int (default 4), and True is none\nwrite -p depth=3"),
        ("rate", "fast", "rate is declared float (default 0.5), and 'fast' is none\nwrite -p rate=0.3"),
        ("data", [1], "data is declared str (default 'a.parquet'), and [1] is none\nwrite -p data=text"),
        ("data", None, "data is declared str (default 'a.parquet'), and None is none\nwrite -p data=text"),
        ("months", "9", "months is declared list (default [9]), and '9' is none\nwrite -p months=\"[1, 2]\""),
        ("settings", [1], "settings is declared dict (default {}), and [1] is none\nwrite -p settings=\"{'a': 1}\""),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, given: object, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked({name: given}, DECLARED, "fit", tagged=True)
    assert refused.value.text == said


def test_an_unknown_name_is_refused_with_what_is_spelled_like_it() -> None:
    with pytest.raises(BadInput) as near:
        checked({"detph": 3}, DECLARED, "fit", tagged=True)
    assert near.value.text == "fit has no parameter 'detph'\ndid you mean depth?"
    with pytest.raises(BadInput) as far:
        checked({"xyz": 3}, DECLARED[:2], "fit", tagged=True)
    assert far.value.text == "fit has no parameter 'xyz'\nits parameters are flag, depth"
    with pytest.raises(BadInput) as none:
        checked({"xyz": 3}, (), "fit", tagged=True)
    assert none.value.text == "fit has no parameter 'xyz'\nits cell of parameters assigns none"


def test_a_notebook_without_tagged_cell_takes_nothing_and_says_how_to_tag_one() -> None:
    with pytest.raises(BadInput) as refused:
        checked({"C": 3}, (), "fit", tagged=False)
    assert refused.value.text == (
        "fit has no cell tagged parameters, so C cannot be given\n"
        "tag the cell that assigns them: in JupyterLab select it, open the property inspector (the gear at the upper "
        'right), and add the tag "parameters"; in the file it is "metadata": {"tags": ["parameters"]}'
    )
    assert refused.value.hint == HOW_TO_TAG
    assert checked({}, (), "fit", tagged=False) == {}


def test_an_object_that_cannot_be_written_down_is_refused_with_the_way_for_data() -> None:
    with pytest.raises(BadInput) as refused:
        plain("spring", pd.DataFrame({"a": [1]}))
    assert refused.value.text == (
        "spring is a DataFrame; a job takes numbers, text, lists and mappings, which can be written down\n"
        "data goes by the name of a dataset: %mlc dataset add NAME spring, then -p spring=NAME"
    )


def test_a_secret_is_left_as_it_is_named() -> None:
    assert checked({"depth": "env:DEPTH"}, DECLARED, "fit", tagged=True) == {"depth": "env:DEPTH"}


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("[0.1, 0.3, 1]", [0.1, 0.3, 1]),
        ("range(3)", [0, 1, 2]),
        ("range(1, 10, 4)", [1, 5, 9]),
        ([4, 8], [4, 8]),
        (range(2), [0, 1]),
        ("[JFK, LGA]", ["JFK", "LGA"]),
        ("['JFK']", ["JFK"]),
    ],
)
def test_the_values_of_a_grid_are_parsed(given: object, values: list[Any]) -> None:
    assert grid_of({"x": given}) == {"x": values}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "__import__('os').getcwd()",
            "--grid C wants several values, and \"__import__('os').getcwd()\" is one",
        ),
        ("3", "--grid C wants several values, and '3' is one"),
        ("[i for i in range(3)]", "--grid C wants several values, and '[i for i in range(3)]' is one"),
    ],
)
def test_nothing_in_a_grid_is_evaluated(given: object, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        grid_of({"C": given})
    assert refused.value.text == said + '\nwrite --grid "C=[0.1, 0.3, 1]" or --grid "C=range(3)"'


def test_an_empty_grid_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        grid_of({"C": "[]"})
    assert refused.value.text == '--grid C has no values\nwrite --grid "C=[0.1, 0.3, 1]"'


def test_a_batch_is_the_product_of_its_grid() -> None:
    assert points({"data": "x"}, {"C": [1, 2], "seed": [0, 1]}) == [
        {"data": "x", "C": 1, "seed": 0},
        {"data": "x", "C": 1, "seed": 1},
        {"data": "x", "C": 2, "seed": 0},
        {"data": "x", "C": 2, "seed": 1},
    ]
    assert points({"C": 1}, {}) == [{"C": 1}]


def test_a_batch_that_nobody_wants_is_refused() -> None:
    with pytest.raises(BadInput) as twice:
        points({"C": 1}, {"C": [1]})
    assert twice.value.text == "C is given by -p and by --grid\ngive it once"
    with pytest.raises(BadInput) as many:
        points({}, {"a": range(1000), "b": range(1000)})
    assert many.value.text == "the grid has 1,000,000 points\na batch has at most 10,000 jobs; try fewer values"


def test_a_parameter_without_a_type_takes_anything_plain() -> None:
    assert coerced(JobParameter(name="x"), {"a": [1, "b"]}) == {"a": [1, "b"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [("", None), ("90", 90), ("90s", 90), ("30m", 1800), ("1h30m", 5400), ("1.5h", 5400), ("2 min", 120)],
)
def test_a_span_of_time_is_read_as_people_write_it(text: str, found: float | None) -> None:
    assert seconds("--timeout", text) == found


@pytest.mark.parametrize("text", ["soon", "30x", "m", "1h m"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        seconds("--timeout", text)
    assert refused.value.text == (
        f"--timeout {text} is no span of time\nwrite --timeout 90s, --timeout 30m or --timeout 1h30m"
    )


def test_a_span_without_time_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        seconds("--timeout", "0")
    assert refused.value.text == "--timeout 0 leaves no time\nwrite --timeout 30m"


@pytest.mark.parametrize(
    ("text", "found"),
    [("", None), ("4GB", 4_000_000_000), ("512MiB", 536_870_912), ("100000000", 100_000_000), ("2g", 2 * 10**9)],
)
def test_a_size_is_read_as_people_write_it(text: str, found: int | None) -> None:
    assert size("--memory", text) == found


def test_what_is_no_size_is_refused() -> None:
    with pytest.raises(BadInput) as odd:
        size("--memory", "4 apples")
    assert odd.value.text == "--memory 4 apples is no size\nwrite --memory 4GB or --memory 512MB"
    with pytest.raises(BadInput) as little:
        size("--memory", "4")
    assert little.value.text == "--memory 4 is too little for any notebook\nwrite --memory 4GB or --memory 512MB"
