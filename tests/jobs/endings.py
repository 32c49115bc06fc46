"""What every execution that ends before its time leaves behind: outcome, status file and notebook that agree."""

from __future__ import annotations

from typing import Any

from jupyter_mlc.jobs.execute import outcome_of
from jupyter_mlc.jobs.spec import Outcome
from tests.jobs.conftest import Desk


def statuses(desk: Desk) -> list[str]:
    """What the saved notebook says of its cells."""
    return [cell.metadata.papermill.status for cell in desk.saved.cells]


def agree(desk: Desk, outcome: Outcome) -> Any:
    """Everything tells the same; the cell where it ended."""
    told = outcome_of(desk.folder / "status.json")
    assert told == outcome
    saved = desk.saved
    assert saved.metadata.papermill.exception is True
    assert outcome.cell is not None
    cell = saved.cells[outcome.cell]
    assert cell.metadata.papermill.status == "failed"
    assert cell.metadata.papermill.exception is True
    assert cell.outputs[-1].ename in {outcome.exception, "KeyboardInterrupt"}
    completed = [cell for cell in saved.cells if cell.metadata.get("papermill", {}).get("status") == "completed"]
    assert len(completed) == outcome.done
    return cell
