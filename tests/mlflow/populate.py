"""Run by MLflow's own Python: ``ADDRESS [ARTIFACTS]`` makes models, ``grow DATABASE N`` many versions of one.

Through the client alone thousands of versions would take an hour, and give the same rows.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import uuid
import warnings
from collections.abc import Iterable
from typing import Any


def models(address: str, artifacts: str | None) -> None:
    import mlflow
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    mlflow.set_tracking_uri(address)
    experiment = mlflow.create_experiment("leaving", artifact_location=artifacts)
    mlflow.set_experiment(experiment_id=experiment)
    client = mlflow.MlflowClient()
    plain = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    strange = make_pipeline(FunctionTransformer(lambda rows: rows), plain).fit([[0.0], [1.0]], [0, 1])
    for place, (model, form) in enumerate([(plain, "cloudpickle"), (plain, "skops"), (strange, "cloudpickle")]):
        with mlflow.start_run() as run:
            mlflow.log_params({"C": 0.5 * (place + 1), "solver": "lbfgs", "warm": False, "depth": None})
            mlflow.log_metrics({"auc": 0.1}, step=1)
            mlflow.log_metrics({"auc": 0.5 + place / 10, "odd": float("nan"), "far/away": float("inf")}, step=2)
            mlflow.set_tag("mlflow.source.git.commit", "4be1d" * 8)
            mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name="churn",
                serialization_format=form,
                pip_requirements=["scikit-learn"],
            )
    client.update_registered_model("churn", "who leaves:\n  and why")
    client.set_registered_model_tag("churn", "team", "ops")
    client.set_model_version_tag("churn", "1", "seen by", "Ben & Ana")
    client.update_model_version("churn", "1", "the first")
    client.set_registered_model_alias("churn", "champion", 1)
    client.set_registered_model_alias("churn", "challenger", 2)
    client.transition_model_version_stage("churn", "1", "Production")
    for name in ("Kündigung (neu)", "job", "it's"):
        client.create_registered_model(name)
        client.create_model_version(name, source=f"{run.info.artifact_uri}/gone", run_id=run.info.run_id)


def grow(file: str, versions: int) -> None:
    """Give the model ``churn`` so many versions, each with a run like that of the first."""
    with sqlite3.connect(file) as database:
        last = database.execute("SELECT max(version) FROM model_versions WHERE name = 'churn'").fetchone()[0]
        run = database.execute("SELECT run_id FROM model_versions WHERE name = 'churn' AND version = 1").fetchone()[0]
        ids = [uuid.uuid4().hex for _ in range(last, versions)]
        for table in ("runs", "latest_metrics", "params", "tags"):
            rows = _rows(database, f"SELECT * FROM {table} WHERE run_uuid = ?", run)
            _insert(database, table, [row | {"run_uuid": id_} for id_ in ids for row in rows])
        (first,) = _rows(database, "SELECT * FROM model_versions WHERE name = ? AND version = 1", "churn")
        numbered = zip(range(last + 1, versions + 1), ids, strict=True)
        _insert(database, "model_versions", [first | {"version": number, "run_id": id_} for number, id_ in numbered])


def _rows(database: sqlite3.Connection, sql: str, value: object) -> list[dict[str, Any]]:
    cursor = database.execute(sql, [value])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        marks = ", ".join(f":{name}" for name in row)
        database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    if sys.argv[1] == "grow":
        grow(sys.argv[2], int(sys.argv[3]))
    else:
        models(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
