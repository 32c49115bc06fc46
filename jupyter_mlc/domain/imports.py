"""What was made elsewhere and brought here: an event each, signed by whoever brought it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jupyter_mlc.domain.entities import Digest, Micros, RunFile, Standing
from jupyter_mlc.domain.evaluations import Whence
from jupyter_mlc.domain.events import Evaluated, Event, VersionKey, VersionRegistered, event, text

HIGHEST_NUMBER = 1_000_000_000
"""of a version that can be brought in: the numbers after it must fit in every database too"""
ELSEWHERE = "elsewhere"
"""the format of a version whose bytes lie where it was made, until somebody fetches them"""
_SHORT = 8


def is_address(registry: str) -> bool:
    """Whether a version came from another tool, which is known by its address; our own registries have UUIDs."""
    return "://" in registry


def registry_shown(registry: str) -> str:
    """A registry as a person may read it: ``registry 4b3dc2e1``, or the address of another tool's."""
    return registry if is_address(registry) else f"registry {registry[:_SHORT]}"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a version was before."""

    registry: str
    """the UUID of the registry that it was copied from; the address of one that is another tool's"""
    head: int
    """how long that registry's log was then; 0 where it has none"""
    head_hash: str
    ref: str
    """what it is called there"""
    number: int
    registration: str
    """the hash of the event that registered it first, wherever that was: what it is recognised by; of what comes from
    another tool, that of what the tool cannot change about it"""
    event: int
    """the sequence number of that event"""
    registered: Micros
    author: str
    """the id of the person who signed that event"""
    signer: str
    """the public key whose signature over it held; empty where no key can be held responsible for the bytes"""


@event
@dataclass(frozen=True, kw_only=True)
class Imported(VersionRegistered):
    """What is said of the version is what its evidence says, each fact with the standing that it has here."""

    origin: Origin
    evidence: Digest
    """the bundle of what was recorded of it there, as it came"""
    captured: Standing = Standing.CLAIMED
    """how what surrounded it there is known here"""
    files: tuple[RunFile, ...] = ()
    """kept with the run that it came of"""


@event
@dataclass(frozen=True, kw_only=True)
class EvaluationImported(Evaluated):
    """A version was judged elsewhere; what was found came along, whole."""

    whence: Whence
    standing: Standing = Standing.CLAIMED
    """computed where a key of one's own signed it there"""


@event
@dataclass(frozen=True, kw_only=True)
class BytesFetched(Event):
    """The bytes of a version that was known by reference came here; from then on it is made of them."""

    model: str
    version: VersionKey
    format: str
    artifact: Digest
    size: int
    blobs: tuple[Digest, ...]
    library: str
    source: str = text()
    """where they lay: a path may name people"""


def with_bytes(registered: VersionRegistered, fetched: BytesFetched | None) -> VersionRegistered:
    """A registration as if it had brought the bytes that were fetched later.

    Only what was brought in by reference takes bytes later, and nobody answers for their code: whoever signed the
    registration did not see them.
    """
    if fetched is None or not isinstance(registered, Imported) or registered.format != ELSEWHERE:
        return registered
    return replace(
        registered,
        format=fetched.format,
        artifact=fetched.artifact,
        size=fetched.size,
        blobs=tuple(dict.fromkeys([*registered.blobs, *fetched.blobs])),
        library=fetched.library,
        load_check="skipped: its bytes were fetched later",
        origin=replace(registered.origin, signer=""),
    )
