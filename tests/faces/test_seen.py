"""A promotion is refused where the champion is another than the one that its author last saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.faces.arguments import Call, parse_words
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.base import VERBS


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Desk]]:
    """Two people at one registry with three versions, the first of them champion; both have seen that."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    mine, theirs = Desk(str(tmp_path / "registry")), Desk(str(tmp_path / "registry"))
    for C in (1.0, 2.0, 3.0):
        named = Named(name="clf", value=LogisticRegression(C=C))
        mine.carry_out(Call(verb=VERBS["register"], values={"name": "churn", "object": named, "no_load_check": True}))
    do(mine, "promote churn:1 production")
    do(theirs, "list churn")
    yield mine, theirs
    mine.close()
    theirs.close()


def do(desk: Desk, line: str) -> object:
    call = parse_words(line.split())
    assert isinstance(call, Call)
    return desk.carry_out(call)


@pytest.mark.parametrize("look", ["list", "list churn", "show churn", "show churn@champion", "rollback churn"])
def test_a_champion_that_moved_since_it_was_seen_is_not_replaced_unseen(desks: tuple[Desk, Desk], look: str) -> None:
    mine, theirs = desks
    do(mine, "promote churn:2 production")
    with pytest.raises(Conflict) as refused:
        do(theirs, "promote churn:3 production")
    assert refused.value.text == (
        "churn:2 is champion of churn now, not churn:1: somebody moved it meanwhile\n"
        "look again: %mlc list churn, then: %mlc promote churn:3 production"
    )
    do(theirs, look)
    do(theirs, "promote churn:3 production")


def test_who_saw_nobody_as_champion_does_not_replace_somebody(desks: tuple[Desk, Desk]) -> None:
    mine, theirs = desks
    do(mine, "undo")
    do(theirs, "show churn")
    do(mine, "promote churn:2 production")
    with pytest.raises(Conflict):
        do(theirs, "promote CHURN:3 production")


def test_who_has_not_looked_takes_the_champion_as_it_is(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    mine, theirs = desks
    do(mine, "promote churn:2 production")
    theirs.use(str(tmp_path / "registry"))
    do(theirs, "promote churn:3 production")
    do(theirs, "undo")
    do(mine, "list churn")
    do(mine, "promote churn:3 production")


def test_a_look_at_an_earlier_time_and_a_dry_run_tell_nothing_about_now(desks: tuple[Desk, Desk]) -> None:
    mine, theirs = desks
    do(theirs, "promote churn:3 production --dry-run")
    do(mine, "promote churn:2 production")
    do(theirs, "list churn --at 2199-01-01")
    with pytest.raises(Conflict):
        do(theirs, "promote churn:3 production")
    do(theirs, "promote churn:3 production --champion churn:2")
