"""From live objects to digests, and back: what a face does around some of the verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlc.faces.live.comparing import with_rows
from jupyter_mlc.faces.live.data import with_dataset
from jupyter_mlc.faces.live.evaluating import with_exam
from jupyter_mlc.faces.live.following import followed
from jupyter_mlc.faces.live.notebooks import with_notebook, with_notebook_to_add
from jupyter_mlc.faces.live.opening import opened
from jupyter_mlc.faces.live.registering import register
from jupyter_mlc.faces.live.running import cell_as_run, run
from jupyter_mlc.faces.live.surroundings import Taken, snapshot
from jupyter_mlc.faces.live.working import where_it_is_asked, worked

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

BEFORE: Mapping[str, Callable[[Desk, dict[str, Any]], dict[str, Any]]] = {
    "dataset add": with_dataset,
    "evaluate": with_exam,
    "compare": with_rows,
    "retrain": with_notebook,
    "job add": with_notebook_to_add,
    "schedule add": where_it_is_asked,
}
"""what is done to the values of a verb before it is called"""

__all__ = ["BEFORE", "Taken", "cell_as_run", "followed", "opened", "register", "run", "snapshot", "worked"]
