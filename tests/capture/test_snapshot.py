from __future__ import annotations

import getpass
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_mlc.capture import shot
from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.capture.git import Git
from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.capture.snapshot import Captured, Surroundings
from jupyter_mlc.capture.switches import PARTS, Switches
from jupyter_mlc.domain.entities import Snapshot

REGISTER = "%mlc register churn clf"
CELLS = (("a", "x = 1"), ("b", "clf = fit(x)"), ("r", REGISTER))
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}


def save(folder: Path, *cells: tuple[str, str], seconds_ahead: int = 60) -> Path:
    """Save the notebook: as if some time after whatever ran until now."""
    kept: list[dict[str, Any]] = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for name, source in cells
    ]
    path = folder / "churn.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": kept}))
    when = time.time_ns() + seconds_ahead * 10**9  # noqa: TID251 (the clock of files)
    os.utime(path, ns=(when, when))
    return path


def around_of(*ran: tuple[str, str]) -> Surroundings:
    recorder = Recorder()
    for cell, source in ran:
        recorder.begin(cell, source)
        if (cell, source) != ran[-1]:
            recorder.end(success=True)
    return Surroundings(recorder, git=Git(QUIET, patience=20))


def only(*parts: str) -> Switches:
    return Switches(on=frozenset(parts))


def take(around: Surroundings, folder: Path, **more: Any) -> Captured:
    given: dict[str, Any] = {"environ": {}, "wanted": only("notebook", "cells", "secrets")} | more
    return around.take(folder=folder, **given)


def notebook(taken: Captured) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(taken.blobs["notebook"])
    return content


def test_everything_that_surrounds_a_model_is_captured(tmp_path: Path) -> None:
    path = save(tmp_path, *CELLS)
    for command in (
        ["init"],
        ["config", "user.email", "a@b"],
        ["config", "user.name", "a"],
        ["add", "."],
        ["commit", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, env=QUIET, check=True, capture_output=True)
    (tmp_path / "train.py").write_text("C = 1\n")
    subprocess.run(["git", "add", "."], cwd=tmp_path, env=QUIET, check=True)
    taken = take(around_of(*CELLS), tmp_path, wanted=None)
    lock = Environment().lock()
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tmp_path, env=QUIET, check=True, capture_output=True, text=True
    )
    assert taken.snapshot == Snapshot(
        notebook_path=str(path),
        cells=3,
        packages=lock.packages,
        python=lock.python,
        platform=lock.platform,
        git_commit=head.stdout.strip(),
        git_branch=taken.snapshot.git_branch,
        git_dirty=True,
        user=getpass.getuser(),
        host=platform.node(),
    )
    assert set(taken.blobs) == {"notebook", "lock", "git_diff"}
    assert taken.blobs["lock"].decode() == lock.text
    assert b"+C = 1" in taken.blobs["git_diff"]
    assert (taken.warnings, taken.notes) == ((), ())


def test_the_digests_of_stored_blobs_are_filled_in(tmp_path: Path) -> None:
    taken = take(around_of(*CELLS), tmp_path)
    assert taken.stored({"notebook": "sha256:1"}).notebook == "sha256:1"
    assert taken.stored({}) == taken.snapshot


def test_the_notebook_holds_the_cells_as_executed(tmp_path: Path) -> None:
    save(tmp_path, *CELLS)
    executed = notebook(take(around_of(*CELLS), tmp_path))["metadata"]["jupyter_mlc"]["executed"]
    assert executed == [
        {"id": "a", "source": "x = 1", "ok": True, "count": 1},
        {"id": "b", "source": "clf = fit(x)", "ok": True, "count": 2},
        {"id": "r", "source": REGISTER, "ok": None, "count": 3},
    ]


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    save(tmp_path, *CELLS)
    assert take(around_of(*CELLS), tmp_path).blobs == take(around_of(*CELLS), tmp_path).blobs


def test_without_a_file_the_executed_cells_make_a_valid_notebook(tmp_path: Path) -> None:
    taken = take(around_of(*CELLS), tmp_path)
    nbformat.validate(notebook(taken))
    assert [cell["source"] for cell in notebook(taken)["cells"]] == [source for _, source in CELLS]
    assert taken.warnings == ()
    assert taken.notes == (
        "notebook not captured: no file holds the executing cell; the cells as executed are kept instead",
    )


def test_a_named_file_that_is_no_help_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text('{"nbformat": 3}')
    taken = take(around_of(*CELLS), tmp_path, environ={"JPY_SESSION_NAME": str(path)})
    reason = f"{path} is in notebook format 3, not 4"
    text = f"notebook not captured: {reason}; the cells as executed are kept instead"
    assert taken.warnings == taken.snapshot.warnings == (text,)


def test_in_a_plain_script_there_is_no_notebook_and_no_warning(tmp_path: Path) -> None:
    taken = take(Surroundings(), tmp_path)
    assert (taken.blobs, taken.warnings, taken.notes, taken.snapshot.cells) == ({}, (), (), 0)


def test_a_finding_warns_once_and_stays_in_the_facts(tmp_path: Path) -> None:
    around = around_of(("a", "x = 1"), ("b", "clf = fit(x)"), ("r", REGISTER))
    save(tmp_path, ("a", "x = 2"), ("b", "clf = fit(x)"), ("r", REGISTER))
    text = "cell 1 (x = 1) was edited after it ran"
    first, second = take(around, tmp_path), take(around, tmp_path)
    assert (first.warnings, first.notes, first.snapshot.findings) == ((text,), (), (text,))
    assert (second.warnings, second.notes, second.snapshot.findings) == ((), (text,), (text,))
    assert second.snapshot.notes == ()


def test_the_model_s_variables_may_be_named(tmp_path: Path) -> None:
    around = around_of(("a", "x = 1"), ("b", "y = 1"), ("r", "register_all()"))
    save(tmp_path, ("a", "x = 2"), ("b", "y = 2"), ("r", "register_all()"))
    assert take(around, tmp_path, uses=["y"]).snapshot.findings == ("cell 2 (y = 1) was edited after it ran",)


def test_the_cell_that_trains_and_registers_names_its_variables_itself(tmp_path: Path) -> None:
    last = ("r", "clf = fit(x)\nmlc.register('churn', clf)")
    around = around_of(("a", "x = 1"), ("b", "y = 1"), last)
    save(tmp_path, ("a", "x = 2"), ("b", "y = 2"), last)
    assert take(around, tmp_path).snapshot.findings == ("cell 1 (x = 1) was edited after it ran",)


def test_cells_that_ran_after_the_registering_one_do_not_count(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.begin("r", REGISTER)
    recorder._running = {0: [1]}
    recorder.begin("later", "clf = 0")
    recorder._running = {0: [1]}
    assert take(Surroundings(recorder), tmp_path).snapshot.cells == 1


def test_a_notebook_that_was_not_saved_since_is_a_note(tmp_path: Path) -> None:
    save(tmp_path, ("a", "x = 0"), *CELLS[1:], seconds_ahead=-60)
    taken = take(around_of(*CELLS), tmp_path)
    assert taken.warnings == ()
    assert taken.notes == (
        "churn.ipynb was saved before 1 of its cells ran as they did: save it to have them compared",
    )
    assert notebook(taken)["cells"][0]["source"] == "x = 1"


def test_a_copy_that_might_be_the_notebook_is_a_note(tmp_path: Path) -> None:
    path = save(tmp_path, *CELLS)
    (tmp_path / "copy.ipynb").write_bytes(path.read_bytes())
    assert take(around_of(*CELLS), tmp_path).notes == (
        "churn.ipynb was taken as the notebook; copy.ipynb, which is not newer, holds as much of what ran",
    )


def test_cells_that_ran_before_anybody_looked_are_a_note(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.adopt(["", "x = 1", "y = 2", "%load_ext jupyter_mlc"], "c")
    recorder.end(success=True)
    recorder.begin("d", REGISTER)
    notes = take(Surroundings(recorder), tmp_path, wanted=only("cells", "secrets")).notes
    assert notes == ("cells that ran before jupyter_mlc was loaded, known by their text alone: 2",)


def test_executions_that_were_forgotten_are_a_note(tmp_path: Path) -> None:
    recorder = Recorder(most=2)
    for name in "abc":
        recorder.begin(name, name)
        recorder.end(success=True)
    notes = take(Surroundings(recorder), tmp_path, wanted=only("cells", "secrets")).notes
    assert notes == ("early executions no longer in the record: 1",)


SECRET = "swordfish-blue"


def test_a_secret_is_replaced_everywhere_and_named_once(tmp_path: Path) -> None:
    cells = (("a", f"password = '{SECRET}'"), ("b", f"clf = fit('{SECRET}', password)"), ("r", REGISTER))
    save(tmp_path, *cells)
    taken = take(around_of(*cells), tmp_path, environ={"DB_PASSWORD": SECRET})
    assert SECRET.encode() not in taken.blobs["notebook"]
    assert taken.snapshot.secrets == ("cell 1: the value of DB_PASSWORD", "cell 2: the value of DB_PASSWORD")
    assert taken.warnings == tuple(f"{secret} was replaced by ***" for secret in taken.snapshot.secrets)


def test_secrets_that_were_named_before_are_one_note(tmp_path: Path) -> None:
    cells = [("a", "password = 'hunter2'"), ("b", "db_password = 'hunter3'"), ("r", REGISTER)]
    around = around_of(*cells)
    save(tmp_path, *cells)
    take(around, tmp_path)
    save(tmp_path, *cells, ("c", "my_password = 'hunter4'"))
    again = take(around, tmp_path)
    assert again.warnings == ("cell 4: the value of my_password was replaced by ***",)
    assert again.notes == ("secrets that were replaced by *** and named before: 2",)
    assert (len(again.snapshot.secrets), again.snapshot.notes) == (3, ())


def test_a_secret_in_a_cell_that_is_gone_is_named_by_its_execution(tmp_path: Path) -> None:
    save(tmp_path, *CELLS)
    taken = take(around_of(("gone", f"password = '{SECRET}'"), *CELLS), tmp_path)
    assert SECRET.encode() not in taken.blobs["notebook"]
    assert taken.snapshot.secrets == ("executed cell [1]: the value of password",)


def test_a_secret_is_not_quoted_in_a_finding(tmp_path: Path) -> None:
    around = around_of(("a", f"x = connect(password='{SECRET}')"), ("r", "%mlc register churn x"))
    save(tmp_path, ("a", "x = 2"), ("r", "%mlc register churn x"))
    taken = take(around, tmp_path)
    assert taken.snapshot.findings == ("cell 1 (x = connect(password='***')) was edited after it ran",)


def test_a_secret_in_metadata_and_in_the_diff_is_replaced(tmp_path: Path) -> None:
    path = save(tmp_path, *CELLS)
    path.write_text(
        path.read_text().replace(
            '"metadata": {}, "cells"', f'"metadata": {{"db": {{"password": "{SECRET}"}}}}, "cells"'
        )
    )
    for command in (
        ["init"],
        ["config", "user.email", "a@b"],
        ["config", "user.name", "a"],
        ["add", "."],
        ["commit", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, env=QUIET, check=True, capture_output=True)
    (tmp_path / "train.py").write_bytes(f"password = '{SECRET}'\n# \xe9t\xe9\n".encode("latin-1"))
    subprocess.run(["git", "add", "."], cwd=tmp_path, env=QUIET, check=True)
    taken = take(around_of(*CELLS), tmp_path, wanted=only("notebook", "git", "secrets"))
    assert not [name for name, blob in taken.blobs.items() if SECRET.encode() in blob]
    assert b"+password = '***'\n+# \xe9t\xe9\n" in taken.blobs["git_diff"]
    assert taken.snapshot.secrets == ("notebook: the value of password", "git diff: the value of password")


def test_secrets_stay_where_the_search_is_switched_off(tmp_path: Path) -> None:
    cells = (("a", f"password = '{SECRET}'"), ("r", REGISTER))
    save(tmp_path, *cells)
    taken = take(around_of(*cells), tmp_path, wanted=only("notebook", "cells"))
    assert SECRET.encode() in taken.blobs["notebook"]
    assert taken.snapshot.secrets == ()
    assert "secrets" in taken.snapshot.off
    assert taken.notes == (
        "notebook, cells kept as found: capture in pyproject.toml leaves the search for secrets out",
    )


@pytest.mark.parametrize(
    ("parts", "blobs"),
    [
        ((), set()),
        (("notebook",), {"notebook"}),
        (("cells",), {"notebook"}),
        (("environment",), {"lock"}),
        (("user",), set()),
    ],
)
def test_only_what_is_switched_on_is_captured(tmp_path: Path, parts: tuple[str, ...], blobs: set[str]) -> None:
    save(tmp_path, *CELLS)
    taken = take(around_of(*CELLS), tmp_path, wanted=only(*parts))
    assert set(taken.blobs) == blobs
    assert taken.snapshot.off == tuple(part for part in PARTS if part not in parts)
    assert taken.snapshot.cells == (3 if "cells" in parts else 0)
    assert bool(taken.snapshot.user) == ("user" in parts)


def test_with_cells_off_nothing_that_ran_is_kept(tmp_path: Path) -> None:
    around = around_of(("gone", "z = 1"), *CELLS)
    save(tmp_path, *CELLS)
    assert notebook(take(around, tmp_path, wanted=only("notebook")))["metadata"]["jupyter_mlc"]["executed"] == []


def test_with_cells_off_and_no_file_the_missing_notebook_is_a_warning(tmp_path: Path) -> None:
    taken = take(around_of(*CELLS), tmp_path, wanted=only("notebook"))
    assert taken.blobs == {}
    assert taken.warnings == ("notebook not captured: no file holds the executing cell",)


def test_the_switches_of_the_folder_count(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlc]\ncapture = ['user', 'gitt']")
    taken = take(around_of(*CELLS), tmp_path, wanted=None)
    assert taken.blobs == {}
    assert taken.warnings == (
        f"capture in {tmp_path}/pyproject.toml names 'gitt', which is not known; did you mean git?",
    )


def test_odd_bytes_in_names_and_cells_leave_facts_that_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "\N{LATIN SMALL LETTER E WITH ACUTE}"
    folder.mkdir()
    around = around_of(("a", "x = '\ud800'"), ("r", "%mlc register churn x"))
    save(folder, ("a", "x = 2"), ("r", "%mlc register churn x"))
    taken = take(around, folder)
    assert taken.snapshot.findings == ("cell 1 (x = '?') was edited after it ran",)
    assert taken.warnings == taken.snapshot.findings
    assert json.loads(taken.blobs["notebook"])["metadata"]["jupyter_mlc"]["executed"][0]["source"] == "x = '\ud800'"


FAULTS = {
    "notebook": ("locate", "notebook"),
    "cells": ("find", "cells"),
    "git": ("Git.state", "git state"),
    "environment": ("Environment.lock", "environment lock"),
    "user": ("getpass.getuser", "user"),
}


@pytest.mark.parametrize("part", FAULTS)
def test_a_part_that_fails_costs_a_warning_and_no_other_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("it broke")

    what, name = FAULTS[part]
    monkeypatch.setattr(f"{shot.__name__}.{what}", fail)
    save(tmp_path, *CELLS)
    taken = take(around_of(*CELLS), tmp_path, wanted=Switches())
    assert taken.warnings == taken.snapshot.warnings == (f"{name} not captured: RuntimeError: it broke",)
    kept = {
        "notebook": taken.snapshot.notebook_path,
        "cells": taken.snapshot.cells,
        "environment": taken.snapshot.packages,
        "user": taken.snapshot.user,
    }
    assert all(value for other, value in kept.items() if other != part)


def test_what_cannot_be_searched_for_secrets_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr(f"{shot.__name__}.Scrubber.scrub", fail)
    save(tmp_path, *CELLS)
    taken = take(around_of(*CELLS), tmp_path, wanted=Switches())
    assert taken.blobs == {}
    assert "notebook not captured: RuntimeError" in taken.warnings
    assert "environment lock not captured: RuntimeError" in taken.warnings


def test_a_fault_s_own_words_are_searched_for_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"cannot reach https://ana:{SECRET}@host")

    monkeypatch.setattr(f"{shot.__name__}.Environment.lock", fail)
    taken = take(around_of(*CELLS), tmp_path, wanted=only("environment", "secrets"))
    assert taken.warnings == ("environment lock not captured: RuntimeError: cannot reach https://ana:***@host",)


def test_a_refusal_is_told_with_its_hint(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    around = Surroundings(git=Git(QUIET, program="no-such-git"))
    assert take(around, tmp_path, wanted=only("git")).warnings == (
        "git state not captured: git is not installed (install git, or leave it out: [tool.mlc] capture = [...])",
    )


def test_importing_the_capture_loads_nothing_heavy(pytestconfig: pytest.Config) -> None:
    code = (
        "import sys, jupyter_mlc.capture.snapshot; print({'IPython', 'nbformat', 'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
