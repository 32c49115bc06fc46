"""Projection rows, behind one small interface: in a database (live and in rebuild) or in memory (in verify).

A table is keyed by its first columns; the first key column groups rows, so that `select` and `change_group` can act on
all rows of one version, run or model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]

KEYS: Mapping[str, tuple[str, ...]] = {
    "person": ("id",),
    "actor_key": ("public",),
    "model": ("folded",),
    "version": ("id",),
    "version_event": ("version", "seq"),
    "alias": ("model", "alias"),
    "alias_move": ("model", "alias", "seq"),
    "former": ("model", "position"),
    "model_tag": ("model", "key"),
    "tag": ("version", "key"),
    "metric": ("version", "key"),
    "param": ("version", "key"),
    "run": ("id",),
    "run_metric": ("run", "key"),
    "run_param": ("run", "key"),
    "run_tag": ("run", "key"),
    "run_file": ("run", "name"),
    "run_dataset": ("run", "dataset"),
    "version_dataset": ("version", "dataset"),
    "dataset": ("id",),
    "evaluation": ("id",),
    "job_definition": ("folded",),
    "job": ("id",),
    "blob_use": ("holder", "digest"),
    "counter": ("name",),
    "imported": ("version",),
    "schedule": ("id",),
}
"""Every projection table and its key."""
SINCE: Mapping[str, int] = {"imported": 2, "schedule": 3}
"""which minor version of the schema brought a table, where it was not the first"""


def tables_of(minor: int) -> list[str]:
    """The tables that a schema of this minor version has, as far as this release knows them."""
    return [table for table in KEYS if SINCE.get(table, 1) <= minor]


def picker(places: Sequence[Any]) -> Callable[[Any], Key]:
    """What takes the values at these places, columns of a mapping or positions in a sequence, as a tuple."""
    if len(places) == 1:
        (only,) = places
        return lambda row: (row[only],)
    return itemgetter(*places)


_KEY_OF: Mapping[str, Callable[[Row], Key]] = {table: picker(columns) for table, columns in KEYS.items()}


class Rows(Protocol):
    """What a projection may do to rows; those that it is given belong to the table, and are only read."""

    def get(self, table: str, *key: Any) -> Mapping[str, Any] | None: ...

    def select(self, table: str, group: Any) -> Collection[Mapping[str, Any]]: ...

    def put(self, table: str, *rows: Row) -> None: ...

    def change(self, table: str, *key: Any, **values: Any) -> None: ...

    def change_group(self, table: str, group: Any, **values: Any) -> None: ...

    def drop(self, table: str, *key: Any) -> None: ...

    def drop_group(self, table: str, group: Any) -> None: ...


@lru_cache(maxsize=512)
def _where(table: str, count: int) -> str:
    return " AND ".join(f"{column} = :key{n}" for n, column in enumerate(KEYS[table][:count]))


@lru_cache(maxsize=512)
def _upsert(table: str, columns: tuple[str, ...]) -> str:
    others = [column for column in columns if column not in KEYS[table]]
    action = "UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in others) if others else "NOTHING"
    values = ", ".join(f":{column}" for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}) "  # noqa: S608 (our own table names)
        f"ON CONFLICT ({', '.join(KEYS[table])}) DO {action}"
    )


@lru_cache(maxsize=512)
def _update(table: str, columns: tuple[str, ...], keys: int) -> str:
    settings = ", ".join(f"{column} = :{column}" for column in columns)
    return f"UPDATE {table} SET {settings} WHERE {_where(table, keys)}"  # noqa: S608 (our own table names)


def _bound(key: Key) -> dict[str, Any]:
    return {f"key{n}": value for n, value in enumerate(key)}


class SqlRows:
    """Rows in a database, inside the caller's transaction."""

    def __init__(
        self,
        execute: Callable[[str, Mapping[str, Any]], Iterator[Row]],
        execute_many: Callable[[str, Iterable[Mapping[str, Any]]], None],
    ) -> None:
        self._execute = execute
        self._execute_many = execute_many

    def get(self, table: str, *key: Any) -> Row | None:
        sql = f"SELECT * FROM {table} WHERE {_where(table, len(key))}"  # noqa: S608 (our own table names)
        return next(iter(self._execute(sql, _bound(key))), None)

    def select(self, table: str, group: Any) -> list[Row]:
        sql = f"SELECT * FROM {table} WHERE {_where(table, 1)}"  # noqa: S608 (our own table names)
        return list(self._execute(sql, _bound((group,))))

    def put(self, table: str, *rows: Row) -> None:
        if rows:
            self._execute_many(_upsert(table, tuple(rows[0])), rows)

    def change(self, table: str, *key: Any, **values: Any) -> None:
        self._execute(_update(table, tuple(values), len(key)), {**values, **_bound(key)})

    def change_group(self, table: str, group: Any, **values: Any) -> None:
        self.change(table, group, **values)

    def drop(self, table: str, *key: Any) -> None:
        self._execute(f"DELETE FROM {table} WHERE {_where(table, len(key))}", _bound(key))  # noqa: S608 (our names)

    def drop_group(self, table: str, group: Any) -> None:
        self.drop(table, group)


class DictRows:
    """Rows in memory, for folding the whole log beside a database; what is handed out is not to be changed."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, dict[Key, Row]]] = {table: {} for table in KEYS}

    def get(self, table: str, *key: Any) -> Row | None:
        return self._tables[table].get(key[0], {}).get(key)

    def select(self, table: str, group: Any) -> Collection[Row]:
        return self._tables[table].get(group, {}).values()

    def put(self, table: str, *rows: Row) -> None:
        key_of, groups = _KEY_OF[table], self._tables[table]
        for row in rows:
            key = key_of(row)
            group = groups.get(key[0])
            if group is None:
                groups[key[0]] = {key: row}
            elif key in group:
                group[key].update(row)
            else:
                group[key] = row

    def change(self, table: str, *key: Any, **values: Any) -> None:
        row = self.get(table, *key)
        if row is not None:
            row.update(values)

    def change_group(self, table: str, group: Any, **values: Any) -> None:
        for row in self.select(table, group):
            row.update(values)

    def drop(self, table: str, *key: Any) -> None:
        self._tables[table].get(key[0], {}).pop(key, None)

    def drop_group(self, table: str, group: Any) -> None:
        self._tables[table].pop(group, None)

    def all(self, table: str) -> list[Row]:
        """Every row of a table."""
        return [row for rows in self._tables[table].values() for row in rows.values()]
