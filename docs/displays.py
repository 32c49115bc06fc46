"""The page that shows the reply of every verb, in words and pictured: ``make pictures`` writes it.

The words and the pictures come from tests/browser, which leaves them in build/displays.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docs.laptop import ROOT
from docs.outputs import settled
from jupyter_mlc.verbs import VERBS

PAGE = ROOT / "docs" / "displays.md"
IMAGES = ROOT / "docs" / "images" / "displays"
THEMES = ("light", "dark")
_LONGEST = 30
_INTRODUCTION = """\
# What the commands answer

Every reply below was given by a real call on real flights, run in JupyterLab by `tests/browser`, which takes the
pictures too (`make pictures`). A reply is plain data: `.to_frame()` gives its rows as a DataFrame, `print` its words,
and `--json` the whole of it. In a terminal and in logs it is the text under each picture. In a notebook it takes the
colours of JupyterLab's theme, light, dark or high contrast; no colour stands alone.

Whoever opens a notebook that they do not trust sees the same words without the style: `lineage` as nested lists,
`history` as a table.
"""


def answers(cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a cell answered, each by its kinds; the empty output that progress leaves is no answer."""
    found = [output["data"] for output in cell["outputs"] if "data" in output]
    return [data for data in found if data.get("text/html") not in ([], "")]


def replies(cells: Iterable[Mapping[str, Any]], mark: str, home: str) -> list[dict[str, str]]:
    """Return what cells answered in words: a mapping a reply that is looked at."""
    found = []
    for cell in cells:
        about = cell["metadata"].get(mark, {})
        shown = [data for data in answers(cell) if "text/plain" in data]
        if about.get("name") and shown:
            data = shown[0]
            text = "".join(data["text/plain"]).replace(home, "/home/ana")
            found.append({**about, "typed": "".join(cell["source"]), "text": text})
    return found


def told(page: str) -> str:
    """Return what a page tells but for figures and facts of the machine, which are not the same twice."""
    for pattern, instead in _LOOSE:
        page = re.sub(pattern, instead, page, flags=re.MULTILINE)
    return settled(page)


_LOOSE = (
    (r"^(clocks|permissions|disk|artifacts|file system|key|environment|can write|machine|notebook) .*$", r"\1"),
    (r"^(finding: )?(clocks|permissions|disk|artifacts|file system|key): .*$", r"\2"),
    (r"[-+]?\d[\d,]*(\.\d+)+(e-?\d+)?\b", "N"),
    (r"\b[0-9a-f]{4,}\b", "ID"),
    (r"[-+]?\d[\d.,]*(e-?\d+)?", "N"),
    (r"\bN min N s\b", "N s"),
    (r"─+", "─"),
)


def written(built: Path) -> str:
    """Return the page, from what the tests left."""
    by_verb: dict[str, list[dict[str, str]]] = {}
    for one in json.loads((built / "replies.json").read_text("utf-8")):
        if not VERBS[one["verb"]].plumbing:
            by_verb.setdefault(one["verb"], []).append(one)
    return _INTRODUCTION + "".join(_section(verb, by_verb[verb]) for verb in sorted(by_verb))


def _section(verb: str, found: list[dict[str, str]]) -> str:
    return f"\n## {verb}\n\n{VERBS[verb].summary}\n" + "".join(map(_reply, found))


def _reply(one: Mapping[str, str]) -> str:
    alt = html.escape(f"The reply to {one['typed']}")
    source = f"images/displays/{one['name']}"
    lines = one["text"].rstrip().split("\n")
    text = "\n".join(line.rstrip() for line in (lines if len(lines) <= _LONGEST else [*lines[: _LONGEST - 1], "..."]))
    return (
        f'\n<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{source}-dark.png">\n'
        f'  <img alt="{alt}" src="{source}-light.png">\n</picture>\n\n```text\n{text}\n```\n'
    )


def main(built: Path) -> None:
    """Write the page and its pictures anew."""
    text = written(built)
    PAGE.write_text(text, "utf-8")
    shutil.rmtree(IMAGES, ignore_errors=True)
    IMAGES.mkdir(parents=True)
    for name in sorted(set(re.findall(r"images/displays/([\w-]+)-light\.png", text))):
        for theme in THEMES:
            shutil.copy(built / f"{name}-{theme}.png", IMAGES)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "displays")
