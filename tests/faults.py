"""Faults of a machine, caused for real as far as it permits."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def as_root() -> bool:
    return os.geteuid() == 0 and sys.platform == "linux"


@contextmanager
def mounted(*words: str, at: Path) -> Iterator[Path]:
    subprocess.run(["mount", *words, str(at)], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@contextmanager
def full_disk(folder: Path) -> Iterator[str]:
    """A folder that can take no more than a mebibyte, in the way that this machine permits; the reason it gives."""
    folder.mkdir()
    if as_root():
        with mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs", at=folder):
            yield "the disk is full"
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        yield "the file would be larger than this process may write"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """The folder, made read-only in the way that this machine permits; the reason it gives."""
    if as_root():
        with mounted("--bind", str(folder), at=folder):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
            yield "the disk is read-only"
        return
    inner = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in inner:
        path.chmod(0o555)
    try:
        yield "this user may not write there"
    finally:
        for path in inner:
            path.chmod(0o755)


@contextmanager
def shut(folder: Path) -> Iterator[None]:
    """The folder, which this process may not enter meanwhile."""
    me = os.geteuid()
    folder.chmod(0)
    if as_root():
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)
        folder.chmod(0o755)
