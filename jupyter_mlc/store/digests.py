"""Digests as names, and what is said of blobs that are not what their digest says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, Damaged

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_HEX = re.compile(r"[0-9a-f]{64}")
_SHOWN = 80
_RESTORE = "restore it from a backup of the registry, or register the model again"


def hex_of(digest: Digest) -> str:
    """The hexadecimal part of a digest; raises BadInput for anything that is none, so no path is made of it."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        shown = digest if len(digest) <= _SHOWN else f"{digest[:_SHOWN]}..."
        raise BadInput(f"{shown!r} is not a digest", hint="a digest is written sha256: and 64 hexadecimal digits")
    return found[1]


def is_hex(name: str) -> bool:
    """Whether a name is that of a blob."""
    return _HEX.fullmatch(name) is not None


def holds_others(digest: Digest, size: int, found: str) -> Damaged:
    """What to say of a blob with other bytes, so many and with this hash."""
    return Damaged(
        f"the blob {digest} holds other bytes than were recorded ({size} bytes, sha256:{found})", hint=_RESTORE
    )


def no_file(digest: Digest) -> Damaged:
    """What to say of a blob in whose place stands a folder, a pipe or a device."""
    return Damaged(f"the blob {digest} is no file", hint=_RESTORE)


def missing_blob(digest: Digest) -> Damaged:
    """What to say of a blob that is not there."""
    return Damaged(f"the blob {digest} is missing", hint=_RESTORE)
