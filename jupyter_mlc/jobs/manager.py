"""Papermill's account of an execution in the notebook's metadata, saved whole and no more often than is worth it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papermill.engines import NotebookExecutionManager
from papermill.iorw import LocalHandler, papermill_io, write_ipynb

from jupyter_mlc.jobs import files
from jupyter_mlc.jobs.pace import Pace

if TYPE_CHECKING:
    from nbformat import NotebookNode

_EVERY = 1.0
"""seconds between two writings of a notebook that is still executed"""


def to_file(path: Path, hide: Callable[[str], str] = str) -> Callable[[NotebookNode], None]:
    """A function that saves notebooks there: complete at every moment."""
    from nbformat.v4.nbjson import writes

    def save(notebook: NotebookNode) -> None:
        # half of a pair of surrogates is no character, but JSON can spell it
        files.replace(path, (hide(writes(notebook)) + "\n").encode("utf-8", "backslashreplace"))

    return save


def to_papermill(path: str | None) -> Callable[[NotebookNode], None]:
    """A function that saves notebooks wherever papermill can write: a file, a bucket, or nowhere."""
    handler = papermill_io.get_handler(path)
    if path is not None and isinstance(handler, LocalHandler):
        # a path is relative to the folder that papermill was in before it went where the cells are to run
        return to_file(Path(handler._cwd or "") / path)  # noqa: SLF001 (it tells nobody)
    return lambda notebook: write_ipynb(notebook, path)


class Manager(NotebookExecutionManager):
    """Keeps papermill's metadata; what never ran stays pending.

    Parameters
    ----------
    nb : NotebookNode
        The notebook, with its parameters.
    save : callable
        Saves it.
    **options : object
        As papermill has them: progress_bar, log_output.
    """

    def __init__(self, nb: NotebookNode, save: Callable[[NotebookNode], None], **options: Any) -> None:
        self.nb = nb
        self._writes = Pace(lambda: save(self.nb), every=_EVERY)
        super().__init__(nb, **({"progress_bar": False} | options))

    def save(self, **kwargs: Any) -> None:
        """Papermill asks for it before and after every cell, and with every output."""
        self.nb = kwargs.get("nb") or self.nb
        self._writes.ask()

    autosave_cell = save

    def tick(self) -> None:
        """Called often: save what is worth saving."""
        with suppress(OSError):  # a full disk may have room again before the end, which tells what it could not save
            self._writes.tick()

    def save_now(self) -> None:
        """Save."""
        self._writes.do()

    def notebook_complete(self, **kwargs: Any) -> None:
        """The execution is over, however it ended."""
        self.nb = kwargs.get("nb") or self.nb
        self.end_time = self.now()
        account = self.nb.metadata.papermill
        account["end_time"] = self.end_time.isoformat()
        account["duration"] = (self.end_time - self.start_time).total_seconds()
        if self.pbar and all(cell.metadata.papermill["status"] == self.COMPLETED for cell in self.nb.cells):
            self.complete_pbar()
        self.cleanup_pbar()
