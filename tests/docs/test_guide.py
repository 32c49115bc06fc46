"""What the pages tell is so: their blocks are typed into a shell, their tables compared with the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.outputs import PAGES, settled, with_answers
from jupyter_mlc.capture.switches import PARTS
from jupyter_mlc.domain.lifecycle import MOVES, REFUSES_LOAD, Stage, Tier
from jupyter_mlc.verbs import VERBS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"


def words_after_mlc() -> set[str]:
    """What follows ``%mlc`` or ``jupyter mlc`` in the guide: verbs, or groups with their verbs."""
    typed = re.sub(r"^```text\n.*?^```$", "", GUIDE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"(?:%%?mlc|jupyter mlc) ((?:admin |dataset )?[a-z_]+)", typed)
    return {word.strip() for word in found}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_block_of_a_page_runs_and_answers_as_the_page_shows(page: Path, home: Path) -> None:
    text = page.read_text("utf-8")
    assert with_answers(text) == text, "type: make outputs"


def test_an_answer_that_differs_in_machine_and_speed_alone_is_the_same() -> None:
    here = "lock of 161 packages · 14 parameters read\nloads: yes, in 4.8 s\nsha256:60a5.. Python 3.11.7"
    there = "lock of 9 packages · 13 parameters read\nloads: yes, in 0.83 s\nsha256:beef.. Python 3.14.0rc1"
    assert settled(here) == settled(there)
    assert settled(here) != settled(here.replace("yes", "no"))


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
