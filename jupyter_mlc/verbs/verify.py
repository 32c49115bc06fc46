"""`verify`: is the record what it was?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import VerificationFailed
from jupyter_mlc.verbs.base import Ask, Context, Does, Field, Reply, verb


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
    from jupyter_mlc.store.verify import record_checkpoint
    from jupyter_mlc.store.verify import verify as verified

    found = verified(
        context.registry, context.artifacts, quick=ask.quick, identity=context.identity, progress=context.progress
    )
    if not found.findings and not ask.quick:
        record_checkpoint(context.registry, found, context.identity, context.clock)
    findings = tuple(Finding(where=finding.where, what=finding.what) for finding in found.findings)
    warnings = _report(context, findings) if findings else ()
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
        warnings=warnings,
        next=_next(findings),
    )


def _next(findings: tuple[Finding, ...]) -> str:
    """Tables can be written anew; the log and the blobs must come from a backup."""
    return (
        "tables that differ: %mlc admin rebuild · events and blobs: bring them back from a backup" if findings else ""
    )


def _report(context: Context, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """A failed verification is an event too; a record that cannot take one is told to the reader."""
    try:
        with context.write() as log:
            log.append(VerificationFailed(findings=len(findings), first=f"{findings[0].where}: {findings[0].what}"))
    except MlcError as error:
        return (f"the failed verification could not be recorded: {error.message}",)
    return ()
