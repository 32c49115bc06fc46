"""Opening what `load` planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.home import cache_folder
from jupyter_mlc.verbs.load import LoadReply

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk


def opened(desk: Desk, reply: Any) -> Any:
    """Open what `load` planned."""
    if not isinstance(reply, LoadReply):
        raise TypeError(type(reply))
    from jupyter_mlc.store.loading import load

    desk.session.fetch(reply.blobs)
    for warning in reply.warnings:
        desk.warn(warning)
    try:
        return load(
            reply.artifact, desk.session.artifacts, trusted=reply.trusted, folder=cache_folder(), warn=desk.warn
        )
    except MlcError as error:
        desk.note_refusal("load", reply.version, error)
        raise
