"""The panel in an output of a notebook: the views of JupyterLab's panel as a widget, answered by the kernel.

Importing this package loads neither anywidget nor ipywidgets; showing the first panel does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.faces.present import somebody_is_there

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.verbs.base import Reply

STATIC = Path(__file__).parent / "static"
SCRIPT, STYLE = STATIC / "widget.js", STATIC / "widget.css"
PLOTS = STATIC / "plots.js"
"""what draws pictures, sent when there is one"""
NOT_BUILT = (
    "the panel is not in this installation of jupyter_mlc, so this is its page alone: install a wheel, or in a copy of "
    "the repository type: make lab"
)


def show(reply: Reply, shell: Any, desk: Desk) -> None:
    """Show a reply as the page and charts that the notebook keeps and, where somebody is there to use it, as the panel.

    They are outputs of their own: what can show no widget shows the page, in a front end without anywidget as well as
    in a notebook that is read where no kernel runs. Where the panel lives, its style sheet hides page and charts.

    Raises
    ------
    NotImplementedError
        Where there is no kernel: IPython then shows the reply as usual.
    """
    if getattr(shell, "kernel", None) is None:
        raise NotImplementedError
    from IPython.display import display

    from jupyter_mlc.faces.display import as_html, as_text
    from jupyter_mlc.faces.display.drawing import bundle, charts

    html = f'<div class="mlc-kept">{as_html(reply)}</div>'
    display({"text/plain": as_text(reply), "text/html": html}, raw=True)  # type: ignore[no-untyped-call]
    if spec := charts(getattr(reply, "kept", reply)):
        display(bundle(spec), raw=True)  # type: ignore[no-untyped-call]
    if somebody_is_there(shell):
        _show_panel(reply, shell, desk)


def _show_panel(reply: Reply, shell: Any, desk: Desk) -> None:
    if not SCRIPT.exists():
        print(NOT_BUILT)
        return
    from IPython.display import display

    from jupyter_mlc.faces.widgets.widget import panel_of

    display(panel_of(reply, shell, desk))  # type: ignore[no-untyped-call]
