"""Replies about schedules, of every kind, to be looked at."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.schedule_add import ScheduleAddReply
from jupyter_mlc.verbs.schedule_export import ScheduleExportReply
from jupyter_mlc.verbs.schedule_list import Scheduled, ScheduleListReply
from jupyter_mlc.verbs.schedule_rm import ScheduleRmReply
from jupyter_mlc.verbs.tick import Finished, HeldBack, TakenUp, TickReply

HOUR = 3_600_000_000
NOON = 1_782_820_800_000_000
"""2026-06-30 12:00 UTC"""
BERLIN = "Europe/Berlin"

added = ScheduleAddReply(
    schedule="schedule/1",
    of="late-flights",
    every="0 6 * * 1",
    timezone=BERLIN,
    due=(NOON + 136 * HOUR, NOON + 304 * HOUR),
    jobs=2,
    next="jupyter mlc worker",
)
weekly = Scheduled(
    schedule="schedule/1",
    of="late-flights",
    every="0 6 * * 1",
    timezone=BERLIN,
    params={"data": "flights-autumn", "max_depth": 8},
    due=NOON + 136 * HOUR,
    last=NOON - 32 * HOUR,
    jobs={"job/17": "succeeded", "job/18": "cell failed"},
    refused="",
    author="ana@laptop",
)
hourly = Scheduled(
    schedule="schedule/2",
    of="fit",
    every="1h",
    timezone="UTC",
    params={},
    due=NOON,
    last=NOON - HOUR,
    jobs={},
    refused="fit has no parameter 'C'\nits parameters are D",
    author="ben@desk",
)
taken = TakenUp(schedule="schedule/1", of="late-flights", due=NOON, timezone="UTC", missed=0, jobs=(17, 18))
held = HeldBack(schedule="schedule/2", of="fit", due=NOON, timezone=BERLIN, job="job/12")
succeeded = Finished(job="job/17", of="late-flights", status="succeeded", versions=("late-flights:4",), reason="")
failed = Finished(
    job="job/18", of="late-flights", status="cell failed", versions=(), reason="ValueError: no rows in March"
)
CRONTAB = """# schedule/1 of jupyter_mlc: late-flights every 0 6 * * 1, added 2026-06-30 12:00 UTC
0 6 * * 1 MLC_REGISTRY=/home/ana/.mlc jupyter mlc retrain late-flights --force
"""
exported = ScheduleExportReply(
    schedule="schedule/1",
    to="cron",
    text=CRONTAB,
    path="",
    notes=("jupyter must be found by cron: write its whole path, or set PATH in the crontab",),
)

REPLIES: dict[str, Reply] = {
    "schedule add": added,
    "schedule add --dry-run": replace(added, done=False, schedule="", jobs=1, timezone="UTC", next=""),
    "schedule list": ScheduleListReply(schedules=(weekly, hourly), now=NOON),
    "schedule list, nothing": ScheduleListReply(
        schedules=(), now=NOON, next='%mlc schedule add REF --every "0 6 * * 1"'
    ),
    "schedule rm": ScheduleRmReply(
        schedule="schedule/1", of="late-flights", running=("job/18",), next="%mlc job cancel 18"
    ),
    "schedule rm --dry-run": ScheduleRmReply(done=False, schedule="schedule/1", of="late-flights", running=()),
    "schedule export": exported,
    "schedule export --out": replace(exported, path="crontab.txt", next="%mlc schedule rm 1"),
    "worker --once": TickReply(
        taken=(
            taken,
            replace(taken, schedule="schedule/3", of="fit", missed=3, jobs=(), cached=("job/5",)),
            replace(taken, schedule="schedule/4", of="fit", missed=1_000, jobs=(), refused=hourly.refused),
        ),
        held=(held, replace(held, job="", why="the database does not answer\ntry again")),
        ended=(succeeded, failed),
        schedules=4,
        due=NOON + HOUR,
        of="fit",
        timezone=BERLIN,
    ),
    "worker --dry-run": TickReply(done=False, taken=(replace(taken, jobs=()),), schedules=1),
    "worker, ended": TickReply(schedules=1, due=NOON, of="fit", going_on=(17, 18)),
    "worker, nothing": TickReply(),
}
