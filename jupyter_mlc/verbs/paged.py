"""Which names have a page in the panel."""

from __future__ import annotations

import re

_PAGE = re.compile(
    r"job/\d+|(?!(?:job|run|request|report|evaluation|finding|deployment|dataset)/)[A-Za-z0-9][\w./-]*([:@]\w[\w.-]*)?"
)


def paged(*names: str | None) -> tuple[str, ...]:
    """Those of the names that the panel has a page for."""
    return tuple(name for name in names if name and _PAGE.fullmatch(name))
