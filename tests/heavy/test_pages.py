from __future__ import annotations

from docs.laptop import ROOT
from docs.outputs import with_answers


def test_every_block_of_the_page_on_deep_learning_runs_and_answers_as_the_page_shows() -> None:
    text = (ROOT / "docs" / "deep-learning.md").read_text("utf-8")
    assert with_answers(text) == text, "type: build/venvs/heavy/bin/python -m docs.outputs docs/deep-learning.md"
