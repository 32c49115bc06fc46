"""Runs that were started by a line or by the cell below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mlc.faces.runs import Run, is_failure

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.verbs.base import Reply


def run(desk: Desk, values: dict[str, Any]) -> Run | Reply:
    """Start a run that is open until the next `register` of its model."""
    if values.get("dry_run"):
        return _rehearsed(desk, values)
    started = Run(desk, values["name"], values.get("note", ""), params=values.get("param"), tags=values.get("tag"))
    started.until_register = True
    return started


def _rehearsed(desk: Desk, values: dict[str, Any]) -> Reply:
    from jupyter_mlc.verbs.run import Run as RunAsk

    return desk.call(RunAsk(**values))


def cell_as_run(
    desk: Desk, values: dict[str, Any], cell: str, run_cell: Callable[[str], BaseException | None]
) -> Run | Reply:
    """Run a cell as the body of a run, in which ``run`` is the run; its error is raised by whoever runs the cell.

    With ``--dry-run`` the cell is not executed: what it does could not be taken back.
    """
    if values.get("dry_run"):
        return _rehearsed(desk, values)
    body = Run(desk, values["name"], values.get("note", ""), params=values.get("param"), tags=values.get("tag"))
    body.is_block = True
    names = desk.namespace()
    if isinstance(names, dict):
        names["run"] = body
    error = run_cell(cell)
    body.is_block = False
    if body.is_open:
        body.end(failed=is_failure(error))
    return body
