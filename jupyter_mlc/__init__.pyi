"""Model lifecycle management from within Jupyter notebooks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from jupyter_mlc.domain.entities import Scalar
from jupyter_mlc.domain.errors import MlcError as MlcError
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.domain.lifecycle import Stage, Tier
from jupyter_mlc.jobs.batches import Backend
from jupyter_mlc.jobs.environments.choosing import Env
from jupyter_mlc.jobs.spec import Engine
from jupyter_mlc.verbs.admin_backup import AdminBackupReply
from jupyter_mlc.verbs.admin_doctor import AdminDoctorReply
from jupyter_mlc.verbs.admin_gc import AdminGcReply
from jupyter_mlc.verbs.admin_key import AdminKeyReply
from jupyter_mlc.verbs.admin_rebuild import AdminRebuildReply
from jupyter_mlc.verbs.admin_restore import AdminRestoreReply
from jupyter_mlc.verbs.admin_upgrade import AdminUpgradeReply
from jupyter_mlc.verbs.admin_usage import AdminUsageReply
from jupyter_mlc.verbs.alias import AliasReply
from jupyter_mlc.verbs.compare import CompareReply
from jupyter_mlc.verbs.copy import CopyReply
from jupyter_mlc.verbs.dataset_add import DatasetAddReply
from jupyter_mlc.verbs.dataset_list import DatasetListReply
from jupyter_mlc.verbs.dataset_show import DatasetShowReply
from jupyter_mlc.verbs.discard import DiscardReply
from jupyter_mlc.verbs.edit import EditReply
from jupyter_mlc.verbs.evaluate import EvaluateReply
from jupyter_mlc.verbs.fetch import FetchReply
from jupyter_mlc.verbs.history import HistoryReply
from jupyter_mlc.verbs.init import UseReply
from jupyter_mlc.verbs.job_add import JobAddReply
from jupyter_mlc.verbs.job_batch import RetrainReply
from jupyter_mlc.verbs.job_cancel import JobCancelReply
from jupyter_mlc.verbs.job_list import JobListReply
from jupyter_mlc.verbs.job_logs import JobLogsReply
from jupyter_mlc.verbs.job_show import JobShowReply
from jupyter_mlc.verbs.lineage import LineageReply
from jupyter_mlc.verbs.list_ import ListReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.panel import PanelReply
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.reproduction_job import ReproduceReply
from jupyter_mlc.verbs.schedule_add import ScheduleAddReply
from jupyter_mlc.verbs.schedule_export import ScheduleExportReply
from jupyter_mlc.verbs.schedule_files import To
from jupyter_mlc.verbs.schedule_list import ScheduleListReply
from jupyter_mlc.verbs.schedule_rm import ScheduleRmReply
from jupyter_mlc.verbs.show import ShowReply
from jupyter_mlc.verbs.tag import TagReply
from jupyter_mlc.verbs.tick import TickReply
from jupyter_mlc.verbs.undo import UndoReply
from jupyter_mlc.verbs.verify import VerifyReply

__version__: str

def load_ipython_extension(shell: InteractiveShell, *, greet: bool = True) -> None: ...
def unload_ipython_extension(shell: InteractiveShell) -> None: ...
def run(
    name: str,
    /,
    note: str = "",
    *,
    param: Mapping[str, Scalar] | None = None,
    tag: Mapping[str, str] | None = None,
    **params: Scalar,
) -> Run:
    """Start a run: ``with mlc.run("churn", C=1) as run: run.log(auc=.7)``."""

def alias(
    ref: str,
    alias: str,
    *,
    dry_run: bool = False,
    yes: bool = False,
    remove: bool = False,
) -> AliasReply:
    """Point an alias at a version, wherever it pointed before; or take it away with `--remove`."""

def compare(
    *refs: str | Sequence[str],
    at: str | date | int | None = None,
    data: object = None,
    target: str = "",
    metric: object = ...,
    positive: str = "",
    seed: int = 0,
    level: float = 0.95,
    trust: bool = False,
    panel: bool = False,
) -> CompareReply:
    """Compare versions on the same rows: which is better, how sure that is, and in what they differ."""

def copy(
    what: str,
    where: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
) -> CopyReply:
    """Copy versions with all that is known of them: into an archive, out of one, or to and from another registry."""

def deprecate(
    ref: str,
    reason: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
    successor: str | None = None,
    sunset: str | date | int | None = None,
) -> MoveReply:
    """Mark a version as on its way out: it still loads, with a warning that names successor and sunset."""

def discard(
    *refs: str | Sequence[str],
    dry_run: bool = False,
    yes: bool = False,
    reason: str = "",
) -> DiscardReply:
    """Delete the bytes of candidates that were never promoted; their records stay. This cannot be taken back."""

def edit(
    ref: str,
    *,
    dry_run: bool = False,
    yes: bool = False,
    owner: str | None = None,
    tier: Tier | str | None = None,
    description: str | None = None,
    note: str | None = None,
) -> EditReply:
    """Change what is said of a model (owner, tier, description) or of a version (note)."""

def evaluate(
    ref: str,
    *,
    data: object,
    target: str,
    dry_run: bool = False,
    yes: bool = False,
    by: str | Sequence[str] = ...,
    metric: object = ...,
    positive: str = "",
    for_: Stage | str | None = None,
    replicates: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    trust: bool = False,
) -> EvaluateReply:
    """Judge stored versions by a dataset: metrics with intervals, on all rows and on parts of them."""

def fetch(
    ref: str,
    *,
    dry_run: bool = False,
    yes: bool = False,
    files: str = "",
) -> FetchReply:
    """Bring the bytes of versions here that were copied in by reference, from where they lie."""

def history(
    ref: str = "",
    *,
    at: str | date | int | None = None,
    limit: int = 100,
) -> HistoryReply:
    """Tell what happened to a model, a version, or everywhere: when, who, what, why."""

def init(
    path: str = "",
) -> UseReply:
    """Make a registry in the project's folder, as `.mlc`, and use it."""

def lineage(
    ref: str,
    *,
    at: str | date | int | None = None,
) -> LineageReply:
    """Tell what a version came from: run, notebook, code, environment, datasets, parent; and what came of it."""

def list(
    what: str = "",
    query: str = "",
    *,
    at: str | date | int | None = None,
    order: str = "",
    limit: int = 100,
    runs: bool = False,
) -> ListReply:
    """List the models; the versions of a model; the versions that a query finds; or, with `--runs`, the runs."""

def load(
    ref: str,
    *,
    file: str = "",
    trust: bool = False,
) -> Any:
    """Load a version's object into the notebook."""

def panel(
    *refs: str | Sequence[str],
) -> PanelReply:
    """Show the panel below the cell: all models, one of them, a version, a job, or versions side by side."""

def promote(
    ref: str,
    to: Stage | str | None = None,
    reason: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
    champion: str | None = None,
    panel: bool = False,
) -> MoveReply:
    """Move a version one stage on, or to the stage that is named."""

def register(
    name: str,
    object: object,
    note: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
    data: object = ...,
    metric: Mapping[str, float] = ...,
    param: Mapping[str, Scalar] = ...,
    tag: Mapping[str, str] = ...,
    sample: object = None,
    format: str = "",
    by_reference: bool = False,
    no_load_check: bool = False,
) -> RegisterReply:
    """Make a version of a model, with notebook, environment, code state, data and parameters as they are now."""

def reproduce(
    ref: str,
    *,
    dry_run: bool = False,
    yes: bool = False,
    env: Env | str | None = None,
    tolerance: float = 1e-06,
    timeout: str = "",
    memory: str = "",
    engine: Engine | str = ...,
    background: bool = False,
    trust: bool = False,
) -> ReproduceReply:
    """Execute a version's notebook once more as it was, and say whether the same comes of it."""

def retire(
    ref: str,
    reason: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
    successor: str | None = None,
) -> MoveReply:
    """Take a version, or with a bare name the whole model, out of service, with a reason and a successor."""

def retrain(
    ref: str,
    *,
    dry_run: bool = False,
    yes: bool = False,
    param: Mapping[str, object] = ...,
    grid: Mapping[str, object] = ...,
    jobs: int = 1,
    backend: Backend | str = ...,
    cluster: str = "",
    gpus: int = 0,
    timeout: str = "",
    memory: str = "",
    retries: int = 0,
    engine: Engine | str = ...,
    metric: str = "",
    promote_best: Stage | str | None = None,
    parameters: str = "",
    background: bool = False,
    force: bool = False,
    out: str = "",
) -> RetrainReply:
    """Execute a version's notebook again, or any other, with other data and parameters; what it registers is recorded."""

def rollback(
    name: str,
    reason: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
) -> MoveReply:
    """Return to the champion before."""

def show(
    ref: str,
    *,
    at: str | date | int | None = None,
    curves: bool = False,
) -> ShowReply:
    """Show anything that has an id: a model, a version, a run, a dataset, an evaluation, a job."""

def tag(
    ref: str,
    tags: Mapping[str, str] = ...,
    *,
    dry_run: bool = False,
    yes: bool = False,
    remove: str | Sequence[str] = ...,
) -> TagReply:
    """Put tags on a model or a version, or take them off with `--remove`."""

def undo(
    reason: str = "",
    *,
    dry_run: bool = False,
    yes: bool = False,
) -> UndoReply:
    """Take back your own last act that can be taken back, if nobody built on it."""

def use(
    url: str = "",
) -> UseReply:
    """Use another registry from now on: a folder, or a database. A place without a registry gets one."""

def verify(
    *,
    quick: bool = False,
) -> VerifyReply:
    """Check every event, signature, table row and blob against each other, and say what that proves and what not."""

def worker(
    *,
    dry_run: bool = False,
    yes: bool = False,
    once: bool = False,
) -> TickReply:
    """Begin what schedules have due, until Ctrl-C or SIGTERM: a process for a terminal, a service or a container."""

class _Admin:
    @staticmethod
    def backup(
        to: str,
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> AdminBackupReply:
        """Back up the registry into a folder, and verify the copy; a second time only what is new is copied."""

    @staticmethod
    def doctor() -> AdminDoctorReply:
        """Look at clocks, permissions, disk, artifacts, key, file system, schema and leftovers; say what to do about each."""

    @staticmethod
    def gc(
        *,
        dry_run: bool = False,
        yes: bool = False,
        others: bool = False,
    ) -> AdminGcReply:
        """Delete blobs that no version, run or dataset needs, and what interrupted writes left behind."""

    @staticmethod
    def key(
        *,
        dry_run: bool = False,
        yes: bool = False,
        rotate: bool = False,
    ) -> AdminKeyReply:
        """Show the key that signs what you do, or replace it with `--rotate`."""

    @staticmethod
    def rebuild(
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> AdminRebuildReply:
        """Write every table anew from the events, which are the truth; for when `verify` found a table that differs."""

    @staticmethod
    def restore(
        backup: str,
        into: str = "",
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> AdminRestoreReply:
        """Make a registry from a backup, and verify it; in a place where no registry is yet."""

    @staticmethod
    def upgrade(
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> AdminUpgradeReply:
        """Bring the tables of a shared database to this release; a folder's registry does so itself."""

    @staticmethod
    def usage() -> AdminUsageReply:
        """Tell what takes how much: by model, what of it nothing else needs, the largest versions, what a collection frees."""

admin: _Admin

class _Dataset:
    @staticmethod
    def add(
        name: str,
        data: object,
        *,
        dry_run: bool = False,
        yes: bool = False,
        time: str = "",
        no_store: bool = False,
        sealed: bool = False,
        description: str = "",
    ) -> DatasetAddReply:
        """Give data a name; its digest is over the content, so that the same data is recognised wherever it turns up."""

    @staticmethod
    def list(
        *,
        at: str | date | int | None = None,
        limit: int = 100,
    ) -> DatasetListReply:
        """List the datasets that are known, newest first, each in its newest revision."""

    @staticmethod
    def show(
        name: str,
        *,
        at: str | date | int | None = None,
    ) -> DatasetShowReply:
        """Show a dataset: rows, digest, time span, each column's profile, and what was trained on it and judged by it."""

dataset: _Dataset

class _Job:
    @staticmethod
    def add(
        path: str,
        *,
        dry_run: bool = False,
        yes: bool = False,
        name: str = "",
    ) -> JobAddReply:
        """Keep a notebook as a job, so that `retrain NAME` executes it wherever the registry is."""

    @staticmethod
    def cancel(
        job: str,
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> JobCancelReply:
        """Let a job end that runs or waits, from any process: its notebook keeps what was done until then."""

    @staticmethod
    def list(
        *,
        at: str | date | int | None = None,
        open: bool = False,
        limit: int = 20,
    ) -> JobListReply:
        """List the newest jobs with how they ended or how far they are, and the notebooks that `job add` has kept."""

    @staticmethod
    def logs(
        job: str,
        *,
        at: str | date | int | None = None,
        follow: bool = False,
    ) -> JobLogsReply:
        """Read what the cells of a job printed and showed, as text; `--follow` goes on until it has ended."""

    @staticmethod
    def rerun(
        job: str,
        *,
        dry_run: bool = False,
        yes: bool = False,
        background: bool = False,
    ) -> RetrainReply:
        """Execute the notebook of a job once more, with the same parameters, data and limits, as a job of its own."""

    @staticmethod
    def show(
        job: str,
        *,
        at: str | date | int | None = None,
        panel: bool = False,
    ) -> JobShowReply:
        """Show a job: what was asked, how far it is or how it ended, what came of it, and where its notebook lies."""

job: _Job

class _Schedule:
    @staticmethod
    def add(
        ref: str,
        *,
        every: str,
        dry_run: bool = False,
        yes: bool = False,
        param: Mapping[str, object] = ...,
        grid: Mapping[str, object] = ...,
        jobs: int = 1,
        backend: Backend | str = ...,
        cluster: str = "",
        gpus: int = 0,
        timeout: str = "",
        memory: str = "",
        retries: int = 0,
        engine: Engine | str = ...,
        metric: str = "",
        promote_best: Stage | str | None = None,
        timezone: str = "UTC",
        if_changed: bool = False,
    ) -> ScheduleAddReply:
        """Have a notebook executed again and again, as `retrain` does, whenever it is due and a worker runs."""

    @staticmethod
    def export(
        schedule: str,
        *,
        to: To | str,
        dry_run: bool = False,
        yes: bool = False,
        out: str = "",
        image: str = "",
        replace: bool = False,
    ) -> ScheduleExportReply:
        """Write a schedule as the file of another scheduler: a crontab, a workflow of GitHub Actions, a CronJob, a DAG."""

    @staticmethod
    def list(
        *,
        at: str | date | int | None = None,
        limit: int = 100,
    ) -> ScheduleListReply:
        """List what is executed again and again: when it is due next, and what came of it the last time."""

    @staticmethod
    def rm(
        schedule: str,
        *,
        dry_run: bool = False,
        yes: bool = False,
    ) -> ScheduleRmReply:
        """Let a schedule be due no more; jobs that it has begun go on, and the record keeps what it did."""

schedule: _Schedule

