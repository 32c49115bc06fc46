"""Checkpoints: what a verification without findings saw, signed by whoever ran it; the next one can begin there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.identity import signature_holds
from jupyter_mlc.store.log import canonical

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.store.verify import Verified
    from jupyter_mlc.store.writing import Clock


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the log as it was at a verification."""

    seq: int
    hash: str
    root: str
    """of the Merkle tree over the first `seq` events"""
    peaks: str
    """its peaks, the largest first, joined by commas"""
    verified: Micros
    key: str
    """the public key of whoever verified"""
    signature: str = ""

    def signed(self, uuid: str) -> bytes:
        """The bytes that are signed; the registry's UUID keeps it from being shown for another one."""
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if name != "signature"}
        return canonical({**said, "registry": uuid})

    def holds(self, uuid: str) -> bool:
        """Whether its key signed it."""
        try:
            return signature_holds(self.key, self.signed(uuid), self.signature)
        except (ValueError, TypeError, AttributeError):  # a row can hold anything
            return False


_SELECT = "SELECT seq, hash, root, peaks, verified, key, signature FROM checkpoint ORDER BY seq"
_INSERT = (
    "INSERT INTO checkpoint (seq, hash, root, peaks, verified, key, signature) "
    "VALUES (:seq, :hash, :root, :peaks, :verified, :key, :signature) "
    "ON CONFLICT (seq) DO UPDATE SET hash = excluded.hash, root = excluded.root, peaks = excluded.peaks, "
    "verified = excluded.verified, key = excluded.key, signature = excluded.signature"
)


def checkpoints(registry: Registry) -> list[Checkpoint]:
    """Every checkpoint, oldest first, whether or not its signature holds."""
    return [Checkpoint(**row) for row in registry.database.query(_SELECT)]


def newest_own(registry: Registry, own_keys: Collection[str]) -> Checkpoint | None:
    """The newest checkpoint that one of our own keys signed; anybody else's proves nothing to us."""
    uuid = registry.uuid
    for checkpoint in reversed(checkpoints(registry)):
        if checkpoint.key in own_keys and checkpoint.holds(uuid):
            return checkpoint
    return None


def record_checkpoint(registry: Registry, found: Verified, identity: Identity, clock: Clock) -> Checkpoint:
    """Keep the end of what was verified without findings.

    Raises
    ------
    Unavailable
        Where the registry takes no writes from us.
    """
    if found.findings or found.root == "":
        raise MlcError("only a full verification without findings makes a checkpoint", hint="run it: %mlc verify")
    bare = Checkpoint(
        seq=found.consistent_to,
        hash=found.hash,
        root=found.root,
        peaks=found.peaks,
        verified=clock(),
        key=identity.public,
    )
    signed = msgspec.structs.replace(bare, signature=identity.sign(bare.signed(found.uuid)))
    with registry.database.writing():
        registry.database.query(_INSERT, msgspec.structs.asdict(signed))
    return signed
