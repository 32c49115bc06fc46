"""Questions about models: names, aliases, and what a move is planned from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain.entities import Model
from jupyter_mlc.domain.errors import NotFound, did_you_mean
from jupyter_mlc.domain.events import Place, VersionKey
from jupyter_mlc.domain.lifecycle import REFUSES_LOAD, Former, Line, Stage, Standpoint, Tier
from jupyter_mlc.domain.names import CHAMPION, PREVIOUS, folded
from jupyter_mlc.store.queries.base import NEAR_NAMES, Base

VERSION = "SELECT v.*, m.name AS model_name FROM version v JOIN model m ON m.folded = v.model "
_SERVING = ", ".join(f"'{stage}'" for stage in Stage if stage not in REFUSES_LOAD)
_RETIRED = ", ".join(f"'{stage}'" for stage in (Stage.RETIRED, Stage.ARCHIVED))


class OfModels(Base):
    """Models, their aliases, and where their versions stand."""

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
        known = {"folded": folded(name)}
        if self.database.one("SELECT 1 AS found FROM dataset WHERE folded = :folded LIMIT 1", known):
            return NotFound(f"there is no model {name!r}, but a dataset", hint=f"look at it: %mlc show dataset/{name}")
        if self.database.one("SELECT 1 AS found FROM run WHERE folded = :folded LIMIT 1", known):
            hint = f"its runs: %mlc list {name} --runs; make a version: %mlc register {name} OBJECT"
            return NotFound(f"there is no model {name!r}, but runs", hint=hint)
        near = (
            self._version_of(name)
            or self._run_of_number(name)
            or self._alias_alone(name)
            or did_you_mean(name, self.model_names(NEAR_NAMES))
        )
        return NotFound(
            f"there is no model {name!r}", hint=near or "see %mlc list; make one: %mlc register NAME OBJECT"
        )

    def _alias_alone(self, name: str) -> str:
        """Who writes ``champion`` alone means that of some model."""
        sql = (
            "SELECT m.name FROM alias a JOIN model m ON m.folded = a.model WHERE a.alias = :alias "
            "ORDER BY m.folded LIMIT 3"
        )
        found = [f"{row['name']}@{name}" for row in self.database.query(sql, {"alias": name})]
        return f"did you mean {' or '.join(found)}?" if found else ""

    def _version_of(self, name: str) -> str:
        """Who writes ``churn/3`` may mean a version of ``churn``."""
        model, _, number = name.rpartition("/")
        row = self.model_row(model) if number.isdecimal() else None
        return f"did you mean {row['name']}:{number}?" if row is not None else ""

    def _run_of_number(self, name: str) -> str:
        """Who writes a number alone may mean the run of that number, or the one that began with that event."""
        if not re.fullmatch("[0-9]{1,18}", name):
            return ""
        sql = "SELECT number FROM run WHERE id = :number OR number = :number ORDER BY id"
        found = self.database.query(sql, {"number": int(name)})
        return f"did you mean {' or '.join('run/{number}'.format(**row) for row in found)}?" if found else ""

    def _model(self, row: Mapping[str, Any]) -> Model:
        champion = self._aliased(row["folded"], CHAMPION)
        return Model(
            name=row["name"],
            id=row["id"],
            owner=self.name_of(row["owner"]),
            tier=row["tier"],
            description=row["description"],
            created=row["created"],
            versions=row["versions"],
            last_number=row["last_number"],
            champion=champion["number"] if champion else None,
            retired=champion["stage"] in REFUSES_LOAD if champion else self._has_only_retired(row["folded"]),
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

    def _aliased(self, model: str, alias: str) -> dict[str, Any] | None:
        sql = VERSION + "JOIN alias a ON a.version = v.id WHERE a.model = :model AND a.alias = :alias"
        return self.database.one(sql, {"model": model, "alias": alias})

    def _has_only_retired(self, model: str) -> bool:
        """Whether some versions were retired and none serves; two looks into the index of stages."""
        held = "EXISTS (SELECT 1 FROM version WHERE model = :model AND stage IN ({}))"
        sql = f"SELECT {held.format(_RETIRED)} AND NOT {held.format(_SERVING)} AS retired"
        row = self.database.one(sql, {"model": model})
        return bool(row and row["retired"])

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

    def alias_key(self, model: str, alias: str) -> VersionKey | None:
        """What an alias points to now."""
        row = self._aliased(folded(model), alias)
        return _key(row) if row else None

    def serving_rows(self, model: str) -> list[dict[str, Any]]:
        """The rows of every version of a model that is not retired, archived or purged, by number."""
        sql = f"{VERSION} WHERE v.model = :model AND v.stage IN ({_SERVING}) ORDER BY v.number"
        return self.database.query(sql, {"model": folded(model)})

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


def standpoint(row: Mapping[str, Any]) -> Standpoint:
    """A version's row as the planners see it."""
    place = Place(stage=row["stage"], successor=row["successor"], sunset=row["sunset"])
    return Standpoint(key=_key(row), place=place)


def _key(row: Mapping[str, Any]) -> VersionKey:
    return VersionKey(number=row["number"], id=row["id"])
