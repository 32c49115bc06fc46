"""Our engine for papermill: ``papermill --engine jupyter-mlc in.ipynb out.ipynb``.

Papermill loads it while it is itself being imported, which may be our own doing: only what runs imports the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from papermill.engines import Engine

from jupyter_mlc.jobs.spec import Exit

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from jupyter_mlc.jobs.ending import Ending

_OURS = frozenset({"log_output", "progress_bar"})
_UNUSED = frozenset({"autosave_cell_every", "execution_timeout", "input_path", "start_timeout", "timeout"})
"""of papermill's options, those that mean something else here, or nothing"""


class JupyterMlcEngine(Engine):
    """Executes like papermill's own engine, over sockets instead of ports, and saves the truth, whole."""

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: str | None = None, **options: Any
    ) -> NotebookNode:
        """Papermill's call, with the parameters already in the notebook."""
        from jupyter_mlc.jobs.client import Client, inherited
        from jupyter_mlc.jobs.execution import executed
        from jupyter_mlc.jobs.kernels import manager_for
        from jupyter_mlc.jobs.manager import Manager, to_papermill
        from jupyter_mlc.jobs.plan import Plan
        from jupyter_mlc.jobs.runtime import runtime_folder
        from jupyter_mlc.jobs.watching import Watch

        ours = {name: value for name, value in options.items() if name in _OURS}
        others = {name: value for name, value in options.items() if name not in _OURS | _UNUSED}
        limits = {"timeout": options.get("execution_timeout"), "startup_timeout": options.get("start_timeout", 60)}
        manager = Manager(nb, to_papermill(output_path), **ours)
        manager.notebook_start()
        manager.save_now()
        try:
            with runtime_folder() as folder:
                kernels, _ = manager_for(_with_kernel(nb, kernel_name), folder)
                plan = Plan(notebook=nb, runs=frozenset(range(len(nb.cells))))
                log = {"log_output": options.get("log_output", False)}
                client = Client(manager, plan, km=kernels, environment=inherited({}), **log, **limits, **others)
                ended = executed(client, Watch(ticks=(manager.tick,)))
            _tell(ended, manager.nb)
        finally:
            manager.notebook_complete()
            manager.save_now()
        return nb


def _with_kernel(nb: NotebookNode, name: str) -> Any:
    if nb.metadata.get("kernelspec", {}).get("name") == name:
        return nb
    from nbformat import from_dict

    metadata = {**nb.metadata, "kernelspec": {**nb.metadata.get("kernelspec", {}), "name": name}}
    return from_dict({**nb, "metadata": metadata})


def _tell(ended: Ending, nb: NotebookNode) -> None:
    """Papermill finds failed cells by itself; of everything else it must hear."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from jupyter_mlc.jobs.truth import FAILED

    if ended.exit in {Exit.SUCCEEDED, Exit.CELL_FAILED}:
        return
    if ended.cell is not None:
        nb.cells[ended.cell].metadata.papermill.update(status=FAILED, exception=True)
    nb.metadata.papermill["exception"] = True
    if ended.exit is Exit.CANCELLED:
        raise KeyboardInterrupt
    if ended.exit is Exit.TIMED_OUT:
        raise CellTimeoutError(ended.message)
    raise DeadKernelError(ended.message)
