"""`admin upgrade`: the tables of a shared database, brought to this release."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.store.registry import schema_of, upgrade
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS
from jupyter_mlc.verbs.base import Does, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminUpgrade(Writing):
    """Upgrade the schema."""


@dataclass(frozen=True, kw_only=True)
class AdminUpgradeReply(Reply):
    """The schema before and after."""

    before: str
    after: str


@verb(does=Does.WRITE, name="admin upgrade", example="admin upgrade")
def admin_upgrade(ask: AdminUpgrade, context: Context) -> AdminUpgradeReply:
    """Bring the tables of a shared database to this release; a folder's registry does so itself.

    Releases of the same major version go on working with it before and after.
    """
    major, minor = schema_of(context.registry)
    if ask.dry_run:
        return AdminUpgradeReply(done=False, before=f"{major}.{minor}", after=f"{MAJOR}.{max(minor, len(MIGRATIONS))}")
    before, after = upgrade(context.registry)
    return AdminUpgradeReply(before=f"{major}.{before}", after=f"{major}.{after}")
