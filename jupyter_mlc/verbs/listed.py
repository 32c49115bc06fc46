"""The names of all verbs, and where each is loaded from when it is first asked for."""

from __future__ import annotations

import builtins

NAMES = (
    "admin backup",
    "admin doctor",
    "admin gc",
    "admin key",
    "admin rebuild",
    "admin restore",
    "admin upgrade",
    "admin usage",
    "alias",
    "compare",
    "copy",
    "dataset add",
    "dataset list",
    "dataset show",
    "deprecate",
    "discard",
    "edit",
    "evaluate",
    "fetch",
    "history",
    "init",
    "job add",
    "job cancel",
    "job list",
    "job logs",
    "job rerun",
    "job show",
    "job-work",
    "lineage",
    "list",
    "load",
    "pack",
    "panel",
    "promote",
    "register",
    "reproduce",
    "retire",
    "retrain",
    "rollback",
    "run",
    "run-end",
    "run-log",
    "schedule add",
    "schedule export",
    "schedule list",
    "schedule rm",
    "settle",
    "show",
    "tag",
    "take",
    "tick",
    "undo",
    "unpack",
    "use",
    "verify",
    "worker",
)


def module_of(name: str) -> str:
    """The module that enters the verb: ``dataset_add``; ``list_``, where the plain word is Python's own."""
    word = name.replace(" ", "_").replace("-", "_")
    return f"jupyter_mlc.verbs.{word}{'_' if hasattr(builtins, word) else ''}"
