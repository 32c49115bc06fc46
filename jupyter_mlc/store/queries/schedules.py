"""Questions about schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.domain.schedules import Schedule, ScheduleRan
from jupyter_mlc.store.projected import words
from jupyter_mlc.store.queries.record import OfRecord
from jupyter_mlc.store.rows import SINCE


class OfSchedules(OfRecord):
    """Schedules, and what they began last."""

    def takes_schedules(self) -> bool:
        """Whether the tables are of a release that knows of schedules."""
        row = self.database.one("SELECT minor FROM head WHERE one = 1")
        return row is not None and row["minor"] >= SINCE["schedule"]

    def schedule(self, number: int) -> Schedule:
        """A schedule by its number, removed or not."""
        sql, bound = "SELECT * FROM schedule WHERE number = :number", {"number": number}
        row = self.database.one(sql, bound) if self.takes_schedules() else None
        if row is None:
            raise NotFound(f"there is no schedule {number}", hint="see %mlc schedule list")
        return self._schedule(row)

    def schedules(self, limit: int) -> list[Schedule]:
        """The schedules that were not removed, oldest first."""
        if not self.takes_schedules():
            return []
        sql = "SELECT * FROM schedule WHERE removed IS NULL ORDER BY id LIMIT :limit"
        return [self._schedule(row) for row in self.database.query(sql, {"limit": limit})]

    def last_run(self, schedule: Schedule) -> ScheduleRan | None:
        """What a schedule began last; None where it was not due yet."""
        event = self.event(schedule.ran).event if schedule.ran is not None else None
        return event if isinstance(event, ScheduleRan) else None

    def _schedule(self, row: Mapping[str, Any]) -> Schedule:
        plain = ("number", "id", "name", "model", "every", "timezone", "created", "removed", "due", "ran")
        return Schedule(
            author=self.name_of(row["author"]), ask=words(row["ask"]), **{name: row[name] for name in plain}
        )
