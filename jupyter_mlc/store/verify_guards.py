"""The triggers: those that keep the log from being changed must be there as they were made, and no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlc.store.database import schema_text, statements
from jupyter_mlc.store.rows import KEYS

if TYPE_CHECKING:
    from jupyter_mlc.store.database import Database
    from jupyter_mlc.store.verify_findings import Findings

_TABLES = " ".join(("", *KEYS, "event", "head", "words", "checkpoint", "activity", ""))
_PRESENT = {
    "sqlite": "SELECT name, sql, '' AS body FROM sqlite_master WHERE type = 'trigger'",
    "postgres": (
        "SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS sql, p.prosrc AS body FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND strpos(:tables, ' ' || c.relname || ' ') > 0 "
        "AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('event'))"
    ),
}
OF_OTHERS = "it is none of this registry's, and acts whenever something is written"
"""what is found of a trigger that somebody added"""
_NAME = re.compile(r"CREATE TRIGGER (\w+)")
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\).*?\$\$(.*?)\$\$", re.DOTALL)
_CALLED = re.compile(r"EXECUTE FUNCTION (\w+)")
_WORD = re.compile(r"""'[^']*'|"?\w+"?\.(?=event|mlc_)|\w+|[^\w\s;]""")
_Said: TypeAlias = tuple[list[str], list[str]]


def compare_guards(database: Database, findings: Findings) -> None:
    """Without its triggers the log could be rewritten by accident, and others may do what nobody asked for."""
    present, guards = _present(database), _guards(database.dialect)
    for name, words in guards.items():
        if name not in present:
            findings.add(f"trigger {name}", "it is missing; it keeps the log from being changed")
        elif present[name] != words:
            findings.add(f"trigger {name}", "it does something else than to keep the log from being changed")
    for name in present.keys() - guards.keys():
        findings.add(f"trigger {name}", OF_OTHERS)


def restore_guards(database: Database) -> None:
    """Make those anew that are missing or do something else; what others added is theirs, and stays."""
    present, guards = _present(database), _guards(database.dialect)
    if all(present.get(name) == words for name, words in guards.items()):
        return
    for statement in statements(schema_text(f"{database.dialect}.sql")):
        if named := _NAME.match(statement):
            on_table = " ON event" if database.dialect == "postgres" else ""
            database.script(f"DROP TRIGGER IF EXISTS {named[1]}{on_table};")
        database.script(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def _present(database: Database) -> Mapping[str, _Said]:
    """The triggers that are there."""
    dialect = database.dialect
    rows = database.query(_PRESENT[dialect], {"tables": _TABLES} if dialect == "postgres" else {})
    return {row["name"]: _said(dialect, row["sql"], row["body"]) for row in rows}


def _guards(dialect: str) -> Mapping[str, _Said]:
    """The triggers as they are made, with what they call."""
    script = schema_text(f"{dialect}.sql")
    bodies = dict(_FUNCTION.findall(script))
    found = {}
    for statement in statements(script):
        if named := _NAME.match(statement):
            called = _CALLED.search(statement)
            found[named[1]] = _said(dialect, statement, bodies[called[1]] if called else "")
    return found


def _said(dialect: str, sql: str, body: str) -> _Said:
    """What a trigger says, and what it calls; PostgreSQL spells the first anew, in an order of its own."""
    words = _words(sql)
    return (words if dialect == "sqlite" else sorted(words)), _words(body)


def _words(sql: str) -> list[str]:
    return [word for word in _WORD.findall(sql) if not word.endswith(".")]
