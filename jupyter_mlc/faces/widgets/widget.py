"""The widget: what it sends to the browser, and how it hears from there."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anywidget import AnyWidget
from traitlets import Dict, Unicode

from jupyter_mlc.faces.plain import plain_data
from jupyter_mlc.faces.widgets import SCRIPT, STYLE
from jupyter_mlc.faces.widgets.answering import Answering
from jupyter_mlc.verbs.panel import PanelReply

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

_EVENT = "post_run_cell"
_REMEMBERED = 10_000
"""questions; who asks again does so within seconds"""


class PanelWidget(AnyWidget):
    """The panel as an output: it asks by messages, and is told when a cell has changed the registry.

    Messages go by its layout, a widget of ipywidgets: where a busy browser takes more than two seconds to load the
    script of a widget, anywidget 0.11 hands on no message to that widget, ever.
    """

    _esm = SCRIPT
    _css = STYLE
    registry = Unicode().tag(sync=True)
    place = Dict().tag(sync=True)
    """the names that it shows at first, and the comparison in full where one was asked for"""
    promote = Dict(default_value=None, allow_none=True).tag(sync=True)
    """the version that is to be promoted, and what the form begins with"""

    def __init__(self, desk: Desk, **traits: object) -> None:
        self._answering = Answering(desk)
        self._desk = desk
        self._seq = desk.seq
        self._begun: deque[object] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()
        super().__init__(registry=self._answering.registry, **traits)
        self.layout.on_msg(self._heard)
        # JupyterLab sends what widgets ask to a subshell, which answers beside the cell that runs. ipykernel hands it
        # to the thread that sent last, for widgets that must not change threads; ours may.
        self.layout.comm._reply_subshell_for = None  # noqa: SLF001 (ipykernel has no other way to say so)

    def __repr__(self) -> str:
        about = ", ".join(self.place.get("refs", ())) or "all models"
        return f"the panel of {about}; where it cannot be used, run the cell again"

    def _heard(self, _: object, message: Mapping[str, Any], __: object) -> None:
        """Answer a question, once: the browser asks again what may be waiting behind a cell, in another thread."""
        told = {"id": message.get("id")}
        with self._lock:
            if told["id"] in self._begun:
                return
            self._begun.append(told["id"])
        say = self.layout.send
        say(told | self._answering.answer(message, lambda *far: say(told | {"progress": far})))
        self._seq = self._desk.seq  # the panel knows what it has done itself

    def cell_ended(self, *_: object) -> None:
        """Tell the panel where a cell has changed the registry."""
        seq = self._desk.seq
        if seq != self._seq:
            self._seq = seq
            self.layout.send({"changed": True})


def panel_of(reply: Any, shell: Any, desk: Desk) -> PanelWidget:
    """The panel of a reply, which asks the desk of the notebook."""
    if not isinstance(reply, PanelReply):
        raise TypeError(type(reply))
    place: dict[str, object] = {"refs": list(reply.refs)}
    if reply.compare is not None:
        place["compare"] = plain_data(reply.compare)
    widget = PanelWidget(desk, place=place, promote=_promotion(reply))
    shell.events.register(_EVENT, widget.cell_ended)
    return widget


def _promotion(reply: PanelReply) -> dict[str, object] | None:
    if reply.promote is None:
        return None
    return {"ref": reply.refs[0], "values": {"to": reply.promote.to or "", "reason": reply.promote.reason}}
