from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_mlc.capture import git as module
from jupyter_mlc.capture.git import Git, GitState
from jupyter_mlc.domain.errors import Unavailable

ENVIRON = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org",
    "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.org",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRON, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit of a script and a notebook."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init")
    (folder / "train.py").write_text("C = 1\n")
    (folder / "a.ipynb").write_text("{}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def state(folder: Path, notebook: Path | None = None) -> GitState:
    return Git(ENVIRON, patience=20).state(folder, notebook)


def written(path: Path) -> tuple[int, int, bytes]:
    """What changes when a file is written, or another put in its place."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, path.read_bytes()


def refusal(folder: Path, asked: Git | None = None) -> str:
    with pytest.raises(Unavailable) as caught:
        (asked or Git(ENVIRON, patience=20)).state(folder)
    return caught.value.text


def test_a_clean_repository_has_commit_and_branch(work: Path) -> None:
    assert state(work) == GitState(commit=git(work, "rev-parse", "HEAD"), branch="main")


def test_an_edited_file_is_in_the_diff(work: Path) -> None:
    (work / "train.py").write_text("C = 2\n")
    told = state(work)
    assert told.dirty
    assert b"-C = 1\n+C = 2\n" in told.diff


def test_a_staged_file_is_in_the_diff_too(work: Path) -> None:
    (work / "new.py").write_text("D = 3\n")
    git(work, "add", "new.py")
    assert b"+D = 3\n" in state(work).diff


def test_the_notebook_is_left_out_of_the_diff(work: Path) -> None:
    (work / "a.ipynb").write_text('{"outputs": 1}\n')
    told = state(work, work / "a.ipynb")
    assert (told.dirty, told.diff, told.notes) == (True, b"", ())


def test_an_untracked_notebook_is_a_note(work: Path) -> None:
    (work / "b.ipynb").write_text("{}")
    assert state(work, work / "b.ipynb") == GitState(
        commit=git(work, "rev-parse", "HEAD"), branch="main", notes=("b.ipynb is not tracked by git",)
    )


def test_the_notebook_s_repository_counts_and_not_the_working_folder_s(work: Path, tmp_path: Path) -> None:
    assert state(tmp_path) == GitState()
    assert state(tmp_path, work / "a.ipynb").branch == "main"


def test_a_folder_inside_the_repository_tells_of_all_of_it(work: Path) -> None:
    (work / "sub").mkdir()
    (work / "train.py").write_text("C = 2\n")
    assert b"+C = 2\n" in state(work / "sub").diff


def test_a_detached_head_has_no_branch(work: Path) -> None:
    git(work, "checkout", "--detach")
    assert (state(work).branch, state(work).commit) == ("", git(work, "rev-parse", "HEAD"))


def test_a_repository_without_commits_is_a_note(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "x").write_text("x")
    git(tmp_path, "add", "x")
    assert state(tmp_path) == GitState(branch="main", dirty=True, notes=("the git repository has no commit yet",))


@pytest.mark.parametrize(
    ("settings", "remote"),
    [
        ({"remote.origin.url": "https://ana:s3cret@host/x.git"}, "https://host/x.git"),
        (
            {"remote.origin.url": "git@host:x.git", "remote.up.url": "https://up/x", "branch.main.remote": "up"},
            "https://up/x",
        ),
        ({"remote.zulu.url": "https://z/x", "remote.alpha.url": "https://a/x"}, "https://a/x"),
        ({}, ""),
    ],
)
def test_the_remote_is_the_one_that_is_followed_without_credentials(
    work: Path, settings: dict[str, str], remote: str
) -> None:
    for name, value in settings.items():
        git(work, "config", name, value)
    assert state(work).remote == remote


def test_a_worktree_has_its_own_branch(work: Path, tmp_path: Path) -> None:
    git(work, "worktree", "add", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side/train.py").write_text("C = 3\n")
    told = state(tmp_path / "side")
    assert (told.branch, told.dirty, state(work).dirty) == ("side", True, False)


def test_a_large_change_is_only_named(work: Path) -> None:
    (work / "train.py").write_text("x = 1\n" * 200_000)
    told = state(work)
    assert told.diff == b"M\ttrain.py\n"
    assert told.notes == ("the uncommitted change is larger than 1 MB: only the changed files' names are kept",)


def test_odd_file_names_and_bytes_survive(work: Path) -> None:
    (work / "naïve file\n.txt").write_bytes(b"\xff\xfe")
    git(work, "add", ".")
    assert state(work).dirty
    (work / "train.py").write_bytes(b"\xe9t\xe9\n")
    assert b"+\xe9t\xe9\n" in state(work).diff


def test_asking_runs_no_hook_and_no_program_and_writes_nothing(work: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    hook = work / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.symlink_to(trap)
    for name in ("diff.external", "core.fsmonitor", "core.pager"):
        git(work, "config", name, str(trap))
    (tmp_path / "sprung").unlink(missing_ok=True)
    os.utime(work / "train.py", (1, 1))  # as it was, at another time, which git would note
    before = written(work / ".git/index")
    (work / "a.ipynb").write_text("{ }\n")
    assert state(work).diff.startswith(b"diff --git a/a.ipynb")
    assert not (tmp_path / "sprung").exists()
    assert written(work / ".git/index") == before


def test_variables_that_point_elsewhere_are_not_followed(work: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "other")
    asked = Git(ENVIRON | {"GIT_DIR": str(tmp_path / "other/.git"), "GIT_INDEX_FILE": "x"}, patience=20)
    assert asked.state(work).commit == git(work, "rev-parse", "HEAD")


def test_a_bare_repository_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "x.git")
    assert refusal(tmp_path / "x.git") == f"{tmp_path}/x.git is a bare repository, which has no working files"


def test_a_repository_of_somebody_else_is_told(work: Path) -> None:
    asked = Git(ENVIRON | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}, patience=20)
    assert refusal(work, asked) == (
        f"git does not trust {work.resolve()}, which belongs to somebody else\n"
        f"if you trust it: git config --global --add safe.directory {work.resolve()}"
    )


def test_a_broken_repository_is_told(work: Path) -> None:
    (work / ".git/HEAD").write_text("nonsense")
    assert refusal(work).startswith("git says: not a git repository")


def test_a_broken_index_is_told(work: Path) -> None:
    (work / ".git/index").write_bytes(b"nonsense")
    assert refusal(work).startswith("git says: ")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("warning: odd\nfatal: bad config line 1", "git says: bad config line 1"),
        ("something else", "git says: something else"),
        ("", "git says: nothing, but failed"),
    ],
)
def test_what_git_says_is_told(work: Path, tmp_path: Path, said: str, told: str) -> None:
    (tmp_path / "said").write_text(said)
    assert refusal(work, fake_git(tmp_path, f"cat {tmp_path}/said >&2; exit 128")) == told


def test_a_missing_git_is_told(work: Path) -> None:
    assert refusal(work, Git(ENVIRON, program="no-such-git")) == (
        "git is not installed\ninstall git, or leave it out: [tool.mlc] capture = [...]"
    )


def test_a_git_that_cannot_be_run_is_told(work: Path, tmp_path: Path) -> None:
    (tmp_path / "git").write_text("")
    assert refusal(work, Git(ENVIRON, program=str(tmp_path / "git"))) == "git cannot be run: Permission denied"


def test_without_a_repository_a_missing_git_does_not_matter(tmp_path: Path) -> None:
    assert Git(ENVIRON, program="no-such-git").state(tmp_path) == GitState()


def fake_git(tmp_path: Path, script: str) -> Git:
    """A git that keeps count of how often it is asked for the state."""
    program = tmp_path / "fake-git"
    program.write_text(f'#!/bin/sh\ncase "$*" in *status*) echo >> {tmp_path}/asked;; esac\n{script}\n')
    program.chmod(0o755)
    return Git(ENVIRON, program=str(program), patience=20)


def asked(tmp_path: Path) -> int:
    return len((tmp_path / "asked").read_text())


@pytest.mark.slow
def test_a_git_that_hangs_is_given_up_and_not_asked_again(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow-git").write_text(f"#!/bin/sh\necho >> {tmp_path}/asked\nsleep 60\n")
    (tmp_path / "slow-git").chmod(0o755)
    slow = Git(ENVIRON, program=str(tmp_path / "slow-git"), patience=0.5)
    text = "git did not answer within 0.5 seconds\ntry `git status` in a terminal"
    assert [refusal(work, slow), refusal(work, slow)] == [text, text]
    assert asked(tmp_path) == 1
    monkeypatch.setattr(module, "HUNG", 0.0)
    assert refusal(work, slow) == text
    assert asked(tmp_path) == 2


def test_an_answer_is_used_again_until_git_writes_something(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH", 1000.0)
    counting = fake_git(tmp_path, 'exec git "$@"')
    first = counting.state(work)
    assert counting.state(work) is first
    assert asked(tmp_path) == 1
    git(work, "commit", "--allow-empty", "-m", "second")
    assert counting.state(work).commit == git(work, "rev-parse", "HEAD") != first.commit
    git(work, "checkout", "-b", "side")
    assert counting.state(work).branch == "side"
    git(work, "config", "remote.origin.url", "https://host/y")
    assert counting.state(work).remote == "https://host/y"
    assert asked(tmp_path) == 4


def test_an_answer_is_used_again_until_the_notebook_is_saved(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH", 1000.0)
    counting, notebook = fake_git(tmp_path, 'exec git "$@"'), work / "a.ipynb"
    assert not counting.state(work, notebook).dirty
    notebook.write_text("{  }\n")
    assert counting.state(work, notebook).dirty


def test_an_answer_grows_old(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 0.0)
    counting = fake_git(tmp_path, 'exec git "$@"')
    counting.state(work)
    (work / "train.py").write_text("C = 9\n")
    assert counting.state(work).dirty
    assert asked(tmp_path) == 2


def test_a_new_repository_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 1000.0)
    one = Git(ENVIRON, patience=20)
    assert one.state(tmp_path) == GitState()
    git(tmp_path, "init")
    assert one.state(tmp_path).branch == "main"
