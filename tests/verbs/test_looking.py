"""What can be looked at: list, show, history, lineage, datasets, and all of it as it was."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from jupyter_mlc.domain.entities import DatasetFacts, Snapshot
from jupyter_mlc.domain.errors import BadInput, Conflict, IllegalMove, NotFound, Unavailable
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.dataset_add import DatasetAdd, DatasetAddReply
from jupyter_mlc.verbs.dataset_list import DatasetList, DatasetListReply
from jupyter_mlc.verbs.dataset_show import DatasetShow, DatasetShowReply
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import Facts
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.rollback import Rollback
from jupyter_mlc.verbs.run import Run, RunReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.tag import Tag
from tests.verbs.conftest import Desk


def listed(desk: Desk, ask: List) -> ListReply:
    reply = desk.call(ask)
    assert isinstance(reply, ListReply)
    return reply


def told(desk: Desk, ask: History) -> list[str]:
    reply = desk.call(ask)
    assert isinstance(reply, HistoryReply)
    return [entry.what for entry in reply.entries]


@pytest.fixture
def some(desk: Desk) -> Desk:
    """Three versions of churn with rising auc, the second one champion; one of fraud."""
    for number, auc in enumerate((0.6, 0.7, 0.8), start=1):
        desk.register(content=f"{number}", metric={"auc": auc}, param={"depth": number}, tag={"team": "ops"})
    desk.register("fraud")
    desk.promote("churn:1", "production")
    desk.promote("churn:2", "production", "better")
    return desk


def test_models_are_listed_by_name(some: Desk) -> None:
    reply = listed(some, List())
    assert [(model.name, model.versions, model.champion) for model in reply.models] == [
        ("churn", 3, 2),
        ("fraud", 1, None),
    ]
    assert reply.to_rows()[0]["champion"] == "churn:2"


def test_a_model_that_is_retired_as_a_whole_is_listed_as_retired(some: Desk) -> None:
    def out_of_service() -> dict[str, bool]:
        return {model.name: model.retired for model in listed(some, List()).models}

    assert out_of_service() == {"churn": False, "fraud": False}
    some.call(Retire(ref="churn", yes=True))
    some.call(Retire(ref="fraud", yes=True))
    assert out_of_service() == {"churn": True, "fraud": True}
    churn = listed(some, List()).to_rows()[0]
    assert (churn["champion"], churn["retired"]) == (None, True)
    shown = some.call(Show(ref="churn"))
    assert isinstance(shown, ShowReply)
    assert shown.model is not None
    assert shown.model.retired


def test_a_retired_model_is_back_with_a_new_champion(some: Desk) -> None:
    some.call(Retire(ref="churn", yes=True))
    some.call(Retire(ref="fraud", yes=True))
    some.register("churn", content="a fresh start")
    some.register("fraud", content="a fresh start")
    assert [model.retired for model in listed(some, List()).models] == [True, False]
    some.promote("churn:4", "production")
    assert [model.retired for model in listed(some, List()).models] == [False, False]
    assert listed(some, List()).to_rows()[0]["champion"] == "churn:4"


def test_a_model_whose_candidates_were_discarded_is_not_retired(desk: Desk) -> None:
    desk.register()
    desk.call(Discard(refs=("churn:1",), yes=True))
    assert [model.retired for model in listed(desk, List()).models] == [False]


def test_versions_are_listed_newest_first(some: Desk) -> None:
    reply = listed(some, List(what="churn"))
    assert [version.ref for version in reply.versions] == ["churn:3", "churn:2", "churn:1"]
    assert reply.to_rows()[0] | {"created": None} == {
        "version": "churn:3",
        "stage": "candidate",
        "aliases": "",
        "class": "Logit",
        "author": "ana@laptop",
        "created": None,
        "note": "",
        "metrics.auc": 0.8,
        "params.depth": 3,
        "tags.team": "ops",
    }


def test_a_range_and_an_alias_are_listed(some: Desk) -> None:
    assert [v.ref for v in listed(some, List(what="churn:1..2")).versions] == ["churn:2", "churn:1"]
    assert [v.ref for v in listed(some, List(what="churn@champion")).versions] == ["churn:2"]


def test_a_query_finds_versions_of_any_model(some: Desk) -> None:
    reply = listed(some, List(what="metrics.auc > 0.65 and tags.team = 'ops'", order="metrics.auc desc"))
    assert [version.ref for version in reply.versions] == ["churn:3", "churn:2"]


def test_a_key_that_no_version_has_is_named_where_nothing_was_found(some: Desk) -> None:
    reply = listed(some, List(what="metrics.acu > 0.65"))
    assert (reply.versions, reply.warnings, reply.next) == (
        (),
        ("no version has metrics.acu; did you mean metrics.auc?",),
        "all models: %mlc list",
    )
    assert listed(some, List(what="metrics.acu > 1 or metrics.auc > 0.75")).warnings == ()
    assert listed(some, List(what="metrics.auc > 1")).warnings == ()


def test_a_key_that_no_version_has_is_named_where_it_orders(some: Desk) -> None:
    reply = listed(some, List(what="churn", order="metrics.acu desc"))
    assert [version.ref for version in reply.versions] == ["churn:3", "churn:2", "churn:1"]
    assert reply.warnings == ("no version has metrics.acu; did you mean metrics.auc?",)


def test_an_empty_list_names_the_next_step(desk: Desk) -> None:
    assert listed(desk, List()).next == "make one: %mlc register NAME OBJECT"
    assert listed(desk, List(runs=True)).next == "begin a cell with: %%mlc run NAME"
    desk.register()
    assert listed(desk, List()).next == ""
    assert listed(desk, List(what="ops", runs=True)).next == "begin a cell with: %%mlc run ops"
    assert listed(desk, List(what="churn:5..6")).next == "all models: %mlc list"
    nothing = desk.call(DatasetList())
    assert isinstance(nothing, DatasetListReply)
    assert nothing.next == "add one: %mlc dataset add NAME DATA"


def test_the_versions_of_one_model_are_ordered(some: Desk) -> None:
    reply = listed(some, List(what="churn", order="metrics.auc"))
    assert [version.ref for version in reply.versions] == ["churn:1", "churn:2", "churn:3"]


def test_the_limit_is_told(some: Desk) -> None:
    reply = listed(some, List(what="churn", limit=2))
    assert (len(reply.versions), reply.more) == (2, True)
    with pytest.raises(BadInput) as refused:
        some.call(List(limit=0))
    assert refused.value.text == "--limit 0 is no number of lines\ngive a number from 1 to 1,000,000"


@pytest.mark.parametrize("limit", [-1, 0, 10**20])
def test_no_list_has_an_absurd_number_of_lines(some: Desk, limit: int) -> None:
    asks = [List(limit=limit), List(limit=limit, runs=True), History(limit=limit), DatasetList(limit=limit)]
    for ask in [*asks, List(limit=limit, order="created")]:
        with pytest.raises(BadInput):
            some.call(ask)


def test_runs_are_listed_whether_or_not_a_version_came_of_them(some: Desk) -> None:
    some.call(Run(name="churn", note="to nowhere", param={"C": 1}))
    reply = listed(some, List(what="churn", runs=True))
    assert [(run.ref, run.status, run.versions) for run in reply.runs][:2] == [
        ("run/5", "running", ()),
        ("run/3", "finished", ("churn:3",)),
    ]
    with pytest.raises(BadInput, match="runs are listed by model, not by query"):
        some.call(List(what="metrics.auc > 1", runs=True))


def test_a_model_is_shown_with_its_aliases_and_newest_versions(some: Desk) -> None:
    reply = some.call(Show(ref="churn"))
    assert isinstance(reply, ShowReply)
    assert reply.kind == "model"
    assert dict(reply.aliases) == {"champion": 2, "previous": 1}
    assert [version.number for version in reply.versions] == [3, 2, 1]
    assert reply.next == ""
    some_of_them = some.call(Show(ref="churn:1..2"))
    assert isinstance(some_of_them, ShowReply)
    assert some_of_them.next == "all of them: %mlc list churn"


def test_a_version_is_shown_with_what_surrounded_it(desk: Desk) -> None:
    desk.register(facts=Facts(snapshot='{"git_commit": "4be1d0", "packages": 63, "python": "3.11.7"}'))
    reply = desk.call(Show(ref="churn:1"))
    assert isinstance(reply, ShowReply)
    assert reply.details is not None
    assert reply.details.snapshot == Snapshot(git_commit="4be1d0", packages=63, python="3.11.7")
    assert reply.details.key == desk.backing._identity().public
    assert reply.details.run.ref == "run/1"


def test_a_run_and_a_dataset_are_shown(some: Desk, facts: Callable[..., DatasetFacts]) -> None:
    some.call(DatasetAdd(name="train", data=facts()))
    run, data = some.call(Show(ref="run/1")), some.call(Show(ref="dataset/train"))
    assert isinstance(run, ShowReply)
    assert isinstance(data, ShowReply)
    assert run.run is not None
    assert run.run.versions == ("churn:1",)
    assert data.dataset is not None
    assert data.dataset.dataset.rows == 3


@pytest.mark.parametrize(
    "ask", [Show(ref="train"), History(ref="train"), List(what="train"), Tag(ref="train:1", tags={"a": "b"})]
)
def test_a_dataset_that_is_asked_for_like_a_model_is_told_of(
    ask: Ask, desk: Desk, facts: Callable[..., DatasetFacts]
) -> None:
    desk.call(DatasetAdd(name="train", data=facts()))
    with pytest.raises(NotFound) as refused:
        desk.call(ask)
    assert refused.value.text == "there is no model 'train', but a dataset\nlook at it: %mlc show dataset/train"


@pytest.mark.parametrize("ask", [List(what="Trial"), Show(ref="Trial"), History(ref="Trial"), Show(ref="Trial:1")])
def test_runs_that_no_version_came_of_are_told_of_where_a_model_is_asked_for(some: Desk, ask: Ask) -> None:
    some.call(Run(name="trial"))
    with pytest.raises(NotFound) as refused:
        some.call(ask)
    assert refused.value.text == (
        "there is no model 'Trial', but runs\n"
        "its runs: %mlc list Trial --runs; make a version: %mlc register Trial OBJECT"
    )


def test_a_number_alone_may_be_meant_for_a_run_or_for_the_event_with_which_it_began(desk: Desk) -> None:
    ids = []
    for number in range(6):
        reply = desk.call(Run(name=f"trial-{number}"))
        assert isinstance(reply, RunReply)
        ids.append(reply.id)
    with pytest.raises(NotFound) as refused:
        desk.call(Show(ref="1"))
    assert refused.value.text == "there is no model '1'\ndid you mean run/1?"
    both = next(id_ for id_ in ids if id_ <= len(ids))
    with pytest.raises(NotFound) as refused:
        desk.call(Show(ref=str(both)))
    assert refused.value.text == f"there is no model '{both}'\ndid you mean run/{ids.index(both) + 1} or run/{both}?"


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        ("run/x", "'run/x' is no id of a run\nwrite run/12; see %mlc list NAME --runs"),
        ("run/99", "there is no run/99\nsee %mlc list NAME --runs"),
        (
            "request/1",
            "request/1: there are no requests in this release\n"
            "it shows models, versions, runs, datasets, evaluations and jobs",
        ),
        ("job/1", "there is no job/1\nsee %mlc job list"),
        ("job/x", "'job/x' is no number of a job\nwrite 17 or job/17; see %mlc job list"),
        ("fruad", "there is no model 'fruad'\ndid you mean fraud?"),
        ("churn@best", "churn has no alias 'best'\nit has: champion, previous"),
    ],
)
def test_what_is_not_there_is_said_with_the_next_step(some: Desk, ref: str, text: str) -> None:
    with pytest.raises((BadInput, NotFound)) as refused:
        some.call(Show(ref=ref))
    assert refused.value.text == text


def test_the_history_of_a_model_tells_when_who_what_and_why(some: Desk) -> None:
    assert told(some, History(ref="churn")) == [
        "churn created (tier minimal)",
        "churn:1 registered (Logit)",
        "churn:2 registered (Logit)",
        "churn:3 registered (Logit)",
        "churn:1 candidate -> production · @champion churn:1",
        "churn:2 candidate -> production · churn:1 production -> deprecated (successor churn:2) · @champion churn:2",
    ]
    reply = some.call(History(ref="churn", limit=1))
    assert isinstance(reply, HistoryReply)
    assert (reply.entries[0].who, reply.entries[0].why, reply.more) == ("ana@laptop", "better", True)


def test_people_who_are_called_the_same_are_told_apart_by_their_ids(
    some: Desk, ana: Identity, open_session: Callable[[str, Identity], LocalSession]
) -> None:
    new = Identity(seed=b"n" * 32, name=ana.name)
    backing = open_session(some.backing.place.url, new)
    backing.call(Tag(ref="churn", tags={"a": "b"}))
    backing.close()
    reply = some.call(History(ref="churn", limit=2))
    assert isinstance(reply, HistoryReply)
    assert [entry.who for entry in reply.entries] == [f"ana@laptop ({one.first_id})" for one in (ana, new)]


def test_the_history_of_a_model_tells_where_versions_stood_and_who_was_champion(some: Desk) -> None:
    some.call(Rollback(name="churn", reason="a false alarm"))
    reply = some.call(History(ref="churn"))
    assert isinstance(reply, HistoryReply)
    stood = [(stay.version, stay.stage, stay.end is None) for stay in reply.stays]
    assert stood == [
        ("churn:1", "candidate", False),
        ("churn:1", "production", False),
        ("churn:1", "deprecated", False),
        ("churn:1", "production", True),
        ("churn:2", "candidate", False),
        ("churn:2", "production", False),
        ("churn:2", "deprecated", True),
        ("churn:3", "candidate", True),
        ("churn:1", "champion", False),
        ("churn:2", "champion", False),
        ("churn:1", "champion", True),
    ]
    assert all(before.end == after.start for before, after in pairwise(reply.stays[:4]))
    assert reply.until > max(stay.start or 0 for stay in reply.stays)


def test_what_began_before_the_newest_events_has_no_beginning(some: Desk) -> None:
    reply = some.call(History(ref="churn", limit=1))
    assert isinstance(reply, HistoryReply)
    assert [(stay.version, stay.stage, stay.start is None) for stay in reply.stays] == [
        ("churn:1", "production", True),
        ("churn:1", "deprecated", False),
        ("churn:2", "candidate", True),
        ("churn:2", "production", False),
        ("churn:1", "champion", True),
        ("churn:2", "champion", False),
    ]


def test_the_history_of_a_version_tells_where_it_stood_and_of_all_nothing(some: Desk) -> None:
    one, everything = some.call(History(ref="churn:2")), some.call(History())
    assert isinstance(one, HistoryReply)
    assert isinstance(everything, HistoryReply)
    assert {stay.version for stay in one.stays} == {"churn:2"}
    assert everything.stays == ()


def test_the_history_of_a_version_tells_what_concerns_it(some: Desk) -> None:
    assert told(some, History(ref="churn:1")) == [
        "churn:1 registered (Logit)",
        "churn:1 candidate -> production · @champion churn:1",
        "churn:2 candidate -> production · churn:1 production -> deprecated (successor churn:2) · @champion churn:2",
    ]


def test_everything_is_told_as_it_was_at_a_time(some: Desk, clock: Callable[[], int]) -> None:
    before = clock()
    some.call(Rollback(name="churn"))
    assert [m.champion for m in listed(some, List()).models] == [1, None]
    past = listed(some, List(at=before))
    assert [model.champion for model in past.models] == [2, None]
    version = some.call(Show(ref="churn@champion", at=before))
    assert isinstance(version, ShowReply)
    assert version.version is not None
    assert version.version.ref == "churn:2"
    assert told(some, History(ref="churn", at=before)) == told(some, History(ref="churn"))[:-1]


def test_looking_needs_no_key(some: Desk) -> None:
    def nobody() -> Identity:
        raise Unavailable("the key cannot be read")

    session = LocalSession(some.backing.place, nobody)
    for ask in (List(), Show(ref="churn:1"), History(ref="churn"), Lineage(ref="churn:1"), DatasetList()):
        assert session.call(ask).done
    session.close()


def test_before_the_first_event_there_was_no_registry(some: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        some.call(List(at=1))
    assert refused.value.text == "the registry did not exist at that time\nit begins on 2025-10-09 08:53 UTC"


def test_what_never_was_there_is_not_looked_for_at_a_later_time(some: Desk) -> None:
    for ref in ("nosuch", "churn:99"):
        with pytest.raises(NotFound) as then:
            some.call(Show(ref=ref, at=some.registry.made))
        with pytest.raises(NotFound) as now:
            some.call(Show(ref=ref))
        assert then.value.text == now.value.text


def test_what_was_not_there_yet_at_a_time_is_told_so(some: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        some.call(Show(ref="churn:1", at=some.registry.made))
    assert refused.value.text == (
        "there is no model 'churn' at that time\ngive a later time (UTC unless it names a zone), or leave out --at"
    )


def test_history_says_why_something_was_refused(some: Desk) -> None:
    with pytest.raises(IllegalMove):
        some.promote("churn:2", "production")
    reply = some.call(History())
    assert isinstance(reply, HistoryReply)
    told = reply.entries[-1]
    assert (told.what, told.why) == ("refused: promote churn:2", "churn:2 is in stage production already")


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("runs", "%mlc list --runs"),
        ("Datasets", "%mlc dataset list"),
        ("Production", "%mlc list \"stage = 'production'\""),
        ("champions", "%mlc list \"alias = 'champion'\""),
        ("all", "%mlc list"),
        ("chu*", "%mlc list \"name like 'chu%'\""),
        ("ops/", "%mlc list \"name like 'ops/%'\""),
        ("OPS", "%mlc list \"name like 'OPS/%'\""),
    ],
)
def test_what_is_listed_otherwise_than_by_a_name_is_answered_with_the_line(some: Desk, what: str, line: str) -> None:
    some.register("ops/churn")
    with pytest.raises(BadInput) as refused:
        some.call(List(what=what))
    assert refused.value.text == f"{what!r} is no model\nwrite {line}"


def test_a_model_may_be_called_what_other_lists_are_called(some: Desk) -> None:
    some.register("runs")
    some.register("ops")
    some.register("ops/churn")
    assert [version.ref for version in listed(some, List(what="runs")).versions] == ["runs:1"]
    assert [version.ref for version in listed(some, List(what="ops")).versions] == ["ops:1"]
    assert some.call(Show(ref="runs:1")).done


@pytest.mark.parametrize(
    ("ref", "written"),
    [
        ("runs/1", "run/1"),
        ("run:1", "run/1"),
        ("eval/2", "evaluation/2"),
        ("datasets/train", "dataset/train"),
        ("run", "run/12; see %mlc list --runs"),
        ("run/", "run/12; see %mlc list --runs"),
        ("Jobs", "job/12; see %mlc job list"),
    ],
)
def test_an_id_that_is_nearly_one_is_answered_with_the_one_to_write(some: Desk, ref: str, written: str) -> None:
    with pytest.raises(BadInput) as refused:
        some.call(Show(ref=ref))
    assert refused.value.text == f"{ref!r} is no id\nwrite {written}"


def test_a_version_that_is_written_with_a_slash_is_answered_with_its_colon(some: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        some.call(Show(ref="Churn/1"))
    assert refused.value.text == "there is no model 'Churn/1'\ndid you mean churn:1?"


def test_an_alias_without_its_model_is_answered_with_the_models_that_have_it(some: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        some.call(Show(ref="champion"))
    assert refused.value.text == "there is no model 'champion'\ndid you mean churn@champion?"


def test_lineage_names_run_data_code_and_environment(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    snapshot = (
        '{"git_commit": "4be1d0c2aa11", "git_branch": "main", "git_dirty": true, "lock": "sha256:9f3c", '
        '"notebook": "sha256:77", "notebook_path": "fit.ipynb", "cells": 5, "packages": 63, "python": "3.11.7"}'
    )
    desk.register(data=(facts(),), facts=Facts(snapshot=snapshot))
    reply = desk.call(Lineage(ref="churn:1"))
    assert isinstance(reply, LineageReply)
    assert [(node.kind, node.id) for node in reply.nodes] == [
        ("version", "churn:1"),
        ("run", "run/1"),
        ("notebook", "fit.ipynb"),
        ("code", "commit 4be1d0c2aa11"),
        ("environment", "lock 9f3c"),
        ("dataset", "dataset/train"),
    ]
    assert {spot.key for spot in reply.drawing.spots} == {node.id for node in reply.nodes}
    assert {(edge.below, edge.above, str(edge.standing)) for edge in reply.edges} == {
        ("churn:1", "run/1", "observed"),
        ("run/1", "fit.ipynb", "observed"),
        ("run/1", "commit 4be1d0c2aa11", "observed"),
        ("run/1", "lock 9f3c", "observed"),
        ("run/1", "dataset/train", "claimed"),
    }
    assert len(reply.to_rows()) == 5


def test_datasets_are_listed_and_shown_with_what_was_trained_on_them(
    desk: Desk, facts: Callable[..., DatasetFacts]
) -> None:
    first = desk.call(DatasetAdd(name="train", data=facts(), description="from the warehouse"))
    again = desk.call(DatasetAdd(name="train", data=facts()))
    changed = desk.call(DatasetAdd(name="train", data=facts(digest="rows1:" + "2" * 64)))
    other = desk.call(DatasetAdd(name="same", data=facts()))
    assert isinstance(first, DatasetAddReply)
    assert isinstance(again, DatasetAddReply)
    assert isinstance(changed, DatasetAddReply)
    assert isinstance(other, DatasetAddReply)
    assert (first.revision, first.is_new) == (1, True)
    assert (again.revision, again.is_new) == (1, False)
    assert (changed.revision, changed.is_new) == (2, True)
    assert other.same_as == "train"
    desk.register(data=("train",))
    reply = desk.call(DatasetList())
    assert isinstance(reply, DatasetListReply)
    assert [(row["name"], row["revision"]) for row in reply.to_rows()] == [("same", 1), ("train", 2)]
    shown = desk.call(DatasetShow(name="train"))
    assert isinstance(shown, DatasetShowReply)
    assert (shown.used_by, shown.to_rows()[0]["column"]) == (("churn:1",), "x")


def test_a_model_and_a_query_are_joined(some: Desk) -> None:
    def found(*words: str) -> list[str]:
        reply = some.call(List(what=words[0], query=words[1]))
        assert isinstance(reply, ListReply)
        return [version.ref for version in reply.versions]

    everything = found("churn", "created > '2001-01-01'")
    assert everything
    assert found("churn", "note = 'x' or name = 'other'") == []
    assert found("", "name = 'churn'") == everything
    with pytest.raises(BadInput) as refused:
        found("name = 'a'", "name = 'b'")
    assert refused.value.text == ("that is one query too many\njoin them: %mlc list \"(name = 'a') and (name = 'b')\"")


def test_a_range_or_an_alias_and_a_query_or_an_order_are_joined(some: Desk) -> None:
    def found(what: str, query: str = "", order: str = "") -> list[str]:
        return [version.ref for version in listed(some, List(what=what, query=query, order=order)).versions]

    assert found("churn:1..2", "metrics.auc > 0.65") == ["churn:2"]
    assert found("churn:1..2", order="metrics.auc") == ["churn:1", "churn:2"]
    assert found("Churn:3", "metrics.auc > 0.65") == ["churn:3"]
    assert found("churn@champion", "metrics.auc > 0.65") == ["churn:2"]
    assert found("churn:latest", "metrics.auc < 0.65") == []


def test_an_error_in_a_query_points_into_what_was_typed(some: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        some.call(List(what="churn", query="metrcs.auc > 3"))
    assert refused.value.message == "there is no field 'metrcs':\n    metrcs.auc > 3\n    ^"


@pytest.mark.parametrize(
    ("what", "query", "order", "line"),
    [
        ("churn", "Production", "", "%mlc list churn \"stage = 'production'\""),
        ("churn", "desc", "metrics.auc", '%mlc list churn --order "metrics.auc desc"'),
        ("metrics.auc", ">0.7", "", '%mlc list "metrics.auc >0.7"'),
        ("churn", "2", "", "%mlc list churn:2"),
        ("churn:1", "churn:2", "", "%mlc compare churn:1 churn:2"),
        ("churn:1", "churn@champion", "", "%mlc compare churn:1 churn@champion"),
    ],
)
def test_a_second_word_that_is_no_query_gets_the_line_to_type(
    some: Desk, what: str, query: str, order: str, line: str
) -> None:
    with pytest.raises(BadInput) as refused:
        some.call(List(what=what, query=query, order=order))
    assert refused.value.text == f"{query!r} is no query\nwrite {line}"


def test_runs_have_no_order_to_choose(some: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        some.call(List(what="churn", runs=True, order="metrics.auc"))
    assert refused.value.text == (
        "--order is for versions; runs are listed newest first\n"
        'write %mlc list churn --runs, or %mlc list churn --order "metrics.auc"'
    )


def test_who_asks_about_one_version_is_not_told_of_the_first_of_several(some: Desk) -> None:
    for ask in (Lineage(ref="churn:1..2"), History(ref="churn:1..2")):
        with pytest.raises(BadInput, match=r"'churn:1\.\.2' names several versions, and one is wanted here"):
            some.call(ask)


@pytest.mark.parametrize("ref", ["run/1", "dataset/train"])
def test_the_history_of_what_is_no_model_names_what_shows_it(some: Desk, ref: str) -> None:
    with pytest.raises(BadInput) as refused:
        some.call(History(ref=ref))
    kind = ref.partition("/")[0]
    assert (
        refused.value.text == f"'{ref}' is a {kind}, and this is about models and versions\nlook at it: %mlc show {ref}"
    )


def test_every_revision_of_a_dataset_is_shown_with_what_was_trained_on_it(
    desk: Desk, facts: Callable[..., DatasetFacts]
) -> None:
    desk.call(DatasetAdd(name="train", data=facts()))
    desk.register(data=("train",))
    desk.call(DatasetAdd(name="train", data=facts(digest="rows1:" + "2" * 64, rows=4)))
    newest, first, once = desk.call(DatasetShow(name="train")), desk.call(Show(ref="dataset/train:1")), facts()
    assert isinstance(newest, DatasetShowReply)
    assert isinstance(first, ShowReply)
    assert first.dataset is not None
    assert [(each.dataset.revision, each.used_by) for each in newest.revisions] == [(2, ()), (1, ("churn:1",))]
    assert (newest.dataset.revision, newest.used_by) == (2, ())
    assert (first.dataset.dataset.rows, first.dataset.used_by) == (once.rows, ("churn:1",))
    assert first.dataset.revisions == newest.revisions
    desk.register(data=("train:1",))
    assert desk.registry.trained_on(first.dataset.dataset.id, 10) == ["churn:2", "churn:1"]


def test_a_revision_that_is_not_there_is_refused(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    desk.call(DatasetAdd(name="train", data=facts()))
    for name, said in {
        "train:2": "train has no revision 2\nthe newest is train:1",
        "train:" + "9" * 30: f"train has no revision {'9' * 30}\nthe newest is train:1",
        "train:one": "there is no dataset 'train:one'\ndid you mean train?",
    }.items():
        with pytest.raises(NotFound) as refused:
            desk.call(DatasetShow(name=name))
        assert refused.value.text == said
    once = desk.call(DatasetShow(name="train:1"))
    assert isinstance(once, DatasetShowReply)
    assert once.revisions == ()


def test_bytes_of_data_that_are_not_there_are_refused(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    with pytest.raises(Conflict) as refused:
        desk.call(DatasetAdd(name="train", data=facts(blob="sha256:" + "0" * 64)))
    assert refused.value.text == (
        "the bytes of train are not in the registry's artifacts\nthey may have been collected meanwhile; do it again"
    )


def test_a_dataset_wants_data(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    with pytest.raises(NotFound) as refused:
        desk.call(DatasetAdd(name="train", data="df"))
    assert refused.value.text == (
        "'df' is neither in the notebook nor the path of a file\nname a DataFrame, an array or a file"
    )
    with pytest.raises(BadInput) as empty:
        desk.call(DatasetAdd(name="train", data=facts(columns=())))
    assert empty.value.text == "train would have no column\ngive data with at least one column"
    with pytest.raises(BadInput, match="'a b' cannot name a dataset"):
        desk.call(DatasetAdd(name="a b", data=facts()))
