"""The state of the code: commit, branch, remote, and what is not committed, asked of git without disturbing anything.

Asking git takes longer than all the rest of a capture. So an answer is used again as long as nothing that git itself
writes has changed, nor the notebook, nor the folder; and for edits of other files, which show nowhere but in the files,
at most `FRESH` seconds.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlc.capture.command import Answer, run
from jupyter_mlc.capture.environment import without_credentials
from jupyter_mlc.domain.errors import MlcError, Unavailable

FRESH = 5.0
"""seconds for which an answer is believed about files that git has not written"""
HUNG = 60.0
"""seconds for which a git that did not answer is not asked again"""
MOST_DIFF = 1_000_000
"""bytes of uncommitted change that are kept; of a larger one only the files' names"""

_ELSEWHERE = frozenset(
    [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_PREFIX",
        "GIT_NAMESPACE",
        "GIT_EXTERNAL_DIFF",
    ]
)
"""variables that would make git answer about another repository, or run another program"""
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "diff.noprefix=false",
             "-c", "diff.mnemonicPrefix=false", "-c", "diff.orderFile=/dev/null",
             "-c", "diff.autoRefreshIndex=false")  # fmt: skip
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "HEAD")


@dataclass(frozen=True, kw_only=True)
class GitState:
    """What git knows about a folder; all empty where there is no repository."""

    commit: str = ""
    branch: str = ""
    """empty where HEAD is detached"""
    remote: str = ""
    """the address, without credentials"""
    dirty: bool = False
    """whether files that git tracks differ from the commit"""
    diff: bytes = b""
    """the change of every file but the notebook, whose outputs do not belong into a record"""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Layout:
    top: Path
    own: Path
    """of this worktree: HEAD and index"""
    common: Path
    """of all worktrees: config and refs"""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    stamp: object
    at: float
    layout: _Layout | None
    answer: GitState | MlcError


class Git:
    """Asks git, and remembers the answer.

    Parameters
    ----------
    environ : mapping, optional
        The environment in which git runs.
    program : str
        What is run.
    patience : float
        Seconds after which a git that does not answer is given up.
    """

    def __init__(
        self, environ: Mapping[str, str] | None = None, *, program: str = "git", patience: float = 2.0
    ) -> None:
        given = os.environ if environ is None else environ
        self._environ = {name: value for name, value in given.items() if name not in _ELSEWHERE} | _QUIET
        self._program = program
        self._patience = patience
        self._kept: dict[tuple[Path, Path | None], _Kept] = {}
        self._lock = threading.Lock()

    def state(self, folder: Path, notebook: Path | None = None) -> GitState:
        """Return the state of the repository that holds the notebook, else the folder.

        Raises
        ------
        Unavailable
            If there is a repository, but git cannot be asked about it.
        """
        answer = self._answer(folder, notebook)
        if isinstance(answer, MlcError):
            raise answer
        return answer

    def _answer(self, folder: Path, notebook: Path | None) -> GitState | MlcError:
        folder = notebook.parent if notebook else folder
        with self._lock:
            kept = self._kept.get((folder, notebook))
            if kept is None or not self._holds(kept, folder, notebook):
                kept = self._kept[folder, notebook] = self._ask(folder, notebook)
            return kept.answer

    def _holds(self, kept: _Kept, folder: Path, notebook: Path | None) -> bool:
        age = time.monotonic() - kept.at
        if isinstance(kept.answer, _Hung):
            return age < HUNG
        return age < FRESH and kept.stamp == _stamp(kept.layout, kept.answer, folder, notebook)

    def _ask(self, folder: Path, notebook: Path | None) -> _Kept:
        at, layout = time.monotonic(), None
        answer: GitState | MlcError
        before = _stamp(None, GitState(), folder, notebook)
        try:
            asking = _Asking(self._program, self._environ, at + self._patience)
            layout = asking.layout(folder)
            before = _stamp(layout, GitState(), folder, notebook)
            answer = asking.state(layout, notebook) if layout else GitState()
        except TimeoutError:
            answer = _Hung(
                f"git did not answer within {self._patience:g} seconds", hint="try `git status` in a terminal"
            )
        except FileNotFoundError:
            answer = Unavailable(
                "git is not installed", hint="install git, or leave it out: [tool.mlc] capture = [...]"
            )
        except OSError as error:
            answer = Unavailable(f"git cannot be run: {error.strerror}")
        except MlcError as error:
            answer = error
        unchanged = before == _stamp(layout, GitState(), folder, notebook)
        stamp = _stamp(layout, answer, folder, notebook) if unchanged else None
        return _Kept(stamp=stamp, at=at, layout=layout, answer=answer)


class _Hung(Unavailable):
    """Git did not answer; not to be asked again soon."""


class _Asking:
    """One round of questions with one deadline."""

    def __init__(self, program: str, environ: Mapping[str, str], deadline: float) -> None:
        self._program = program
        self._environ = environ
        self._deadline = deadline

    def layout(self, folder: Path) -> _Layout | None:
        """Return where the repository's parts are; None where there is no repository."""
        if not _in_repository(folder):
            return None
        answer = self._run(folder, "rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir")
        top, own, common = answer.out.decode(errors="surrogateescape").rstrip("\n").split("\n")
        return _Layout(top=Path(top), own=Path(own), common=(folder / common).resolve())

    def state(self, layout: _Layout, notebook: Path | None) -> GitState:
        """Return everything that is kept of the state."""
        status = self._run(layout.top, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no",
                           "--ignore-submodules=dirty", "--no-renames")  # fmt: skip
        entries = status.out.decode(errors="surrogateescape").split("\0")
        header = dict(entry[2:].split(" ", 1) for entry in entries if entry.startswith("# "))
        commit = header.get("branch.oid", "").replace("(initial)", "")
        branch = header.get("branch.head", "").replace("(detached)", "")
        dirty = any(entry and not entry.startswith("# ") for entry in entries)
        diff, notes = self._diff(layout, notebook) if dirty and commit else (b"", ())
        return GitState(
            commit=commit,
            branch=branch,
            remote=self._remote(layout, branch),
            dirty=dirty,
            diff=diff,
            notes=(*self._about(layout, notebook, commit), *notes),
        )

    def _remote(self, layout: _Layout, branch: str) -> str:
        listed = self._run(
            layout.top, "config", "-z", "--get-regexp", r"^(remote\..*\.url|branch\..*\.remote)$", ok=(0, 1)
        )
        entries = [entry.split("\n", 1) for entry in listed.out.decode(errors="replace").split("\0") if "\n" in entry]
        known = {name: address for name, address in reversed(entries) if name}
        followed = known.get(f"branch.{branch}.remote", "origin")
        first = next((address for name, address in sorted(known.items()) if name.startswith("remote.")), "")
        return without_credentials(known.get(f"remote.{followed}.url", first))

    def _about(self, layout: _Layout, notebook: Path | None, commit: str) -> list[str]:
        notes = [] if commit else ["the git repository has no commit yet"]
        if notebook and not self._run(layout.top, "ls-files", "-z", "--", f":(literal){notebook}", ok=(0, 128)).out:
            notes.append(f"{notebook.name} is not tracked by git")
        return notes

    def _diff(self, layout: _Layout, notebook: Path | None) -> tuple[bytes, tuple[str, ...]]:
        inside = notebook is not None and notebook.is_relative_to(layout.top)
        but = [f":(top,exclude,literal){notebook.relative_to(layout.top)}"] if notebook and inside else []
        paths = ("--", ":(top)", *but)
        diff = self._run(layout.top, *_DIFF, *paths, most=MOST_DIFF)
        if diff.whole:
            return diff.out, ()
        names = self._run(layout.top, *_DIFF, "--name-status", *paths, most=MOST_DIFF).out
        return names, ("the uncommitted change is larger than 1 MB: only the changed files' names are kept",)

    def _run(self, folder: Path, *arguments: str, ok: Sequence[int] = (0,), most: int = 1 << 24) -> Answer:
        command = (self._program, "--no-pager", *_SETTINGS, *arguments)
        answer = run(command, folder=folder, environ=self._environ, deadline=self._deadline, most=most)
        if answer.code not in ok:
            raise _refused(answer.err)
        return answer


def _in_repository(folder: Path) -> bool:
    """Tell without git whether it is worth asking; most folders of most people who lack git have no repository."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return True
        if all((place / part).exists() for part in ("HEAD", "objects", "refs")):
            raise Unavailable(f"{place} is a bare repository, which has no working files")
    return False


def _refused(said: str) -> Unavailable:
    if "dubious ownership" in said:
        where = said.partition("'")[2].partition("'")[0]
        reason = f"git does not trust {where}, which belongs to somebody else"
        return Unavailable(reason, hint=f"if you trust it: git config --global --add safe.directory {where}")
    reason = next((line for line in said.splitlines() if line.startswith("fatal: ")), said.partition("\n")[0])
    return Unavailable(f"git says: {reason.removeprefix('fatal: ') or 'nothing, but failed'}")


def _stamp(layout: _Layout | None, answer: object, folder: Path, notebook: Path | None) -> object:
    """Return what changes when git writes, or the notebook or the folder is written."""
    files = [folder, folder / ".git", *([notebook] if notebook else [])]
    if layout:
        files += [layout.own / name for name in ("HEAD", "index", "logs/HEAD")]
        files += [layout.common / name for name in ("config", "packed-refs")]
    if layout and isinstance(answer, GitState) and answer.branch:
        files.append(layout.common / "refs/heads" / answer.branch)
    return tuple(_changed(file) for file in files)


def _changed(file: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116 (on the warm path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
