"""Versions that another tool tells of: what is recorded of them, and how their bytes come later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import Artifact, Layer, Manifest
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.imports import HIGHEST_NUMBER
from jupyter_mlc.store.formats.base import store_manifest
from jupyter_mlc.store.formats.elsewhere import references
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.alias import Alias
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.fetch import Fetch, FetchReply
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.load import Load, LoadReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.settle import Settle, SettleReply
from jupyter_mlc.verbs.take import Take, TakeReply, Told
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.verbs.conftest import Desk

ADDRESS = "mlflow://host:5000"


@pytest.fixture
def mlruns(tmp_path: Path) -> Path:
    """A folder as MLflow leaves it: two versions of a model, with a run and the files of the first."""
    root = tmp_path / "mlruns"
    model, run, files = root / "models" / "churn", root / "1" / "r1", root / "1" / "r1" / "artifacts"
    for folder in (model / "version-1", model / "version-2", model / "aliases", run / "metrics", files):
        folder.mkdir(parents=True)
    (model / "meta.yaml").write_text("name: churn\ncreation_timestamp: 1\ndescription: who leaves\n")
    for number in (1, 2):
        meta = f"version: {number}\ncreation_timestamp: {number}\nrun_id: r{number}\nsource: {files.as_uri()}\n"
        (model / f"version-{number}" / "meta.yaml").write_text(meta)
    (model / "aliases" / "next").write_text("1")
    (run / "meta.yaml").write_text("run_id: r1\nstart_time: 10\nend_time: 30\nstatus: 3\n")
    (run / "metrics" / "auc").write_text("5 0.9 1\n6 0.7 2\n")
    (files / "MLmodel").write_text("flavors:\n  python_function: {}\n  onnx: {}\n")
    (files / "model.onnx").write_text("bytes")
    return root


def refusal(desk: Desk, ask: Ask) -> str:
    with pytest.raises(MlcError) as refused:
        desk.call(ask)
    return refused.value.text


def told(desk: Desk, number: int = 1, **more: object) -> Told:
    """A version as another tool tells of it, whose record is here."""
    (artifact,) = references([b'{"number": %d}' % number], desk.session.artifacts)
    desk.session.send(artifact.blobs)
    known = Told(ref=f"Churn:{number}", number=number, registration=f"mlflow:{number}", artifact=artifact)
    return replace(known, **more)  # type: ignore[arg-type]


def taken(desk: Desk, *versions: Told, aliases: dict[str, str] | None = None) -> TakeReply:
    reply = desk.call(Take(registry=ADDRESS, model="churn", versions=versions, aliases=tuple((aliases or {}).items())))
    assert isinstance(reply, TakeReply)
    return reply


def copied(desk: Desk, what: object, where: str = "") -> CopyReply:
    reply = desk.call(Copy(what=str(what), where=where))
    assert isinstance(reply, CopyReply)
    return reply


def fetched(desk: Desk, ref: str, files: str = "") -> FetchReply:
    reply = desk.call(Fetch(ref=ref, files=files))
    assert isinstance(reply, FetchReply)
    return reply


def verified(desk: Desk) -> VerifyReply:
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    return reply


def files_of(desk: Desk, content: bytes = b"bytes") -> Artifact:
    digest = desk.session.artifacts.put_bytes(content)
    manifest = Manifest(format="files", layers=(Layer(path="model.onnx", digest=digest, size=len(content)),))
    artifact = store_manifest(manifest, desk.session.artifacts)
    desk.session.send(artifact.blobs)
    return artifact


# Taking in


def test_a_folder_of_mlflows_comes_in_and_its_bytes_when_they_are_fetched(desk: Desk, mlruns: Path) -> None:
    came = copied(desk, f"mlflow://{mlruns}")
    assert [(one.ref, one.was, one.is_new) for one in came.versions] == [
        ("churn:1", "churn:1", True),
        ("churn:2", "churn:2", True),
    ]
    assert came.next == "their bytes come when first loaded, or now: %mlc fetch churn:1"
    assert came.warnings == ("churn:2: MLflow has the run no more, so it came without its figures",)
    version = desk.registry.version("churn:1")
    assert ([one.value for one in version.metrics], version.aliases, version.format) == ([0.7], ("next",), "elsewhere")
    assert desk.registry.run_by_id(version.run).duration == 20_000
    found = fetched(desk, "churn")
    assert [(one.ref, one.is_new, one.artifact.format) for one in found.versions] == [
        ("churn:1", True, "files"),
        ("churn:2", True, "files"),
    ]
    version = desk.registry.version("churn:1")
    assert (version.format, version.library) == ("files", "onnx")
    reply = desk.call(Load(ref="churn:1"))
    assert isinstance(reply, LoadReply)
    assert (reply.artifact, reply.trusted) == (version.artifact, False)
    assert reply.signed_by == f"somebody in mlflow://{mlruns}, where it is churn:1"
    assert (verified(desk).findings, verified(desk).warnings) == ((), ())


def test_secrets_that_people_left_there_do_not_come_along(desk: Desk, mlruns: Path) -> None:
    params, tags = mlruns / "1" / "r1" / "params", mlruns / "models" / "churn" / "version-1" / "tags"
    for folder, name in ((params, "db_password"), (params, "C"), (tags, "team")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("hunter2hunter2" if name == "db_password" else "1")
    came = copied(desk, f"mlflow://{mlruns}")
    assert came.warnings[-1] == "churn:1, parameter db_password: the value of db_password was replaced by ***"
    version = desk.registry.version("churn:1")
    assert {one.key: one.value for one in version.params} == {"db_password": "***", "C": 1}
    blobs = desk.backing.artifacts
    assert not any(b"hunter2" in blobs.read(digest) for digest in blobs.all())


def test_it_is_told_where_it_comes_from(desk: Desk) -> None:
    taken(desk, told(desk, 3))
    history = desk.call(History(ref="churn"))
    assert isinstance(history, HistoryReply)
    assert [entry.what for entry in history.entries][-1] == (
        "churn:3 copied in from mlflow://host:5000, where it is Churn:3 "
        "(churn:1..2 were never given, so that it keeps its number)"
    )
    lineage = desk.call(Lineage(ref="churn:3"))
    assert isinstance(lineage, LineageReply)
    assert lineage.nodes[1].text == "copied in by ana@laptop, from Churn:3 in mlflow://host:5000"
    assert refusal(desk, Load(ref="churn:2")) == (
        "there is no churn:2\nit was never given: churn:3 was brought in from mlflow://host:5000 with its own number; "
        "the newest is churn:3"
    )


def test_a_number_that_is_taken_becomes_the_next_free_one(desk: Desk) -> None:
    desk.register()
    assert [one.ref for one in taken(desk, told(desk)).versions] == ["churn:2"]


def test_the_same_version_comes_in_once_even_after_it_was_discarded(desk: Desk) -> None:
    version = told(desk)
    first = taken(desk, version, version)
    assert [one.is_new for one in first.versions] == [True, False]
    desk.call(Discard(refs=("churn:1",), yes=True))
    assert [one.is_new for one in taken(desk, version, aliases={"next": version.registration}).versions] == [False]
    assert desk.registry.aliases_of_model("churn") == {}


def test_an_alias_follows_until_somebody_here_moves_it(desk: Desk) -> None:
    one, two = told(desk, 1), told(desk, 2)
    assert taken(desk, one, two, aliases={"next": one.registration}).aliases == ("churn@next",)
    assert taken(desk, aliases={"next": two.registration}).aliases == ("churn@next",)
    assert taken(desk, aliases={"next": two.registration, "gone": "mlflow:9"}).aliases == ()
    desk.call(Alias(ref="churn", alias="next", remove=True))
    left = taken(desk, aliases={"next": two.registration})
    assert left.warnings == ("churn@next was set or removed here, and stays; there it is churn:2",)
    assert desk.registry.aliases_of_model("churn") == {}


def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    assert refusal(desk, Take(registry="host", model="churn")) == (
        "'host' is no address of another tool's registry\ngive it with its ://"
    )
    assert refusal(desk, Take(registry=ADDRESS, model="a b")).startswith("'a b' cannot name a model")
    for version, text in (
        (
            replace(told(desk), artifact=None),
            "Churn:1 comes without a record of where it is\nonly a trial can do without",
        ),
        (
            told(desk, HIGHEST_NUMBER + 1),
            f"Churn:{HIGHEST_NUMBER + 1}: no version has so high a number\ncorrect it there",
        ),
        (
            told(desk, artifact=Artifact(format="elsewhere", digest="sha256:" + "0" * 64, size=0, blobs=())),
            "the record of Churn:1 is not in the registry's artifacts\n"
            "it may have been collected meanwhile; copy it again",
        ),
    ):
        assert refusal(desk, Take(registry=ADDRESS, model="churn", versions=(version,))) == text
    assert desk.registry.model_names(9) == []


def test_a_pattern_that_names_no_model_is_answered_with_those_that_there_are(desk: Desk, mlruns: Path) -> None:
    assert refusal(desk, Copy(what=f"mlflow://{mlruns}", where="chrun")) == (
        f"no model in mlflow://{mlruns} is called 'chrun'\ndid you mean churn?"
    )
    assert refusal(desk, Copy(what=f"mlflow://{mlruns}", where="x*")) == (
        f"no model in mlflow://{mlruns} is called 'x*'\nthere are: churn"
    )


def test_nothing_is_written_to_mlflow(desk: Desk) -> None:
    assert refusal(desk, Copy(what="churn", where=ADDRESS)) == (
        "nothing is written to MLflow: mlflow://host:5000 can only be copied from\n"
        "an archive can be read anywhere: %mlc copy churn NAME.tar"
    )


# Bytes that lie elsewhere


def test_verify_says_how_many_versions_have_their_bytes_elsewhere(desk: Desk) -> None:
    taken(desk, told(desk))
    end = "elsewhere, and nothing here vouches for them; to bring them here: %mlc fetch NAME"
    assert verified(desk).warnings == (f"1 version has its bytes {end}",)
    taken(desk, told(desk, 2))
    assert verified(desk).warnings == (f"2 versions have their bytes {end}",)


def test_bytes_that_are_here_are_never_replaced(desk: Desk) -> None:
    taken(desk, told(desk))
    first = files_of(desk)
    tried = desk.call(Settle(ref="churn:1", artifact=first, dry_run=True))
    assert isinstance(tried, SettleReply)
    assert (tried.done, desk.registry.version("churn:1").format) == (False, "elsewhere")
    for artifact, is_new in ((first, True), (files_of(desk, b"others"), False)):
        reply = desk.call(Settle(ref="churn:1", artifact=artifact))
        assert isinstance(reply, SettleReply)
        assert (reply.is_new, reply.artifact.digest) == (is_new, first.digest)
    assert desk.registry.version("churn:1").artifact == first.digest


def test_bytes_that_did_not_come_are_not_recorded(desk: Desk) -> None:
    taken(desk, told(desk))
    artifact = files_of(desk)
    assert refusal(desk, Settle(ref="churn:1", artifact=replace(artifact, blobs=("sha256:" + "0" * 64,)))) == (
        "1 of the blobs of churn:1 are not in the registry's artifacts\n"
        "they may have been collected meanwhile; fetch it again: %mlc fetch churn:1"
    )
    assert refusal(desk, Settle(ref="churn:1", artifact=replace(artifact, blobs=(artifact.digest,)))) == (
        "what came for churn:1 is not what its manifest says\n%mlc fetch churn:1 again"
    )


def test_the_bytes_of_what_was_purged_do_not_come_back(desk: Desk, mlruns: Path) -> None:
    copied(desk, f"mlflow://{mlruns}")
    artifact = files_of(desk)
    desk.call(Discard(refs=("churn:1",), yes=True))
    text = "churn:1 is purged; its bytes do not come back\nsee %mlc history churn:1"
    assert refusal(desk, Fetch(ref="churn:1")) == text
    assert refusal(desk, Settle(ref="churn:1", artifact=artifact)) == text
    assert [one.ref for one in fetched(desk, "churn").versions] == ["churn:2"]


def test_files_can_be_taken_from_a_folder_of_ones_own(desk: Desk, mlruns: Path, tmp_path: Path) -> None:
    copied(desk, f"mlflow://{mlruns}")
    own = tmp_path / "own"
    (mlruns / "1" / "r1" / "artifacts").rename(own)
    assert refusal(desk, Fetch(ref="churn:1")) == (
        f"there are no files at {mlruns / '1' / 'r1' / 'artifacts'}\n"
        "they were moved or deleted; if you have them: %mlc fetch REF --files FOLDER"
    )
    assert refusal(desk, Fetch(ref="churn", files=str(own))) == (
        f"{own} cannot be the files of 2 versions\nname one: NAME:N"
    )
    (one,) = fetched(desk, "churn:1", files=str(own)).versions
    assert (one.source, one.artifact.format) == (str(own), "files")


def test_a_trial_fetches_nothing(desk: Desk, mlruns: Path) -> None:
    copied(desk, f"mlflow://{mlruns}")
    reply = desk.call(Fetch(ref="churn:1", dry_run=True))
    assert isinstance(reply, FetchReply)
    assert (reply.done, desk.registry.version("churn:1").format) == (False, "elsewhere")


# On to other registries


@pytest.fixture
def bens_own(open_session: Callable[[str, Identity], LocalSession], tmp_path: Path, ben: Identity) -> Iterator[Desk]:
    backing = open_session(str(tmp_path / "bens"), ben)
    yield Desk(session=backing, backing=backing)
    backing.close()


def test_a_reference_travels_on_and_asks_before_an_address_that_came_along(
    desk: Desk, mlruns: Path, tmp_path: Path, bens_own: Desk
) -> None:
    copied(desk, f"mlflow://{mlruns}")
    archive = str(tmp_path / "churn.tar")
    out = copied(desk, "churn:1", archive)
    assert out.warnings == ("churn:1 goes without bytes: they lie elsewhere; %mlc fetch churn:1 brings them",)
    assert [one.ref for one in copied(bens_own, archive).versions] == ["churn:1"]
    assert refusal(bens_own, Fetch(ref="churn:1")) == (
        f"fetch the bytes of churn:1 from mlflow://{mlruns}? The address came with a copy\n"
        "to go ahead without being asked, add --yes"
    )
    reply = bens_own.call(Fetch(ref="churn:1", yes=True))
    assert isinstance(reply, FetchReply)
    assert reply.versions[0].artifact.format == "files"
    assert verified(bens_own).findings == ()


def test_bytes_that_were_fetched_travel_on(desk: Desk, mlruns: Path, tmp_path: Path, bens_own: Desk) -> None:
    copied(desk, f"mlflow://{mlruns}")
    fetched(desk, "churn:1")
    archive = str(tmp_path / "churn.tar")
    assert copied(desk, "churn:1", archive).warnings == ()
    (one,) = copied(bens_own, archive).versions
    assert (one.ref, one.is_trusted) == ("churn:1", False)
    version = bens_own.registry.version("churn:1")
    assert (version.format, version.artifact) == ("files", desk.registry.version("churn:1").artifact)
    assert verified(bens_own).findings == ()
