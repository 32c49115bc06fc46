"""Questions about runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from jupyter_mlc.domain.entities import Run, RunFile
from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.queries.base import Base, grouped, metrics_of, params_of

_DATASETS_OF_RUNS = (
    "SELECT DISTINCT run, name FROM (SELECT r.run, d.name FROM run_dataset r JOIN dataset d ON d.id = r.dataset "
    "UNION ALL SELECT v.run, d.name FROM version v JOIN version_dataset u ON u.version = v.id "
    "JOIN dataset d ON d.id = u.dataset) linked WHERE run"
)
_VERSIONS_OF_RUNS = "SELECT v.id, v.run, v.number, m.name FROM version v JOIN model m ON m.folded = v.model WHERE v.run"


def _no_run(id_: int) -> NotFound:
    return NotFound(f"no run began with event {id_}", hint="see %mlc list NAME --runs")


class OfRuns(Base):
    """Runs, whether or not a version came of them."""

    def run(self, number: int) -> Run:
        """A run by its number."""
        row = self.database.one("SELECT * FROM run WHERE number = :number", {"number": number})
        if row is None:
            raise NotFound(f"there is no run/{number}", hint="see %mlc list NAME --runs")
        return self._runs([row])[0]

    def run_by_id(self, id_: int) -> Run:
        """A run by its id."""
        row = self.database.one("SELECT * FROM run WHERE id = :id", {"id": id_})
        if row is None:
            raise _no_run(id_)
        return self._runs([row])[0]

    def run_ref(self, id_: int) -> str:
        """What people call the run with this id."""
        row = self.database.one("SELECT number FROM run WHERE id = :id", {"id": id_})
        if row is None:
            raise _no_run(id_)
        return f"run/{row['number']}"

    def runs(self, name: str | None, limit: int) -> list[Run]:
        """The newest runs, for one model or all."""
        where = "WHERE folded = :folded " if name is not None else ""
        bound = {"limit": limit} | ({"folded": folded(name)} if name is not None else {})
        return self._runs(self.database.query(f"SELECT * FROM run {where}ORDER BY id DESC LIMIT :limit", bound))  # noqa: S608 (our own words)

    def _runs(self, rows: Sequence[Mapping[str, Any]]) -> list[Run]:
        ids = [row["id"] for row in rows]
        metrics = metrics_of(self._keyed("SELECT run, key, value, spelled, standing FROM run_metric WHERE run", ids))
        params = params_of(self._keyed("SELECT run, key, value, word, standing FROM run_param WHERE run", ids))
        tags = grouped(self._in("SELECT * FROM run_tag WHERE run", ids), "run")
        made = grouped(self._in(_VERSIONS_OF_RUNS, ids), "run")
        data = grouped(
            self._in(_DATASETS_OF_RUNS, ids),
            "run",
        )
        files = grouped(self._in("SELECT * FROM run_file WHERE run", ids), "run")
        return [
            Run(
                number=row["number"],
                id=row["id"],
                name=row["name"],
                status=row["status"],
                author=self.name_of(row["author"]),
                started=row["started"],
                duration=row["duration"],
                note=row["note"],
                versions=tuple(f"{v['name']}:{v['number']}" for v in _sorted(made.get(row["id"], ()), "id")),
                metrics=tuple(metrics.get(row["id"], ())),
                params=tuple(params.get(row["id"], ())),
                tags={found["key"]: found["value"] for found in tags.get(row["id"], ())},
                datasets=tuple(found["name"] for found in data.get(row["id"], ())),
                files=tuple(
                    RunFile(name=f["name"], digest=f["digest"], size=f["size"])
                    for f in _sorted(files.get(row["id"], ()), "name")
                ),
            )
            for row in rows
        ]


def _sorted(rows: Iterable[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    return sorted(rows, key=itemgetter(column))
