"""Write what commands answer under the blocks of code in README.md and some pages of docs/: ``make outputs``.

A block of text directly below a block of Python is its answer; blocks of Python without one are typed all the same.
Each page is typed into one shell, with a registry, a key and a clock of its own. A block may be refused only where the
page shows the refusal.

``python -m docs.outputs --check`` says whether the pages show what comes out now, but for what `LOOSE` says; with
``--anew`` even what differs in that alone is written, for a machine that is quicker.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from docs.laptop import REFUSED, ROOT, cell, run

GUIDES = ("guide", "formats", "retraining", "reproducing")
PAGES = (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in GUIDES))
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<answer>.*?)^```\n)?", re.MULTILINE | re.DOTALL)
MOST_LINES = 22
"""of an answer; the rest is cut off, and dots say so"""
LOOSE = (
    (r"^(environment|parameters) .*?(?=^\w|\Z)", r"\1 SOME\n"),
    (r"\b(\d+) parameters\b", "N parameters"),
    (r"\b\d+ packages\b", "N packages"),
    (r"\bPython 3[.\d]+\w*", "Python 3"),
    (r"\b(\d+ min )?\d+(\.\d+)? m?s\b", "N s"),
    (r"\b\d+(\.\d+)? (bytes|kB|MB)\b", r"N \2"),
    (r"\b(sha256:|lock |notebook )[0-9a-f]{4,}\b", r"\1DIGEST"),
    (r"\bregistry ([0-9a-f]{8}\b|[0-9a-f]{1,7}…)", "registry ID"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b", "SOME TIME"),  # a job's own process has a clock of its own
    (r"\s+", " "),
)
"""what differs from machine to machine or from release to release of other packages, and what to take it for"""


def main(arguments: list[str]) -> int:
    """Write the pages anew, or with ``--check`` name those that are stale."""
    named = [ROOT / argument for argument in arguments if not argument.startswith("--")]
    texts = {page: page.read_text("utf-8") for page in named or PAGES}
    answered = {page: with_answers(text, anew="--anew" in arguments) for page, text in texts.items()}
    stale = {page: text for page, text in answered.items() if text != texts[page]}
    for page, new in stale.items():
        if "--check" in arguments:
            print(f"{page.relative_to(ROOT)} does not show what comes out now; type: make outputs", file=sys.stderr)
        else:
            page.write_text(new, "utf-8")
    return 1 if stale and "--check" in arguments else 0


def with_answers(text: str, *, anew: bool = False) -> str:
    """Return a page with what its blocks answer now; unless `anew`, itself where they differ loosely at most."""
    answers = iter(typed(block["code"] for block in BLOCK.finditer(text)))
    new = BLOCK.sub(lambda block: _with_answer(block, next(answers)), text)
    return text if shown(new) == shown(text) and not anew else new


def shown(text: str) -> list[str]:
    """Return the answers on a page, without what may differ."""
    return [settled(block["answer"]) for block in BLOCK.finditer(text) if block["answer"] is not None]


def _with_answer(block: re.Match[str], answer: str) -> str:
    if REFUSED in answer and REFUSED not in (block["answer"] or ""):
        raise SystemExit(f"{block['code']}\nis answered by\n\n{answer}")
    if block["answer"] is None:
        return block[0]
    return f"```python\n{block['code']}```\n\n```text\n{_cut(answer)}```\n"


def _cut(answer: str) -> str:
    lines = [line.rstrip() for line in answer.strip("\n").split("\n")]
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "..."]) + "\n"


def settled(answer: str) -> str:
    """Return an answer without what may differ."""
    for pattern, instead in LOOSE:
        answer = re.sub(pattern, instead, answer, flags=re.MULTILINE | re.DOTALL)
    return answer


def typed(blocks: Iterable[str]) -> list[str]:
    """Type blocks into a notebook of their own, and return what they answer as text."""
    cells = [cell(block, f"block-{number}") for number, block in enumerate(blocks)]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "flowers"
        folder.mkdir()
        return [answer["text"] for answer in run(cells, folder, "iris.ipynb")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
