"""Questions about verdicts on reproductions."""

from __future__ import annotations

from jupyter_mlc.domain.reproductions import Reproduction, ReproductionJudged, Verdict
from jupyter_mlc.store import log
from jupyter_mlc.store.queries.record import OfRecord

_OF_VERSION = (
    "SELECT e.stored FROM version_event v JOIN event e ON e.seq = v.seq WHERE v.version = :version "
    "AND e.type = 'ReproductionJudged' ORDER BY v.seq DESC LIMIT :limit"
)


class OfReproductions(OfRecord):
    """What came of reproducing versions."""

    def reproductions_of(self, version: int, limit: int) -> list[Reproduction]:
        """The verdicts on a version, newest first."""
        found = self.database.query(_OF_VERSION, {"version": version, "limit": limit})
        return [self._reproduction(row["stored"]) for row in found]

    def _reproduction(self, stored: str) -> Reproduction:
        at = log.read(stored, self.words)
        if not isinstance(at.event, ReproductionJudged):
            raise TypeError(type(at.event))
        event = at.event
        return Reproduction(
            id=at.seq,
            verdict=Verdict(event.verdict),
            reason=event.reason,
            environment=event.environment,
            job=f"job/{event.number}" if event.number is not None else "",
            author=self.name_of(at.actor),
            judged=at.recorded,
            evidence=event.evidence,
        )
