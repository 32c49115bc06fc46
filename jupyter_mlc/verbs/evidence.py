"""What a judgement rests on, kept as a blob and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyter_mlc.domain.errors import Damaged

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.store.artifacts import Artifacts

E = TypeVar("E")


def keep_evidence(evidence: object, artifacts: Artifacts) -> Digest:
    """Store evidence as canonical JSON; the digest of the blob."""
    import msgspec

    from jupyter_mlc.store.log import canonical, carried

    return artifacts.put_bytes(canonical(carried(msgspec.to_builtins(evidence))))


def kept_evidence(digest: Digest, artifacts: Artifacts, kind: type[E]) -> E:
    """Read evidence of a kind that was kept.

    Raises
    ------
    Damaged
        Where the blob is missing, is not what was stored, or holds no such evidence.
    """
    import msgspec

    from jupyter_mlc.store.log import uncarried

    artifacts.ensure(digest)
    try:
        return msgspec.convert(uncarried(msgspec.json.decode(artifacts.read(digest))), kind, strict=False)
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise Damaged(
            f"the blob {digest} holds no evidence: {error}", hint="find out what else is wrong: %mlc verify"
        ) from None
