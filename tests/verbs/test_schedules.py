"""Schedules: what they ask, when they are due, that each due time is taken up once, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, NotFound, Unavailable
from jupyter_mlc.domain.jobs import JobStarted
from jupyter_mlc.domain.schedules import Due, ScheduleAdded, ScheduleRan
from jupyter_mlc.jobs.batches import Backend
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.schedule_add import ScheduleAdd
from jupyter_mlc.verbs.schedule_list import ScheduleList
from jupyter_mlc.verbs.schedule_rm import ScheduleRm, ScheduleRmReply
from jupyter_mlc.verbs.tick import TakenUp, Tick
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from jupyter_mlc.verbs.worker import Worker
from tests.conftest import Clock
from tests.jobs.notebooks import code
from tests.verbs.scheduling import PARAMETERS, SECOND, Office, left_alone, office

HOUR = 3_600 * SECOND


@pytest.fixture
def desk(
    registry_url: str, tmp_path: Path, ana: Identity, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    with office(registry_url, tmp_path / "work", ana, clock, monkeypatch) as made:
        yield made


@pytest.fixture
def here(tmp_path: Path, ana: Identity, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The same on a folder, for what no database decides."""
    with office(str(tmp_path / "registry"), tmp_path / "work", ana, clock, monkeypatch) as made:
        made.keep()
        yield made


def refusal(desk: Office, kind: type[MlcError], **asked: Any) -> str:
    with pytest.raises(kind) as refused:
        desk.add(**asked)
    return refused.value.text


def test_a_schedule_is_due_again_and_again_and_each_time_its_jobs_are_executed(desk: Office) -> None:
    desk.keep()
    added = desk.add(param={"C": 2}, grid={"data": ["a", "b"]})
    assert (added.schedule, added.of, added.jobs, len(added.due)) == ("schedule/1", "fit", 2, 3)
    assert added.next == "jupyter mlc worker"
    assert desk.tick().taken == ()
    for number in (1, 3):
        desk.later(3_600)
        (taken,) = desk.tick().taken
        assert (taken.schedule, taken.of, taken.missed, taken.jobs) == ("schedule/1", "fit", 0, (number, number + 1))
    begun = desk.events(JobStarted)
    assert [desk.registry.job(number).params for number in (1, 2)] == [{"C": 2.0, "data": "a"}, {"C": 2.0, "data": "b"}]
    assert len(begun) == 4
    ran = desk.events(ScheduleRan)
    assert [event.due - ran[0].due for event in ran] == [0, HOUR]
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    assert reply.findings == ()


def test_a_schedule_is_added_listed_and_looked_at_by_anybody_who_calls_the_verbs(here: Office) -> None:
    added = here.call(ScheduleAdd(ref="fit", every="0  6 * *  1", timezone="Europe/Berlin"))
    listed = here.call(ScheduleList(limit=1))
    looked = here.call(Tick(dry_run=True))
    assert (added.to_rows()[0]["every"], listed.to_rows()[0]["timezone"]) == ("0 6 * * 1", "Europe/Berlin")
    assert (looked.done, looked.to_rows()) == (False, [])


def test_what_was_due_while_no_worker_ran_is_caught_up_once(here: Office) -> None:
    here.add(every="1h")
    here.later(5 * 3_600)
    (taken,) = here.tick().taken
    assert (taken.missed, taken.jobs) == (4, (1,))
    assert here.tick().taken == ()
    assert here.events(ScheduleRan)[0].missed == 4


def test_a_model_stands_for_its_champion_when_it_is_due_and_its_history_tells_of_it(here: Office) -> None:
    with pytest.raises(NotFound):
        here.add("churn")
    here.keep(name="other")
    here.register("churn")
    text = refusal(here, Conflict, ref="churn")
    assert text.startswith("churn:1 has no notebook: it was registered outside of one")
    assert here.events(ScheduleAdded) == []


def test_two_workers_do_not_take_up_the_same_due_time(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has seen that it is due before the first one takes it up."""
    here.add()
    here.later(3_600)
    schedule = here.registry.schedule(1)
    from jupyter_mlc.verbs import schedule_records

    due = schedule_records.due_of(schedule, here.clock())
    assert due is not None
    here.tick()
    with pytest.raises(Conflict) as refused:
        here.call(Retrain(ref="fit", force=True, due=due))
    assert refused.value.text == "schedule/1: somebody else took up what was due\nsee %mlc schedule list"
    monkeypatch.setattr(schedule_records, "due_of", lambda *_: due)
    assert here.tick().taken == ()
    assert len(here.events(ScheduleRan)) == len(here.events(JobStarted)) == 1


def test_of_two_workers_the_one_that_saw_an_older_run_takes_nothing_up(here: Office) -> None:
    here.add()
    here.later(3_600)
    here.tick()
    late = Due(schedule=1, at=here.registry.schedule(1).due or 0 + HOUR, since=None)
    with pytest.raises(Conflict):
        here.call(Retrain(ref="fit", force=True, due=late))


def test_a_run_that_has_not_ended_holds_back_the_next(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlc.verbs.job_background.hand_over", left_alone)
    here.add()
    here.later(3_600)
    assert here.tick().taken[0].jobs == (1,)
    here.later(3_600)
    reply = here.tick()
    assert reply.taken == ()
    assert [(each.schedule, each.job) for each in reply.held] == [("schedule/1", "job/1")]
    assert reply.due is not None
    assert reply.due <= here.clock()


def test_what_cannot_begin_is_refused_once_and_recorded(here: Office) -> None:
    here.add(param={"C": 2})
    here.keep(code("D = 1", tag="parameters"))
    here.later(3_600)
    (taken,) = here.tick().taken
    assert taken.refused == "fit has no parameter 'C'\nits parameters are D"
    assert here.tick().taken == ()
    (listed,) = here.listed().schedules
    assert listed.refused == taken.refused
    assert here.listed().to_rows()[0]["refused"] == taken.refused


def test_what_is_not_to_be_had_just_now_is_tried_again(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.add()
    here.later(3_600)

    def unreachable(*_: object, **__: object) -> None:
        raise Unavailable("the database does not answer", hint="try again")

    with monkeypatch.context() as patched:
        patched.setattr("jupyter_mlc.verbs.job_plans.planned", unreachable)
        reply = here.tick()
    assert reply.taken == ()
    assert [each.why for each in reply.held] == ["the database does not answer\ntry again"]
    assert here.events(ScheduleRan) == []
    assert here.tick().taken[0].jobs == (1,)


def test_the_notebook_is_executed_even_where_the_record_has_the_answer_unless_that_is_wanted(here: Office) -> None:
    here.add()
    here.add(if_changed=True)
    here.later(3_600)
    first, second = here.tick().taken
    assert (first.jobs, second.jobs, second.cached) == ((1,), (), ("job/1",))
    here.later(3_600)
    first, second = here.tick().taken
    assert (first.jobs, second.cached) == ((2,), ("job/2",))


def test_a_schedule_keeps_what_else_is_asked(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cr3t")
    here.add(param={"token": "env:TOKEN"}, retries=2, timeout="30m", jobs=2, metric="auc", folder=str(Path.cwd()))
    here.later(3_600)
    here.tick()
    (asked,) = here.events(JobStarted)
    assert (asked.secrets, asked.limits.retries, asked.limits.timeout) == ({"token": "TOKEN"}, 2, 1_800.0)
    assert "s3cr3t" not in str(list(here.registry.events()))


def test_a_removed_schedule_is_due_no_more_and_its_number_is_not_used_again(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_mlc.verbs.job_background.hand_over", left_alone)
    here.add()
    here.later(3_600)
    here.tick()
    tried = here.call(ScheduleRm(schedule="1", dry_run=True))
    removed = here.call(ScheduleRm(schedule="schedule/1"))
    assert isinstance(tried, ScheduleRmReply)
    assert isinstance(removed, ScheduleRmReply)
    assert (tried.done, removed.done, removed.running, removed.next) == (
        False,
        True,
        ("job/1",),
        "%mlc job cancel 1",
    )
    here.later(3_600)
    assert here.tick().schedules == 0
    assert here.listed().next == '%mlc schedule add REF --every "0 6 * * 1"'
    assert here.add().schedule == "schedule/2"
    with pytest.raises(Conflict) as refused:
        here.call(ScheduleRm(schedule="1"))
    assert refused.value.text == "schedule/1 was removed before\nsee %mlc schedule list"
    late = Due(schedule=1, at=here.clock(), since=None)
    with pytest.raises(Conflict) as gone:
        here.call(Retrain(ref="fit", force=True, due=late))
    assert gone.value.text == "schedule/1 was removed\nsee %mlc schedule list"


def test_a_schedule_can_be_tried_before_it_is_added_and_a_look_before_anything_begins(here: Office) -> None:
    tried = here.add(every="0 6 * * 1", timezone="Europe/Berlin", dry_run=True)
    assert (tried.done, tried.schedule, tried.next) == (False, "", "")
    assert tried.to_rows()[0]["every"] == "0 6 * * 1"
    here.add()
    here.later(3_600)
    worker = here.call(Worker(dry_run=True))
    assert worker.to_rows()[0]["schedule"] == "schedule/1"
    assert here.events(JobStarted) == []
    assert here.call(Worker(once=True)).to_rows()[0]["jobs"] == (1,)


def test_whatever_is_wrong_with_it_is_said_when_it_is_added(here: Office) -> None:
    assert refusal(here, BadInput, ref="fit.ipynb") == (
        "fit.ipynb is a file, and may be another one by the time that it is due\n"
        "keep it in the registry: %mlc job add fit.ipynb; then name the job here"
    )
    assert refusal(here, BadInput, param={"D": 1}) == ("fit has no parameter 'D'\nits parameters are C, data, token")
    assert refusal(here, BadInput, every="now").startswith("--every now is neither an interval nor a cron expression")
    assert refusal(here, BadInput, cluster="tcp://there:1") == (
        "--cluster tcp://there:1: loky hands out jobs on this machine alone\n"
        "name what answers there: --backend dask --cluster tcp://there:1, or --backend ray"
    )
    assert refusal(here, BadInput, gpus=-1) == (
        "--gpus -1 is no number of GPUs\ngive how many each job needs: --gpus 1"
    )
    assert here.events(ScheduleAdded) == []


@pytest.mark.parametrize("text", ["three", "-1", "1.5", "schedule/", "²", "9" * 19])
def test_a_schedule_is_called_by_its_number(here: Office, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        here.call(ScheduleRm(schedule=text))
    assert refused.value.text == f"{text!r} is no number of a schedule\nwrite 3 or schedule/3; see %mlc schedule list"


def test_a_schedule_that_was_never_added_is_not_there(here: Office) -> None:
    with pytest.raises(NotFound) as refused:
        here.call(ScheduleRm(schedule="7"))
    assert refused.value.text == "there is no schedule 7\nsee %mlc schedule list"


def test_a_list_says_what_came_of_each_and_when_it_is_due(here: Office) -> None:
    here.keep(PARAMETERS, "1 / 0", name="bad")
    here.add(param={"C": 2})
    here.add("bad")
    here.later(3_600)
    here.tick()
    first, second = here.listed().schedules
    assert (first.params, first.jobs, second.jobs) == ({"C": 2}, {"job/1": "succeeded"}, {"job/2": "cell failed"})
    assert first.due is not None
    assert first.last is not None
    assert first.due - first.last == HOUR
    assert [row["status"] for row in here.listed().to_rows()] == ["succeeded", "cell failed"]


def test_a_worker_hears_of_the_end_of_its_jobs(here: Office) -> None:
    here.keep(PARAMETERS, "1 / 0", name="bad")
    here.add("bad")
    here.later(3_600)
    here.tick()
    (ended,) = here.tick(watched=(1,)).ended
    assert (ended.job, ended.of, ended.status, ended.reason) == (
        "job/1",
        "bad",
        "cell failed",
        "ZeroDivisionError: division by zero",
    )


def test_the_history_tells_what_schedules_did(here: Office) -> None:
    here.add(param={"C": 2})
    here.later(3 * 3_600)
    here.tick()
    here.keep(code("D = 1", tag="parameters"))
    here.later(3_600)
    here.tick()
    here.call(ScheduleRm(schedule="1"))
    reply = here.call(History())
    assert isinstance(reply, HistoryReply)
    told = [row["what"] for row in reply.to_rows() if "schedule/" in str(row["what"])]
    assert sorted(map(str, told)) == sorted(
        [
            "schedule/1: fit every 1h",
            "schedule/1 was due, 2 missed before it",
            "schedule/1 was due: refused, fit has no parameter 'C'",
            "schedule/1 removed",
        ]
    )


def test_a_schedule_of_a_newer_release_waits_for_it(here: Office) -> None:
    here.add()
    with here.registry.write(here.backing._identity(), here.clock) as log:
        log.append(ScheduleAdded(name="fit", every="1h", ask='{"moon": "full"}'))
    here.later(3_600)
    reply = here.tick()
    assert isinstance(reply.taken[0], TakenUp)
    assert reply.held[0].why == (
        "schedule/2 was added by a newer release, and asks for moon\nupgrade: pip install -U jupyter-mlc"
    )


def test_tables_of_an_earlier_release_take_no_schedules(here: Office) -> None:
    here.registry.database.query("UPDATE head SET minor = 2 WHERE one = 1", {})
    place = here.registry.place.shown
    assert refusal(here, Unavailable) == (
        f"{place} was made by a release that knows no schedules\nbring it up to date: jupyter mlc admin upgrade"
    )
    assert here.listed().schedules == ()
    assert here.tick().schedules == 0


def test_a_backend_that_is_not_there_is_said_before_anything_is_recorded(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for backend, package in ((Backend.DASK, "distributed"), (Backend.RAY, "ray")):
        monkeypatch.setitem(__import__("sys").modules, package, None)
        assert refusal(here, Unavailable, backend=backend) == (
            f"{backend} is not installed here\npip install 'jupyter-mlc[{backend}]'"
        )
