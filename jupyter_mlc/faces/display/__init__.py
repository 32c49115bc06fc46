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
_CURVES = "curves"
"""the field of a reply that has charts"""


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
    from jupyter_mlc.faces.spelling import respelled

    return page_text(page(respelled(reply, spell)), width or shutil.get_terminal_size(_FALLBACK).columns)


def as_html(reply: Reply) -> str:
    """The reply as one HTML element, without scripts, in the colours of JupyterLab's theme."""
    from jupyter_mlc.faces.display.html import page_html
    from jupyter_mlc.faces.display.pages import page

    return page_html(page(reply))


def register(shell: Any, shown: Callable[[Reply], object] = bool) -> None:
    """Show replies of every kind in an IPython shell; doing so twice is harmless.

    Parameters
    ----------
    shell : InteractiveShell
        Where they are shown.
    shown : callable, optional
        Is told of every reply that is shown.
    """

    def as_plain(reply: Reply, printer: Any, cycle: bool) -> None:  # noqa: ARG001, FBT001 (IPython's signature)
        shown(reply)
        printer.text(as_text(reply))

    formatters = shell.display_formatter.formatters
    for kind in _kinds():
        formatters[_TEXT].for_type(kind, as_plain)
        formatters[_HTML].for_type(kind, as_html)
    for kind in _drawn():
        shell.display_formatter.ipython_display_formatter.for_type(kind, lambda reply: _show(reply, shell))


def unregister(shell: Any) -> None:
    """Take back what `register` did."""
    for kind in _kinds():
        for form in (_TEXT, _HTML):
            shell.display_formatter.formatters[form].pop(kind, None)
    for kind in _drawn():
        shell.display_formatter.ipython_display_formatter.pop(kind, None)


def _kinds() -> set[type[Reply]]:
    """Every class of reply: for text IPython asks a class before its parents, and a dataclass has a text of its own."""
    from jupyter_mlc.verbs import VERBS
    from jupyter_mlc.verbs.base import Reply

    return {Reply, *(verb.reply for verb in VERBS.values())}


def _drawn() -> set[type[Reply]]:
    """Every class of reply that may have charts."""
    import dataclasses

    return {kind for kind in _kinds() if any(field.name == _CURVES for field in dataclasses.fields(kind))}


def _show(reply: Reply, shell: Any) -> None:
    from jupyter_mlc.faces.display.drawing import show

    show(reply, shell)
