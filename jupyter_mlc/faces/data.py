"""Replies as plain data, as ``--json`` gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply


def plain_data(reply: Reply) -> Any:
    """A reply as what JSON can carry: a number that it cannot is ``{"$number": "nan"}``."""
    import msgspec

    from jupyter_mlc.store.log import carried

    return carried(msgspec.to_builtins(reply))
