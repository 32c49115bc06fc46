from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Damaged, Untrusted
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.formats import store
from jupyter_mlc.store.formats.base import PLACE, read_manifest, store_manifest
from jupyter_mlc.store.hashed_files import HashedFiles
from jupyter_mlc.store.loading import load


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    (tmp_path / "registry").mkdir()
    return Artifacts(tmp_path / "registry", Checks(tmp_path / "cache"), HashedFiles(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mödel 1"
    (path / "sub").mkdir(parents=True)
    (path / "weights.bin").write_bytes(b"weights")
    (path / "sub" / "config.json").write_bytes(b"[]")
    return path


def opened(digest: str, artifacts: Artifacts, said: list[str] | None = None) -> Path:
    warn = said.append if said is not None else pytest.fail
    found = load(digest, artifacts, trusted=False, folder=artifacts.root / "cache", warn=warn)
    assert isinstance(found, Path)
    return found


def refusal(digest: str, artifacts: Artifacts) -> str:
    with pytest.raises(Damaged) as caught:
        opened(digest, artifacts)
    return caught.value.text


def test_a_folder_by_reference_is_named_and_not_kept(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    manifest = json.loads(artifacts.read(artifact.digest))
    assert [layer["urls"] for layer in manifest["layers"]] == [
        [(folder / "weights.bin").as_uri()],
        [(folder / "sub" / "config.json").as_uri()],
    ]
    assert set(artifact.blobs) == set(artifacts.all())
    assert len(artifact.blobs) == 2
    assert artifact.place == folder.as_uri()
    assert artifact.size == sum(artifacts.size(digest) for digest in artifact.blobs) + 9


def test_it_is_opened_where_it_lies(artifacts: Artifacts, folder: Path) -> None:
    assert opened(store(folder, artifacts, name="reference").digest, artifacts) == folder
    single = store(str(folder / "weights.bin"), artifacts, name="reference")
    assert opened(single.digest, artifacts) == folder / "weights.bin"


def test_a_manifest_with_references_comes_back_as_it_was(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    manifest = read_manifest(artifact.digest, artifacts)
    assert store_manifest(manifest, artifacts).digest == artifact.digest
    assert all(layer.url for layer in manifest.layers)


def test_other_bytes_of_the_same_length_are_refused(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    (folder / "weights.bin").write_bytes(b"weighty")
    assert refusal(artifact.digest, artifacts) == (
        f"{folder}/weights.bin holds other bytes than were recorded\n"
        "the registry does not keep the bytes: bring them back there, or register what is there now"
    )


def test_a_file_of_another_length_is_refused(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    (folder / "weights.bin").write_bytes(b"weight")
    assert refusal(artifact.digest, artifacts) == (
        f"{folder}/weights.bin has 6 bytes, 7 were recorded\n"
        "the registry does not keep the bytes: bring them back there, or register what is there now"
    )


def test_a_file_that_is_gone_is_told(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    (folder / "weights.bin").unlink()
    assert refusal(artifact.digest, artifacts) == (
        f"{folder}/weights.bin is not there any more\n"
        "the registry does not keep the bytes: bring them back there, or register what is there now"
    )


def test_files_that_nobody_registered_are_told(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    (folder / "new.py").write_text("import os")
    said: list[str] = []
    opened(artifact.digest, artifacts, said)
    assert said == [f"{folder} holds files that were not registered: new.py"]


def test_a_blob_that_is_here_is_checked_although_it_is_named_by_reference(artifacts: Artifacts, folder: Path) -> None:
    artifact = store(folder, artifacts, name="reference")
    kept = artifacts.put_bytes(b"weights")
    artifacts.path(kept).chmod(0o644)
    artifacts.path(kept).write_bytes(b"weighty")
    os.utime(artifacts.path(kept), ns=(1, 1))
    assert refusal(artifact.digest, artifacts).startswith(f"the blob {kept} holds other bytes")


def test_what_is_no_path_has_no_place(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        store({"a": 1}, artifacts, name="reference")
    assert caught.value.text == (
        "dict lies nowhere but in this notebook\nby reference goes the path of a file or folder, or s3://BUCKET/PREFIX"
    )


def test_other_addresses_are_refused(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        store("ftp://host/model", artifacts, name="reference")
    assert caught.value.text == "nothing is read by reference from ftp://\nname a path, or s3://BUCKET/PREFIX"


def test_a_password_in_an_address_is_refused_and_not_repeated(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        store("s3://key:secret@bucket/model", artifacts, name="reference")
    assert caught.value.text == ("an address with a password in it is not kept\ngive credentials by the environment")


def test_an_address_without_by_reference_is_answered_with_the_word(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        store("s3://bucket/model", artifacts)
    assert caught.value.text == ("s3://bucket/model is not on this machine\nregister it where it lies: --by-reference")


def manifest_of(place: str, path: str, url: str) -> Manifest:
    layer = Layer(path=path, digest="sha256:" + "0" * 64, size=1, url=url)
    return Manifest(format="reference", layers=(layer,), details={PLACE: place})


@pytest.mark.parametrize("url", ["file:///tmp/passwd", "file:///etc", "s3://etc/passwd"])
def test_a_manifest_that_names_one_place_and_lies_in_another_is_refused(url: str, artifacts: Artifacts) -> None:
    artifact = store_manifest(manifest_of("file:///etc", "passwd", url), artifacts)
    assert refusal(artifact.digest, artifacts) == (
        f"the artifact names a file at {url!r}, which is not 'passwd' in 'file:///etc'\n"
        "do not use this artifact; ask where it came from"
    )


def test_a_manifest_that_points_out_of_its_place_is_refused(artifacts: Artifacts) -> None:
    artifact = store_manifest(manifest_of("file:///data", "../etc", "file:///data/../etc"), artifacts)
    assert refusal(artifact.digest, artifacts).startswith("the artifact names a file '../etc', which would lie outside")


def test_nothing_is_fetched_for_whom_nobody_vouches(artifacts: Artifacts) -> None:
    artifact = store_manifest(manifest_of("s3://theirs", "a", "s3://theirs/a"), artifacts)
    with pytest.raises(Untrusted) as caught:
        opened(artifact.digest, artifacts)
    assert caught.value.text == (
        "its bytes lie at s3://theirs, and no key of yours vouches for fetching them\n"
        "if you know whose that is, say --trust"
    )
