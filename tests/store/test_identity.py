from __future__ import annotations

import getpass
import multiprocessing
import os
import platform
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, Unavailable
from jupyter_mlc.domain.events import ActRefused
from jupyter_mlc.store import identity as identities
from jupyter_mlc.store.identity import Identity, identity, identity_in, own_name, rotated, signature_holds
from jupyter_mlc.store.log import signed_part
from jupyter_mlc.store.registry import Registry

SEED = bytes(range(32))


def pem(password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def openssh() -> bytes:
    private, form = Ed25519PrivateKey.from_private_bytes(SEED), serialization.PrivateFormat.OpenSSH
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def refusal(call: Callable[[], object], kind: type[MlcError] = Unavailable) -> str:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.text


def write(registry: Registry, who: Identity, clock: Callable[[], int]) -> str:
    with registry.write(who, clock) as log:
        return log.actor


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def publics_made_at_once(folder: Path, make: Callable[[Path], Identity]) -> set[str]:
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(8), fork.SimpleQueue()

    def one() -> None:
        gate.wait()
        answers.put(make(folder).public)

    makers = [fork.Process(target=one) for _ in range(8)]
    for maker in makers:
        maker.start()
    found = {answers.get() for _ in makers}
    for maker in makers:
        maker.join()
    return found


def test_a_key_is_made_on_first_use_and_kept() -> None:
    assert identity().public == identity().public


def test_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    identity_in(tmp_path / "keys")
    assert mode_of(tmp_path / "keys") == 0o700
    assert mode_of(tmp_path / "keys" / "key.pem") == 0o600


def test_eight_processes_that_make_a_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    assert len(publics_made_at_once(tmp_path / "keys", identity_in)) == 1
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"key.pem", "own-keys"}


def test_a_key_that_others_could_read_is_closed_to_them_and_said_to_have_been_open(tmp_path: Path) -> None:
    identity_in(tmp_path)
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.warns(UserWarning, match="others could read") as said:
        identity_in(tmp_path)
    assert str(said[0].message) == (
        f"others could read your signing key {tmp_path}/key.pem (mode 644); now only you can. "
        "If somebody may have copied it: %mlc admin key --rotate"
    )
    assert mode_of(tmp_path / "key.pem") == 0o600


def test_a_lost_key_is_followed_by_a_new_person(registry: Registry, clock: Callable[[], int], tmp_path: Path) -> None:
    first = identity_in(tmp_path)
    with registry.write(first, clock) as log:
        before = log.actor
    (tmp_path / "key.pem").unlink()
    with registry.write(identity_in(tmp_path), clock) as log:
        assert log.actor != before


DEAD = "this key was replaced by another and signs nothing any more in this registry\n"


def test_a_rotated_key_is_the_same_person_and_the_old_one_signs_no_more(
    registry: Registry, clock: Callable[[], int], tmp_path: Path
) -> None:
    old = identity_in(tmp_path)
    with registry.write(old, clock) as log:
        person = log.actor
    new = rotated(rotated(old))
    with registry.write(new, clock) as log:
        assert log.actor == person
    assert {old.public, new.public} < new.own_keys
    given = Identity(seed=old.seed, name=old.name)
    assert refusal(lambda: write(registry, given, clock), Conflict) == (
        f"{DEAD}unset MLC_KEY, or point it at the new key"
    )


def test_an_old_key_that_was_brought_back_is_told_where_the_new_one_belongs(
    registry: Registry, clock: Callable[[], int], tmp_path: Path
) -> None:
    old = identity_in(tmp_path)
    write(registry, old, clock)
    write(registry, rotated(old), clock)
    (tmp_path / f"old-{old.public[:16]}.pem").replace(tmp_path / "key.pem")
    assert refusal(lambda: write(registry, identity_in(tmp_path), clock), Conflict) == (
        f"{DEAD}bring the new key back to {tmp_path}/key.pem, or move that file away: "
        "a new key will be made (and be a new person)"
    )


def test_who_began_before_a_rotation_elsewhere_goes_on_with_the_new_key(
    registry: Registry, clock: Callable[[], int], tmp_path: Path
) -> None:
    old = identity_in(tmp_path)
    person = write(registry, old, clock)
    event = ActRefused(verb="promote", subject="churn:1", code="illegal-move", message="no")
    before = registry.sign(event, old, clock)
    newest = rotated(rotated(old))
    with registry.write(old, clock) as log:
        assert log.actor == person
        log.append(event, before)
    assert old.newest().public == newest.public
    stored = registry.database.one("SELECT stored FROM event ORDER BY seq DESC LIMIT 1")
    assert stored is not None
    assert signature_holds(newest.public, *signed_part(stored["stored"]))


def test_the_old_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    old = identity_in(tmp_path)
    rotated(old)
    kept = tmp_path / f"old-{old.public[:16]}.pem"
    assert mode_of(kept) == 0o600
    assert identities._seed_in(kept) == old.seed


def test_eight_processes_that_rotate_at_once_get_the_same_new_key(tmp_path: Path) -> None:
    old = identity_in(tmp_path)
    assert len(publics_made_at_once(tmp_path, lambda folder: rotated(old))) == 1
    assert [path.name for path in tmp_path.glob("old-*")] == [f"old-{old.public[:16]}.pem"]


def test_a_key_from_elsewhere_is_not_rotated_here() -> None:
    said = refusal(lambda: rotated(Identity(seed=SEED, name="ana")), BadInput)
    assert said == "the key comes from MLC_KEY, which only you can change\npoint MLC_KEY at another key file"


@pytest.mark.parametrize("form", ["hex", "HEX", "blanks", "pem", "path", "home", "openssh", "openssh path"])
def test_mlc_key_takes_every_form_of_a_key(form: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "mine.pem").write_bytes(pem())
    (home / "id_ed25519").write_bytes(openssh())
    forms = {
        "hex": SEED.hex(),
        "HEX": SEED.hex().upper(),
        "blanks": f" {SEED.hex()}\n",
        "pem": pem().decode(),
        "path": str(home / "mine.pem"),
        "home": "~/mine.pem",
        "openssh": openssh().decode(),
        "openssh path": "~/id_ed25519",
    }
    monkeypatch.setenv("MLC_KEY", forms[form])
    found = identity()
    assert (found.seed, found.folder) == (SEED, None)
    assert found.own_keys == {found.public}
    assert found.olds() == []


def test_where_the_keys_of_before_cannot_be_read_only_the_key_of_now_is_ones_own(tmp_path: Path) -> None:
    made = identity_in(tmp_path)
    (tmp_path / "own-keys").unlink()
    (tmp_path / "own-keys").mkdir()
    assert made.own_keys == {made.public}


def test_a_folder_that_cannot_be_looked_into_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("k" * 300)
    assert refusal(lambda: identity_in(folder)) == (
        f"the signing key cannot be kept in {folder}: File name too long\n"
        "make that folder writable, or set MLC_KEY to the path of a key file"
    )


@pytest.mark.parametrize("length", [63, 65, 128])
def test_a_secret_of_the_wrong_length_is_not_shown(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLC_KEY", (SEED.hex() * 2)[:length])
    assert refusal(identity) == (
        f"MLC_KEY holds {length} hex digits; a secret has 64\ngive all of them, or the path of a key file"
    )


@pytest.mark.parametrize(
    "secret",
    [f"z{SEED.hex()[1:]}", f"{SEED.hex()[:30]} {SEED.hex()[30:]}", "AAECAwQFBgcICQoLDA0OD/AREhMUFRYXGBkaGxwdHh8="],
)
def test_a_secret_with_a_slip_is_not_shown(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLC_KEY", secret)
    assert refusal(identity) == (
        f"MLC_KEY holds {len(secret)} characters that name no file, and are no secret: a secret has 64 hex digits\n"
        "give the right digits, or the whole path of a key file"
    )


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLC_KEY", str(tmp_path / "no.pem"))
    assert refusal(identity) == (
        f"there is no key file {tmp_path}/no.pem\n"
        "make one: openssl genpkey -algorithm ed25519 -out KEYFILE, or unset MLC_KEY"
    )


def test_a_folder_is_no_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLC_KEY", str(tmp_path))
    assert refusal(identity) == f"the key {tmp_path} cannot be read: Is a directory\ncheck its permissions"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "Unable to load PEM file"),
        (b"-----BEGIN PRIVATE KEY-----\ngarbage\n-----END PRIVATE KEY-----\n", "Unable to load PEM file"),
        (pem(b"secret"), "Password was not given but private key is encrypted"),
    ],
    ids=["empty", "garbage", "encrypted"],
)
def test_a_key_file_without_a_key_is_refused(text: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(text)
    (tmp_path / "key.pem").chmod(0o600)
    assert refusal(lambda: identity_in(tmp_path)) == (
        f"{tmp_path}/key.pem holds no private key that can be read: {reason}\n"
        "bring it back from a backup, or move it away: a new key will be made (and be a new person)"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"garbage", "Unable to load PEM file"),
        (pem(b"secret"), "Password was not given but private key is encrypted"),
    ],
    ids=["garbage", "encrypted"],
)
def test_a_key_that_mlc_key_names_is_not_made_anew(
    text: bytes, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").write_bytes(text)
    monkeypatch.setenv("MLC_KEY", str(tmp_path / "mine"))
    assert refusal(identity) == (
        f"{tmp_path}/mine holds no private key that can be read: {reason}\n"
        "name an Ed25519 key without a passphrase (make one: openssl genpkey -algorithm ed25519 -out KEYFILE), "
        "or unset MLC_KEY"
    )


def test_a_key_of_another_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "ec.pem").write_bytes(other.private_bytes(kind, form, serialization.NoEncryption()))
    monkeypatch.setenv("MLC_KEY", str(tmp_path / "ec.pem"))
    assert refusal(identity) == (
        f"{tmp_path}/ec.pem is not an Ed25519 key\nmake one: openssl genpkey -algorithm ed25519 -out KEYFILE"
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert refusal(lambda: identity_in(tmp_path / "file" / "keys")) == (
        f"the signing key cannot be kept in {tmp_path}/file/keys: Not a directory\n"
        "make that folder writable, or set MLC_KEY to the path of a key file"
    )


def test_an_interrupted_making_leaves_no_secret_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        identity_in(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"own-keys"}


def test_a_signature_holds_for_its_key_and_its_words_only() -> None:
    mine, other = Identity(seed=SEED, name="ana"), Identity(seed=b"b" * 32, name="ben")
    signature = mine.sign(b"words")
    assert signature_holds(mine.public, b"words", signature)
    assert not signature_holds(mine.public, b"other words", signature)
    assert not signature_holds(other.public, b"words", signature)
    assert not signature_holds(mine.public, b"words", "not hex")
    assert not signature_holds("00", b"words", signature)


def test_a_person_is_called_as_mlc_user_says_else_user_at_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_name() == "ana@laptop"
    monkeypatch.delenv("MLC_USER")
    monkeypatch.setenv("LOGNAME", "ben")
    monkeypatch.setattr(platform, "node", lambda: "desk.example.org")
    assert own_name() == "ben@desk"


def test_a_user_whom_the_system_does_not_know_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.delenv("MLC_USER")
    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setattr(platform, "node", lambda: "")
    assert own_name() == f"user-{os.getuid()}@localhost"
