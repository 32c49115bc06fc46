"""Whether the running jobs of a registry got further, told without asking how far they are."""

from __future__ import annotations

from contextlib import suppress

from jupyter_mlc.jobs.folders import JobFolder
from jupyter_mlc.store.registry import Registry

_MOST = 100
"""jobs that are looked at"""


class Activity:
    """Counts the looks at which something had changed: supervisors write a file whenever there is something to say."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._count = 0

    def look(self, registry: Registry) -> int:
        """Look now; the count."""
        found = {job.number: _told(registry, job.number) for job in registry.open_jobs(_MOST)}
        self._count += found != self._seen
        self._seen = found
        return self._count


def _told(registry: Registry, number: int) -> int:
    """When the supervisor of a job said something last; 0 where it did not yet, or does so elsewhere."""
    with suppress(OSError):
        return JobFolder.of(registry.place, registry.uuid, number).status.stat().st_mtime_ns
    return 0
