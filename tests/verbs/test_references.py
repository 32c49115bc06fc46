from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.display import as_text
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.admin_gc import AdminGc, AdminGcReply
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.discard import Discard, DiscardReply
from jupyter_mlc.verbs.load import Load
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.show import Show
from jupyter_mlc.verbs.verify import Verify, VerifyReply


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that somebody keeps."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"weights")
    (tmp_path / "model" / "config").write_bytes(b"[]")
    return tmp_path / "model"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(str(tmp_path / "registry"))


def register(desk: Desk, model: Path, **values: object) -> RegisterReply:
    named = Named(name=str(model), value=str(model))
    reply = desk.carry_out(
        Call(verb=VERBS["register"], values={"name": "big", "object": named, "by_reference": True} | values)
    )
    assert isinstance(reply, RegisterReply)
    return reply


def opened(desk: Desk, ref: str) -> object:
    return desk.carry_out(Call(verb=VERBS["load"], values={"ref": ref}))


def verify(desk: Desk, *, quick: bool = False) -> VerifyReply:
    reply = desk.call(Verify(quick=quick))
    assert isinstance(reply, VerifyReply)
    return reply


def test_the_reply_says_that_the_bytes_are_not_kept(desk: Desk, model: Path) -> None:
    reply = register(desk, model)
    assert (reply.format, reply.load_check) == ("reference", "not needed: by reference")
    assert f"by reference: the bytes stay in {model}, and the registry does not keep them" in as_text(reply)
    assert f"by reference in {model}, not kept here" in " ".join(as_text(desk.call(Show(ref="big:1"))).split())
    assert opened(desk, "big:1") == model


def test_what_is_to_be_stored_cannot_be_by_reference(desk: Desk, model: Path) -> None:
    with pytest.raises(BadInput) as caught:
        register(desk, model, format="files")
    assert caught.value.text == (
        "--by-reference stores no bytes, so there is nothing to store as files\n"
        "leave out one of --by-reference and --format"
    )


def test_verify_looks_at_what_others_keep(desk: Desk, model: Path) -> None:
    register(desk, model)
    found = verify(desk)
    assert found.findings == ()
    assert "; 2 files by reference likewise, where others keep them" in found.checked
    (model / "weights").write_bytes(b"weighty")
    assert verify(desk, quick=True).findings == ()
    assert verify(desk).next == "files by reference: put them back where they were, or register the model anew"
    assert [(one.where, one.what) for one in verify(desk).findings] == [
        (
            f"reference {model}/weights",
            "holds other bytes than were recorded; the registry does not keep its bytes",
        )
    ]
    (model / "weights").unlink()
    assert [one.what for one in verify(desk, quick=True).findings] == [
        "is not there any more; the registry does not keep its bytes"
    ]


def test_discarding_and_collecting_leave_it_alone(desk: Desk, model: Path) -> None:
    register(desk, model)
    reply = desk.call(Discard(refs=("big:1",), yes=True))
    assert isinstance(reply, DiscardReply)
    assert reply.warnings == (f"what big:1 names by reference stays where it is: {model}",)
    assert isinstance(desk.call(AdminGc()), AdminGcReply)
    assert (model / "weights").read_bytes() == b"weights"
    assert verify(desk).findings == ()


def test_a_copy_carries_the_record_and_says_that_the_bytes_stay(desk: Desk, model: Path, tmp_path: Path) -> None:
    register(desk, model)
    packed = desk.call(Copy(what="big:1", where="big.tar"))
    assert isinstance(packed, CopyReply)
    assert packed.warnings == (f"big:1 is a reference: its bytes stay at {model} and do not come along",)
    other = Desk(str(tmp_path / "other"))
    came = other.call(Copy(what="big.tar"))
    assert isinstance(came, CopyReply)
    assert other.call(Load(ref=came.versions[0].ref))
    assert opened(other, came.versions[0].ref) == model
    assert verify(other).findings == ()
    other.close()
