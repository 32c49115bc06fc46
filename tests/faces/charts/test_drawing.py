"""Where replies have charts: in a kernel they are shown, and a saved notebook keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mlc.faces.display import as_html, as_text, register, unregister
from jupyter_mlc.faces.display.charts.frame import MIME
from jupyter_mlc.faces.display.drawing import bundle, charts
from jupyter_mlc.verbs.base import Reply
from tests.faces.comparison_samples import better, drawn


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is displayed besides the value of the cell."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda shown, raw: found.append(shown))
    return found


def shell(kernel: object) -> SimpleNamespace:
    from IPython.core.formatters import DisplayFormatter

    return SimpleNamespace(display_formatter=DisplayFormatter(), kernel=kernel)


def formatted(reply: Reply, kernel: object) -> dict[str, Any]:
    there = shell(kernel)
    register(there)
    shown, _ = there.display_formatter.format(reply)
    found: dict[str, Any] = shown
    return found


def test_in_a_kernel_charts_are_an_output_of_their_own_below_the_reply(outputs: list[dict[str, Any]]) -> None:
    assert formatted(drawn, kernel=object()) == {}
    said, charted = outputs
    assert said == {"text/plain": as_text(drawn), "text/html": as_html(drawn)}
    assert charted == bundle(charts(drawn))
    assert charted["text/plain"] == "1 chart: Learning: loss"
    assert [chart["title"] for chart in charted[MIME]["concat"]] == ["Learning: loss"]


def test_without_charts_a_reply_is_shown_as_any_other(outputs: list[dict[str, Any]]) -> None:
    assert formatted(better, kernel=object()) == {"text/plain": as_text(better), "text/html": as_html(better)}
    assert outputs == []


def test_in_a_terminal_nothing_is_drawn(outputs: list[dict[str, Any]]) -> None:
    assert formatted(drawn, kernel=None) == {"text/plain": as_text(drawn), "text/html": as_html(drawn)}
    assert outputs == []


def test_unregistering_leaves_nothing_behind() -> None:
    there = shell(object())
    register(there)
    unregister(there)
    assert there.display_formatter.ipython_display_formatter.type_printers == {}


NOTEBOOK = """
%load_ext jupyter_mlc
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
rows = load_breast_cancer(as_frame=True).frame.iloc[:, [0, 1, 2, 30]]
train, test = rows[::2], rows[1::2]
X = list(rows.columns[:-1])
for C in (0.001, 1):
    clf = LogisticRegression(C=C, max_iter=5000).fit(train[X], train.target)
    get_ipython().run_line_magic("mlc", "register tumour clf --no-load-check")
"""


@pytest.mark.slow
def test_a_saved_notebook_keeps_the_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    v4: Any = nbformat.v4
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    line = "%mlc compare tumour:1 tumour:2 --data test --target target"
    made = v4.new_notebook(cells=[v4.new_code_cell(source) for source in (NOTEBOOK, line)])
    NotebookClient(made, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    said, charted = json.loads(v4.writes(made))["cells"][1]["outputs"]
    assert said["data"].keys() == {"text/plain", "text/html"}
    titles = [chart["title"] for chart in charted["data"][MIME]["concat"]]
    assert titles == ["ROC curve: 1", "Precision and recall: 1", "Calibration: 1"]
