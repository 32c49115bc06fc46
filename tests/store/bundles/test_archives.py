"""Archives: what is written into one, what the world of containers sees in it, and what is refused on the way back."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import resource
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.domain.entities import RunFile
from jupyter_mlc.domain.errors import BadInput, Damaged, Unavailable
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.bundles import tar
from jupyter_mlc.store.bundles.layout import write_archive
from jupyter_mlc.store.bundles.opening import opened
from jupyter_mlc.store.bundles.packing import Bundle, bundle_of
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import open_registry
from tests.store.house import House

AGAIN = "\nask for the archive anew; nothing was changed here"
Members = list[tuple[tarfile.TarInfo, bytes]]


def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def house(tmp_path: Path, ana: Identity, clock: Callable[[], int]) -> Iterator[House]:
    """A registry in a folder, with two versions; the first was trained on data and left a file."""
    registry = open_registry(place_of(str(tmp_path / "registry")), lambda: ana, clock)
    found = House(registry=registry, identity=ana, clock=clock, artifacts=Artifacts(registry.place.artifacts))
    found.add_dataset("flights-spring")
    plot = found.artifacts.put_bytes(b"a plot")
    found.register(
        metrics={"auc": 0.7, "odd": float("nan")},
        params={"C": 1, "kernel": "rbf"},
        tags={"team": "ops"},
        note="the first",
        datasets=("flights-spring",),
        files=(RunFile(name="roc.png", digest=plot, size=6),),
    )
    found.register(content="other bytes")
    yield found
    registry.database.close()


def bundles(house: House, *numbers: int) -> list[Bundle]:
    return [bundle_of(house.registry, house.artifacts, house.registry.version(f"churn:{n}")) for n in numbers]


@pytest.fixture
def archive(house: House, tmp_path: Path) -> Path:
    path = tmp_path / "churn.tar"
    write_archive(path, bundles(house, 1), house.artifacts, silent)
    return path


def inspected(image: str) -> dict[str, Any]:
    done = subprocess.run(["skopeo", "inspect", f"oci-archive:{image}"], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# Writing


def test_skopeo_reads_the_archive_and_shows_the_version_at_a_glance(archive: Path, house: House) -> None:
    seen = inspected(str(archive))
    labels = seen["Labels"]
    head = house.registry.head()
    assert (labels["io.jupyter.mlc.registry"], labels["io.jupyter.mlc.registry.hash"]) == (head.uuid, head.hash)
    assert labels["io.jupyter.mlc.registry.seq"] == str(head.seq)
    assert (labels["org.opencontainers.image.title"], labels["org.opencontainers.image.version"]) == ("churn", "1")
    assert json.loads(labels["io.jupyter.mlc.metrics"]) == {
        "auc": {"value": 0.7, "standing": "claimed"},
        "odd": {"value": "nan", "standing": "claimed"},
    }
    assert json.loads(labels["io.jupyter.mlc.tags"]) == {"team": "ops"}
    assert json.loads(labels["io.jupyter.mlc.signature"]) == {"inputs": [], "outputs": []}
    assert seen["Created"].startswith("2025-10-09T")
    evidence = hashlib.sha256(bundles(house, 1)[0].evidence.encode()).hexdigest()
    assert seen["Layers"][0] == f"sha256:{evidence}"
    assert len(seen["Layers"]) == 3


def test_skopeo_finds_each_version_of_several_by_its_name(house: House, tmp_path: Path) -> None:
    write_archive(tmp_path / "two.tar", bundles(house, 1, 2), house.artifacts, silent)
    assert inspected(f"{tmp_path / 'two.tar'}:churn:2")["Labels"]["io.jupyter.mlc.number"] == "2"
    assert inspected(f"{tmp_path / 'two.tar'}:churn:1")["Labels"]["io.jupyter.mlc.number"] == "1"


def test_what_skopeo_copied_can_be_copied_in(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.tar"
    subprocess.run(["skopeo", "copy", "-q", f"oci-archive:{archive}", f"oci-archive:{again}"], check=True)
    with opened(again) as found, opened(archive) as first:
        assert found.versions() == first.versions()


def test_the_same_record_gives_the_same_archive(archive: Path, house: House, tmp_path: Path) -> None:
    write_archive(tmp_path / "again.tar", bundles(house, 1), house.artifacts, silent)
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()


def test_a_damaged_blob_leaves_no_archive_and_the_one_before_as_it_was(archive: Path, house: House) -> None:
    before = archive.read_bytes()
    packed = bundles(house, 1)
    path = house.artifacts.path(house.registry.version("churn:1").artifact)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().upper())
    with pytest.raises(Damaged) as refused:
        write_archive(archive, packed, house.artifacts, silent)
    assert refused.value.text == (
        f"the blob sha256:{path.name} holds other bytes than were recorded\n"
        "bring it back from a backup of the registry; no archive was written"
    )
    assert archive.read_bytes() == before
    assert [each.name for each in archive.parent.iterdir() if each.is_file()] == ["churn.tar"]


def test_a_disk_that_takes_no_more_leaves_no_archive(house: House, tmp_path: Path) -> None:
    packed = bundles(house, 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(Unavailable) as refused:
            write_archive(tmp_path / "churn.tar", packed, house.artifacts, silent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.text == (
        f"cannot write {tmp_path / 'churn.tar'}: the file would be larger than this process may write\n"
        "raise the limit (ulimit -f) and repeat"
    )
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


# Reading back


def test_what_comes_in_is_what_went_out_and_a_second_time_nothing_is_copied(
    archive: Path, house: House, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    target = Artifacts(tmp_path / "other")
    told: list[tuple[int, int, str]] = []
    with opened(archive) as found:
        (version,) = found.versions()
        found.keep(version.blobs, target, lambda *each: told.append(each))
        assert version.evidence.decode() == bundles(house, 1)[0].evidence
        assert set(target.all()) == set(version.blobs)
        times = {digest: target.path(digest).stat().st_mtime_ns for digest in target.all()}
        found.keep(version.blobs, target, silent)
    assert {digest: target.path(digest).stat().st_mtime_ns for digest in target.all()} == times
    assert told[-1][0] == told[-1][1] == sum(version.blobs.values())


def members(archive: Path) -> Members:
    with tarfile.open(archive) as opened_:
        return [(member, (opened_.extractfile(member) or io.BytesIO()).read()) for member in opened_.getmembers()]


def put(archive: Path, changed: Members) -> None:
    """Write the archive anew, as anybody can."""
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as target:
        for info, data in changed:
            info.size = len(data) if info.isreg() else 0
            target.addfile(info, io.BytesIO(data))


def take_in(archive: Path, target: Artifacts) -> None:
    with opened(archive) as found:
        for version in found.versions():
            found.keep(version.blobs, target, silent)


def refusal(archive: Path, tmp_path: Path) -> str:
    """What is said of an archive that is refused, of which nothing is kept."""
    (tmp_path / "clean").mkdir()
    target = Artifacts(tmp_path / "clean")
    with pytest.raises(Damaged) as refused:
        take_in(archive, target)
    assert not [path for path in (tmp_path / "clean").rglob("*") if path.is_file() and path.name.startswith(".tmp")]
    assert refused.value.text.startswith("churn.tar cannot be copied in: ")
    assert refused.value.text.endswith(AGAIN)
    return refused.value.text.removeprefix("churn.tar cannot be copied in: ").removesuffix(AGAIN)


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (entry("../../etc/cron.d/evil"), "'../../etc/cron.d/evil' is no part of an OCI layout"),
        (entry("/etc/passwd"), "'/etc/passwd' is no part of an OCI layout"),
        (entry("blobs/sha256/../../../x"), "'blobs/sha256/../../../x' is no part of an OCI layout"),
        (entry("readme.txt"), "'readme.txt' is no part of an OCI layout"),
        (entry("index.json"), "it holds index.json twice"),
        (entry("a", tarfile.SYMTYPE, "/etc/passwd"), "'a' in it is a symbolic link, not a file"),
        (entry("a", tarfile.LNKTYPE, "index.json"), "'a' in it is a hard link, not a file"),
        (entry("a", tarfile.CHRTYPE), "'a' in it is a device, not a file"),
        (entry("a", tarfile.BLKTYPE), "'a' in it is a device, not a file"),
        (entry("a", tarfile.FIFOTYPE), "'a' in it is a pipe, not a file"),
        (entry("a", b"S"), "'a' in it is a file with holes, not a file"),
        (entry("a", b"Z"), "'a' in it is nothing that we know, not a file"),
        (entry("a" * 150), "'././@LongLink' in it is a long name, not a file"),
    ],
)
def test_entries_that_no_layout_has_are_refused_by_name(
    archive: Path, tmp_path: Path, info: tarfile.TarInfo, said: str
) -> None:
    put(archive, [*members(archive), (info, b"")])
    assert refusal(archive, tmp_path) == said


def test_remarks_that_change_a_name_are_refused_and_others_are_read_over(archive: Path, tmp_path: Path) -> None:
    found = members(archive)
    for info, _ in found:
        info.pax_headers = {"mtime": "1.5", "comment": "by somebody"}
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as target:
        for info, data in found:
            target.addfile(info, io.BytesIO(data))
    with opened(archive) as again:
        assert len(again.versions()) == 1
    found[0][0].pax_headers = {"path": "../evil"}
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as target:
        target.addfile(found[0][0], io.BytesIO(found[0][1]))
    assert refusal(archive, tmp_path) == "it gives the path of an entry twice"


@pytest.mark.parametrize("rest", [0.1, 0.5, 0.9, 0.98])
def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, rest: float) -> None:
    whole = archive.read_bytes().rstrip(b"\0")
    archive.write_bytes(whole[: int(len(whole) * rest)])
    assert refusal(archive, tmp_path).startswith(("it ends in the middle of ", "it is cut off"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is cut off"),
        (b"PK\x03\x04" + b"x" * 600, "it has a number that is none"),
        (tar.END, "it holds no oci-layout"),
        (b"x" * 148 + b"0000000\0" + b"x" * 600, "what stands at byte 0 is no entry of a tar archive"),
    ],
)
def test_a_file_that_is_no_archive_is_refused(archive: Path, tmp_path: Path, data: bytes, said: str) -> None:
    archive.write_bytes(data)
    assert refusal(archive, tmp_path) == said


def test_a_size_beyond_the_end_of_the_file_is_refused_before_anything_is_read(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(tar.header("index.json", 1 << 60) + b"{}")
    assert refusal(archive, tmp_path) == "it ends in the middle of index.json"


def test_an_index_that_is_too_large_is_not_read(archive: Path, tmp_path: Path) -> None:
    found = [(info, data + b" " * (5 << 20) if info.name == "index.json" else data) for info, data in members(archive)]
    put(archive, found)
    size = next(len(data) for info, data in found if info.name == "index.json")
    assert refusal(archive, tmp_path) == f"index.json has {size:,} bytes, at most 4,194,304 are read"


def test_more_entries_than_any_layout_has_are_not_counted_to_the_end(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar, "MOST_ENTRIES", 4)
    assert refusal(archive, tmp_path) == "it has more than 4 entries"


def blob_name(data: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"


class Layout:
    """The parts of an archive, to be changed one by one; what names a part follows."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.files = {info.name: data for info, data in members(archive)}
        self.index = json.loads(self.files["index.json"])
        self.manifest = json.loads(self.files[self._path(self.index["manifests"][0])])

    def _path(self, descriptor: dict[str, Any]) -> str:
        return "blobs/sha256/" + str(descriptor["digest"]).removeprefix("sha256:")

    def path(self, layer: int) -> str:
        return self._path(self.manifest["layers"][layer])

    def write(self) -> None:
        data = json.dumps(self.manifest).encode()
        self.files[blob_name(data)] = data
        described = {"digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}
        if self.index.get("manifests"):
            self.index["manifests"][0] |= described
        self.files["index.json"] = json.dumps(self.index).encode()
        put(self.archive, [(entry(name), data) for name, data in self.files.items()])


def _twice(layout: Layout) -> None:
    layout.write()
    layout.index["manifests"].append(layout.index["manifests"][0])
    layout.write = lambda: put(  # type: ignore[method-assign]
        layout.archive,
        [
            (entry(name), json.dumps(layout.index).encode() if name == "index.json" else data)
            for name, data in layout.files.items()
        ],
    )


def _other_bytes(layout: Layout) -> None:
    layout.files[layout.path(1)] = layout.files[layout.path(1)].upper()


def _evidence_of_other_bytes(layout: Layout) -> None:
    layout.files[layout.path(0)] = layout.files[layout.path(0)].replace(b"churn", b"chorn")


FAULTS: dict[str, tuple[Callable[[Layout], object], str]] = {
    "a manifest twice": (_twice, "its index names a manifest twice"),
    "no manifest": (lambda it: it.index.update(manifests=[]), "its index names no manifest"),
    "no list of manifests": (lambda it: it.index.pop("manifests"), "index.json tells no manifests"),
    "an ordinary image": (
        lambda it: it.manifest.update(artifactType="application/x"),
        r"its manifest \w{12} is not that of a version, but of something else",
    ),
    "no layers": (lambda it: it.manifest.pop("layers"), "its manifest tells no layers"),
    "layers that are none": (lambda it: it.manifest.update(layers=7), r"its manifest \w{12} has no list of layers"),
    "no evidence": (
        lambda it: it.manifest["layers"].pop(0),
        r"its manifest \w{12} names 0 layers of evidence, not one",
    ),
    "evidence twice": (
        lambda it: it.manifest["layers"].append(it.manifest["layers"][0]),
        r"its manifest \w{12} names 2 layers of evidence, not one",
    ),
    "a missing blob": (lambda it: it.files.pop(it.path(1)), r"the blob \w{12} is missing in it"),
    "another size": (
        lambda it: it.manifest["layers"][1].update(size=1 << 40),
        r"the blob \w{12} has 6 bytes in it, 1099511627776 are declared",
    ),
    "other bytes": (_other_bytes, "the bytes of blobs/sha256/[0-9a-f]{64} are not what its name says"),
    "other evidence": (_evidence_of_other_bytes, "the bytes of blobs/sha256/[0-9a-f]{64} are not what its name says"),
    "a digest that is none": (
        lambda it: it.manifest["layers"][1].update(digest="sha256:../../x"),
        "'sha256:../../x' is not a digest",
    ),
    "another layout": (
        lambda it: it.files.update({"oci-layout": b'{"imageLayoutVersion": "2.0"}'}),
        "it is an OCI layout of a version that is not known here",
    ),
    "a layout of no JSON": (
        lambda it: it.files.update({"oci-layout": b"]"}),
        r"oci-layout cannot be read: Expecting value: line 1 column 1 \(char 0\)",
    ),
    "a list for a layout": (lambda it: it.files.update({"oci-layout": b"[]"}), "oci-layout is no JSON object"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_layout_that_contradicts_itself_is_refused(archive: Path, tmp_path: Path, fault: str) -> None:
    change, said = FAULTS[fault]
    layout = Layout(archive)
    change(layout)
    layout.write()
    assert re.fullmatch(said, refusal(archive, tmp_path))


def test_a_file_that_is_not_there_and_a_pipe_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused, opened(tmp_path / "none.tar"):
        pass
    assert refused.value.text == (
        f"cannot read {tmp_path / 'none.tar'}: No such file or directory\ncheck the path and its permissions"
    )
    os.mkfifo(tmp_path / "pipe.tar")
    with pytest.raises(BadInput), opened(tmp_path / "pipe.tar"):
        pass
