"""Finding versions by a query: a plan of one or two statements, each walking along an index that is in order already.

Ordered by a metric, a search walks along that metric's index, with the stage in it, and whatever lacks the metric
follows. Else it walks along versions, newest first, or along the tags, parameters or metrics that one value picks out.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeGuard

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import LATEST
from jupyter_mlc.store.search.conditions import KEYED, Compiler, Subject
from jupyter_mlc.store.search.ordering import ordered_by
from jupyter_mlc.store.search.query import (
    Condition,
    Node,
    Ordering,
    Text,
    UnknownField,
    Within,
    conjuncts,
    parse_order,
    parse_query,
)

if TYPE_CHECKING:
    from jupyter_mlc.store.registry import Registry


EVERYWHERE = Within()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement that gives ids of versions, and what is bound in it; ``:limit`` is bound later."""

    sql: str
    bound: Mapping[str, Any]


def search(
    registry: Registry, text: str, *, order: str = "", limit: int = 100, within: Within = EVERYWHERE
) -> list[int]:
    """Find versions.

    Parameters
    ----------
    registry : Registry
        Where to look.
    text : str
        The query, e.g. ``metrics.auc > 0.7 and stage = 'staging'``; empty for every version.
    order : str
        E.g. ``metrics.auc desc, created``; newest first where it is empty.
    limit : int
        How many at most.
    within : Within
        Among which versions; all of them unless said.

    Returns
    -------
    list of int
        The ids of the versions, in order.

    Raises
    ------
    BadInput
        Where query or order cannot be read; the message shows the place.
    """
    if limit < 1:
        raise BadInput(f"{limit} is no number of versions to find", hint="--limit 100")
    found: list[int] = []
    try:
        statements = plan(text, order, within)
    except UnknownField as error:
        raise _as_key(registry, error) from None
    with registry.database.reading() if len(statements) > 1 else nullcontext():
        for statement in statements:
            bound = {**statement.bound, "limit": limit - len(found)}
            found += [id_ for (id_,) in registry.database.bare(statement.sql, bound)]
            if len(found) >= limit:
                break
    return found


def _as_key(registry: Registry, error: UnknownField) -> BadInput:
    """The refusal with the metric, parameter or tag that is called so, where there is one."""
    from jupyter_mlc.store.search.unknown import keys_called

    known = keys_called(registry, error.spelled)
    return BadInput(error.message, hint=f"did you mean {' or '.join(known)}?") if known else error


@lru_cache(maxsize=256)
def plan(text: str, order: str, within: Within = EVERYWHERE) -> tuple[Statement, ...]:
    """The statements that answer a query, to be run one after the other until enough is found."""
    parts = [*within.conditions(), *conjuncts(parse_query(text))]
    terms, source = parse_order(order), Text(text=text)
    if terms and terms[0].field.name == "metrics":
        return _along_metric(parts, terms, source)
    along = None if terms else _picking(parts)
    return (_along_key(along, parts, source) if along else _along_versions(parts, terms, source),)


def _along_metric(parts: list[Node], terms: tuple[Ordering, ...], source: Text) -> tuple[Statement, ...]:
    """Walk along the metric that orders; then come the versions that have no number there."""
    first, *rest = terms
    compiler = Compiler(source=source, subject=Subject(id="m.version", stage="m.stage", own=False))
    where = [f"m.key = {compiler.bind(first.field.key)}", "m.value IS NOT NULL"]
    where += [
        compiler.keyed_value(part, "m") if _asks_for(part, first.field.key) else compiler.node(part) for part in parts
    ]
    way = "DESC" if first.descending else "ASC"
    later, tables = _later(rest, compiler), "metric m"
    if later:  # the columns of the version are wanted; CROSS keeps SQLite from walking along those
        tables += " CROSS JOIN version v"
        where.append("v.id = m.version")
    sql = f"SELECT m.version AS id FROM {tables} WHERE {' AND '.join(where)} "  # noqa: S608 (all values are bound)
    sql += f"ORDER BY {', '.join([f'm.value {way}', *later, f'm.version {way}'])} LIMIT :limit"
    with_number = Statement(sql=sql, bound=compiler.bound)
    if any(_asks_for(part, first.field.key) for part in parts):
        return (with_number,)
    return with_number, _without_number(parts, terms, source)


def _asks_for(part: Node, key: str) -> TypeGuard[Condition]:
    """Whether only a version with a number under `key` can fulfil the condition."""
    return (
        isinstance(part, Condition)
        and (part.field.name, part.field.key) == ("metrics", key)
        and part.operator not in {"null", "<>"}
        and all(value.spelled.lower().lstrip("+-") != "nan" for value in part.values)
    )


def _without_number(parts: list[Node], terms: tuple[Ordering, ...], source: Text) -> Statement:
    compiler = Compiler(source=source)
    having = f"k.version = v.id AND k.key = {compiler.bind(terms[0].field.key)} AND k.value IS NOT NULL"
    lacking = f"NOT EXISTS (SELECT 1 FROM metric k WHERE {having})"  # noqa: S608 (values are bound)
    return _versions([*(compiler.node(part) for part in parts), lacking], _later(terms[1:], compiler), parts, compiler)


def _later(terms: list[Ordering] | tuple[Ordering, ...], compiler: Compiler) -> list[str]:
    return [sql for term in terms for sql in ordered_by(term.field, compiler, descending=term.descending)]


def _along_versions(parts: list[Node], terms: tuple[Ordering, ...], source: Text) -> Statement:
    compiler = Compiler(source=source)
    return _versions([compiler.node(part) for part in parts], _later(terms, compiler), parts, compiler)


def _versions(where: list[str], order: list[str], parts: list[Node], compiler: Compiler) -> Statement:
    """Newest first; inside one model that is by number, as its index has it."""
    newest = "v.number DESC" if any(_picks(part, "name") for part in parts) else "v.id DESC"
    sql = f"SELECT v.id AS id FROM version v WHERE {' AND '.join(where or ['1 = 1'])} "  # noqa: S608 (all values are bound)
    return Statement(sql=sql + f"ORDER BY {', '.join([*order, newest])} LIMIT :limit", bound=compiler.bound)


def _picking(parts: list[Node]) -> Condition | None:
    """The condition on a tag, parameter, metric or alias that picks versions out best, where model and stage do not."""
    if any(_picks(part, "name") or (_picks(part, "stage") and not _is_common(part)) for part in parts):
        return None
    for name in ("alias", "tags", "params", "metrics"):
        for part in parts:
            if _picks(part, name) and _is_plain(part, words=name == "alias"):
                return part
    return None


def _picks(part: Node, name: str) -> TypeGuard[Condition]:
    return isinstance(part, Condition) and part.field.name == name and part.operator == "="


def _is_common(part: Condition) -> bool:
    """Nearly every version is a candidate; knowing that one is helps nobody to find it."""
    return str(part.values[0].value).lower() == "candidate"


def _is_plain(part: Condition, *, words: bool) -> bool:
    """Whether an index holds the value: nan and inf are kept in another column, and the newest version nowhere."""
    value = part.values[0]
    if words and value.kind != "word":
        return False
    return value.spelled.lower().lstrip("+-") not in {"nan", "inf", LATEST}


def _along_key(along: Condition, parts: list[Node], source: Text) -> Statement:
    """Walk along the versions that have one value under one key, or one alias; the index has them in order."""
    stage = "(SELECT v.stage FROM version v WHERE v.id = k.version)"
    compiler = Compiler(source=source, subject=Subject(id="k.version", stage=stage, own=False))
    where = [compiler.node(part) for part in parts if part is not along]
    if along.field.name == "alias":
        table, picked = "alias", [f"k.alias = {compiler.bind(along.values[0].value)}"]
    else:
        table = KEYED[along.field.name]
        picked = [f"k.key = {compiler.bind(along.field.key)}", compiler.keyed_value(along, "k")]
    sql = f"SELECT k.version AS id FROM {table} k WHERE {' AND '.join([*picked, *where])} "  # noqa: S608 (all values are bound)
    return Statement(sql=sql + "ORDER BY k.version DESC LIMIT :limit", bound=compiler.bound)
