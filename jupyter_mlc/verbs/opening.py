"""Which bytes of a version are opened, and whether they may run code here: the same for `load` and for scoring."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import Conflict, Damaged, Unavailable
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import Imported
from jupyter_mlc.domain.lifecycle import REFUSES_LOAD, Stage
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import own_identity


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a version is to be opened."""

    version: ModelVersion
    event: VersionRegistered
    trusted: bool
    """whether a key of one's own signed it, or the person said --trust"""
    own: Identity | None
    """whoever acts, as far as that can be known"""
    warnings: tuple[str, ...] = ()


def planned(version: ModelVersion, context: Context, *, trust: bool = False) -> Plan:
    """Plan the opening of a version.

    Raises
    ------
    Conflict
        Where it is retired, or gone for good.
    Damaged
        Where tables and log do not agree on its bytes.
    """
    _refuse_retired(version)
    event = context.registry.event(version.id).event
    if isinstance(event, VersionRegistered):
        event = context.registry.now_made_of(version.id, event, version.artifact)
    if not isinstance(event, VersionRegistered) or event.artifact != version.artifact:
        raise Damaged(f"{version.ref}: the tables do not agree with the log", hint="find out where: %mlc verify")
    own, keyless = own_identity(context)
    trusted = trust or vouches(own, version, event, context)
    warnings = _nobody(keyless) if keyless and not trusted else ()
    return Plan(version=version, event=event, trusted=trusted, own=own, warnings=warnings)


def vouches(own: Identity | None, version: ModelVersion, event: VersionRegistered, context: Context) -> bool:
    """Whether a key of whoever acts signed the version."""
    return own is not None and _is_own(event, context.registry.signer_of(version.id), own.own_keys)


def _is_own(event: VersionRegistered, signer: str | None, own_keys: Collection[str]) -> bool:
    """Whether a key of one's own signed it; of what was copied in, also where it was made."""
    return signer in own_keys and (not isinstance(event, Imported) or event.origin.signer in own_keys)


def _nobody(keyless: Unavailable) -> tuple[str]:
    return (f"{keyless.message}; without it no signature is yours, and only what is known to be harmless is loaded",)


def _refuse_retired(version: ModelVersion) -> None:
    if Stage(version.stage) not in REFUSES_LOAD:
        return
    why = f" ({version.reason})" if version.reason else ""
    instead = f"load {version.successor} instead" if version.successor else f"see %mlc list {version.model}"
    gone = "its bytes are gone" if version.stage == Stage.PURGED else "it is not loaded any more"
    raise Conflict(f"{version.ref} is {version.stage}{why}; {gone}", hint=instead)
