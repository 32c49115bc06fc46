"""Events as a person would tell them, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.imports import BytesFetched, EvaluationImported, Imported, registry_shown
from jupyter_mlc.domain.jobs import JobAdded, JobEnded, JobStarted
from jupyter_mlc.domain.reproductions import ReproductionJudged
from jupyter_mlc.domain.schedules import ScheduleAdded, ScheduleRan, ScheduleRemoved
from jupyter_mlc.store.projected import words
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.verbs.shared import moved_line


def told(recorded: Recorded) -> str:
    """What happened, without who and when."""
    teller = _TELLERS.get(type(recorded.event))
    lead = "undone: " if getattr(recorded.event, "undoes", None) is not None else ""
    return lead + (teller(recorded.event, recorded) if teller else type(recorded.event).__name__)


def reason_of(event: e.Event) -> str:
    """Why it happened, as far as somebody said so; of what was refused, why it was."""
    if isinstance(event, e.ActRefused):
        return event.message
    return str(getattr(event, "reason", "") or getattr(event, "note", "") or "")


def _moved(event: e.VersionMoved, _: Recorded) -> str:
    return ("rolled back: " if event.kind == "rollback" else "") + moved_line(event)


def _registered(event: e.VersionRegistered, at: Recorded) -> str:
    return f"{event.model}:{at.assigned['number']} registered ({event.class_name or event.format})"


def _imported(event: Imported, at: Recorded) -> str:
    number, skipped, origin = at.assigned["number"], at.assigned.get("skipped", 0), event.origin
    line = f"{event.model}:{number} copied in from {registry_shown(origin.registry)}"
    line += f", where it is {origin.ref}" if origin.ref != f"{event.model}:{number}" else ""
    first = number - skipped
    gap = f"{event.model}:{first}..{number - 1} were" if skipped > 1 else f"{event.model}:{first} was"
    return f"{line} ({gap} never given, so that it keeps its number)" if skipped else line


def _edited(event: e.ModelEdited, _: Recorded) -> str:
    changes = []
    if event.tier != event.tier_before:
        changes.append(f"tier {event.tier_before} -> {event.tier}")
    if event.owner != event.owner_before:
        changes.append("another owner")
    if event.description != event.description_before:
        changes.append("another description")
    return f"{event.model}: {', '.join(changes) or 'edited'}"


def _tagged(event: e.Tagged, _: Recorded) -> str:
    ref = f"{event.model}:{event.version.number}" if event.version else event.model
    pairs = [f"{key}={value}" if value is not None else f"{key} removed" for key, value in words(event.after).items()]
    return f"{ref} tagged {', '.join(pairs)}" if pairs else f"{ref} tagged"


def _alias(event: e.AliasMoved, _: Recorded) -> str:
    after = event.pointer.after
    where = f"-> {event.model}:{after.number}" if after else "removed"
    return f"{event.model}@{event.alias} {where}"


def _evaluated(event: e.Evaluated, at: Recorded) -> str:
    first = next((one for one in event.estimates if one.value is not None), None)
    said = f": {first.metric} {first.value:.4g}" if first is not None else ""
    sealed = f" for {event.stage}" if event.stage else ""
    on = f"evaluated on {event.dataset_name}{sealed}"
    return f"{event.model}:{event.version.number} {on}{said} (evaluation/{at.assigned['number']})"


def _brought(event: EvaluationImported, at: Recorded) -> str:
    return f"{_evaluated(event, at)}, in {registry_shown(event.whence.registry)} and copied in"


def _job_started(event: JobStarted, at: Recorded) -> str:
    given = ", ".join(f"{key}={value}" for key, value in words(event.params).items())
    return f"job/{at.assigned['number']} of {event.name} started{f' with {given}' if given else ''}"


def _job_ended(event: JobEnded, _: Recorded) -> str:
    return f"job/{event.number} {event.exit}{f': {event.exception}' if event.exception else ''}"


def _ran(event: ScheduleRan, _: Recorded) -> str:
    missed = f", {event.missed} missed before it" if event.missed else ""
    refused = f": refused, {event.refused.splitlines()[0]}" if event.refused else ""
    return f"schedule/{event.number} was due{missed}{refused}"


def _judged(event: ReproductionJudged, _: Recorded) -> str:
    where = f" (job/{event.number})" if event.number is not None else ""
    return f"{event.model}:{event.version.number} reproduced: {event.verdict}{where}"


_TELLERS: Mapping[type[e.Event], Callable[[Any, Recorded], str]] = {
    e.RegistryCreated: lambda event, _: f"registry {event.uuid[:8]} made",
    e.PersonAdded: lambda event, _: f"{event.name} introduced themselves",
    e.KeyAdded: lambda event, _: f"key {event.public[:8]} added (self-asserted)",
    e.KeyRotated: lambda event, _: f"key {event.old[:8]} replaced by {event.new[:8]}",
    e.ModelCreated: lambda event, _: f"{event.model} created (tier {event.tier})",
    e.ModelEdited: _edited,
    e.VersionEdited: lambda event, _: f"{event.model}:{event.version.number} noted",
    e.Tagged: _tagged,
    e.AliasMoved: _alias,
    e.RunStarted: lambda event, at: f"run/{at.assigned['number']} of {event.name} started",
    e.RunEnded: lambda event, _: f"a run {event.status}",
    e.DatasetAdded: lambda event, at: f"dataset {event.name} revision {at.assigned['number']}, {event.rows:,} rows",
    e.VersionRegistered: _registered,
    e.Evaluated: _evaluated,
    EvaluationImported: _brought,
    Imported: _imported,
    BytesFetched: lambda event, _: f"{event.model}:{event.version.number}: its bytes were fetched ({event.format})",
    JobAdded: lambda event, at: f"job {event.name} defined (revision {at.assigned['number']})",
    JobStarted: _job_started,
    JobEnded: _job_ended,
    ScheduleAdded: lambda event, at: f"schedule/{at.assigned['number']}: {event.name} every {event.every}",
    ScheduleRemoved: lambda event, _: f"schedule/{event.number} removed",
    ScheduleRan: _ran,
    ReproductionJudged: _judged,
    e.VersionMoved: _moved,
    e.ActRefused: lambda event, _: f"refused: {event.verb} {event.subject}",
    e.VerificationFailed: lambda event, _: f"verification failed: {event.findings} findings",
}
