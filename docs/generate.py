"""Write what follows from the verbs: the reference, the type stub and the types of the panel.

``python docs/generate.py`` writes them, ``python docs/generate.py --check`` says whether they are up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from docs.wire_types import wire_types
from jupyter_mlc.faces.fields import choices, is_flag, is_repeatable, placeholder
from jupyter_mlc.faces.functions import stub
from jupyter_mlc.faces.help import TWELVE, example, typed_fields, usage
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Argument, Verb, Where

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ("verify",)
"""verbs that answer yes or no"""
HEAD = """\
# The verbs

<!-- Written by docs/generate.py from the verbs themselves; change them there, then type: make generate -->

Every verb is typed in a notebook as shown (`%mlc promote churn:3`), in a terminal after `jupyter mlc`
(`jupyter mlc promote churn:3`), and in Python as a function (`mlc.promote("churn:3")`, after
`import jupyter_mlc as mlc`). The words are the same everywhere. `%mlc VERB --help` shows what stands here.

Every verb takes `--json` (answer with plain data), `--quiet` (say nothing) and `--help`. How a line is read (quotes,
`{expressions}`, comments) is told in the [guide](guide.md#how-a-line-is-read).

In a terminal a verb ends with one of these exit codes:

| code | meaning |
|---|---|
| 0 | done |
| 1 | refused, or it went wrong; the message says why and what to do |
| 2 | the line was not understood |
| 3 | the answer is no |
| 130 | interrupted |
"""
PLUMBING = """\
# For other programs

The verbs below are called by the faces themselves, with facts that nobody types; `%mlc help` does not list them.
"""


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those that are stale."""
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" not in arguments:
        for path in stale:
            path.write_text(generated()[path], "utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not what the verbs say; type: make generate", file=sys.stderr)
    return 1 if stale else 0


def generated() -> dict[Path, str]:
    """Return the text of every file that is written here."""
    return {
        ROOT / "docs" / "reference.md": reference(VERBS),
        ROOT / "jupyter_mlc" / "__init__.pyi": stub(),
        ROOT / "labextension" / "src" / "wire.ts": wire_types(VERBS),
    }


def reference(verbs: Mapping[str, Verb]) -> str:
    """Return the verb reference: the twelve, then the others, then the groups, and at the end the plumbing."""
    offered = sorted((verb for verb in verbs.values() if not verb.plumbing), key=_place)
    plumbing = sorted((verb for verb in verbs.values() if verb.plumbing), key=_place)
    return "\n".join([HEAD, *map(section, offered), PLUMBING, *map(section, plumbing)])


def _place(verb: Verb) -> tuple[str, int, str]:
    return verb.group, TWELVE.index(verb.name) if verb.name in TWELVE else len(TWELVE), verb.name


def section(verb: Verb) -> str:
    """Return one verb's part of the reference."""
    blocks = [
        f"## {verb.name}",
        verb.summary,
        verb.details,
        f"```\n{usage(verb)}\n```",
        table(typed_fields(verb)),
        f"Example: `{example(verb)}`",
        _how_to_call(verb),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def table(fields: Iterable[Argument]) -> str:
    """Return the fields as a Markdown table; the empty string where there are none."""
    rows = [f"| `{_word(field)}` | {_meaning(field)} |" for field in fields]
    return "\n".join(["| word | meaning |", "|---|---|", *rows]) if rows else ""


def _word(field: Argument) -> str:
    if field.described.positional:
        return placeholder(field)
    short = f"-{field.described.short}, " if field.described.short else ""
    return f"{short}{field.option}{'' if is_flag(field) else ' ' + placeholder(field)}"


def _meaning(field: Argument) -> str:
    words = [field.described.description]
    if choices(field):
        words.append("one of " + ", ".join(choices(field)))
    if is_repeatable(field):
        words.append("any number of times" if not field.described.positional else "any number")
    return "; ".join(words).replace("|", "\\|")


def _how_to_call(verb: Verb) -> str:
    codes = "0, 1, 2, 3 or 130" if verb.name in ANSWERS else "0, 1, 2 or 130"
    where = " Where the model is: in a notebook or a Python process." if verb.where is Where.KERNEL else ""
    return f"Python: `mlc.{verb.python_name}(...)` · exit code {codes}.{where}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
