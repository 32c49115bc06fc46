"""Questions about evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.domain.evaluations import Evaluation, Seen
from jupyter_mlc.domain.events import Evaluated
from jupyter_mlc.domain.imports import EvaluationImported
from jupyter_mlc.store import log
from jupyter_mlc.store.facts import estimates_of
from jupyter_mlc.store.queries.base import Base

_EVALUATION = (
    "SELECT e.*, d.name AS dataset_name, d.revision, m.name AS model_name, v.number AS version_number, "
    "CASE WHEN x.type = 'EvaluationImported' THEN x.stored END AS brought "
    "FROM evaluation e JOIN dataset d ON d.id = e.dataset JOIN version v ON v.id = e.version "
    "JOIN model m ON m.folded = v.model JOIN event x ON x.seq = e.id "
)


class OfEvaluations(Base):
    """Evaluations, and how often a dataset was used for them."""

    def evaluation(self, number: int) -> Evaluation:
        """An evaluation by its number."""
        row = self.database.one(_EVALUATION + "WHERE e.number = :number", {"number": number})
        if row is None:
            raise NotFound(f"there is no evaluation/{number}", hint="a version's evaluations: %mlc show NAME:N")
        return self._evaluation(row)

    def evaluations_of(self, version: int, limit: int, digest: str | None = None) -> list[Evaluation]:
        """A version's evaluations, newest first; on the dataset with this content, or on all."""
        where = "WHERE e.version = :version " + ("AND e.digest = :digest " if digest is not None else "")
        bound = {"version": version, "limit": limit} | ({"digest": digest} if digest is not None else {})
        found = self.database.query(f"{_EVALUATION}{where}ORDER BY e.id DESC LIMIT :limit", bound)
        return [self._evaluation(row) for row in found]

    def seen(self, digest: str) -> Seen:
        """How often the dataset with this content was used to judge by, on how many versions, and by how many."""
        row = self.database.one(
            "SELECT count(*) AS evaluations, count(DISTINCT version) AS versions, count(DISTINCT author) AS people "
            "FROM evaluation WHERE digest = :digest",
            {"digest": digest},
        )
        return Seen(**row) if row else Seen()

    def judged_as(self, version: int) -> set[tuple[str, Digest]]:
        """What the evaluations of a version are recognised by: the event that recorded each first, and its evidence."""
        sql = (
            "SELECT e.hash, e.stored FROM version_event v JOIN event e ON e.seq = v.seq "
            "WHERE v.version = :version AND e.type IN ('Evaluated', 'EvaluationImported')"
        )
        found = set()
        for row in self.database.query(sql, {"version": version}):
            event = log.read(row["stored"], self.words).event
            if isinstance(event, Evaluated):
                first = event.whence.registration if isinstance(event, EvaluationImported) else row["hash"]
                found.add((first, event.evidence))
        return found

    def _evaluation(self, row: Mapping[str, Any]) -> Evaluation:
        plain = ("number", "id", "revision", "digest", "target", "task", "rows", "stage", "created")
        return Evaluation(
            version=f"{row['model_name']}:{row['version_number']}",
            dataset=row["dataset_name"],
            author=self.name_of(row["author"]),
            estimates=estimates_of(row["estimates"]),
            evidence=row["evidence"],
            predictions=row["predictions"],
            **self._brought(row["brought"]),
            **{name: row[name] for name in plain},
        )

    def _brought(self, stored: str | None) -> dict[str, Any]:
        """How an evaluation is known that came with a copy; nothing of one that was made here."""
        event = log.read(stored, self.words).event if stored else None
        if not isinstance(event, EvaluationImported):
            return {}
        return {"standing": event.standing, "whence": event.whence}
