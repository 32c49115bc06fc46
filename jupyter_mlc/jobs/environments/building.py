"""Environments built by uv, each once: from what a lock asks for, with ourselves put in.

A build happens in a folder of its own that gets its final name when it is whole, so that a broken one leaves nothing
that anybody could take for an environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from jupyter_mlc.capture.wheels import Wheel, files_below, packed
from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.environments.requirements import OURSELVES, Requirements, laid_out
from jupyter_mlc.store import disk

Step = Callable[[int, int, str], None]
_PARTIAL = ".partial-"
_STEPS = 3
_MOST_LINES = 6
INSTALL_UV = "install it: %pip install uv"


def find_uv() -> str | None:
    """The path of uv: the package's own, else what stands on the search path; None where there is none."""
    with suppress(ImportError, FileNotFoundError):
        from uv import find_uv_bin

        return str(find_uv_bin())
    return shutil.which("uv")


def built(wanted: Requirements, kept: Mapping[str, bytes], folder: Path, step: Step) -> Path:
    """The interpreter of the environment; built where it was not yet.

    Parameters
    ----------
    wanted : Requirements
        What is installed, without obstacles.
    kept : mapping
        File names of wheels that were kept, with their bytes.
    folder : Path
        Of all environments.
    step : callable
        Takes how far it is.

    Raises
    ------
    Unavailable
        Where uv is not here, or cannot build it; says what uv said.
    """
    own = ourselves()
    place = folder / _key(wanted, kept, own)
    if not (place / "bin" / "python").exists():
        uv = find_uv()
        if uv is None:
            raise Unavailable("the environment of a lock is built by uv, which is not here", hint=INSTALL_UV)
        with disk.refusals(f"write to {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        _build(uv, wanted, {**kept, own.file: own.content}, place, step)
    return place / "bin" / "python"


def ourselves() -> Wheel:
    """This very jupyter_mlc as a wheel: a job must find it, whichever the lock tells of.

    Raises
    ------
    Unavailable
        Where it can be imported, but is not installed.
    """
    import jupyter_mlc

    try:
        told = metadata.distribution(OURSELVES)
    except metadata.PackageNotFoundError:
        raise Unavailable(
            "jupyter_mlc is imported from a folder and not installed, so it cannot be put into another environment",
            hint="install it: pip install -e FOLDER",
        ) from None
    return packed(told, dict(files_below(Path(jupyter_mlc.__file__).parent)))


def _key(wanted: Requirements, kept: Mapping[str, bytes], own: Wheel) -> str:
    """The name of the environment: what is in it, and of which Python it is."""
    digest = hashlib.sha256()
    for part in (sys.version, sys.base_prefix, *wanted.lines):
        digest.update(f"{part}\n".encode())
    for name, content in sorted({**kept, own.file: own.content}.items()):
        digest.update(name.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()[:32]


def _build(uv: str, wanted: Requirements, wheels: Mapping[str, bytes], place: Path, step: Step) -> None:
    partial = place.with_name(f"{_PARTIAL}{os.getpid()}-{place.name}")
    python = partial / "bin" / "python"
    count = len(wanted.lines) + len(wheels)
    try:
        step(0, _STEPS, f"making an environment of {count} packages")
        _uv(uv, ["venv", "--relocatable", "--python", sys.executable, str(partial)])
        asked = partial / "requirements.txt"
        with disk.refusals(f"write to {partial}"):
            asked.write_text("".join(f"{line}\n" for line in wanted.lines), encoding="utf-8")
            files = laid_out(partial / "wheels", wheels)
        step(1, _STEPS, f"installing {count} packages")
        _install(uv, python, ["--no-deps", "-r", str(asked), *map(str, files)])
        step(2, _STEPS, "installing what jobs need besides")
        _install(uv, python, ["-c", str(asked), *map(str, files), "ipykernel"])
        with suppress(OSError):  # another process was faster
            partial.rename(place)
        step(_STEPS, _STEPS, "the environment is there")
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _install(uv: str, python: Path, words: Sequence[str]) -> None:
    _uv(uv, ["pip", "install", "--python", str(python), *words])


def _uv(uv: str, words: Sequence[str]) -> None:
    """Run uv, without the environment in which this runs."""
    around = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    ended = subprocess.run(  # noqa: S603 (the uv that was found)
        [uv, *words, "--no-progress"], env=around, capture_output=True, text=True, errors="replace", check=False
    )
    if ended.returncode:
        said = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
        raise Unavailable(f"uv cannot build the environment: {' '.join(said[-_MOST_LINES:])}")


def _clear(folder: Path) -> None:
    """Remove what killed builds left."""
    for left in folder.glob(f"{_PARTIAL}*"):
        pid = left.name.removeprefix(_PARTIAL).partition("-")[0]
        if pid.isdecimal() and not _runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
