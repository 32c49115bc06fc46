"""Which parameters a notebook declares."""

from __future__ import annotations

import pytest

from jupyter_mlc.jobs.parameters import kind_named, language_of, parameters_of
from tests.jobs.notebooks import code, notebook

CELL = """\
# what may differ
data = "flights.parquet"  # the flights to learn from
months = [9, 10]
settings = {"a": 1,
            "b": 2}  # of two lines
depth: int = 4
rate: "float" = .5  # how quickly
C = 1.0
shuffle = True
nothing = None
maybe: int | None = None
later: Optional[int] = 3
seed = 3  # type: float as R has it
made = dict(a=1)
a = b = 2
print(data)
"""


def test_a_python_cell_tells_names_types_defaults_and_what_they_mean() -> None:
    found = {each.name: each for each in parameters_of(notebook(code(CELL, tag="parameters")))}
    assert {name: each.type for name, each in found.items()} == {
        "data": "str",
        "months": "list",
        "settings": "dict",
        "depth": "int",
        "rate": "float",
        "C": "float",
        "shuffle": "bool",
        "nothing": "",
        "maybe": "",
        "later": "",
        "seed": "float",
        "made": "",
        "a": "int",
        "b": "int",
    }
    assert (found["data"].default, found["data"].help) == ("'flights.parquet'", "the flights to learn from")
    assert (found["settings"].default, found["settings"].help) == ("{'a': 1, 'b': 2}", "of two lines")
    assert (found["seed"].default, found["seed"].help) == ("3", "as R has it")
    assert found["months"].help == ""


def test_a_notebook_without_a_tagged_cell_declares_nothing() -> None:
    assert parameters_of(notebook("C = 1")) == ()


def test_a_cell_that_is_no_python_declares_nothing_and_says_so_when_it_runs() -> None:
    assert parameters_of(notebook(code("C = = 1", tag="parameters"))) == ()


def test_a_name_that_is_assigned_twice_is_declared_once_with_its_last_default() -> None:
    (found,) = parameters_of(notebook(code("C = 1\nC = 2.0", tag="parameters")))
    assert (found.name, found.type, found.default) == ("C", "float", "2.0")


def test_of_other_languages_papermill_tells_as_far_as_it_can() -> None:
    r = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}, "language_info": {"name": "R"}}
    assert parameters_of(notebook(code("C <- 1", tag="parameters"), **r)) == ()
    unknown = {"kernelspec": {"name": "klingon", "language": "klingon"}, "language_info": {"name": "klingon"}}
    assert parameters_of(notebook(code("C ~ 1", tag="parameters"), **unknown)) == ()


def test_a_notebook_that_names_no_language_is_in_python() -> None:
    assert language_of({"metadata": {}, "cells": []}) == "python"
    assert language_of({"metadata": {"kernelspec": {"language": "R"}}, "cells": []}) == "r"


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("int", "int"),
        ("list[int]", "list"),
        ("typing.Sequence[str]", "list"),
        ("Path", "str"),
        ("int | None", ""),
        ("Optional[float]", ""),
        ("DataFrame", ""),
        ("", ""),
    ],
)
def test_an_annotation_names_a_kind_or_leaves_it_open(annotation: str, kind: str) -> None:
    assert kind_named(annotation) == kind
