"""Questions about the record itself: events, signatures, blobs, and activity beside it."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.domain.events import Event
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store import log
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.store.queries.base import Base

_SERIES = "kind = 'series' AND subject = :run AND key = CAST(key AS TEXT)"
"""of a run; SQLite keeps bytes where text belongs, and one such key is not to hide the others"""


class OfRecord(Base):
    """Events and what hangs on them."""

    def event(self, seq: int) -> Recorded:
        """One event of the log."""
        row = self.database.one("SELECT stored FROM event WHERE seq = :seq", {"seq": seq})
        if row is None:
            raise NotFound(f"there is no event {seq}", hint="see %mlc history")
        return log.read(row["stored"], self.words)

    def history(self, model: str | None, limit: int, without: Sequence[type[Event]] = ()) -> list[Recorded]:
        """The newest events, of one model or of all, newest first; some types may be left out."""
        listed = ", ".join(f"'{kind.__name__}'" for kind in without) or "''"
        where = f"type NOT IN ({listed})" + (" AND model = :model" if model is not None else "")
        sql = f"SELECT stored FROM event WHERE {where} ORDER BY seq DESC LIMIT :limit"  # noqa: S608 (our own words)
        bound = {"limit": limit} | ({"model": folded(model)} if model is not None else {})
        return [log.read(row["stored"], self.words) for row in self.database.query(sql, bound)]

    def history_of_version(self, version: int, limit: int) -> list[Recorded]:
        """The newest events that concern a version, newest first."""
        sql = "SELECT e.stored FROM version_event v JOIN event e ON e.seq = v.seq WHERE v.version = :version "
        found = self.database.query(sql + "ORDER BY v.seq DESC LIMIT :limit", {"version": version, "limit": limit})
        return [log.read(row["stored"], self.words) for row in found]

    def stored_of_version(self, version: int) -> list[str]:
        """The text of every event that concerns a version, oldest first."""
        sql = "SELECT e.stored FROM version_event v JOIN event e ON e.seq = v.seq WHERE v.version = :version "
        return [row["stored"] for row in self.database.query(sql + "ORDER BY v.seq", {"version": version})]

    def by_actor(self, actor: str, limit: int) -> list[Recorded]:
        """The newest acts of one person, newest first."""
        sql = "SELECT stored FROM event WHERE actor = :actor ORDER BY seq DESC LIMIT :limit"
        found = self.database.query(sql, {"actor": actor, "limit": limit})
        return [log.read(row["stored"], self.words) for row in found]

    def since(self, seq: int, model: str | None) -> list[Recorded]:
        """The events of a model (or of all) after sequence number `seq`, oldest first."""
        where = "seq > :seq" + (" AND model = :model" if model is not None else "")
        bound = {"seq": seq} | ({"model": folded(model)} if model is not None else {})
        found = self.database.query(f"SELECT stored FROM event WHERE {where} ORDER BY seq", bound)  # noqa: S608 (our own words)
        return [log.read(row["stored"], self.words) for row in found]

    def key_of(self, seq: int) -> str:
        """The public key that its actor had when event `seq` was recorded."""
        row = self.database.one(
            "SELECT k.public FROM event e JOIN actor_key k ON k.person = e.actor WHERE e.seq = :seq "
            "AND k.added <= :seq AND (k.ended IS NULL OR k.ended >= :seq) ORDER BY k.added DESC LIMIT 1",
            {"seq": seq},
        )
        return row["public"] if row else ""

    def key_has_ended(self, public: str) -> bool:
        """Whether another key came in the place of this one."""
        sql = "SELECT ended FROM actor_key WHERE public = :public AND ended IS NOT NULL"
        return self.database.one(sql, {"public": public}) is not None

    def signer_of(self, seq: int) -> str | None:
        """The public key whose signature over event `seq` holds; None where none does."""
        from jupyter_mlc.store.identity import signature_holds

        row = self.database.one("SELECT stored FROM event WHERE seq = :seq", {"seq": seq})
        public = self.key_of(seq)
        if row is None or not public:
            return None
        act, signature = log.signed_part(row["stored"])
        return public if signature_holds(public, act, signature) else None

    def is_held(self, digest: str) -> bool:
        """Whether a version, run or dataset needs a blob."""
        return (
            self.database.one("SELECT 1 FROM blob_use WHERE digest = :digest LIMIT 1", {"digest": digest}) is not None
        )

    def blobs_of(self, holder: int) -> list[str]:
        """The blobs that one event holds."""
        found = self.database.query("SELECT digest FROM blob_use WHERE holder = :holder", {"holder": holder})
        return [row["digest"] for row in found]

    def held_blobs(self) -> set[str]:
        """Every blob that something needs."""
        return {digest for (digest,) in self.database.stream("SELECT DISTINCT digest FROM blob_use")}

    def users_since(self, version: int, since: Micros) -> list[tuple[str, Micros]]:
        """Who loaded a version since then, and when last."""
        found = self.database.query(
            "SELECT actor, max(at) AS last FROM activity WHERE kind = 'load' AND subject = :version AND at >= :since "
            "GROUP BY actor ORDER BY last DESC",
            {"version": version, "since": since},
        )
        return [(row["actor"], row["last"]) for row in found]

    def keep_series(self, run: int, points: Sequence[tuple[str, int, float, Micros]]) -> None:
        """Keep points of metric series of a run: activity, unsigned and prunable."""
        with self.database.writing():
            self.put_series(run, points)

    def put_series(self, run: int, points: Sequence[tuple[str, int, float, Micros]]) -> None:
        """As `keep_series`, within a transaction that writes."""
        rows = [
            {"subject": run, "key": key, "step": step, "value": None if value != value else value, "at": at}  # noqa: PLR0124 (NaN)
            for key, step, value, at in points
        ]
        self.database.many(
            "INSERT INTO activity (kind, subject, actor, at, key, step, value) "
            "VALUES ('series', :subject, '', :at, :key, :step, :value)",
            rows,
        )

    def last_points(self, run: int) -> dict[str, float]:
        """What was logged last of each metric of a run."""
        newest_first = "row_number() OVER (PARTITION BY key ORDER BY at DESC, step DESC) AS place"
        points = f"SELECT key, value, {newest_first} FROM activity WHERE {_SERIES}"  # noqa: S608 (our own words)
        sql = f"SELECT key, value FROM ({points}) ranked WHERE place = 1 ORDER BY key"  # noqa: S608 (our own words)
        found = self.database.query(sql, {"run": run})
        return {row["key"]: float("nan") if row["value"] is None else row["value"] for row in found}

    def series(self, run: int) -> dict[str, list[tuple[int, float]]]:
        """The metric series of a run: (step, value) by metric, in the order of steps."""
        sql = f"SELECT key, step, value FROM activity WHERE {_SERIES} ORDER BY key, step, at"  # noqa: S608 (our own words)
        found = self.database.query(sql, {"run": run})
        series: dict[str, list[tuple[int, float]]] = {}
        for row in found:
            value = float("nan") if row["value"] is None else row["value"]
            series.setdefault(row["key"], []).append((row["step"], value))
        return series
