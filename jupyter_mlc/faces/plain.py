"""Requests and replies as plain data, as ``--json`` and the wire give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Ask, Reply


def plain_data(message: Ask | Reply) -> Any:
    """A request or reply as what JSON can carry: a number that it cannot is ``{"$number": "nan"}``."""
    import msgspec

    from jupyter_mlc.store.log import carried

    return carried(msgspec.to_builtins(message))
