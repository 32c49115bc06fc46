"""From evidence that may come from anywhere to what is believed of it here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from jupyter_mlc.domain.entities import Digest, Measured, Parameter, RunFile, Snapshot, Standing
from jupyter_mlc.domain.errors import Damaged, MlcError
from jupyter_mlc.domain.events import DatasetAdded, RunEnded, VersionRegistered
from jupyter_mlc.domain.imports import HIGHEST_NUMBER, BytesFetched, Imported, with_bytes
from jupyter_mlc.domain.names import check_name, folded
from jupyter_mlc.store.bundles.evidence import Card, Evidence, decoded, doubtful
from jupyter_mlc.store.bundles.judgements import Judgement, judgements
from jupyter_mlc.store.bundles.packing import blobs_of, files_of
from jupyter_mlc.store.bundles.witnesses import Witness, checked_words, witnesses
from jupyter_mlc.store.digests import hex_of
from jupyter_mlc.store.projected import metric_rows, param_rows, words

_LARGEST = 2**53
_CONTRADICTIONS = (ValueError, TypeError, AttributeError, OverflowError, KeyError, RecursionError, msgspec.MsgspecError)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A version as its evidence tells of it, checked as far as that goes."""

    text: bytes
    """the evidence as it came"""
    evidence: Evidence
    registration: Witness
    ended: Witness | None
    """the end of its run"""
    fetched: BytesFetched | None
    """of a version that was known by reference there, until its bytes came"""
    datasets: Mapping[int, DatasetAdded]
    judgements: tuple[Judgement, ...]
    """its evaluations, oldest first"""
    own_keys: Collection[str]

    @property
    def card(self) -> Card:
        return self.evidence.version

    @property
    def registered(self) -> VersionRegistered:
        event = self.registration.recorded.event
        if not isinstance(event, VersionRegistered):
            raise TypeError(type(event))
        return with_bytes(event, self.fetched)

    @property
    def end(self) -> RunEnded | None:
        event = self.ended.recorded.event if self.ended else None
        return event if isinstance(event, RunEnded) else None

    @property
    def root(self) -> tuple[str, int]:
        """Hash and number of the event that registered it first, wherever that was."""
        event = self.registered
        if isinstance(event, Imported):
            return event.origin.registration, event.origin.event
        return self.registration.hash, self.card.event

    @property
    def signer(self) -> str:
        """The key that can be held responsible for the bytes.

        Who brought a version in does not answer for the code in it: their word counts where they are trusted, and only
        for who signed it before them.
        """
        event, public = self.registered, self.registration.public
        if isinstance(event, Imported):
            return event.origin.signer if public in self.own_keys else ""
        return public

    @property
    def is_trusted(self) -> bool:
        return self.signer in self.own_keys

    @property
    def blobs(self) -> tuple[Digest, ...]:
        """What the version itself needs; its evaluations tell of their own."""
        return tuple(blobs_of(self.registered, self.end))

    @property
    def files(self) -> tuple[RunFile, ...]:
        return files_of(self.registered, self.end)

    @property
    def metrics(self) -> tuple[Measured, ...]:
        """Each with its standing where one of our own keys signed exactly this; else it is claimed.

        What evaluations tell that come along is left to them.
        """
        told = {key for judgement in self.judgements for key in judgement.keys}
        signed = {(one.key, repr(one.value), one.standing) for event in self._own() for one in event.metrics}
        return tuple(
            Measured(
                key=one.key,
                value=one.value,
                standing=one.standing if (one.key, repr(one.value), one.standing) in signed else Standing.CLAIMED,
            )
            for one in self.card.metrics
            if one.key not in told
        )

    @property
    def params(self) -> tuple[Parameter, ...]:
        """As `metrics`."""
        signed = {key: event.standings.get(key) for event in self._own() for key in _values(event)}
        values = {key: value for event in self._own() for key, value in _values(event).items()}
        return tuple(
            Parameter(
                key=one.key,
                value=one.value,
                standing=one.standing
                if signed.get(one.key) == one.standing and _same(values.get(one.key), one.value)
                else Standing.CLAIMED,
            )
            for one in self.card.params
        )

    @property
    def data(self) -> list[tuple[DatasetAdded, Standing]]:
        """What it was trained on, and how that is known here."""
        is_own = any(True for _ in self._own())
        return [
            (self.datasets[link.event], link.standing if is_own else Standing.CLAIMED)
            for link in self.card.data
            if link.event in self.datasets
        ]

    def _own(self) -> Iterator[VersionRegistered | RunEnded]:
        """The events that tell facts and were signed by one of our own keys."""
        if self.registration.public in self.own_keys:
            yield self.registered
        if self.end is not None and self.ended is not None and self.ended.public in self.own_keys:
            yield self.end


def _values(event: VersionRegistered | RunEnded) -> dict[str, Any]:
    return {**event.params, **words(event.param_words)}


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def examined(text: bytes, own_keys: Collection[str]) -> Arrival:
    """Check evidence against itself: words against their ids, events against their signatures, the card against both.

    Raises
    ------
    Damaged
        Where anything in it contradicts itself.
    Unavailable
        Where a newer release wrote it.
    """
    evidence = decoded(text)
    card = evidence.version
    try:
        check_name(card.model)
        arrival = _arrival(text, evidence, own_keys)
        _check(arrival)
    except Damaged:
        raise
    except _CONTRADICTIONS as error:
        raise doubtful(card.ref, f"{type(error).__name__}: {error}") from None
    return arrival


def _arrival(text: bytes, evidence: Evidence, own_keys: Collection[str]) -> Arrival:
    said = dict(checked_words(evidence))
    found = {witness.recorded.seq: witness for witness in witnesses(evidence, said)}
    registration = found.get(evidence.version.event)
    if registration is None or not isinstance(registration.recorded.event, VersionRegistered):
        raise doubtful(evidence.version.ref, "the event of its registration is not in it")
    run = registration.recorded.event.run
    ended = [
        witness
        for witness in found.values()
        if isinstance(witness.recorded.event, RunEnded) and witness.recorded.event.run == run
    ]
    fetched = [
        event
        for event in (witness.recorded.event for witness in found.values())
        if isinstance(event, BytesFetched) and event.version.id == evidence.version.event
    ]
    added = {seq: w.recorded.event for seq, w in found.items() if isinstance(w.recorded.event, DatasetAdded)}
    return Arrival(
        text=text,
        evidence=evidence,
        registration=registration,
        ended=ended[0] if ended else None,
        fetched=fetched[-1] if fetched else None,
        datasets=added,
        judgements=judgements(evidence, found.values(), added, own_keys),
        own_keys=own_keys,
    )


def _check(arrival: Arrival) -> None:
    """The card must say what the registration says, and what it says must fit into tables."""
    card, event = arrival.card, arrival.registered
    number = arrival.registration.recorded.assigned.get("number")
    if number != card.number or folded(event.model) != folded(card.model):
        raise doubtful(card.ref, f"its registration is that of {event.model}:{number}")
    if not 1 <= card.number <= HIGHEST_NUMBER:
        raise doubtful(card.ref, "no version has so high a number")
    try:
        for digest in (event.artifact, *arrival.blobs, *(blob for one in arrival.judgements for blob in one.blobs)):
            hex_of(digest)
        for added in _datasets(arrival):
            check_name(added.name, "dataset")
    except MlcError as error:
        raise doubtful(card.ref, error.message) from None
    for text in (event.snapshot, arrival.end.snapshot if arrival.end else ""):
        if text.startswith("{"):
            msgspec.json.decode(text, type=Snapshot)
    numbers = (event.size, event.duration, arrival.end.duration if arrival.end else None, *_numbers_of(arrival))
    if any(number is not None and not 0 <= number < _LARGEST for number in numbers):
        raise doubtful(card.ref, "it has a number that no table can hold")
    metric_rows("version", 0, card.metrics)
    param_rows("version", 0, event)
    words(event.tags)


def _numbers_of(arrival: Arrival) -> Iterator[int | None]:
    """Sizes and counts, which end up in columns."""
    for file in arrival.files:
        yield file.size
    for added in _datasets(arrival):
        yield added.rows
    for judgement in arrival.judgements:
        yield judgement.event.rows
        yield judgement.whence.made


def _datasets(arrival: Arrival) -> list[DatasetAdded]:
    """What it was trained on, and what it was judged by."""
    return [*(added for added, _ in arrival.data), *(one.dataset for one in arrival.judgements)]
