"""Replies as verbs give them: one story, from the first version to the auditor's questions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from jupyter_mlc.domain.entities import (
    Artifact,
    Column,
    Dataset,
    Feature,
    Layer,
    Measured,
    Model,
    ModelVersion,
    Parameter,
    Run,
    RunFile,
    Scalar,
    Signature,
    Snapshot,
    Standing,
)
from jupyter_mlc.domain.evaluations import Seen
from jupyter_mlc.store.bundles.packing import Bundle
from jupyter_mlc.store.health import Remark
from jupyter_mlc.store.usage import Use
from jupyter_mlc.verbs.admin_backup import AdminBackupReply
from jupyter_mlc.verbs.admin_doctor import AdminDoctorReply
from jupyter_mlc.verbs.admin_gc import AdminGcReply
from jupyter_mlc.verbs.admin_key import AdminKeyReply
from jupyter_mlc.verbs.admin_rebuild import AdminRebuildReply
from jupyter_mlc.verbs.admin_restore import AdminRestoreReply
from jupyter_mlc.verbs.admin_upgrade import AdminUpgradeReply
from jupyter_mlc.verbs.admin_usage import AdminUsageReply
from jupyter_mlc.verbs.alias import AliasReply
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.copy import CopyReply
from jupyter_mlc.verbs.dataset_add import DatasetAddReply
from jupyter_mlc.verbs.dataset_list import DatasetListReply
from jupyter_mlc.verbs.dataset_show import DatasetShowReply, Revision
from jupyter_mlc.verbs.discard import DiscardReply
from jupyter_mlc.verbs.edit import EditReply
from jupyter_mlc.verbs.fetch import Fetched, FetchReply
from jupyter_mlc.verbs.history import Entry, HistoryReply
from jupyter_mlc.verbs.init import UseReply
from jupyter_mlc.verbs.lineage import Edge, Node, lineage_reply
from jupyter_mlc.verbs.list_ import ListReply
from jupyter_mlc.verbs.load import LoadReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.pack import PackReply
from jupyter_mlc.verbs.panel import PanelReply, Promotion
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.run import RunReply
from jupyter_mlc.verbs.run_end import RunEndReply
from jupyter_mlc.verbs.run_log import RunLogReply
from jupyter_mlc.verbs.settle import SettleReply
from jupyter_mlc.verbs.show import ShowReply, VersionDetails
from jupyter_mlc.verbs.stays import Stay
from jupyter_mlc.verbs.tag import TagReply
from jupyter_mlc.verbs.take import TakeReply
from jupyter_mlc.verbs.undo import UndoReply
from jupyter_mlc.verbs.unpack import Brought, UnpackReply
from jupyter_mlc.verbs.verify import Finding, VerifyReply
from tests.faces.comparison_samples import COMPARISONS
from tests.faces.evaluation_samples import EVALUATION, EVALUATIONS
from tests.faces.job_samples import REPLIES as JOBS
from tests.faces.reproduction_samples import REPLIES as REPRODUCTIONS
from tests.faces.schedule_samples import REPLIES as SCHEDULES

MINUTE = 60_000_000
NOON = 1_782_820_800_000_000
"""2026-06-30 12:00 UTC"""
SPRING = (1_362_096_000_000_000, 1_370_041_199_000_000)
DIGEST = "sha256:9f3c" + "0" * 60
SIGNATURE = Signature(
    inputs=(
        Feature(name="hour", type="int"),
        Feature(name="distance", type="float"),
        Feature(name="carrier", type="string"),
    ),
    outputs=(Feature(name="late", type="int"),),
)


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    """The reader's time zone, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


registered = RegisterReply(
    version="late-flights:1",
    stage="candidate",
    run="run/1",
    logged=None,
    class_name="HistGradientBoostingClassifier",
    format="joblib",
    size=412_345,
    place="",
    params=27,
    summary="notebook, 5 executed cells, lock of 63 packages, git 4be1d0c (dirty)",
    datasets=("flights-spring",),
    signature=SIGNATURE,
    load_check="passed in 0.8 s, predictions same",
    findings=(),
    notes=(),
    same_bytes_as=None,
    seq=12,
    next="%mlc promote late-flights:1",
)
doubtful = replace(
    registered,
    warnings=("cell 3 (df = df.dropna()) was edited after it ran", "cell 1: an API token was replaced by ***"),
    findings=("cell 3 (df = df.dropna()) was edited after it ran", "cell 7 failed when it ran"),
    notes=("tour.ipynb is not tracked by Git",),
    same_bytes_as="late-flights:0",
    load_check="skipped: --no-load-check",
)

promoted = MoveReply(
    version="late-flights:3",
    stage="production",
    was="candidate",
    line="late-flights:3 candidate -> production · @champion late-flights:3",
    champion="late-flights:3",
    champion_before=None,
    reason="best on June",
    seq=20,
    next="take it back: %mlc undo",
)
displaced = replace(
    promoted,
    version="late-flights:5",
    line="late-flights:5 candidate -> production · late-flights:3 production -> deprecated (successor late-flights:5)"
    " · @champion late-flights:5",
    champion="late-flights:5",
    champion_before="late-flights:3",
    reason="autumn drift",
    next="take it back: %mlc rollback late-flights",
)
rolled_back = replace(
    displaced,
    version="late-flights:3",
    was="deprecated",
    line="late-flights:5 production -> deprecated (successor late-flights:3) · late-flights:3 deprecated -> production"
    " · @champion late-flights:3",
    champion="late-flights:3",
    champion_before="late-flights:5",
    reason="false alarm",
)
retired = replace(
    promoted,
    version="late-flights:3",
    was="deprecated",
    stage="retired",
    line="late-flights:3 deprecated -> retired (successor late-flights:5)",
    champion="late-flights:5",
    champion_before="late-flights:5",
    reason="superseded",
)
all_retired = replace(
    retired,
    version="late-flights",
    was="production",
    stage="deprecated",
    line="late-flights:5 production -> deprecated · late-flights:5 deprecated -> retired"
    " · late-flights:4 candidate -> retired",
    reason="",
)


def metric(key: str, value: float, standing: Standing = Standing.CLAIMED) -> Measured:
    return Measured(key=key, value=value, standing=standing)


def param(key: str, value: Scalar, standing: Standing = Standing.OBSERVED) -> Parameter:
    return Parameter(key=key, value=value, standing=standing)


def version(number: int, stage: str, **more: object) -> ModelVersion:
    made = ModelVersion(
        model="late-flights",
        number=number,
        id=10 * number,
        stage=stage,
        successor=None,
        sunset=None,
        reason="",
        since=NOON + number * MINUTE,
        promoted=False,
        run=9,
        parent=None,
        job=None,
        format="joblib",
        artifact=DIGEST,
        size=412_345,
        class_name="HistGradientBoostingClassifier",
        library="scikit-learn",
        author="ana@laptop",
        created=NOON + number * MINUTE,
        note="",
        metrics=(metric("auc", 0.683_1), metric("log_loss", 0.61)),
        params=(param("learning_rate", 0.1), param("max_depth", 4 * number)),
    )
    return replace(made, **more)  # type: ignore[arg-type]


VERSIONS = (
    version(3, "production", aliases=("champion",), metrics=(metric("auc", 0.694), metric("log_loss", float("nan")))),
    version(2, "deprecated", aliases=("previous",), note="deeper trees", tags={"team": "ops"}),
    version(1, "candidate", metrics=(metric("auc", 0.7, Standing.COMPUTED),)),
)
MODEL = Model(
    name="late-flights",
    id=3,
    owner="ana@laptop",
    tier="minimal",
    description="Which flights arrive late",
    created=NOON,
    versions=3,
    last_number=3,
    champion=3,
    tags={"team": "ops"},
)
MODEL_RETIRED = replace(MODEL, retired=True)
RUN = Run(
    number=2,
    id=9,
    name="late-flights",
    status="finished",
    author="ana@laptop",
    started=NOON,
    duration=14_200_000,
    note="deeper",
    versions=("late-flights:3",),
    metrics=(metric("train_auc", 0.751_234, Standing.OBSERVED),),
    params=(param("max_depth", 8, Standing.CLAIMED),),
    datasets=("flights-spring",),
    files=(RunFile(name="roc.png", digest=DIGEST, size=14_200),),
)
DATASET = Dataset(
    name="flights-spring",
    revision=1,
    id=4,
    digest="rows1:9f3c" + "0" * 60,
    rows=82_613,
    author="ana@laptop",
    created=NOON,
    source="memory",
    description="Flights from New York, spring 2013",
)
SNAPSHOT = Snapshot(
    notebook=DIGEST,
    notebook_path="/home/ana/work/tour.ipynb",
    cells=5,
    lock=DIGEST,
    packages=63,
    python="3.11.9",
    platform="Linux-x86_64",
    git_commit="4be1d0c2" + "0" * 32,
    git_branch="main",
    git_remote="https://example.org/flights.git",
    git_dirty=True,
    git_diff=DIGEST,
    user="ana",
    host="laptop",
    secrets=("cell 1: an API token",),
    findings=("cell 3 was edited after it ran",),
    notes=("tour.ipynb is not tracked by Git",),
    warnings=("environment lock not captured: pip is broken",),
    off=("user",),
)
DETAILS = VersionDetails(
    signature=SIGNATURE,
    load_check="passed in 0.8 s, predictions same",
    snapshot=SNAPSHOT,
    run=RUN,
    datasets=(DATASET,),
    data_standing={DATASET.name: Standing.CLAIMED},
    parent="late-flights:2",
    job="job/3",
    key="3f2a" + "0" * 60,
)
COLUMNS = (
    Column(
        name="dep_delay",
        type="float",
        nulls=1_652,
        distinct=520,
        low=-33.0,
        high=1126.0,
        mean=13.3,
        std=40.11,
        quantiles=(-9.0, -5.0, -2.0, 11.0, 91.0),
    ),
    Column(
        name="carrier",
        type="string",
        distinct=15,
        low="9E",
        high="YV",
        top=(("UA", 14_531), ("B6", 13_381), ("EV", 13_011), ("DL", 12_032)),
    ),
    Column(
        name="time_hour", type="time", nulls=0, distinct=2_200, low="2013-03-01T10:00:00Z", high="2013-06-01T03:00:00Z"
    ),
)
dataset_shown = DatasetShowReply(
    dataset=DATASET,
    columns=COLUMNS,
    time_column="time_hour",
    start=SPRING[0],
    end=SPRING[1],
    stored=True,
    used_by=("late-flights:3", "late-flights:1"),
)
REVISIONS = (
    Revision(dataset=replace(DATASET, revision=2, rows=82_000, id=9), used_by=()),
    Revision(dataset=DATASET, used_by=("late-flights:3", "late-flights:1")),
)
dataset_added = DatasetAddReply(
    name="flights-spring",
    revision=1,
    digest=DATASET.digest,
    rows=82_613,
    columns=19,
    start=SPRING[0],
    end=SPRING[1],
    is_new=True,
    sealed=False,
    same_as=None,
    next="%mlc dataset show flights-spring",
)
deprecated = version(
    2,
    "deprecated",
    aliases=("previous",),
    successor="late-flights:3",
    sunset=1_798_675_200_000_000,
    reason="autumn drift",
    note="deeper trees\nwith <b>care</b>",
    tags={"team": "ops"},
    params=(*(param(f"p{place}", place / 10) for place in range(13)), param("data", "spring", Standing.CLAIMED)),
)
history = HistoryReply(
    of="late-flights",
    entries=(
        Entry(
            seq=11,
            recorded=NOON,
            writer_time=NOON,
            who="ana@laptop",
            what="late-flights created (tier minimal)",
            why="",
        ),
        Entry(
            seq=12,
            recorded=NOON,
            writer_time=NOON - 5 * MINUTE,
            who="ana@laptop",
            what="late-flights:1 registered (HistGradientBoostingClassifier)",
            why="first try",
        ),
        Entry(
            seq=1_020,
            recorded=NOON + 90 * MINUTE,
            writer_time=NOON + 90 * MINUTE,
            who="ben@desk",
            what="late-flights:1 candidate -> production · @champion late-flights:1",
            why="best on June",
        ),
    ),
    more=False,
    stays=(
        Stay(version="late-flights:1", stage="candidate", start=NOON, end=NOON + 90 * MINUTE),
        Stay(version="late-flights:1", stage="production", start=NOON + 90 * MINUTE),
        Stay(version="late-flights:1", stage="champion", start=NOON + 90 * MINUTE),
    ),
    until=NOON + 120 * MINUTE,
)
lineage = lineage_reply(
    "late-flights:3",
    (
        Node(id="late-flights:3", kind="version", text="production, HistGradientBoostingClassifier"),
        Node(id="run/2", kind="run", text="finished, by ana@laptop"),
        Node(id="tour.ipynb", kind="notebook", text="5 executed cells"),
        Node(id="commit 4be1d0c20000", kind="code", text="main with uncommitted changes"),
        Node(id="lock 9f3c00000000", kind="environment", text="Python 3.11.9, 63 packages"),
        Node(id="dataset/flights-spring", kind="dataset", text="revision 1, 82,613 rows, rows1:9f3c00000000"),
        Node(id="late-flights:2", kind="version", text="deprecated"),
        Node(id="late-flights:4", kind="version", text="candidate, retrained from late-flights:3"),
    ),
    (
        Edge(below="late-flights:3", above="run/2", standing=Standing.OBSERVED),
        Edge(below="run/2", above="tour.ipynb", standing=Standing.OBSERVED),
        Edge(below="run/2", above="commit 4be1d0c20000", standing=Standing.OBSERVED),
        Edge(below="run/2", above="lock 9f3c00000000", standing=Standing.OBSERVED),
        Edge(below="run/2", above="dataset/flights-spring", standing=Standing.CLAIMED),
        Edge(below="late-flights:3", above="late-flights:2", standing=Standing.OBSERVED),
        Edge(below="late-flights:4", above="late-flights:3", standing=Standing.OBSERVED),
    ),
)
verified = VerifyReply(
    consistent_to=1_204,
    anchored_to=0,
    events=1_204,
    signatures=1_204,
    blobs=80,
    versions=1,
    findings=(),
    writers="ana, root",
    checked="every event, signature, table row and blob",
)
broken = replace(
    verified,
    done=False,
    consistent_to=11,
    anchored_to=9,
    findings=(
        Finding(where="event 12", what="its bytes are not those that were signed"),
        Finding(where="blob sha256:9f3c", what="missing"),
    ),
    warnings=("the failed verification could not be recorded: the registry is read-only",),
)

versions_listed = ListReply(of="versions", title="late-flights", versions=VERSIONS, more=True)
version_shown = ShowReply(kind="version", version=deprecated, details=DETAILS)

UUID = "0b5c7d1e-1"
copied = CopyReply(
    where="/home/ben/.mlc",
    versions=(
        Brought(
            ref="late-flights:3",
            was="late-flights:3",
            registry=UUID,
            is_new=True,
            is_trusted=False,
            skipped=2,
            datasets=("flights-spring (new)",),
            evaluations=2,
        ),
        Brought(ref="late-flights:4", was="late-flights:1", registry=UUID, is_new=True, is_trusted=True),
        Brought(ref="late-flights:2", was="late-flights:2", registry=UUID, is_new=False, is_trusted=False),
        Brought(
            ref="late-flights:1",
            was="late-flights:1",
            registry=UUID,
            is_new=False,
            is_trusted=False,
            evaluations=1,
        ),
    ),
    blobs=14,
    size=812_345,
    next="%mlc show late-flights:3",
)
MLFLOW = "mlflow://models:5000"
from_mlflow = CopyReply(
    where="/home/ben/.mlc",
    versions=(
        *(
            Brought(ref=f"churn:{n}", was=f"churn:{n}", registry=MLFLOW, is_new=n > 1, is_trusted=False)
            for n in range(1, 3_001)
        ),
        Brought(ref="my-model:1", was="my model:1", registry=MLFLOW, is_new=True, is_trusted=False),
        Brought(ref="late:1", was="late:1", registry=MLFLOW, is_new=False, is_trusted=False),
    ),
    blobs=6_001,
    size=1_812_345,
    elsewhere=3_000,
    next="their bytes come when first loaded, or now: %mlc fetch churn:2",
)
bytes_of = Artifact(format="joblib", digest=DIGEST, size=812_345, blobs=(DIGEST,))
brought = FetchReply(
    versions=(
        Fetched(ref="churn:3", source="s3://models/3", is_new=True, artifact=bytes_of),
        Fetched(ref="churn:4", source="", is_new=False, artifact=bytes_of),
    ),
    next="m = %mlc load churn:3",
)
backed_up = AdminBackupReply(
    where="/mnt/backup",
    events=1_020,
    blobs=3,
    size=812_345,
    there=58,
    there_size=3_000_000,
    dropped=1,
    next="to restore it: jupyter mlc admin restore /mnt/backup NEWPLACE",
)
restored = AdminRestoreReply(
    where="/home/ana/again", uuid=UUID, events=1_020, blobs=61, size=3_812_345, next="%mlc use /home/ana/again"
)

REPLIES: dict[str, Reply] = {
    "register": registered,
    "register with doubts": doubtful,
    "register in a job": replace(registered, job="job/17", parent="late-flights:3"),
    "register --dry-run": replace(
        registered, done=False, seq=None, next="nothing was registered; without --dry-run it will be"
    ),
    "promote": promoted,
    "promote over a champion": displaced,
    "promote --dry-run": replace(displaced, done=False, seq=None, next="nothing moved; without --dry-run it will"),
    "rollback": rolled_back,
    "retire": retired,
    "retire the model": all_retired,
    "discard": DiscardReply(versions=("late-flights:1", "late-flights:2"), freed=812_345),
    "discard --dry-run": DiscardReply(
        done=False, versions=("late-flights:1",), freed=0, next="nothing was deleted; without --dry-run it will be"
    ),
    "undo": UndoReply(undone="late-flights:3 candidate -> production · @champion late-flights:3", seq=1_020),
    "undo, of a rollback": UndoReply(undone="rolled back: late-flights:3 production -> deprecated", seq=9),
    "alias": AliasReply(model="late-flights", alias="challenger", version="late-flights:3", before="late-flights:2"),
    "alias --remove": AliasReply(model="late-flights", alias="challenger", version=None, before="late-flights:2"),
    "tag": TagReply(ref="late-flights:3", tags={"team": "ops", "region": "us"}, changed=True),
    "edit": EditReply(ref="late-flights", changed=("owner ana", "tier high"), next="take it back: %mlc undo"),
    "edit --dry-run": EditReply(done=False, ref="late-flights", changed=("tier high",), next="take it back: %mlc undo"),
    "list": ListReply(
        of="models", title="models", models=(MODEL, replace(MODEL, name="ops/churn", champion=None, tags={}))
    ),
    "list, empty": ListReply(of="models", title="models", next="make one: %mlc register NAME OBJECT"),
    "list, a retired model": ListReply(of="models", title="models", models=(MODEL_RETIRED,)),
    "list versions": versions_listed,
    "list, nothing found": ListReply(
        of="versions",
        title="metrics.acu > 0.9",
        warnings=("no version has metrics.acu; did you mean metrics.auc?",),
        next="all models: %mlc list",
    ),
    "list --runs": ListReply(
        of="runs",
        title="late-flights",
        runs=(RUN, replace(RUN, number=1, status="failed", versions=(), metrics=(), duration=None, note="")),
    ),
    "list --runs, empty": ListReply(of="runs", title="late-flights", next="begin a cell with: %%mlc run late-flights"),
    "show a model": ShowReply(
        kind="model",
        model=replace(MODEL, versions=40),
        aliases=(("champion", 3), ("previous", 2)),
        versions=VERSIONS,
        next="all of them: %mlc list late-flights",
    ),
    "show a retired model": ShowReply(kind="model", model=MODEL_RETIRED, aliases=(("champion", 3),)),
    "show a version": version_shown,
    "show a run": ShowReply(kind="run", run=RUN, next="read a file: data = %mlc load run/2 --file NAME"),
    "show a run of two versions": ShowReply(
        kind="run", run=replace(RUN, status="running", duration=None, versions=("late-flights:3", "late-flights:4"))
    ),
    "show a dataset": ShowReply(kind="dataset", dataset=dataset_shown),
    "dataset add": dataset_added,
    "dataset add, known": replace(dataset_added, is_new=False),
    "dataset add, said anew": replace(
        dataset_added, revision=2, same_as="flights-spring:1", news=("its time column", "its description")
    ),
    "dataset add, revision": replace(dataset_added, done=False, revision=2, same_as="flights-2013"),
    "dataset list": DatasetListReply(datasets=(DATASET,)),
    "dataset list, empty": DatasetListReply(datasets=(), next="add one: %mlc dataset add NAME DATA"),
    "dataset show": replace(dataset_shown, stored=False, used_by=(), time_column=None),
    "dataset show, revisions": replace(dataset_shown, columns=COLUMNS[:1], revisions=REVISIONS),
    "show a judged version": replace(
        version_shown, details=replace(DETAILS, evaluations=(EVALUATION, replace(EVALUATION, number=2, dataset="july")))
    ),
    **EVALUATIONS,
    **JOBS,
    **REPRODUCTIONS,
    **SCHEDULES,
    "dataset add --sealed": replace(dataset_added, sealed=True),
    "dataset list, one sealed": DatasetListReply(datasets=(replace(DATASET, sealed=True), DATASET)),
    "dataset show, sealed and seen": replace(
        dataset_shown,
        dataset=replace(DATASET, sealed=True),
        seen=Seen(evaluations=3, versions=3, people=2),
        columns=COLUMNS[:1],
    ),
    **COMPARISONS,
    "panel": PanelReply(refs=(), kept=ListReply(of="models", title="models", models=(MODEL,))),
    "panel, a version": PanelReply(refs=(deprecated.ref,), kept=version_shown),
    "panel, a promotion": PanelReply(
        refs=("late-flights:3",),
        kept=ShowReply(kind="version", version=VERSIONS[0], details=DETAILS),
        promote=Promotion(reason="better"),
        next='%mlc promote late-flights:3 "better"',
    ),
    "history": history,
    "lineage": lineage,
    "verify": verified,
    "verify --quick": replace(verified, quick=True, checked="events after 1,100, up to which you verified before"),
    "verify, broken": broken,
    "copy into an archive": CopyReply(
        where="flights.tar",
        packed=("late-flights:2", "late-flights:3"),
        blobs=14,
        size=812_345,
        next="%mlc copy flights.tar",
    ),
    "copy into an archive --dry-run": CopyReply(
        done=False, where="flights.tar", packed=("late-flights:3",), blobs=7, size=412_345
    ),
    "copy out of an archive": copied,
    "copy out of an archive --dry-run": replace(copied, done=False, next=""),
    "pack": PackReply(
        registry=UUID,
        bundles=(Bundle(ref="late-flights:3", evidence="{}", layers=(Layer(path="model", digest=DIGEST, size=7),)),),
        left=(),
    ),
    "unpack": UnpackReply(versions=copied.versions),
    "copy from MLflow": from_mlflow,
    "copy from MLflow --dry-run": replace(from_mlflow, done=False, next=""),
    "take": TakeReply(versions=from_mlflow.versions[-2:], aliases=("my-model@next",)),
    "fetch": brought,
    "fetch --dry-run": replace(brought, done=False, next=""),
    "settle": SettleReply(version="churn:3", artifact=bytes_of, is_new=True),
    "admin backup": backed_up,
    "admin backup --dry-run": replace(backed_up, done=False, blobs=3, there=0, dropped=0, next=""),
    "admin backup, nothing new": replace(backed_up, blobs=0, size=0, dropped=0),
    "admin backup, damaged": replace(
        backed_up,
        kept=True,
        dropped=0,
        findings=(Finding(where=f"blob {DIGEST}", what="it is missing; needed by late-flights:3"),),
        warnings=("the record is damaged now, so that of the backup was kept as it is",),
    ),
    "admin restore": restored,
    "admin restore, again": replace(restored, blobs=41, size=2_812_345, there=20, there_size=1_000_000),
    "admin restore --dry-run": replace(restored, done=False, next=""),
    "admin usage": AdminUsageReply(
        where="/home/ana/work/.mlc",
        uses=(
            Use(name="late-flights", versions=5, size=2_812_345, alone=2_400_000),
            Use(name="ops/churn", versions=1, size=412_345, alone=0),
            Use(name="(datasets)", size=1_000_000, alone=1_000_000),
        ),
        largest=(Use(name="late-flights:3", size=812_345, alone=400_000),),
        blobs=61,
        size=3_812_345,
        unneeded=120_000,
        collectable=100_000,
        free=80_000_000_000,
        next="%mlc admin gc",
    ),
    "admin usage, empty": AdminUsageReply(
        where="/home/ana/work/.mlc", uses=(), largest=(), blobs=0, size=0, unneeded=0, collectable=0, free=8_000_000_000
    ),
    "admin doctor": AdminDoctorReply(
        where="/home/ana/work/.mlc",
        remarks=(
            Remark(about="schema", what="1.2, up to date"),
            Remark(
                about="disk",
                what="0.5 GB of 100.0 GB free where the artifacts are",
                advice="what nothing needs goes with: jupyter mlc admin gc",
            ),
            Remark(about="clocks", what="agree within a minute"),
        ),
    ),
    "admin doctor, all well": AdminDoctorReply(
        where="/home/ana/work/.mlc", remarks=(Remark(about="schema", what="1.2, up to date"),)
    ),
    "load --file": LoadReply(
        version="run/2",
        stage="finished",
        artifact=DIGEST,
        format="file",
        blobs=(DIGEST,),
        trusted=False,
        signed_by="ana@laptop",
    ),
    "load": LoadReply(
        version="late-flights:2",
        stage="deprecated",
        artifact=DIGEST,
        format="joblib",
        blobs=(DIGEST,),
        trusted=False,
        signed_by="ben@desk",
        warnings=("late-flights:2 is deprecated; use late-flights:3",),
    ),
    "run": RunReply(
        run="run/2", id=9, name="late-flights", params={"max_depth": 8}, next="%mlc register late-flights OBJECT"
    ),
    "run --dry-run": RunReply(done=False, run="run", id=0, name="late-flights", params={}),
    "run-end": RunEndReply(run="run/2", status="finished", metrics=(metric("auc", 0.71), metric("rows", 82_613))),
    "run-log": RunLogReply(kept=5_000),
    "init": UseReply(
        registry="/home/ana/work/.mlc", uuid="0b5c7d1e-1", models=0, you="ana@laptop", made=True, next="%mlc list"
    ),
    "use": UseReply(
        registry="postgresql+psycopg://db/models", uuid="0b5c7d1e-1", models=12, you="ana@laptop", made=False
    ),
    "admin gc": AdminGcReply(blobs=3, leftovers=1, freed=12_345_678, kept=80),
    "admin gc --dry-run": AdminGcReply(done=False, blobs=1, leftovers=0, freed=999, kept=80),
    "admin key": AdminKeyReply(you="ana@laptop", person="p-1", public="3f2a" + "0" * 60, where="/home/ana/.config/mlc"),
    "admin key --rotate": AdminKeyReply(
        you="ana@laptop", person=None, public="3f2a" + "0" * 60, where="MLC_KEY", rotated_from="77aa" + "0" * 60
    ),
    "admin rebuild": AdminRebuildReply(events=1_204, next="%mlc verify"),
    "admin rebuild --dry-run": AdminRebuildReply(done=False, events=1_204),
    "admin upgrade": AdminUpgradeReply(before="1.0", after="1.2"),
    "admin upgrade, nothing to do": AdminUpgradeReply(before="1.2", after="1.2"),
}
"""by what was typed"""
