"""Two stored objects, set against each other in a process of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlc.jobs.verdicts.likeness import Apart, Likeness, Question, compared, likeness
from jupyter_mlc.store import formats
from jupyter_mlc.store.artifacts import Artifacts


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    (tmp_path / "artifacts").mkdir()
    return Artifacts(tmp_path / "artifacts")


def asked(artifacts: Artifacts, before: Any, now: Any, rows: Any = None, **more: Any) -> Question:
    first, second = (formats.store(each, artifacts).digest for each in (before, now))
    root, path = artifacts.root, artifacts.root.parent / "rows.parquet"
    if rows is not None:
        rows.to_parquet(path)
    given: dict[str, Any] = {"trusted": True, "tolerance": 1e-6, "folder": str(root.parent / "cache"), **more}
    return Question(before=first, now=second, root=str(root), rows=str(path) if rows is not None else "", **given)


def line(slope: float, **fit: Any) -> LinearRegression:
    X = np.arange(10.0).reshape(-1, 1)
    return LinearRegression(**fit).fit(X, slope * X.ravel())


def test_another_process_compares_what_is_inside(artifacts: Artifacts) -> None:
    found = likeness(asked(artifacts, {"a": np.ones(3), "b": "x"}, {"a": np.ones(3), "b": "y"}))
    assert found == Likeness(leaves=2, same=1, apart=(Apart(name="b", before="'x'", now="'y'", gap=None),), widest=None)


def test_what_is_in_one_alone_is_apart(artifacts: Artifacts) -> None:
    found = compared(asked(artifacts, {"a": 1}, {"b": np.zeros((2, 3))}))
    assert found.apart == (
        Apart(name="a", before="1", now="nothing", gap=None),
        Apart(name="b", before="nothing", now="float64 2 x 3", gap=None),
    )


def test_how_long_something_took_is_no_difference(artifacts: Artifacts) -> None:
    found = compared(asked(artifacts, {"refit_time_": 1.0, "a": 1}, {"refit_time_": 2.0, "a": 1}))
    assert (found.leaves, found.same, found.apart) == (1, 1, ())


def test_both_are_asked_and_the_row_in_which_they_differ_most_is_told(artifacts: Artifacts) -> None:
    import pandas as pd

    rows = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    found = compared(asked(artifacts, line(2.0), line(3.0), rows))
    assert found.rows == 3
    assert found.predicted is not None
    assert found.predicted.name == "predictions of row 2"
    assert found.predicted.gap == pytest.approx(1 / 3)
    assert [float(found.predicted.before), float(found.predicted.now)] == pytest.approx([4.0, 6.0])


def test_classes_are_asked_for_their_probabilities(artifacts: Artifacts) -> None:
    import pandas as pd

    X, y = np.arange(10.0).reshape(-1, 1), np.array(["a", "b"] * 5)
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    found = compared(asked(artifacts, tree, tree, pd.DataFrame({"x": [1.0]})))
    assert found.predicted == Apart(name="probabilities", before="float64 1 x 2", now="float64 1 x 2", gap=0.0)


def test_what_cannot_be_asked_says_why(artifacts: Artifacts) -> None:
    import pandas as pd

    found = compared(asked(artifacts, {"a": 1}, {"a": 2}, pd.DataFrame({"x": [1.0]})))
    assert found.predicted is None
    assert found.why_unasked == "AttributeError: 'dict' object has no attribute 'predict'"


def test_what_does_not_load_says_why(artifacts: Artifacts) -> None:
    question = asked(artifacts, {"a": 1}, {"a": 2})
    for blob in (artifacts.root / "blobs" / "sha256").iterdir():
        blob.chmod(0o600)
        blob.write_bytes(b"other bytes")
    found = likeness(question)
    assert found.leaves == 0
    assert found.why_not.startswith(f"the blob {question.before} holds other bytes than were recorded (11 bytes, ")
