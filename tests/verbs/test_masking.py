"""Secrets in what people say: replaced before anything is stored, and named in the reply."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import DatasetFacts
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.dataset_add import DatasetAdd
from jupyter_mlc.verbs.deprecate import Deprecate
from jupyter_mlc.verbs.edit import Edit
from jupyter_mlc.verbs.list_ import List
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.register import Register
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.run import Run, RunReply
from jupyter_mlc.verbs.run_end import RunEnd
from jupyter_mlc.verbs.tag import Tag
from tests.verbs.conftest import Desk

TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"  # drawn by hand; no key was ever one
FOUND = "a GitHub token was replaced by ***"


def stored(desk: Desk) -> list[str]:
    """Every word that the registry keeps, wherever it lies."""
    return [str(recorded.event) for recorded in desk.registry.events()]


def test_notes_parameters_and_tags_of_a_version_are_searched(desk: Desk) -> None:
    ask = Register(
        name="churn",
        object=desk.artifact(),
        note=f"my key is {TOKEN}",
        param={"hub": TOKEN, "C": 1.0},
        tag={"url": "postgresql://bob:pw@db/x"},
    )
    assert desk.call(ask).warnings == (
        f"note: {FOUND}",
        f"parameter hub: {FOUND}",
        "tag url: a URL with a password was replaced by ***",
    )
    version = desk.registry.version("churn:1")
    assert (version.note, version.tags) == ("my key is ***", {"url": "postgresql://bob:***@db/x"})
    assert {param.key: param.value for param in version.params} == {"hub": "***", "C": 1.0}


@pytest.mark.parametrize(
    ("ask", "label"),
    [
        (Promote(ref="churn:1", reason=TOKEN), "reason"),
        (Deprecate(ref="churn:1", reason=TOKEN, dry_run=True), "reason"),
        (Retire(ref="churn:1", reason=TOKEN), "reason"),
        (Edit(ref="churn", description=TOKEN), "description"),
        (Edit(ref="churn:1", note=TOKEN), "note"),
        (Tag(ref="churn:1", tags={"key": TOKEN}), "tag key"),
        (Run(name="churn", note=TOKEN), "note"),
    ],
)
def test_whatever_is_said_is_searched(desk: Desk, ask: Ask, label: str) -> None:
    desk.register()
    if isinstance(ask, Deprecate):
        desk.promote("churn:1", "production")
        desk.register(content="another")
        desk.promote("churn:2", "production")
    assert desk.call(ask).warnings == (f"{label}: {FOUND}",)
    assert not [event for event in stored(desk) if TOKEN in event]


def test_the_description_of_a_dataset_is_searched(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    reply = desk.call(DatasetAdd(name="train", data=facts(), description=f"read with {TOKEN}"))
    assert reply.warnings == (f"description: {FOUND}",)


def test_the_parameters_of_a_run_are_searched_when_it_starts_and_when_it_ends(desk: Desk) -> None:
    started = desk.call(Run(name="churn", param={"hub": TOKEN}))
    assert isinstance(started, RunReply)
    assert (started.params, started.warnings) == ({"hub": "***"}, (f"parameter hub: {FOUND}",))
    ended = desk.call(RunEnd(run=started.id, params={"hub": TOKEN}))
    assert ended.warnings == (f"parameter hub: {FOUND}",)
    assert [param.value for param in desk.registry.run_by_id(started.id).params] == ["***"]


def test_the_value_of_a_secret_variable_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "tr0ub4dor-and-3")
    desk.register()
    reply = desk.call(Promote(ref="churn:1", reason="works with tr0ub4dor-and-3"))
    assert reply.warnings == ("reason: the value of DB_PASSWORD was replaced by ***",)


def test_what_is_only_asked_for_is_left_as_it_is(desk: Desk) -> None:
    desk.register(tag={"team": "ops"})
    assert desk.call(List(what=f"tags.team = '{TOKEN}'")).warnings == ()


def test_a_project_may_leave_the_search_out(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\ncapture = ["git"]\n')
    monkeypatch.chdir(tmp_path)
    desk.register(note=TOKEN)
    assert desk.registry.version("churn:1").note == TOKEN


def test_where_the_working_folder_is_gone_secrets_are_searched_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    desk.register(note=TOKEN)
    assert desk.registry.version("churn:1").note == "***"
