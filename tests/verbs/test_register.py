from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from jupyter_mlc.domain.entities import DatasetFacts, Feature, Signature, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.verbs.register import Facts, Register, RegisterReply
from jupyter_mlc.verbs.run import Run, RunReply
from jupyter_mlc.verbs.run_end import RunEnd
from jupyter_mlc.verbs.show import Show, ShowReply
from tests.verbs.conftest import Desk


def shown(desk: Desk, ref: str) -> ShowReply:
    reply = desk.call(Show(ref=ref))
    assert isinstance(reply, ShowReply)
    return reply


def test_the_first_version_makes_the_model(desk: Desk) -> None:
    assert desk.register("ops/churn", note="first") == "ops/churn:1"
    model = desk.registry.model("ops/churn")
    assert (model.owner, model.tier, model.versions, model.last_number) == ("ana@laptop", "minimal", 1, 1)


def test_a_new_model_whose_name_may_be_a_slip_says_so_once(desk: Desk) -> None:
    desk.register("churn")
    new = "chrun is a new model beside churn"
    told = f"{new}; if that was meant, register it there, then: %mlc discard chrun:1"
    for dry_run, warnings in ((True, (new,)), (False, (told,)), (False, ())):
        reply = desk.call(Register(name="chrun", object=desk.artifact(), dry_run=dry_run))
        assert isinstance(reply, RegisterReply)
        assert reply.warnings == warnings


def test_a_model_is_the_same_whatever_the_case_of_its_name(desk: Desk) -> None:
    desk.register("Churn")
    assert desk.register("chuRN") == "Churn:2"


def test_what_was_said_and_read_is_kept_with_how_it_is_known(desk: Desk) -> None:
    desk.register(
        metric={"auc": 0.71, "odd": math.nan, "endless": math.inf},
        param={"C": 1, "kind": "mine", "own": True},
        tag={"team": "ops"},
        facts=Facts(params={"C": 0.5, "solver": "lbfgs", "seed": None}),
    )
    version = desk.registry.version("churn:1")
    metrics = {metric.key: metric for metric in version.metrics}
    assert metrics["auc"].value == 0.71
    assert metrics["auc"].standing is Standing.CLAIMED
    assert math.isnan(metrics["odd"].value)
    assert metrics["endless"].value == math.inf
    assert {param.key: (param.value, param.standing) for param in version.params} == {
        "C": (0.5, Standing.OBSERVED),
        "kind": ("mine", Standing.CLAIMED),
        "own": (True, Standing.CLAIMED),
        "seed": (None, Standing.OBSERVED),
        "solver": ("lbfgs", Standing.OBSERVED),
    }
    assert version.tags == {"team": "ops"}


def test_curves_that_the_model_keeps_belong_to_the_run_and_what_counts_of_them_to_the_version(desk: Desk) -> None:
    told = Facts(metrics={"loss": 0.25, "auc": 0.6}, curves={"loss": (1.0, 0.5, 0.25), "auc": (0.5, 0.6)})
    desk.register(metric={"auc": 0.71}, facts=told)
    version = desk.registry.version("churn:1")
    assert {metric.key: (metric.value, metric.standing) for metric in version.metrics} == {
        "auc": (0.71, Standing.CLAIMED),
        "loss": (0.25, Standing.OBSERVED),
    }
    assert desk.registry.series(version.run) == {"loss": [(0, 1.0), (1, 0.5), (2, 0.25)], "auc": [(0, 0.5), (1, 0.6)]}


def test_curves_that_the_run_logged_itself_are_not_replaced(desk: Desk) -> None:
    started = desk.call(Run(name="churn"))
    assert isinstance(started, RunReply)
    desk.registry.keep_series(started.id, [("loss", 0, 9.0, 1)])
    desk.register(facts=Facts(run=started.id, curves={"loss": (1.0,), "mae": (2.0,)}))
    assert desk.registry.series(started.id) == {"loss": [(0, 9.0)], "mae": [(0, 2.0)]}


def test_a_parameter_that_is_given_otherwise_than_the_model_has_it_is_told(desk: Desk) -> None:
    nan = math.nan
    ask = Register(
        name="churn",
        object=desk.artifact(),
        param={"C": 99, "solver": "saga", "tol": 1, "missing": float("nan"), "own": 1},
        facts=Facts(params={"C": 3, "solver": "lbfgs", "tol": 1.0, "missing": nan}),
    )
    assert desk.call(ask).warnings == (
        "parameter C is 3 in the model, and recorded so; 99 was given for it",
        "parameter solver is 'lbfgs' in the model, and recorded so; 'saga' was given for it",
    )
    params = {param.key: (param.value, param.standing) for param in desk.registry.version("churn:1").params}
    assert (params["C"], params["solver"]) == ((3, Standing.OBSERVED), ("lbfgs", Standing.OBSERVED))
    assert params["missing"][1] is Standing.OBSERVED


def test_signature_and_load_check_are_kept(desk: Desk) -> None:
    signature = Signature(inputs=(Feature(name="hour", type="int"),), outputs=(Feature(name="prediction", shape=(2,)),))
    desk.register(facts=Facts(signature=signature, load_check="passed"))
    details = shown(desk, "churn:1").details
    assert details is not None
    assert (details.signature, details.load_check) == (signature, "passed")


def test_every_version_has_a_run_even_outside_of_any(desk: Desk) -> None:
    desk.register()
    run = desk.registry.run(1)
    assert (run.ref, run.name, run.status, run.versions, run.author) == (
        "run/1",
        "churn",
        "finished",
        ("churn:1",),
        "ana@laptop",
    )


def test_a_version_belongs_to_the_run_that_it_came_of(desk: Desk) -> None:
    from jupyter_mlc.domain.entities import Measured

    run = desk.call(Run(name="churn", param={"depth": 4}))
    assert isinstance(run, RunReply)
    desk.call(RunEnd(run=run.id, metrics=(Measured(key="auc", value=0.7),), params={"depth": 4}))
    desk.register(metric={"f1": 0.5}, facts=Facts(run=run.id))
    version = desk.registry.version("churn:1")
    assert {metric.key: metric.value for metric in version.metrics} == {"auc": 0.7, "f1": 0.5}
    assert {param.key: param.value for param in version.params} == {"depth": 4}
    assert [run.ref for run in desk.registry.runs("churn", 10)] == ["run/1"]


def test_numbers_are_never_used_again(desk: Desk) -> None:
    from jupyter_mlc.verbs.discard import Discard

    desk.register(content="one")
    desk.call(Discard(refs=("churn:1",), yes=True))
    assert desk.register(content="two") == "churn:2"


def test_the_same_bytes_are_recognised(desk: Desk) -> None:
    desk.register(content="same")
    reply = desk.call(Register(name="other", object=desk.artifact("same")))
    assert isinstance(reply, RegisterReply)
    assert reply.same_bytes_as == "churn:1"


def test_data_is_matched_by_content_and_else_added_under_its_name(
    desk: Desk, facts: Callable[..., DatasetFacts]
) -> None:
    train, other = facts(), facts(digest="rows1:" + "2" * 64)
    first = desk.call(Register(name="churn", object=desk.artifact(), data=(train,)))
    second = desk.call(Register(name="churn", object=desk.artifact(), data=(replace(train, name="again"), other)))
    third = desk.call(Register(name="churn", object=desk.artifact(), data=("train",)))
    assert isinstance(first, RegisterReply)
    assert isinstance(second, RegisterReply)
    assert isinstance(third, RegisterReply)
    assert first.datasets == ("train (new)",)
    assert second.datasets == ("train", "train revision 2 (new)")
    assert third.datasets == ("train revision 2",)


def test_a_dataset_that_nobody_knows_is_refused_and_nothing_is_registered(desk: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        desk.register(data=("trian",))
    assert refused.value.text == (
        "there is no dataset 'trian'\nsee %mlc dataset list; add one: %mlc dataset add NAME DATA"
    )
    assert desk.registry.model_names(10) == []


@pytest.mark.parametrize("dry_run", [False, True])
def test_bytes_that_are_not_there_are_refused(desk: Desk, *, dry_run: bool) -> None:
    artifact = replace(desk.artifact(), blobs=("sha256:" + "0" * 64,))
    with pytest.raises(Conflict) as refused:
        desk.call(Register(name="churn", object=artifact, dry_run=dry_run))
    assert refused.value.text == (
        "1 of the model's blobs are not in the registry's artifacts\n"
        "they may have been collected meanwhile; register again"
    )


def test_a_manifest_that_is_none_of_its_blobs_is_refused(desk: Desk) -> None:
    for digest in ("", "sha256:" + "0" * 64):
        with pytest.raises(Conflict) as refused:
            desk.call(Register(name="churn", object=replace(desk.artifact(), digest=digest)))
        assert refused.value.message == "1 of the model's blobs are not in the registry's artifacts"


def test_surroundings_that_nobody_could_read_again_are_refused(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        desk.call(Register(name="churn", object=desk.artifact(), facts=Facts(snapshot="{")))
    assert refused.value.text == "the snapshot does not fit: Input data was truncated\nsend a Snapshot as JSON"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a b",
            "'a b' cannot name a model\na name is made of letters, digits, '.', '_' and '-', begins with a letter or "
            "digit, and '/' parts namespaces",
        ),
        (
            "job/x",
            "'job/x' cannot name a model: 'job' begins the ids of jobs\nchoose another first part, e.g. my-job",
        ),
    ],
)
def test_odd_names_are_refused(desk: Desk, name: str, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.register(name)
    assert refused.value.text == text


def test_a_metric_is_a_number(desk: Desk) -> None:
    with pytest.raises(BadInput, match=r"metric auc|`float`"):
        desk.register(metric={"auc": "high"})  # type: ignore[dict-item]


def test_a_key_that_nobody_could_ask_for_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        desk.register(tag={"a\nb": "c"})
    assert refused.value.text == "'a\\nb' cannot be the name of a tag\nuse up to 250 printable characters"


def test_a_dry_run_registers_nothing(desk: Desk) -> None:
    desk.register()
    reply = desk.call(Register(name="churn", object=desk.artifact("new"), dry_run=True))
    assert isinstance(reply, RegisterReply)
    assert (reply.done, reply.version) == (False, "churn:2")
    assert len(desk.versions()) == 1


def test_a_dry_run_tells_of_the_data_and_refuses_what_the_registration_would_refuse(
    desk: Desk, facts: Callable[..., DatasetFacts]
) -> None:
    desk.register(data=(facts(digest="rows1:1"),))

    def rehearsed(*data: DatasetFacts | str) -> tuple[str, ...]:
        reply = desk.call(Register(name="churn", object=desk.artifact("new"), data=data, dry_run=True))
        assert isinstance(reply, RegisterReply)
        return reply.datasets

    assert rehearsed("train", facts(name="other", digest="rows1:1")) == ("train", "train")
    assert rehearsed(facts(digest="rows1:2"), facts(name="new", digest="rows1:3")) == (
        "train revision 2 (new)",
        "new (new)",
    )
    with pytest.raises(NotFound) as refused:
        rehearsed("trian")
    assert refused.value.text == "there is no dataset 'trian'\ndid you mean train?"


def test_personal_words_are_not_in_the_log(desk: Desk) -> None:
    desk.register(note="for Ana's boss", tag={"who": "Ana Maria"}, param={"path": "of Ana"}, facts=Facts(snapshot="{}"))
    stored = desk.registry.database.query("SELECT stored FROM event")
    assert not [row for row in stored if "Ana" in row["stored"] or "boss" in row["stored"]]
    assert desk.registry.version("churn:1").note == "for Ana's boss"
