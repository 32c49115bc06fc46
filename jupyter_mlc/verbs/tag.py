"""`tag`: words under keys, on a model or a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput, NotFound, did_you_mean
from jupyter_mlc.domain.events import Tagged, VersionKey
from jupyter_mlc.domain.names import parse_reference, parse_version
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.shared import as_json, check_keys


@dataclass(frozen=True, kw_only=True)
class Tag(Writing):
    """Tag a model or a version."""

    ref: Annotated[str, Field(description="a model, or a version", positional=True, complete=Complete.VERSION)]
    tags: Annotated[
        Mapping[str, str],
        Field(
            description="e.g. team=ops",
            positional=True,
            parse=Parse.VALUES,
            metavar="KEY=VALUE",
            words="tag",
            complete=Complete.TAG,
        ),
    ] = field(default_factory=dict)
    remove: Annotated[
        tuple[str, ...], Field(description="a tag to take off", metavar="KEY", complete=Complete.TAG)
    ] = ()


@dataclass(frozen=True, kw_only=True)
class TagReply(Reply):
    """The tags as they are now."""

    ref: str
    tags: Mapping[str, str]
    changed: bool

    def shows(self) -> tuple[str, ...]:
        return paged(self.ref)


@verb(does=Does.WRITE, example="tag churn:3 team=ops")
def tag(ask: Tag, context: Context) -> TagReply:
    """Put tags on a model or a version, or take them off with `--remove`."""
    if not ask.tags and not ask.remove:
        raise BadInput("tag with what?", hint=f"%mlc tag {ask.ref} team=ops, or --remove team")
    check_keys(ask.tags, "tag")
    if ask.dry_run:
        return _tagged(ask, context, None)
    with context.write() as log:
        event = _planned(ask, context)
        if event is not None:
            log.append(event)
    return _tagged(ask, context, event)


def _where(ask: Tag, context: Context) -> tuple[str, VersionKey | None, dict[str, str]]:
    reference = parse_reference(ask.ref)
    if not reference.names_a_version:
        model = context.registry.model(reference.model)
        return model.name, None, dict(model.tags)
    version = context.registry.version(parse_version(ask.ref))
    return version.model, VersionKey(number=version.number, id=version.id), dict(version.tags)


def _planned(ask: Tag, context: Context) -> Tagged | None:
    model, key, now = _where(ask, context)
    for name in ask.remove:
        if name not in now:
            hint = did_you_mean(name, now) or (f"it has: {', '.join(now)}" if now else "it has no tags")
            raise NotFound(f"{ask.ref} has no tag {name!r}", hint=hint)
    wanted: dict[str, str | None] = {**ask.tags, **dict.fromkeys(ask.remove)}
    after = {name: value for name, value in wanted.items() if now.get(name) != value}
    if not after:
        return None
    before = {name: now.get(name) for name in after}
    return Tagged(model=model, version=key, before=as_json(before), after=as_json(after))


def _tagged(ask: Tag, context: Context, event: Tagged | None) -> TagReply:
    model, key, now = _where(ask, context)
    if ask.dry_run:
        _planned(ask, context)
        now = {name: value for name, value in {**now, **ask.tags}.items() if name not in ask.remove}
    ref = f"{model}:{key.number}" if key else model
    return TagReply(done=not ask.dry_run, ref=ref, tags=now, changed=event is not None)
