"""What an executed notebook says of how it ended: the same as its record does.

Papermill calls every cell completed after a killed kernel, a time limit or Ctrl-C.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.jobs.spec import Exit, Outcome

if TYPE_CHECKING:
    from nbformat import NotebookNode

COMPLETED, FAILED = "completed", "failed"
"""papermill's words"""


def settle(notebook: NotebookNode, outcome: Outcome) -> int | None:
    """Mark where an execution ended, as papermill does, whatever the reason; where the cell is now.

    The cell is marked failed and shows an error if it showed none, and papermill's two markers with their link are put
    in front of it and at the top.
    """
    if outcome.exit is Exit.SUCCEEDED:
        return outcome.cell
    notebook.metadata.setdefault("papermill", {})["exception"] = True
    index = outcome.cell
    if index is None or index >= len(notebook.cells):
        return index
    _mark(notebook.cells[index], outcome)
    return _with_markers(notebook, index)


def completed(notebook: NotebookNode) -> int:
    """How many code cells were executed to their end."""
    statuses = [cell.metadata.get("papermill", {}).get("status") for cell in notebook.cells if _has_code(cell)]
    return statuses.count(COMPLETED)


def _has_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _mark(cell: NotebookNode, outcome: Outcome) -> None:
    from nbformat.v4 import new_output

    cell.metadata.setdefault("papermill", {}).update(exception=True, status=FAILED)
    outputs: list[Any] = cell.setdefault("outputs", [])
    if not any(output.get("output_type") == "error" for output in outputs):
        lines = outcome.traceback.splitlines() or [f"{outcome.exception}: {outcome.message}"]
        outputs.append(new_output("error", ename=outcome.exception, evalue=outcome.message, traceback=lines))


def _with_markers(notebook: NotebookNode, index: int) -> int:
    from nbformat.v4 import new_markdown_cell
    from papermill.execute import ERROR_ANCHOR_MSG, ERROR_MARKER_TAG, ERROR_MESSAGE_TEMPLATE

    count = notebook.cells[index].get("execution_count")
    metadata = {"tags": [ERROR_MARKER_TAG]}
    anchor = new_markdown_cell(ERROR_ANCHOR_MSG, metadata=dict(metadata))
    link = new_markdown_cell(ERROR_MESSAGE_TEMPLATE % count, metadata=dict(metadata))
    notebook.cells[:] = [link, *notebook.cells[:index], anchor, *notebook.cells[index:]]
    return index + 2
