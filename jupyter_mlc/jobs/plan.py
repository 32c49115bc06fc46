"""Which cells are executed, and with what parameters: papermill's cell is injected, and secrets come by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlc.jobs.spec import Work

_READS = {
    "python": '{name} = __import__("os").environ["{variable}"]',
    "R": '{name} <- Sys.getenv("{variable}")',
    "julia": '{name} = ENV["{variable}"]',
    "bash": '{name}="${variable}"',
}
"""how a language reads a variable of its environment"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A notebook that is ready to be executed."""

    notebook: NotebookNode
    runs: frozenset[int]
    """cells of this notebook that are executed"""

    @property
    def cells(self) -> int:
        """How many code cells that are."""
        return sum(1 for index in self.runs if is_code(self.notebook.cells[index]))


def is_code(cell: NotebookNode) -> bool:
    """Whether there is something to execute."""
    return cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in cell.metadata.tags


def planned(work: Work) -> Plan:
    """Read the notebook and put the parameters in."""
    from papermill.execute import prepare_notebook_metadata, remove_error_markers
    from papermill.iorw import load_notebook_node

    notebook = load_notebook_node(str(work.notebook.absolute()))
    place = {id(cell): number for number, cell in enumerate(notebook.cells)}
    final = notebook.cells[work.last] if work.last is not None and work.last < len(notebook.cells) else None
    notebook = remove_error_markers(_parameterized(notebook, work))
    notebook = prepare_notebook_metadata(notebook, str(work.notebook), str(work.output))
    ends = next((at for at, cell in enumerate(notebook.cells) if cell is final), len(notebook.cells))
    runs = (at for at, cell in enumerate(notebook.cells) if at <= ends and place.get(id(cell)) not in work.skip)
    return Plan(notebook=notebook, runs=frozenset(runs))


def _parameterized(notebook: NotebookNode, work: Work) -> NotebookNode:
    import nbformat
    from papermill.exceptions import PapermillException
    from papermill.parameterize import parameterize_notebook

    notebook = nbformat.v4.upgrade(notebook)
    if not work.parameters and not work.secrets:
        return notebook
    language = language_of(notebook)
    reads = "".join(_reads(language, work.secrets))
    kernel = notebook.metadata.get("kernelspec", {}).get("name") or language
    try:
        notebook = parameterize_notebook(notebook, dict(work.parameters), kernel_name=kernel, language=language)
    except PapermillException:
        raise BadInput(
            f"parameters cannot be given to a notebook in {language}: papermill does not know how to write them",
            hint="run it without parameters",
        ) from None
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    injected.source += reads
    injected.metadata.setdefault("papermill", {})
    return notebook


def _reads(language: str, given: Mapping[str, str]) -> list[str]:
    if given and language not in _READS:
        raise BadInput(
            f"secrets cannot be given to a notebook in {language}",
            hint=f"they can in {', '.join(_READS)}; elsewhere read the environment variable in the notebook",
        )
    return [_READS[language].format(name=name, variable=variable) + "\n" for name, variable in given.items()]


def language_of(notebook: NotebookNode) -> str:
    """The language of the cells; a notebook that names none is in Python."""
    metadata = notebook.metadata
    named = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    return str(named or "python")


def first_line(source: str) -> str:
    """The first line of a cell in which something stands."""
    return next((line.strip() for line in source.splitlines() if line.strip()), "")
