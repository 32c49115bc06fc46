"""Registries that keep their blobs in one folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store import registry as registries
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.store.sharing import mark, refuse_shared, sharers

URL = "postgresql://ana:secret@db.example.org/models?artifacts="


def seen(registry: Registry, url: str) -> Registry:
    """The registry as it would be in a database at this address."""
    return Registry(registry.database, place_of(url))


@pytest.fixture
def two(registry: Registry, tmp_path: Path) -> tuple[Registry, Registry]:
    """A registry, and its restored copy in another schema."""
    (tmp_path / "shared").mkdir()
    return seen(registry, f"{URL}{tmp_path}/shared"), seen(registry, f"{URL}{tmp_path}/shared&schema=copy")


def test_a_registry_alone_in_its_folder_shares_it_with_nobody(two: tuple[Registry, Registry]) -> None:
    first, _ = two
    mark(first.place, first.uuid)
    assert sharers(first) == {}
    refuse_shared(first, "nothing is collected")


def test_people_who_reach_one_registry_by_other_names_are_no_other_registry(
    two: tuple[Registry, Registry],
) -> None:
    first, _ = two
    mark(first.place, first.uuid)
    mark(place_of(first.place.url.replace("ana:secret@db.example.org", "ben@localhost:5433")), first.uuid)
    assert sharers(first) == {}


def test_a_restored_copy_and_another_registry_are_known_and_told_without_passwords(
    two: tuple[Registry, Registry], tmp_path: Path
) -> None:
    first, copy = two
    for each in two:
        mark(each.place, each.uuid)
    where = f"postgresql://ana:***@db.example.org/models?artifacts={tmp_path}/shared&schema=copy"
    assert list(sharers(first).values()) == [where]
    (path,) = sharers(first)
    with pytest.raises(Conflict) as refused:
        refuse_shared(first, "nothing is collected")
    assert refused.value.text == (
        f"nothing is collected: another registry, {where}, keeps its bytes in {tmp_path}/shared too, and may need what "
        "this one does not\ngive each registry a folder of artifacts of its own; or, where that one is gone for good, "
        f"delete {path}"
    )
    path.unlink()
    refuse_shared(first, "nothing is collected")
    assert len(sharers(copy)) == 1


def test_a_registry_in_the_folder_itself_is_known_both_ways(
    tmp_path: Path, ana: Identity, clock: Callable[[], int]
) -> None:
    folder = tmp_path / "registry"
    embedded = registries.open_registry(place_of(str(folder)), lambda: ana, clock)
    assert not (folder / "registries").exists()
    shared = seen(embedded, f"{URL}{folder}")
    assert sharers(shared) == {folder / "registry.db": str(folder)}
    assert sharers(embedded) == {}
    mark(shared.place, shared.uuid)
    assert list(sharers(embedded).values()) == [shared.place.shown]
    embedded.database.close()


@pytest.mark.postgres
def test_a_registry_in_a_database_is_known_since_it_was_made_or_opened_again(
    postgres_url: str, ana: Identity, clock: Callable[[], int]
) -> None:
    place = place_of(postgres_url)
    made = registries.open_registry(place, lambda: ana, clock)
    (path,) = (place.artifacts / "registries").iterdir()
    assert path.name.startswith(made.uuid)
    path.unlink()
    made.database.close()
    registries.open_registry(place, lambda: ana, clock).database.close()
    assert path.exists()


def test_a_registry_in_a_bucket_leaves_no_mark_on_this_machine(registry: Registry, tmp_path: Path) -> None:
    place = replace(place_of(f"{URL}{tmp_path}"), bucket="s3://bucket/prefix")
    mark(place, registry.uuid)
    assert not (tmp_path / "registries").exists()
