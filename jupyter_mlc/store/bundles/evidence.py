"""The evidence that travels with a version: its events as they were signed, and what the registry says of it now."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from jupyter_mlc.domain.entities import Measured, Micros, Parameter, Standing
from jupyter_mlc.domain.errors import Damaged, Unavailable
from jupyter_mlc.store.log import Words, canonical, carried, uncarried

BUNDLE = 1
"""the version of this form; a newer release may raise it"""
LARGEST = 64 << 20
"""bytes of the evidence of one version"""
MEDIA_TYPE = "application/vnd.jupyter.mlc.evidence.v1+json"
_ASK_AGAIN = "ask for the archive anew; nothing was changed here"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The registry that a version was copied from, as it was then."""

    registry: str
    seq: int
    hash: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset that the version was trained on."""

    event: int
    standing: Standing


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the source says of the version; only what its events repeat can be checked."""

    model: str
    number: int
    event: int
    """the sequence number of its registration there"""
    stage: str
    aliases: tuple[str, ...]
    tier: str
    owner: str
    author: str
    description: str
    note: str
    created: Micros
    tags: Mapping[str, str]
    model_tags: Mapping[str, str]
    metrics: tuple[Measured, ...]
    params: tuple[Parameter, ...]
    data: tuple[Link, ...]
    parent: str = ""
    """the hash of the registration of the version that it was retrained from"""

    @property
    def ref(self) -> str:
        return f"{self.model}:{self.number}"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """Whose key it was, and from which event to which."""

    public: str
    person: str
    added: int
    ended: int | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One version's bundle."""

    bundle: int
    source: Source
    version: Card
    events: tuple[str, ...]
    """as they are stored there: hash and signature can be checked"""
    words: tuple[Words, ...]
    """what the events leave out, unless it was erased"""
    keys: tuple[Key, ...]


class _Form(msgspec.Struct, frozen=True):
    bundle: int


def encoded(evidence: Evidence) -> bytes:
    """The evidence as canonical JSON: the same record gives the same bytes."""
    return canonical(carried(msgspec.to_builtins(evidence)))


def decoded(text: bytes) -> Evidence:
    """Read evidence that may come from anywhere.

    Raises
    ------
    Unavailable
        Where a newer release wrote it in a form that this one does not know.
    Damaged
        Where it is none.
    """
    try:
        form = msgspec.json.decode(text, type=_Form)
        if form.bundle <= BUNDLE:
            found: Evidence = msgspec.convert(uncarried(msgspec.json.decode(text)), Evidence, strict=False)
            return found
    except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError) as error:
        raise Damaged(f"the evidence cannot be read: {error}", hint=_ASK_AGAIN) from None
    raise Unavailable(
        f"the evidence is of form {form.bundle}, this release knows forms up to {BUNDLE}",
        hint="a newer release wrote it; upgrade: pip install -U jupyter-mlc",
    )


def doubtful(ref: str, what: str) -> Damaged:
    """The refusal of evidence that contradicts itself."""
    return Damaged(f"the evidence of {ref} does not hold: {what}", hint=_ASK_AGAIN)
