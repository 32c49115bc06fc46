from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import numpy as np
import pytest

from jupyter_mlc.domain.entities import Artifact, Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, Unavailable, Untrusted
from jupyter_mlc.store import formats
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.formats import format_named, store
from jupyter_mlc.store.formats.arrays import ALIGNED, OWN_BLOB
from jupyter_mlc.store.formats.base import Opening, Storing, read_manifest, store_manifest
from jupyter_mlc.store.loading import load

LARGE = 3_000_000
"""numbers of eight bytes that are too many for one file"""


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path, Checks(tmp_path / "cache"))


def opened(artifact: Artifact, artifacts: Artifacts, *, trusted: bool = True) -> Any:
    return load(artifact.digest, artifacts, trusted=trusted, folder=artifacts.root / "cache")


def paths(artifact: Artifact, artifacts: Artifacts) -> list[str]:
    return [layer.path for layer in read_manifest(artifact.digest, artifacts).layers]


def refusal(obj: object, artifacts: Artifacts) -> str:
    with pytest.raises(BadInput) as caught:
        store(obj, artifacts)
    return caught.value.text


# -- the manifest


def test_the_manifest_is_an_oci_manifest_that_skopeo_takes(artifacts: Artifacts) -> None:
    artifact = store({"a": 1}, artifacts)
    manifest = json.loads(artifacts.read(artifact.digest))
    model = artifacts.read(artifact.blobs[1])
    assert manifest == {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.jupyter.mlc.version.v1",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": artifact.blobs[2],
            "size": 2,
        },
        "layers": [
            {
                "mediaType": "application/octet-stream",
                "digest": artifact.blobs[1],
                "size": len(model),
                "annotations": {"org.opencontainers.image.title": "model.joblib"},
            }
        ],
        "annotations": {"io.jupyter.mlc.format": "joblib"},
    }


def test_an_artifact_names_every_blob_and_their_size(artifacts: Artifacts) -> None:
    artifact = store({"a": np.ones(LARGE), "b": np.ones(5)}, artifacts)
    assert artifact.blobs[0] == artifact.digest
    assert set(artifact.blobs) == set(artifacts.all())
    assert artifact.size == sum(artifacts.size(digest) for digest in artifact.blobs)
    assert (artifact.format, artifact.class_name) == ("arrays", "dict")


def test_the_same_object_gives_the_same_digest(artifacts: Artifacts, tmp_path: Path) -> None:
    from sklearn.linear_model import Ridge

    model = Ridge().fit([[0.0], [1.0]], [0, 1])
    (tmp_path / "other").mkdir()
    assert store(model, artifacts) == store(model, Artifacts(tmp_path / "other"))


def test_details_of_a_format_come_back(artifacts: Artifacts) -> None:
    layer = Layer(path="ä/b", digest=artifacts.put_bytes(b"x"), size=1, media_type="text/plain")
    manifest = Manifest(format="files", layers=(layer,), details={"note": "for reading"})
    assert read_manifest(store_manifest(manifest, artifacts).digest, artifacts) == manifest


# -- the choice


def test_an_unknown_format_is_refused_with_a_guess(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        store({}, artifacts, name="jobib")
    assert caught.value.text == (
        "there is no format 'jobib' here\n"
        "did you mean joblib? known are arrays, files, joblib, keras, lightgbm, onnx, reference, skops, torch, "
        "transformers, xgboost; others come with packages"
    )


class Doubles:
    """A format that another package might bring."""

    name = "doubles"
    runs_code = False

    def accepts(self, obj: object) -> bool:
        return isinstance(obj, float)

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        data = repr(obj).encode()
        return Manifest(
            format=self.name, layers=(Layer(path="number", digest=artifacts.put_bytes(data), size=len(data)),)
        )

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        return float(artifacts.read(manifest.layers[0].digest))


class Impostor(Doubles):
    name = "joblib"


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    entries = [
        metadata.EntryPoint(name=made.name, value=f"{made.__name__}", group=formats.GROUP)
        for made in (Doubles, Impostor)
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: entries)
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda self: globals()[self.value])
    formats.formats.cache_clear()
    yield
    formats.formats.cache_clear()


@pytest.mark.parametrize("form", ["arrays", "joblib", "skops"])
@pytest.mark.parametrize("path", ["clf.joblib", Path("clf.joblib")])
def test_a_path_is_not_stored_in_the_place_of_the_object_in_it(
    form: str, path: str | Path, artifacts: Artifacts
) -> None:
    with pytest.raises(BadInput) as refused:
        store(path, artifacts, name=form)
    assert refused.value.text == (
        f"clf.joblib is a path, and {form} stores an object\n"
        "load the object first, and register that; to keep the file as it is, leave --format out"
    )


@pytest.mark.parametrize("form", ["", "files", "reference"])
@pytest.mark.parametrize("path", ["", " "])
def test_an_empty_text_is_not_the_working_folder(form: str, path: str, artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as refused:
        store(path, artifacts, name=form)
    assert refused.value.text == ("an empty text names no file\ngive the path of the model; the working folder is .")


def test_an_object_is_no_file(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput, match="ndarray is no path, and files stores a file or a folder"):
        store(np.zeros(3), artifacts, name="files")


def test_another_package_adds_a_format_and_replaces_none(others: None, artifacts: Artifacts) -> None:
    artifact = store(0.1, artifacts)
    assert artifact.format == "doubles"
    assert opened(artifact, artifacts) == 0.1
    assert type(format_named("joblib")).__name__ == "JoblibFormat"


# -- joblib


def test_a_small_object_is_one_ordinary_joblib_file(artifacts: Artifacts) -> None:
    artifact = store({"a": np.arange(10), "b": "text"}, artifacts)
    assert (artifact.format, paths(artifact, artifacts)) == ("joblib", ["model.joblib"])
    loaded = joblib.load(artifacts.path(artifact.blobs[1]))
    assert loaded["a"].tolist() == list(range(10))
    assert joblib.load(artifacts.path(artifact.blobs[1]), mmap_mode="r")["a"].tolist() == list(range(10))


def test_a_format_that_a_person_chose_is_kept_whatever_the_size(artifacts: Artifacts) -> None:
    artifact = store(np.ones(LARGE), artifacts, name="joblib")
    assert artifact.format == "joblib"
    assert joblib.load(artifacts.path(artifact.blobs[1])).sum() == LARGE
    assert opened(store(np.ones(3), artifacts, name="arrays"), artifacts).tolist() == [1, 1, 1]


def test_what_cannot_be_pickled_is_named_with_its_place(artifacts: Artifacts) -> None:
    from sklearn.preprocessing import FunctionTransformer

    model = FunctionTransformer()
    model.locks = [None, {"one": threading.Lock()}]
    assert refusal(model, artifacts) == (
        "FunctionTransformer cannot be stored: cannot pickle '_thread.lock' object at model.locks[1]['one']\n"
        "remove that part before registering, or leave it out in __getstate__"
    )


def test_an_object_that_cannot_be_pickled_itself_is_named(artifacts: Artifacts) -> None:
    assert refusal(threading.Lock(), artifacts) == (
        "lock cannot be stored: cannot pickle '_thread.lock' object\n"
        "if its library can write it to a file, register that file; else what holds its numbers"
    )
    itself: list[Any] = [threading]
    assert refusal(itself, artifacts).endswith(
        " at model[0]\nremove that part before registering, or leave it out in __getstate__"
    )
    assert " at model" not in refusal(threading, artifacts)


def test_what_a_module_has_another_of_since_it_was_loaded_anew_is_refused(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ModuleType("rules_loaded_anew")
    monkeypatch.setitem(sys.modules, "rules_loaded_anew", rules)
    text = "class Rule:\n    class Inner:\n        pass\ndef rule():\n    pass\n"
    exec(text, vars(rules))
    made = [rules.Rule(), rules.Rule.Inner(), rules.rule]
    exec(text, vars(rules))
    for each, name in zip(made, ("Rule", "Rule.Inner", "rule"), strict=True):
        assert refusal({"a": each}, artifacts) == (
            f"the object was made with the {name} that rules_loaded_anew had before it was loaded anew\n"
            "make the object again, all of it, with what the module has now"
        )
    store([rules.Rule(), rules.Rule.Inner(), rules.rule], artifacts)


def test_an_object_that_is_nested_too_deeply_is_refused(artifacts: Artifacts) -> None:
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    assert refusal(nested, artifacts) == "list cannot be stored: it is nested too deeply\nflatten it, or store files"


def test_a_disk_that_refuses_is_not_the_object_s_fault(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    for name in ("joblib", "arrays", ""):
        with pytest.raises(Unavailable, match="the disk is full"):
            store({"a": np.ones(5)}, artifacts, name=name)


# -- arrays


def test_large_arrays_come_back_as_they_were(artifacts: Artifacts) -> None:
    rng = np.random.default_rng(0)
    large = rng.random(LARGE)
    arrays = {
        "large": large,
        "again": large,
        "copy": large.copy(),
        "columns": np.asfortranarray(rng.random((500, 400))),
        "gaps": rng.random((900, 600))[:, ::3],
        "turned": rng.random((30, 200, 100)).transpose(1, 0, 2),
        "none": np.zeros((0, 3)),
        "one": np.array(2.5),
        "small": np.arange(5, dtype="i2"),
        "objects": np.array(["a", None], dtype=object),
        "times": np.array(["2020-01-01"], dtype="M8[us]"),
        "records": np.zeros(3, dtype=[("a", "f4"), ("b", "i8")]),
        "words": np.array(["a", "bcd"]),
        "masked": np.ma.array([1, 2], mask=[False, True]),
    }
    artifact = store(arrays, artifacts)
    assert artifact.format == "arrays"
    loaded = opened(artifact, artifacts)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype, name
        assert np.array_equal(loaded[name], array), name
        assert loaded[name].shape == array.shape, name
    assert loaded["again"] is loaded["large"]
    assert loaded["copy"] is not loaded["large"]
    assert loaded["columns"].flags.f_contiguous


def test_equal_buffers_are_one_blob_and_separate_memory(artifacts: Artifacts) -> None:
    artifact = store([np.ones(LARGE), np.ones(LARGE)], artifacts)
    assert paths(artifact, artifacts) == ["model.pickle", "pack.bin", "buffers/00000"]
    first, second = opened(artifact, artifacts)
    first[0] = 7
    assert second[0] == 1


def test_loaded_arrays_can_be_changed_without_changing_the_blob(artifacts: Artifacts) -> None:
    artifact = store({"w": np.ones(LARGE), "b": np.ones(3)}, artifacts)
    loaded = opened(artifact, artifacts)
    loaded["w"][:] = 2
    loaded["b"][:] = 2
    again = opened(artifact, artifacts)
    assert (again["w"].sum(), again["b"].sum()) == (LARGE, 3)
    for digest in artifact.blobs:
        artifacts.check(digest)


def test_a_mapped_model_can_go_on_learning(artifacts: Artifacts) -> None:
    from sklearn.linear_model import SGDClassifier

    rows = np.random.default_rng(0).random((4, 1000))
    model = SGDClassifier().fit(rows, [0, 1, 0, 1])
    loaded = opened(store(model, artifacts, name="arrays"), artifacts)
    loaded.partial_fit(rows, [0, 1, 0, 1])
    assert loaded.predict(rows).shape == (4,)


def test_arrays_are_aligned_in_memory(artifacts: Artifacts) -> None:
    sizes = [1, 3, 8, 63, 64, 65, 1000, OWN_BLOB // 8 - 1, OWN_BLOB // 8]
    loaded = opened(store([np.ones(size) for size in sizes], artifacts, name="arrays"), artifacts)
    assert [array.ctypes.data % ALIGNED for array in loaded] == [0] * len(sizes)
    assert [len(array) for array in loaded] == sizes


def test_versions_share_the_arrays_that_did_not_change(artifacts: Artifacts) -> None:
    weights = [np.full(OWN_BLOB // 8, float(number)) for number in range(20)]
    first = store({"w": weights, "n": 1}, artifacts)
    weights[0] = weights[0] + 0.5
    second = store({"w": weights, "n": 2}, artifacts)
    shared = set(first.blobs) & set(second.blobs)
    # nineteen arrays, the pack and the configuration
    assert len(shared) == 21
    assert sum(artifacts.size(digest) for digest in artifacts.all()) < 1.1 * first.size


def test_arrays_that_are_mapped_already_are_stored_again_with_the_same_digest(artifacts: Artifacts) -> None:
    artifact = store({"w": np.ones(LARGE)}, artifacts)
    assert store(opened(artifact, artifacts), artifacts) == artifact


def test_a_memory_map_is_stored_as_its_numbers(artifacts: Artifacts, tmp_path: Path) -> None:
    np.save(tmp_path / "big.npy", np.ones(LARGE))
    np.save(tmp_path / "small.npy", np.ones(5))
    for name in ("big", "small"):
        loaded = opened(store([np.load(tmp_path / f"{name}.npy", mmap_mode="r")], artifacts), artifacts)
        assert type(loaded[0]) is np.ndarray
        assert (loaded[0] == 1).all()


def test_more_large_arrays_than_files_can_be_open_are_read(artifacts: Artifacts) -> None:
    artifact = store([np.full(OWN_BLOB // 8, number) for number in range(24)], artifacts)
    script = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from jupyter_mlc.store.artifacts import Artifacts\nfrom jupyter_mlc.store.loading import load\n"
        "import numpy, numpy.ma\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\nroot = Path(sys.argv[2])\n"
        "loaded = load(sys.argv[1], Artifacts(root), trusted=True, folder=root)\n"
        "print([int(array[-1]) for array in loaded])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, artifact.digest, artifacts.root], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == list(range(24))
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 20


def test_estimators_with_large_arrays_load_without_trust(artifacts: Artifacts) -> None:
    from sklearn.neighbors import KNeighborsRegressor

    rows = np.random.default_rng(0).random((40_000, 60))
    model = KNeighborsRegressor(algorithm="brute").fit(rows, rows[:, 0])
    artifact = store(model, artifacts)
    assert artifact.format == "arrays"
    loaded = opened(artifact, artifacts, trusted=False)
    assert (loaded.predict(rows[:5]) == model.predict(rows[:5])).all()


def test_a_malicious_head_is_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    class Malicious:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "mark"),)

    artifact = store([np.ones(LARGE), Malicious()], artifacts)
    with pytest.raises(Untrusted) as caught:
        opened(artifact, artifacts, trusted=False)
    assert caught.value.message == "loading would run code that no trusted key vouches for: posix.mkdir"
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (b"{}", "KeyError"),
        (b"[[0]]", "ValueError"),
        (b"[[0, 999999]]", "ValueError: a buffer lies outside the pack"),
        (b"[[-8, 8]]", "ValueError: a buffer lies outside the pack"),
        (b'["buffers/none"]', "KeyError: 'buffers/none'"),
        (b"nonsense", "JSONDecodeError"),
    ],
)
def test_a_pack_that_makes_no_sense_is_refused(index: bytes, reason: str, artifacts: Artifacts) -> None:
    good = read_manifest(store([np.ones(5)], artifacts, name="arrays").digest, artifacts)
    pack = len(index).to_bytes(8, "little") + index
    layer = Layer(path="pack.bin", digest=artifacts.put_bytes(pack), size=len(pack))
    artifact = store_manifest(Manifest(format="arrays", layers=(good.layers[0], layer)), artifacts)
    with pytest.raises((Damaged, Conflict)) as caught:
        opened(artifact, artifacts)
    expected = ("the stored object cannot be read: ", "the pack of arrays cannot be read: " + reason)
    assert caught.value.message.startswith(expected)


# -- files


def test_a_folder_is_kept_with_every_path(artifacts: Artifacts, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for path, data in {"weights.bin": b"1", "ü/ß name.txt": b"2", "a/b/c": b"", ".hidden": b"4"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "empty" / "inner").mkdir(parents=True)
    (folder / "link").symlink_to("weights.bin")
    artifact = store(folder, artifacts)
    assert artifact.format == "files"
    assert paths(artifact, artifacts) == [".hidden", "link", "weights.bin", "a/b/c", "ü/ß name.txt"]
    laid = opened(artifact, artifacts, trusted=False)
    assert (laid / "ü" / "ß name.txt").read_bytes() == b"2"
    assert (laid / "link").read_bytes() == b"1"
    assert not (laid / "link").is_symlink()
    assert (laid / "empty" / "inner").is_dir()
    assert (laid / "weights.bin").stat().st_mode & 0o777 == 0o444
    assert (laid / "weights.bin").stat().st_nlink == 1


def test_a_single_file_comes_back_as_its_path(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"onnx")
    path = opened(store(str(tmp_path / "model.onnx"), artifacts), artifacts, trusted=False)
    assert (path.name, path.read_bytes()) == ("model.onnx", b"onnx")


def test_files_are_laid_out_once_and_mended_when_somebody_cleaned_up(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a").write_bytes(b"a")
    (tmp_path / "model" / "b").write_bytes(b"b")
    artifact = store(tmp_path / "model", artifacts)
    first = opened(artifact, artifacts)
    before = (first / "a").stat().st_ino
    assert (opened(artifact, artifacts) / "a").stat().st_ino == before
    (first / "b").unlink()
    assert (opened(artifact, artifacts) / "b").read_bytes() == b"b"
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_a_path_that_is_not_there_is_told(
    artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("model.pt", artifacts) == (
        f"cannot read model.pt: No such file or directory\nthe working folder is {tmp_path}"
    )


def test_a_folder_that_holds_a_registry_is_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_text("weights")
    (tmp_path / ".mlc" / "blobs").mkdir(parents=True)
    (tmp_path / ".mlc" / "registry.db").touch()
    assert refusal(tmp_path, artifacts) == (
        f"{tmp_path}/.mlc is a registry, and what it keeps is no part of a model\n"
        "put the files of the model into a folder of their own, and register that"
    )


def test_a_folder_without_files_is_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "model" / "sub").mkdir(parents=True)
    assert refusal(tmp_path / "model", artifacts) == (
        f"the folder {tmp_path}/model holds no files\ngive the path of the folder with the model"
    )


def test_links_that_lead_away_are_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to("../secret")
    assert refusal(folder, artifacts) == (
        f"{folder}/link is a link that leads out of the folder\nput a copy of the file in its place"
    )
    (folder / "link").unlink()
    (folder / "away").symlink_to(tmp_path, target_is_directory=True)
    assert refusal(folder, artifacts) == f"{folder}/away is a link to a folder\nput a copy of the folder in its place"
    (folder / "away").unlink()
    (folder / "loop").symlink_to("loop")
    assert refusal(folder, artifacts) == (
        f"cannot read {folder}/loop: Too many levels of symbolic links\nremove it, or mend it, and try again"
    )


def test_what_is_no_file_is_refused(artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path / "model")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        assert refusal(tmp_path / "model", artifacts) == (
            f"{tmp_path}/model/socket is neither a file nor a folder\nremove it and try again"
        )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"a\\b", "the file name 'a\\\\b' holds a backslash or control characters"),
        (b"a\nb", "the file name 'a\\nb' holds a backslash or control characters"),
    ],
)
def test_odd_file_names_are_refused(name: bytes, reason: str, artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "model") + b"/" + name)).write_text("x")
    assert refusal(tmp_path / "model", artifacts) == f"{reason}\nrename the file"


def test_a_file_name_that_is_no_text_is_refused() -> None:
    from jupyter_mlc.store.walking import checked_name

    with pytest.raises(BadInput) as caught:
        checked_name(os.fsdecode(b"a\xff"))
    assert caught.value.text == "the file name 'a\\udcff' is not valid UTF-8\nrename the file"


def test_too_many_files_are_refused(artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlc.store.walking.MOST_FILES", 2)
    (tmp_path / "model").mkdir()
    for name in "abc":
        (tmp_path / "model" / name).write_text(name)
    assert refusal(tmp_path / "model", artifacts) == (
        f"the folder {tmp_path}/model holds more than 2 files\nregister an archive of it"
    )


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", "", "a//b", "./a", "a\\b", "a\0b"])
def test_a_manifest_that_points_out_of_its_folder_is_refused(path: str, artifacts: Artifacts) -> None:
    layer = Layer(path=path, digest=artifacts.put_bytes(b"evil"), size=4)
    artifact = store_manifest(Manifest(format="files", layers=(layer,)), artifacts)
    with pytest.raises(Damaged) as caught:
        opened(artifact, artifacts)
    assert caught.value.text == (
        f"the artifact names a file {path!r}, which would lie outside its folder\n"
        "do not use this artifact; ask where it came from"
    )
