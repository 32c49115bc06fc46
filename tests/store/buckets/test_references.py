from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import Artifact
from jupyter_mlc.domain.errors import BadInput, Damaged, Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.buckets import PIECE, Bucket
from jupyter_mlc.store.formats import store
from jupyter_mlc.store.formats.base import read_manifest
from jupyter_mlc.store.loading import load
from jupyter_mlc.store.together import silent
from jupyter_mlc.store.verify_findings import Findings
from jupyter_mlc.store.verify_references import compare_references

Put = Callable[[str, bytes], None]
LARGE = os.urandom(PIECE + 12345)

pytestmark = pytest.mark.slow


@pytest.fixture
def local(tmp_path: Path) -> Artifacts:
    (tmp_path / "registry").mkdir()
    return Artifacts(tmp_path / "registry")


@pytest.fixture
def put(bucket: str, tmp_path: Path) -> Put:
    """Somebody keeps an object."""

    def kept(key: str, data: bytes) -> None:
        (tmp_path / "data").write_bytes(data)
        Bucket(bucket).delete(key)
        Bucket(bucket).upload(tmp_path / "data", key, disk.untold)

    return kept


@pytest.fixture
def model(put: Put, bucket: str) -> str:
    for key, data in {"a/weights": LARGE, "a/sub/config ü%.json": b"[]", "ab": b"not in it"}.items():
        put(f"models/{key}", data)
    return f"s3://{bucket}/models/a"


def opened(artifact: Artifact, artifacts: Artifacts) -> Path:
    found = load(artifact.digest, artifacts, trusted=True, folder=artifacts.root / "cache")
    assert isinstance(found, Path)
    return found


def findings(artifact: Artifact, artifacts: Artifacts, *, hashing: bool) -> list[tuple[str, str]]:
    found = Findings()
    layers = read_manifest(artifact.digest, artifacts).layers
    assert compare_references(layers, found, silent, hashing=hashing) == len(layers)
    return [(one.where, one.what) for one in found.all()]


def test_what_lies_in_a_bucket_is_named_and_brought_when_it_is_opened(local: Artifacts, model: str) -> None:
    artifact = store(model, local, name="reference")
    assert artifact.place == model
    assert [layer.url for layer in read_manifest(artifact.digest, local).layers] == [
        f"{model}/sub/config ü%.json",
        f"{model}/weights",
    ]
    folder = opened(artifact, local)
    assert (folder / "weights").read_bytes() == LARGE
    assert (folder / "sub" / "config ü%.json").read_bytes() == b"[]"
    assert findings(artifact, local, hashing=True) == []


def test_a_single_object_is_a_file(local: Artifacts, model: str) -> None:
    path = opened(store(f"{model}/weights", local, name="reference"), local)
    assert (path.name, path.read_bytes()) == ("weights", LARGE)


def test_an_object_that_changed_is_neither_brought_nor_verified(local: Artifacts, model: str, put: Put) -> None:
    artifact = store(model, local, name="reference")
    put("models/a/sub/config ü%.json", b"{}")
    with pytest.raises(Damaged) as caught:
        opened(artifact, local)
    assert caught.value.text == (
        f"{model}/sub/config ü%.json holds other bytes than were recorded\n"
        "the registry does not keep the bytes: bring them back there, or register what is there now"
    )
    assert findings(artifact, local, hashing=False) == []
    assert findings(artifact, local, hashing=True) == [
        (
            f"reference {model}/sub/config ü%.json",
            "holds other bytes than were recorded; the registry does not keep its bytes",
        )
    ]


def test_an_object_that_is_gone_is_found_without_reading_any(local: Artifacts, model: str, bucket: str) -> None:
    artifact = store(model, local, name="reference")
    Bucket(bucket).delete("models/a/weights")
    assert findings(artifact, local, hashing=False) == [
        (f"reference {model}/weights", "is not there any more; the registry does not keep its bytes")
    ]


def test_what_is_not_there_is_told(local: Artifacts, model: str) -> None:
    with pytest.raises(BadInput) as caught:
        store(f"{model}/none", local, name="reference")
    assert caught.value.text == f"nothing lies at {model}/none\ncheck the name; large and small letters count"
    with pytest.raises(Unavailable, match="there is no bucket 'nobody-has-this'"):
        store("s3://nobody-has-this/x", local, name="reference")
