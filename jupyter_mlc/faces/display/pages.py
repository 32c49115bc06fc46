"""Every reply as a page: its own where it has one, else its fields; then the warnings, and the next step."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlc.faces.display import (
    care,
    caring,
    comparing,
    datasets,
    evaluating,
    jobs,
    lineage,
    lists,
    making,
    moves,
    panels,
    record,
    reproducing,
    schedules,
    things,
    travel,
)
from jupyter_mlc.faces.display.blocks import Line, Page, Para, Role, code, fact, facts, head, joined, line, para, quiet
from jupyter_mlc.faces.display.words import sentence
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
from jupyter_mlc.verbs.load import LoadReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.pack import PackReply
from jupyter_mlc.verbs.panel import PanelReply
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.reproduction_job import ReproduceReply
from jupyter_mlc.verbs.run import RunReply
from jupyter_mlc.verbs.run_end import RunEndReply
from jupyter_mlc.verbs.run_log import RunLogReply
from jupyter_mlc.verbs.schedule_add import ScheduleAddReply
from jupyter_mlc.verbs.schedule_export import ScheduleExportReply
from jupyter_mlc.verbs.schedule_list import ScheduleListReply
from jupyter_mlc.verbs.schedule_rm import ScheduleRmReply
from jupyter_mlc.verbs.settle import SettleReply
from jupyter_mlc.verbs.show import ShowReply
from jupyter_mlc.verbs.tag import TagReply
from jupyter_mlc.verbs.take import TakeReply
from jupyter_mlc.verbs.tick import TickReply
from jupyter_mlc.verbs.undo import UndoReply
from jupyter_mlc.verbs.unpack import UnpackReply
from jupyter_mlc.verbs.verify import VerifyReply

PAGES: Mapping[type[Reply], Callable[[Any], Page]] = {
    AdminBackupReply: caring.backup_page,
    AdminDoctorReply: caring.doctor_page,
    AdminGcReply: care.gc_page,
    AdminKeyReply: care.key_page,
    AdminRebuildReply: care.rebuild_page,
    AdminRestoreReply: caring.restore_page,
    AdminUpgradeReply: care.upgrade_page,
    AdminUsageReply: caring.usage_page,
    AliasReply: moves.alias_page,
    CompareReply: comparing.compare_page,
    CopyReply: travel.copy_page,
    DatasetAddReply: datasets.dataset_add_page,
    DatasetListReply: datasets.dataset_list_page,
    DatasetShowReply: datasets.dataset_page,
    DiscardReply: moves.discard_page,
    EditReply: moves.edit_page,
    EvaluateReply: evaluating.evaluate_page,
    FetchReply: travel.fetch_page,
    HistoryReply: record.history_page,
    JobAddReply: jobs.job_add_page,
    JobCancelReply: jobs.job_cancel_page,
    JobListReply: jobs.job_list_page,
    JobLogsReply: jobs.job_logs_page,
    JobShowReply: jobs.job_page,
    LineageReply: lineage.lineage_page,
    ListReply: lists.list_page,
    LoadReply: making.load_page,
    MoveReply: moves.move_page,
    PackReply: travel.pack_page,
    PanelReply: panels.panel_page,
    RegisterReply: making.register_page,
    ReproduceReply: reproducing.reproduce_page,
    RetrainReply: jobs.retrain_page,
    RunEndReply: making.run_end_page,
    RunLogReply: making.run_log_page,
    RunReply: making.run_page,
    ScheduleAddReply: schedules.schedule_add_page,
    ScheduleExportReply: schedules.schedule_export_page,
    ScheduleListReply: schedules.schedule_list_page,
    ScheduleRmReply: schedules.schedule_rm_page,
    SettleReply: travel.settle_page,
    ShowReply: things.show_page,
    TagReply: moves.tag_page,
    TakeReply: travel.take_page,
    TickReply: schedules.tick_page,
    UndoReply: moves.undo_page,
    UnpackReply: travel.unpack_page,
    UseReply: care.use_page,
    VerifyReply: record.verify_page,
}
_TYPED = re.compile(r"%%?mlc\b|jupyter mlc\b|export MLC_REGISTRY=")
"""where a line to type begins"""
_UNCHANGED = "nothing changed; without --dry-run it will"


def page(reply: Reply) -> Page:
    """The reply as it is shown everywhere."""
    own = next((PAGES[kind] for kind in type(reply).__mro__ if kind in PAGES), _fields)
    made = own(reply)
    warnings = tuple(para(warning, role=Role.WARNING) for warning in reply.warnings)
    remarks = (*warnings, *made.remarks)
    if _is_rehearsal(reply):
        before = (Para(line=made.last),) if made.last else ()
        return Page(blocks=(*made.blocks, *before), remarks=remarks, last=_unchanged(reply))
    return dataclasses.replace(made, remarks=remarks, last=joined([made.last, _next(reply)]))


def _is_rehearsal(reply: Reply) -> bool:
    return not reply.done and not isinstance(reply, VerifyReply)


def _unchanged(reply: Reply) -> Line:
    return line(sentence(reply.next if reply.next.startswith("nothing") else _UNCHANGED))


def _next(reply: Reply) -> Line:
    """What to type next."""
    found = _TYPED.search(reply.next)
    if found is None:
        return line(reply.next)
    return line(quiet(reply.next[: found.start()] or "next: "), code(reply.next[found.start() :]))


def _fields(reply: Reply) -> Page:
    """A reply that has no looks of its own: its fields, one a line."""
    hidden = {field.name for field in dataclasses.fields(Reply)}
    mine = [field.name for field in dataclasses.fields(reply) if field.name not in hidden]
    known = [fact(name.replace("_", " "), str(getattr(reply, name))) for name in mine]
    return Page(blocks=(head(type(reply).__name__.removesuffix("Reply").lower() or "reply"), facts(*known)))
