"""Evaluations travel with their versions: whole, with how they are known, and each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.domain.evaluations import Evaluation, Evidence
from jupyter_mlc.domain.events import Evaluated
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.compare import Compare, CompareReply
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.evidence import keep_evidence, kept_evidence
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.pack import Pack, PackReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.verbs.conftest import Desk, Judges

CANCER = load_breast_cancer(as_frame=True).frame
X = tuple(CANCER.columns[:3])
TRAIN, TEST = CANCER[::2], CANCER[1::2].assign(ward=lambda rows: ["east", "west"] * (len(rows) // 2))
Open = Callable[[str, Identity], LocalSession]
There = Callable[..., Judges]


@pytest.fixture
def there(open_session: Open, tmp_path: Path, ben: Identity) -> Iterator[There]:
    """Other registries in folders, Ben's unless somebody else is named."""
    opened: list[LocalSession] = []

    def open_it(name: str = "elsewhere", who: Identity = ben) -> Judges:
        opened.append(open_session(str(tmp_path / name), who))
        assert opened[-1].registry
        return Judges(session=opened[-1], backing=opened[-1])

    yield open_it
    for session in opened:
        session.close()


@pytest.fixture
def archive(tmp_path: Path) -> str:
    return str(tmp_path / "cancer.tar")


@pytest.fixture
def cancer(judges: Judges) -> Judges:
    """Two versions, judged by the same rows."""
    judges.add(TRAIN, "train")
    for regularisation in (0.0001, 1.0):
        model = LogisticRegression(max_iter=5000, C=regularisation).fit(TRAIN[[*X]], TRAIN.target)
        judges.model(model, "cancer", inputs=X, data=("train",))
    judges.add(TEST, "test")
    judges.evaluate("cancer:1..2", by=("ward",), metric=("auc", "log_loss"))
    return judges


in_a_folder = pytest.mark.parametrize("judges", ["sqlite"], indirect=True)
"""for what does not depend on the database"""


def copied(desk: Desk, what: str, where: str = "") -> CopyReply:
    reply = desk.call(Copy(what=what, where=where, yes=True))
    assert isinstance(reply, CopyReply)
    return reply


def compared(desk: Desk, **more: Any) -> CompareReply:
    reply = desk.call(Compare(refs=("cancer:1", "cancer:2"), **more))
    assert isinstance(reply, CompareReply)
    return reply


def evaluations(desk: Desk, ref: str = "cancer:1") -> list[Evaluation]:
    return desk.registry.evaluations_of(desk.registry.version(ref).id, 100)


def found(desk: Desk, evaluation: Evaluation) -> Evidence:
    return kept_evidence(evaluation.evidence, desk.backing.artifacts, Evidence)


def known_as(desk: Desk, ref: str = "cancer:1") -> dict[str, Standing]:
    return {one.key: one.standing for one in desk.registry.version(ref).metrics}


def is_whole(desk: Desk) -> bool:
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    return reply.findings == ()


def test_an_evaluation_comes_along_whole_and_is_claimed(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    (came,) = copied(bens, archive).versions
    assert (came.evaluations, came.datasets) == (1, ("train (new)",))
    (was,), (now,) = evaluations(cancer), evaluations(bens)
    whence = now.whence
    assert whence is not None
    assert (whence.registry, whence.ref, whence.made) == (cancer.registry.uuid, "evaluation/1", was.created)
    assert (now.standing, was.standing, was.whence) == (Standing.CLAIMED, Standing.COMPUTED, None)
    assert (now.estimates, now.digest, now.target) == (was.estimates, was.digest, was.target)
    assert found(bens, now) == found(cancer, was)
    assert [part.label for part in found(bens, now).parts] == ["east", "west"]
    assert bens.backing.artifacts.read(now.predictions) == cancer.backing.artifacts.read(was.predictions)
    assert known_as(bens) == {"eval.test.auc": Standing.CLAIMED, "eval.test.log_loss": Standing.CLAIMED}
    assert is_whole(bens)


@in_a_folder
def test_what_a_key_of_ones_own_signed_stays_computed(cancer: Judges, there: There, ana: Identity) -> None:
    mine = there("mine", ana)
    copied(cancer, "cancer:1", str(mine.backing.place.shown))
    (one,) = evaluations(mine)
    assert (one.standing, one.whence is not None) == (Standing.COMPUTED, True)
    assert set(known_as(mine).values()) == {Standing.COMPUTED}
    assert is_whole(mine)


@in_a_folder
def test_through_the_hands_of_others_it_is_claimed_even_by_who_made_it(
    cancer: Judges, there: There, archive: str, ana: Identity
) -> None:
    copied(cancer, "cancer:1", archive)
    bens, mine = there(), there("mine", ana)
    copied(bens, archive)
    copied(bens, "cancer:1", archive)
    copied(mine, archive)
    (one,) = evaluations(mine)
    assert one.whence is not None
    assert (one.standing, one.whence.signer, one.whence.ref) == (Standing.CLAIMED, "", "evaluation/1")


def test_a_second_copy_brings_only_the_evaluations_that_are_new(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    copied(bens, archive)
    (again,) = copied(bens, archive).versions
    assert (again.is_new, again.evaluations) == (False, 0)
    cancer.add(CANCER[1::4], "later")
    cancer.evaluate("cancer:1", "later")
    copied(cancer, "cancer:1", archive)
    (again,) = copied(bens, archive).versions
    assert (again.is_new, again.evaluations) == (False, 1)
    assert [one.dataset for one in evaluations(bens)] == ["later", "test"]
    assert is_whole(bens)


def test_what_others_found_comes_home_and_ones_own_does_not_come_twice(
    cancer: Judges, there: There, archive: str
) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    copied(bens, archive)
    bens.add(CANCER[1::4], "bens")
    bens.evaluate("cancer:1", "bens")
    copied(bens, "cancer:1", archive)
    (home,) = copied(cancer, archive).versions
    assert (home.is_new, home.evaluations) == (False, 1)
    assert [(one.dataset, one.standing) for one in evaluations(cancer)] == [
        ("bens", Standing.CLAIMED),
        ("test", Standing.COMPUTED),
    ]
    assert is_whole(cancer)


@pytest.mark.slow
@in_a_folder
def test_a_claim_takes_the_place_of_nothing_that_was_computed(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    copied(bens, archive)
    bens.evaluate("cancer:1", bens.data(TEST), metric=("auc",))
    assert known_as(bens) == {"eval.test.auc": Standing.COMPUTED, "eval.test.log_loss": Standing.CLAIMED}
    cancer.evaluate("cancer:1", replicates=51, metric=("auc", "log_loss"))
    copied(cancer, "cancer:1", archive)
    copied(bens, archive)
    assert known_as(bens)["eval.test.auc"] is Standing.COMPUTED
    assert is_whole(bens)


@pytest.mark.slow
@in_a_folder
def test_a_name_that_is_other_data_here_keeps_its_meaning(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    bens.add(TRAIN.head(50), "test")
    copied(bens, archive)
    theirs = f"test-{cancer.registry.uuid[:8]}"
    assert [one.dataset for one in evaluations(bens)] == [theirs]
    assert bens.registry.dataset("test").rows == 50
    assert set(known_as(bens)) == {f"eval.{theirs}.auc", f"eval.{theirs}.log_loss"}


# What it is good for


@pytest.mark.slow
@in_a_folder
def test_compare_uses_what_came_along_and_says_so(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer", archive)
    bens = there()
    copied(bens, archive)
    here, away = compared(cancer), compared(bens)
    assert away.metrics == here.metrics
    assert away.basis is not None
    assert here.basis is not None
    registry = f"registry {cancer.registry.uuid[:8]}"
    assert (away.basis.claimed, here.basis.claimed) == ({"cancer:1": registry, "cancer:2": registry}, {})
    assert away.verdict.sentence == (
        f"{here.verdict.sentence}; what cancer:1 and cancer:2 predicted is claimed, not computed here"
    )


@pytest.mark.slow
@in_a_folder
def test_compare_with_data_asks_the_versions_themselves(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer", archive)
    bens = there()
    copied(bens, archive)
    reply = compared(bens, data=bens.data(TEST), target="target", trust=True)
    assert reply.basis is not None
    assert (reply.basis.claimed, reply.basis.scored) == ({}, ("cancer:1", "cancer:2"))


@pytest.mark.slow
@in_a_folder
def test_what_was_computed_here_goes_before_what_is_claimed(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer", archive)
    bens = there()
    copied(bens, archive)
    bens.evaluate("cancer:1", bens.data(TEST), trust=True)
    reply = compared(bens)
    assert reply.basis is not None
    assert list(reply.basis.claimed) == ["cancer:2"]
    assert reply.verdict.sentence.endswith("; what cancer:2 predicted is claimed, not computed here")


@in_a_folder
def test_show_lineage_and_history_tell_where_it_was_made(cancer: Judges, there: There, archive: str) -> None:
    copied(cancer, "cancer:1", archive)
    bens = there()
    copied(bens, archive)
    shown = bens.call(Show(ref="evaluation/1"))
    assert isinstance(shown, ShowReply)
    assert shown.evaluation == evaluations(bens)[0]
    assert shown.evidence is not None
    lineage = bens.call(Lineage(ref="cancer:1"))
    assert isinstance(lineage, LineageReply)
    assert [edge.standing for edge in lineage.edges if edge.below == "evaluation/1"] == [Standing.CLAIMED]
    history = bens.call(History(ref="cancer:1"))
    assert isinstance(history, HistoryReply)
    assert (
        f"cancer:1 evaluated on test: auc {evaluations(bens)[0].estimates[0].value:.4g} (evaluation/1), "
        f"in registry {cancer.registry.uuid[:8]} and copied in"
    ) in [entry.what for entry in history.entries]


# What does not hold

DOUBT = "the evidence of cancer:1 does not hold: "
ASK_AGAIN = "ask for the archive anew; nothing was changed here"


@in_a_folder
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": "malignant"}, "evaluation/3 is not what its own evidence says"),
        ({"estimates": ()}, "evaluation/3 is not what its own evidence says"),
        ({"artifact": "sha256:" + "0" * 64}, "evaluation/3 is about other bytes, or other rows"),
        ({"digest": "rows1:" + "0" * 64}, "evaluation/3 is about other bytes, or other rows"),
    ],
)
def test_an_event_that_says_more_than_its_evidence_is_refused(
    cancer: Judges, there: There, archive: str, change: dict[str, Any], said: str
) -> None:
    (true,) = evaluations(cancer)
    event = cancer.registry.event(true.id).event
    assert isinstance(event, Evaluated)
    forged = keep_evidence(replace(found(cancer, true), **change), cancer.backing.artifacts)
    with cancer.context.write() as log:
        log.append(replace(event, evidence=forged))
    copied(cancer, "cancer:1", archive)
    bens = there()
    before = bens.registry.head()
    with pytest.raises(Damaged) as refused:
        copied(bens, archive)
    assert (refused.value.message, refused.value.hint) == (
        f"{Path(archive).name} cannot be copied in: {DOUBT}{said}",
        ASK_AGAIN,
    )
    assert bens.registry.head() == before


@in_a_folder
def test_predictions_that_are_none_are_refused(cancer: Judges, there: There, archive: str) -> None:
    (true,) = evaluations(cancer)
    event = cancer.registry.event(true.id).event
    assert isinstance(event, Evaluated)
    nothing = cancer.backing.artifacts.put_bytes(b"nothing")
    forged = keep_evidence(replace(found(cancer, true), predictions=nothing), cancer.backing.artifacts)
    with cancer.context.write() as log:
        log.append(replace(event, evidence=forged, predictions=nothing))
    copied(cancer, "cancer:1", archive)
    with pytest.raises(Damaged, match=f"evaluation/3: the blob {nothing} holds no predictions"):
        copied(there(), archive)


@in_a_folder
def test_rows_that_the_dataset_does_not_have_are_refused(cancer: Judges, there: There, archive: str) -> None:
    event = cancer.registry.event(evaluations(cancer)[0].id).event
    assert isinstance(event, Evaluated)
    with cancer.context.write() as log:
        log.append(replace(event, rows=7))
    copied(cancer, "cancer:1", archive)
    with pytest.raises(Damaged) as refused:
        copied(there(), archive)
    assert refused.value.message == (
        f"{Path(archive).name} cannot be copied in: {DOUBT}it was judged by 7 rows of test, which has 284"
    )


@in_a_folder
def test_evidence_of_an_earlier_release_brings_what_evaluations_came_to(cancer: Judges, there: There) -> None:
    """It names the evaluations, and not the datasets that they are on."""
    from jupyter_mlc.store.bundles.evidence import decoded, encoded
    from jupyter_mlc.verbs.unpack import Unpack

    packed = cancer.call(Pack(ref="cancer:1"))
    assert isinstance(packed, PackReply)
    evidence = decoded(packed.bundles[0].evidence.encode())
    test = cancer.registry.dataset("test").id
    kept = tuple(text for text in evidence.events if msgspec.json.decode(text)["seq"] != test)
    bens = there()
    for layer in packed.bundles[0].layers:
        bens.session.artifacts.put_bytes(cancer.backing.artifacts.read(layer.digest))
    bens.call(Unpack(evidence=(encoded(msgspec.structs.replace(evidence, events=kept)).decode(),)))
    assert evaluations(bens) == []
    assert known_as(bens) == {"eval.test.auc": Standing.CLAIMED, "eval.test.log_loss": Standing.CLAIMED}
