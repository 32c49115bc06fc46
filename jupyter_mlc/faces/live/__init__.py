"""From live objects to digests, and back: what a face does around `register`, `dataset add`, `run` and `load`."""

from __future__ import annotations

from jupyter_mlc.faces.live.data import with_dataset
from jupyter_mlc.faces.live.opening import opened
from jupyter_mlc.faces.live.registering import register
from jupyter_mlc.faces.live.running import cell_as_run, run
from jupyter_mlc.faces.live.surroundings import Taken, snapshot

__all__ = ["Taken", "cell_as_run", "opened", "register", "run", "snapshot", "with_dataset"]
