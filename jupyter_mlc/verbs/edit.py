"""`edit`: owner, tier and description of a model; the note of a version."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import ModelEdited, PersonAdded, VersionEdited, VersionKey
from jupyter_mlc.domain.lifecycle import Tier
from jupyter_mlc.domain.names import parse_reference, parse_version
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Writing as Log

_BACK = "take it back: %mlc undo"


@dataclass(frozen=True, kw_only=True)
class Edit(Writing):
    """Edit a model or a version."""

    ref: Annotated[str, Field(description="a model, or a version", positional=True, complete=Complete.VERSION)]
    owner: Annotated[str | None, Field(description="who answers for the model")] = None
    tier: Annotated[Tier | None, Field(description="how much harm a wrong model could do")] = None
    description: Annotated[str | None, Field(description="what the model is for, in quotes", words="description")] = (
        None
    )
    note: Annotated[str | None, Field(description="what is special about the version, in quotes", words="note")] = None


@dataclass(frozen=True, kw_only=True)
class EditReply(Reply):
    """What changed."""

    ref: str
    changed: tuple[str, ...]

    def shows(self) -> tuple[str, ...]:
        return paged(self.ref)


@verb(does=Does.WRITE, example="edit churn --owner ana --tier high")
def edit(ask: Edit, context: Context) -> EditReply:
    """Change what is said of a model (owner, tier, description) or of a version (note)."""
    if parse_reference(ask.ref).names_a_version:
        return _edit_version(ask, context)
    if ask.note is not None:
        raise BadInput("a note belongs to a version", hint=f"write %mlc edit {ask.ref}:N --note, or use --description")
    if ask.owner is None and ask.tier is None and ask.description is None:
        raise BadInput("edit what?", hint="give --owner, --tier or --description (or --note for a version)")
    row = context.registry.model_row(context.registry.model(ask.ref).name) or {}
    changed = tuple(
        f"{name} {value}"
        for name, value in (("owner", ask.owner), ("tier", ask.tier), ("description", ask.description))
        if value is not None
    )
    is_new = False
    if not ask.dry_run:
        with context.write() as log:
            is_new = _edit_model(ask, context, log)
    return _reply(ask, str(row["name"]), changed, is_new=is_new)


def _reply(ask: Edit, ref: str, changed: tuple[str, ...], *, is_new: bool) -> EditReply:
    if not ask.dry_run and not is_new:
        return EditReply(ref=ref, changed=("as before",))
    return EditReply(done=not ask.dry_run, ref=ref, changed=changed, next=_BACK if is_new else "")


def _edit_model(ask: Edit, context: Context, log: Log) -> bool:
    """Record the change; False where all is said already."""
    row = context.registry.model_row(ask.ref)
    if row is None:
        raise Conflict(f"{ask.ref} is not there any more", hint="see %mlc list")
    edited = ModelEdited(
        model=row["name"],
        owner_before=row["owner"],
        owner=_person(ask.owner, context, log) if ask.owner is not None else row["owner"],
        tier_before=row["tier"],
        tier=ask.tier or row["tier"],
        description_before=row["description"],
        description=row["description"] if ask.description is None else ask.description,
    )
    is_new = not _is_same(edited)
    if is_new:
        log.append(edited)
    return is_new


def _is_same(edited: ModelEdited) -> bool:
    before = edited.owner_before, edited.tier_before, edited.description_before
    return before == (edited.owner, edited.tier, edited.description)


def _person(name: str, context: Context, log: Log) -> str:
    """The id of the person who is called so; one of whom nothing is known yet gets an id."""
    if not name.strip():
        raise BadInput("an empty word names nobody", hint="--owner ana")
    known = context.registry.people_called(name)
    if len(known) > 1:
        names = ", ".join(f"{context.registry.name_of(person)} ({person})" for person in known)
        raise Conflict(f"several people are called {name}", hint=f"write one of the ids: {names}")
    if known:
        return known[0]
    person = f"p-{secrets.token_hex(8)}"
    log.append(PersonAdded(person=person, name=name))
    return person


def _edit_version(ask: Edit, context: Context) -> EditReply:
    if ask.owner is not None or ask.tier is not None or ask.description is not None:
        model = parse_reference(ask.ref).model
        raise BadInput("owner, tier and description belong to the model", hint=f"write %mlc edit {model} ...")
    if ask.note is None:
        raise BadInput("edit what?", hint=f'give a note: %mlc edit {ask.ref} --note "..."')
    row = context.registry.version_row(parse_version(ask.ref))
    is_new = False
    if not ask.dry_run:
        with context.write() as log:
            row = context.registry.version_row(parse_version(ask.ref))
            key = VersionKey(number=row["number"], id=row["id"])
            is_new = row["note"] != ask.note
            if is_new:
                log.append(VersionEdited(model=row["model_name"], version=key, note_before=row["note"], note=ask.note))
    return _reply(ask, f"{row['model_name']}:{row['number']}", (f"note {ask.note}",), is_new=is_new)
