from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.capture.switches import PARTS, Switches, switches


def said(folder: Path, text: str) -> Switches:
    (folder / "pyproject.toml").write_text(text)
    return switches(folder)


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[tool.mlc]\nregistry = 'x'"])
def test_everything_is_captured_where_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == Switches()
    assert Switches().off == ()


def test_only_what_is_listed_is_captured(tmp_path: Path) -> None:
    told = said(tmp_path, '[tool.mlc]\ncapture = ["git", "user"]')
    assert told.on == {"git", "user"}
    assert told.off == ("notebook", "cells", "environment", "secrets", "parameters", "signature")


def test_an_empty_list_switches_everything_off(tmp_path: Path) -> None:
    assert said(tmp_path, "[tool.mlc]\ncapture = []").off == PARTS


def test_the_nearest_file_upward_counts(tmp_path: Path) -> None:
    said(tmp_path, "[tool.mlc]\ncapture = ['git']")
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    assert switches(inner).on == {"git"}
    said(tmp_path / "a", "")
    assert switches(inner) == Switches()


def test_a_change_of_the_file_counts(tmp_path: Path) -> None:
    said(tmp_path, "[tool.mlc]\ncapture = ['git']")
    assert said(tmp_path, "[tool.mlc]\ncapture = ['user', 'git']").on == {"git", "user"}


def test_an_unknown_word_is_refused_and_the_others_hold(tmp_path: Path) -> None:
    told = said(tmp_path, "[tool.mlc]\ncapture = ['git', 'notebok', 'qqq', 3]")
    file = tmp_path / "pyproject.toml"
    known = "what can be captured: notebook, cells, git, environment, secrets, parameters, signature, user"
    assert told.on == {"git"}
    assert told.warnings == (
        f"capture in {file} names 'notebok', which is not known; did you mean notebook?",
        f"capture in {file} names 'qqq', which is not known; {known}",
        f"capture in {file} names 3, which is not known; {known}",
    )


def test_a_key_that_means_nothing_is_told(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    told = said(tmp_path, "[tool.mlc]\ncaptures = ['git']\n[tool.mlc.qqq]")
    assert told.on == frozenset(PARTS)
    assert set(told.warnings) == {
        f"captures under [tool.mlc] in {file} means nothing; did you mean capture?",
        f"qqq under [tool.mlc] in {file} means nothing; known are capture and registry",
    }


def test_what_is_no_list_switches_nothing_off(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    assert said(tmp_path, "[tool.mlc]\ncapture = 'git'") == Switches(
        warnings=(f"capture in {file} is no list, so everything is captured",)
    )


@pytest.mark.parametrize("text", ["[tool.mlc", "tool = 3", "[tool]\nmlc = 3", "x = '\udcff'"])
def test_a_broken_file_switches_nothing_off(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode(errors="surrogateescape"))
    told = switches(tmp_path)
    assert told.on == frozenset(PARTS)
    assert told.warnings[0].startswith(f"{tmp_path}/pyproject.toml cannot be read, so everything is captured: ")
