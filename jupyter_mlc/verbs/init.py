"""`init`: a registry of the project's own."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.places import FOLDER, default_url, place_of
from jupyter_mlc.store.registry import exists, open_registry
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Reply, Where, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class Init(Ask):
    """Make a registry."""

    path: Annotated[
        str,
        Field(
            description="the project's folder; the working folder unless named", positional=True, complete=Complete.PATH
        ),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class UseReply(Reply):
    """The registry that is used from now on."""

    registry: str
    uuid: str
    models: int
    you: str
    made: bool


@verb(does=Does.WRITE, where=Where.CLIENT, example="init")
def init(ask: Init, context: Context) -> UseReply:
    """Make a registry in the project's folder, as `.mlc`, and use it.

    It is used by every notebook in that folder and below; Git ignores it.
    """
    if "://" in ask.path:
        raise BadInput("init makes a registry in a folder", hint=f"for a database: %mlc use {ask.path}")
    place_of(ask.path or ".")  # refuses what is no folder
    folder = as_typed(ask.path or ".").absolute()
    if folder.name != FOLDER:
        folder /= FOLDER
    reply = used(str(folder), context)
    return replace(reply, warnings=_elsewhere(folder.parent, reply.registry))


def _elsewhere(project: Path, registry: str) -> tuple[str, ...]:
    """Whoever begins in that folder may be sent to another registry all the same."""
    by = "MLC_REGISTRY" if os.environ.get("MLC_REGISTRY") else f"{project / 'pyproject.toml'}"
    try:
        named = place_of(default_url(project))
    except MlcError as error:
        return (f"{by} will be looked at first: {error.message}",)
    if named.url == registry:
        return ()
    return (f"whatever begins here now goes to {named.shown}, which {by} names; unset that to use this one",)


def used(url: str, context: Context) -> UseReply:
    """Open the registry at `url`, made where there is none, and say what is in it."""
    place = place_of(url)
    made, identity = not exists(place), context.identity  # without a key nothing is made
    registry = open_registry(place, lambda: identity, context.clock)
    with registry.database.closing():
        return UseReply(
            registry=place.url,
            uuid=registry.uuid,
            models=registry.count("model"),
            you=registry.called_here(identity),
            made=made,
            next="%mlc register NAME OBJECT" if made else "%mlc list",
        )
