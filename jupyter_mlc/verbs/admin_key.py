"""`admin key`: the key that signs what you do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict, MlcError
from jupyter_mlc.store.identity import Identity, rotated
from jupyter_mlc.verbs.base import Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminKey(Writing):
    """Show or rotate the signing key."""

    rotate: Annotated[
        bool, Field(description="make a new key; the old one signs for it in each registry you write to")
    ] = False


@dataclass(frozen=True, kw_only=True)
class AdminKeyReply(Reply):
    """Whose key it is, and where it lies."""

    you: str
    person: str | None
    """your id in this registry; None before your first act here"""
    public: str
    where: str
    rotated_from: str | None = None


@verb(does=Does.WRITE, where=Where.CLIENT, name="admin key", example="admin key --rotate")
def admin_key(ask: AdminKey, context: Context) -> AdminKeyReply:
    """Show the key that signs what you do, or replace it with `--rotate`.

    Rotation keeps you the same person: the old key names the new one. A lost key cannot do that: whoever comes with a
    new key is a new person until somebody vouches for them, and loading what the lost key signed asks for `--trust`.
    """
    old = context.identity
    if ask.rotate:
        _refuse_replaced(old.newest(), context)
    identity = rotated(old) if ask.rotate and not ask.dry_run else old
    untold = _introduced(identity, context) if identity is not old else ()
    you = context.registry.called_here(identity)
    other = f"you are called {you} here since your first act; {identity.name} counts where your key is not known yet"
    return AdminKeyReply(
        warnings=(*untold, *((other,) if you != identity.name and os.environ.get("MLC_USER") else ())),
        done=not ask.dry_run,
        you=you,
        person=context.registry.person_of(identity),
        public=identity.public,
        where=str(identity.folder) if identity.folder else "MLC_KEY",
        rotated_from=old.public if identity is not old else None,
    )


def _introduced(identity: Identity, context: Context) -> tuple[str, ...]:
    """Let a key that is new to the registry introduce itself; where that fails, the key is new all the same."""
    try:
        with context.registry.write(identity, context.clock):
            return ()
    except MlcError as error:
        return (f"the key is new, but this registry learns of it only at your next act: {error.message}",)


def _refuse_replaced(identity: Identity, context: Context) -> None:
    """A key that was replaced elsewhere names nobody any more: the next one would be a new person without a word."""
    if context.registry.key_has_ended(identity.public):
        raise Conflict(
            "this key was replaced by another already, and cannot name a new one in this registry",
            hint=identity.way_out,
        )
