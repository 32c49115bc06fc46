"""`schedule export`: the file for a scheduler that a team already has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.schedule_files import To


@dataclass(frozen=True, kw_only=True)
class ScheduleExport(Writing):
    """Write a schedule for another scheduler."""

    schedule: Annotated[
        str, Field(description="the schedule: 3 or schedule/3", positional=True, complete=Complete.SCHEDULE)
    ]
    to: Annotated[To, Field(description="the scheduler")]
    out: Annotated[
        str,
        Field(description="the file to write; without it the text is shown", metavar="FILE", complete=Complete.PATH),
    ] = ""
    image: Annotated[
        str, Field(description="for kubernetes-cronjob: an image with jupyter-mlc and what the notebook imports")
    ] = ""
    replace: Annotated[bool, Field(description="write over a file that is there")] = False


@dataclass(frozen=True, kw_only=True)
class ScheduleExportReply(Reply):
    """The file."""

    schedule: str
    to: str
    text: str
    path: str
    """empty where it is only shown"""
    notes: tuple[str, ...]
    """what else it needs"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row."""
        return [{"schedule": self.schedule, "to": self.to, "path": self.path, "text": self.text}]


@verb(
    does=Does.READ,
    where=Where.CLIENT,
    name="schedule export",
    example="schedule export 3 --to airflow --out dags/churn.py",
)
def schedule_export(ask: ScheduleExport, context: Context) -> ScheduleExportReply:
    """Write a schedule as the file of another scheduler: a crontab, a workflow of GitHub Actions, a CronJob, a DAG.

    That scheduler then calls `jupyter mlc retrain` with what the schedule asks; remove the schedule here, or it runs
    twice. What the file needs besides, such as secrets, is said.
    """
    from jupyter_mlc.verbs.schedule_records import number_of
    from jupyter_mlc.verbs.schedule_writers import exported

    schedule = context.registry.schedule(number_of(ask.schedule))
    if schedule.removed is not None:
        raise Conflict(f"{schedule.ref} was removed", hint="see %mlc schedule list")
    text, notes = exported(schedule, ask.to, ask.image, context)
    if ask.out and not ask.dry_run:
        _write(as_typed(ask.out), text, replace=ask.replace)
    return ScheduleExportReply(
        done=not ask.dry_run,
        schedule=schedule.ref,
        to=ask.to,
        text=text,
        path=ask.out,
        notes=notes,
        next=f"%mlc schedule rm {schedule.number}" if ask.out and not ask.dry_run else "",
    )


def _write(path: Path, text: str, *, replace: bool) -> None:
    from jupyter_mlc.store import disk

    if path.exists() and not replace:
        raise Conflict(f"{path} is there already", hint="write over it: --replace; or name another file")
    with disk.refusals(f"write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
