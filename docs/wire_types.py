"""The verbs as TypeScript: an interface a request and reply, and a map of them by the name of the verb."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Container, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from jupyter_mlc.domain.lifecycle import MOVES, PROMOTABLE, Stage
from jupyter_mlc.faces.called import Begun, Called
from jupyter_mlc.faces.server.registries import Known, Tick
from jupyter_mlc.faces.wire import PREFIX, route_of
from jupyter_mlc.jobs.spec import Exit
from jupyter_mlc.measure.tasks import Task
from jupyter_mlc.verbs.base import Ask, Verb

HEAD = """\
// Written by docs/generate.py from the verbs themselves; change them there, then type: make generate
"""
PLAIN: Mapping[Any, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    type(None): "null",
    object: "unknown",
    Any: "unknown",
}


def wire_types(verbs: Mapping[str, Verb]) -> str:
    """Return the TypeScript module with the types of everything that a server answers."""
    routed = [verb for _, verb in sorted(verbs.items()) if verb.has_route]
    found = list(dict.fromkeys(kind for kind in _met(_wanted(routed))))
    names = _named(found)
    parts = [_enum(kind, names[kind]) if issubclass(kind, StrEnum) else _interface(kind, names) for kind in found]
    return "\n".join([HEAD, *parts, _moves(), *_maps(routed, names)])


def _wanted(routed: Iterable[Verb]) -> Iterator[type]:
    """What a client sends and is answered or told, and words that travel as text, so that it knows all of them."""
    for verb in routed:
        yield from (verb.ask, verb.reply)
    yield from (Known, Tick, Begun, Called)
    yield from (Exit, Task)


def _met(kinds: Iterable[Any]) -> Iterator[type]:
    """Every dataclass and enumeration that is met on the way down, itself included."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            yield kind
        elif isinstance(kind, type) and dataclasses.is_dataclass(kind):
            yield kind
            yield from _met(get_type_hints(kind).values())
        else:
            yield from _met(get_args(kind))


def _named(kinds: Iterable[type]) -> dict[type, str]:
    """What each is called in TypeScript: of those with one name, a request says that it is one, others their module."""
    names = {}
    kinds = list(kinds)
    for kind in kinds:
        same = [other for other in kinds if other.__name__ == kind.__name__]
        things = [other for other in same if not issubclass(other, Ask)]
        if len(same) > 1 and issubclass(kind, Ask):
            names[kind] = f"{kind.__name__}Ask"
        elif len(things) > 1:
            names[kind] = _module(kind).removesuffix(kind.__name__) + kind.__name__
        else:
            names[kind] = kind.__name__
    return names


def _module(kind: type) -> str:
    return kind.__module__.rpartition(".")[2].title().replace("_", "")


def _enum(kind: type[StrEnum], name: str) -> str:
    words = ", ".join(f"'{each.value}'" for each in kind)
    listed = _constant(f"{name}s")
    named = f"export type {name} = (typeof {listed})[number];"
    return f"export const {listed} = [{words}] as const;\n{_told(kind)}{named}\n"


def _constant(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() and at else letter for at, letter in enumerate(name)).upper()


def _told(kind: type) -> str:
    words = (kind.__doc__ or "").strip().partition("\n")[0]
    return f"/** {words} */\n" if words else ""


def _interface(kind: type, names: Mapping[type, str]) -> str:
    fields = "".join(_field(kind, field, names) for field in dataclasses.fields(kind))
    return f"{_told(kind)}export interface {names[kind]} {{\n{fields}}}\n"


def _field(kind: type, field: dataclasses.Field[Any], names: Mapping[type, str]) -> str:
    """One line; what has a default may be left out of a request, and is always there in a reply."""
    has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    may_lack = "?" if has_default and issubclass(kind, Ask) else ""
    hint = get_type_hints(kind, include_extras=True)[field.name]
    described = getattr(hint, "__metadata__", ())
    words = f"  /** {described[0].description} */\n" if described else ""
    return f"{words}  {field.name}{may_lack}: {_type(get_type_hints(kind)[field.name], names)};\n"


def _type(hint: Any, names: Mapping[type, str]) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return " | ".join(dict.fromkeys(_type(each, names) for each in inner))
    if origin is tuple and inner[-1] is ...:
        return f"readonly {_grouped(_type(inner[0], names))}[]"
    if origin is tuple:
        return f"readonly [{', '.join(_type(each, names) for each in inner)}]"
    if origin is not None and issubclass(origin, Mapping):
        return f"Readonly<Record<string, {_type(inner[1], names)}>>"
    return names.get(hint, hint.__name__)


def _grouped(text: str) -> str:
    return f"({text})" if " " in text else text


def _moves() -> str:
    """The table of the lifecycle, so that nobody writes it down again."""
    rows = "".join(f"  {stage}: [{', '.join(_quoted(MOVES[stage]))}],\n" for stage in MOVES)
    promotable = ", ".join(_quoted(PROMOTABLE))
    return (
        "/** where a version may go from each stage */\n"
        f"export const MOVES: Readonly<Record<Stage, readonly Stage[]>> = {{\n{rows}}};\n\n"
        f"/** what a promotion may lead to */\nexport const PROMOTABLE: readonly Stage[] = [{promotable}];\n"
    )


def _quoted(stages: Container[Stage]) -> list[str]:
    """In the order of a version's life."""
    return [f"'{stage}'" for stage in Stage if stage in stages]


def _maps(routed: Iterable[Verb], names: Mapping[type, str]) -> list[str]:
    routed = list(routed)
    types_ = "".join(f"  '{verb.name}': [{names[verb.ask]}, {names[verb.reply]}];\n" for verb in routed)
    paths = "".join(f"  '{verb.name}': '{route_of(verb).removeprefix(PREFIX)}',\n" for verb in routed)
    return [
        "/** the request and the reply of every verb that a server answers */\n"
        f"export interface Verbs {{\n{types_}}}\n",
        f"/** where each verb is answered, under {PREFIX} */\n"
        f"export const ROUTES: Readonly<Record<keyof Verbs, string>> = {{\n{paths}}};\n",
    ]
