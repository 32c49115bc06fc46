"""What all questions share: the database, people, and rows of many things at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from jupyter_mlc.domain.entities import Measured, Parameter, Standing
from jupyter_mlc.store.database import Database
from jupyter_mlc.store.facts import parameter

T = TypeVar("T")
NEAR_NAMES = 2000
"""how many names are looked through for "did you mean" """


class Base:
    """A registry's database, and what is asked of all kinds of things.

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

    def people_names(self, limit: int) -> list[str]:
        """What people are called, those first who came first."""
        found = self.database.query("SELECT name FROM person ORDER BY added LIMIT :limit", {"limit": limit})
        return [row["name"] for row in found]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self.database.one(f"SELECT count(*) AS count FROM {table}")  # noqa: S608 (our own table names)
        return int(row["count"]) if row else 0

    def keeps_blobs(self) -> bool:
        """Whether anything that was recorded needs a blob."""
        return self.database.one("SELECT digest FROM blob_use LIMIT 1") is not None

    def _in(self, sql: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        return self.database.query(f"{sql} IN ({listed(ids)})") if ids else []

    def _bare_in(self, sql: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        return self.database.bare(f"{sql} IN ({listed(ids)})") if ids else []

    def _keyed(self, sql: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows that begin with an id and a key, in the order of both; there are many of them, so they come bare."""
        return self.database.bare(f"{sql} IN ({listed(ids)}) ORDER BY 1, 2") if ids else []

    def _pairs(self, table: str, column: str, group: object) -> dict[str, str]:
        sql = f"SELECT key, value FROM {table} WHERE {column} = :group ORDER BY key"  # noqa: S608 (our own names)
        return {row["key"]: row["value"] for row in self.database.query(sql, {"group": group})}


def listed(ids: Iterable[int]) -> str:
    """Ids as a statement lists them; each is made a number, so that nothing else comes in."""
    return ", ".join(map(str, map(int, ids)))


def grouped(rows: Iterable[dict[str, Any]], column: str = "version") -> dict[int, list[dict[str, Any]]]:
    """The rows of each version or run."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def made(kind: type[T], facts: dict[str, Any]) -> T:
    """A frozen dataclass with these values for all of its fields.

    Its own constructor sets one field after the other past the lock that freezes it, which takes eight times as long.
    """
    fact = object.__new__(kind)
    object.__setattr__(fact, "__dict__", facts)
    return fact


def metrics_of(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Measured]]:
    """The metrics of each version or run."""
    found: dict[int, list[Measured]] = {}
    for id_, key, value, spelled, standing in rows:
        measured = Measured(key=key, value=float(spelled) if spelled else value, standing=Standing(standing))
        found.setdefault(id_, []).append(measured)
    return found


def params_of(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Parameter]]:
    """The parameters of each version or run."""
    found: dict[int, list[Parameter]] = {}
    for id_, *parts in rows:
        found.setdefault(id_, []).append(parameter(*parts))
    return found
