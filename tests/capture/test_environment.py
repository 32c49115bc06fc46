from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from jupyter_mlc.capture.environment import Environment, canonical, without_credentials


def install(site: Path, name: str, version: str, *, origin: object = None, folder: str = "", head: str = "") -> Path:
    record = site / (folder or f"{name.replace('-', '_')}-{version}.dist-info")
    record.mkdir(parents=True, exist_ok=True)
    (record / "METADATA").write_text(head or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: no\n")
    if origin is not None:
        (record / "direct_url.json").write_text(origin if isinstance(origin, str) else json.dumps(origin))
    return record


def lines(*site: Path) -> list[str]:
    return Environment().lock([str(one) for one in site]).text.splitlines()[2:]


def test_packages_are_listed_by_canonical_name(tmp_path: Path) -> None:
    for name, version in (("Zeta.Tool", "1.0"), ("alpha_beta", "2.0+cu118"), ("Numpy", "2.4.0rc1")):
        install(tmp_path, name, version)
    assert lines(tmp_path) == ["alpha-beta==2.0+cu118", "numpy==2.4.0rc1", "zeta-tool==1.0"]


def test_the_head_says_which_python_and_platform(tmp_path: Path) -> None:
    lock = Environment().lock([str(tmp_path)])
    assert lock.text == (
        f"# Python {platform.python_version()} ({platform.python_implementation()})\n# platform {platform.platform()}\n"
    )
    assert (lock.packages, lock.python, lock.platform) == (0, platform.python_version(), platform.platform())


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (
            {"url": "https://ana:s3@github.com/a/b.git", "vcs_info": {"vcs": "git", "commit_id": "4be1d"}},
            "tool @ git+https://github.com/a/b.git@4be1d  # version 1.0",
        ),
        (
            {
                "url": "ssh://git:s3@github.com/a/b",
                "vcs_info": {"vcs": "git", "commit_id": "4be1d"},
                "subdirectory": "sub",
            },
            "tool @ git+ssh://git@github.com/a/b@4be1d#subdirectory=sub  # version 1.0",
        ),
        (
            {"url": "https://x.org/tool-1.0.whl", "archive_info": {"hashes": {"sha256": "abc"}}},
            "tool @ https://x.org/tool-1.0.whl#sha256=abc  # version 1.0",
        ),
        (
            {"url": "https://x.org/tool.zip", "archive_info": {"hash": "sha1=abc"}},
            "tool @ https://x.org/tool.zip#sha1=abc  # version 1.0",
        ),
        (
            {"url": "file:///src/my tool", "dir_info": {"editable": True}},
            "tool @ file:///src/my%20tool  # editable, version 1.0",
        ),
        ({"url": "file:///src/tool", "dir_info": {}}, "tool @ file:///src/tool  # version 1.0"),
        ("{broken", "tool==1.0"),
        ({"url": 5}, "tool==1.0"),
        ({"url": "https://x/\ud800"}, "tool==1.0"),
        ({"url": "https://x/y", "vcs_info": [1]}, "tool==1.0"),
        ([1], "tool==1.0"),
        ({"url": "http://[broken"}, "tool==1.0"),
    ],
)
def test_a_direct_url_is_kept_without_credentials(tmp_path: Path, origin: object, line: str) -> None:
    install(tmp_path, "tool", "1.0", origin=origin)
    assert lines(tmp_path) == [line]


def test_broken_metadata_is_named_and_left_out(tmp_path: Path) -> None:
    install(tmp_path, "good", "1.0")
    install(tmp_path, "nameless", "1.0", head="Version: 1.0\n")
    install(tmp_path, "binary", "1.0").joinpath("METADATA").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty-1.0.dist-info").mkdir()
    install(tmp_path, "odd", "unknown")
    install(tmp_path, "leftover", "1.0", folder="~eftover-1.0.dist-info")
    assert lines(tmp_path) == [
        "# binary-1.0.dist-info: its metadata cannot be read",
        "# empty-1.0.dist-info: its metadata cannot be read",
        "# nameless-1.0.dist-info: its metadata cannot be read",
        "good==1.0",
        "# odd: its version 'unknown' is not one that installers accept",
    ]


def test_of_two_records_in_one_folder_the_later_counts(tmp_path: Path) -> None:
    for version, when in (("1.9", 2_000), ("1.10", 1_000)):
        os.utime(install(tmp_path, "tool", version), (when, when))
    assert lines(tmp_path) == ["tool==1.9"]


def test_of_two_folders_the_first_on_the_path_counts(tmp_path: Path) -> None:
    install(tmp_path / "a", "tool", "1.0")
    install(tmp_path / "b", "tool", "2.0")
    assert lines(tmp_path / "b", tmp_path / "a", tmp_path / "missing") == ["tool==2.0"]


def test_an_old_development_install_is_listed(tmp_path: Path) -> None:
    (tmp_path / "old.egg-info").mkdir()
    (tmp_path / "old.egg-info" / "PKG-INFO").write_text("Name: old\nVersion: 0.1\n")
    (tmp_path / "flat-3.egg-info").write_text("Name: flat\nVersion: 3\n")
    assert lines(tmp_path) == ["flat==3", "old==0.1"]


def test_an_install_in_the_kernel_is_noticed(tmp_path: Path) -> None:
    environment = Environment()
    install(tmp_path, "tool", "1.0")
    first = environment.lock([str(tmp_path)])
    assert environment.lock([str(tmp_path)]) is first
    install(tmp_path, "more", "1.0")
    assert environment.lock([str(tmp_path)]).packages == 2


def test_a_folder_is_read_again_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment()
    install(tmp_path, "tool", "1.0")
    environment.lock([str(tmp_path)])
    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", lambda path: pytest.fail(f"{path} was read again"))
        assert environment.lock([str(tmp_path)]).packages == 1


def test_this_environment_is_read_as_importlib_reads_it() -> None:
    found = {canonical(one.name): one.version for one in reversed(list(distributions()))}
    listed = [line for line in lines(*map(Path, sys.path)) if not line.startswith("#")]
    named = {line.split("==")[0].split(" @ ")[0] for line in listed}
    assert named == set(found)
    assert {f"{name}=={found[name]}" for name in ("numpy", "pytest", "ipython")} <= set(listed)


@pytest.mark.slow
def test_an_installer_accepts_the_lock(tmp_path: Path) -> None:
    listed = [line for line in lines(*map(Path, sys.path)) if " @ " not in line]
    (tmp_path / "lock.txt").write_text("\n".join(listed))
    command = [
        "pip",
        "install",
        "--dry-run",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "-r",
        "lock.txt",
    ]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.count("already satisfied") == len(listed)


def test_every_line_is_a_requirement(tmp_path: Path) -> None:
    for number, (url, extra) in enumerate(ORIGINS):
        install(tmp_path, f"tool{number}", "1.0", origin={"url": url, **extra})
    wanted = [Requirement(line.partition("  #")[0]) for line in lines(tmp_path)]
    assert [one.name for one in wanted] == [f"tool{number}" for number in range(len(ORIGINS))]
    assert all(one.url for one in wanted)


ORIGINS: list[tuple[str, dict[str, object]]] = [
    ("https://ana:s3@github.com/a/b.git", {"vcs_info": {"vcs": "git", "commit_id": "4be1d"}}),
    ("file:///src/my tool", {"dir_info": {"editable": True}}),
    ("https://x.org/tool-1.0.whl", {"archive_info": {"hashes": {"sha256": "abc"}}, "subdirectory": "a"}),
]


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://ana:s3cret@h.org:8080/x?y=1#z", "https://h.org:8080/x?y=1#z"),
        ("https://ghp_token@github.com/x", "https://github.com/x"),
        ("ssh://git@h/x", "ssh://git@h/x"),
        ("git+ssh://git:pw@h/x", "git+ssh://git@h/x"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("file:///home/ana@work/x", "file:///home/ana@work/x"),
    ],
)
def test_credentials_are_taken_out_of_addresses(url: str, clean: str) -> None:
    assert without_credentials(url) == clean
