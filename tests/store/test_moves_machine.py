"""A walk through the life of models: whatever is done in whatever order, what must hold, holds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.events import AliasMoved, Event, VersionMoved
from jupyter_mlc.domain.lifecycle import MOVES, Stage, plan_rollback, plan_whole_retirement
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.store.replay import rebuild
from jupyter_mlc.store.search.finding import search
from jupyter_mlc.store.verify import verify
from tests.store.house import House

NUMBERS = st.integers(min_value=1, max_value=5)
_models = count(1)


def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody looks at."""


class Moves(RuleBasedStateMachine):
    """One model, and a plain list beside it of what each version is thought to be."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.house.model = f"walk-{next(_models)}"
        self.stages: list[str] = []
        self.promotions = 0
        self.last: Recorded | None = None

    def stage(self, number: int) -> str:
        return self.stages[number - 1]

    def act(self, move: Callable[[], Recorded]) -> Recorded | None:
        """Do it; where it is refused, nothing may have happened."""
        before = self.house.registry.head().seq
        try:
            self.last = move()
        except Conflict:
            assert self.house.registry.head().seq == before
            return None
        self.note(self.last.event)
        return self.last

    def note(self, moved: Event) -> None:
        """Write down where the versions went, and mind that the table lets them."""
        assert isinstance(moved, VersionMoved)
        for change in moved.changes:
            assert self.stage(change.version.number) == change.before.stage
            if moved.kind != "undo" and change.before.stage != change.after.stage:
                assert Stage(change.after.stage) in MOVES[Stage(change.before.stage)]
            self.stages[change.version.number - 1] = change.after.stage

    @initialize()
    def begin(self) -> None:
        for _ in range(3):
            self.register()

    @precondition(lambda self: len(self.stages) < 5)
    @rule()
    def register(self) -> None:
        number = self.house.register(metrics={"auc": len(self.stages) / 10})
        self.stages.append("candidate")
        self.last = None
        assert number == len(self.stages)

    @precondition(lambda self: self.stages)
    @rule(number=NUMBERS, to=st.sampled_from(["candidate", "staging", "production"]))
    def promote(self, number: int, to: str) -> None:
        number = min(number, len(self.stages))
        if self.act(lambda: self.house.promote(number, to)) and to == "production":
            assert self.house.aliases["champion"] == number

    @precondition(lambda self: any(Stage.PRODUCTION in MOVES[Stage(stage)] for stage in self.stages))
    @rule(pick=NUMBERS)
    def promote_one_that_may_serve(self, pick: int) -> None:
        able = [n + 1 for n, stage in enumerate(self.stages) if Stage.PRODUCTION in MOVES[Stage(stage)]]
        number = able[pick % len(able)]
        assert self.act(lambda: self.house.promote(number))
        assert self.house.aliases["champion"] == number
        self.promotions += 1

    @precondition(lambda self: self.promotions > 0)
    @rule()
    def roll_back(self) -> None:
        before, expected = self.house.aliases, None
        if "previous" in before and Stage.PRODUCTION in MOVES[Stage(self.stage(before["previous"]))]:
            expected = before["previous"]
        moved = self.act(self.house.rollback)
        if moved is None:
            champion = before.get("champion")
            assert expected is None or champion is None or self.stage(champion) != "production"
            return
        assert self.house.aliases["champion"] == expected
        assert self.stage(before["champion"]) == "deprecated"
        self.never_returned_to(before["champion"])

    def never_returned_to(self, number: int) -> None:
        """What was rolled back is no aim of a further rollback, unless it is promoted again."""
        try:
            plan = plan_rollback(self.house.line)
        except Conflict:
            return
        assert plan.version is not None
        assert plan.version.number != number

    @precondition(lambda self: self.promotions > 2)
    @rule(number=NUMBERS)
    def deprecate(self, number: int) -> None:
        number = min(number, len(self.stages))
        if self.act(lambda: self.house.deprecate(number)):
            assert self.stage(number) == "deprecated"

    @precondition(lambda self: self.promotions > 2)
    @rule(number=NUMBERS)
    def retire(self, number: int) -> None:
        number = min(number, len(self.stages))
        if self.act(lambda: self.house.retire(number)):
            assert self.stage(number) == "retired"

    @precondition(lambda self: self.promotions > 4)
    @rule()
    def retire_all(self) -> None:
        house = self.house
        rows = [house.at(number + 1) for number in range(len(self.stages))]

        def move() -> Recorded:
            with house.registry.write(house.identity, house.clock) as log:
                return log.append(plan_whole_retirement(house.line, rows, None))

        if self.act(move):
            assert not {"candidate", "staging", "production", "deprecated"} & set(self.stages)

    @precondition(lambda self: self.stages)
    @rule(number=NUMBERS)
    def discard(self, number: int) -> None:
        number = min(number, len(self.stages))
        if self.act(lambda: self.house.discard(number)):
            assert self.stage(number) == "purged"

    @precondition(lambda self: self.last is not None)
    @rule()
    def undo(self) -> None:
        """The last act, which nobody can have built on."""
        assert self.last is not None
        last, event = self.last, self.last.event
        if not isinstance(event, VersionMoved) or event.kind in {"discard", "undo"}:
            return
        pointers = (event.champion, event.previous)
        self.act(lambda: self.house.undo(last))
        for name, pointer in zip(("champion", "previous"), pointers, strict=True):
            if pointer is not None:
                assert self.house.aliases.get(name) == (pointer.before.number if pointer.before else None)
        self.last = None

    @precondition(lambda self: self.stages)
    @rule(number=NUMBERS, name=st.sampled_from(["challenger", "shadow"]))
    def alias(self, number: int, name: str) -> None:
        number = min(number, len(self.stages))
        moved = self.house.alias(number, name)
        assert isinstance(moved.event, AliasMoved)
        assert self.house.aliases[name] == number

    @invariant()
    def every_version_stands_where_it_was_put(self) -> None:
        if self.stages:
            found = self.house.registry.versions(self.house.model, 10)
            assert [version.stage for version in found] == self.stages[::-1]
            assert [version.number for version in found] == list(range(len(found), 0, -1))

    @invariant()
    def at_most_one_version_is_in_production_and_it_is_the_champion(self) -> None:
        serving = [number + 1 for number, stage in enumerate(self.stages) if stage == "production"]
        if serving:
            assert serving == [self.house.aliases["champion"]]

    @invariant()
    def previous_is_where_a_rollback_would_lead(self) -> None:
        if not self.stages or "champion" not in self.house.aliases:
            return
        previous = self.house.aliases.get("previous")
        try:
            plan = plan_rollback(self.house.line)
        except Conflict:
            champion = self.house.aliases["champion"]
            usable = previous is not None and Stage.PRODUCTION in MOVES[Stage(self.stage(previous))]
            assert not usable or self.stage(champion) != "production"
        else:
            assert plan.version is not None
            assert plan.version.number == previous

    @invariant()
    def searching_by_stage_finds_what_stands_there(self) -> None:
        for stage in {*self.stages[:1], *self.stages[-1:]}:
            query = f"name = '{self.house.model}' and stage = '{stage}'"
            for order in ("", "metrics.auc desc"):
                ids = search(self.house.registry, query, order=order)
                numbers = [version.number for version in self.house.registry.versions_by_id(ids)]
                assert numbers == [n for n in range(len(self.stages), 0, -1) if self.stage(n) == stage]


@pytest.mark.slow
def test_whatever_is_done_the_life_of_a_model_holds_together(house: House) -> None:
    walk = type("Walk", (Moves,), {"house": house})
    quiet = settings(
        max_examples=12 if house.registry.database.dialect == "sqlite" else 5,
        stateful_step_count=100,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(walk, settings=quiet)
    before = house.rows
    rebuild(house.registry, silent)
    assert house.rows == before
    assert verify(house.registry, house.artifacts, identity=house.identity, progress=silent).findings == ()


@pytest.mark.parametrize("numbers", [(1, 2, 1, 2), (1, 2, 3, 1, 2, 3), (1, 2, 2, 1)])
def test_champions_that_take_turns_are_rolled_back_each_once(house: House, numbers: tuple[int, ...]) -> None:
    for _ in range(3):
        house.register()
    for number in numbers:
        if house.aliases.get("champion") != number:
            house.promote(number)
    served = [house.aliases["champion"]]
    while "previous" in house.aliases:
        house.rollback()
        served.append(house.aliases["champion"])
    assert len(served) == len(set(served))
    with pytest.raises(Conflict, match="no version was champion of churn before"):
        house.rollback()
    assert house.stage(served[-1]) == "production"
