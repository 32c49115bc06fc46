"""A version that was made elsewhere and brought here: one event, signed by whoever brought it."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.entities import Digest, Micros, Standing
from jupyter_mlc.domain.events import RunFile, VersionRegistered, event

HIGHEST_NUMBER = 1_000_000_000
"""of a version that can be brought in: the numbers after it must fit in every database too"""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a version was before."""

    registry: str
    """the UUID of the registry that it was copied from"""
    head: int
    """how long that registry's log was then"""
    head_hash: str
    ref: str
    """what it is called there"""
    number: int
    registration: str
    """the hash of the event that registered it first, wherever that was: what it is recognised by"""
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
