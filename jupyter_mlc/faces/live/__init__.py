"""From live objects to digests, and back: what a face does around some of the verbs.

Each part is imported by the verb that needs it: a list of models does not wait for what opens models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

Values: TypeAlias = dict[str, Any]


def instead(verb: str) -> Callable[[Desk, Values], object] | None:
    """What answers a verb that deals with live objects from beginning to end."""
    match verb:
        case "register":
            from jupyter_mlc.faces.live.registering import register

            return register
        case "run":
            from jupyter_mlc.faces.live.running import run

            return run
        case "worker":
            from jupyter_mlc.faces.live.working import worked

            return worked
    return None


def before(verb: str) -> Callable[[Desk, Values], Values] | None:  # noqa: PLR0911 (one for each such verb)
    """What is done to the values of a verb before it is called."""
    match verb:
        case "dataset add":
            from jupyter_mlc.faces.live.data import with_dataset

            return with_dataset
        case "evaluate":
            from jupyter_mlc.faces.live.evaluating import with_exam

            return with_exam
        case "compare":
            from jupyter_mlc.faces.live.comparing import with_rows

            return with_rows
        case "retrain":
            from jupyter_mlc.faces.live.notebooks import with_notebook

            return with_notebook
        case "job add":
            from jupyter_mlc.faces.live.notebooks import with_notebook_to_add

            return with_notebook_to_add
        case "schedule add":
            from jupyter_mlc.faces.live.working import where_it_is_asked

            return where_it_is_asked
    return None


def after(verb: str, values: Mapping[str, Any]) -> Callable[[Desk, Any], object] | None:
    """What is made of the reply to a verb."""
    if verb == "load":
        from jupyter_mlc.faces.live.opening import opened

        return opened
    if verb == "job logs" and values.get("follow"):
        from jupyter_mlc.faces.live.following import followed

        return followed
    return None
