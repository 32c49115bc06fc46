"""Schemas of other releases: older ones are brought up to date, newer minor ones are used as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.domain.events import ModelCreated
from jupyter_mlc.store import database as databases
from jupyter_mlc.store import registry as registries
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry, open_registry, schema_of, upgrade
from jupyter_mlc.store.schemas import MIGRATIONS
from tests.store.test_database import at_once

NOW = len(MIGRATIONS)
NEXT = NOW + 1
SECOND = "CREATE TABLE second (\n    x BIGINT NOT NULL\n);\nINSERT INTO second VALUES (1);\n"
BROKEN = "CREATE TABLE third (x BIGINT);\nINSERT INTO nowhere VALUES (1);\n"


@pytest.fixture
def open_again(registry: Registry, registry_url: str, ana: Identity, clock: Callable[[], int]) -> Iterator[object]:
    """Opens the registry once more."""
    found: list[Registry] = []

    def again() -> Registry:
        found.append(open_registry(place_of(registry_url), lambda: ana, clock))
        return found[-1]

    yield again
    for one in found:
        one.database.close()


@pytest.fixture
def newer_release(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release of ours with one more script, after the registry was made by the one before."""
    monkeypatch.setattr(registries, "MIGRATIONS", (*MIGRATIONS, "9999.sql"))
    real = databases.schema_text
    monkeypatch.setattr(databases, "schema_text", lambda name: SECOND if name == "9999.sql" else real(name))


def add(registry: Registry, identity: Identity, clock: Callable[[], int], name: str) -> None:
    with registry.write(identity, clock) as log:
        log.append(ModelCreated(model=name, tier="minimal", owner=log.actor))


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*registry.db.*"))


def models_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as copy:
        return [name for (name,) in copy.execute("SELECT name FROM model ORDER BY name")]


def is_folder(registry: Registry) -> bool:
    return registry.place.folder is not None


@pytest.mark.usefixtures("newer_release")
def test_a_folder_brings_itself_up_to_date_and_a_shared_database_waits_and_works_meanwhile(
    registry: Registry,
    open_again: Callable[[], Registry],
    ana: Identity,
    clock: Callable[[], int],
) -> None:
    add(registry, ana, clock, "before")
    again = open_again()
    assert schema_of(again) == (1, NEXT if is_folder(registry) else NOW)
    add(again, ana, clock, "after")
    add(registry, ana, clock, "by-the-older-release")
    assert again.model_names(9) == ["after", "before", "by-the-older-release"]
    if not is_folder(registry):
        assert upgrade(again) == (NOW, NEXT)
    assert again.count("second") == 1
    assert schema_of(again) == (1, NEXT)


def test_the_copy_aside_holds_all_that_was_written_before(
    tmp_path: Path, ana: Identity, clock: Callable[[], int], request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "registry"
    first = open_registry(place_of(str(folder)), lambda: ana, clock)
    add(first, ana, clock, "in-the-log-that-is-not-merged")
    with closing(sqlite3.connect(folder / "registry.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM head").fetchall()  # nothing can be merged while somebody reads
        add(first, ana, clock, "later-than-the-reader")
        monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        monkeypatch.setattr(registries, "MIGRATIONS", (*MIGRATIONS, "9999.sql"))
        real = databases.schema_text
        monkeypatch.setattr(databases, "schema_text", lambda name: SECOND if name == "9999.sql" else real(name))
        second = open_registry(place_of(str(folder)), lambda: ana, clock)
    assert copies(folder) == [f"registry.db.before-1.{NOW}"]
    assert models_in(folder / f"registry.db.before-1.{NOW}") == [
        "in-the-log-that-is-not-merged",
        "later-than-the-reader",
    ]
    for registry in (first, second):
        registry.database.close()


@pytest.mark.usefixtures("newer_release")
def test_an_upgrade_a_second_time_does_nothing(registry: Registry) -> None:
    assert upgrade(registry) == (NOW, NEXT)
    assert upgrade(registry) == (NEXT, NEXT)
    assert registry.count("second") == 1


@pytest.mark.usefixtures("newer_release")
def test_of_two_processes_that_upgrade_at_once_one_does(registry: Registry) -> None:
    found = at_once(4, lambda _: upgrade(registry))
    assert sorted(found, key=repr) == [(NOW, NEXT), *3 * [(NEXT, NEXT)]]
    assert registry.count("second") == 1
    if registry.place.folder is not None:
        assert copies(registry.place.folder) == [f"registry.db.before-1.{NOW}"]


@pytest.mark.usefixtures("newer_release")
def test_an_upgrade_that_fails_leaves_all_as_it_was(
    registry: Registry, ana: Identity, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "schema_text", lambda name: BROKEN)
    with pytest.raises(Unavailable) as refused:
        upgrade(registry)
    assert "refused: " in refused.value.text
    assert "nowhere" in refused.value.text
    assert schema_of(registry) == (1, NOW)
    with pytest.raises(Unavailable):
        registry.count("third")
    add(registry, ana, clock, "churn")
    assert registry.model_names(9) == ["churn"]


@pytest.mark.usefixtures("newer_release")
def test_a_copy_that_was_interrupted_is_made_anew(registry: Registry) -> None:
    folder = registry.place.folder
    if folder is not None:
        (folder / f".registry.db.before-1.{NOW}.part").write_text("half a copy")
        (folder / f"registry.db.before-1.{NOW}").write_text("a copy of an attempt that was not finished")
    assert upgrade(registry) == (NOW, NEXT)
    if folder is not None:
        assert copies(folder) == [f"registry.db.before-1.{NOW}"]
        assert models_in(folder / f"registry.db.before-1.{NOW}") == []


def test_a_newer_schema_of_the_same_major_release_is_used_as_it_is(
    registry: Registry, open_again: Callable[[], Registry], ana: Identity, clock: Callable[[], int]
) -> None:
    with registry.database.writing():
        registry.database.query("UPDATE head SET minor = 7")
    again = open_again()
    add(again, ana, clock, "churn")
    assert upgrade(again) == (7, 7)
    assert schema_of(again) == (1, 7)
    assert again.model_names(9) == ["churn"]


def test_a_newer_major_schema_is_refused_with_the_way_out(
    registry: Registry, open_again: Callable[[], Registry]
) -> None:
    with registry.database.writing():
        registry.database.query("UPDATE head SET major = 2, minor = 5")
    with pytest.raises(Unavailable) as refused:
        open_again()
    assert refused.value.text == (
        f"{registry.place.shown} was made by a newer release (schema 2.5; this one knows 1.x)\n"
        "upgrade: pip install -U jupyter-mlc"
    )
