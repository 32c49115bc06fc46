"""Addresses, names and values of MLflow's, and what of it lies on this machine."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.mlflow.address import theirs_at
from jupyter_mlc.store.mlflow.files import of_run
from jupyter_mlc.store.mlflow.naming import is_alias_here, names_here, snapshot_of, value_of
from jupyter_mlc.store.mlflow.records import TheirModel, TheirRun, decoded
from jupyter_mlc.verbs.context import no_yaml

SHAPES = "write mlflow://HOST:PORT, mlflow+https://HOST, mlflow:///PATH/mlflow.db or mlflow:///PATH/mlruns"


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(MlcError) as refused:
        act()
    return refused.value.text


def refused(address: object) -> str:
    return refusal(lambda: theirs_at(f"mlflow://{address}", read_yaml).models())


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mlflow://Host:5000/", "mlflow://host:5000"),
        ("mlflow+https://host/prefix/", "mlflow+https://host/prefix"),
        ("MLflow://host", "mlflow://host"),
    ],
)
def test_an_address_is_recorded_in_one_spelling(typed: str, address: str) -> None:
    assert theirs_at(typed, read_yaml).address == address


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("", f"mlflow:// says no place\n{SHAPES}"),
        ("host:port", f"mlflow://host:port is no address: Port could not be cast to integer value as 'port'\n{SHAPES}"),
        (":80", f"mlflow://:80 names no server\n{SHAPES}"),
        ("/nowhere/at/all", f"there is no /nowhere/at/all\n{SHAPES}"),
        (
            "ana:pw@host",
            "a name or password does not belong into the address of host: addresses are recorded\n"
            "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD in the environment",
        ),
    ],
)
def test_an_address_that_is_none_is_refused(rest: str, text: str) -> None:
    assert refused(rest) == text


def test_a_folder_that_holds_no_registry_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == (
        f"{tmp_path} holds no registry of MLflow's: neither mlflow.db nor a folder models\n"
        "name the database or the folder mlruns; of a server the address: mlflow://HOST:PORT"
    )


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("no database, but a long enough text for one " * 9)
    assert refused(tmp_path) == (
        f"{tmp_path / 'mlflow.db'} is no SQLite database\nname MLflow's own: mlflow://PATH/mlflow.db"
    )


def test_a_database_of_another_programs_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as opened:
        opened.execute("CREATE TABLE things (id)")
    opened.close()
    assert refused(tmp_path / "other.db") == (
        f"{tmp_path / 'other.db'} is no database of MLflow's: no such table: registered_model_tags\nname its mlflow.db"
    )


def test_a_database_that_is_being_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlc.store.mlflow.database._PATIENCE", 0.0)
    with sqlite3.connect(tmp_path / "mlflow.db") as opened:
        opened.execute("CREATE TABLE things (id)")
    opened.isolation_level = None
    opened.execute("BEGIN EXCLUSIVE")
    assert refused(tmp_path) == (
        f"{tmp_path / 'mlflow.db'} cannot be read: database is locked\nsee its permissions, and who else uses it"
    )
    opened.close()


def test_names_are_mapped_always_alike_and_never_onto_each_other() -> None:
    names = ["churn", "Ops/Churn", "my model", "my-model", "CHURN", "Kündigung", "日本", "run", "..", "a" * 300]
    found = names_here([TheirModel(name=name, created=place) for place, name in enumerate(names)])
    assert found["churn"] == "churn"
    assert found["Ops/Churn"] == "Ops/Churn"
    assert found["my model"] == "my-model"
    assert found["my-model"].startswith("my-model-")
    assert found["CHURN"].startswith("CHURN-")
    assert (found["Kündigung"], found["run"]) == ("Kundigung", "mlflow-run")
    assert found["日本"].startswith("mlflow-")
    assert len({name.lower() for name in found.values()}) == len(names)
    assert found == names_here([TheirModel(name=name, created=place) for place, name in enumerate(names)])


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-3", -3), ("0.5", 0.5), ("1e-05", 1e-05), ("True", True), ("None", None), ("inf", math.inf)]
    + [(same, same) for same in ("01", "1.50", "1_000", "true", "1e5", "9" * 30, "", " 1", "0x1", "lbfgs")],
)
def test_a_parameter_becomes_a_number_only_where_python_writes_it_exactly_so(text: str, value: object) -> None:
    assert (value_of(text), type(value_of(text))) == (value, type(value))


def test_where_a_run_keeps_its_files_is_found() -> None:
    run = TheirRun(id="r", artifacts="s3://bucket/r/artifacts/")
    assert of_run("runs:/r/model/best", run) == "s3://bucket/r/artifacts/model/best"
    assert of_run("/srv/model", run) == "/srv/model"


def test_no_password_of_a_repository_comes_along() -> None:
    tags = {"mlflow.source.git.repoURL": "https://ana:token@example.org/x.git", "mlflow.source.git.commit": "4be1d"}
    snapshot = snapshot_of(TheirRun(id="r", tags=tags))
    assert (snapshot.git_remote, snapshot.git_commit) == ("https://example.org/x.git", "4be1d")


def test_a_folder_whose_yaml_is_damaged_is_named(tmp_path: Path) -> None:
    meta = tmp_path / "models" / "churn" / "meta.yaml"
    meta.parent.mkdir(parents=True)
    hint = "mend it, or leave its model out: %mlc copy ADDRESS PATTERN"
    meta.write_text("- a list")
    assert refused(tmp_path) == f"{meta} cannot be read: it holds no names with values\n{hint}"
    meta.write_text("name: [")
    assert refused(tmp_path).startswith("this is no YAML: ")
    meta.write_bytes(b"\xff")
    assert refused(tmp_path).startswith(f"{meta} cannot be read: 'utf-8' codec can't decode")


def test_yaml_makes_plain_data_and_nothing_else() -> None:
    assert read_yaml("a: [1, two]") == {"a": [1, "two"]}
    assert refusal(lambda: read_yaml("!!python/object/apply:os.system [ls]")).startswith("this is no YAML: ")
    assert refusal(lambda: no_yaml("a: 1")) == "YAML cannot be read here\nuse %mlc or jupyter mlc"


def test_a_record_that_is_none_is_refused() -> None:
    assert refusal(lambda: decoded(b'{"registry": 3}')) == (
        "what is recorded of the version there cannot be read: Expected `str`, got `int` - at `$.registry`"
    )


def test_an_alias_that_would_mean_something_else_here_is_none() -> None:
    told = ("challenger", "champion", "production", "3", "v3", "über")
    assert [alias for alias in told if is_alias_here(alias)] == ["challenger"]
