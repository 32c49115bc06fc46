"""`use`: another registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.store.places import default_url
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Where, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.init import UseReply, used


@dataclass(frozen=True, kw_only=True)
class Use(Ask):
    """Use another registry."""

    url: Annotated[
        str,
        Field(
            description="a folder, or postgresql+psycopg://...; that of the configuration, else the default one, "
            "unless named",
            positional=True,
            complete=Complete.PATH,
        ),
    ] = ""


@verb(does=Does.WRITE, where=Where.CLIENT, example="use postgresql+psycopg://ana@db/models?artifacts=/srv/models")
def use(ask: Use, context: Context) -> UseReply:
    """Use another registry from now on: a folder, or a database. A place without a registry gets one."""
    return used(ask.url or default_url(), context)
