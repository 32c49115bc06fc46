"""The Merkle tree of RFC 6962 over the stored events, grown one leaf at a time.

The tree of the first n leaves is kept as its peaks: the roots of the full trees that n's binary digits stand for, the
largest first. From the peaks the root follows, and more leaves can be added without those before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(kw_only=True)
class Tree:
    """A tree that grows."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> None:
        """One more leaf."""
        node, full = leaf_hash(data), self.size
        while full & 1:
            node = node_hash(self.peaks.pop(), node)
            full >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return EMPTY
        *others, node = self.peaks
        for peak in reversed(others):
            node = node_hash(peak, node)
        return node
