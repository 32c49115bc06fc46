"""Replies that have charts: in a notebook they are shown below what the reply says, as an output of their own.

An output has one representation that is shown, and JupyterLab prefers HTML to Vega-Lite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.faces.display.charts.frame import MIME, Spec
from jupyter_mlc.faces.display.charts.sheet import sheet
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply


def charts(reply: Reply) -> Spec:
    """The charts of a reply as one Vega-Lite specification; empty where it has none."""
    found = getattr(reply, "curves", None)
    return sheet(found) if found else {}


def bundle(spec: Spec) -> dict[str, object]:
    """Charts as a notebook keeps them, with what is told where nothing can draw them."""
    titles = ", ".join(each["title"] for each in spec["concat"])
    return {MIME: spec, "text/plain": f"{counted(len(spec['concat']), 'chart')}: {titles}"}


def show(reply: Reply, shell: Any) -> None:
    """Show a reply and its charts as two outputs.

    Raises
    ------
    NotImplementedError
        Where there are no charts, or nothing that draws: IPython then shows the reply as usual.
    """
    from IPython.display import display

    from jupyter_mlc.faces.display import as_html, as_text

    spec = charts(reply)
    if not spec or getattr(shell, "kernel", None) is None:
        raise NotImplementedError
    for shown in ({"text/plain": as_text(reply), "text/html": as_html(reply)}, bundle(spec)):
        display(shown, raw=True)  # type: ignore[no-untyped-call]
