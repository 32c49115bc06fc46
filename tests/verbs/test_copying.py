"""Versions travel: into an archive, out of one, and from registry to registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import DatasetFacts, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, MlcError, NeedsConfirmation, NotFound, Unavailable
from jupyter_mlc.domain.lifecycle import Tier
from jupyter_mlc.store.bundles.evidence import decoded, encoded
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.rows import SINCE
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.edit import Edit
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.load import Load, LoadReply
from jupyter_mlc.verbs.pack import Pack, PackReply
from jupyter_mlc.verbs.register import Facts
from jupyter_mlc.verbs.run import Run, RunReply
from jupyter_mlc.verbs.run_end import RunEnd
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.tag import Tag
from jupyter_mlc.verbs.unpack import Unpack
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.verbs.conftest import Desk

Open = Callable[[str, Identity], LocalSession]
Elsewhere = Callable[..., Desk]


@pytest.fixture
def elsewhere(open_session: Open, tmp_path: Path, ben: Identity) -> Iterator[Elsewhere]:
    """Other registries in folders, Ben's unless somebody else is named."""
    opened: list[LocalSession] = []

    def open_it(name: str = "elsewhere", who: Identity = ben) -> Desk:
        opened.append(open_session(str(tmp_path / name), who))
        assert opened[-1].registry
        return Desk(session=opened[-1], backing=opened[-1])

    yield open_it
    for session in opened:
        session.close()


@pytest.fixture
def archive(tmp_path: Path) -> str:
    return str(tmp_path / "churn.tar")


def copied(desk: Desk, what: str, where: str = "", *, yes: bool = False, dry_run: bool = False) -> CopyReply:
    reply = desk.call(Copy(what=what, where=where, yes=yes, dry_run=dry_run))
    assert isinstance(reply, CopyReply)
    return reply


def told(desk: Desk, ref: str) -> list[str]:
    reply = desk.call(History(ref=ref))
    assert isinstance(reply, HistoryReply)
    return [entry.what for entry in reply.entries]


def is_whole(desk: Desk) -> bool:
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    return reply.findings == ()


def evidence(desk: Desk, ref: str = "churn:1") -> str:
    reply = desk.call(Pack(ref=ref))
    assert isinstance(reply, PackReply)
    return reply.bundles[0].evidence


def refusal(desk: Desk, ask: Copy | Unpack | Pack) -> MlcError:
    with pytest.raises(MlcError) as refused:
        desk.call(ask)
    return refused.value


def described(desk: Desk, facts: Callable[..., DatasetFacts], **asked: str) -> str:
    """A version of which there is much to say."""
    return desk.register(
        metric={"auc": 0.7, "odd": float("nan")},
        param={"C": 1},
        tag={"team": "ops"},
        data=(facts(),),
        facts=Facts(
            params={"solver": "lbfgs", "depth": 3}, load_check="passed in 0.8 s", snapshot='{"python": "3.11"}'
        ),
        **asked,
    )


# Out and in again


def test_a_version_comes_in_as_a_candidate_without_aliases_and_with_all_that_was_known(
    desk: Desk, elsewhere: Elsewhere, archive: str, facts: Callable[..., DatasetFacts]
) -> None:
    described(desk, facts, note="first")
    desk.call(Edit(ref="churn", description="who leaves", tier=Tier.LIMITED))
    desk.call(Tag(ref="churn", tags={"domain": "telco"}))
    desk.promote("churn:1", "staging")
    out = copied(desk, "churn:1", archive)
    assert (out.packed, out.where, out.next) == (("churn:1",), archive, "elsewhere: %mlc copy churn.tar")
    assert out.size == Path(archive).stat().st_size
    there = elsewhere()
    came = copied(there, archive)
    (one,) = came.versions
    assert (one.ref, one.was, one.registry) == ("churn:1", "churn:1", desk.registry.uuid)
    assert (one.is_new, one.is_trusted, one.datasets) == (True, False, ("train (new)",))
    version, model = there.registry.version("churn:1"), there.registry.model("churn")
    assert (version.stage, version.aliases, version.note, version.tags) == ("candidate", (), "first", {"team": "ops"})
    assert (version.author, model.owner, model.tier) == ("ben@desk", "ben@desk", "limited")
    assert (model.description, model.tags) == ("who leaves", {"domain": "telco"})
    assert {one.key: one.value for one in version.params} == {"C": 1, "solver": "lbfgs", "depth": 3}
    assert is_whole(there)


def test_what_is_told_is_claimed_unless_a_key_of_ones_own_signed_it(
    desk: Desk, elsewhere: Elsewhere, archive: str, facts: Callable[..., DatasetFacts], ana: Identity
) -> None:
    described(desk, facts)
    copied(desk, "churn:1", archive)
    standings = {}
    for name, there in {"ben": elsewhere("bens"), "ana": elsewhere("anas", ana)}.items():
        copied(there, archive)
        version = there.registry.version("churn:1")
        standings[name] = {one.key: one.standing for one in version.params}
        assert {one.standing for one in version.metrics} == {Standing.CLAIMED}
        assert [standing for _, standing in there.registry.datasets_of(version.id)] == [Standing.CLAIMED]
        assert is_whole(there)
    assert set(standings["ben"].values()) == {Standing.CLAIMED}
    assert standings["ana"] == {"C": Standing.CLAIMED, "solver": Standing.OBSERVED, "depth": Standing.OBSERVED}


def test_show_and_lineage_tell_where_it_was_before(
    desk: Desk, elsewhere: Elsewhere, archive: str, facts: Callable[..., DatasetFacts], ana: Identity
) -> None:
    described(desk, facts)
    copied(desk, "churn:1", archive)
    there = elsewhere()
    copied(there, archive)
    shown = there.call(Show(ref="churn:1"))
    assert isinstance(shown, ShowReply)
    assert shown.details is not None
    origin = shown.details.origin
    assert origin is not None
    assert (origin.registry, origin.ref, origin.signer) == (desk.registry.uuid, "churn:1", ana.public)
    assert origin.head_hash == desk.registry.head().hash
    assert shown.details.load_check == "skipped: copied in; there: passed in 0.8 s"
    assert shown.details.snapshot.python == "3.11"
    lineage = there.call(Lineage(ref="churn:1"))
    assert isinstance(lineage, LineageReply)
    assert lineage.nodes[1].text == f"copied in by ben@desk, from churn:1 in registry {desk.registry.uuid[:8]}"
    assert {edge.standing for edge in lineage.edges} == {Standing.CLAIMED}


def test_what_its_run_recorded_and_kept_comes_along(desk: Desk, elsewhere: Elsewhere, archive: str) -> None:
    from jupyter_mlc.domain.entities import Measured, RunFile

    run = desk.call(Run(name="churn", param={"depth": 4}))
    assert isinstance(run, RunReply)
    plot = desk.artifact("a plot").digest
    desk.register(facts=Facts(run=run.id))
    desk.call(
        RunEnd(
            run=run.id,
            metrics=(Measured(key="loss", value=0.2),),
            files=(RunFile(name="roc.png", digest=plot, size=6),),
        )
    )
    copied(desk, "churn:1", archive)
    there = elsewhere()
    copied(there, archive)
    assert there.backing.artifacts.read(plot) == b"a plot"
    loaded = there.call(Load(ref="churn:1", file="roc.png"))
    assert isinstance(loaded, LoadReply)
    assert (loaded.version, loaded.artifact) == ("run/1", plot)
    assert is_whole(there)


def test_a_version_keeps_its_number_and_the_gap_is_explained(desk: Desk, elsewhere: Elsewhere, archive: str) -> None:
    for content in ("one", "two", "three"):
        desk.register(content=content)
    copied(desk, "churn:3", archive)
    there = elsewhere()
    (one,) = copied(there, archive).versions
    assert (one.ref, one.skipped) == ("churn:3", 2)
    short = desk.registry.uuid[:8]
    assert told(there, "churn:3") == [
        f"churn:3 copied in from registry {short} (churn:1..2 were never given, so that it keeps its number)"
    ]
    with pytest.raises(NotFound) as refused:
        there.call(Show(ref="churn:2"))
    assert refused.value.text == (
        "there is no churn:2\n"
        f"it was never given: churn:3 was brought in from registry {short} with its own number; the newest is churn:3"
    )
    assert there.register(content="four") == "churn:4"
    with pytest.raises(NotFound) as refused:
        there.call(Show(ref="churn:5"))
    assert refused.value.text == "there is no churn:5\nthe newest is churn:4"


def test_a_number_that_is_taken_becomes_the_next_one_and_the_original_is_told(
    desk: Desk, elsewhere: Elsewhere, archive: str
) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    there = elsewhere()
    there.register("Churn", content="another")
    (one,) = copied(there, archive).versions
    assert (one.ref, one.was, one.skipped) == ("Churn:2", "churn:1", 0)
    assert told(there, "churn:2") == [
        f"Churn:2 copied in from registry {desk.registry.uuid[:8]}, where it is churn:1",
    ]


def test_several_versions_travel_in_one_archive_and_come_in_in_the_order_of_their_numbers(
    desk: Desk, elsewhere: Elsewhere, archive: str
) -> None:
    for content in ("one", "two", "three", "four"):
        desk.register(content=content)
    desk.call(Discard(refs=("churn:2",), yes=True))
    out = copied(desk, "churn", archive)
    assert out.packed == ("churn:1", "churn:3", "churn:4")
    assert out.warnings == ("churn:2 was left out: its bytes are gone",)
    assert copied(desk, "churn:3..4", archive, yes=True).packed == ("churn:3", "churn:4")
    copied(desk, "churn", archive, yes=True)
    there = elsewhere()
    assert [one.ref for one in copied(there, archive).versions] == ["churn:1", "churn:3", "churn:4"]
    assert is_whole(there)


def test_it_may_come_in_under_another_name(desk: Desk, elsewhere: Elsewhere, archive: str) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    there = elsewhere()
    assert copied(there, archive, "ops/churn").versions[0].ref == "ops/churn:1"


def test_a_second_time_nothing_is_added_and_said_to_be(desk: Desk, elsewhere: Elsewhere, archive: str) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    there = elsewhere()
    copied(there, archive)
    before = there.registry.head()
    desk.register(content="two")  # the registry goes on, so the evidence is another one
    copied(desk, "churn:1", archive, yes=True)
    for what in (archive, archive):
        (one,) = copied(there, what).versions
        assert (one.ref, one.is_new) == ("churn:1", False)
    assert there.registry.head() == before


def test_where_it_comes_from_nothing_is_added(desk: Desk, archive: str) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    before = desk.registry.head()
    (one,) = copied(desk, archive).versions
    assert (one.ref, one.is_new) == ("churn:1", False)
    assert desk.registry.head() == before


def test_what_was_discarded_may_come_in_again_under_a_new_number(desk: Desk, archive: str) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    desk.call(Discard(refs=("churn:1",), yes=True))
    (one,) = copied(desk, archive).versions
    assert (one.ref, one.is_new) == ("churn:2", True)
    assert is_whole(desk)


def test_a_rehearsal_changes_nothing(desk: Desk, elsewhere: Elsewhere, archive: str) -> None:
    desk.register()
    out = copied(desk, "churn:1", archive, dry_run=True)
    assert (out.done, out.packed) == (False, ("churn:1",))
    assert not Path(archive).exists()
    copied(desk, "churn:1", archive)
    there = elsewhere()
    before = there.registry.head()
    came = copied(there, archive, dry_run=True)
    assert (came.done, came.versions[0].ref, came.versions[0].is_new) == (False, "churn:1", True)
    assert there.registry.head() == before
    assert list(there.backing.artifacts.all()) == []


def test_an_archive_is_replaced_only_after_a_yes(desk: Desk, archive: str) -> None:
    desk.register()
    Path(archive).write_text("precious")
    with pytest.raises(NeedsConfirmation) as question:
        copied(desk, "churn:1", archive)
    assert question.value.text == f"replace {archive}?\nto go ahead without being asked, add --yes"
    assert Path(archive).read_text() == "precious"
    desk.call(Copy(what="churn:1", where=archive, confirm=question.value.token))
    assert Path(archive).stat().st_size > 1000


# Whose word it is


def test_loading_obeys_the_rules_for_what_no_key_of_ones_own_signed(
    desk: Desk, elsewhere: Elsewhere, archive: str, ana: Identity
) -> None:
    desk.register()
    copied(desk, "churn:1", archive)
    bens, anas = elsewhere("bens"), elsewhere("anas", ana)
    for there in (bens, anas):
        copied(there, archive)
    foreign = bens.call(Load(ref="churn:1"))
    assert isinstance(foreign, LoadReply)
    assert not foreign.trusted
    assert foreign.signed_by == f"somebody in registry {desk.registry.uuid[:8]}, where it is churn:1"
    assert bens.call(Load(ref="churn:1", trust=True)).trusted  # type: ignore[attr-defined]
    assert anas.call(Load(ref="churn:1")).trusted  # type: ignore[attr-defined]


def test_copying_on_does_not_make_a_version_trusted(
    desk: Desk, elsewhere: Elsewhere, tmp_path: Path, ana: Identity
) -> None:
    """Ben made it, Ana copied it twice: at the end it is still Ben who answers for its code."""
    bens = elsewhere("bens")
    bens.register()
    copied(bens, "churn:1", str(tmp_path / "one.tar"))
    copied(desk, str(tmp_path / "one.tar"))
    copied(desk, "churn:1", str(tmp_path / "two.tar"))
    last = elsewhere("last", ana)
    (one,) = copied(last, str(tmp_path / "two.tar")).versions
    assert not one.is_trusted
    loaded = last.call(Load(ref="churn:1"))
    assert isinstance(loaded, LoadReply)
    assert not loaded.trusted
    assert copied(last, str(tmp_path / "one.tar")).versions[0].is_new is False
    copied(last, "churn:1", str(tmp_path / "three.tar"))
    assert copied(bens, str(tmp_path / "three.tar")).versions[0].is_new is False
    assert is_whole(last)


def test_a_claim_to_be_another_version_does_not_keep_that_one_out(
    desk: Desk, elsewhere: Elsewhere, archive: str, tmp_path: Path
) -> None:
    """What names itself after somebody else's registration, with other bytes, is another version."""
    from dataclasses import replace

    from jupyter_mlc.domain.imports import Imported

    desk.register()
    copied(desk, "churn:1", archive)
    bens = elsewhere("bens")
    copied(bens, archive)
    event = bens.registry.event(bens.registry.version("churn:1").id).event
    assert isinstance(event, Imported)
    other = bens.artifact("evil bytes")
    with bens.registry.write(Identity(seed=b"b" * 32, name="ben@desk"), lambda: 2 * 10**15) as log:
        log.append(replace(event, artifact=other.digest, blobs=other.blobs, evidence=other.digest))
    copied(bens, "churn:2", str(tmp_path / "evil.tar"))
    there = elsewhere("there")
    assert copied(there, str(tmp_path / "evil.tar")).versions[0].ref == "churn:2"
    (one,) = copied(there, archive).versions
    assert (one.ref, one.is_new) == ("churn:3", True)


# From registry to registry


def test_a_version_goes_to_another_registry_and_comes_from_one(
    desk: Desk, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    there = elsewhere()
    place = there.backing.place.url
    desk.register()
    there.register("fraud", content="theirs")
    if not isinstance(desk.session, LocalSession):
        assert refusal(desk, Copy(what="churn:1", where=place)).text == (
            f"from a registry over the wire nothing is copied straight to {place}\n"
            "copy into an archive first: %mlc copy REF ARCHIVE.tar"
        )
        return
    (sent,) = copied(desk, "churn:1", place).versions
    assert (sent.ref, sent.is_new) == ("churn:1", True)
    assert there.registry.version("churn:1").author == "ana@laptop"
    (fetched,) = copied(desk, place, "fraud:1").versions
    assert (fetched.ref, fetched.registry) == ("fraud:1", there.registry.uuid)
    again = copied(desk, "churn:1", place)
    assert (again.versions[0].is_new, again.blobs, again.size) == (False, 0, 0)
    rehearsed = copied(desk, place, "fraud:1", dry_run=True)
    assert (rehearsed.done, rehearsed.versions[0].is_new) == (False, False)
    blob = there.registry.version("churn:1").artifact
    assert there.backing.artifacts.path(blob).stat().st_nlink == 1
    assert is_whole(desk)
    assert is_whole(there)


# Refusals


def test_what_cannot_be_copied_is_refused_with_the_next_step(
    desk: Desk, elsewhere: Elsewhere, archive: str, tmp_path: Path
) -> None:
    desk.register()
    desk.register("fraud")
    asked = {
        Copy(what="churn:1"): (
            "copy churn:1 where to?\nan archive: %mlc copy churn:1 NAME.tar; another registry: %mlc copy churn:1 FOLDER"
        ),
        Copy(what="churn:1", where=str(tmp_path / "none" / "x.tar")): (
            f"there is no folder {tmp_path / 'none'}\nmake it, or name another place for the archive"
        ),
        Copy(what="churn:1", where=str(tmp_path / "nothing")): (
            f"there is no registry at {tmp_path / 'nothing'}\n"
            f"make one there, in a terminal: jupyter mlc init {tmp_path / 'nothing'}; "
            "to write an archive, name a file that ends in .tar"
        ),
        Copy(what="churn:7..9", where=archive): "there is no version in churn:7..9\nsee %mlc list churn",
        Copy(what="churn.tar", where="./elsewhere"): (
            "an archive comes into the registry that is used\nfirst %mlc use REGISTRY, then %mlc copy churn.tar"
        ),
    }
    (tmp_path / "folder.tar").mkdir()
    asked[Copy(what="churn:1", where=str(tmp_path / "folder.tar"))] = (
        f"{tmp_path / 'folder.tar'} is a folder, not an archive\nname a file that ends in .tar"
    )
    for ask, text in asked.items():
        assert refusal(desk, ask).text == text
    desk.call(Discard(refs=("churn:1",), yes=True))
    assert refusal(desk, Pack(ref="churn:1")).text == (
        "churn:1: the bytes are gone\nthe record stays: %mlc history churn:1"
    )
    assert refusal(
        desk, Unpack(evidence=(evidence(elsewhere_with(elsewhere)), evidence(desk, "fraud:1")), name="x")
    ).text == ("versions of 2 models cannot all become x\nthere are churn, fraud")


def elsewhere_with(elsewhere: Elsewhere) -> Desk:
    there = elsewhere("third")
    there.register()
    return there


def test_blobs_that_did_not_come_are_missed_before_anything_is_recorded(desk: Desk, elsewhere: Elsewhere) -> None:
    desk.register()
    there = elsewhere()
    before = there.registry.head()
    error = refusal(there, Unpack(evidence=(evidence(desk),)))
    assert isinstance(error, Conflict)
    assert error.text == (
        "1 of the blobs of churn:1 are not in the registry's artifacts\n"
        "they may have been collected meanwhile; copy it again"
    )
    assert there.registry.head() == before


def test_tables_of_an_earlier_release_take_no_copies_and_stay_whole(
    desk: Desk, elsewhere: Elsewhere, archive: str
) -> None:
    from jupyter_mlc.verbs.admin_rebuild import AdminRebuild
    from jupyter_mlc.verbs.admin_upgrade import AdminUpgrade

    there = elsewhere()
    there.register()
    copied(there, "churn:1", archive)
    for table in SINCE:
        desk.registry.database.query(f"DROP TABLE {table}")
    desk.registry.database.query("UPDATE head SET minor = 1")
    desk.register("fraud")
    assert is_whole(desk)
    desk.call(AdminRebuild())
    if not isinstance(desk.session, LocalSession):  # the server brought the folder up to date when it opened it
        assert copied(desk, archive).versions[0].is_new
        return
    error = refusal(desk, Copy(what=archive))
    assert isinstance(error, Unavailable)
    assert error.text == (
        f"the tables of {desk.backing.place.shown} are of an earlier release, which takes no copies\n"
        "bring them up to date: jupyter mlc admin upgrade"
    )
    desk.call(AdminUpgrade())
    assert copied(desk, archive).versions[0].ref == "churn:1"
    assert is_whole(desk)


DOUBT = "the evidence of churn:1 does not hold: "
ASK_AGAIN = "\nask for the archive anew; nothing was changed here"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.update(bundle=2), "the evidence is of form 2, this release knows forms up to 1"),
        (lambda it: it.pop("bundle"), "the evidence cannot be read: Object missing required field `bundle`"),
        (lambda it: it.pop("version"), "the evidence cannot be read: Object missing required field `version`"),
        (
            lambda it: it["version"].update(number=7),
            "the evidence of churn:7 does not hold: its registration is that of churn:1",
        ),
        (
            lambda it: it["version"].update(model="fraud"),
            "the evidence of fraud:1 does not hold: its registration is that of churn:1",
        ),
        (
            lambda it: it["version"].update(tier="huge"),
            DOUBT + "there is no tier 'huge'",
        ),
        (lambda it: it["version"].update(model="../x"), "'../x' cannot name a model"),
        (
            lambda it: it["version"].update(event=99),
            DOUBT + "the event of its registration is not in it",
        ),
        (
            lambda it: it["words"][0].update(words="others"),
            DOUBT + "words in it are not what was written",
        ),
        (
            lambda it: it["keys"].clear(),
            DOUBT + "the signature of event 2 is not its author's",
        ),
        (
            lambda it: it.update(events=[each.replace('"churn"', '"chorn"') for each in it["events"]]),
            DOUBT + "the signature of event 5 is not its author's",
        ),
        (lambda it: it["events"].append("]"), "an event cannot be read: JSON is malformed: invalid character (byte 0)"),
        (lambda it: it["version"]["tags"].update({"": "x"}), "'' cannot be the name of a tag"),
    ],
)
def test_evidence_that_was_changed_is_refused(
    desk: Desk, elsewhere: Elsewhere, change: Callable[[dict[str, object]], object], said: str
) -> None:
    desk.register(note="first")
    there = elsewhere()
    there.session.artifacts.put_bytes(b"bytes of a model")
    before = there.registry.head()
    found = json.loads(evidence(desk))
    change(found)
    error = refusal(there, Unpack(evidence=(json.dumps(found),)))
    assert error.message == said
    assert error.hint
    assert there.registry.head() == before


def test_evidence_is_the_same_text_after_it_was_read(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    described(desk, facts)
    text = evidence(desk).encode()
    assert encoded(decoded(text)) == text


def test_an_artifact_that_names_more_than_came_is_refused(desk: Desk, elsewhere: Elsewhere) -> None:
    from dataclasses import replace

    from jupyter_mlc.domain.entities import Layer, Manifest
    from jupyter_mlc.store.formats.base import encoded as manifest_text
    from jupyter_mlc.verbs.register import Register

    stray = Layer(path="model.joblib", digest=desk.artifact("stray").digest, size=5)
    artifact = desk.artifact(manifest_text(Manifest(format="joblib", layers=(stray,))).decode())
    desk.call(Register(name="churn", object=replace(artifact, size=7)))
    there = elsewhere()
    there.session.artifacts.put_bytes(desk.backing.artifacts.read(artifact.digest))
    error = refusal(there, Unpack(evidence=(evidence(desk),)))
    assert isinstance(error, Damaged)
    assert error.text == (DOUBT + "its artifact names 'model.joblib', which did not come with it" + ASK_AGAIN)


def test_an_archive_that_is_none_is_refused_and_nothing_is_kept(desk: Desk, archive: str) -> None:
    Path(archive).write_bytes(b"no archive")
    before = desk.registry.head()
    assert refusal(desk, Copy(what=archive)).text == "churn.tar cannot be copied in: it is cut off" + ASK_AGAIN
    with pytest.raises(BadInput):
        desk.call(Copy(what=archive + ".tar"))
    assert desk.registry.head() == before
    assert is_whole(desk)
