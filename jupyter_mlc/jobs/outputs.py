"""Where copies of executed notebooks go."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlc.domain.errors import BadInput, NotFound, Unavailable
from jupyter_mlc.store.home import as_typed

_NOTEBOOK = ".ipynb"


def out_path(out: str, output: Path, number: int) -> Path:
    """Where the copy of a job's notebook goes: into the file of that name, or a file in that folder."""
    path = Path(out)
    return path if path.suffix == _NOTEBOOK else path / f"{output.stem}-{number}{_NOTEBOOK}"


def check_out(out: str, folder: Path, jobs: int) -> str:
    """What somebody typed, as a path that means the same everywhere.

    Raises
    ------
    MlcError
        Where nothing can be put there.
    """
    if not out:
        return ""
    if "://" in out:
        raise BadInput(f"--out {out} is no folder of this machine", hint="name a folder, and copy from there")
    path = (folder / as_typed(out)).absolute()
    is_file = path.suffix == _NOTEBOOK
    if is_file and jobs > 1:
        raise BadInput(f"--out {out} is one file, and there are {jobs} jobs", hint=f"name a folder: --out {path.stem}")
    target = path.parent if is_file else path
    if not target.is_dir():
        raise NotFound(f"there is no folder {target}", hint=f"make it: mkdir -p {target}")
    _refuse_unwritable(target)
    return str(path)


def _refuse_unwritable(folder: Path) -> None:
    probe = folder / f".mlc-probe-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unavailable(
            f"nothing can be written to {folder}: {error.strerror}", hint="name another folder, or make it writable"
        ) from None
