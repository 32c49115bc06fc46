"""What can happen: each class is one type of event, in its newest version; a module for each subject."""

from __future__ import annotations

from jupyter_mlc.domain.events.base import (
    ERASED,
    EVENTS,
    UPCASTS,
    Event,
    VersionKey,
    event,
    personal_fields,
    text,
    upcast,
)
from jupyter_mlc.domain.events.datasets import DatasetAdded
from jupyter_mlc.domain.events.models import AliasMoved, ModelCreated, ModelEdited, Pointer, Tagged, VersionEdited
from jupyter_mlc.domain.events.moves import ChampionEntry, Place, VersionChange, VersionMoved
from jupyter_mlc.domain.events.people import KeyAdded, KeyRotated, PersonAdded
from jupyter_mlc.domain.events.record import ActRefused, RegistryCreated, VerificationFailed
from jupyter_mlc.domain.events.runs import DatasetLink, RunEnded, RunStarted
from jupyter_mlc.domain.events.versions import Evaluated, VersionRegistered

__all__ = [
    "ERASED",
    "EVENTS",
    "REVERSIBLE",
    "UPCASTS",
    "ActRefused",
    "AliasMoved",
    "ChampionEntry",
    "DatasetAdded",
    "DatasetLink",
    "Evaluated",
    "Event",
    "KeyAdded",
    "KeyRotated",
    "ModelCreated",
    "ModelEdited",
    "PersonAdded",
    "Place",
    "Pointer",
    "RegistryCreated",
    "RunEnded",
    "RunStarted",
    "Tagged",
    "VerificationFailed",
    "VersionChange",
    "VersionEdited",
    "VersionKey",
    "VersionMoved",
    "VersionRegistered",
    "event",
    "personal_fields",
    "text",
    "upcast",
]

REVERSIBLE = (VersionMoved, AliasMoved, Tagged, ModelEdited, VersionEdited)
