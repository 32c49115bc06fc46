"""What is looked at before anything is executed."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlc.capture.notebook.document import Notebooks
from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.jobs.spec import Work

_NOTHING = "nothing was executed"


def refuse_what_cannot_run(work: Work) -> None:
    """Refuse work whose notebook, folders or secrets are not there.

    Raises
    ------
    Unavailable
        If a file or folder cannot be read or written.
    BadInput
        If the notebook is none, or a secret is not set.
    """
    Notebooks().read(work.notebook)
    if not work.folder.is_dir():
        raise Unavailable(
            f"the working folder {work.folder} is not there", hint=f"{_NOTHING}; make it, or name another"
        )
    for path, what in ((work.output, "executed notebook"), (work.status, "status")):
        _refuse_unwritable(path, what)
    missing = [(name, variable) for name, variable in work.secrets.items() if variable not in os.environ]
    for name, variable in missing:
        raise BadInput(
            f"the secret {name} is to come from the environment variable {variable}, which is not set",
            hint=f"{_NOTHING}; set {variable} and repeat the command",
        )


def _refuse_unwritable(path: Path, what: str) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise Unavailable(
            f"the folder of the {what}, {folder}, is not there", hint=f"{_NOTHING}; make it: mkdir -p {folder}"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unavailable(
            f"the {what} cannot be written: {folder} is read-only",
            hint=f"{_NOTHING}; make it writable, or name another",
        )
    if path.is_dir():
        raise Unavailable(f"the {what} cannot be written: {path} is a folder", hint=f"{_NOTHING}; name a file")
