"""Which release made the tables, as they themselves tell."""

from __future__ import annotations

import re

from jupyter_mlc.store.database import Database, schema_text, statements
from jupyter_mlc.store.rows import SINCE

MAJOR = 1
MIGRATIONS: tuple[str, ...] = ("0001.sql", "0002.sql", "0003.sql")
"""The scripts of this major release, oldest first; the minor version of a schema is how many have run."""


def minor_by_tables(database: Database) -> int:
    """The minor version whose tables are there; a shared database may wait for its upgrade."""
    late = {SINCE[table] for table in SINCE if not columns_of(database, table)}
    return min(late, default=len(MIGRATIONS) + 1) - 1


def likely_minor(database: Database) -> int:
    """The minor version that the head names, where it can be true: a table that it lacks is told by its own name."""
    there, row = minor_by_tables(database), database.one("SELECT minor FROM head WHERE one = 1")
    said = row["minor"] if row else None
    return said if isinstance(said, int) and there <= said <= len(MIGRATIONS) else there


def make_table(database: Database, table: str) -> None:
    """Make a table that is missing, with its indexes."""
    if columns_of(database, table):
        return
    about = re.compile(rf"(CREATE|ALTER) TABLE {table} |CREATE (UNIQUE )?INDEX \w+ ON {table} ")
    for script in MIGRATIONS:
        for statement in statements(schema_text(script)):
            if about.match(statement):
                database.script(statement)


def columns_of(database: Database, table: str) -> list[str]:
    """The columns that the table has, whatever they should be; none where there is no such table."""
    sql = {
        "sqlite": "SELECT name FROM pragma_table_info(:name) ORDER BY cid",
        "postgres": (
            "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(:name) "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        ),
    }[database.dialect]
    return [row["name"] for row in database.query(sql, {"name": table})]
