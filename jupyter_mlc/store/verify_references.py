"""What others keep: whether it still lies where the record says, with the bytes that it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.elsewhere import Keeper, check, keeper_of, shown
from jupyter_mlc.store.together import each

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Layer
    from jupyter_mlc.store.disk import Told
    from jupyter_mlc.store.verify_events import Progress
    from jupyter_mlc.store.verify_findings import Findings


def compare_references(layers: Sequence[Layer], findings: Findings, progress: Progress, *, hashing: bool) -> int:
    """Look at every file that is named by reference; how many there are."""
    by_url = {(layer.url, layer.digest): layer for layer in layers}
    found = list(by_url.values())
    total = sum(layer.size for layer in found) if hashing else 0

    keepers = {scheme: _keeper(scheme) for scheme in {_scheme(layer.url) for layer in found}}

    def wrong(layer: Layer, told: Told) -> str:
        keeper = keepers[_scheme(layer.url)]
        return keeper if isinstance(keeper, str) else _wrong(layer, keeper, told, hashing=hashing)

    for layer, what in zip(found, each(wrong, found, total, progress, "bytes by reference"), strict=True):
        if what:
            findings.add(f"reference {shown(layer.url)}", what)
    return len(found)


def _scheme(url: str) -> str:
    return url.partition("://")[0] + "://"


def _keeper(scheme: str) -> Keeper | str:
    """Who keeps such files, or why nobody can look at them."""
    try:
        return keeper_of(scheme, None)
    except MlcError as error:
        return error.message


def _wrong(layer: Layer, keeper: Keeper, told: Told, *, hashing: bool) -> str:
    """What is wrong with a file; empty where nothing is."""
    try:
        check(layer, keeper, told, hashing=hashing, anew=True)
    except MlcError as error:
        return f"{error.message.removeprefix(shown(layer.url)).strip()}; the registry does not keep its bytes"
    return ""
