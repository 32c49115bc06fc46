"""Notebooks and folders in a request, named as the file browser does: by their way down from the server's folder.

No route takes any other path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces.live.notebooks import NOTEBOOK, stored
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.job_add import JobAdd
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.schedule_add import ScheduleAdd
from jupyter_mlc.verbs.session import LocalSession


def placed(root: Path) -> Callable[[Ask, LocalSession], Ask]:
    """What gives a request with what it names below a folder as it is found on this machine."""

    def in_place(ask: Ask, session: LocalSession) -> Ask:
        place = _PLACES.get(type(ask))
        return replace(ask, **place(ask, root, session)) if place is not None else ask

    return in_place


def _retrained(ask: Any, root: Path, session: LocalSession) -> dict[str, Any]:
    for option in ("parameters", "out"):
        if getattr(ask, option):
            raise BadInput(
                f"{option} is a path, and a server takes none", hint="leave it out, or type it in a notebook"
            )
    return _in_folder(ask, root) | _notebook(ask, ask.ref, root, session)


def _in_folder(ask: Any, root: Path, *_: object) -> dict[str, Any]:
    return {"folder": str(_below(root, ask.folder))}


def _added(ask: Any, root: Path, session: LocalSession) -> dict[str, Any]:
    return _notebook(ask, ask.path, root, session)


def _notebook(ask: Any, named: str, root: Path, session: LocalSession) -> dict[str, Any]:
    """The notebook that is named, read and stored as a notebook's own line would have it."""
    if ask.notebook:
        return {"source": str(_below(root, ask.source or named))}
    return stored(session, named, _below(root, named)) if named.endswith(NOTEBOOK) else {}


def _below(root: Path, path: str) -> Path:
    """A path below the server's folder.

    Raises
    ------
    BadInput
        Where it leads elsewhere.
    """
    top = root.resolve()
    found = (top / path.lstrip("/")).resolve()
    if not found.is_relative_to(top):
        raise BadInput(f"{path} is not below the server's folder", hint="name it as the file browser does")
    return found


_PLACES: Mapping[type[Ask], Callable[[Any, Path, LocalSession], dict[str, Any]]] = {
    Retrain: _retrained,
    JobAdd: _added,
    ScheduleAdd: _in_folder,
}
