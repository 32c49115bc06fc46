"""Questions about versions that were made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import ELSEWHERE, BytesFetched, registry_shown, with_bytes
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store import log
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
        whence = registry_shown(row["registry"])
        return f"{row['name']}:{row['number']} was brought in from {whence} with its own number"

    def all_brought_in_as(self, registrations: Iterable[str]) -> dict[str, int]:
        """Those of these registrations that were brought in, and the ids of their versions, whatever became of them."""
        found: dict[str, int] = {}
        for registration in registrations:
            version = self.brought_in_as(registration)
            if version is not None:
                found[registration] = version
        return found

    def now_made_of(self, version: int, registered: VersionRegistered, artifact: str) -> VersionRegistered:
        """A registration with the bytes that the version has now; as it was where the log knows of no others."""
        if registered.artifact == artifact:
            return registered
        return with_bytes(registered, self._fetched(version))

    def _fetched(self, version: int) -> BytesFetched | None:
        row = self.database.one(
            "SELECT e.stored FROM version_event v JOIN event e ON e.seq = v.seq "
            "WHERE v.version = :version AND e.type = 'BytesFetched' ORDER BY e.seq DESC LIMIT 1",
            {"version": version},
        )
        event = log.read(row["stored"], self.words).event if row else None
        return event if isinstance(event, BytesFetched) else None

    def follows(self, model: str, alias: str, registry: str) -> bool:
        """Whether another tool's alias may move ours: there never was one, or it points at what came from there."""
        bound = {"model": folded(model), "alias": alias}
        last = self.database.one(
            "SELECT a.version, i.registry FROM alias_move a LEFT JOIN imported i ON i.version = a.version "
            "WHERE a.model = :model AND a.alias = :alias ORDER BY a.seq DESC LIMIT 1",
            bound,
        )
        return last is None or last["registry"] == registry

    def kept_elsewhere(self) -> int:
        """How many versions are known by reference: nothing here can vouch for their bytes."""
        row = self.database.one(
            "SELECT count(*) AS count FROM version WHERE format = :format AND stage <> 'purged'", {"format": ELSEWHERE}
        )
        return int(row["count"]) if row else 0
