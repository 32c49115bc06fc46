"""Questions about jobs and their definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlc.domain.errors import NotFound, did_you_mean
from jupyter_mlc.domain.jobs import BEGUN, SUCCEEDED, Job, JobDefinition, JobEnded, JobParameter, JobStarted
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.projected import words
from jupyter_mlc.store.queries.base import NEAR_NAMES, grouped
from jupyter_mlc.store.queries.record import OfRecord

_JOB = (
    "SELECT j.*, m.name AS parent_model, v.number AS parent_number FROM job j LEFT JOIN version v ON v.id = j.version "
    "LEFT JOIN model m ON m.folded = v.model "
)
_MADE = "SELECT v.job, m.name, v.number FROM version v JOIN model m ON m.folded = v.model WHERE v.job"


class OfJobs(OfRecord):
    """Jobs, as the record knows them: how far one is that did not end lies beside it."""

    def job(self, number: int) -> Job:
        """A job by its number."""
        row = self.database.one(_JOB + "WHERE j.number = :number", {"number": number})
        if row is None:
            raise NotFound(f"there is no job/{number}", hint="see %mlc job list")
        return self._jobs([row])[0]

    def job_by_id(self, id_: int) -> Job:
        """A job by its id."""
        return self._jobs(self.database.query(_JOB + "WHERE j.id = :id", {"id": id_}))[0]

    def jobs(self, limit: int) -> list[Job]:
        """The newest jobs, newest first."""
        return self._jobs(self.database.query(_JOB + "ORDER BY j.id DESC LIMIT :limit", {"limit": limit}))

    def jobs_of_version(self, version: int, limit: int) -> list[Job]:
        """The jobs that executed a version's notebook, newest first."""
        sql = _JOB + "WHERE j.version = :version ORDER BY j.id DESC LIMIT :limit"
        return self._jobs(self.database.query(sql, {"version": version, "limit": limit}))

    def jobs_of_sweep(self, sweep: int) -> list[Job]:
        """The jobs of one batch, in the order in which they were asked for."""
        return self._jobs(self.database.query(_JOB + "WHERE j.sweep = :sweep ORDER BY j.id", {"sweep": sweep}))

    def open_jobs(self, limit: int) -> list[Job]:
        """The jobs of which the record does not say how they ended, oldest first."""
        sql = _JOB + "WHERE j.status = :status ORDER BY j.id LIMIT :limit"
        return self._jobs(self.database.query(sql, {"status": BEGUN, "limit": limit}))

    def succeeded_with(self, key: str, limit: int) -> list[Job]:
        """The jobs that succeeded with everything as this key says, newest first."""
        sql = _JOB + "WHERE j.key = :key AND j.status = :status ORDER BY j.id DESC LIMIT :limit"
        return self._jobs(self.database.query(sql, {"key": key, "status": SUCCEEDED, "limit": limit}))

    def begun_with(self, key: str, limit: int) -> list[Job]:
        """The jobs with everything as this key says of which the record does not say how they ended, oldest first."""
        sql = _JOB + "WHERE j.key = :key AND j.status = :status ORDER BY j.id LIMIT :limit"
        return self._jobs(self.database.query(sql, {"key": key, "status": BEGUN, "limit": limit}))

    def job_asked(self, id_: int) -> JobStarted:
        """What was asked of a job."""
        event = self.event(id_).event
        if not isinstance(event, JobStarted):
            raise TypeError(type(event))
        return event

    def job_end(self, job: Job) -> JobEnded | None:
        """How a job ended; None where the record does not say yet."""
        event = self.event(job.ended).event if job.ended is not None else None
        return event if isinstance(event, JobEnded) else None

    def job_definition(self, name: str) -> JobDefinition:
        """The notebook that is executed under a name."""
        found = self.find_job_definition(name)
        if found is None:
            known = [each.name for each in self.job_definitions(NEAR_NAMES)]
            hint = did_you_mean(name, known) or "see %mlc job list; add one: %mlc job add NOTEBOOK"
            raise NotFound(f"there is no job called {name!r}", hint=hint)
        return found

    def find_job_definition(self, name: str) -> JobDefinition | None:
        """The same, or None where there is none."""
        row = self.database.one("SELECT * FROM job_definition WHERE folded = :folded", {"folded": folded(name)})
        return self._definition(row) if row else None

    def job_definitions(self, limit: int) -> list[JobDefinition]:
        """The notebooks that can be executed by name, newest first."""
        found = self.database.query("SELECT * FROM job_definition ORDER BY id DESC LIMIT :limit", {"limit": limit})
        return [self._definition(row) for row in found]

    def _definition(self, row: Mapping[str, Any]) -> JobDefinition:
        plain = ("name", "id", "revision", "notebook", "source", "created")
        text = row["parameters"]
        known = msgspec.json.decode(text, type=tuple[JobParameter, ...]) if text.startswith("[") else ()
        return JobDefinition(
            author=self.name_of(row["author"]), parameters=known, **{name: row[name] for name in plain}
        )

    def _jobs(self, rows: Sequence[Mapping[str, Any]]) -> list[Job]:
        made = grouped(self._in(_MADE, [row["id"] for row in rows]), "job")
        plain = ("number", "id", "name", "status", "started", "duration", "notebook", "output", "key", "sweep", "ended")
        return [
            Job(
                author=self.name_of(row["author"]),
                params=words(row["params"]),
                parent=f"{row['parent_model']}:{row['parent_number']}" if row["version"] is not None else None,
                versions=tuple(f"{each['name']}:{each['number']}" for each in made.get(row["id"], ())),
                **{name: row[name] for name in plain},
            )
            for row in rows
        ]
