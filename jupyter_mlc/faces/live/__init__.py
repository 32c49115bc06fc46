"""From live objects to digests, and back: what a face does around some of the verbs."""

from __future__ import annotations

from jupyter_mlc.faces.live.comparing import with_rows
from jupyter_mlc.faces.live.data import with_dataset
from jupyter_mlc.faces.live.evaluating import with_exam
from jupyter_mlc.faces.live.opening import opened
from jupyter_mlc.faces.live.registering import register
from jupyter_mlc.faces.live.running import cell_as_run, run
from jupyter_mlc.faces.live.surroundings import Taken, snapshot

__all__ = [
    "Taken",
    "cell_as_run",
    "opened",
    "register",
    "run",
    "snapshot",
    "with_dataset",
    "with_exam",
    "with_rows",
]
