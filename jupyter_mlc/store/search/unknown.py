"""What a query names and nobody has: a misspelt key or name finds nothing, and that is told where nothing was found.

Whether somebody has it is one look into an index; what is spelled like it is looked for only where nobody has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import did_you_mean
from jupyter_mlc.domain.names import RESERVED_ALIASES
from jupyter_mlc.store.queries.base import NEAR_NAMES
from jupyter_mlc.store.search.conditions import KEYED
from jupyter_mlc.store.search.query import Condition, Field, Node, parse_order, parse_query

if TYPE_CHECKING:
    from jupyter_mlc.store.registry import Registry

_PLAIN_KEY = re.compile(r"[\w-]+(\.[\w-]+)*")
_COMPUTED = "eval."


def unknown(registry: Registry, text: str, order: str = "") -> tuple[str, ...]:
    """What a query or an order names and nobody has: a sentence each, with what is spelled like it.

    Parameters
    ----------
    registry : Registry
        Where nothing was found.
    text, order : str
        As `search` took them.
    """
    tree = parse_query(text)
    wanted = [one for one in _conditions(tree) if one.operator != "null"] if tree else []
    fields = [*(one.field for one in wanted), *(term.field for term in parse_order(order))]
    sentences = [
        *(_about_key(registry, field) for field in fields),
        *_about_names(registry, wanted),
        *_of_stars(wanted),
    ]
    return tuple(dict.fromkeys(filter(None, sentences)))


def _conditions(node: Node) -> Iterator[Condition]:
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.parts:
            yield from _conditions(part)


# Keys of metrics, parameters and tags


def _about_key(registry: Registry, field: Field) -> str:
    """Nothing where the field has no keys, or some version has this one."""
    if field.name not in KEYED or _has(registry, field.name, field.key):
        return ""
    return _sentence(f"no version has {spelled(field.name, field.key)}", _near_key(registry, field))


def _has(registry: Registry, name: str, key: str) -> bool:
    sql = f"SELECT 1 FROM {KEYED[name]} WHERE key = :key LIMIT 1"  # noqa: S608 (our own table names)
    return registry.database.one(sql, {"key": key}) is not None


def _near_key(registry: Registry, field: Field) -> str:
    """A key that is spelled alike, else the same key of another kind, else computed under the same name."""
    keys = keys_of(registry, field.name)
    near = did_you_mean(field.key, keys, write=lambda key: spelled(field.name, key))
    if near:
        return near
    others = [one for one in keys_called(registry, field.key) if one != spelled(field.name, field.key)]
    others += [spelled(field.name, key) for key in keys if key.endswith(f".{field.key}")]
    return f"did you mean {' or '.join(others[:3])}?" if others else ""


def keys_called(registry: Registry, key: str) -> list[str]:
    """The metric, the parameter and the tag that have this key, as a query writes them."""
    return [spelled(name, key) for name in KEYED if _has(registry, name, key)]


def keys_of(registry: Registry, name: str) -> list[str]:
    """Every key that is in use: from each the index leads to the next, however many versions have it."""
    table = KEYED[name]
    after = f"SELECT min(k.key) FROM {table} k WHERE k.key > known.key"  # noqa: S608 (our own table names)
    sql = (
        f"WITH RECURSIVE known(key) AS (SELECT min(key) FROM {table} UNION ALL SELECT ({after}) FROM known "  # noqa: S608
        "WHERE known.key IS NOT NULL) SELECT key FROM known WHERE key IS NOT NULL LIMIT :limit"
    )
    return [row["key"] for row in registry.database.query(sql, {"limit": NEAR_NAMES})]


def spelled(name: str, key: str) -> str:
    """A key as a query writes it."""
    if name == "metrics" and key.startswith(_COMPUTED):
        return key
    return f"{name}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{name}.`{key.replace('`', '``')}`"


# Names of models, aliases, datasets and people


def _about_names(registry: Registry, wanted: list[Condition]) -> Iterator[str]:
    asked: dict[str, Callable[[Registry, str], str]] = {
        "name": _about_model,
        "alias": _about_alias,
        "dataset": _about_dataset,
        "owner": _about_person,
        "author": _about_person,
    }
    for one in wanted:
        about = asked.get(one.field.name)
        if about is not None and one.operator in {"=", "in"}:
            yield from (about(registry, str(value.value)) for value in one.values)


def _of_stars(wanted: list[Condition]) -> Iterator[str]:
    """A word about ``like 'churn*'``."""
    for one in wanted:
        pattern = str(one.values[0].value) if one.operator == "like" else ""
        if "*" in pattern and "%" not in pattern:
            yield f"in like, % stands for any letters: '{pattern.replace('*', '%')}'"


def _about_model(registry: Registry, name: str) -> str:
    if registry.model_row(name) is not None:
        return ""
    return _sentence(f"there is no model {name!r}", did_you_mean(name, registry.model_names(NEAR_NAMES)))


def _about_alias(registry: Registry, alias: str) -> str:
    """Those that the registry keeps mean something before any version has them."""
    held = registry.database.one("SELECT 1 FROM alias WHERE alias = :alias LIMIT 1", {"alias": alias})
    if held is not None or alias in RESERVED_ALIASES:
        return ""
    known = {*registry.alias_names(NEAR_NAMES), *RESERVED_ALIASES}
    return _sentence(f"no version has the alias {alias!r}", did_you_mean(alias, sorted(known)))


def _about_dataset(registry: Registry, name: str) -> str:
    if registry.dataset_row(name) is not None:
        return ""
    return _sentence(f"there is no dataset {name!r}", did_you_mean(name, registry.dataset_names(NEAR_NAMES)))


def _about_person(registry: Registry, name: str) -> str:
    if registry.people_called(name):
        return ""
    full = registry.people_names(NEAR_NAMES)
    known = dict.fromkeys(way for one in full for way in (one.partition("@")[0], one))
    return _sentence(f"nobody is called {name!r}", did_you_mean(name, known))


def _sentence(what: str, near: str) -> str:
    return f"{what}; {near}" if near else what
