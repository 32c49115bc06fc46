"""Questions about versions. None costs more where a model has more of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import BadInput, NotFound, did_you_mean
from jupyter_mlc.domain.names import CHAMPION, LATEST, Reference, folded, parse_reference
from jupyter_mlc.store.queries.base import listed
from jupyter_mlc.store.queries.imports import OfImports
from jupyter_mlc.store.queries.models import VERSION, OfModels
from jupyter_mlc.store.queries.whole import COLUMNS, whole

_KEPT = itemgetter(*COLUMNS)
_TAKEN = ", ".join("m.name" if column == "model_name" else f"v.{column}" for column in COLUMNS)
_WHOLE = f"SELECT {_TAKEN} FROM version v JOIN model m ON m.folded = v.model "  # noqa: S608 (our own names)
_ATTACHED = (
    "SELECT version, NULL AS key, alias AS word FROM alias WHERE version IN ({0}) "
    "UNION ALL SELECT version, key, value FROM tag WHERE version IN ({0})"
)


class OfVersions(OfModels, OfImports):
    """Versions, in full."""

    def version(self, reference: Reference | str) -> ModelVersion:
        """The version that a reference names; a bare name is its champion, else its newest.

        Raises
        ------
        BadInput
            Where it names a range.
        NotFound
            Where model, number or alias does not exist.
        """
        ref = parse_reference(reference) if isinstance(reference, str) else reference
        return self._completed([_KEPT(self.version_row(ref))])[0]

    def version_row(self, ref: Reference) -> dict[str, Any]:
        """The row of the one version that a reference names."""
        if ref.last is not None:
            raise BadInput(
                f"'{ref}' names several versions, and one is wanted here",
                hint=f"name one: {ref.model}:{ref.number}; see them: %mlc list {ref}",
            )
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
        sql = VERSION + "WHERE v.model = :model AND v.number = :number"
        row = self.database.one(sql, {"model": model["folded"], "number": number})
        if row is None:
            newest = model["last_number"]
            hint = f"the newest is {model['name']}:{newest}" if newest else f"{model['name']} has no version yet"
            why = self.why_missing(model["folded"], number)
            raise NotFound(
                f"there is no {model['name']}:{number}", hint=f"it was never given: {why}; {hint}" if why else hint
            )
        return row

    def _newest(self, model: Mapping[str, Any]) -> dict[str, Any]:
        sql = VERSION + "WHERE v.model = :model ORDER BY v.number DESC LIMIT 1"
        row = self.database.one(sql, {"model": model["folded"]})
        if row is None:
            raise NotFound(
                f"{model['name']} has no version yet", hint=f"make one: %mlc register {model['name']} OBJECT"
            )
        return row

    def _no_alias(self, model: Mapping[str, Any], alias: str) -> NotFound:
        known = [
            row["alias"]
            for row in self.database.query(
                "SELECT alias FROM alias WHERE model = :model ORDER BY alias", {"model": model["folded"]}
            )
        ]
        if alias == CHAMPION:
            hint = f"make one: %mlc promote {model['name']}:N production"
        elif alias.isdecimal():
            hint = f"for version {alias} write {model['name']}:{alias}"
        else:
            hint = did_you_mean(alias, known) or (f"it has: {', '.join(known)}" if known else "it has no alias yet")
        return NotFound(f"{model['name']} has no alias {alias!r}", hint=hint)

    def versions(self, model: str, limit: int, *, first: int = 1, last: int | None = None) -> list[ModelVersion]:
        """Versions of a model with numbers from `first` to `last`, newest first."""
        sql = _WHOLE + "WHERE v.model = :model AND v.number >= :first AND v.number <= :last "
        sql += "ORDER BY v.number DESC LIMIT :limit"
        bound = {"model": folded(model), "first": first, "last": last or 2**62, "limit": limit}
        return self._completed(self.database.bare(sql, bound))

    def versions_by_id(self, ids: Sequence[int]) -> list[ModelVersion]:
        """The versions with these ids, in this order."""
        rows = {row[0]: row for row in self._bare_in(_WHOLE + "WHERE v.id", ids)}
        return self._completed([rows[id_] for id_ in ids])

    def _completed(self, rows: Sequence[tuple[Any, ...]]) -> list[ModelVersion]:
        """Complete bare version rows with their aliases and tags, in a few questions for all."""
        if not rows:
            return []
        aliases, tags = defaultdict[int, list[str]](list), defaultdict[int, dict[str, str]](dict)
        for id_, key, word in self.database.bare(_ATTACHED.format(listed(row[0] for row in rows))):
            if key is None:
                aliases[id_].append(word)
            else:
                tags[id_][key] = word
        people = {author: self.name_of(author) for author in {row[1] for row in rows}}
        return whole(rows, people, aliases, tags)

    def same_bytes(self, artifact: str, before: int | None) -> str | None:
        """The first version with this artifact that was registered before sequence number `before`."""
        sql = VERSION + "WHERE v.artifact = :artifact AND v.id < :before AND v.stage <> 'purged' ORDER BY v.id LIMIT 1"
        row = self.database.one(sql, {"artifact": artifact, "before": before or 2**62})
        return f"{row['model_name']}:{row['number']}" if row else None

    def ref_of(self, id_: int) -> str | None:
        """How people call the version with this id; None where there is none."""
        row = self.database.one(VERSION + "WHERE v.id = :id", {"id": id_})
        return f"{row['model_name']}:{row['number']}" if row else None

    def children_of(self, version: int, limit: int) -> list[ModelVersion]:
        """The versions that were retrained from this one."""
        sql = _WHOLE + "WHERE v.parent = :version ORDER BY v.id LIMIT :limit"
        return self._completed(self.database.bare(sql, {"version": version, "limit": limit}))

    def trained_on(self, dataset: int, limit: int) -> list[str]:
        """The versions that were trained on this dataset, newest first."""
        sql = (
            "SELECT m.name, v.number FROM version_dataset u JOIN version v ON v.id = u.version "
            "JOIN model m ON m.folded = v.model WHERE u.dataset = :dataset ORDER BY v.id DESC LIMIT :limit"
        )
        found = self.database.query(sql, {"dataset": dataset, "limit": limit})
        return [f"{row['name']}:{row['number']}" for row in found]
