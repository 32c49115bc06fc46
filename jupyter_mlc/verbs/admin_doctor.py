"""`admin doctor`: is the registry in good health, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from jupyter_mlc.domain.errors import Damaged, Unavailable
from jupyter_mlc.store.health import Patient, Remark, remarks
from jupyter_mlc.verbs.base import Ask, Does, Reply, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminDoctor(Ask):
    """Look at the registry's health."""


@dataclass(frozen=True, kw_only=True)
class AdminDoctorReply(Reply):
    """What was looked at."""

    where: str
    remarks: tuple[Remark, ...]

    def respelled(self, spell: Callable[[str], str]) -> Self:
        """With the lines in what is advised, too."""
        told = tuple(replace(remark, advice=spell(remark.advice)) for remark in self.remarks)
        return replace(super().respelled(spell), remarks=told)

    @property
    def exit_code(self) -> int:
        return 0 if all(remark.is_fine for remark in self.remarks) else 3

    def to_rows(self) -> list[dict[str, object]]:
        """One row a remark."""
        return [
            {"about": one.about, "what": one.what, "fine": one.is_fine, "advice": one.advice} for one in self.remarks
        ]


@verb(does=Does.READ, name="admin doctor", example="admin doctor")
def admin_doctor(ask: AdminDoctor, context: Context) -> AdminDoctorReply:
    """Look at clocks, permissions, disk, artifacts, key, file system, schema and leftovers; say what to do about each.

    It changes nothing. Whether the record is what it was is another question: `verify` answers it.
    """
    try:
        registry = context.registry
    except (Damaged, Unavailable) as error:  # nothing else can be looked at then
        shut = Remark(about="registry", what=error.message, advice=error.hint or "see what the message says")
        return AdminDoctorReply(where=context.place.shown, remarks=(shut,))
    patient = Patient(registry=registry, artifacts=context.artifacts, who=context.who, clock=context.clock)
    return AdminDoctorReply(where=context.place.shown, remarks=remarks(patient))
