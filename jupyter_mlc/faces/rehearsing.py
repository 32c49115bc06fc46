"""In a reproduction cells decide nothing: whatever they would change is rehearsed, as with `--dry-run`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jupyter_mlc.verbs.base import VERBS, Ask, Writing
from jupyter_mlc.verbs.job_names import REHEARSAL

_REAL = frozenset({"register", "run", "run-end", "run-log", "dataset add", "init"})
"""what belongs to training; `register` itself makes no version there"""


def rehearsed(ask: Ask, environ: Mapping[str, str]) -> Ask:
    """The request as it is carried out here."""
    if not environ.get(REHEARSAL) or not isinstance(ask, Writing) or VERBS.of(ask).name in _REAL:
        return ask
    return replace(ask, dry_run=True)
