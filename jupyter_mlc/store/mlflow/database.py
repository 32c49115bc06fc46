"""MLflow's SQLite database, opened for reading only."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import BadInput, MlcError, Unavailable
from jupyter_mlc.store.mlflow.files import laid_out_here, of_run
from jupyter_mlc.store.mlflow.histories import History, histories, of_steps
from jupyter_mlc.store.mlflow.records import DELETED, TheirModel, TheirRun, TheirVersion, text_of

_AT_ONCE = 500
"""values in one question"""
_WORKSPACE = "default"
_PATIENCE = 30.0


class Database:
    """A database file; each question opens and closes it, so that MLflow can write in between."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def address(self) -> str:
        return f"mlflow://{self._path}"

    def models(self) -> list[TheirModel]:
        tags, aliases = self._tags("registered_model_tags"), self._aliases()
        return [
            TheirModel(
                name=name,
                created=created or 0,
                description=text_of(description),
                tags=tags.get(name, {}),
                aliases=aliases.get(name, {}),
            )
            for name, created, description in self._ask(
                "SELECT name, creation_time, description FROM registered_models{where} ORDER BY creation_time, name"
            )
        ]

    def _tags(self, table: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, key, value in self._ask(f"SELECT name, key, value FROM {table}{{where}}"):  # noqa: S608 (our names)
            found.setdefault(name, {})[key] = text_of(value)
        return found

    def _aliases(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for name, alias, version in self._ask("SELECT name, alias, version FROM registered_model_aliases{where}"):
            found.setdefault(name, {})[alias] = int(version)
        return found

    def versions(self, model: str) -> list[TheirVersion]:
        tags: dict[int, dict[str, str]] = {}
        asked = "SELECT version, key, value FROM model_version_tags{where} name = ?"
        for version, key, value in self._ask(asked, [model]):
            tags.setdefault(int(version), {})[key] = text_of(value)
        columns = "version, creation_time, user_id, current_stage, description, source, storage_location, run_id"
        rows = self._ask(f"SELECT {columns} FROM model_versions{{where}} name = ? ORDER BY version", [model])  # noqa: S608
        return [
            TheirVersion(
                model=model,
                number=int(number),
                created=created or 0,
                user=text_of(user),
                stage=text_of(stage),
                description=text_of(description),
                source=text_of(source),
                location=text_of(location),
                run=text_of(run),
                tags=tags.get(int(number), {}),
            )
            for number, created, user, stage, description, source, location, run in rows
            if stage != DELETED
        ]

    def runs(self, ids: Iterable[str]) -> dict[str, TheirRun]:
        wanted = list(dict.fromkeys(ids))
        metrics = self._of_runs("latest_metrics", "key, value, is_nan, step", wanted)
        params, tags = (self._of_runs(table, "key, value", wanted) for table in ("params", "tags"))
        columns = "run_uuid, name, user_id, status, start_time, end_time, artifact_uri"
        return {
            id_: TheirRun(
                id=id_,
                name=text_of(name),
                user=text_of(user),
                status=text_of(status),
                started=started,
                ended=ended,
                artifacts=text_of(artifacts),
                metrics={key: _value(value, is_nan) for key, value, is_nan, _ in metrics.get(id_, ())},
                steps={key: int(step or 0) for key, _, _, step in metrics.get(id_, ())},
                params={key: text_of(value) for key, value in params.get(id_, ())},
                tags={key: text_of(value) for key, value in tags.get(id_, ())},
            )
            for id_, name, user, status, started, ended, artifacts in self._many(columns, "runs", wanted)
        }

    def _of_runs(self, table: str, columns: str, ids: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for id_, *row in self._many(f"run_uuid, {columns}", table, ids):
            found.setdefault(id_, []).append(tuple(row))
        return found

    def histories(self, runs: Iterable[TheirRun]) -> dict[str, History]:
        wanted = {(id_, key) for key, ids in of_steps(runs).items() for id_ in ids}
        columns, ids = "run_uuid, key, step, value, is_nan, timestamp", sorted({id_ for id_, _ in wanted})
        return histories(
            (id_, key, (int(step or 0), _value(value, is_nan), int(moment or 0)))
            for id_, key, step, value, is_nan, moment in self._many(columns, "metrics", ids)
            if (id_, key) in wanted
        )

    def _many(self, columns: str, table: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            yield from self._ask(f"SELECT {columns} FROM {table} WHERE run_uuid IN ({marks})", part)  # noqa: S608

    def location(self, version: TheirVersion) -> str:
        return version.location or of_run(version.source, self.runs([version.run]).get(version.run))

    def laid_out(self, location: str, folder: Path) -> Path:
        return laid_out_here(location, self.address, self._path.parent, folder)

    def _ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Ask one question; ``{where}`` keeps to the default workspace where the database has workspaces."""
        try:
            with closing(self._opened()) as opened:
                return opened.execute(_in_workspace(opened, sql), values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._refusal(error) from None

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)

    def _refusal(self, error: sqlite3.DatabaseError) -> MlcError:
        said = str(error)
        if "no such" in said:
            return self._other_tables(said)
        if "not a database" in said:
            return BadInput(f"{self._path} is no SQLite database", hint="name MLflow's own: mlflow://PATH/mlflow.db")
        return Unavailable(f"{self._path} cannot be read: {said}", hint="see its permissions, and who else uses it")

    def _other_tables(self, said: str) -> MlcError:
        with closing(self._opened()) as opened:
            listed = opened.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
            schema = opened.execute("SELECT version_num FROM alembic_version").fetchone() if listed else None
        if schema is None:
            return BadInput(f"{self._path} is no database of MLflow's: {said}", hint="name its mlflow.db")
        return Unavailable(
            f"{self._path} has tables (MLflow's schema {schema[0]}) that this release does not know: {said}",
            hint="an old one: mlflow db upgrade sqlite:///PATH; a newer one: pip install -U jupyter-mlc",
        )


def _value(value: Any, is_nan: object) -> float:
    return math.nan if is_nan else float(value)


def _in_workspace(opened: sqlite3.Connection, sql: str) -> str:
    if "{where}" not in sql:
        return sql
    table = sql.partition("FROM ")[2].partition("{where}")[0]
    has = any(row[1] == "workspace" for row in opened.execute(f"PRAGMA table_info({table})"))
    more = sql.partition("{where}")[2].lstrip().startswith("name =")
    where = f" WHERE workspace = '{_WORKSPACE}'" + (" AND" if more else "") if has else (" WHERE" if more else "")
    return sql.replace("{where}", where)
