from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.store import load_check
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.formats import store
from jupyter_mlc.store.formats.base import store_manifest
from jupyter_mlc.store.load_check import LoadCheck, Sample, check_loads, sample_of

HELPER = """
import os, random, sys, time

class Model:
    def __init__(self, how):
        self.how = how

    def __setstate__(self, state):
        self.how = state["how"]
        if "FRESH" in globals() or not hasattr(sys, "born_here"):
            if self.how == "slow": time.sleep(60)
            if self.how == "dies": os.kill(os.getpid(), 9)
            if self.how == "leaves": os._exit(3)
            if self.how == "exits": sys.exit("bye")
            if self.how == "noisy": print("noise" * 100_000)

    def predict(self, rows):
        if self.how == "random": return [random.random() for _ in range(len(rows))]
        if self.how == "fails": raise ValueError("no such column: a\\nand more")
        if self.how == "rounds": return rows["a"].to_numpy() + (0 if hasattr(sys, "born_here") else 1e-13)
        return rows["a"].to_numpy() * 2
"""


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    (tmp_path / "registry").mkdir()
    return Artifacts(tmp_path / "registry", Checks(tmp_path / "cache"))


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes models of a module that lies in the working folder, as beside a notebook."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "helper_of_load_check.py").write_text(HELPER)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    monkeypatch.setattr(sys, "born_here", True, raising=False)
    monkeypatch.delitem(sys.modules, "helper_of_load_check", raising=False)
    import helper_of_load_check  # type: ignore[import-not-found]

    return helper_of_load_check.Model


def checked(obj: object, artifacts: Artifacts, sample: Sample | None = None, timeout: float = 60) -> LoadCheck:
    folder = artifacts.root.parent / "cache"
    return check_loads(store(obj, artifacts).digest, artifacts, folder=folder, sample=sample, timeout=timeout)


ROWS = pd.DataFrame({"a": [1.0, 2.5], "b": ["x", "y"]})


@pytest.mark.slow
def test_a_model_that_loads_and_predicts_the_same_passes(model: Any, artifacts: Artifacts) -> None:
    made = model("well")
    check = checked(made, artifacts, sample_of(made, ROWS))
    assert (check.ok, check.reason, check.predicted, check.detail) == (True, "", "same", "")
    assert check.seconds > 0


@pytest.mark.slow
def test_what_prepares_rows_is_asked_to_prepare_them(artifacts: Artifacts) -> None:
    scaler = StandardScaler().fit(ROWS[["a"]])
    sample = sample_of(scaler, ROWS[["a"]])
    assert sample.expected.tolist() == [[-1], [1]]
    assert checked(scaler, artifacts, sample).predicted == "same"


def test_without_a_sample_loading_is_enough(model: Any, artifacts: Artifacts) -> None:
    check = checked(model("noisy"), artifacts)
    assert (check.ok, check.reason, check.predicted) == (True, "", "not tried")


@pytest.mark.slow
def test_code_of_the_working_folder_is_named_and_installed_code_is_not(model: Any, artifacts: Artifacts) -> None:
    assert checked(model("well"), artifacts).beside == ("helper_of_load_check.py",)
    assert checked(LogisticRegression(), artifacts).beside == ()


def test_a_missing_module_is_named(model: Any, artifacts: Artifacts, tmp_path: Path) -> None:
    made = model("well")
    (tmp_path / "work" / "helper_of_load_check.py").unlink()
    check = checked(made, artifacts)
    assert not check.ok
    assert check.reason == "loading needs the module helper_of_load_check, which is not here"
    assert (check.missing, check.is_broken_off) == ("helper_of_load_check", False)
    assert "ModuleNotFoundError" in check.detail


@pytest.mark.slow
def test_a_model_that_does_not_predict_the_same_is_told(model: Any, artifacts: Artifacts) -> None:
    for how, predicted in (("random", "different"), ("rounds", "close")):
        made = model(how)
        check = checked(made, artifacts, sample_of(made, ROWS))
        assert (check.ok, check.predicted) == (True, predicted)


@pytest.mark.slow
def test_a_model_that_predicts_here_and_fails_there_is_told(model: Any, artifacts: Artifacts) -> None:
    check = checked(model("fails"), artifacts, Sample(rows=ROWS, expected=np.ones(2)))
    assert (check.ok, check.predicted) == (False, "not tried")
    assert check.reason == "predicting: ValueError: no such column: a"
    assert "helper_of_load_check.py" in check.detail


@pytest.mark.slow
def test_a_model_that_hangs_is_killed(model: Any, artifacts: Artifacts) -> None:
    check = checked(model("slow"), artifacts, timeout=3)
    assert (check.ok, check.reason) == (False, "it did not load within 3 seconds")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("dies", "the fresh process was killed by SIGKILL while loading"),
        ("leaves", "the fresh process ended without a word, with code 3"),
        ("exits", "SystemExit: bye"),
    ],
)
def test_a_process_that_ends_while_loading_is_told(how: str, reason: str, model: Any, artifacts: Artifacts) -> None:
    check = checked(model(how), artifacts)
    assert (check.ok, check.reason, check.is_broken_off) == (False, reason, how != "exits")


def test_a_damaged_model_does_not_pass(artifacts: Artifacts) -> None:
    layer = Layer(path="model.joblib", digest=f"sha256:{'0' * 64}", size=3)
    digest = store_manifest(Manifest(format="joblib", layers=(layer,)), artifacts).digest
    check = check_loads(digest, artifacts, folder=artifacts.root.parent / "cache")
    assert (check.ok, check.reason) == (False, f"the blob {layer.digest} is missing")


def test_a_sample_that_cannot_be_sent_is_not_tried(model: Any, artifacts: Artifacts) -> None:
    check = checked(model("well"), artifacts, Sample(rows=lambda: 0, expected=None))
    assert (check.ok, check.predicted) == (True, "not tried")
    assert check.reason.startswith("the sample could not be sent: ")


def test_a_model_that_cannot_predict_gives_no_sample() -> None:
    with pytest.raises(AttributeError):
        sample_of({"a": 1}, ROWS)


@pytest.mark.slow
def test_a_sample_and_predictions_that_only_the_notebook_can_read_hold_up_no_version(
    model: Any, artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, here = model("well"), ModuleType("only_here")
    here.Answer = type("Answer", (), {"__module__": "only_here"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "only_here", here)
    of_here = here.Answer()
    check = checked(made, artifacts, Sample(rows=ROWS, expected=of_here))
    assert (check.ok, check.predicted) == (True, "not tried")
    assert check.reason == "what it predicts cannot be read there: ModuleNotFoundError"
    check = checked(made, artifacts, Sample(rows=of_here, expected=np.ones(2)))
    assert (check.ok, check.predicted) == (True, "not tried")
    assert check.reason == "the sample cannot be read there: ModuleNotFoundError"


def test_the_fresh_process_imports_no_more_than_it_needs() -> None:
    import subprocess

    heavy = "{'numpy', 'pandas', 'sklearn', 'joblib'}"
    script = f"import {load_check.__name__}, sys; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_of_what_predicts_and_prepares_rows_the_predictions_are_taken() -> None:
    class Both:
        def transform(self, rows: list[int]) -> list[int]:
            return [0 for _ in rows]

        def __call__(self, rows: list[int]) -> list[int]:
            return [2 * each for each in rows]

    assert sample_of(Both(), [1, 2]).expected == [2, 4]
