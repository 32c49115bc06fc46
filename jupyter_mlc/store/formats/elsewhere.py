"""``elsewhere``: no bytes, but a record of where they lie, for what was brought in by reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_mlc.domain.entities import Artifact, Digest, Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.store.formats.base import CONFIG, CONFIG_DIGEST, Opening, Storing, encoded, only_layer, read_manifest

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

RECORD = "record.json"
_JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class ElsewhereFormat:
    """A version whose bytes lie elsewhere."""

    name: str = ELSEWHERE
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:  # noqa: ARG002 (nothing that is here lies elsewhere)
        """No object."""
        return False

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> NoReturn:  # noqa: ARG002 (nothing is stored)
        """Nothing is stored so."""
        raise BadInput(
            f"{self.name!r} is no format to store in: it marks versions that were brought in by reference",
            hint="leave --format out",
        )

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> NoReturn:  # noqa: ARG002 (nothing is read)
        """There is nothing to open."""
        raise Conflict("the bytes of this version lie elsewhere", hint="bring them here: %mlc fetch NAME:N")


def references(records: Sequence[bytes], artifacts: Artifacts) -> list[Artifact]:
    """Store many records; the artifacts that stand for the bytes which they tell of."""
    told = artifacts.put_many(records)
    texts = [
        encoded(Manifest(format=ELSEWHERE, layers=(_layer(digest, len(text)),)))
        for digest, text in zip(told, records, strict=True)
    ]
    _, *manifests = artifacts.put_many([CONFIG, *texts])
    return [
        Artifact(format=ELSEWHERE, digest=manifest, size=0, blobs=(manifest, record, CONFIG_DIGEST))
        for manifest, record in zip(manifests, told, strict=True)
    ]


def record_of(artifact: Digest, artifacts: Artifacts) -> Digest:
    """The blob of the record that an artifact stands for."""
    return only_layer(read_manifest(artifact, artifacts), RECORD).digest


def _layer(digest: Digest, size: int) -> Layer:
    return Layer(path=RECORD, digest=digest, size=size, media_type=_JSON)
