"""What kind of disk a folder lies on, and whether locks hold there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "9p"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "afpfs", "webdav", "fuse.s3fs", "fuse.gcsfuse"}
)
MEMORY_TYPES = frozenset({"tmpfs", "ramfs"})
_TRY_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(7)
"""
_REFUSED = 7
_OCTAL = re.compile(r"\\([0-7]{3})")


def type_of(folder: Path) -> str:
    """The type of the file system that holds `folder`, as the mount table says; empty where it does not say."""
    best, kind = "", ""
    for mount, name in _mounts():
        if _within(folder.resolve(), mount) and len(mount) >= len(best):
            best, kind = mount, name
    return kind


def _within(folder: Path, mount: str) -> bool:
    return folder == Path(mount) or Path(mount) in folder.parents


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
        pairs = [line.partition(" on ")[2].partition(" (") for line in listed.splitlines()]
        return [(mount, rest.partition(",")[0].rstrip(")")) for mount, _, rest in pairs]
    try:
        table = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    fields = [line.split() for line in table.splitlines()]
    return [(_OCTAL.sub(_character, field[1]), field[2]) for field in fields if len(field) > 2]  # noqa: PLR2004


def _character(octal: re.Match[str]) -> str:
    """The table writes a blank as a backslash and 040."""
    return chr(int(octal[1], 8))


@lru_cache(maxsize=64)
def _lasting_type_of(folder: Path) -> str:
    """Asked once a folder: what is asked for every file must not read the table of mounts each time."""
    return type_of(folder)


def is_network(folder: Path) -> bool:
    """Whether `folder` lies on a network file system."""
    return _lasting_type_of(folder) in NETWORK_TYPES


def times_tell(folder: Path) -> bool:
    """Whether a file in `folder` has another time, by this machine's clock, whenever it was changed.

    On a network the time comes from another clock; in memory it stays where a program has mapped the file and writes.
    """
    return _lasting_type_of(folder) not in NETWORK_TYPES | MEMORY_TYPES


def is_read_only(folder: Path) -> bool:
    """Whether the file system is mounted read-only."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def locks_hold(folder: Path) -> bool:
    """Whether a lock taken here is seen by a second process."""
    import fcntl

    probe = folder / f".lock-probe-{os.getpid()}"
    try:
        with probe.open("w") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            second = [sys.executable, "-I", "-c", _TRY_LOCK, str(probe)]
            return subprocess.run(second, check=False).returncode == _REFUSED  # noqa: S603 (our own interpreter)
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
