"""`verify`: is the record what it was?"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.errors import MlcError, Unavailable
from jupyter_mlc.domain.events import VerificationFailed
from jupyter_mlc.store.home import data_folder
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.base import Ask, Does, Field, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import own_identity

if TYPE_CHECKING:
    from jupyter_mlc.store.remembered import Remembered
    from jupyter_mlc.store.verify import Finding as Found
    from jupyter_mlc.store.verify import Verified

_OF_VERSION = re.compile(r"(?:version id|\w+ version) = (\d+)\b")
_KINDS = {
    **dict.fromkeys(("event", "words", "checkpoint", "database"), "log"),
    **dict.fromkeys(("blob", "blobs", "manifest"), "blob"),
    "reference": "reference",
    "everywhere": "more",
}
"""what the place of a finding begins with, and what is to be mended; all else is a table"""
_STEPS = {
    "": "tables that differ: %mlc admin rebuild",
    "log": "events, words and checkpoints: bring them back from a backup",
    "blob": "blobs: bring them back from a backup",
    "trigger of others": "triggers of others: drop them in the database",
    "reference": "files by reference: put them back where they were, or register the model anew",
}
_GONE = "it is missing"
_NAMED = 100
"""findings whose versions are looked up: nobody reads more of them"""


@dataclass(frozen=True, kw_only=True)
class Verify(Ask):
    """Verify the registry."""

    quick: Annotated[
        bool, Field(description="only what came after the last verified checkpoint, and that every blob is there")
    ] = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it was recorded."""

    where: str
    what: str


@dataclass(frozen=True, kw_only=True)
class VerifyReply(Reply):
    """What was looked at, and what was found."""

    consistent_to: int
    """up to this sequence number nothing was found"""
    anchored_to: int
    """up to this one a witness outside holds a checkpoint; 0 where there is none"""
    events: int
    signatures: int
    blobs: int
    versions: int
    findings: tuple[Finding, ...]
    writers: str
    """who can write the record directly"""
    checked: str
    """what was looked at, and what not"""
    quick: bool = False
    """whether no more than that was asked for: neither the earlier events nor the bytes of blobs"""

    @property
    def exit_code(self) -> int:
        return 3 if self.findings else 0

    def to_rows(self) -> list[dict[str, object]]:
        """One row a finding."""
        return [{"where": finding.where, "what": finding.what} for finding in self.findings]


@verb(does=Does.READ, example="verify")
def verify(ask: Verify, context: Context) -> VerifyReply:
    """Check every event, signature, table row and blob against each other, and say what that proves and what not.

    The record is tamper-evident, not tamper-proof: whoever can write the files can write the files. The reply names
    who can.
    """
    from jupyter_mlc.store.remembered import Remembered
    from jupyter_mlc.store.verify import verify as verified

    own, keyless = own_identity(context)
    is_backup = context.registry.database.is_backup  # whose end goes back and forth, with what it is a copy of
    remembered = None if is_backup else Remembered(context.registry, data_folder() / "checkpoints")
    found = verified(
        context.registry,
        context.artifacts,
        quick=ask.quick,
        identity=own,
        progress=context.progress,
        remembered=remembered,
    )
    warnings: tuple[str, ...] = ()
    if own is not None and remembered is not None and not found.findings and not ask.quick:
        warnings = _checkpoint(context, found, own, remembered)
    findings = tuple(_finding(context, each, named=place < _NAMED) for place, each in enumerate(found.findings))
    if findings and not is_backup:
        warnings += _report(context, findings)
    elif not findings:
        warnings += _unsigned(keyless, quick=ask.quick)
    warnings += _elsewhere(context)
    return VerifyReply(
        done=not findings,
        consistent_to=found.consistent_to,
        anchored_to=found.anchored_to,
        events=found.events,
        signatures=found.signatures,
        blobs=found.blobs,
        versions=found.versions,
        findings=findings,
        writers=found.writers,
        checked=found.checked,
        quick=ask.quick,
        warnings=warnings,
        next=_next(findings, found.blobs, context) or (f"about the key: {keyless.hint}" if keyless else ""),
    )


def _finding(context: Context, found: Found, *, named: bool) -> Finding:
    """What was found, with the version that it is about as people call it."""
    about, ref = _OF_VERSION.match(found.where) if named else None, None
    if about is not None:
        with suppress(MlcError):
            ref = context.registry.ref_of(int(about[1]))
    return Finding(where=found.where, what=found.what + (f" ({ref})" if ref else ""))


def _checkpoint(context: Context, found: Verified, own: Identity, remembered: Remembered) -> tuple[str, ...]:
    """Keep how far all is whole; a reader may verify too, and is told that nothing was kept."""
    from jupyter_mlc.store.verify import record_checkpoint

    try:
        remembered.keep(record_checkpoint(context.registry, found, own, context.clock))
    except Unavailable as error:
        return (f"that it was verified could not be recorded: {error.message}",)
    return ()


def _unsigned(keyless: Unavailable | None, *, quick: bool) -> tuple[str, ...]:
    """What a verification could not do without a key."""
    if keyless is None:
        return ()
    left = "no checkpoint is known to be yours, so the log was read from its beginning"
    return (f"{keyless.message}; {left if quick else 'no checkpoint was recorded'}",)


def _elsewhere(context: Context) -> tuple[str, ...]:
    """A version whose bytes are not here cannot be damaged here; where the table cannot be read, that was found."""
    count = 0
    with suppress(MlcError):
        count = context.registry.kept_elsewhere()
    if not count:
        return ()
    whose = "1 version has its bytes" if count == 1 else f"{count:,} versions have their bytes"
    return (f"{whose} elsewhere, and nothing here vouches for them; to bring them here: %mlc fetch NAME",)


def _next(findings: tuple[Finding, ...], blobs: int, context: Context) -> str:
    """What helps against each kind of finding; a backup is mended from its registry."""
    if not findings:
        return ""
    kinds = {_kind(finding) for finding in findings}
    if context.registry.database.is_backup and kinds != {"reference"}:
        return f"mend it from where its registry is: jupyter mlc admin backup {context.place.shown}"
    steps = {kind: step for kind, step in _STEPS.items() if kind in kinds}
    if sum(finding.what.startswith(_GONE) for finding in findings if finding.where.startswith("blob ")) == blobs > 0:
        steps["blob"] = f"all blobs are missing: is {context.artifacts.where} the right place, and mounted?"
    return " · ".join(steps.values())


def _kind(finding: Finding) -> str:
    from jupyter_mlc.store.verify_guards import OF_OTHERS

    if finding.what == OF_OTHERS:
        return "trigger of others"
    return _KINDS.get(finding.where.partition(" ")[0], "")


def _report(context: Context, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """A failed verification is an event too; a record that cannot take one is told to the reader."""
    try:
        with context.write() as log:
            log.append(VerificationFailed(findings=len(findings), first=f"{findings[0].where}: {findings[0].what}"))
    except MlcError as error:
        return (f"the failed verification could not be recorded: {error.message}",)
    return ()
