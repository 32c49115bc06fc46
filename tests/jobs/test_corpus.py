"""The kinds of processes give the same outputs, cell by cell."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk, notebook
from tests.jobs.corpus import CORPUS, WIDGETS

_VARIES = [
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"ipykernel_\d+/\d+\.py"), "CELL"),
    (re.compile(r"(CPU times|Wall time|user|sys|total).*"), "TIME"),
    (re.compile(r"\d+%\|.*\|.*"), "BAR"),
]


def _steady(text: str) -> str:
    for pattern, word in _VARIES:
        text = pattern.sub(word, text)
    return text


def _outputs(cell: Any) -> list[Any]:
    """What a cell gave; of the two streams, only the order within each is certain in a kernel."""
    streams = dict.fromkeys(("stdout", "stderr"), "")
    others = []
    for output in cell.outputs:
        if output.output_type == "stream":
            streams[output.name] += output.text
        elif output.output_type == "error":
            others.append((output.ename, output.evalue, _steady("\n".join(output.traceback))))
        else:
            others.append((output.output_type, _bundle(output.data), output.metadata))
    return [{name: _steady(text) for name, text in streams.items()}, *others]


def _bundle(data: Any) -> dict[str, Any]:
    return {kind: _steady(value) if isinstance(value, str) else value for kind, value in data.items()}


def _executed(desk: Desk, sources: tuple[str, ...], engine: Engine) -> Any:
    made = notebook(*sources)
    for cell in made.cells:
        cell.metadata["tags"] = ["raises-exception"]
    desk.folder.mkdir(exist_ok=True)
    nbformat.write(made, desk.folder / "in.ipynb")
    outcome = execute(desk.on(desk.folder / "in.ipynb", engine=engine))
    assert (outcome.exit, outcome.done, outcome.engine) == (Exit.SUCCEEDED, len(sources), engine)
    return desk.saved


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPUS)
def test_the_same_outputs_cell_by_cell(desk: Desk, name: str) -> None:
    cold, kernel, direct = (
        _executed(Desk(desk.folder / str(engine)), CORPUS[name], engine)
        for engine in (Engine.COLD, Engine.KERNEL, Engine.DIRECT)
    )
    for number, source in enumerate(CORPUS[name]):
        expected = _outputs(cold.cells[number])
        assert _outputs(kernel.cells[number]) == expected, source
        assert _outputs(direct.cells[number]) == expected, source
    counts = [[cell.execution_count for cell in saved.cells] for saved in (cold, kernel, direct)]
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.slow
def test_widgets_keep_their_state(desk: Desk) -> None:
    states = []
    for engine in (Engine.COLD, Engine.KERNEL, Engine.DIRECT):
        saved = _executed(Desk(desk.folder / str(engine)), WIDGETS, engine)
        state = saved.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
        models = [(model["model_name"], _steady_value(model)) for model in state.values()]
        states.append(sorted(models, key=repr))
    assert ("IntSliderModel", 7) in states[0]
    assert states[0] == states[1] == states[2]


def _steady_value(model: Any) -> Any:
    """Of a text, only that there is one: it tells how quick the bar went."""
    value = model["state"].get("value")
    return type(value) if isinstance(value, str) else value
