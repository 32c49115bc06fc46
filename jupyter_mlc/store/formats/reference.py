"""``reference``: which bytes make up a model, and where they lie; others keep them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, Untrusted
from jupyter_mlc.store.elsewhere import Lying, check, keeper_of, shown, unknown_in
from jupyter_mlc.store.formats.base import PLACE, REFERENCE
from jupyter_mlc.store.formats.laying_out import SINGLE, laid_out
from jupyter_mlc.store.together import each
from jupyter_mlc.store.walking import inside

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.disk import Told
    from jupyter_mlc.store.formats.base import Opening, Storing


@dataclass(frozen=True, kw_only=True)
class ReferenceFormat:
    """A file or folder, or what lies in a bucket, by the digest of each file."""

    name: str = REFERENCE
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:  # noqa: ARG002 (whatever it is)
        """Never by itself: a person asks for it."""
        return False

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Hash every file where it lies; no byte of them is stored."""
        if not isinstance(obj, str | os.PathLike):
            raise BadInput(
                f"{type(obj).__name__} lies nowhere but in this notebook",
                hint="by reference goes the path of a file or folder, or s3://BUCKET/PREFIX",
            )
        text = os.fspath(obj)
        keeper = keeper_of(text, artifacts.hashed_files)
        found = keeper.found(text)

        def layer(one: Lying, told: Told) -> Layer:
            digest, size = keeper.hashed(one.url, told, anew=False)
            if size != one.size:
                raise Conflict(f"{one.url} was changed while it was read", hint="wait until it is written, and repeat")
            return Layer(path=one.path, digest=digest, size=size, url=one.url)

        layers = each(layer, found.files, sum(one.size for one in found.files), storing.progress, "bytes of the model")
        single = {SINGLE: found.files[0].path} if found.is_single else {}
        return Manifest(format=self.name, layers=tuple(layers), details={PLACE: found.place, **single})

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> Path:
        """Check every file by its digest where it lies; a path under which they can be opened."""
        place = manifest.details.get(PLACE, "")
        _check_within(manifest, place)
        if not place.startswith("file://") and not opening.trusted:
            raise Untrusted(
                f"its bytes lie at {place}, and no key of yours vouches for fetching them",
                hint="if you know whose that is, say --trust",
            )
        keeper = keeper_of(place, artifacts.hashed_files)
        if not keeper.is_here:
            return laid_out(manifest, opening.folder, keeper.fetch)
        for layer in manifest.layers:
            check(layer, keeper)
        others = unknown_in(Path(shown(place)), manifest.layers)
        if others:
            opening.warn(f"{shown(place)} holds files that were not registered: {', '.join(others[:3])}")
        return Path(shown(place))


def _check_within(manifest: Manifest, place: str) -> None:
    """What is opened is the place, so every file must be the one that lies under its path there."""
    for layer in manifest.layers:
        expected = place if SINGLE in manifest.details else f"{place.rstrip('/')}/{inside(layer.path).as_posix()}"
        if not layer.url or unquote(layer.url) != unquote(expected):
            raise Damaged(
                f"the artifact names a file at {layer.url!r}, which is not {layer.path!r} in {place!r}",
                hint="do not use this artifact; ask where it came from",
            )
