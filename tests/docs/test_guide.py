"""The guide's blocks of Python are typed into a shell, one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlc.capture.switches import PARTS
from jupyter_mlc.domain.lifecycle import MOVES, REFUSES_LOAD, Stage, Tier
from jupyter_mlc.verbs import VERBS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
TYPIST = """
import sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for block in sys.stdin.read().split("\\0"):
    shell.run_cell(block, store_history=True).raise_error()
"""


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def words_after_mlc() -> set[str]:
    """What follows ``%mlc`` or ``jupyter mlc`` in the guide: verbs, or groups with their verbs."""
    found = re.findall(r"(?:%%?mlc|jupyter mlc) ((?:admin |dataset )?[a-z_]+)", GUIDE.read_text("utf-8"))
    return {word.strip() for word in found}


@pytest.mark.slow
def test_every_block_of_the_guide_runs(tmp_path: Path, home: Path) -> None:
    environment = {**os.environ, "MLC_REGISTRY": str(tmp_path / "registry"), "IPYTHONDIR": str(home / "ipython")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TYPIST],
        input="\0".join(blocks()),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "iris:2" in done.stdout


def test_the_guide_names_only_verbs_that_are_there() -> None:
    assert words_after_mlc() - set(VERBS) == {"log_model"}, "the one word is another tool's, and said to be"


def test_the_guide_tells_every_stage_tier_and_part_of_the_capture() -> None:
    text = GUIDE.read_text("utf-8")
    assert set(re.findall(r"^\| ([a-z]+) \| ", text, re.MULTILINE)) >= set(Stage)
    assert all(f"`{word}`" in text for word in (*Tier, *PARTS))


def test_the_guide_is_right_about_what_may_follow_a_stage() -> None:
    rows = dict(re.findall(r"^\| ([a-z]+) \| (.*) \|$", GUIDE.read_text("utf-8"), re.MULTILINE))
    for stage, moves in MOVES.items():
        told = {other for other in Stage if other in rows[stage].replace("discarded", "purged")}
        told -= {Stage.PURGED} if stage is Stage.PURGED else set()
        assert told == set(moves), stage
    assert Stage.RETIRED in REFUSES_LOAD
