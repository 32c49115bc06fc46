"""The evidence of a verdict: kept as a blob, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.domain.reproductions import Evidence

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.store.artifacts import Artifacts


def keep_evidence(evidence: Evidence, artifacts: Artifacts) -> Digest:
    """Store the evidence as canonical JSON; the digest of the blob."""
    import msgspec

    from jupyter_mlc.store.log import canonical, carried

    return artifacts.put_bytes(canonical(carried(msgspec.to_builtins(evidence))))


def kept_evidence(digest: Digest, artifacts: Artifacts) -> Evidence:
    """Read evidence that was kept.

    Raises
    ------
    Damaged
        Where the blob is missing, is not what was stored, or holds no evidence.
    """
    import msgspec

    from jupyter_mlc.store.log import uncarried

    artifacts.ensure(digest)
    try:
        return msgspec.convert(uncarried(msgspec.json.decode(artifacts.read(digest))), Evidence, strict=False)
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise Damaged(
            f"the blob {digest} holds no evidence of a reproduction: {error}",
            hint="find out what else is wrong: %mlc verify",
        ) from None
