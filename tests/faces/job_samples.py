"""Replies of `retrain` and of the verbs of jobs."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlc.domain.jobs import Job, JobDefinition, JobEnded, JobParameter, Limits
from jupyter_mlc.jobs.spec import Engine, Progress
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.job_add import JobAddReply
from jupyter_mlc.verbs.job_batch import RetrainReply
from jupyter_mlc.verbs.job_cancel import JobCancelReply
from jupyter_mlc.verbs.job_list import JobListReply
from jupyter_mlc.verbs.job_logs import JobLogsReply
from jupyter_mlc.verbs.job_show import JobShowReply
from jupyter_mlc.verbs.show import ShowReply
from jupyter_mlc.verbs.sweeps import Trained

NOON = 1_782_820_800_000_000
"""2026-06-30 12:00 UTC"""
SECOND = 1_000_000
DIGEST = "sha256:9f3c" + "0" * 60
PLACE = "/home/ana/work/.mlc/jobs"

first = Trained(
    job="job/4",
    exit="succeeded",
    params={"data": "flights-autumn", "max_depth": 8},
    version="late-flights:5",
    versions=("late-flights:5",),
    value=0.7092,
    metrics={"auc": 0.7092, "log_loss": 0.58},
    duration=7 * SECOND,
    notebook=f"{PLACE}/4/retrain_flights.ipynb",
)
second = replace(
    first,
    job="job/3",
    params={"data": "flights-autumn", "max_depth": 4},
    version="late-flights:4",
    value=0.7021,
    metrics={"auc": 0.7021},
    exit="cached",
    duration=None,
)
failed = Trained(
    job="job/5",
    exit="cell failed",
    params={"data": "flights-autumn", "max_depth": -1},
    metrics={},
    duration=2 * SECOND,
    reason="ValueError: max_depth must be positive",
)
batch = RetrainReply(
    of="retrain_flights",
    jobs=(first, second, failed),
    metric="auc",
    varied=("max_depth",),
    best="late-flights:5",
    elapsed=14 * SECOND,
    cells=6,
    next="%mlc promote late-flights:5",
)
parameters = (
    JobParameter(name="data", type="str", default="'data/flights-2013.parquet'", help="the flights to learn from"),
    JobParameter(name="max_depth", type="int", default="4"),
)
definition = JobDefinition(
    name="fit",
    id=40,
    revision=2,
    notebook=DIGEST,
    parameters=parameters,
    source="/home/ana/work/fit.ipynb",
    author="ana@laptop",
    created=NOON,
)
job = Job(
    number=17,
    id=50,
    name="late-flights:3",
    status="succeeded",
    author="ana@laptop",
    started=NOON,
    duration=7 * SECOND,
    params={"data": "flights-autumn", "max_depth": 8},
    parent="late-flights:3",
    versions=("late-flights:5",),
    notebook=DIGEST,
    output=DIGEST,
    key="sha256:77aa" + "0" * 60,
    sweep=50,
    ended=52,
)
ended = JobEnded(
    job=50,
    number=17,
    exit="succeeded",
    cells=6,
    done=6,
    began=NOON,
    ended=NOON + 7 * SECOND,
    engine="cold",
    peak_memory=512_000_000,
    notebook=DIGEST,
)
shown = JobShowReply(
    job=job,
    ended=ended,
    limits=Limits(timeout=1800, memory=4_000_000_000, retries=2),
    secrets={"token": "TOKEN"},
    data={"data": "flights-autumn:1"},
    sweep=("job/18", "job/19"),
    folder="/home/ana/work",
    source="/home/ana/work/fit.ipynb",
    notebook=f"{PLACE}/17/fit.ipynb",
    next="%mlc show late-flights:5",
)
broken = replace(
    shown,
    job=replace(job, status="cell failed", versions=(), duration=2 * SECOND),
    ended=replace(
        ended,
        exit="cell failed",
        done=3,
        cell=4,
        exception="ValueError",
        message="max_depth must be positive",
        retries=1,
        engine="direct",
    ),
    notes=("attempt 1 ended: process died: ProcessDied",),
    again="job/12",
    sweep=(),
    secrets={},
    limits=Limits(),
    next="%mlc job logs 17",
)
progress = Progress(
    cells=6,
    done=3,
    cell=4,
    source="clf.fit(learn[X], learn.late)",
    last_line="iteration 12",
    started=NOON,
    seen=NOON + 5 * SECOND,
    supervisor=4711,
    supervisor_started="",
    host="laptop",
    engine=Engine.COLD,
)
running = replace(
    shown,
    job=replace(job, status="running", versions=(), duration=None, output=None, ended=None),
    ended=None,
    progress=progress,
    elapsed=5 * SECOND,
    sweep=(),
    next="%mlc job logs 17 --follow",
)
listed = JobListReply(
    jobs=(replace(job, number=18, status="running", versions=(), duration=None), job),
    definitions=(definition,),
    more=True,
)

REPLIES: dict[str, Reply] = {
    "retrain": batch,
    "retrain, one": replace(batch, jobs=(first,), varied=(), skipped=1),
    "retrain --promote-best": replace(batch, promoted="staging", next="%mlc show late-flights:5"),
    "retrain, one, --promote-best": replace(batch, jobs=(first,), varied=(), promoted="staging"),
    "retrain --background": replace(
        batch,
        jobs=(replace(failed, exit="queued", reason="", duration=None),),
        best="",
        metric="",
        next="%mlc job show 5",
    ),
    "retrain --dry-run": RetrainReply(
        done=False,
        of="late-flights:3",
        jobs=(replace(first, job=""), replace(second, job="job/3")),
        varied=("max_depth",),
        cells=6,
    ),
    "job rerun --dry-run": RetrainReply(
        done=False, of="late-flights:3", jobs=(Trained(job="", exit="", params={}, metrics={}),), cells=6
    ),
    "job-work --dry-run": RetrainReply(done=False, of="late-flights:3", jobs=(), cells=6),
    "job add": JobAddReply(
        name="fit", revision=2, parameters=parameters, cells=6, tagged=True, registers=True, next="%mlc retrain fit"
    ),
    "job add, untagged": JobAddReply(
        done=False, name="fit", revision=0, parameters=(), cells=1, tagged=False, registers=False
    ),
    "job list": listed,
    "job list, nothing": JobListReply(jobs=(), definitions=(), more=False, next="%mlc job add NOTEBOOK"),
    "job show": shown,
    "job show, failed": broken,
    "job show, running": running,
    "job show, a reproduction that was lost": replace(
        shown,
        job=replace(job, status="lost", versions=(), params={}),
        ended=replace(ended, exit="lost", exception="Lost", message="the process that waited for it was killed"),
        secrets={},
        data={},
        sweep=(),
        purpose="reproduce",
        verdict="none: the job did not get that far (lost)",
        next="%mlc reproduce late-flights:3",
    ),
    "job show, a definition": JobShowReply(definition=definition, source=definition.source, next="%mlc retrain fit"),
    "show a job": ShowReply(kind="job", job=shown, next=shown.next),
    "job logs": JobLogsReply(
        job="job/17", status="running", lines=("[3] print(1)", "    1", "    2"), total=3, has_ended=False
    ),
    "job logs, nothing": JobLogsReply(job="job/17", status="queued", lines=(), total=0, has_ended=False),
    "job cancel": JobCancelReply(job="job/17", status="cancelled", next="%mlc job show 17"),
    "job cancel --dry-run": JobCancelReply(done=False, job="job/17", status="running"),
}
"""by what was typed"""
