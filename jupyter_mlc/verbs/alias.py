"""`alias`: a movable, unique pointer in one model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.domain.events import AliasMoved, Pointer, VersionKey
from jupyter_mlc.domain.names import check_alias, folded, number_in, parse_reference, parse_version
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged


@dataclass(frozen=True, kw_only=True)
class Alias(Writing):
    """Point an alias at a version."""

    ref: Annotated[
        str, Field(description="the version; with --remove the model", positional=True, complete=Complete.VERSION)
    ]
    alias: Annotated[str, Field(description="the alias, e.g. challenger", positional=True, complete=Complete.ALIAS)]
    remove: Annotated[bool, Field(description="take the alias away")] = False


@dataclass(frozen=True, kw_only=True)
class AliasReply(Reply):
    """Where the alias points now."""

    model: str
    alias: str
    version: str | None
    before: str | None

    def shows(self) -> tuple[str, ...]:
        return paged(self.version or self.model)


@verb(does=Does.WRITE, example="alias churn:3 challenger")
def alias(ask: Alias, context: Context) -> AliasReply:
    """Point an alias at a version, wherever it pointed before; or take it away with `--remove`.

    `champion`, `previous` and `latest` are kept by the registry.
    """
    _refuse_version(ask)
    check_alias(ask.alias)
    number = number_in(ask.alias)
    if number is not None and not ask.remove:  # where there are such, they can be taken away
        raise BadInput(
            f"{ask.alias!r} cannot be an alias: it would read like a version's number",
            hint=f"version {number} is {parse_reference(ask.ref).model}:{number}; for an alias write a word",
        )
    if ask.dry_run:
        return _reply(_planned(ask, context), done=False)
    with context.write() as log:
        event = _planned(ask, context)
        if event.pointer.before != event.pointer.after:
            log.append(event)
    return _reply(event, done=True)


def _refuse_version(ask: Alias) -> None:
    """Refuse a version in the place of the alias, as in ``alias best churn:3``, with the line to type."""
    if not re.search("[:@]", ask.alias):
        return
    ref, alias = _meant(ask)
    if ":" in alias or (number_in(alias) and not ask.remove):
        alias = "NAME"
    line = f"{ref} {check_alias(alias)}{' --remove' if ask.remove else ''}"
    raise BadInput(f"{ask.alias!r} cannot be an alias", hint=f"write %mlc alias {line}")


def _meant(ask: Alias) -> tuple[str, str]:
    """The version and the alias that were meant by one of the other spellings."""
    if ask.remove or ask.alias.startswith("@"):  # churn:3 @best
        return ask.ref, ask.alias.rpartition("@")[2]
    alias, _, version = ask.alias.partition("@")
    if ":" in version:  # churn best@churn:3
        return version, alias
    if ":" in ask.ref:  # churn:3 churn:4
        return ask.ref, "NAME"
    return ask.alias, ask.ref.rpartition("@")[2]  # best churn:3, churn@best churn:3


def _planned(ask: Alias, context: Context) -> AliasMoved:
    registry = context.registry
    if ask.remove:
        return _removed(ask, context)
    row = registry.version_row(parse_version(ask.ref))
    name, after = row["model_name"], VersionKey(number=row["number"], id=row["id"])
    for alias in registry.aliases_of_model(name):
        if alias != ask.alias and folded(alias) == folded(ask.alias):
            raise BadInput(
                f"{name} has the alias {alias!r}, and nobody could tell {ask.alias!r} from it",
                hint=f"move that one: %mlc alias {name}:{after.number} {alias}",
            )
    return AliasMoved(
        model=name, alias=ask.alias, pointer=Pointer(before=registry.alias_key(name, ask.alias), after=after)
    )


def _removed(ask: Alias, context: Context) -> AliasMoved:
    registry, named = context.registry, parse_reference(ask.ref)
    name = registry.model(named.model).name
    before = registry.alias_key(name, ask.alias)
    if before is None:
        raise NotFound(f"{name} has no alias {ask.alias!r}", hint=f"see %mlc show {name}")
    if named.names_a_version and registry.version_row(named)["id"] != before.id:
        raise Conflict(
            f"{name}@{ask.alias} points to {name}:{before.number}, not to {ask.ref}",
            hint=f"to take it from there: %mlc alias {name} {ask.alias} --remove",
        )
    return AliasMoved(model=name, alias=ask.alias, pointer=Pointer(before=before, after=None))


def _reply(event: AliasMoved, *, done: bool) -> AliasReply:
    before, after = event.pointer.before, event.pointer.after
    return AliasReply(
        done=done,
        model=event.model,
        alias=event.alias,
        version=f"{event.model}:{after.number}" if after else None,
        before=f"{event.model}:{before.number}" if before else None,
    )
