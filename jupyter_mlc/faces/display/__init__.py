"""How replies look: text for terminals, HTML for notebooks, from one description of each.

`blocks` says what a page is made of, `pages` which page a reply becomes; `text` and `html` render it. Importing this
package costs nothing: all of that is loaded when the first reply is shown.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply

_FALLBACK = (120, 24)
_TEXT, _HTML = "text/plain", "text/html"


def as_text(reply: Reply, *, width: int | None = None, spell: Callable[[str], str] = str) -> str:
    """The reply as plain text.

    Parameters
    ----------
    reply : Reply
        The reply of any verb.
    width : int, optional
        The columns that tables may take; those of the terminal unless given.
    spell : callable, optional
        How lines to type are spelled where the text is read; as in a notebook unless given.
    """
    from jupyter_mlc.faces.display.pages import page
    from jupyter_mlc.faces.display.text import page_text

    return page_text(page(reply.respelled(spell)), width or shutil.get_terminal_size(_FALLBACK).columns)


def as_html(reply: Reply) -> str:
    """The reply as one HTML element, without scripts, in the colours of JupyterLab's theme."""
    from jupyter_mlc.faces.display.html import page_html
    from jupyter_mlc.faces.display.pages import page

    return page_html(page(reply))


def register(
    shell: Any, shown: Callable[[Reply], object] = bool, live: Callable[[Reply, Any], None] | None = None
) -> None:
    """Show replies of every kind in an IPython shell; doing so twice is harmless.

    Parameters
    ----------
    shell : InteractiveShell
        Where they are shown.
    shown : callable, optional
        Is told of every reply that is shown.
    live : callable, optional
        Shows a reply that can be used, in a shell; as any other unless given.
    """
    from jupyter_mlc.verbs.base import Drawn, Live, Reply

    formatter = shell.display_formatter

    def as_bundle(reply: Reply) -> dict[str, str]:
        shown(reply)
        html = {_HTML: as_html(reply)} if formatter.formatters[_HTML].enabled else {}
        return {_TEXT: as_text(reply), **html}

    formatter.mimebundle_formatter.for_type(Reply, as_bundle)
    formatter.ipython_display_formatter.for_type(Drawn, lambda reply: _show(reply, shell))
    if live is not None:
        formatter.ipython_display_formatter.for_type(Live, lambda reply: live(reply, shell))


def unregister(shell: Any) -> None:
    """Take back what `register` did."""
    from jupyter_mlc.verbs.base import Drawn, Live, Reply

    shell.display_formatter.mimebundle_formatter.pop(Reply, None)
    for kind in (Drawn, Live):
        shell.display_formatter.ipython_display_formatter.pop(kind, None)


def _show(reply: Reply, shell: Any) -> None:
    from jupyter_mlc.faces.display.drawing import show

    show(reply, shell)
