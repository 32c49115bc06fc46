from __future__ import annotations

import math
from operator import itemgetter
from typing import Any

import pytest

from jupyter_mlc.domain.entities import Measured, RunFile, Signature, Standing
from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.domain.events import (
    ERASED,
    EVENTS,
    ActRefused,
    AliasMoved,
    ChampionEntry,
    DatasetAdded,
    DatasetLink,
    Event,
    KeyAdded,
    KeyRotated,
    ModelCreated,
    ModelEdited,
    PersonAdded,
    Place,
    Pointer,
    RegistryCreated,
    RunEnded,
    RunStarted,
    Tagged,
    VerificationFailed,
    VersionChange,
    VersionEdited,
    VersionKey,
    VersionMoved,
    VersionRegistered,
)
from jupyter_mlc.store.projections import Recorded, assign, project
from jupyter_mlc.store.rows import KEYS, DictRows
from tests.store.house import House


class Fold:
    """Events one after the other, folded in memory."""

    def __init__(self) -> None:
        self.rows = DictRows()
        self.seq = 0

    def add(self, event: Event) -> int:
        self.seq += 1
        recorded = Recorded(
            seq=self.seq,
            recorded=self.seq * 10,
            actor="p-ana",
            writer_time=self.seq * 10,
            event=event,
            assigned=assign(self.rows, event),
        )
        project(self.rows, recorded)
        return self.seq

    def register(self, **fields: Any) -> VersionKey:
        run = fields.pop("run", None) or self.add(RunStarted(name="churn"))
        made: dict[str, Any] = {"model": "Churn", "run": run, "format": "joblib", "artifact": "sha256:aa", "size": 5}
        made |= {"blobs": ("sha256:aa", "sha256:bb"), "class_name": "Logit", "library": "tests"}
        event = VersionRegistered(**made, signature=Signature(), load_check="passed", **fields)
        number = assign(self.rows, event)["number"]
        return VersionKey(number=number, id=self.add(event))

    def move(self, kind: str, key: VersionKey, after: str, **fields: Any) -> int:
        change = VersionChange(version=key, before=Place(stage="?"), after=Place(stage=after))
        return self.add(VersionMoved(kind=kind, model="churn", version=key, changes=(change,), **fields))

    def table(self, name: str) -> list[dict[str, Any]]:
        return self.rows.all(name)


@pytest.fixture
def fold() -> Fold:
    folded = Fold()
    folded.add(ModelCreated(model="Churn", tier="minimal", owner="p-ana"))
    return folded


def test_events_without_rows_leave_none() -> None:
    fold = Fold()
    for event in (
        RegistryCreated(uuid="u"),
        ActRefused(verb="promote", subject="churn:1", code="illegal-move"),
        VerificationFailed(findings=1),
    ):
        fold.add(event)
    assert all(fold.table(table) == [] for table in KEYS)


def test_people_and_keys() -> None:
    fold = Fold()
    fold.add(PersonAdded(person="p-1", name="ana"))
    fold.add(KeyAdded(person="p-1", public="old"))
    fold.add(KeyRotated(person="p-1", old="old", new="new"))
    assert fold.table("person") == [{"id": "p-1", "kind": "person", "name": "ana", "added": 1}]
    assert fold.table("actor_key") == [
        {"public": "old", "person": "p-1", "added": 2, "ended": 3},
        {"public": "new", "person": "p-1", "added": 3, "ended": None},
    ]


def test_a_model_keeps_how_its_name_is_written_and_is_found_by_how_it_is_folded(fold: Fold) -> None:
    fold.add(
        ModelEdited(
            model="CHURN", owner_before="p-ana", owner="p-ben", tier_before="minimal", tier="high", description="x"
        )
    )
    (model,) = fold.table("model")
    assert (model["folded"], model["name"], model["owner"], model["tier"]) == ("churn", "Churn", "p-ben", "high")
    assert (model["description"], model["created"], model["last_number"], model["versions"]) == ("x", 10, 0, 0)


def test_numbers_go_on_each_for_itself(fold: Fold) -> None:
    assert [fold.register().number for _ in range(3)] == [1, 2, 3]
    for name in ("a", "A", "b"):
        fold.add(DatasetAdded(name=name, digest="d", rows=1, columns=()))
    assert [row["revision"] for row in fold.table("dataset")] == [1, 2, 1]
    assert [row["number"] for row in fold.table("run")] == [1, 2, 3]
    assert {row["name"]: row["last"] for row in fold.table("counter")} == {"run": 3, "dataset/a": 2, "dataset/b": 1}


def test_a_version_has_what_its_run_recorded_and_what_was_said_of_it_in_addition(fold: Fold) -> None:
    first, second = (fold.add(DatasetAdded(name=name, digest=name, rows=1, columns=())) for name in ("a", "b"))
    run = fold.add(RunStarted(name="churn", note="why", tags='{"night": "yes"}'))
    fold.add(
        RunEnded(
            run=run,
            status="finished",
            duration=7,
            metrics=(Measured(key="auc", value=0.5, standing=Standing.OBSERVED), Measured(key="loss", value=1.0)),
            params={"C": 1, "flag": True, "none": None},
            param_words='{"kernel": "rbf"}',
            standings={"C": "observed"},
            datasets=(DatasetLink(dataset=first, standing=Standing.OBSERVED), DatasetLink(dataset=second)),
            files=(RunFile(name="roc.png", digest="sha256:cc", size=3),),
            blobs=("sha256:dd",),
        )
    )
    key = fold.register(
        run=run,
        metrics=(Measured(key="auc", value=0.7),),
        params={"C": 2},
        datasets=(DatasetLink(dataset=second, standing=Standing.ATTESTED),),
        tags='{"team": "ops"}',
    )
    assert {row["key"]: (row["value"], row["standing"], row["stage"]) for row in fold.table("metric")} == {
        "auc": (0.7, "claimed", "candidate"),
        "loss": (1.0, "claimed", "candidate"),
    }
    assert {row["key"]: (row["number"], row["value"], row["standing"]) for row in fold.table("param")} == {
        "C": (2.0, "2", "claimed"),
        "flag": (None, "true", "claimed"),
        "none": (None, "null", "claimed"),
        "kernel": (None, "rbf", "claimed"),
    }
    assert [(row["dataset"], row["standing"]) for row in fold.table("version_dataset")] == [
        (first, "observed"),
        (second, "attested"),
    ]
    assert fold.table("tag") == [{"version": key.id, "key": "team", "value": "ops"}]
    assert fold.table("run_tag") == [{"run": run, "key": "night", "value": "yes"}]
    assert {(row["holder"], row["digest"]) for row in fold.table("blob_use")} == {
        (run + 1, "sha256:cc"),
        (run + 1, "sha256:dd"),
        (key.id, "sha256:aa"),
        (key.id, "sha256:bb"),
    }


def test_not_a_number_is_spelled_beside_an_empty_value(fold: Fold) -> None:
    fold.register(metrics=(Measured(key="auc", value=math.nan), Measured(key="loss", value=math.inf)))
    assert {row["key"]: (row["value"], row["spelled"]) for row in fold.table("metric")} == {
        "auc": (None, "nan"),
        "loss": (math.inf, None),
    }


def test_a_move_is_seen_in_the_version_and_in_its_metrics(fold: Fold) -> None:
    key = fold.register(metrics=(Measured(key="auc", value=0.7),))
    other = fold.register(metrics=(Measured(key="auc", value=0.7),))
    seq = fold.move("promote", key, "staging", reason="best")
    row = fold.rows.get("version", key.id)
    assert row is not None
    assert (row["stage"], row["reason"], row["since"], row["promoted"]) == ("staging", "best", seq * 10, 1)
    assert {row["version"]: row["stage"] for row in fold.table("metric")} == {key.id: "staging", other.id: "candidate"}


def test_only_a_promotion_says_that_a_version_was_promoted(fold: Fold) -> None:
    key = fold.register()
    fold.move("retire", key, "retired")
    row = fold.rows.get("version", key.id)
    assert row is not None
    assert row["promoted"] == 0


def test_a_purged_version_holds_no_bytes(fold: Fold) -> None:
    key, other = fold.register(), fold.register()
    fold.move("discard", key, "purged")
    assert {row["holder"] for row in fold.table("blob_use")} == {other.id}


def test_pointers_are_moved_and_every_move_is_kept(fold: Fold) -> None:
    one, two = fold.register(), fold.register()
    moves = (Pointer(after=one), Pointer(before=one, after=two), Pointer(before=two))
    seqs = [fold.add(AliasMoved(model="CHURN", alias="old", pointer=pointer)) for pointer in moves]
    assert fold.table("alias") == []
    assert [(row["seq"], row["version"]) for row in fold.table("alias_move")] == [
        (seqs[0], one.id),
        (seqs[1], two.id),
        (seqs[2], None),
    ]


def test_champions_that_were_displaced_are_remembered_until_a_rollback(fold: Fold) -> None:
    one, two = fold.register(), fold.register()
    champion = Pointer(before=one, after=two)
    seq = fold.move("promote", two, "production", champion=champion, previous=Pointer(after=one), pushed=one)
    assert fold.table("former") == [{"model": "churn", "position": seq, "version": one.id}]
    assert {row["alias"]: row["version"] for row in fold.table("alias")} == {"champion": two.id, "previous": one.id}
    popped = (ChampionEntry(position=seq, version=one),)
    fold.move("rollback", one, "production", champion=Pointer(before=two, after=one), popped=popped)
    assert fold.table("former") == []


def test_tags_come_and_go(fold: Fold) -> None:
    key = fold.register()
    fold.add(Tagged(model="churn", version=key, after='{"a": "1", "b": "2"}'))
    fold.add(Tagged(model="churn", version=key, after='{"a": null, "b": "3"}'))
    fold.add(Tagged(model="churn", after='{"team": "ops"}'))
    assert fold.table("tag") == [{"version": key.id, "key": "b", "value": "3"}]
    assert fold.table("model_tag") == [{"model": "churn", "key": "team", "value": "ops"}]


def test_a_note_is_changed(fold: Fold) -> None:
    key = fold.register(note="first")
    fold.add(VersionEdited(model="churn", version=key, note="second"))
    row = fold.rows.get("version", key.id)
    assert row is not None
    assert row["note"] == "second"


@pytest.mark.parametrize("words", ["", ERASED])
def test_erased_words_give_no_rows_and_no_error(fold: Fold, words: str) -> None:
    run = fold.add(RunStarted(name="churn", tags=words))
    fold.add(RunEnded(run=run, status="finished", param_words=words, snapshot=words))
    fold.register(run=run, tags=words, param_words=words, note=words)
    fold.add(Tagged(model="churn", after=words))
    assert [fold.table(table) for table in ("run_tag", "run_param", "tag", "param", "model_tag")] == [[]] * 5


def test_rows_in_memory_and_in_each_database_are_the_same(house: House) -> None:
    house.add_dataset("flights")
    house.register(metrics={"auc": 0.5}, params={"C": 1.5, "k": "x"}, tags={"a": "b"}, datasets=("flights",))
    house.register()
    house.promote(1)
    house.promote(2)
    house.rollback()
    house.tag(2, a=None, c="d")
    memory = DictRows()
    for recorded in house.registry.events():
        assert assign(memory, recorded.event) == recorded.assigned
        project(memory, recorded)
    for table in KEYS:
        stored = house.registry.database.query(f"SELECT * FROM {table}")
        key = itemgetter(*KEYS[table])
        assert sorted(stored, key=key) == sorted(memory.all(table), key=key), table


def test_rows_of_one_group_are_changed_and_dropped_together(house: House) -> None:
    database = house.registry.database
    for rows in (DictRows(), database.rows):
        rows.put("tag", {"version": 1, "key": "a", "value": "x"}, {"version": 1, "key": "b", "value": "y"})
        rows.put("tag", {"version": 2, "key": "a", "value": "z"}, {"version": 1, "key": "a", "value": "w"})
        rows.put("tag")
        assert rows.get("tag", 1, "a") == {"version": 1, "key": "a", "value": "w"}
        assert rows.get("tag", 3, "a") is None
        rows.change_group("tag", 1, value="all")
        assert sorted(row["value"] for row in rows.select("tag", 1)) == ["all", "all"]
        run = {"name": "m", "folded": "m", "author": "a", "started": 1, "duration": 1, "note": "", "snapshot": ""}
        rows.put("run", *[{"id": id_, "number": id_, "status": "finished", **run} for id_ in (4, 5)])
        rows.change_group("run", 4, status="failed")
        assert [row["status"] for row in (*rows.select("run", 4), *rows.select("run", 5))] == ["failed", "finished"]
        rows.drop("run", 4)
        assert (rows.get("run", 4), list(rows.select("run", 4))) == (None, [])
        rows.drop_group("run", 5)
        rows.change("tag", 1, "a", value="one")
        rows.change("tag", 9, "a", value="nobody")
        rows.drop("tag", 1, "b")
        rows.drop("tag", 9, "b")
        assert list(rows.select("tag", 1)) == [{"version": 1, "key": "a", "value": "one"}]
        rows.drop_group("tag", 1)
        assert list(rows.select("tag", 1)) == []
        assert list(rows.select("tag", 2)) == [{"version": 2, "key": "a", "value": "z"}]


def test_an_evaluation_is_a_row_and_what_it_computed_is_a_metric_of_the_version(house: House) -> None:
    house.add_dataset("june")
    house.register(metrics={"auc": 0.7})
    house.promote(1)
    recorded = house.evaluate(1, "june", auc=0.6831, precision=0.5)
    found = house.registry.evaluation(1)
    assert (found.version, found.dataset, found.target, found.id) == ("churn:1", "june", "late", recorded.seq)
    assert [(one.metric, one.value) for one in found.estimates] == [("auc", 0.6831), ("precision", 0.5)]
    metrics = {one.key: (one.value, one.standing) for one in house.registry.version("churn:1").metrics}
    assert metrics["auc"] == (0.7, Standing.CLAIMED)
    assert metrics["eval.june.auc"] == (0.6831, Standing.COMPUTED)
    rows = house.registry.database.query("SELECT key, stage FROM metric WHERE key LIKE 'eval.%' ORDER BY key")
    assert [(row["key"], row["stage"]) for row in rows] == [
        ("eval.june.auc", "production"),
        ("eval.june.precision", "production"),
    ]
    assert {found.evidence, found.predictions} <= set(house.registry.blobs_of(recorded.seq))


def test_what_the_newest_evaluation_has_no_value_for_is_no_metric_any_more(house: House) -> None:
    house.add_dataset("june")
    house.register()
    house.evaluate(1, "june", auc=0.6831, precision=0.5)
    house.evaluate(1, "june", auc=0.7, precision=None)
    metrics = {one.key: one.value for one in house.registry.version("churn:1").metrics}
    assert metrics == {"eval.june.auc": 0.7}
    assert house.registry.evaluation(2).estimates[1].reason == "no row is positive"


def test_jobs_are_numbered_and_the_row_of_one_says_how_it_ended(house: House) -> None:
    house.register()
    first, second = house.start_job(1), house.start_job()
    assert [each.assigned["number"] for each in (first, second)] == [1, 2]
    house.register(job=first.seq)
    house.end_job(first)
    job, other = house.registry.job(1), house.registry.job(2)
    assert (job.ref, job.name, job.parent, job.versions) == ("job/1", "churn:1", "churn:1", ("churn:2",))
    assert (job.status, job.duration, job.params) == ("succeeded", 2_500, {"C": 0.3})
    assert (other.name, other.status, other.parent, other.versions, other.output) == ("fit", "begun", None, (), None)
    assert {job.notebook, job.output} <= house.registry.held_blobs()
    assert [each.ref for each in house.registry.jobs(10)] == ["job/2", "job/1"]
    assert [each.ref for each in house.registry.open_jobs(10)] == ["job/2"]
    assert [each.ref for each in house.registry.jobs_of_version(house.key(1).id, 10)] == ["job/1"]


def test_a_job_is_found_by_its_key_only_where_it_succeeded(house: House) -> None:
    failed, worked = house.start_job(key="a"), house.start_job(key="a")
    house.end_job(failed, "cell failed")
    house.end_job(worked)
    house.end_job(house.start_job(key="b"))
    assert [each.ref for each in house.registry.succeeded_with("a", 10)] == ["job/2"]


def test_the_jobs_of_a_batch_are_found_by_the_first_of_them(house: House) -> None:
    first = house.start_job()
    house.start_job(sweep=first.seq)
    house.start_job()
    assert [each.number for each in house.registry.jobs_of_sweep(first.seq)] == [1, 2]


def test_a_job_that_is_defined_anew_has_another_revision_and_the_number_of_no_job(house: House) -> None:
    house.add_job("fit")
    house.add_job("Fit")
    assert house.start_job().assigned == {"number": 1}
    (found,) = house.registry.job_definitions(10)
    assert (found.name, found.revision, found.source, found.author) == ("Fit", 2, "Fit.ipynb", "ana@laptop")
    assert [(each.name, each.type, each.default) for each in found.parameters] == [("C", "float", "1.0")]
    with pytest.raises(NotFound) as missing:
        house.registry.job_definition("fot")
    assert missing.value.text == "there is no job called 'fot'\ndid you mean Fit?"
    with pytest.raises(NotFound) as unknown:
        house.registry.job(9)
    assert unknown.value.text == "there is no job/9\nsee %mlc job list"


def test_every_type_of_event_is_known_to_the_tests() -> None:
    """Whoever adds one says here what it does to rows."""
    assert set(EVENTS) == {
        *("RegistryCreated", "PersonAdded", "KeyAdded", "KeyRotated", "ModelCreated", "ModelEdited", "VersionEdited"),
        *("Tagged", "AliasMoved", "RunStarted", "RunEnded", "DatasetAdded", "VersionRegistered", "VersionMoved"),
        *("ActRefused", "VerificationFailed", "Imported", "BytesFetched", "Evaluated"),
        *("JobAdded", "JobStarted", "JobEnded"),
        *("ScheduleAdded", "ScheduleRemoved", "ScheduleRan"),
        "EvaluationImported",
        "ReproductionJudged",
    }
