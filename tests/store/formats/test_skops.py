from __future__ import annotations

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.store.formats.shelf import Shelf, in_notebook, refusal

ROWS = pd.DataFrame(np.random.default_rng(0).random((60, 2)), columns=["a", "b"])
LATE = ROWS.a > 0.5


class Mean(BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """An estimator that skops does not know."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        HistGradientBoostingClassifier(max_iter=3),
        KNeighborsClassifier(3, algorithm="kd_tree"),
    ],
    ids=lambda model: type(model).__name__,
)
def test_estimators_of_scikit_learn_need_no_trust(model: Any, shelf: Shelf) -> None:
    made = shelf.put(model.fit(ROWS, LATE), "skops")
    assert (made.format, shelf.paths(made)) == ("skops", ["model.skops"])
    assert np.array_equal(shelf.open(made).predict(ROWS), model.predict(ROWS))


def test_nothing_is_stored_with_skops_unless_asked_for(shelf: Shelf) -> None:
    assert shelf.put(LogisticRegression().fit(ROWS, LATE)).format == "joblib"


@pytest.mark.slow
def test_the_same_model_gives_the_same_bytes(shelf: Shelf) -> None:
    words = make_pipeline(TfidfVectorizer(), KNeighborsClassifier(1)).fit(["good day", "bad night"], [1, 0])
    sparse = FunctionTransformer(kw_args={"rows": scipy.sparse.csr_matrix(np.eye(3))})
    for model in (words, sparse):
        made = shelf.put(model, "skops")
        assert shelf.put(model, "skops") == made
        assert shelf.put(shelf.open(made), "skops") == made


@pytest.mark.slow
def test_a_type_that_nobody_knows_is_opened_under_trust_alone(shelf: Shelf) -> None:
    made = shelf.put(Mean(scale=2.5), "skops")
    assert refusal(lambda: shelf.open(made)) == (
        f"loading would run code that no trusted key vouches for: {__name__}.Mean\n"
        "if you know where it comes from and would run a program of its author, load it with --trust"
    )
    assert shelf.open(made, trusted=True).scale == 2.5


@pytest.mark.slow
def test_a_class_of_the_notebook_is_refused(shelf: Shelf) -> None:
    cell = "from sklearn.linear_model import Ridge\nclass Mine(Ridge): pass\nmodel = Mine().fit([[0.0], [1.0]], [0, 1])"
    with pytest.raises(RuntimeError) as caught:
        in_notebook(cell, shelf, "skops")
    assert str(caught.value) == (
        "the format skops cannot store Mine, which the notebook defines\n"
        "store it with --format joblib, which takes its source along, or put it in a module"
    )


def test_what_skops_cannot_store_is_told(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put(FunctionTransformer(lambda rows: rows), "skops")) == (
        "the format skops cannot store a lambda or a function that is defined inside a function\n"
        "give it a name with def at the top level of a module"
    )
    assert refusal(lambda: shelf.put(FunctionTransformer(kw_args={"bytes": memoryview(b"a")}), "skops")).startswith(
        "skops cannot store this FunctionTransformer: "
    )


def forged(shelf: Shelf, node: dict[str, Any]) -> Any:
    """An artifact whose schema says what somebody else wrote."""
    made = shelf.put(LogisticRegression(), "skops")
    with zipfile.ZipFile(BytesIO(shelf.read(made, "model.skops"))) as archive:
        schema = json.loads(archive.read("schema.json"))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "schema.json",
            json.dumps({**node, "protocol": schema["protocol"], "_skops_version": schema["_skops_version"]}),
        )
    return shelf.with_layer(made, "model.skops", out.getvalue())


EMPTY_LIST = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [], "__id__": 9}
EVIL = [
    {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1, "content": {}},
    {"__class__": "Mark", "__module__": "evil_of_skops", "__loader__": "ObjectNode", "__id__": 1, "content": None},
    {"__class__": "Mark", "__module__": "evil_of_skops", "__loader__": "TypeNode", "__id__": 1, "content": None},
    {
        "__class__": "attrgetter",
        "__module__": "operator",
        "__loader__": "OperatorFuncNode",
        "__id__": 1,
        "attrs": EMPTY_LIST,
    },
    {"__class__": "eval", "__module__": "builtins", "__loader__": "TypeNode", "__id__": 1, "content": None},
]


@pytest.mark.parametrize("node", EVIL, ids=lambda node: f"{node['__module__']}.{node['__class__']}")
def test_a_malicious_archive_runs_nothing(
    node: dict[str, Any], shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "evil_of_skops.py").write_text(f"open({str(mark)!r}, 'w')\nclass Mark: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    text = refusal(lambda: shelf.open(forged(shelf, node)))
    assert text.startswith(("loading would run code that no trusted key vouches for: ", "the stored object cannot"))
    assert "evil_of_skops" not in sys.modules
    assert not mark.exists()


def test_an_archive_that_makes_no_sense_is_refused(shelf: Shelf) -> None:
    made = shelf.with_layer(shelf.put(LogisticRegression(), "skops"), "model.skops", b"nonsense")
    assert refusal(lambda: shelf.open(made)).startswith("the stored object cannot be read: BadZipFile: ")


@pytest.mark.slow
def test_a_model_passes_the_load_check_with_a_sample(shelf: Shelf) -> None:
    checked = shelf.check(LogisticRegression().fit(ROWS, LATE), ROWS.head(5), "skops")
    assert (checked.reason, checked.predicted) == ("", "same")
