"""Orders become SQL; versions that lack what they are ordered by come last, whichever way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.store.search.conditions import COLUMNS, KEYED, PERSON

if TYPE_CHECKING:
    from jupyter_mlc.store.search.conditions import Compiler
    from jupyter_mlc.store.search.query import Field


def ordered_by(what: Field, compiler: Compiler, *, descending: bool) -> list[str]:
    """The terms that order by a field; versions that lack it come last, whichever way."""
    way = "DESC" if descending else "ASC"
    if what.name in COLUMNS:
        return [f"v.{COLUMNS[what.name]} {way}"]
    if what.name in KEYED:
        this = f"k.version = v.id AND k.key = {compiler.bind(what.key)}"
        kept = f"(SELECT k.{{}} FROM {KEYED[what.name]} k WHERE {this})"  # noqa: S608 (values are bound)
        columns = ("number", "value") if what.name == "params" else ("value",)
        return [term for c in columns for term in (f"{kept.format(c)} IS NULL", f"{kept.format(c)} {way}")]
    held = {
        "alias": "SELECT min(a.alias) FROM alias a WHERE a.version = v.id",
        "dataset": "SELECT min(d.folded) FROM version_dataset u JOIN dataset d ON d.id = u.dataset "
        "WHERE u.version = v.id",
    } | {name: sql.format(author="v.author", model="v.model") for name, sql in PERSON.items()}
    return [f"({held[what.name]}) IS NULL", f"({held[what.name]}) {way}"]
