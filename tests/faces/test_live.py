"""What happens around register, dataset add, run and load: live objects become digests, and come back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.domain.entities import DatasetFacts, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, NeedsConfirmation, NotFound, Unavailable, Untrusted
from jupyter_mlc.domain.events import DatasetAdded
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.live.data import dataset
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.run_log import Point, RunLog
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply, VersionDetails


class Ends:
    """Ends the process that loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


@pytest.fixture
def names() -> dict[str, object]:
    """The notebook's variables."""
    rows = np.random.default_rng(7).normal(size=(60, 2))
    train = pd.DataFrame(rows, columns=["a", "b"])
    clf = LogisticRegression(C=0.5).fit(train, train.a > 0)
    return {"train": train, "clf": clf, "rows": rows}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: dict[str, object]) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    desk = Desk(str(tmp_path / "registry"), recorder=Recorder(), namespace=lambda: names)
    desk.tell = lambda warnings, reply: None
    yield desk
    desk.close()


def call(desk: Desk, verb: str, **values: object) -> Any:
    return desk.carry_out(Call(verb=VERBS[verb], values=values))


def named(desk: Desk, name: str) -> Named:
    return Named(name=name, value=desk.namespace()[name])


def register(desk: Desk, name: str = "churn", obj: str = "clf", **values: object) -> RegisterReply:
    reply = call(desk, "register", name=name, object=named(desk, obj), **{"no_load_check": True, **values})
    assert isinstance(reply, RegisterReply)
    return reply


def details(desk: Desk, ref: str) -> VersionDetails:
    reply = desk.call(Show(ref=ref))
    assert isinstance(reply, ShowReply)
    assert reply.details is not None
    return reply.details


def registry(desk: Desk) -> Registry:
    assert isinstance(desk.session, LocalSession)
    return desk.session.registry


def test_a_model_comes_back_as_it_was(desk: Desk) -> None:
    register(desk)
    clf, train = desk.namespace()["clf"], desk.namespace()["train"]
    assert isinstance(clf, LogisticRegression)
    loaded = call(desk, "load", ref="churn:1")
    assert isinstance(loaded, LogisticRegression)
    assert (loaded.predict(train) == clf.predict(train)).all()


def test_parameters_and_signature_are_read_from_the_model(desk: Desk) -> None:
    reply = register(desk, data=(named(desk, "train"),))
    version = registry(desk).version("churn:1")
    params = {param.key: param.value for param in version.params}
    assert (params["C"], reply.params) == (0.5, len(params))
    assert [(each.name, each.type) for each in reply.signature.inputs] == [("a", "float"), ("b", "float")]
    assert (reply.class_name, version.library) == ("LogisticRegression", "scikit-learn")


@pytest.mark.slow
def test_the_model_is_loaded_once_in_a_fresh_process_and_predicts_the_same(desk: Desk) -> None:
    reply = register(desk, sample=named(desk, "train"), no_load_check=False)
    assert reply.load_check.startswith("passed in ")
    assert reply.load_check.endswith("predictions same")


@pytest.mark.slow
def test_a_sample_may_hold_more_columns_than_the_model_takes(desk: Desk, names: dict[str, Any]) -> None:
    names["whole"] = names["train"].assign(late=1)
    reply = register(desk, sample=named(desk, "whole"), no_load_check=False)
    assert (reply.warnings, reply.load_check.endswith("predictions same")) == ((), True)
    names["half"] = names["train"][["a"]]
    (warning,) = register(desk, sample=named(desk, "half"), no_load_check=False).warnings
    assert warning.startswith("clf could not predict half here, so that was not compared: ValueError: The feature ")


@pytest.mark.slow
def test_a_boosted_model_tells_its_curves_and_predicts_the_same_in_a_fresh_process(
    desk: Desk, names: dict[str, Any]
) -> None:
    train = names["train"]
    late = (train.a > 0).astype(int)
    names["trees"] = XGBClassifier(n_estimators=4).fit(train, late, eval_set=[(train, late)], verbose=False)
    reply = register(desk, obj="trees", sample=named(desk, "train"), no_load_check=False)
    assert (reply.format, reply.warnings) == ("xgboost", ())
    assert reply.load_check.endswith("predictions same")
    (metric,) = registry(desk).version("churn:1").metrics
    assert (metric.key, metric.standing) == ("validation_0-logloss", Standing.OBSERVED)
    curves = registry(desk).series(registry(desk).version("churn:1").run)
    assert [step for step, _ in curves["validation_0-logloss"]] == [0, 1, 2, 3]
    loaded = call(desk, "load", ref="churn:1")
    assert (loaded.predict_proba(train) == names["trees"].predict_proba(train)).all()


@pytest.mark.slow
def test_what_was_never_fitted_is_registered_with_a_word(desk: Desk, names: dict[str, object]) -> None:
    names["bare"] = LogisticRegression()
    said = "scikit-learn finds this LogisticRegression not fitted: if that was not meant, fit it and register it again"
    assert said in register(desk, obj="bare").notes
    assert not [text for text in register(desk).notes if "fitted" in text]


@pytest.mark.slow
def test_a_model_is_registered_from_a_folder_that_was_deleted(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(tmp_path / "scratch")
    (tmp_path / "scratch").rmdir()
    with Run(desk, "churn") as run:
        run.log(auc=0.5)
        reply = register(desk, no_load_check=False)
    assert reply.load_check.startswith("passed")
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_code_beside_the_notebook_that_a_model_needs_is_named(
    desk: Desk, names: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules_beside.py").write_text("class Rule:\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import rules_beside  # type: ignore[import-not-found]

    names["rule"] = rules_beside.Rule()
    noted = (
        "it needs rules_beside.py, of which no copy is stored: wherever it is loaded, that must be there as it is now"
    )
    assert noted in register(desk, obj="rule", no_load_check=False).notes


@pytest.mark.slow
def test_code_beside_the_notebook_that_changed_since_its_import_is_told(
    desk: Desk, names: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rules_edited.py"
    file.write_text("class Rule:\n    def predict(self, rows):\n        return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import rules_edited  # type: ignore[import-not-found]

    names["rule"] = rules_edited.Rule()
    assert register(desk, obj="rule", no_load_check=False).warnings == ()
    file.write_text("class Rule:\n    def predict(self, rows):\n        return 1000\n")
    assert register(desk, obj="rule", no_load_check=False).warnings == (
        "rules_edited.py changed after it was imported here, and what is loaded is what it is now: reload it or begin "
        "a new kernel, and make the model again",
    )


@pytest.mark.slow
def test_a_sample_may_be_a_file(desk: Desk, tmp_path: Path) -> None:
    train = desk.namespace()["train"]
    assert isinstance(train, pd.DataFrame)
    train.to_csv(tmp_path / "june.csv", index=False)
    reply = register(desk, sample=Named(name="june.csv", value="june.csv"), no_load_check=False)
    assert reply.load_check.endswith("predictions same")


def test_a_sample_of_a_file_is_not_tried_and_that_is_told(desk: Desk, tmp_path: Path) -> None:
    (path := tmp_path / "clf.bin").write_bytes(b"weights")
    reply = call(
        desk, "register", name="churn", object=Named(name=str(path), value=str(path)), sample=named(desk, "train")
    )
    assert reply.load_check == "not needed: files"
    assert "train was not tried: what is registered is a path, not an object" in reply.warnings


def test_a_sample_that_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        register(desk, sample=Named(name="train[:5]", value="train[:5]"))
    assert refused.value.text == (
        "there are no rows called 'train[:5]' to predict\n"
        "name rows of the notebook, a file, or an expression in braces: --sample {train[:5]}"
    )


@pytest.mark.parametrize(
    ("written", "near", "hint"),
    [
        ("trian", "did you mean train?", "did you mean train?"),
        ("nosuch", "", "name rows of the notebook, a file, or an expression in braces"),
        ("train[:5]", "did you mean train?", "an expression in braces: --sample {train[:5]}"),
    ],
)
def test_an_expression_without_its_braces_is_not_taken_for_a_slip(
    desk: Desk, written: str, near: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        register(desk, sample=Named(name=written, value=written, near=near))
    assert refused.value.hint.endswith(hint)


def test_names_and_keys_of_the_registry_are_known_for_completion(desk: Desk) -> None:
    from jupyter_mlc.verbs.base import Complete

    data = Named(name="train", value=desk.namespace()["train"])
    register(desk, metric={"auc": 0.7}, tag={"team": "ops"}, data=(data,))
    call(desk, "promote", ref="churn:1")
    call(desk, "promote", ref="churn:1")
    call(desk, "alias", ref="churn:1", alias="challenger")
    assert desk.names(Complete.ALIAS, "") == ["challenger"]
    assert desk.names(Complete.ANYTHING, "run/") == ["run/1"]
    assert desk.names(Complete.ANYTHING, "dataset/t") == ["dataset/train"]
    assert desk.names(Complete.ANYTHING, "job/") == []
    assert desk.names(Complete.METRIC, "") == ["auc"]
    assert desk.names(Complete.TAG, "") == ["team"]
    assert desk.names(Complete.ORDER, "")[:5] == ["created", "number", "stage", "name", "metrics.auc"]


def test_data_may_be_called_by_its_id_and_have_a_namespace(desk: Desk) -> None:
    call(desk, "dataset add", name="ops/spring", data=Named(name="train", value=desk.namespace()["train"]))
    for written in ("dataset/ops/spring", "ops/spring"):
        reply = register(desk, data=(Named(name=written, value=written),))
        assert [dataset.name for dataset in details(desk, reply.version).datasets] == ["ops/spring"]
    with pytest.raises(BadInput) as refused:
        register(desk, data=(Named(name="ops/sprang", value="ops/sprang"),))
    assert refused.value.text == "there is no file ops/sprang\ncheck the path"


def test_a_variable_in_the_place_of_a_dataset_is_told_with_what_the_dataset_is_called(
    desk: Desk, names: dict[str, object]
) -> None:
    train = names["train"]
    assert isinstance(train, pd.DataFrame)
    gold = train.assign(late=train.a > 0)
    call(desk, "dataset add", name="gold", data=Named(name="gold", value=gold))
    register(desk)
    register(desk)

    def judged(verb: str, value: object, **refs: object) -> Any:
        metric = (Named(name="accuracy", value="accuracy"),)
        return call(desk, verb, data=Named(name="gold", value=value), target="late", metric=metric, **refs)

    told = "gold is what the notebook holds under that name ({} rows){}; the registered revision 1 has 60: {}"
    other = "--data dataset/gold:1"
    compared = judged("compare", gold[:30], refs=("churn:1", "churn:2"))
    assert compared.warnings[0] == told.format(30, "", other)
    reply = judged("evaluate", gold[:20], ref="churn:1")
    assert (reply.revision, reply.rows) == (2, 20)
    assert reply.warnings[0] == told.format(20, ", now revision 2", other)
    again = judged("evaluate", gold[:20], ref="churn:1")
    assert (again.revision, again.warnings) == (2, reply.warnings[1:])
    first = judged("evaluate", "dataset/gold:1", ref="churn:1")
    assert (first.revision, first.rows) == (1, 60)
    trained = register(desk, data=(Named(name="gold", value=gold[:10]),))
    assert trained.datasets == ("gold revision 3 (new)",)
    assert trained.notes[-1].endswith(
        "(10 rows), now revision 3; the registered revision 2 has 20: --data dataset/gold:2"
    )


def test_a_variable_that_is_no_data_hides_no_dataset_without_a_word(desk: Desk, names: dict[str, object]) -> None:
    call(desk, "dataset add", name="te", data=named(desk, "train"))
    register(desk)
    names["te"] = 5
    with pytest.raises(BadInput) as refused:
        call(desk, "evaluate", ref="churn:1", data=named(desk, "te"), target="a")
    assert refused.value.text == (
        "no data can be read from an object of type int\nfor the dataset of that name write dataset/te"
    )


def test_data_whose_name_is_a_slip_is_refused_with_what_is_near(desk: Desk) -> None:
    slip = Named(name="trian", value="trian", near="did you mean train?")
    with pytest.raises(NotFound) as refused:
        register(desk, data=(slip,))
    assert refused.value.text == (
        "there is no dataset 'trian', and the notebook has nothing of that name\ndid you mean train?"
    )
    call(desk, "dataset add", name="trian", data=named(desk, "train"))
    assert register(desk, data=(slip,)).datasets == ("trian",)


@pytest.mark.slow
def test_a_model_that_loads_nowhere_else_is_not_registered(
    desk: Desk, names: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone.py").write_text("class Gone:\n    def predict(self, rows):\n        return rows\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import gone  # type: ignore[import-not-found]

    names["model"] = gone.Gone()
    (tmp_path / "gone.py").unlink()
    with pytest.raises(Conflict) as refused:
        register(desk, obj="model", no_load_check=False)
    assert refused.value.message.startswith("model does not load in a fresh process: ")
    assert refused.value.hint == (
        "what it needs must be importable there: put it in a module or a cell; or register with --no-load-check"
    )
    assert registry(desk).model_names(10) == []


@pytest.mark.slow
def test_of_a_module_that_only_this_process_finds_the_folder_is_told(
    desk: Desk, names: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "far_away.py").write_text("class Far:\n    pass\n")
    monkeypatch.setattr(sys, "path", [*sys.path, "src"])
    import far_away  # type: ignore[import-not-found]

    names["model"] = far_away.Far()
    with pytest.raises(Conflict) as refused:
        register(desk, obj="model", no_load_check=False)
    assert refused.value.text == (
        "model does not load in a fresh process: loading needs the module far_away, which is not here\n"
        f"far_away is found here because {tmp_path}/src is in sys.path: install it, or set PYTHONPATH={tmp_path}/src "
        "before Jupyter or Python begins; or register with --no-load-check"
    )


@pytest.mark.slow
def test_a_model_that_ends_the_process_which_loads_it_is_refused(desk: Desk, names: dict[str, object]) -> None:
    names["model"] = Ends()
    with pytest.raises(Conflict) as refused:
        register(desk, obj="model", no_load_check=False)
    assert refused.value.text == (
        "model does not load in a fresh process: the fresh process ended without a word, with code 3\n"
        "it must load in a process of its own; where it only takes long, register with --no-load-check"
    )


def test_data_is_kept_under_its_name_and_recognised_by_its_content(desk: Desk, names: dict[str, object]) -> None:
    first = register(desk, data=(named(desk, "train"),))
    train = names["train"]
    assert isinstance(train, pd.DataFrame)
    names["again"] = train.copy()
    second = register(desk, data=(named(desk, "again"),))
    assert (first.datasets, second.datasets) == (("train (new)",), ("train",))
    event = registry(desk).event(registry(desk).dataset("train").id).event
    assert len(registry(desk).blobs_of(registry(desk).dataset("train").id)) == 2
    assert type(event).__name__ == "DatasetAdded"


def test_an_expression_is_kept_under_the_models_name(desk: Desk) -> None:
    train = desk.namespace()["train"]
    assert isinstance(train, pd.DataFrame)
    reply = register(desk, data=(Named(name="train[train.a < 0]", value=train[train.a < 0]),))
    assert reply.datasets == ("churn-data (new)",)


def test_a_dataset_from_a_file_keeps_its_path_and_digest(desk: Desk, tmp_path: Path) -> None:
    train = desk.namespace()["train"]
    assert isinstance(train, pd.DataFrame)
    train.to_csv(tmp_path / "june.csv", index=False)
    path = str(tmp_path / "june.csv")
    reply = call(desk, "dataset add", name="june", data=Named(name=path, value=path))
    event = registry(desk).event(registry(desk).dataset("june").id).event
    assert reply.rows == 60
    assert (event.source, event.blob) == (path, None)  # type: ignore[attr-defined]
    assert event.file_digest.startswith("sha256:")  # type: ignore[attr-defined]


def test_a_file_that_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        call(desk, "dataset add", name="june", data=Named(name="june.csv", value="june.csv"))
    assert refused.value.text == "there is no file june.csv\ncheck the path"
    with pytest.raises(NotFound, match="'trian' is neither in the notebook nor the path of a file"):
        call(desk, "dataset add", name="june", data=Named(name="trian", value="trian"))
    with pytest.raises(NotFound, match="is neither in the notebook nor the path of a file"):
        call(desk, "dataset add", name="june", data=Named(name="too long", value="rows " * 200))


def test_an_address_is_no_file_and_told_so(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        call(desk, "dataset add", name="june", data=Named(name="u", value="https://example.org/june.csv"))
    assert refused.value.text == (
        "no data is fetched from https://example.org/june.csv\n"
        "read it yourself: {pd.read_csv('https://example.org/june.csv')}"
    )


def test_a_file_whose_values_are_parted_by_something_else_is_told(desk: Desk, tmp_path: Path) -> None:
    told: list[str] = []
    desk.tell = lambda warnings, reply: told.extend(warnings)
    (tmp_path / "june.csv").write_text("late;origin\n1;JFK\n")
    (tmp_path / "one.csv").write_text("late\n1\n")
    for name in ("june", "one"):
        call(desk, "dataset add", name=name, data=Named(name=name, value=f"{name}.csv"))
    assert told == [
        "june.csv has one column, 'late;origin': values are parted by commas here; where that is wrong, "
        "read it yourself: {pd.read_csv('june.csv', sep=';')}"
    ]


def test_an_index_that_has_a_name_is_told_to_be_left_behind(desk: Desk) -> None:
    told: list[str] = []
    desk.tell = lambda warnings, reply: told.extend(warnings)
    frame = pd.DataFrame({"price": [1.0, 2.0]}, index=pd.date_range("2026-06-01", periods=2, name="day"))
    prices = Named(name="prices", value=frame)
    call(desk, "dataset add", name="prices", data=prices)
    call(desk, "dataset add", name="train", data=named(desk, "train"))
    assert told == ["the index (day) is no part of the dataset; to keep it, make it a column: {prices.reset_index()}"]
    with pytest.raises(BadInput) as refused:
        call(desk, "dataset add", name="prices", data=prices, time="day")
    assert refused.value.text == (
        "'day' is the index of the data, which is no part of a dataset\nmake it a column: {prices.reset_index()}"
    )


def test_the_same_data_under_another_name_shares_its_bytes(desk: Desk) -> None:
    register(desk, data=(named(desk, "train"),))
    call(desk, "dataset add", name="other", data=named(desk, "train"))
    first, second = (registry(desk).dataset(name).id for name in ("train", "other"))
    assert len(registry(desk).blobs_of(second)) == 2
    assert registry(desk).blobs_of(second) == registry(desk).blobs_of(first)


@pytest.mark.slow
def test_what_a_search_found_best_is_found_by_it(desk: Desk, names: dict[str, object]) -> None:
    train = names["train"]
    assert isinstance(train, pd.DataFrame)
    names["search"] = GridSearchCV(LogisticRegression(), {"C": [1e-9, 100.0]}, cv=2).fit(train, train.a > 0)
    register(desk)
    register(desk, obj="search")
    for query in ("params.best__C = 100", "metrics.best_score > 0.5"):
        found = desk.call(List(what="churn", query=query))
        assert isinstance(found, ListReply)
        assert [version.ref for version in found.versions] == ["churn:2"]


TYPES = {
    "zone": (pd.Series(pd.date_range("2026-01-01", periods=3, tz="UTC")), "datetime64[us, Europe/Berlin]"),
    "category": (pd.Series(["a", "b", "a"]), "category"),
    "order": (pd.Series(["a", "b", "a"], dtype="category"), pd.CategoricalDtype(["b", "a"])),
    "nullable": (pd.Series([1, 2, 3]), "Int64"),
    "narrow": (pd.Series([1.5, 2.5, 3.5]), "float32"),
}


@pytest.mark.parametrize("case", TYPES.values(), ids=TYPES)
def test_equal_content_in_other_types_keeps_bytes_of_its_own(desk: Desk, case: tuple[pd.Series[Any], Any]) -> None:
    values, dtype = case
    frames = [values.to_frame("x"), values.astype(dtype).to_frame("x")]
    for name, frame in zip(("first", "second"), frames, strict=True):
        call(desk, "dataset add", name=name, data=Named(name=name, value=frame))
    for name, frame in zip(("first", "second"), frames, strict=True):
        again = dataset(desk, Named(name=name, value=frame), name=name)
        assert isinstance(again, DatasetFacts)
        assert again.digest == registry(desk).dataset("first").digest
        assert again.blob is not None
        with desk.session.artifacts.open(again.blob) as kept:
            pd.testing.assert_frame_equal(pd.read_parquet(kept), frame, check_freq=False)


class Hour:
    """A model that sees the zone of a time."""

    def predict(self, rows: pd.DataFrame) -> Any:
        return rows.when.dt.hour.to_numpy() * 1.0


@pytest.mark.slow
def test_versions_are_judged_by_the_types_that_were_given(desk: Desk, names: dict[str, object]) -> None:
    berlin = pd.DataFrame({"when": pd.date_range("2026-01-01", periods=40, freq="h", tz="Europe/Berlin")})
    berlin["hour"] = berlin.when.dt.hour * 1.0
    names |= {"model": Hour(), "berlin": berlin, "utc": berlin.assign(when=berlin.when.dt.tz_convert("UTC"))}
    for _ in range(2):
        register(desk, "hour", "model")
    call(desk, "dataset add", name="known", data=named(desk, "utc"))

    def judged(verb: str, data: str, **refs: object) -> Any:
        return call(
            desk, verb, data=named(desk, data), target="hour", metric=(Named(name="rmse", value="rmse"),), **refs
        )

    replies = judged("evaluate", "berlin", ref="hour:1"), judged("evaluate", "utc", ref="hour:2")
    first, second = (reply.versions[0].evidence.estimates[0].value for reply in replies)
    assert first == 0 < second
    assert [reply.notes for reply in replies] == [
        ("judged by berlin as it was given: known keeps equal content in other types of columns",),
        (),
    ]
    for data, expected in (("berlin", first), ("utc", second)):
        (pair,) = judged("compare", data, refs=("hour:1", "hour:2")).metrics
        assert pair.baseline_value == pair.value == expected
    assert call(desk, "compare", refs=("hour:1", "hour:2")).basis is None
    names["tokyo"] = berlin.assign(when=berlin.when.dt.tz_convert("Asia/Tokyo"))
    judged("evaluate", "berlin", ref="hour:2")
    judged("evaluate", "tokyo", ref="hour:1")
    (pair,) = call(desk, "compare", refs=("hour:1", "hour:2"), metric=(Named(name="rmse", value="rmse"),)).metrics
    assert pair.baseline_value == pair.value == first


def test_data_that_was_not_stored_at_first_is_stored_when_asked(desk: Desk) -> None:
    call(desk, "dataset add", name="train", data=named(desk, "train"), no_store=True)
    call(desk, "dataset add", name="other", data=named(desk, "train"))
    event = registry(desk).event(registry(desk).dataset("other").id).event
    assert event.blob is not None  # type: ignore[attr-defined]


def test_what_is_said_anew_of_known_content_is_a_revision_that_keeps_the_rest(
    desk: Desk, names: dict[str, object]
) -> None:
    names["hours"] = pd.DataFrame({"when": pd.date_range("2026-01-01", periods=3, freq="h"), "x": [1, 2, 3]})

    def add(**more: object) -> tuple[object, ...]:
        reply = call(desk, "dataset add", name="hours", data=named(desk, "hours"), **more)
        return reply.revision, reply.is_new, reply.same_as, *reply.news

    def said() -> tuple[str | None, str, bool]:
        event = registry(desk).event(registry(desk).dataset("hours").id).event
        assert isinstance(event, DatasetAdded)
        return event.time_column, event.description, event.blob is not None

    assert add(no_store=True) == (1, True, None)
    assert add(no_store=True) == (1, False, None)
    timed = (2, True, "hours:1", "its time column")
    assert (add(time="when", no_store=True), said()) == (timed, ("when", "", False))
    described = (3, True, "hours:2", "its description", "its bytes, which are kept now")
    assert (add(description="of the gauge"), said()) == (described, ("when", "of the gauge", True))
    assert (add(), add(description="of the gauge"), add(no_store=True)) == ((3, False, None),) * 3
    names["hours"] = names["hours"].astype({"x": "Int64"})  # type: ignore[attr-defined]
    typed = (4, True, "hours:3", "types of columns")
    assert (add(), add(), said()) == (typed, (4, False, None), ("when", "of the gauge", True))


def test_digest_and_profile_alone_are_kept_when_asked(desk: Desk) -> None:
    call(desk, "dataset add", name="train", data=named(desk, "train"), no_store=True)
    event = registry(desk).event(registry(desk).dataset("train").id).event
    assert event.blob is None  # type: ignore[attr-defined]
    assert event.row_digests is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            LogisticRegression,
            "it is the class LogisticRegression, not a fitted model\nfit one first: LogisticRegression().fit(...)",
        ),
        (None, "it is None, not a model\ndoes the line above it end in a call that returns nothing?"),
    ],
)
def test_what_is_no_model_is_refused(desk: Desk, names: dict[str, object], value: object, text: str) -> None:
    names["it"] = value
    with pytest.raises(BadInput) as refused:
        register(desk, obj="it")
    assert refused.value.text == text


def test_an_object_that_cannot_be_pickled_is_refused_and_nothing_is_lost(desk: Desk, names: dict[str, object]) -> None:
    names["it"] = make_pipeline(StandardScaler(), (n for n in range(3)))
    with pytest.raises(BadInput):
        register(desk, obj="it")
    assert registry(desk).model_names(10) == []


def test_what_surrounds_the_model_is_captured(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    recorder.begin("a1", "clf = fit(train)")
    recorder.end(success=True)
    recorder.begin("b2", "%mlc register churn clf")
    reply = register(desk)
    snapshot = details(desk, "churn:1").snapshot
    assert (snapshot.cells, snapshot.python) == (2, __import__("platform").python_version())
    assert "2 executed cells" in reply.summary
    assert snapshot.notebook is not None
    kept = json.loads(desk.session.artifacts.read(snapshot.notebook))
    assert [cell["source"] for cell in kept["metadata"]["jupyter_mlc"]["executed"]] == [
        "clf = fit(train)",
        "%mlc register churn clf",
    ]
    assert snapshot.lock is not None
    assert b"numpy==" in desk.session.artifacts.read(snapshot.lock)


def test_the_time_of_a_cell_is_that_of_the_model_which_it_makes(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    recorder.begin("a1", "clf = fit(train)\n%mlc register churn clf")
    register(desk)
    recorder.end(success=True)
    recorder.begin("b2", "%mlc register churn clf")
    register(desk)
    listed = desk.call(List(what="churn", runs=True))
    assert isinstance(listed, ListReply)
    later, first = listed.runs
    assert later.duration is None
    assert first.duration is not None
    assert first.duration > 0


UNREADABLE = {
    "a set in a column": (
        pd.DataFrame({"a": [1.0, 2.0], "seen": [{1}, {2}]}),
        "column 'seen' holds objects of type set, which a dataset cannot keep "
        "(columns hold booleans, numbers, text, times, bytes, or lists of these: convert it, or leave it out)",
    ),
    "two types in a column": (
        pd.DataFrame({"a": [1, "x", None]}),
        "column 'a' mixes int (row 0) and str (row 1) (make it one type, e.g. df['a'] = df['a'].astype(str))",
    ),
    "no data at all": (
        object(),
        "no data can be read from an object of type object (a dataset is a pandas or polars DataFrame, a Series, an "
        "Arrow table, a NumPy array of one or two dimensions, a dict of columns, or the path of a .parquet, .csv or "
        ".csv.gz file)",
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_data_that_cannot_be_read_costs_a_warning_and_no_version(
    desk: Desk, names: dict[str, object], what: str
) -> None:
    names["odd"], reason = UNREADABLE[what]
    reply = register(desk, data=(named(desk, "odd"), named(desk, "train")))
    assert reply.warnings == (f"odd is not recorded as data of this version: {reason}",)
    assert [data.name for data in details(desk, "churn:1").datasets] == ["train"]
    with pytest.raises(BadInput):
        call(desk, "dataset add", name="odd", data=named(desk, "odd"))


def test_secrets_in_cells_and_parameters_are_replaced_and_named(
    desk: Desk, names: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "tr0ub4dor-and-3")
    recorder = desk.surroundings.recorder
    recorder.begin("a1", "db = connect('tr0ub4dor-and-3')")
    recorder.end(success=True)
    names["it"] = LogisticRegression().set_params(solver="tr0ub4dor-and-3")
    reply = register(desk, obj="it")
    snapshot = details(desk, "churn:1").snapshot
    assert snapshot.notebook is not None
    assert b"tr0ub4dor" not in desk.session.artifacts.read(snapshot.notebook)
    params = {param.key: param.value for param in registry(desk).version("churn:1").params}
    assert params["solver"] == "***"
    assert "parameter solver: the value of DB_PASSWORD was replaced by ***" in reply.warnings
    assert len([text for text in reply.warnings if "the value of DB_PASSWORD" in text]) == 2
    assert not [text for text in (*reply.findings, *reply.notes, *reply.warnings) if "tr0ub4dor" in text]


def test_secrets_among_what_is_typed_are_replaced_and_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "tr0ub4dor-and-3")
    reply = register(desk, note="reads with tr0ub4dor-and-3", param={"login": "tr0ub4dor-and-3"})
    assert reply.warnings == (
        "note: the value of DB_PASSWORD was replaced by ***",
        "parameter login: the value of DB_PASSWORD was replaced by ***",
    )
    assert registry(desk).version("churn:1").note == "reads with ***"


def test_what_is_replaced_in_what_is_typed_is_not_kept_in_the_notebook_either(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    for source in ("k = 'S3cretPw9x'", "%mlc tag churn:1 token=ab12cd34ef56gh78", "%mlc register churn clf -p pw={k}"):
        recorder.begin("", source)
        recorder.end(success=True)
    reply = register(desk, param={"pw": "S3cretPw9x"}, note="with password=NotePw77xyz")
    snapshot = details(desk, "churn:1").snapshot
    assert snapshot.notebook is not None
    kept = desk.session.artifacts.read(snapshot.notebook)
    assert [secret for secret in (b"S3cretPw9x", b"ab12cd34") if secret in kept] == []
    assert registry(desk).version("churn:1").note == "with password=***"
    assert reply.warnings == (
        "executed cell [1]: the value of pw was replaced by ***",
        "executed cell [2]: the value of token was replaced by ***",
        "note: the value of password was replaced by ***",
        "parameter pw: the value of pw was replaced by ***",
    )


def test_a_run_warns_of_secrets_in_its_parameters(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "tr0ub4dor-and-3")
    said: list[str] = []
    desk.warn = said.append
    with Run(desk, "churn", params={"login": "tr0ub4dor-and-3"}) as run:
        run.param(again="tr0ub4dor-and-3")
    assert said == [
        "parameter login: the value of DB_PASSWORD was replaced by ***",
        "parameter again: the value of DB_PASSWORD was replaced by ***",
    ]
    assert {param.key: param.value for param in registry(desk).run_by_id(run.id).params} == {
        "login": "***",
        "again": "***",
    }


def test_captures_can_be_switched_off(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\ncapture = ["git"]\n')
    reply = register(desk)
    snapshot = details(desk, "churn:1").snapshot
    assert (snapshot.lock, snapshot.notebook, snapshot.user) == (None, None, "")
    assert (reply.params, reply.signature.inputs) == (0, ())
    assert "environment" in snapshot.off


def test_a_with_block_is_a_run_and_the_next_version_belongs_to_it(desk: Desk) -> None:
    with Run(desk, "churn", params={"C": 1}) as run:
        for step in range(3):
            run.log(auc=0.5 + step / 10)
    register(desk)
    register(desk)
    versions = registry(desk).versions("churn", 10)
    runs = {found.ref: found.versions for found in registry(desk).runs("churn", 10)}
    assert runs == {"run/1": ("churn:1",), "run/2": ("churn:2",)}
    assert [metric.value for metric in versions[1].metrics] == [0.7]
    assert versions[0].metrics == ()
    assert registry(desk).series(run.id) == {"auc": [(0, 0.5), (1, 0.6), (2, 0.7)]}


def test_a_version_registered_inside_the_block_has_what_was_logged_so_far(desk: Desk) -> None:
    with Run(desk, "churn", params={"depth": 4}) as run:
        run.log({"f1 macro": 0.4}, auc=0.7)
        register(desk, metric={"auc": 0.8})
        assert run.is_open
    version = registry(desk).version("churn:1")
    assert {metric.key: metric.value for metric in version.metrics} == {"auc": 0.8, "f1 macro": 0.4}
    assert ("depth", 4) in [(param.key, param.value) for param in version.params]
    assert registry(desk).run(1).versions == ("churn:1",)


def test_a_run_that_fails_is_kept_as_failed_and_the_error_passes(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), Run(desk, "churn"):
        1 / 0  # noqa: B018 (it is to fail)
    assert registry(desk).run(1).status == "failed"


def test_a_key_that_is_rotated_in_another_process_is_followed(desk: Desk) -> None:
    other = Desk(desk.place.url)
    with Run(desk, "churn") as run:
        run.log(auc=0.5)
        before = desk.identity.public
        now = call(other, "admin key", rotate=True).public
        call(other, "dataset add", name="rows", data=named(desk, "rows"))
    other.close()
    assert registry(desk).run(1).status == "finished"
    register(desk)
    assert before != now == call(desk, "admin key").public
    assert call(desk, "verify").exit_code == 0


def test_what_one_is_called_at_the_first_act_stays_and_is_what_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "you are ana@laptop" in desk.banner()
    register(desk)
    monkeypatch.setenv("MLC_USER", "anna")
    assert "you are ana@laptop" in desk.banner()
    assert call(desk, "use", url=desk.place.url).you == "ana@laptop"
    told = call(desk, "admin key")
    assert (told.you, told.warnings) == (
        "ana@laptop",
        ("you are called ana@laptop here since your first act; anna counts where your key is not known yet",),
    )
    assert "you are anna" in Desk(str(desk.place.folder) + "-other").banner()


def test_a_key_that_is_named_later_is_used_from_then_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    register(desk)
    monkeypatch.setenv("MLC_KEY", "a1" * 32)
    named_now = call(desk, "admin key")
    assert (named_now.where, named_now.person) == ("MLC_KEY", None)


def test_a_run_works_across_cells_until_it_is_ended(desk: Desk) -> None:
    run = Run(desk, "churn", "a note", tags={"team": "ops"})
    run.log(loss=1.5, step=10)
    run.param(depth=np.int64(3))
    run.end()
    found = registry(desk).run(1)
    assert (found.status, found.note, found.tags) == ("finished", "a note", {"team": "ops"})
    assert found.duration is not None
    with pytest.raises(Conflict) as refused:
        run.log(loss=1)
    assert refused.value.text == "run/1 has ended\nstart another: mlc.run('churn')"


def test_a_run_keeps_files(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "roc.png").write_bytes(b"a picture")
    with Run(desk, "churn") as run:
        digest = run.log_file("roc.png")
        with pytest.raises(BadInput) as refused:
            run.log_file("nowhere.png")
    assert refused.value.text == "nowhere.png is not a file\ngive the path of a file that exists"
    assert desk.session.artifacts.read(digest) == b"a picture"
    assert registry(desk).is_held(digest)
    assert call(desk, "load", ref="run/1", file="roc.png") == b"a picture"


def test_a_text_with_a_secret_is_kept_as_a_copy_without_it_and_that_is_told(desk: Desk, tmp_path: Path) -> None:
    told: list[str] = []
    desk.warn = told.append
    token = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"  # drawn by hand; no key was ever one
    (tmp_path / "settings.yaml").write_text(f"user: ana\ntoken: {token}\n")
    with Run(desk, "churn") as run:
        digest = run.log_file("settings.yaml")
    assert desk.session.artifacts.read(digest) == b"user: ana\ntoken: ***\n"
    assert token in (tmp_path / "settings.yaml").read_text()
    assert told == ["settings.yaml: a GitHub token was replaced by *** in the copy that is kept; the file is as it was"]


@pytest.mark.parametrize("size", [0, 2 << 20])
@pytest.mark.parametrize("around", [b"\0", b"\xff", b" "])
def test_what_is_no_text_or_a_large_one_is_kept_as_it_is(desk: Desk, tmp_path: Path, around: bytes, size: int) -> None:
    content = b"plain words" + around + b"x" * size
    (tmp_path / "any").write_bytes(content)
    with Run(desk, "churn") as run:
        digest = run.log_file("any")
    assert desk.session.artifacts.read(digest) == content


def test_a_metric_is_a_number(desk: Desk) -> None:
    with Run(desk, "churn") as run:
        run.log(auc=np.float32(0.5))
        with pytest.raises(BadInput) as refused:
            run.log(auc="high")  # type: ignore[arg-type]
    assert refused.value.text == "metric auc is str, not a number\nlog a number: run.log(auc=0.71)"
    assert run.metrics == {"auc": 0.5}


def test_what_is_logged_by_numbers_is_kept_under_their_text(desk: Desk) -> None:
    with Run(desk, "churn") as run:
        run.log(dict(zip(np.unique([2, 1, 1]), [0.5, 0.25], strict=True)))
        run.log({3: 0.75, np.float64(0.5): 1, np.str_("auc"): 0.5})
    assert {metric.key: metric.value for metric in registry(desk).run(1).metrics} == {
        "1": 0.5,
        "2": 0.25,
        "3": 0.75,
        "0.5": 1,
        "auc": 0.5,
    }
    assert sorted(registry(desk).series(run.id)) == ["0.5", "1", "2", "3", "auc"]


_KEYS = "use up to 250 printable characters"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("", f"'' cannot be the name of a metric\n{_KEYS}"),
        ("a\nb", f"'a\\nb' cannot be the name of a metric\n{_KEYS}"),
        ("x" * 251, f"'{'x' * 40}' cannot be the name of a metric\n{_KEYS}"),
        (
            None,
            "None is a NoneType, and cannot be the name of a metric\nname it with text or a number; str(None) is text",
        ),
        (
            ("a", 1),
            "('a', 1) is a tuple, and cannot be the name of a metric\n"
            "name it with text or a number; str(('a', 1)) is text",
        ),
    ],
)
def test_a_metric_that_cannot_be_called_so_is_refused_at_once_and_the_run_goes_on(
    desk: Desk, key: object, text: str
) -> None:
    with Run(desk, "churn") as run:
        with pytest.raises(BadInput) as refused:
            run.log({key: 0.5, "auc": 0.9})
        run.log(auc=0.7)
    assert refused.value.text == text
    assert (registry(desk).run(1).status, run.metrics) == ("finished", {"auc": 0.7})


def test_a_run_is_read_though_a_key_in_its_series_is_no_text(desk: Desk) -> None:
    run = Run(desk, "churn")
    run.log(auc=0.5)
    registry(desk).keep_series(run.id, [(b"\1", 0, 0.25, 1)])  # type: ignore[list-item]
    assert registry(desk).last_points(run.id) == {"auc": 0.5}
    assert registry(desk).series(run.id) == {"auc": [(0, 0.5)]}


def test_the_verb_that_logs_takes_no_key_that_nobody_could_ask_for(desk: Desk) -> None:
    run = Run(desk, "churn")
    with pytest.raises(BadInput) as refused:
        desk.call(RunLog(run=run.id, points=(Point(key="", step=0, value=0.5, at=0),)))
    assert refused.value.message == "'' cannot be the name of a metric"


def test_a_parameter_or_file_that_cannot_be_called_so_is_refused_at_once(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "roc.png").write_bytes(b"a picture")
    with Run(desk, "churn") as run:
        with pytest.raises(BadInput, match="'a\\\\nb' cannot be the name of a parameter"):
            run.param(**{"a\nb": 1})
        with pytest.raises(BadInput) as refused:
            run.param(where="\udcff")
        assert refused.value.text == "where='\\udcff' cannot be written as UTF-8\nremove the odd characters"
        with pytest.raises(BadInput) as refused:
            run.log_file("roc.png", "\udcff")
        assert refused.value.text == (
            "'\\udcff' cannot be the name of a file\n"
            "name it with up to 250 printable characters: run.log_file(path, NAME)"
        )
        run.log_file("roc.png", np.str_("curve"))
    found = registry(desk).run(1)
    assert (found.status, [file.name for file in found.files], found.params) == ("finished", ["curve"], ())


def test_keys_of_a_mapping_that_are_the_same_text_are_refused(desk: Desk) -> None:
    with Run(desk, "churn") as run, pytest.raises(BadInput) as refused:
        run.log({1: 0.5, "1": 0.6})
    assert refused.value.text == "'1' is given twice\ngive each key once"


def test_a_run_whose_end_cannot_be_recorded_stays_open_and_is_ended_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(desk, "churn", params={"C": 1})
    run.log(auc=0.5)
    run.log(auc=0.6)
    with monkeypatch.context() as away:
        away.setattr(LocalSession, "call", _nobody_answers)
        with pytest.raises(Unavailable), run:
            pass
    assert (run.is_open, run.is_block) == (True, False)
    run.log(auc=0.7)
    run.end()
    found = registry(desk).run(1)
    assert (found.status, found.duration is None) == ("finished", False)
    assert registry(desk).series(run.id) == {"auc": [(0, 0.5), (1, 0.6), (2, 0.7)]}


def _nobody_answers(*_: object) -> None:
    raise Unavailable("the registry is not there", hint="try again")


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ("three", "the step is 'three', not a whole number\ncount steps: run.log(loss=0.3, step=3)"),
        (1.5, "the step is 1.5, not a whole number\ncount steps: run.log(loss=0.3, step=3)"),
        (1 << 63, f"the step is {1 << 63}, too large\ncount steps: run.log(loss=0.3, step=3)"),
        (float("inf"), "the step is inf, not a whole number\ncount steps: run.log(loss=0.3, step=3)"),
    ],
)
def test_a_step_is_a_whole_number(desk: Desk, step: Any, text: str) -> None:
    with Run(desk, "churn") as run:
        run.log(auc=0.5, step=np.int64(3))  # type: ignore[arg-type]
        run.log(auc=0.6, step=4.0)  # type: ignore[arg-type]
        with pytest.raises(BadInput) as refused:
            run.log(auc=0.7, step=step)
    assert refused.value.text == text
    assert registry(desk).series(run.id) == {"auc": [(3, 0.5), (4, 0.6)]}


def test_what_is_logged_and_what_is_a_parameter_has_a_name(desk: Desk) -> None:
    with Run(desk, "churn") as run:
        with pytest.raises(BadInput) as refused:
            run.log(0.7)  # type: ignore[arg-type]
        assert refused.value.text == "float is no mapping of metrics\nname them: run.log(auc=0.71)"
        with pytest.raises(BadInput) as refused:
            run.param(model=print)
        assert refused.value.message == (
            "model=<built-in function print> is a builtin_function_or_method; "
            "a parameter is a number, text, True, False, None, a list or a mapping"
        )


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("log_metric", "a run has no 'log_metric'; write run.log(auc=0.7)"),
        ("log_param", "a run has no 'log_param'; write run.param(C=1)"),
        ("log_artifact", "a run has no 'log_artifact'; write run.log_file(\"roc.png\")"),
        ("set_tag", 'a run has no \'set_tag\'; write mlc.run(NAME, tag={"team": "ops"})'),
        ("finish", "a run has no 'finish'; write run.end()"),
        ("frobnicate", "a run has no 'frobnicate'"),
    ],
)
def test_a_run_answers_the_words_of_other_tools(desk: Desk, word: str, said: str) -> None:
    with Run(desk, "churn") as run, pytest.raises(AttributeError) as caught:
        getattr(run, word)
    assert str(caught.value) == said


def test_a_run_decorates_nothing_and_stays_open_for_none(desk: Desk) -> None:
    run: Any = Run(desk, "churn")
    with pytest.raises(BadInput) as refused:
        run(register)
    assert refused.value.text == (
        "a run is no decorator: run/1 began where the function was defined, and was ended as failed\n"
        'inside the function write: with mlc.run("churn") as run:'
    )
    assert registry(desk).run(1).status == "failed"
    block: Any = Run(desk, "churn")
    with block, pytest.raises(TypeError, match="a run cannot be called"):
        block(register)
    assert registry(desk).run(2).status == "finished"


def test_a_line_leaves_the_run_open_until_the_next_version(desk: Desk) -> None:
    run = call(desk, "run", name="churn", param={"C": 2})
    assert isinstance(run, Run)
    run.log(auc=0.9)
    register(desk)
    assert not run.is_open
    assert registry(desk).run(1).versions == ("churn:1",)


def test_a_cell_is_a_run_and_knows_it_by_name(desk: Desk, names: dict[str, object]) -> None:
    def body(cell: str) -> None:
        exec(cell, names)

    run = desk.run_cell(Call(verb=VERBS["run"], values={"name": "churn"}), "run.log(auc=0.5)", body)
    assert isinstance(run, Run)
    assert not run.is_open
    assert [metric.value for metric in registry(desk).run(1).metrics] == [0.5]


def test_a_question_is_asked_once_and_a_no_changes_nothing(desk: Desk) -> None:
    asked: list[str] = []
    register(desk)

    def no(question: str) -> bool:
        asked.append(question)
        return False

    desk.ask = no
    with pytest.raises(Conflict) as refused:
        call(desk, "discard", refs=("churn:1",))
    assert refused.value.text == "not confirmed\nnothing was changed"
    desk.ask = lambda question: True
    call(desk, "discard", refs=("churn:1",))
    desk.ask = None
    register(desk)
    with pytest.raises(NeedsConfirmation):
        call(desk, "discard", refs=("churn:2",))
    assert asked == ["delete the bytes of churn:1 for good?"]


def test_a_deprecated_version_warns_when_it_is_loaded(desk: Desk) -> None:
    said: list[str] = []
    desk.warn = said.append
    register(desk)
    register(desk)
    for number in (1, 2):
        call(desk, "promote", ref=f"churn:{number}")
        call(desk, "promote", ref=f"churn:{number}")
    call(desk, "load", ref="churn:1")
    assert said == ["churn:1 is deprecated; use churn:2"]


def test_what_somebody_else_signed_is_loaded_only_as_far_as_it_is_harmless(
    desk: Desk, names: dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLC_KEY", "b" * 64)
    stranger = Desk(str(tmp_path / "registry"), namespace=lambda: names)
    names["it"] = Odd()
    register(stranger, "harmless")
    register(stranger, "odd", obj="it")
    stranger.close()
    monkeypatch.delenv("MLC_KEY")
    assert isinstance(call(desk, "load", ref="harmless"), LogisticRegression)
    with pytest.raises(Untrusted, match="Odd"):
        call(desk, "load", ref="odd")
    assert type(registry(desk).history(None, 1)[0].event).__name__ == "ActRefused"
    assert isinstance(call(desk, "load", ref="odd", trust=True), Odd)


class Odd:
    """A class that no list of harmless names holds."""

    def predict(self, rows: object) -> object:
        return rows


def test_using_another_registry_takes_effect_at_once(desk: Desk, tmp_path: Path) -> None:
    register(desk)
    call(desk, "use", url=str(tmp_path / "other"))
    found = desk.call(List())
    assert isinstance(found, ListReply)
    assert found.models == ()
    assert desk.banner().split(" · ")[1] == "registry: ./other (0 models)"


def test_the_banner_makes_no_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk()
    assert desk.banner().split(" · ")[1:] == [
        "registry: your data folder (0 models)",
        "you are ana@laptop",
        "%mlc for help",
    ]
    assert not desk.place.folder.exists()  # type: ignore[union-attr]


def test_names_are_offered_for_completion_and_no_registry_is_made_for_it(desk: Desk, tmp_path: Path) -> None:
    from jupyter_mlc.verbs.base import Complete

    assert Desk(str(tmp_path / "none")).names(Complete.MODEL, "") == []
    assert not (tmp_path / "none").exists()
    register(desk)
    call(desk, "promote", ref="churn:1")
    call(desk, "promote", ref="churn:1")
    assert desk.names(Complete.MODEL, "ch") == ["churn"]
    assert desk.names(Complete.VERSION, "churn:") == ["churn:1"]
    assert desk.names(Complete.VERSION, "churn@") == ["churn@champion", "churn@latest"]
    assert desk.names(Complete.ALIAS, "") == []


# Compare


def test_versions_are_compared_on_data_of_the_notebook_and_nothing_is_recorded(desk: Desk) -> None:
    train = desk.namespace()["train"]
    assert isinstance(train, pd.DataFrame)
    desk.namespace()["test"] = train.assign(late=train.a > 0)  # type: ignore[index]
    register(desk)
    desk.namespace()["clf"] = LogisticRegression(C=1e-6).fit(train, train.b > 0)  # type: ignore[index]
    register(desk)
    before = registry(desk).head().seq
    reply = call(desk, "compare", refs=("churn:1", "churn:2"), data=named(desk, "test"), target="late")
    assert reply.verdict.better == ("churn:1",)
    assert reply.basis.dataset == "test"
    assert registry(desk).head().seq == before


def test_versions_are_compared_without_data_too(desk: Desk) -> None:
    register(desk)
    register(desk)
    assert call(desk, "compare", refs=("churn:1", "churn:2")).basis is None
