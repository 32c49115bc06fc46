"""The panel as a page: what it shows, and where to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Line, Page, code, line, quiet

if TYPE_CHECKING:
    from jupyter_mlc.verbs.panel import PanelReply


def panel_page(reply: PanelReply) -> Page:
    """What is kept of it, and the link that opens it in JupyterLab."""
    from jupyter_mlc.faces.display.pages import own_page

    kept = own_page(reply.kept)
    return Page(blocks=kept.blocks, remarks=kept.remarks, last=_link(reply.url))


def _link(url: str) -> Line:
    where = "in JupyterLab, after its address: " if url.startswith("/") else "in JupyterLab: "
    return line(quiet(where), code(url)) if url else line()
