"""Bytes on demand: a version that is known by reference is fetched when it is to be opened."""

from __future__ import annotations

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.verbs.base import Writing
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.fetch import Fetch, FetchReply
from jupyter_mlc.verbs.opening import planned


def brought_here(version: ModelVersion, ask: Writing, context: Context) -> tuple[ModelVersion, tuple[str, ...]]:
    """The version with bytes to open, and a word about where they were fetched from, which is recorded.

    Raises
    ------
    NeedsConfirmation
        Where the address came with a copy, and the person was not asked yet.
    MlcError
        As `fetch` does, and where the version is not to be opened.
    """
    if version.format != ELSEWHERE:
        return version, ()
    planned(version, context)
    reply = context.call(Fetch(ref=version.ref, yes=ask.yes, confirm=ask.confirm))
    if not isinstance(reply, FetchReply):
        raise TypeError(type(reply))
    (one,) = reply.versions
    told = (f"the bytes of {one.ref} were fetched from {one.source}",) if one.is_new else ()
    return context.registry.versions_by_id([version.id])[0], told
