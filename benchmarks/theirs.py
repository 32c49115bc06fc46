"""MLflow in its fastest local configuration that has a registry: SQLite, plain files, its client called directly."""

from __future__ import annotations

import logging
import sqlite3
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL = "churn"


def client_in(folder: Path) -> MlflowClient:
    """A client on a store in this folder; the store is made where there is none."""
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    mlflow.set_tracking_uri(f"sqlite:///{file_in(folder)}")
    return mlflow.MlflowClient()


def file_in(folder: Path) -> Path:
    """Where MLflow keeps its metadata."""
    return folder / "mlflow.db"


def experiment_in(folder: Path) -> str:
    """Make the experiment whose artifacts lie in this folder, and the one that is used from now on."""
    import mlflow

    made = mlflow.create_experiment("benchmark", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(experiment_id=made)
    return str(made)


def populate(folder: Path, client: MlflowClient, versions: int) -> None:
    """Make one model with so many versions: the first through the client, the others as copies of its row.

    Through the client alone it would take hours, and give the same rows.
    """
    client.create_registered_model(MODEL)
    client.create_model_version(MODEL, source=(folder / "artifacts").as_uri())
    with sqlite3.connect(file_in(folder)) as database:
        _copy_row(database, "model_versions", "version", range(2, versions + 1))


def tag_versions(folder: Path, key: str, value_of: Callable[[int], str], versions: int) -> None:
    """Give every version a tag, likewise."""
    rows = [(key, value_of(number), MODEL, number) for number in range(1, versions + 1)]
    with sqlite3.connect(file_in(folder)) as database:
        database.executemany("INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)", rows)


def _copy_row(database: sqlite3.Connection, table: str, column: str, numbers: range) -> None:
    cursor = database.execute(f"SELECT * FROM {table} LIMIT 1")
    names = [found[0] for found in cursor.description]
    row: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
    marks = ", ".join(f":{name}" for name in names)
    database.executemany(f"INSERT INTO {table} VALUES ({marks})", [row | {column: number} for number in numbers])
