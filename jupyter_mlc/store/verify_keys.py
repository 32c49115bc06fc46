"""Whose key may sign at which point of the log, and why a signature does not hold.

Keys come from the log itself. A person's first key signs its own introduction, and the person's id is made of it; after
that only the old key can name a new one, and is trusted for nothing later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlc.domain.events import KeyAdded, KeyRotated, PersonAdded, RegistryCreated
from jupyter_mlc.store.identity import first_id_of, signature_holds
from jupyter_mlc.store.verify_findings import Findings

if TYPE_CHECKING:
    from jupyter_mlc.store.projections import Recorded


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """An act, its signature and the key that must have made it."""

    seq: int
    act: bytes
    signature: str
    public: str = ""


@dataclass(kw_only=True)
class Keyring:
    """The keys that are trusted now, while the log is read from its beginning."""

    findings: Findings
    current: dict[str, str] = field(default_factory=dict)
    """person -> public key"""
    ended: dict[str, int] = field(default_factory=dict)
    """public key -> the event that ended it"""
    waiting: dict[str, list[Signed]] = field(default_factory=dict)
    """acts of persons whose key comes in one of the next events"""
    incomplete: bool = False
    """whether an event was lost, which may have brought a key"""

    def signer(self, recorded: Recorded, seq: int, act: bytes, signature: str) -> list[Signed]:
        """The acts that can be checked now that this event is read, each with the key that must have signed it."""
        actor, event = recorded.actor, recorded.event
        public = self.current.get(actor, "")
        signed = Signed(seq=seq, act=act, signature=signature, public=public)
        if isinstance(event, KeyAdded):
            return self._introduced(actor, event, signed)
        if not public:
            return self._unknown(recorded, signed)
        if isinstance(event, KeyRotated):
            self._rotated(actor, event, seq)
        return [signed]

    def _unknown(self, recorded: Recorded, signed: Signed) -> list[Signed]:
        """Only the first words of a person come before the key."""
        if isinstance(recorded.event, PersonAdded | RegistryCreated):
            self.waiting.setdefault(recorded.actor, []).append(signed)
        elif not self.incomplete:
            self.findings.event(recorded.seq, f"{recorded.actor} signed it, who had no key by then")
        return []

    def _introduced(self, actor: str, event: KeyAdded, signed: Signed) -> list[Signed]:
        if event.person != actor:
            self.findings.event(signed.seq, f"{actor} adds a key for {event.person}")
        elif actor in self.current:
            self.findings.event(signed.seq, f"it adds a second key for {actor}, which only the first one could name")
        elif not _is_first_key(actor, event.public):
            self.findings.event(signed.seq, f"the key that it adds is not the one that {actor} is named after")
        else:
            self.current[actor] = event.public
            return [_by(each, event.public) for each in (*self.waiting.pop(actor, ()), signed)]
        return []

    def _rotated(self, actor: str, event: KeyRotated, seq: int) -> None:
        if event.person != actor or event.old != self.current[actor]:
            self.findings.event(seq, f"it replaces a key that is not {actor}'s")
            return
        self.current[actor] = event.new
        self.ended[event.old] = seq

    def finish(self) -> None:
        """Whoever still waits for a key never got one."""
        for person, waiting in self.waiting.items():
            for signed in () if self.incomplete else waiting:
                self.findings.event(signed.seq, f"{person} signed it, who never had a key")

    def why(self, signed: Signed) -> str:
        """Why a signature does not hold, as far as the known keys tell."""
        for public, seq in self.ended.items():
            if signature_holds(public, signed.act, signed.signature):
                return f"it is signed by a key that was replaced in event {seq}"
        for person, public in self.current.items():
            if signature_holds(public, signed.act, signed.signature):
                return f"it is signed by the key of {person}, not by its actor's"
        return "its signature does not hold: what was signed is not what is stored, or another key signed it"


def _by(signed: Signed, public: str) -> Signed:
    return Signed(seq=signed.seq, act=signed.act, signature=signed.signature, public=public)


def _is_first_key(person: str, public: str) -> bool:
    try:
        return first_id_of(public) == person
    except ValueError:
        return False
