"""Which registry a kernel uses: it says so in a file beside its connection file, and its server looks there.

A client of the server names a registry by its UUID, never by a path.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

PREFIX, SUFFIX = "mlc-", ".json"
_KERNEL = "kernel-"


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What a kernel said."""

    kernel: str
    """its id"""
    uuid: str
    url: str


def announce(connection_file: str, uuid: str, url: str) -> None:
    """Say which registry the kernel with this connection file uses; where that cannot be written, nobody is held up."""
    path = Path(connection_file)
    kernel = path.stem.removeprefix(_KERNEL)
    target = path.with_name(f"{PREFIX}{kernel}{SUFFIX}")
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"uuid": uuid, "url": url}, file)
        part.replace(target)


def announced(folder: Path, kernel: str) -> Announced | None:
    """What a kernel said in a folder of connection files; None where it said nothing that can be read."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((folder / f"{PREFIX}{kernel}{SUFFIX}").read_text(encoding="utf-8"))
        return Announced(kernel=kernel, uuid=str(told["uuid"]), url=str(told["url"]))
    return None


def forget(folder: Path) -> None:
    """Remove what kernels said that are gone, and their connection files with them."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        kernel = path.name.removeprefix(PREFIX).removesuffix(SUFFIX)
        if not path.with_name(f"{_KERNEL}{kernel}.json").exists():
            path.unlink(missing_ok=True)
