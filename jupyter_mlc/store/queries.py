"""What can be asked of a registry: rows in, facts out. No question's cost grows with the number of versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jupyter_mlc.domain.entities import Dataset, Measured, Micros, Model, ModelVersion, Parameter, Run, Standing
from jupyter_mlc.domain.errors import NotFound, did_you_mean
from jupyter_mlc.domain.events import Event, Place, VersionKey
from jupyter_mlc.domain.lifecycle import Former, Line, Standpoint, Tier
from jupyter_mlc.domain.names import CHAMPION, LATEST, PREVIOUS, Reference, folded, parse_reference
from jupyter_mlc.store import log
from jupyter_mlc.store.database import Database
from jupyter_mlc.store.projections import Recorded

_NEAR_NAMES = 2000
"""how many names are looked through for "did you mean" """
_VERSION = "SELECT v.*, m.name AS model_name FROM version v JOIN model m ON m.folded = v.model "
_DATASETS_OF_RUNS = (
    "SELECT DISTINCT run, name FROM (SELECT r.run, d.name FROM run_dataset r JOIN dataset d ON d.id = r.dataset "
    "UNION ALL SELECT v.run, d.name FROM version v JOIN version_dataset u ON u.version = v.id "
    "JOIN dataset d ON d.id = u.dataset) linked WHERE run"
)


class Queries:
    """Reads of one registry.

    Parameters
    ----------
    database : Database
        Where its tables are.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def words(self, id_: str) -> str | None:
        """Personal words by their id; None where they were erased."""
        row = self.database.one("SELECT words FROM words WHERE id = :id", {"id": id_})
        return row["words"] if row else None

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

    def by_actor(self, actor: str, limit: int) -> list[Recorded]:
        """The newest acts of one person, newest first."""
        sql = "SELECT stored FROM event WHERE actor = :actor ORDER BY seq DESC LIMIT :limit"
        found = self.database.query(sql, {"actor": actor, "limit": limit})
        return [log.read(row["stored"], self.words) for row in found]

    # People

    def person_of_key(self, public: str) -> str | None:
        """The id of the person whose key this is."""
        row = self.database.one("SELECT person FROM actor_key WHERE public = :public", {"public": public})
        return row["person"] if row else None

    def name_of(self, person: str) -> str:
        """What people call a person; the id itself where nothing is known."""
        row = self.database.one("SELECT name FROM person WHERE id = :id", {"id": person})
        return row["name"] if row else person

    def people_called(self, name: str) -> list[str]:
        """The ids of those who are called `name`, or whose name begins with ``name@``."""
        found = self.database.query(
            "SELECT id FROM person WHERE id = :name OR name = :name OR substr(name, 1, :size) = :begin ORDER BY added",
            {"name": name, "begin": f"{name}@", "size": len(name) + 1},
        )
        return [row["id"] for row in found]

    # Models

    def model_row(self, name: str) -> dict[str, Any] | None:
        """The row of a model, whatever the case of its name."""
        return self.database.one("SELECT * FROM model WHERE folded = :folded", {"folded": folded(name)})

    def model(self, name: str) -> Model:
        """A model by name.

        Raises
        ------
        NotFound
            Where there is none, with the names that are near.
        """
        row = self.model_row(name)
        if row is None:
            raise self._no_model(name)
        return self._model(row)

    def _no_model(self, name: str) -> NotFound:
        near = did_you_mean(name, self.model_names(_NEAR_NAMES))
        return NotFound(
            f"there is no model {name!r}", hint=near or "see %mlc list; make one: %mlc register NAME OBJECT"
        )

    def _model(self, row: Mapping[str, Any]) -> Model:
        return Model(
            name=row["name"],
            id=row["id"],
            owner=self.name_of(row["owner"]),
            tier=row["tier"],
            description=row["description"],
            created=row["created"],
            versions=row["versions"],
            last_number=row["last_number"],
            champion=self._alias_number(row["folded"], CHAMPION),
            tags=self._pairs("model_tag", "model", row["folded"]),
        )

    def model_names(self, limit: int) -> list[str]:
        """Names of models, in order."""
        found = self.database.query("SELECT name FROM model ORDER BY folded LIMIT :limit", {"limit": limit})
        return [row["name"] for row in found]

    def models(self, limit: int) -> list[Model]:
        """Models by name."""
        return [
            self._model(row)
            for row in self.database.query("SELECT * FROM model ORDER BY folded LIMIT :limit", {"limit": limit})
        ]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self.database.one(f"SELECT count(*) AS count FROM {table}")  # noqa: S608 (our own table names)
        return int(row["count"]) if row else 0

    # Versions

    def version(self, reference: Reference | str) -> ModelVersion:
        """The version that a reference names; a bare name is its champion, else its newest.

        Raises
        ------
        NotFound
            Where model, number or alias does not exist.
        """
        ref = parse_reference(reference) if isinstance(reference, str) else reference
        return self.versions_with([self.version_row(ref)])[0]

    def version_row(self, ref: Reference) -> dict[str, Any]:
        """The row of the version that a reference names."""
        model = self.model_row(ref.model)
        if model is None:
            raise self._no_model(ref.model)
        if ref.number is not None:
            return self._numbered(model, ref.number)
        if ref.alias == LATEST:
            return self._newest(model)
        row = self._aliased(model["folded"], ref.alias or CHAMPION)
        if row is None and ref.alias is None:
            return self._newest(model)
        if row is None:
            raise self._no_alias(model, ref.alias or "")
        return row

    def _numbered(self, model: Mapping[str, Any], number: int) -> dict[str, Any]:
        sql = _VERSION + "WHERE v.model = :model AND v.number = :number"
        row = self.database.one(sql, {"model": model["folded"], "number": number})
        if row is None:
            newest = model["last_number"]
            raise NotFound(
                f"there is no {model['name']}:{number}",
                hint=f"the newest is {model['name']}:{newest}" if newest else f"{model['name']} has no version yet",
            )
        return row

    def _newest(self, model: Mapping[str, Any]) -> dict[str, Any]:
        sql = _VERSION + "WHERE v.model = :model ORDER BY v.number DESC LIMIT 1"
        row = self.database.one(sql, {"model": model["folded"]})
        if row is None:
            raise NotFound(
                f"{model['name']} has no version yet", hint=f"make one: %mlc register {model['name']} OBJECT"
            )
        return row

    def _aliased(self, model: str, alias: str) -> dict[str, Any] | None:
        sql = _VERSION + "JOIN alias a ON a.version = v.id WHERE a.model = :model AND a.alias = :alias"
        return self.database.one(sql, {"model": model, "alias": alias})

    def _no_alias(self, model: Mapping[str, Any], alias: str) -> NotFound:
        known = [
            row["alias"]
            for row in self.database.query(
                "SELECT alias FROM alias WHERE model = :model ORDER BY alias", {"model": model["folded"]}
            )
        ]
        if alias == CHAMPION:
            hint = f"make one: %mlc promote {model['name']}:N production"
        else:
            hint = did_you_mean(alias, known) or (f"it has: {', '.join(known)}" if known else "it has no alias yet")
        return NotFound(f"{model['name']} has no alias {alias!r}", hint=hint)

    def _alias_number(self, model: str, alias: str) -> int | None:
        row = self.database.one(
            "SELECT v.number FROM alias a JOIN version v ON v.id = a.version "
            "WHERE a.model = :model AND a.alias = :alias",
            {"model": model, "alias": alias},
        )
        return row["number"] if row else None

    def aliases_of_model(self, model: str) -> dict[str, int]:
        """The aliases of a model and the numbers that they point to."""
        found = self.database.query(
            "SELECT a.alias, v.number FROM alias a JOIN version v ON v.id = a.version WHERE a.model = :model "
            "ORDER BY a.alias",
            {"model": folded(model)},
        )
        return {row["alias"]: row["number"] for row in found}

    def alias_names(self, limit: int) -> list[str]:
        """Every alias that is in use, of any model."""
        found = self.database.query("SELECT DISTINCT alias FROM alias ORDER BY alias LIMIT :limit", {"limit": limit})
        return [row["alias"] for row in found]

    def versions(self, model: str, limit: int, *, first: int = 1, last: int | None = None) -> list[ModelVersion]:
        """Versions of a model with numbers from `first` to `last`, newest first."""
        sql = _VERSION + "WHERE v.model = :model AND v.number >= :first AND v.number <= :last "
        sql += "ORDER BY v.number DESC LIMIT :limit"
        bound = {"model": folded(model), "first": first, "last": last or 2**62, "limit": limit}
        return self.versions_with(self.database.query(sql, bound))

    def versions_by_id(self, ids: Sequence[int]) -> list[ModelVersion]:
        """The versions with these ids, in this order."""
        rows = {row["id"]: row for row in self._in(_VERSION + "WHERE v.id", ids)}
        return self.versions_with([rows[id_] for id_ in ids])

    def versions_with(self, rows: Sequence[Mapping[str, Any]]) -> list[ModelVersion]:
        """Complete version rows with their aliases, tags, metrics and parameters, in a few questions for all."""
        ids = [row["id"] for row in rows]
        aliases = _grouped(self._in("SELECT version, alias FROM alias WHERE version", ids))
        tags = _grouped(self._in("SELECT version, key, value FROM tag WHERE version", ids))
        metrics = _metrics(self._keyed("SELECT version, key, value, spelled, standing FROM metric WHERE version", ids))
        params = _params(self._keyed("SELECT version, key, value, word, standing FROM param WHERE version", ids))
        names = {author: self.name_of(author) for author in {row["author"] for row in rows}}
        return [
            ModelVersion(
                model=row["model_name"],
                aliases=tuple(sorted(found["alias"] for found in aliases.get(row["id"], ()))),
                tags={found["key"]: found["value"] for found in tags.get(row["id"], ())},
                metrics=tuple(metrics.get(row["id"], ())),
                params=tuple(params.get(row["id"], ())),
                author=names[row["author"]],
                promoted=bool(row["promoted"]),
                **{name: row[name] for name in _PLAIN},
            )
            for row in rows
        ]

    def _in(self, sql: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        if not ids:
            return []
        listed = ", ".join(str(int(id_)) for id_ in ids)
        return self.database.query(f"{sql} IN ({listed})")

    def _keyed(self, sql: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows that begin with an id and a key, in the order of both; there are many of them, so they come bare."""
        listed = ", ".join(str(int(id_)) for id_ in ids)
        return list(self.database.stream(f"{sql} IN ({listed}) ORDER BY 1, 2")) if ids else []

    def serving_rows(self, model: str) -> list[dict[str, Any]]:
        """The rows of every version of a model that is not retired, archived or purged, by number."""
        sql = _VERSION + "WHERE v.model = :model AND v.stage NOT IN ('retired', 'archived', 'purged') ORDER BY v.number"
        return self.database.query(sql, {"model": folded(model)})

    def alias_key(self, model: str, alias: str) -> VersionKey | None:
        """What an alias points to now."""
        row = self._aliased(folded(model), alias)
        return _key(row) if row else None

    def same_bytes(self, artifact: str, before: int | None) -> str | None:
        """The first version with this artifact that was registered before sequence number `before`."""
        sql = _VERSION + "WHERE v.artifact = :artifact AND v.id < :before AND v.stage <> 'purged' ORDER BY v.id LIMIT 1"
        row = self.database.one(sql, {"artifact": artifact, "before": before or 2**62})
        return f"{row['model_name']}:{row['number']}" if row else None

    def children_of(self, version: int, limit: int) -> list[ModelVersion]:
        """The versions that were retrained from this one."""
        sql = _VERSION + "WHERE v.parent = :version ORDER BY v.id LIMIT :limit"
        return self.versions_with(self.database.query(sql, {"version": version, "limit": limit}))

    def trained_on(self, dataset: int, limit: int) -> list[str]:
        """The versions that were trained on this dataset, newest first."""
        sql = (
            "SELECT m.name, v.number FROM version_dataset u JOIN version v ON v.id = u.version "
            "JOIN model m ON m.folded = v.model WHERE u.dataset = :dataset ORDER BY v.id DESC LIMIT :limit"
        )
        found = self.database.query(sql, {"dataset": dataset, "limit": limit})
        return [f"{row['name']}:{row['number']}" for row in found]

    # Signatures and blobs

    def key_of(self, seq: int) -> str:
        """The public key that its actor had when event `seq` was recorded."""
        row = self.database.one(
            "SELECT k.public FROM event e JOIN actor_key k ON k.person = e.actor WHERE e.seq = :seq "
            "AND k.added <= :seq AND (k.ended IS NULL OR k.ended >= :seq) ORDER BY k.added DESC LIMIT 1",
            {"seq": seq},
        )
        return row["public"] if row else ""

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

    def since(self, seq: int, model: str | None) -> list[Recorded]:
        """The events of a model (or of all) after sequence number `seq`, oldest first."""
        where = "seq > :seq" + (" AND model = :model" if model is not None else "")
        bound = {"seq": seq} | ({"model": folded(model)} if model is not None else {})
        found = self.database.query(f"SELECT stored FROM event WHERE {where} ORDER BY seq", bound)  # noqa: S608 (our own words)
        return [log.read(row["stored"], self.words) for row in found]

    # What the planners need

    def line(self, model: str) -> Line:
        """What matters of a model for a move, at this moment."""
        row = self.model_row(model)
        if row is None:
            raise self._no_model(model)
        champion = self._aliased(row["folded"], CHAMPION)
        previous = self._aliased(row["folded"], PREVIOUS)
        return Line(
            model=row["name"],
            tier=Tier(row["tier"]),
            champion=standpoint(champion) if champion else None,
            previous=_key(previous) if previous else None,
            formers=self._formers(row["folded"], champion["id"]) if champion else (),
        )

    def _formers(self, model: str, champion: int) -> tuple[Former, ...]:
        """The entries of the champion itself, then the last one before it, and the last one before that."""
        sql = "SELECT f.position, v.* FROM former f JOIN version v ON v.id = f.version WHERE f.model = :model AND "
        newest = " ORDER BY f.position DESC LIMIT 1"
        own = self.database.query(sql + "f.version = :champion", {"model": model, "champion": champion})
        bound = {"model": model, "champion": champion}
        first = self.database.query(sql + "f.version <> :champion" + newest, bound)
        second: list[dict[str, Any]] = []
        if first:
            bound["first"] = first[0]["id"]
            second = self.database.query(sql + "f.version <> :champion AND f.version <> :first" + newest, bound)
        return tuple(Former(position=row["position"], version=standpoint(row)) for row in (*own, *first, *second))

    # Runs

    def run(self, number: int) -> Run:
        """A run by its number."""
        row = self.database.one("SELECT * FROM run WHERE number = :number", {"number": number})
        if row is None:
            raise NotFound(f"there is no run/{number}", hint="see %mlc list NAME --runs")
        return self._runs([row])[0]

    def run_by_id(self, id_: int) -> Run:
        """A run by its id."""
        found = self.database.query("SELECT * FROM run WHERE id = :id", {"id": id_})
        return self._runs(found)[0]

    def run_ref(self, id_: int) -> str:
        """What people call the run with this id."""
        row = self.database.one("SELECT number FROM run WHERE id = :id", {"id": id_})
        if row is None:
            raise NotFound(f"no run began with event {id_}", hint="see %mlc list NAME --runs")
        return f"run/{row['number']}"

    def runs(self, name: str | None, limit: int) -> list[Run]:
        """The newest runs, for one model or all."""
        where = "WHERE folded = :folded " if name is not None else ""
        bound = {"limit": limit} | ({"folded": folded(name)} if name is not None else {})
        return self._runs(self.database.query(f"SELECT * FROM run {where}ORDER BY id DESC LIMIT :limit", bound))  # noqa: S608 (our own words)

    def _runs(self, rows: Sequence[Mapping[str, Any]]) -> list[Run]:
        ids = [row["id"] for row in rows]
        metrics = _metrics(self._keyed("SELECT run, key, value, spelled, standing FROM run_metric WHERE run", ids))
        params = _params(self._keyed("SELECT run, key, value, word, standing FROM run_param WHERE run", ids))
        tags = _grouped(self._in("SELECT * FROM run_tag WHERE run", ids), "run")
        made = _grouped(
            self._in(
                "SELECT v.run, v.number, m.name FROM version v JOIN model m ON m.folded = v.model WHERE v.run", ids
            ),
            "run",
        )
        data = _grouped(
            self._in(_DATASETS_OF_RUNS, ids),
            "run",
        )
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
                version=next((f"{v['name']}:{v['number']}" for v in made.get(row["id"], ())), None),
                metrics=tuple(metrics.get(row["id"], ())),
                params=tuple(params.get(row["id"], ())),
                tags={found["key"]: found["value"] for found in tags.get(row["id"], ())},
                datasets=tuple(found["name"] for found in data.get(row["id"], ())),
            )
            for row in rows
        ]

    # Datasets

    def dataset(self, name: str) -> Dataset:
        """The newest revision of a dataset."""
        row = self.dataset_row(name)
        if row is None:
            known = [found["name"] for found in self.database.query("SELECT DISTINCT name FROM dataset LIMIT 2000")]
            hint = did_you_mean(name, known) or "see %mlc dataset list; add one: %mlc dataset add NAME DATA"
            raise NotFound(f"there is no dataset {name!r}", hint=hint)
        return self._dataset(row)

    def dataset_row(self, name: str) -> dict[str, Any] | None:
        """The row of a dataset's newest revision."""
        return self.database.one(
            "SELECT * FROM dataset WHERE folded = :folded ORDER BY revision DESC LIMIT 1", {"folded": folded(name)}
        )

    def dataset_by_digest(self, digest: str) -> Dataset | None:
        """The dataset that holds exactly this content, the newest where there are several."""
        row = self.database.one(
            "SELECT * FROM dataset WHERE digest = :digest ORDER BY id DESC LIMIT 1", {"digest": digest}
        )
        return self._dataset(row) if row else None

    def datasets(self, limit: int) -> list[Dataset]:
        """Datasets, newest first; of each the newest revision."""
        sql = "SELECT * FROM dataset d WHERE revision = (SELECT last FROM counter WHERE name = 'dataset/' || d.folded) "
        return [
            self._dataset(row) for row in self.database.query(sql + "ORDER BY id DESC LIMIT :limit", {"limit": limit})
        ]

    def datasets_of(self, version: int) -> list[tuple[Dataset, Standing]]:
        """The datasets that a version was trained on, and how that is known."""
        sql = "SELECT d.*, u.standing FROM version_dataset u JOIN dataset d ON d.id = u.dataset "
        found = self.database.query(sql + "WHERE u.version = :version ORDER BY d.id", {"version": version})
        return [(self._dataset(row), Standing(row["standing"])) for row in found]

    def _dataset(self, row: Mapping[str, Any]) -> Dataset:
        plain = ("name", "revision", "id", "digest", "rows", "created", "source", "description")
        return Dataset(author=self.name_of(row["author"]), **{name: row[name] for name in plain})

    # Activity

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
        rows = [
            {"subject": run, "key": key, "step": step, "value": None if value != value else value, "at": at}  # noqa: PLR0124 (NaN)
            for key, step, value, at in points
        ]
        with self.database.writing():
            self.database.many(
                "INSERT INTO activity (kind, subject, actor, at, key, step, value) "
                "VALUES ('series', :subject, '', :at, :key, :step, :value)",
                rows,
            )

    def series(self, run: int) -> dict[str, list[tuple[int, float]]]:
        """The metric series of a run: (step, value) by metric, in the order of steps."""
        found = self.database.query(
            "SELECT key, step, value FROM activity WHERE kind = 'series' AND subject = :run ORDER BY key, step, at",
            {"run": run},
        )
        series: dict[str, list[tuple[int, float]]] = {}
        for row in found:
            value = float("nan") if row["value"] is None else row["value"]
            series.setdefault(row["key"], []).append((row["step"], value))
        return series

    def _pairs(self, table: str, column: str, group: object) -> dict[str, str]:
        sql = f"SELECT key, value FROM {table} WHERE {column} = :group ORDER BY key"  # noqa: S608 (our own names)
        return {row["key"]: row["value"] for row in self.database.query(sql, {"group": group})}


_PLAIN = (
    *("number", "id", "stage", "successor", "sunset", "reason", "since", "run", "parent"),
    *("format", "artifact", "size", "class_name", "library", "created", "note"),
)


_STANDINGS: Mapping[str, Standing] = {standing.value: standing for standing in Standing}


def standpoint(row: Mapping[str, Any]) -> Standpoint:
    """A version's row as the planners see it."""
    place = Place(stage=row["stage"], successor=row["successor"], sunset=row["sunset"])
    return Standpoint(key=_key(row), place=place)


def _key(row: Mapping[str, Any]) -> VersionKey:
    return VersionKey(number=row["number"], id=row["id"])


def _grouped(rows: Iterable[dict[str, Any]], column: str = "version") -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def _metrics(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Measured]]:
    """The metrics of each version or run."""
    found: dict[int, list[Measured]] = {}
    for id_, key, value, spelled, standing in rows:
        measured = Measured(key=key, value=float(spelled) if spelled else value, standing=_STANDINGS[standing])
        found.setdefault(id_, []).append(measured)
    return found


def _params(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Parameter]]:
    """The parameters of each version or run."""
    found: dict[int, list[Parameter]] = {}
    for id_, *parts in rows:
        found.setdefault(id_, []).append(_parameter(*parts))
    return found


@lru_cache(maxsize=4096)
def _parameter(key: str, value: str, word: int, standing: str) -> Parameter:
    """What a row says; the versions of a model have most of their parameters in common."""
    return Parameter(key=key, value=value if word else json.loads(value), standing=_STANDINGS[standing])
