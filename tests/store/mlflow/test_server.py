"""What is said of a server that does not do what MLflow's does."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.mlflow.address import theirs_at
from jupyter_mlc.store.mlflow.histories import thinned
from jupyter_mlc.store.mlflow.records import TheirRun, Theirs, TheirVersion
from tests.store.mlflow.conftest import Answer, Told, json_answer

AGAIN = "look at the server's log; what came in stays, and doing it again goes on from there"
WRITE = "write the address of its tracking server: mlflow://HOST:PORT, or mlflow+https://HOST"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries."""
    monkeypatch.setattr("jupyter_mlc.store.mlflow.http._FIRST_PAUSE", 0.0)
    for word in ("TOKEN", "USERNAME", "PASSWORD", "SERVER_CERT_PATH"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{word}", raising=False)


def at(told: Told) -> Theirs:
    return theirs_at(told.address, read_yaml)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(MlcError) as refused:
        act()
    return refused.value.text


def model(name: str, created: int = 1, **more: object) -> dict[str, object]:
    return {"name": name, "creation_timestamp": created, **more}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>"), "is no MLflow server: it answers with text/html\n" + WRITE),
        (json_answer([]), "is no MLflow server: it answers with a list\n" + WRITE),
        (
            (404, {}, b"nothing"),
            "is no MLflow server: it knows no api/2.0/mlflow/registered-models/search\n" + WRITE,
        ),
        (
            (302, {"Location": "https://example.org/login"}, b""),
            "is no MLflow server: it sends on to https://example.org/login\n" + WRITE,
        ),
        (
            (401, {}, b""),
            "refuses: 401 Unauthorized\nset MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD, in the environment",
        ),
        (
            json_answer({"error_code": "INTERNAL_ERROR", "message": "disk full"}, 500),
            "answered api/2.0/mlflow/registered-models/search with 500 Internal Server Error: disk full\n" + AGAIN,
        ),
        (
            json_answer({"registered_models": [{"title": "churn"}]}),
            "answers in a form that this release does not know (KeyError: 'name')\n"
            "it may be newer: pip install -U jupyter-mlc",
        ),
    ],
)
def test_an_answer_that_is_none_is_explained(told: Told, answer: Answer, text: str) -> None:
    told.answer = lambda path: answer
    assert refusal(at(told).models) == f"{told.address} {text}"


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"mlflow://127.0.0.1:{nobody.getsockname()[1]}"
        assert refusal(theirs_at(address, read_yaml).models) == (
            f"{address} does not answer: Connection refused\n"
            "see that it runs and that the address is right, then do it again: it goes on where it stopped"
        )


def test_a_server_that_stumbles_is_asked_again(told: Told) -> None:
    answers = iter([(503, {}, b""), (200, {"Content-Length": "99"}, b"{"), json_answer({"registered_models": []})])
    told.answer = lambda path: next(answers)
    assert at(told).models() == []
    assert len(told.asked) == 3


def test_lists_are_read_page_by_page_and_models_come_in_the_order_of_their_making(told: Told) -> None:
    pages = {
        False: {"registered_models": [model("young", 2)], "next_page_token": "more/="},
        True: {"registered_models": [model("old", 1, tags=[{"key": "a"}])]},
    }
    told.answer = lambda path: json_answer(pages["page_token=more%2F%3D" in path])
    assert [(one.name, dict(one.tags)) for one in at(told).models()] == [("old", {"a": ""}), ("young", {})]


def run(id_: str, **steps: int) -> dict[str, object]:
    metrics = [{"key": key, "value": 0.5, "step": step} for key, step in steps.items()]
    return {"info": {"run_id": id_}, "data": {"metrics": metrics}}


def test_many_runs_are_asked_for_at_once(told: Told) -> None:
    def answer(path: str) -> Answer:
        if path.endswith("experiments/search"):
            return json_answer({"experiments": [{"experiment_id": "7"}, {"experiment_id": "8"}]})
        return json_answer({"runs": [run(f"r{number}") for number in range(100)]})

    told.answer = answer
    found = at(told).runs(f"r{number}" for number in range(100))
    assert len(found) == 100
    assert told.asked == ["/api/2.0/mlflow/experiments/search", "/api/2.0/mlflow/runs/search"]
    asked = told.bodies[1]
    assert (asked["experiment_ids"], asked["run_view_type"]) == (["7", "8"], "ALL")
    assert asked["filter"].startswith("attributes.run_id IN ('r0', 'r1', ")


def test_a_server_that_cannot_search_for_runs_is_asked_for_each(told: Told) -> None:
    def answer(path: str) -> Answer:
        if path.endswith("experiments/search"):
            return json_answer({"experiments": [{"experiment_id": "7"}]})
        if path.endswith("runs/search"):
            return json_answer({"error_code": "INVALID_PARAMETER_VALUE", "message": "no IN"}, 400)
        return json_answer({"run": run(path.rpartition("=")[2])})

    told.answer = answer
    assert sorted(at(told).runs(["r1", "r2"])) == ["r1", "r2"]


def test_how_a_metric_went_is_asked_for_many_runs_at_once(told: Told) -> None:
    points = [{"run_id": f"r{n}", "step": n, "value": "NaN", "timestamp": 5} for n in (2, 1)]
    told.answer = lambda path: json_answer({"metrics": points})
    runs = [TheirRun(id="r1", steps={"auc": 3, "once": 0}), TheirRun(id="r2", steps={"auc": 9})]
    found = at(told).histories(runs)
    assert repr(found) == "{'r2': {'auc': ((2, nan, 5),)}, 'r1': {'auc': ((1, nan, 5),)}}"
    assert told.asked == [
        "/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=r1&run_id=r2&metric_key=auc&max_results=25000"
    ]


def test_too_many_points_for_one_answer_are_asked_for_in_halves(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlc.store.mlflow.server._POINTS", 2)

    def answer(path: str) -> Answer:
        ids = [part.partition("=")[2] for part in path.partition("?")[2].split("&") if part.startswith("run_id=")]
        return json_answer({"metrics": [{"run_id": id_, "step": 1, "value": 0.5, "timestamp": 5} for id_ in ids][:2]})

    told.answer = answer
    found = at(told).histories([TheirRun(id=f"r{n}", steps={"auc": 1}) for n in range(4)])
    assert sorted(found) == ["r0", "r1", "r2", "r3"]


def test_where_it_cannot_be_asked_for_many_it_is_asked_for_each(told: Told) -> None:
    def answer(path: str) -> Answer:
        if "bulk" in path:
            return 404, {}, b"nothing"
        first = {"metrics": [{"step": 1, "value": 0.5, "timestamp": 5}], "next_page_token": "t"}
        return json_answer({"metrics": [{"step": 2, "value": 0.7, "timestamp": 6}]} if "page_token" in path else first)

    told.answer = answer
    found = at(told).histories([TheirRun(id="r1", steps={"auc": 2})])
    assert found == {"r1": {"auc": ((1, 0.5, 5), (2, 0.7, 6))}}


def test_of_too_many_points_evenly_many_stay_with_the_first_and_the_last() -> None:
    points = [(step, float(step), 0) for step in range(10_000)]
    kept = thinned(reversed(points))
    assert (len(kept), kept[0], kept[-1]) == (1000, points[0], points[-1])
    assert max(after[0] - before[0] for before, after in itertools.pairwise(kept)) == 11


def test_versions_of_models_that_are_spelled_alike_are_left_out(told: Told) -> None:
    found = [{**model(name), "version": str(number)} for name, number in (("churn", 2), ("Churn", 1), ("churn", 1))]
    deleted = {**model("churn"), "version": "3", "current_stage": "Deleted_Internal"}
    told.answer = lambda path: json_answer({"model_versions": [*found, deleted]})
    assert [version.number for version in at(told).versions("churn")] == [1, 2]


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({}, None),
        ({"TOKEN": "secret"}, "Bearer secret"),
        ({"USERNAME": "ana", "PASSWORD": "pw", "TOKEN": "secret"}, "Basic YW5hOnB3"),
    ],
)
def test_the_variables_of_mlflows_users_are_sent(
    told: Told, variables: dict[str, str], sent: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"MLFLOW_TRACKING_{name}", value)
    told.answer = lambda path: json_answer({})
    at(told).models()
    assert told.authorization == [sent]


def test_a_certificate_that_cannot_be_read_is_named(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", "/nowhere.pem")
    assert refusal(lambda: at(told)) == (
        "the certificate /nowhere.pem cannot be read: No such file or directory\n"
        "correct MLFLOW_TRACKING_SERVER_CERT_PATH"
    )


def test_files_are_laid_out_as_the_server_has_them(told: Told, tmp_path: Path) -> None:
    lists = {
        "models%2F1": [{"path": "MLmodel", "is_dir": False}, {"path": "data", "is_dir": True}],
        "models%2F1%2Fdata": [{"path": "a b.txt"}],
    }

    def answer(path: str) -> Answer:
        asked = path.partition("?path=")[2]
        return json_answer({"files": lists[asked]}) if asked else (200, {}, path.rpartition("/")[2].encode())

    told.answer = answer
    where = at(told).laid_out("mlflow-artifacts:/models/1", tmp_path)
    assert (where / "MLmodel").read_text() == "MLmodel"
    assert (where / "data" / "a b.txt").read_text() == "a%20b.txt"


@pytest.mark.parametrize("name", ["../up", "a/../../up", "/etc/passwd", "a\\b", ""])
def test_a_server_cannot_write_outside_of_its_folder(told: Told, name: str, tmp_path: Path) -> None:
    told.answer = lambda path: json_answer({"files": [{"path": name}]})
    (tmp_path / "in").mkdir()
    refusal(lambda: at(told).laid_out("mlflow-artifacts:/x", tmp_path / "in"))
    assert [path.name for path in tmp_path.rglob("*")] == ["in"]


@pytest.mark.parametrize("location", ["gs://bucket/model", "file:///etc", "hdfs:/x", "/etc"])
def test_files_out_of_reach_are_told_with_the_way_to_bring_them(told: Told, location: str, tmp_path: Path) -> None:
    assert refusal(lambda: at(told).laid_out(location, tmp_path)) == (
        f"{told.address} says that the files lie at {location}, which is not to be read from here as a model\n"
        f"download them (mlflow artifacts download --artifact-uri {location} --dst-path FOLDER), "
        "then: %mlc fetch REF --files FOLDER"
    )


def test_a_version_that_was_deleted_there_meanwhile_is_told(told: Told) -> None:
    told.answer = lambda path: json_answer({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "gone"}, 404)
    version = TheirVersion(model="churn", number=1, created=1)
    assert refusal(lambda: at(told).location(version)) == (
        f"churn:1 is not in {told.address} any more\nif you have its files: %mlc fetch REF --files FOLDER"
    )
    assert at(told).runs(["a" * 32]) == {}
