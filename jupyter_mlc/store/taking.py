"""Files of others become blobs: read once, copied and hashed in the same pass, each landing as soon as it is whole."""

from __future__ import annotations

import os
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlc.store import disk
from jupyter_mlc.store.hashed_files import WORTH, Seen

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.store.artifacts import Artifacts

_SAMPLE = 1 << 12
"""bytes that are compared at a place"""
_PLACES = 5


class Taker:
    """Takes files, each with one pass over its bytes where that can be known to be enough.

    A file that this machine hashed before and that did not change since is not read when its blob is there. One that
    looks like a blob of the same size is hashed first: it is probably there. So is a small one, since
    looking around would take longer. Any other is copied and hashed at once.

    Parameters
    ----------
    artifacts : Artifacts
        Where the blobs go; their folder must be there.
    alone : bool
        Whether one file is all there is to take, so that a second core may hash it.
    is_new : bool
        Whether the caller knows that there is no blob with these bytes.
    """

    def __init__(self, artifacts: Artifacts, *, alone: bool, is_new: bool) -> None:
        self._artifacts = artifacts
        self._alone = alone
        self._is_new = is_new

    @cached_property
    def _by_size(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for name, size in self._artifacts.sizes():
            found[size].append(name)
        return found

    def take(self, path: Path, told: disk.Told) -> tuple[Digest, int]:
        """The digest and size of what was stored; raises Conflict where somebody changed the file meanwhile."""
        with disk.opened_regular(path) as source, disk.refusals(f"read {path}"):
            seen = Seen(source, path)
            found = None if self._is_new else self._there_already(source, seen, told)
            if found is None:
                with self._artifacts.placing() as writer:
                    writer.take(source, seen.watched(told), alone=self._alone)
                found = writer.hex, writer.size
            if self._artifacts.hashed_files is not None:
                self._artifacts.hashed_files.remember(seen, f"sha256:{found[0]}")
            return f"sha256:{found[0]}", found[1]

    def _there_already(self, source: int, seen: Seen, told: disk.Told) -> tuple[str, int] | None:
        """Name and size of the blob that has the file's bytes, where there is one."""
        size = seen.state.st_size
        known = self._artifacts.hashed_files.known(seen.state) if self._artifacts.hashed_files is not None else None
        if known is not None and self._artifacts.holds(known, size):
            told(size)
            return known.removeprefix("sha256:"), size
        if size >= WORTH and not any(self._looks_like(source, name, size) for name in self._by_size.get(size, ())):
            return None
        found, length = disk.hashed(source)
        if not self._artifacts.holds(f"sha256:{found.hexdigest()}", length):
            return None
        told(length)
        return found.hexdigest(), length

    def _looks_like(self, source: int, name: str, size: int) -> bool:
        """Whether a blob has the same bytes at a few places."""
        places = sorted({place * max(size - _SAMPLE, 0) // (_PLACES - 1) for place in range(_PLACES)})
        try:
            blob = os.open(self._artifacts.folder / name, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # collected meanwhile
            return False
        try:
            return all(os.pread(source, _SAMPLE, place) == os.pread(blob, _SAMPLE, place) for place in places)
        finally:
            os.close(blob)
