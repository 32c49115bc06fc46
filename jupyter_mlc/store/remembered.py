"""The newest checkpoint that was made from here, remembered outside of the registry.

Whoever can write the registry can delete a checkpoint in it, and what was recorded up to there with it. The copy lies
in the user's data folder, one small file a registry and place: a copy of a registry elsewhere has a life of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlc.store.checkpoints import Checkpoint
from jupyter_mlc.store.disk import TEMPORARY

if TYPE_CHECKING:
    from jupyter_mlc.store.registry import Registry

_NAME = 16
"""hexadecimal digits of the digest of a place"""


class Remembered:
    """What this user remembers of one registry.

    Parameters
    ----------
    registry : Registry
        The registry.
    folder : Path
        Where notes on registries are kept; made when the first checkpoint is.
    """

    def __init__(self, registry: Registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder

    @property
    def path(self) -> Path:
        """The file of this registry at this place."""
        place = hashlib.sha256(self._registry.place.shown.encode()).hexdigest()[:_NAME]
        return self._folder / f"{self._registry.uuid}-{place}.json"

    def newest(self) -> Checkpoint | None:
        """The checkpoint that was made last; a note that is lost or cannot be read is no note."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self.path.read_bytes(), type=Checkpoint)
        return None

    def keep(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that the registry holds; where nothing can be kept, nobody is held up."""
        path = self.path
        fresh = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.encode(checkpoint))
            fresh.replace(path)
