"""Questions about versions that were made elsewhere."""

from __future__ import annotations

from jupyter_mlc.store.queries.base import Base
from jupyter_mlc.store.rows import SINCE


class OfImports(Base):
    """Versions, by the event that registered them first."""

    def takes_imports(self) -> bool:
        """Whether the tables are of a release that knows of imports."""
        row = self.database.one("SELECT minor FROM head WHERE one = 1")
        return row is not None and row["minor"] >= SINCE["imported"]

    def registration_of(self, version: int) -> str:
        """The hash of the event that registered a version here."""
        row = self.database.one("SELECT hash FROM event WHERE seq = :version", {"version": version})
        return row["hash"] if row else ""

    def registered_as(self, registration: str, seq: int, artifact: str) -> int | None:
        """The version with these bytes that came of this registration: here (as event `seq`), or brought in since.

        One whose bytes were purged does not count: it may be brought in again.
        """
        row = self.database.one(
            "SELECT v.id FROM version v JOIN event e ON e.seq = v.id "
            "WHERE v.id = :seq AND e.hash = :hash AND v.artifact = :artifact AND v.stage <> 'purged'",
            {"seq": seq, "hash": registration, "artifact": artifact},
        ) or self.database.one(
            "SELECT v.id FROM imported i JOIN version v ON v.id = i.version "
            "WHERE i.registration = :hash AND v.artifact = :artifact AND v.stage <> 'purged' ORDER BY v.id LIMIT 1",
            {"hash": registration, "artifact": artifact},
        )
        return row["id"] if row else None

    def brought_in_as(self, registration: str) -> int | None:
        """The version that was brought in with this registration, whatever became of it since."""
        row = self.database.one(
            "SELECT version FROM imported WHERE registration = :hash ORDER BY version LIMIT 1", {"hash": registration}
        )
        return row["version"] if row else None

    def why_missing(self, model: str, number: int) -> str:
        """Why a number below the newest was never given: somebody brought in a version with a higher one."""
        if not self.takes_imports():
            return ""
        row = self.database.one(
            "SELECT m.name, v.number, i.skipped, i.registry FROM version v JOIN imported i ON i.version = v.id "
            "JOIN model m ON m.folded = v.model WHERE v.model = :model AND v.number > :number "
            "ORDER BY v.number LIMIT 1",
            {"model": model, "number": number},
        )
        if row is None or row["number"] - row["skipped"] > number:
            return ""
        return f"{row['name']}:{row['number']} was brought in from registry {row['registry'][:8]} with its own number"
