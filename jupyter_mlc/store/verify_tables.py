"""The tables against the events: every row and column that the fold gives must be there, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Damaged, MlcError
from jupyter_mlc.store.rows import KEYS, DictRows, Key, picker, tables_of
from jupyter_mlc.store.schemas import MAJOR, columns_of, likely_minor
from jupyter_mlc.store.verify_findings import Findings, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mlc.store.database import Database
    from jupyter_mlc.store.rows import Row
    from jupyter_mlc.store.verify_events import Progress, Walk

_HEAD = "SELECT uuid, major, minor, seq, hash, recorded FROM head WHERE one = 1"


def compare_head(database: Database, walk: Walk, findings: Findings) -> None:
    """The head row must say what the last event says."""
    row = database.one(_HEAD)
    if row is None:
        findings.add("head", "its row is missing")
        return
    should = {"seq": walk.seq, "hash": walk.hash, "recorded": walk.recorded, "major": MAJOR}
    should["minor"] = likely_minor(database)
    if walk.uuid:
        should["uuid"] = walk.uuid
    for column, value in should.items():
        if row[column] != value:
            findings.add("head", f"its column {column} is {shown(row[column])}, should be {shown(value)}")


def compare_words(database: Database, referred: set[str], findings: Findings) -> None:
    """Words that no event refers to were never said."""
    for (id_,) in database.stream("SELECT id FROM words"):
        if id_ not in referred:
            findings.add(f"words {id_}", "they belong to no event")


def compare_tables(database: Database, fold: DictRows, findings: Findings, progress: Progress) -> None:
    """Every projection table, both ways."""
    tables = tables_of(likely_minor(database))
    for done, table in enumerate(tables, start=1):
        try:
            with database.apart():
                _compare_table(database, table, fold, findings)
        except MlcError as error:
            findings.add(table, f"the table cannot be read: {error.message}")
        progress(done, len(tables), "tables")


def _compare_table(database: Database, table: str, fold: DictRows, findings: Findings) -> None:
    columns = columns_of(database, table)
    if not columns:
        raise Damaged(f"there is no table {table}")
    if lacking := [column for column in KEYS[table] if column not in columns]:
        raise Damaged(f"it has no column {', '.join(lacking)}")
    stored = list(database.stream(f"SELECT {', '.join(columns)} FROM {table}"))  # noqa: S608 (our own names)
    if not _are_same(stored, fold.all(table), columns):
        _locate(table, columns, stored, fold, findings)


def _are_same(stored: Sequence[tuple[Any, ...]], folded: Sequence[Row], columns: Sequence[str]) -> bool:
    """Whether the table holds these rows and no others, without saying where it does not: nearly always it does."""
    if len(stored) != len(folded) or set(map(len, folded)) - {len(columns)}:
        return False
    try:  # both mostly come in order; where they do not, sorting what nearly is costs less than hashing it
        rows = list(map(picker(columns), folded))
        return rows == stored or sorted(rows) == sorted(stored)
    except (KeyError, TypeError):
        return False


def _locate(
    table: str, columns: Sequence[str], stored: Sequence[tuple[Any, ...]], fold: DictRows, findings: Findings
) -> None:
    """Tell every difference between a table and the fold, both ways."""
    key_of, there = picker([columns.index(column) for column in KEYS[table]]), set[Key]()
    for values in stored:
        key, row = key_of(values), dict(zip(columns, values, strict=True))
        there.add(key)
        should = fold.get(table, *key)
        if should is None:
            findings.add(_where(table, row), "no event accounts for this row")
        else:
            _compare_row(table, row, should, findings)
    key_in = picker(KEYS[table])
    for should in fold.all(table):
        if key_in(should) not in there:
            findings.add(_where(table, should), "the row is missing")


def _compare_row(table: str, row: Mapping[str, Any], should: Row, findings: Findings) -> None:
    for column in dict.fromkeys((*should, *row)):
        if row.get(column, _NOTHING) != should.get(column, _NOTHING):
            is_, was = shown(row.get(column, _NOTHING)), shown(should.get(column, _NOTHING))
            findings.add(f"{_where(table, row)}, column {column}", f"it is {is_}, the events say {was}")


class _Nothing:
    def __repr__(self) -> str:
        return "not there"


_NOTHING = _Nothing()


def _where(table: str, row: Mapping[str, Any]) -> str:
    return f"{table} " + ", ".join(f"{column} = {shown(row[column])}" for column in KEYS[table])
