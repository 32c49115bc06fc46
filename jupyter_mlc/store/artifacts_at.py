"""The artifacts of a registry, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.hashed_files import HashedFiles
from jupyter_mlc.store.home import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlc.store.places import PlaceOfRegistry


def artifacts_at(place: PlaceOfRegistry, has_begun: Callable[[], bool] | None = None) -> Artifacts:
    """In a folder or in a bucket; what this machine found out about them is remembered in the cache folder."""
    checks, hashed_files = Checks(cache_folder()), HashedFiles(cache_folder())
    if not place.bucket:
        return Artifacts(place.artifacts, checks, hashed_files, has_begun)
    from jupyter_mlc.store.bucket_artifacts import BucketArtifacts

    return BucketArtifacts(place.bucket, place.artifacts, checks, hashed_files)
