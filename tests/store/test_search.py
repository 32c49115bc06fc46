from __future__ import annotations

import math
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.store.search.finding import plan, search
from jupyter_mlc.store.search.query import parse_order, parse_query
from jupyter_mlc.store.sqlite import SqliteDatabase
from tests.store.house import House


@pytest.fixture
def town(house: House) -> House:
    """Five versions of two models, in several stages."""
    house.add_dataset("flights-spring")
    house.add_dataset("flights-autumn")
    house.register(
        metrics={"auc": 0.61, "f1 macro": 0.5, "eval.june.auc": 0.6},
        params={"C": 1, "shuffle": True, "kernel": "rbf", "none": None},
        tags={"team": "ops", "size": "10"},
        datasets=("flights-spring",),
        note="the first one",
    )
    house.register(metrics={"auc": 0.75}, params={"C": 0.5, "kernel": "linear"}, tags={"team": "o'ps"})
    house.register(
        metrics={"auc": math.nan}, params={"C": "1", "none": "null"}, datasets=("flights-spring", "flights-autumn")
    )
    house.register(metrics={"loss": math.inf}, class_name="Forest")
    house.register(model="ops/Late_Flights", metrics={"auc": 0.9, "loss": -1e-3}, tags={"team": "web"})
    house.promote(1)
    house.promote(2)
    house.promote(4, "staging")
    house.alias(3, "challenger")
    house.alias(1, "old")
    return house


def found(house: House, query: str, order: str = "", limit: int = 100) -> list[str]:
    ids = search(house.registry, query, order=order, limit=limit)
    return [version.ref for version in house.registry.versions_by_id(ids)]


ONE, TWO, THREE, FOUR, FLIGHTS = "churn:1", "churn:2", "churn:3", "churn:4", "ops/Late_Flights:1"
ALL = [FLIGHTS, FOUR, THREE, TWO, ONE]
CASES = {
    "": ALL,
    "  ": ALL,
    "name = 'churn'": [FOUR, THREE, TWO, ONE],
    "model = 'CHURN' and number >= 3": [FOUR, THREE],
    "name != 'churn'": [FLIGHTS],
    "name like 'OPS/%'": [FLIGHTS],
    r"name like '%late\_flights'": [FLIGHTS],
    r"name like 'ops_late\_flights' or name like 'x'": [FLIGHTS],
    "name in ('churn', 'ops/late_flights') and version = 1": [FLIGHTS, ONE],
    "version <> 1": [FOUR, THREE, TWO],
    "version in (2, 3.0, 9)": [THREE, TWO],
    "version not in (1, 2)": [FOUR, THREE],
    "stage = 'production'": [TWO],
    "STAGE == 'Production'": [TWO],
    "stage in ('staging', 'deprecated')": [FOUR, ONE],
    "stage != 'candidate'": [FOUR, TWO, ONE],
    "stage not in ('candidate', 'production')": [FOUR, ONE],
    "not stage = 'candidate'": [FOUR, TWO, ONE],
    "alias = 'champion'": [TWO],
    "alias = 'previous' and alias = 'old'": [ONE],
    "alias != 'old'": [FLIGHTS, FOUR, THREE, TWO],
    "alias in ('champion', 'challenger')": [THREE, TWO],
    "alias like 'CH%'": [THREE, TWO],
    "alias is null": [FLIGHTS, FOUR],
    "alias is not null": [THREE, TWO, ONE],
    "alias = 'latest'": [FLIGHTS, FOUR],
    "alias != 'latest'": [THREE, TWO, ONE],
    "tags.team = 'ops'": [ONE],
    "tags.team = 'o''ps'": [TWO],
    r"tags.team = 'o\'ps'": [TWO],
    'tags.team = "o\'ps"': [TWO],
    "tags.team != 'ops'": [FLIGHTS, TWO],
    "not tags.team = 'ops'": [FLIGHTS, FOUR, THREE, TWO],
    "tags.team is null": [FOUR, THREE],
    "tags.team is not null and tags.team < 'p'": [TWO, ONE],
    "tags.size = 10": [ONE],
    "tags.team like 'O%'": [TWO, ONE],
    "tags.team not like 'O%'": [FLIGHTS, FOUR, THREE],
    "metrics.auc > .7": [FLIGHTS, TWO],
    "metrics.auc >= 0.75 and metrics.auc < 9e-1": [TWO],
    "metrics.auc <= 0.61": [ONE],
    "metrics.auc = 0.75": [TWO],
    "metrics.auc != 0.75": [FLIGHTS, THREE, ONE],
    "metrics.auc in (0.75, 0.9)": [FLIGHTS, TWO],
    "metrics.auc = nan": [THREE],
    "metrics.auc != nan": [FLIGHTS, TWO, ONE],
    "metrics.auc in (nan, 0.9)": [FLIGHTS, THREE],
    "metrics.auc not in (nan, 0.9)": [FOUR, TWO, ONE],
    "metrics.auc is null": [FOUR],
    "metrics.auc is not null": [FLIGHTS, THREE, TWO, ONE],
    "metrics.loss = inf": [FOUR],
    "metrics.loss > 1e300": [FOUR],
    "metrics.loss < -0": [FLIGHTS],
    "metrics.`f1 macro` = +0.5": [ONE],
    "eval.june.auc > 0.5": [ONE],
    "eval.`june`.auc > 0.5": [ONE],
    "params.C = 1": [ONE],
    "params.C = '1'": [THREE, ONE],
    "params.C < 1": [TWO],
    "params.C != 1": [THREE, TWO],
    "params.C in (0.5, '1')": [THREE, TWO, ONE],
    "params.kernel = 'rbf'": [ONE],
    "params.kernel like 'LIN%'": [TWO],
    "params.shuffle = TRUE": [ONE],
    "params.shuffle = false": [],
    "params.none = 'null'": [THREE, ONE],
    "params.none = None": [ONE],
    "params.none in (1, null)": [ONE],
    "params.none in ('null', none)": [THREE, ONE],
    "params.none != none": [THREE],
    "params.C != none": [THREE, TWO, ONE],
    "params.none is null": [FLIGHTS, FOUR, TWO, ONE],
    "params.none is not null": [THREE],
    "params.shuffle is null and name = 'churn'": [FOUR, THREE, TWO],
    "owner = 'ana'": ALL,
    "owner = 'ana@laptop'": ALL,
    "owner != 'ana'": [],
    "owner in ('ben', 'ana')": ALL,
    "author like 'ANA%'": ALL,
    "author = 'ben' or author = 'an'": [],
    "class = 'Forest'": [FOUR],
    "class like 'log%' and library = 'tests' and format = 'joblib'": [FLIGHTS, THREE, TWO, ONE],
    "note = 'the first one'": [ONE],
    "note is null": [FLIGHTS, FOUR, THREE, TWO],
    "note like '%FIRST%'": [ONE],
    "dataset = 'Flights-Spring'": [THREE, ONE],
    "dataset != 'flights-autumn'": [FLIGHTS, FOUR, TWO, ONE],
    "dataset is null": [FLIGHTS, FOUR, TWO],
    "dataset like '%autumn'": [THREE],
    "created >= 2025-10-09 and created < '2025-10-10'": ALL,
    "created = 2025-10-09": ALL,
    "created != 2025-10-09": [],
    "created in (2025-10-08, 2025-10-09)": ALL,
    "created > 2025-10-09": [],
    "created <= 2025-10-09T08:53Z and created > 2025-10-09 08:52": ALL,
    "created < 2025-10-09T10:53+02:00": [],
    "stage = 'candidate' and (metrics.auc > .8 or alias = 'challenger')": [FLIGHTS, THREE],
    "not (stage = 'candidate' or not metrics.auc > .7)": [TWO],
    "NOT NOT stage = 'staging'": [FOUR],
    "stage = 'staging' or stage = 'production' and name = 'nothing'": [FOUR],
    "tags.team = 'ops' and stage = 'deprecated'": [ONE],
    "format is null or created is null or owner is null or number is null": [],
}


def test_a_query_finds_what_it_says(town: House) -> None:
    assert {query: found(town, query) for query in CASES} == CASES


@pytest.mark.parametrize(
    ("own", "both"),
    [
        ("params.own = 3", "params.both = 1"),
        ("tags.own = '3'", "tags.both = '1'"),
        ("metrics.own = 3", "metrics.both = 1"),
        ("tags.own = '3'", "params.both = 1"),
    ],
)
def test_several_conditions_are_all_asked_of_the_same_version(house: House, own: str, both: str) -> None:
    for number in (3, 9):
        values = {"own": float(number), "both": 1.0}
        house.register(metrics=values, params=values, tags={key: f"{value:g}" for key, value in values.items()})
    assert found(house, f"{both} and {own}") == found(house, f"{own} and {both}") == [ONE]


def test_a_word_that_reads_like_none_is_none(house: House) -> None:
    house.register(params={"x": "null"})
    house.register(params={"x": None})
    assert found(house, "params.x is null") == [TWO]


def test_an_order_by_a_metric_finds_the_same(town: House) -> None:
    in_order = {query: sorted(found(town, query, "metrics.auc desc")) for query in CASES}
    assert in_order == {query: sorted(refs) for query, refs in CASES.items()}


ORDERS = {
    "metrics.auc desc": [FLIGHTS, TWO, ONE, FOUR, THREE],
    "metrics.auc": [ONE, TWO, FLIGHTS, FOUR, THREE],
    "METRICS.auc ASC": [ONE, TWO, FLIGHTS, FOUR, THREE],
    "metrics.loss desc, metrics.auc desc": [FOUR, FLIGHTS, TWO, ONE, THREE],
    "metrics.`f1 macro`, number": [ONE, FLIGHTS, TWO, THREE, FOUR],
    "created": ALL[::-1],
    "created desc": ALL,
    "name, number desc": [FOUR, THREE, TWO, ONE, FLIGHTS],
    "tags.team": [TWO, ONE, FLIGHTS, FOUR, THREE],
    "tags.team desc, number": [FLIGHTS, ONE, TWO, THREE, FOUR],
    "params.C, number": [TWO, ONE, THREE, FLIGHTS, FOUR],
    "alias, number": [THREE, TWO, ONE, FLIGHTS, FOUR],
    "dataset, number desc": [THREE, ONE, FOUR, TWO, FLIGHTS],
    "stage desc, number": [FOUR, TWO, ONE, FLIGHTS, THREE],
    "author, owner, class desc, note desc": [ONE, FLIGHTS, THREE, TWO, FOUR],
}


def test_an_order_puts_versions_without_the_key_last(town: House) -> None:
    assert {order: found(town, "", order) for order in ORDERS} == ORDERS


def test_no_more_than_the_limit_is_found(town: House) -> None:
    for order in ("", "metrics.auc desc", "created"):
        whole = found(town, "name like '%'", order)
        for limit in range(1, 7):
            assert found(town, "name like '%'", order, limit) == whole[:limit]


def test_a_limit_below_one_is_refused(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        search(house.registry, "", limit=0)
    assert refused.value.text == "0 is no number of versions to find\n--limit 100"


STAGES = "the stages are: candidate, staging, production, deprecated, retired, archived, purged"
FIELDS = (
    "the fields are: name, model, number, version, stage, alias, owner, author, created, job, format, class, library, "
    "note, dataset, tags.KEY, metrics.KEY, params.KEY, eval.DATASET.KEY"
)
VALUES = "here could stand: a number, a quoted word, a date, true or false, none"
REFUSED = {
    "metrics.auc >> 0.7": ("the query cannot be read here:", 13, VALUES),
    "metrics.auc >": ("the query ends too early:", 13, VALUES),
    "stage = 'a' and": ("the query ends too early:", 15, "here could stand: a field, (, not"),
    "(stage = 'staging'": ("the query ends too early:", 18, "here could stand: ), and, or"),
    "stage 'staging'": ("the query cannot be read here:", 6, "here could stand: = != < <= > >=, in, is, like, not"),
    "stage = 'staging' metrics.auc > 1": ("the query cannot be read here:", 18, "here could stand: the end, and, or"),
    "stage = 'staging' ; x": ("the query cannot be read here:", 18, "here could stand: the end, and, or"),
    "(stage = 'staging' ; x": ("the query cannot be read here:", 19, "here could stand: ), and, or"),
    "stage = 'staging' && x": ("the query cannot be read here:", 18, "write and"),
    "(stage = 'staging' | x": ("the query cannot be read here:", 19, "write or"),
    "stage = \u2018staging\u2019": ("the query cannot be read here:", 8, "write plain quotes: ' or \""),
    "\u201cstage\u201d = 'staging'": ("the query cannot be read here:", 0, "write plain quotes: ' or \""),
    "metrics.auc \u2265 0.7": ("the query cannot be read here:", 12, "write >="),
    "eval.auc > 0.7": ("eval needs a dataset and a metric:", 0, "write eval.june.auc"),
    "stage in ('staging' & x": ("the query cannot be read here:", 20, "here could stand: ), ,"),
    "stage = 'prod'": ("there is no stage 'prod':", 8, f"did you mean production? {STAGES}"),
    "tags.team = none-of-us": ("a word must be quoted:", 12, "write 'none-of-us'"),
    "tags.team in (true.one)": ("a word must be quoted:", 14, "write 'true.one'"),
    "tags.team = nan/x": ("a word must be quoted:", 12, "write 'nan/x'"),
    "metrics.auc = none": ("only a parameter can be none:", 14, "write FIELD is null"),
    "alias in ('a', None)": ("only a parameter can be none:", 15, "write FIELD is null"),
    "params.C > none": ("nothing is more or less than none:", 11, "use = none or != none"),
    "metrics.auc in ()": ("the query cannot be read here:", 16, VALUES),
    "tags.team like 3": ("the query cannot be read here:", 15, "here could stand: a quoted word"),
    "name is 'churn'": ("the query cannot be read here:", 8, "here could stand: not, null"),
    "name = 'churn": ("the query has a quote that is not closed:", 7, "close it with '"),
    "stage = staging": ("a word must be quoted:", 8, "write 'staging'"),
    "metric.auc > 1": ("there is no field 'metric':", 0, f"did you mean metrics? {FIELDS}"),
    "zzz = 1": ("there is no field 'zzz':", 0, FIELDS),
    "stage.x = 'a'": ("stage has no keys:", 0, "write stage alone"),
    "tags = 'a'": ("tags needs a key:", 0, "write tags.KEY, e.g. tags.team"),
    "stage = 'stagging'": ("there is no stage 'stagging':", 8, f"did you mean staging? {STAGES}"),
    "stage = 1": ("there is no stage '1':", 8, STAGES),
    "stage > 'staging'": ("a stage is or is not; it is not more or less than another:", 0, STAGES),
    "alias > 'a'": ("an alias is or is not, never more or less:", 0, "use = != in like"),
    "owner < 'a'": ("a person is or is not, never more or less:", 0, "use = != in like"),
    "metrics.auc > nan": ("nothing is more or less than nan:", 14, "use = nan or != nan"),
    "metrics.auc = 'x'": ("here must stand a number:", 14, "'x' is a word"),
    "metrics.auc like 'x'": ("like compares words, not numbers:", 17, "use = != < <= > >="),
    "number = 'x'": ("here must stand a number:", 9, "'x' is a word"),
    "number = inf": ("here must stand a finite number:", 9, "versions are numbered from 1"),
    "tags.size > 3": (
        "tags are words, and words are more or less by their letters:",
        12,
        "if that is meant, write '3'",
    ),
    "name = 3": ("a word must stand here:", 7, "write '3'"),
    "created > 'yesterday'": ("here must stand a date:", 10, "write 2026-06-30 or 2026-06-30T12:00"),
    "created > 2026-13-30": ("here must stand a date:", 10, "write 2026-06-30 or 2026-06-30T12:00"),
    "created like '2026%'": ("like compares words, not a time:", 13, "use = != < <= > >="),
    "note like 'x\\'": ("the query has a quote that is not closed:", 10, "close it with '"),
    "note like 'x\\\\'": ("the pattern ends with a single backslash:", 10, "write \\\\\\\\ for one"),
}


@pytest.mark.parametrize("query", REFUSED)
def test_an_error_points_at_its_place(query: str) -> None:
    reason, at, hint = REFUSED[query]
    with pytest.raises(BadInput) as refused:
        plan(query, "")
    assert refused.value.text == f"{reason}\n    {query}\n    {' ' * at}^\n{hint}"


@pytest.mark.parametrize(
    ("query", "order", "hint"),
    [
        ("auc > .7", "", "did you mean metrics.auc?"),
        ("stage = 'staging' and shuffle = true", "", "did you mean params.shuffle?"),
        ("size = 10", "", "did you mean tags.size?"),
        ("", "auc desc", "did you mean metrics.auc?"),
        ("zzz = 1", "", FIELDS),
    ],
)
def test_a_key_alone_is_told_with_the_field_that_has_it(town: House, query: str, order: str, hint: str) -> None:
    with pytest.raises(BadInput) as refused:
        found(town, query, order)
    assert refused.value.hint == hint


def test_in_several_lines_the_error_shows_the_right_one() -> None:
    with pytest.raises(BadInput) as refused:
        plan("stage = 'staging'\n  and\tmetrics.auc >\n 'x'", "")
    assert refused.value.message == "here must stand a number:\n     'x'\n     ^"


def test_of_a_long_line_the_error_shows_what_is_near() -> None:
    query = " or ".join(["stage = 'staging'"] * 40) + " or stage = oops"
    with pytest.raises(BadInput) as refused:
        plan(query, "")
    _, line, caret = refused.value.message.splitlines()
    assert len(line) <= 104
    assert line[caret.index("^") :].startswith("oops")


BAD_ORDERS = {
    "metrics.auc down": ("an order goes up or down:", 12, "after a field comes asc or desc"),
    "stage,": ("the order ends with a comma:", 5, "name another field, or remove it"),
    "-metrics.auc": ("the order cannot be read here:", 0, "the greatest first is FIELD desc"),
    "metrics.auc desc desc": ("the order cannot be read here:", 0, "write FIELD asc or FIELD desc, parted by commas"),
    "stage desc, nam": ("there is no field 'nam':", 12, f"did you mean name? {FIELDS}"),
}


@pytest.mark.parametrize("order", BAD_ORDERS)
def test_an_order_that_cannot_be_read_is_refused_at_its_place(order: str) -> None:
    reason, at, hint = BAD_ORDERS[order]
    with pytest.raises(BadInput) as refused:
        parse_order(order)
    assert refused.value.text == f"{reason}\n    {order}\n    {' ' * at}^\n{hint}"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("x" * 20_001, "the query has 20001 characters, more than 20000"),
        ("note = '\0'", "character 9 of the query cannot be searched for"),
        ("note = '\ud800'", "character 9 of the query cannot be searched for"),
    ],
)
def test_what_no_database_takes_is_refused(query: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_query(query)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("not " * 500 + "stage = 'staging'", "the query is nested more than 100 deep:"),
        ("(" * 5000 + "stage = 'staging'" + ")" * 5000, ""),
        ("note is null or " * 300 + "note is null", "the query has more than 200 conditions:"),
    ],
)
def test_a_query_of_absurd_size_harms_nobody(registry: Registry, query: str, reason: str) -> None:
    if not reason:
        assert search(registry, query) == []
        return
    with pytest.raises(BadInput) as refused:
        search(registry, query)
    assert refused.value.message.startswith(reason)


def test_two_hundred_conditions_are_answered(town: House) -> None:
    query = " or ".join(f"(number = {n} and note is null)" for n in range(100))
    assert found(town, query) == [FLIGHTS, FOUR, THREE, TWO]


def test_words_are_bound_and_never_read_as_sql(town: House) -> None:
    for word in ("'; DROP TABLE version; --", "%s %(p0)s :p1", "{} {0}", "\\"):
        query = word.replace("\\", "\\\\").replace("'", "''")
        assert found(town, f"tags.team = '{query}' or params.kernel = '{query}' or name = '{query}'") == []
        key = word.replace("`", "``")
        assert found(town, f"metrics.`{key}` > 0", f"tags.`{key}`") == []
    assert found(town, "") == ALL


def refusal(read: Callable[[], object]) -> str | None:
    """What is said against it; None where it can be read. Anything but a refusal of ours is a defect."""
    try:
        read()
    except BadInput as refused:
        return refused.message
    return None


@settings(max_examples=300, derandomize=True)
@given(st.text(alphabet=string.printable + "äß\u2028'`\"", max_size=60))
def test_any_text_is_a_query_or_a_clear_refusal(text: str) -> None:
    assert refusal(lambda: plan(text, "")) != ""


WORDS = "stage metrics.auc name = > in ( ) , 'staging' 0.7 and or not like is null desc"


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=12).map(" ".join))
def test_any_words_in_any_order_are_a_query_or_a_clear_refusal(text: str) -> None:
    assert refusal(lambda: plan(text, "")) != ""
    assert refusal(lambda: parse_order(text)) != ""


PLANS = [
    (
        "stage = 'staging' and metrics.auc > 0.7",
        "metrics.auc desc",
        "metric_stage_value (key=? AND stage=? AND value>?)",
    ),
    ("stage = 'staging'", "metrics.auc desc", "metric_stage_value (key=? AND stage=? AND value>?)"),
    ("", "metrics.auc desc", "metric_value (key=? AND value>?)"),
    ("", "metrics.auc", "metric_value (key=? AND value>?)"),
    ("stage = 'staging'", "", "version_stage (stage=?)"),
    ("name = 'churn'", "", "version_number (model=?)"),
    ("name = 'churn' and stage = 'staging'", "", "version_model_stage (model=? AND stage=?)"),
    ("tags.team = 'ops'", "", "tag_value (key=? AND value=?)"),
    ("params.C = 1", "", "param_number (key=? AND number=?)"),
    ("params.kernel = 'rbf'", "", "param_value (key=? AND value=?)"),
    ("metrics.auc = 0.5", "", "metric_value (key=? AND value=?)"),
    ("alias = 'champion'", "", "alias_alias (alias=?)"),
    ("", "created desc", "version_created"),
]


@pytest.mark.parametrize(("query", "order", "index"), PLANS)
def test_a_search_walks_along_an_index_and_sorts_nothing(query: str, order: str, index: str) -> None:
    database = SqliteDatabase(None)
    database.migrate("0001.sql")
    first = plan(query, order)[0]
    steps = [row["detail"] for row in database.query(f"EXPLAIN QUERY PLAN {first.sql}", {**first.bound, "limit": 100})]
    database.close()
    assert index in steps[0]
    assert "COVERING" in steps[0]
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps[1:])
    assert "TEMP B-TREE" not in steps[0]


def test_a_bound_on_the_metric_that_orders_needs_no_second_look() -> None:
    assert len(plan("metrics.auc > 0.7", "metrics.auc desc")) == 1
    assert len(plan("metrics.loss > 0.7", "metrics.auc desc")) == 2


def test_a_plan_is_made_once() -> None:
    assert plan("stage = 'staging'", "created") is plan("stage = 'staging'", "created")
