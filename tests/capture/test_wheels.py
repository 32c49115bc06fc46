"""Wheels of packages that were installed from a folder."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest

from jupyter_mlc.capture import wheels
from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.capture.snapshot import Surroundings
from jupyter_mlc.capture.wheels import Wheel, Wheels, folder_of, is_folder, name_of

METADATA = "Metadata-Version: 2.1\nName: Late-Flights\nVersion: 0.3+own\nRequires-Dist: six\n\nWords.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a package."""
    folder = tmp_path / "project"
    package = folder / "src" / "late_flights"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("WORD = 'late'\n")
    (package / "deep").mkdir()
    (package / "deep" / "table.json").write_text("{}")
    (package / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"compiled")
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").write_text("")
    return folder


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages, on the path."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "late_flights"]:
        del sys.modules[name]


def installed(site: Path, project: Path, *, editable: bool) -> str:
    """As installers leave it; the address."""
    record = site / "late_flights-0.3+own.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(METADATA)
    (record / "entry_points.txt").write_text("[console_scripts]\nlate = late_flights:main\n")
    how = ', "dir_info": {"editable": true}' if editable else ', "dir_info": {}'
    (record / "direct_url.json").write_text(f'{{"url": "file://{project}"{how}}}')
    listed = ["late_flights-0.3+own.dist-info/METADATA", "../../bin/late"]
    if editable:
        (site / "__editable__.late_flights-0.3.pth").write_text(f"{project}/src\n")
        sys.path.append(f"{project}/src")
        listed.append("__editable__.late_flights-0.3.pth")
    else:
        (site / "late_flights").mkdir()
        (site / "late_flights" / "__init__.py").write_text("WORD = 'late'\n")
        listed.append("late_flights/__init__.py")
    (record / "RECORD").write_text("".join(f"{name},,\n" for name in listed))
    invalidate_caches()
    return f"file://{project}"


def names(wheel: Wheel | None) -> list[str]:
    assert wheel is not None
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        return archive.namelist()


OWN = [f"Late_Flights-0.3+own.dist-info/{name}" for name in ("METADATA", "WHEEL", "entry_points.txt", "RECORD")]


def test_a_package_that_was_installed_from_a_folder_is_packed_from_what_was_installed(
    site: Path, project: Path
) -> None:
    url = installed(site, project, editable=False)
    assert names(Wheels().of("late-flights", url, editable=False)) == ["late_flights/__init__.py", *OWN]


def test_of_a_folder_that_is_imported_itself_its_package_is_packed_and_nothing_beside_it(
    site: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    url = installed(site, project, editable=True)
    whole = ["late_flights/__init__.py", "late_flights/deep/table.json", *OWN]
    assert names(Wheels().of("late-flights", url, editable=True)) == whole
    import_module("late_flights")
    assert names(Wheels().of("late-flights", url, editable=True)) == whole


def test_the_same_files_give_the_same_bytes_and_are_packed_once(
    site: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    url = installed(site, project, editable=True)
    packer = Wheels()
    first = packer.of("late-flights", url, editable=True)
    assert packer.of("late-flights", url, editable=True) is first
    assert Wheels().of("late-flights", url, editable=True) == first
    (project / "src" / "late_flights" / "more.py").write_text("")
    assert "late_flights/more.py" in names(packer.of("late-flights", url, editable=True))


def test_a_package_that_is_too_large_or_not_there_is_not_kept(
    site: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = installed(site, project, editable=False)
    assert Wheels().of("absent-package", url, editable=False) is None
    monkeypatch.setattr(wheels, "MOST_BYTES", 3)
    assert Wheels().of("late-flights", url, editable=False) is None


def test_a_package_in_which_a_secret_stands_is_not_kept(site: Path, project: Path) -> None:
    url = installed(site, project, editable=False)
    found = Wheels().of("late-flights", url, editable=False, search=lambda text, where: (f"{where}: {text[:4]}",))
    assert found is not None
    assert (found.content, found.secrets) == (b"", ("late_flights/__init__.py: WORD",))


def test_hidden_files_are_not_packed(site: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (project / "src" / "late_flights" / ".env").write_text("TOKEN=1")
    url = installed(site, project, editable=True)
    assert "late_flights/.env" not in names(Wheels().of("late-flights", url, editable=True))


@pytest.mark.slow
def test_pip_installs_what_was_packed(site: Path, project: Path, tmp_path: Path) -> None:
    wheel = Wheels().of("late-flights", installed(site, project, editable=False), editable=False)
    assert wheel is not None
    assert name_of(wheel.content) == wheel.file == "Late_Flights-0.3+own-py3-none-any.whl"
    file = tmp_path / wheel.file
    file.write_bytes(wheel.content)
    target = tmp_path / "target"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True)
    assert (target / "late_flights" / "__init__.py").read_text() == "WORD = 'late'\n"


def test_the_environment_knows_what_it_has_from_folders(site: Path, project: Path) -> None:
    url = installed(site, project, editable=True)
    assert Environment().from_folders([str(site)]) == [("late-flights", url, True)]


def test_a_folder_is_no_archive_and_no_repository() -> None:
    assert is_folder("file:///home/ana/late%20flights")
    assert folder_of("file:///home/ana/late%20flights") == Path("/home/ana/late flights")
    assert not is_folder("file:///tmp/late-1.0-py3-none-any.whl")
    assert not is_folder("git+https://example.org/late@abc")


def test_a_snapshot_keeps_the_wheels_of_packages_from_folders(site: Path, project: Path, tmp_path: Path) -> None:
    installed(site, project, editable=False)
    captured = Surroundings().take(folder=tmp_path, environ={})
    assert set(captured.blobs) == {"lock", "wheel:late-flights"}
    stored = captured.stored({"lock": "sha256:1", "wheel:late-flights": "sha256:2"})
    assert (stored.lock, stored.wheels) == ("sha256:1", {"late-flights": "sha256:2"})


def test_a_snapshot_tells_of_a_package_that_it_does_not_keep(site: Path, project: Path, tmp_path: Path) -> None:
    installed(site, project, editable=False)
    token = "ghp_" + "a1B2" * 9
    (site / "late_flights" / "__init__.py").write_text(f"TOKEN = '{token}'\n")
    captured = Surroundings().take(folder=tmp_path, environ={})
    assert set(captured.blobs) == {"lock"}
    assert captured.notes == (
        "package late-flights is not kept as a wheel: late_flights/__init__.py: a GitHub token in it",
    )
