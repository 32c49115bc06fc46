"""How replies look: text for terminals, HTML for notebooks, from one description of each.

`blocks` says what a page is made of, `pages` which page a reply becomes; `text` and `html` render it. Importing this
package costs nothing: all of that is loaded when the first reply is shown.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply

_REPLY = ("jupyter_mlc.verbs.base", "Reply")
_FALLBACK = (120, 24)
_TEXT, _HTML = "text/plain", "text/html"


def as_text(reply: Reply, *, width: int | None = None) -> str:
    """The reply as plain text.

    Parameters
    ----------
    reply : Reply
        The reply of any verb.
    width : int, optional
        The columns that tables may take; those of the terminal unless given.
    """
    from jupyter_mlc.faces.display.pages import page
    from jupyter_mlc.faces.display.text import page_text

    return page_text(page(reply), width or shutil.get_terminal_size(_FALLBACK).columns)


def as_html(reply: Reply) -> str:
    """The reply as one HTML element, without scripts, in the colours of JupyterLab's theme."""
    from jupyter_mlc.faces.display.html import page_html
    from jupyter_mlc.faces.display.pages import page

    return page_html(page(reply))


def register(shell: Any) -> None:
    """Show replies of every kind in an IPython shell; doing so twice is harmless."""
    formatters = shell.display_formatter.formatters
    formatters[_TEXT].for_type_by_name(*_REPLY, _print)
    formatters[_HTML].for_type_by_name(*_REPLY, as_html)


def unregister(shell: Any) -> None:
    """Take back what `register` did."""
    for kind in (_TEXT, _HTML):
        shell.display_formatter.formatters[kind].pop(".".join(_REPLY), None)


def _print(reply: Reply, printer: Any, cycle: bool) -> None:  # noqa: ARG001, FBT001 (IPython's signature)
    printer.text(as_text(reply))
