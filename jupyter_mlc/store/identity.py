"""Who acts: an Ed25519 key, made on first use, and the person that it belongs to.

A key proves that the same key acted, not who held it. It lies in the user's data folder (mode 0600), or where
``MLC_KEY`` says. When it is rotated, the old key signs for the new one; when it is lost, a new key is a new person
until somebody vouches for it.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import platform
import re
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.store.home import data_folder
from jupyter_mlc.store.queue import Turn

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE = "key.pem"
OWN_KEYS = "own-keys"
"""public keys that were ever ours, one a line: what they signed loads without being asked"""
LOCK = "keys.lock"
NAMING = ("MLC_KEY", "MLC_USER")
"""the variables that say who acts"""
_HEX_SEED = 64
_HEX = re.compile(r"[0-9A-Fa-f]{40,}")
_SHORTEST_SECRET = 40
_MAKE = "make one: openssl genpkey -algorithm ed25519 -out KEYFILE"
_PATIENCE = 30.0


@dataclass(frozen=True)
class Identity:
    """An actor: a private key, and what to call its holder.

    Parameters
    ----------
    seed : bytes
        The 32 secret bytes of the key.
    name : str
        What a person would call the actor, e.g. ``ana@laptop``; self-asserted.
    folder : Path, optional
        Where the key lies; None where it came from elsewhere.
    """

    seed: bytes
    name: str
    folder: Path | None = None

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public(self) -> str:
        """The public key, 64 hex digits."""
        return self._private.public_key().public_bytes_raw().hex()

    @cached_property
    def first_id(self) -> str:
        """The id that a person gets with this key as the first one."""
        return first_id_of(self.public)

    def sign(self, data: bytes) -> str:
        """The signature over `data`, 128 hex digits."""
        return self._private.sign(data).hex()

    @property
    def own_keys(self) -> frozenset[str]:
        """Every public key that was ever this holder's, as far as the folder remembers."""
        kept: set[str] = {self.public}
        if self.folder is not None:
            with contextlib.suppress(OSError):  # whoever knows fewer keys to be theirs trusts fewer
                kept |= set((self.folder / OWN_KEYS).read_text(encoding="utf-8").split())
        return frozenset(kept)

    def olds(self) -> list[Identity]:
        """The identities that this one replaced, as far as their keys are kept; they may name their follower."""
        if self.folder is None:
            return []
        return [Identity(seed=_seed_in(path), name=self.name) for path in sorted(self.folder.glob("old-*.pem"))]

    @property
    def way_out(self) -> str:
        """What to do where this key was replaced by another."""
        if self.folder is None:
            return "unset MLC_KEY, or point it at the new key"
        path = self.folder / KEY_FILE
        return f"bring the new key back to {path}, or move that file away: a new key will be made (and be a new person)"

    def newest(self) -> Identity:
        """This identity, or what came into its place since: another process may rotate the key at any time."""
        if self.folder is None or not _kept_of(self.folder, self.public).exists():
            return self
        return identity_in(self.folder)


def first_id_of(public: str) -> str:
    """The id of the person whose first key this is."""
    return "p-" + hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


@lru_cache(maxsize=256)
def _public_key(public: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))


def signature_holds(public: str, data: bytes, signature: str) -> bool:
    """Whether the holder of `public` signed `data`."""
    from cryptography.exceptions import InvalidSignature

    try:
        _public_key(public).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def identity() -> Identity:
    """The identity of this process's user: from ``MLC_KEY``, else the user's data folder; made on first use."""
    given = os.environ.get("MLC_KEY", "")
    if given:
        return Identity(seed=_given_seed(given), name=own_name())
    return identity_in(data_folder() / "keys")


def own_name() -> str:
    """``user@host``, or what ``MLC_USER`` says."""
    named = os.environ.get("MLC_USER", "")
    if named:
        return named
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user-{os.getuid()}"
    return f"{user}@{platform.node().split('.')[0] or 'localhost'}"


def public_at_hand() -> str:
    """The public key of this process's user as far as it is known without opening the secret; else nothing."""
    if os.environ.get("MLC_KEY"):
        return ""
    with contextlib.suppress(OSError):
        known = (data_folder() / "keys" / OWN_KEYS).read_text(encoding="utf-8").split()
        return known[-1] if known else ""
    return ""


def identity_in(folder: Path) -> Identity:
    """The identity kept in `folder`; made where there is none, once, whatever number of processes ask at once."""
    path = folder / KEY_FILE
    with _keeping(folder):
        if not path.exists():
            _keep(folder, os.urandom(32), replace=False)
    _hide_from_others(path)
    return Identity(seed=_seed_in(path), name=own_name(), folder=folder)


def _hide_from_others(path: Path) -> None:
    """A key that others may read is said to be so, once: it is closed to them right away."""
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(0o600)
            warnings.warn(
                f"others could read your signing key {path} (mode {mode:o}); now only you can. "
                "If somebody may have copied it: %mlc admin key --rotate",
                stacklevel=2,
            )


def rotated(old: Identity) -> Identity:
    """A new key in place of the old one, which is kept beside it under its public name.

    The old key goes first into ``old-<public>.pem``, so that an interruption loses neither. Of two processes that
    rotate at once, the second gets the first one's key.
    """
    folder = old.folder
    if folder is None:
        raise BadInput(
            "the key comes from MLC_KEY, which only you can change", hint="point MLC_KEY at another key file"
        )
    with _keeping(folder), _alone_in(folder):
        if Identity(seed=_seed_in(folder / KEY_FILE), name="").public == old.public:
            _write_private(_kept_of(folder, old.public), _pem(old.seed))
            _keep(folder, os.urandom(32), replace=True)
    return identity_in(folder)


def _kept_of(folder: Path, public: str) -> Path:
    """Where a key lies once it was replaced."""
    return folder / f"old-{public[:16]}.pem"


@contextlib.contextmanager
def _keeping(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"the signing key cannot be kept in {folder}: {error.strerror}",
            hint="make that folder writable, or set MLC_KEY to the path of a key file",
        ) from error


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    turn = Turn(folder / LOCK)
    turn.wait(_PATIENCE)
    try:
        yield
    finally:
        turn.end()


def _keep(folder: Path, seed: bytes, *, replace: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{KEY_FILE}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        _write_private(temporary, _pem(seed))
        _remember(folder, Identity(seed=seed, name="").public)
        if replace:
            temporary.replace(folder / KEY_FILE)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(temporary, folder / KEY_FILE)
    finally:
        temporary.unlink(missing_ok=True)


def _remember(folder: Path, public: str) -> None:
    with (folder / OWN_KEYS).open("a", encoding="utf-8") as file:
        file.write(public + "\n")


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _pem(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _given_seed(given: str) -> bytes:
    """``MLC_KEY`` is the path of a PEM or OpenSSH file, such text itself, or the 64 hex digits of the secret."""
    given = given.strip()
    hint = f"name an Ed25519 key without a passphrase ({_MAKE}), or unset MLC_KEY"
    if given.startswith("-----BEGIN"):
        return _seed_of(f"{given}\n".encode(), "MLC_KEY", hint)
    if _HEX.fullmatch(given):
        if len(given) != _HEX_SEED:  # never shown: all but a few digits of it may be somebody's secret
            raise Unavailable(
                f"MLC_KEY holds {len(given)} hex digits; a secret has {_HEX_SEED}",
                hint="give all of them, or the path of a key file",
            )
        return bytes.fromhex(given)
    path = os.path.expanduser(given)  # noqa: PTH111 (a ~ of nobody's is no error)
    if len(given) >= _SHORTEST_SECRET and given[0] not in "/~." and not os.path.exists(path):  # noqa: PTH110 (any text)
        raise Unavailable(
            f"MLC_KEY holds {len(given)} characters that name no file, and are no secret: "
            f"a secret has {_HEX_SEED} hex digits",
            hint="give the right digits, or the whole path of a key file",
        )
    return _seed_in(Path(path), hint)


_OWN = "bring it back from a backup, or move it away: a new key will be made (and be a new person)"


def _seed_in(path: Path, hint: str = _OWN) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Unavailable(
            f"there is no key file {path}",
            hint=f"{_MAKE}, or unset MLC_KEY",
        ) from None
    except OSError as error:
        raise Unavailable(f"the key {path} cannot be read: {error.strerror}", hint="check its permissions") from error
    return _seed_of(data, str(path), hint)


def _seed_of(data: bytes, where: str, hint: str) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        is_openssh = data.lstrip().startswith(b"-----BEGIN OPENSSH")
        load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
        key = load(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        reason = str(error).partition(".")[0].partition(" (")[0]
        raise Unavailable(
            f"{where} holds no private key that can be read: {reason}",
            hint=hint,
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable(f"{where} is not an Ed25519 key", hint=_MAKE)
    return key.private_bytes_raw()
