from __future__ import annotations

from typing import Any

import pytest

from jupyter_mlc.store.search.unknown import unknown
from tests.store.house import House


@pytest.fixture
def town(house: House) -> House:
    house.add_dataset("flights-spring")
    house.register(
        metrics={"auc": 0.61, "f1 macro": 0.5, "eval.june.log_loss": 0.6},
        params={"max_depth": 1},
        tags={"team": "ops"},
        datasets=("flights-spring",),
    )
    house.register(model="late-flights", metrics={"auc": 0.7})
    house.alias(1, "challenger")
    return house


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ("metrics.acu > .7", ("no version has metrics.acu; did you mean metrics.auc?",)),
        ("metrics.f1_macro > .7", ("no version has metrics.f1_macro; did you mean metrics.`f1 macro`?",)),
        ("metrics.`a ``b` = 1", ("no version has metrics.`a ``b`",)),
        ("eval.july.log_loss < 1", ("no version has eval.july.log_loss; did you mean eval.june.log_loss?",)),
        ("metrics.log_loss < 1", ("no version has metrics.log_loss; did you mean eval.june.log_loss?",)),
        ("params.max_dept = 1", ("no version has params.max_dept; did you mean params.max_depth?",)),
        ("tags.max_depth = 'x'", ("no version has tags.max_depth; did you mean params.max_depth?",)),
        ("tags.tem = 'ops' or not metrics.xyz = 1", ("no version has tags.tem; did you mean tags.team?",)),
        ("metrics.acu > 1 and metrics.acu < 2", ("no version has metrics.acu; did you mean metrics.auc?",)),
        ("name = 'chrun'", ("there is no model 'chrun'; did you mean churn?",)),
        ("name in ('churn', 'x')", ("there is no model 'x'",)),
        ("name like 'chu*'", ("in like, % stands for any letters: 'chu%'",)),
        ("alias = 'chalenger'", ("no version has the alias 'chalenger'; did you mean challenger?",)),
        ("alias = 'champoin'", ("no version has the alias 'champoin'; did you mean champion?",)),
        ("dataset = 'flights-sprang'", ("there is no dataset 'flights-sprang'; did you mean flights-spring?",)),
        ("owner = 'anna'", ("nobody is called 'anna'; did you mean ana?",)),
        ("author = 'anna@laptop'", ("nobody is called 'anna@laptop'; did you mean ana@laptop?",)),
    ],
)
def test_what_nobody_has_is_named_with_what_is_spelled_like_it(
    town: House, query: str, sentences: tuple[str, ...]
) -> None:
    assert unknown(town.registry, query)[: len(sentences)] == sentences


@pytest.mark.parametrize(
    "query",
    [
        "metrics.auc > 5",
        "metrics.`f1 macro` > 5 and params.max_depth = 7 and tags.team = 'x'",
        "metrics.acu is null and stage = 'staging'",
        "name = 'Churn' and owner = 'ana' and author = 'ana@laptop' and dataset = 'flights-spring'",
        "name != 'x' and name like 'x%' and note = 'x'",
        "alias in ('champion', 'previous', 'latest', 'challenger')",
        "",
    ],
)
def test_what_is_there_or_was_not_asked_for_is_not_named(town: House, query: str) -> None:
    assert unknown(town.registry, query) == ()


def test_a_key_to_order_by_is_named_as_well(town: House) -> None:
    found = unknown(town.registry, "", "created, metrics.acu desc")
    assert found == ("no version has metrics.acu; did you mean metrics.auc?",)


def test_whether_a_key_is_there_is_one_look_into_an_index(town: House) -> None:
    database: Any = town.registry.database
    if database.dialect != "sqlite":
        return
    for table in ("metric", "param", "tag"):
        steps = database.query(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE key = 'x' LIMIT 1")
        assert ["SEARCH" in step["detail"] and "(key=?)" in step["detail"] for step in steps] == [True]


def test_an_empty_registry_has_nothing_that_is_spelled_alike(house: House) -> None:
    assert unknown(house.registry, "metrics.auc > 1") == ("no version has metrics.auc",)
