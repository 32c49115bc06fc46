"""Every reply as a page: its own where it has one, else its fields; then the warnings, and the next step."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from importlib import import_module

from jupyter_mlc.faces.display.blocks import Line, Page, Para, Role, code, fact, facts, head, joined, line, para, quiet
from jupyter_mlc.faces.display.words import sentence
from jupyter_mlc.verbs.base import Reply

PAGES: Mapping[str, str] = {
    "AdminBackupReply": "caring.backup_page",
    "AdminDoctorReply": "caring.doctor_page",
    "AdminGcReply": "care.gc_page",
    "AdminKeyReply": "care.key_page",
    "AdminRebuildReply": "care.rebuild_page",
    "AdminRestoreReply": "caring.restore_page",
    "AdminUpgradeReply": "care.upgrade_page",
    "AdminUsageReply": "caring.usage_page",
    "AliasReply": "moves.alias_page",
    "CompareReply": "comparing.compare_page",
    "CopyReply": "travel.copy_page",
    "DatasetAddReply": "datasets.dataset_add_page",
    "DatasetListReply": "datasets.dataset_list_page",
    "DatasetShowReply": "datasets.dataset_page",
    "DiscardReply": "moves.discard_page",
    "EditReply": "moves.edit_page",
    "EvaluateReply": "evaluating.evaluate_page",
    "FetchReply": "travel.fetch_page",
    "HistoryReply": "record.history_page",
    "JobAddReply": "jobs.job_add_page",
    "JobCancelReply": "jobs.job_cancel_page",
    "JobListReply": "jobs.job_list_page",
    "JobLogsReply": "jobs.job_logs_page",
    "JobShowReply": "jobs.job_page",
    "LineageReply": "lineage.lineage_page",
    "ListReply": "lists.list_page",
    "LoadReply": "making.load_page",
    "MoveReply": "moves.move_page",
    "PackReply": "travel.pack_page",
    "PanelReply": "panels.panel_page",
    "RegisterReply": "making.register_page",
    "ReproduceReply": "reproducing.reproduce_page",
    "RetrainReply": "jobs.retrain_page",
    "RunEndReply": "making.run_end_page",
    "RunLogReply": "making.run_log_page",
    "RunReply": "making.run_page",
    "ScheduleAddReply": "schedules.schedule_add_page",
    "ScheduleExportReply": "schedules.schedule_export_page",
    "ScheduleListReply": "schedules.schedule_list_page",
    "ScheduleRmReply": "schedules.schedule_rm_page",
    "SettleReply": "travel.settle_page",
    "ShowReply": "things.show_page",
    "TagReply": "moves.tag_page",
    "TakeReply": "travel.take_page",
    "TickReply": "schedules.tick_page",
    "UndoReply": "moves.undo_page",
    "UnpackReply": "travel.unpack_page",
    "UseReply": "care.use_page",
    "VerifyReply": "record.verify_page",
}
"""which function of which module of this package makes a page of a reply"""
_TYPED = re.compile(r"%%?mlc\b|jupyter mlc\b|export MLC_REGISTRY=")
"""where a line to type begins"""
_UNCHANGED = "nothing changed; without --dry-run it will"


def page(reply: Reply) -> Page:
    """The reply as it is shown everywhere."""
    made = own_page(reply)
    warnings = tuple(para(warning, role=Role.WARNING) for warning in reply.warnings)
    remarks = (*warnings, *made.remarks)
    if _is_rehearsal(reply):
        before = (Para(line=made.last),) if made.last else ()
        return Page(blocks=(*made.blocks, *before), remarks=remarks, last=_unchanged(reply))
    return dataclasses.replace(made, remarks=remarks, last=joined([made.last, _next(reply)]))


def own_page(reply: Reply) -> Page:
    """What this kind of reply looks like; only what is needed for it is imported."""
    named = next((PAGES[kind.__name__] for kind in type(reply).__mro__ if kind.__name__ in PAGES), None)
    if named is None:
        return _fields(reply)
    module, _, function = named.partition(".")
    made: Page = getattr(import_module(f"{__package__}.{module}"), function)(reply)
    return made


def _is_rehearsal(reply: Reply) -> bool:
    if reply.done:
        return False
    from jupyter_mlc.verbs.verify import VerifyReply

    return not isinstance(reply, VerifyReply)


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
