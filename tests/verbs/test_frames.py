"""Replies as rows: every reply gives a frame with columns that can be worked with."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from jupyter_mlc.verbs.rows import frame
from tests.faces.display_samples import MINUTE, NOON, REPLIES

NUMBERS = (np.bool_, np.integer, np.floating)
PLAIN = (str, bool, int, float, type(None), pd.Timestamp, pd.Timedelta, type(pd.NaT))


@pytest.mark.parametrize("typed", REPLIES)
def test_every_reply_is_a_frame_whose_columns_are_named_as_its_rows_are(typed: str) -> None:
    reply = REPLIES[typed]
    made = reply.to_frame()
    assert len(made) == len(reply.to_rows())
    assert set(made.columns) == {name for row in reply.to_rows() for name in row}
    assert not {"warnings", "next"} & set(made.columns)


@pytest.mark.parametrize(
    ("typed", "wrong", "told"),
    [
        ("show a version", "metrics", "ShowReply has no 'metrics'; write .version.metrics"),
        ("list versions", "version", "ListReply has no 'version'; did you mean versions?"),
        ("list versions", "zzz", "ListReply has no 'zzz'"),
    ],
)
def test_what_a_reply_has_not_is_told_with_where_it_is(typed: str, wrong: str, told: str) -> None:
    with pytest.raises(AttributeError) as refused:
        getattr(REPLIES[typed], wrong)
    assert str(refused.value) == told


@pytest.mark.parametrize("typed", ["show a version", "list versions"])
def test_a_reply_can_be_copied_and_pickled(typed: str) -> None:
    reply = REPLIES[typed]
    assert repr(copy.deepcopy(reply)) == repr(reply)
    assert repr(pickle.loads(pickle.dumps(reply))) == repr(reply)


TABLES: Mapping[str, tuple[str, ...]] = {
    "list": ("name", "versions", "champion"),
    "list versions": ("version", "stage", "aliases"),
    "list --runs": ("run", "name", "status"),
    "history": ("seq", "recorded", "who", "what", "why"),
    "lineage": ("from", "kind", "what", "to", "standing"),
    "dataset list": ("name", "revision", "rows"),
    "dataset show": ("column", "type", "nulls"),
    "show a version": ("of", "kind", "name", "value", "standing"),
    "show a run": ("of", "kind", "name", "value", "standing"),
    "show a model": ("version", "stage"),
    "compare": ("metric", "candidate", "baseline"),
    "evaluate": ("version", "evaluation", "dataset"),
    "discard": ("version", "done"),
    "verify, broken": ("where", "what"),
    "copy out of an archive": ("version", "was", "registry", "new"),
    "unpack": ("version", "was", "registry", "new"),
    "take": ("version", "was", "registry", "new"),
    "run-end": ("of", "kind", "name", "value"),
    "admin usage": ("what", "versions", "size", "alone"),
    "admin doctor": ("about", "what", "fine", "advice"),
}


@pytest.mark.parametrize("typed", TABLES)
def test_what_is_a_table_has_a_row_a_thing_with_plain_values(typed: str) -> None:
    made = REPLIES[typed].to_frame()
    assert tuple(made.columns[: len(TABLES[typed])]) == TABLES[typed]
    assert len(made) > 0
    assert [value for column in made for value in made[column] if not isinstance(value, PLAIN + NUMBERS)] == []


def test_times_are_times_and_spans_are_spans() -> None:
    empty: dict[str, object] = {"created": None, "duration": None, "rows": 4}
    made = frame([{"created": NOON, "duration": MINUTE, "rows": 3}, empty])
    assert made["created"][0] == pd.Timestamp("2026-06-30 12:00", tz="UTC")
    assert made["duration"][0] == pd.Timedelta(minutes=1)
    assert made["created"].isna().tolist() == made["duration"].isna().tolist() == [False, True]
    assert made["rows"].tolist() == [3, 4]


def test_a_time_far_from_now_is_no_fault() -> None:
    assert frame([{"sunset": 253_402_300_799_000_000}])["sunset"][0].year == 9999


def test_no_rows_are_an_empty_frame() -> None:
    assert frame([]).empty
