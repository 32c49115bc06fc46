"""Events that come from anywhere: what was said beside them, and whose signatures over them hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from jupyter_mlc.store import log
from jupyter_mlc.store.bundles.evidence import Evidence, Key, doubtful
from jupyter_mlc.store.identity import signature_holds
from jupyter_mlc.store.projections import Recorded

_TOLD = ("VersionRegistered", "Imported", "RunEnded", "DatasetAdded", "BytesFetched", "Evaluated", "EvaluationImported")


@dataclass(frozen=True, kw_only=True)
class Witness:
    """One event of the evidence whose signature holds, and whose key that is."""

    recorded: Recorded
    hash: str
    public: str


def checked_words(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The words that the events leave out, each with the id that it proves to have."""
    for entry in evidence.words:
        if log.words_id(entry.salt, entry.words) != entry.id:
            raise doubtful(evidence.version.ref, "words in it are not what was written")
        yield entry.id, entry.words


def witnesses(evidence: Evidence, said: Mapping[str, str]) -> Iterator[Witness]:
    """Those events that tell facts; of the others, too, every signature must hold."""
    for stored in evidence.events:
        wrapper = log.unwrap(stored)
        act = log.act_of(wrapper)
        public = _key_at(evidence.keys, act.actor, wrapper.seq)
        if not signature_holds(public, bytes(wrapper.act), wrapper.signature):
            raise doubtful(evidence.version.ref, f"the signature of event {wrapper.seq} is not its author's")
        if act.type in _TOLD:
            recorded = log.recorded_of(wrapper, act, said.get)
            yield Witness(recorded=recorded, hash=log.hash_of(stored.encode()), public=public)


def _key_at(keys: Collection[Key], person: str, seq: int) -> str:
    """The key that a person had then; the first one also signed their introduction, just before it was added."""
    mine = sorted((key for key in keys if key.person == person), key=lambda key: key.added)
    return next((key.public for key in mine if key.ended is None or key.ended >= seq), "")
