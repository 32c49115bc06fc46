"""Opening what `load` planned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import FILE
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.store.home import cache_folder
from jupyter_mlc.verbs.fetch import Fetch, FetchReply
from jupyter_mlc.verbs.load import LoadReply

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk


def opened(desk: Desk, reply: Any) -> Any:
    """Open what `load` planned; a file is its bytes."""
    if not isinstance(reply, LoadReply):
        raise TypeError(type(reply))
    from jupyter_mlc.store.loading import load

    desk.session.fetch(reply.blobs)
    for warning in reply.warnings:
        desk.warn(warning)
    if reply.format == FILE:
        return desk.session.artifacts.read(reply.artifact)
    if reply.format == ELSEWHERE:
        reply = _fetched(desk, reply)
    try:
        return load(
            reply.artifact, desk.session.artifacts, trusted=reply.trusted, folder=cache_folder(), warn=desk.warn
        )
    except MlcError as error:
        desk.note_refusal("load", reply.version, error)
        raise


def _fetched(desk: Desk, reply: LoadReply) -> LoadReply:
    """Bring the bytes here that lie elsewhere, which is recorded; then there is something to open."""
    found = desk.call(Fetch(ref=reply.version))
    if not isinstance(found, FetchReply):
        raise TypeError(type(found))
    (one,) = found.versions
    desk.warn(f"the bytes of {one.ref} were fetched from {one.source}")
    return replace(reply, artifact=one.artifact.digest, format=one.artifact.format, blobs=one.artifact.blobs)
