"""IPython's source made plain Python, near enough for asking which names a cell binds and uses.

IPython's own transformer is exact but turns magics into calls with strings, which hides the names inside them, and
importing it here would cost more than the analysis is worth.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from dataclasses import dataclass

from jupyter_mlc.capture.words import words

PYTHON_BODY = words("capture debug lprun memit mlc mprun prun pyinstrument snakeviz time timeit")
"""cell magics whose body runs in the notebook's namespace"""
DISPLAY_ONLY = words("HTML SVG html javascript js latex markdown svg")
"""cell magics that bind and change nothing"""
STATEMENT = words("lprun memit prun time timeit")
"""line magics whose words are a statement"""
HARMLESS_MAGIC = words(
    """
    aimport alias autoreload cd colors conda config doctest_mode hist history load_ext ls lsmagic magic matplotlib
    mlc notebook page pdb pdef pdoc pfile pinfo pinfo2 pip pprint precision psearch psource pwd pylab quickref
    recall reload_ext save unload_ext uv watermark who who_ls xmode
    """
) | {"whos"}  # codespell:ignore whos
"""line magics on which no variable depends (what is installed is in the environment lock)"""
HARMLESS_COMMAND = words(
    """
    cat date df du echo free head hostname ls nproc nvidia-smi pip pwd tail top uname uv wc which
    """
)

_CELL_MAGIC = re.compile(r"\s*%%(\w+)[ \t]*([^\n]*)\n?")
_ASSIGNED = re.compile(r"(\s*)([^\W\d][\w., \t]{0,200}?)\s*=\s*(%\w*|!)(.*)")
_MAGIC = re.compile(r"(\s*)%(\w+)[ \t]*(.*)")
_SHELL = re.compile(r"(\s*)!{1,2}\s*([\w./-]*)")
_HELP = re.compile(r"(\s*)(\?{1,2}[\w.*%]+|%{0,2}[\w.*]+\?{1,2})\s*;?\s*$")
_AS_IT_IS = re.compile(r"(?m)^([ \t]*)([%!].*)")
_OPTIONS = re.compile(r"(?:-\w+[ \t]*\d*[ \t]+)*")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A cell as a syntax tree; `doubtful` where part of it could do anything."""

    tree: ast.Module
    doubtful: bool = False


def plain(source: str) -> Plain:
    """Read a cell as Python, with its magics reduced to the names that they use."""
    tree = _parsed(source)
    if tree is not None:
        return Plain(tree=tree)
    magic = _CELL_MAGIC.match(source)
    if magic:
        return _cell_magic(magic[1], magic[2], source[magic.end() :])
    lines = [_line(line) for line in source.split("\n")]
    code = "\n".join(text for text, _ in lines)
    tree = _parsed(code)
    if tree is None:
        return Plain(tree=_words_as_uses(source), doubtful=True)
    return Plain(tree=tree, doubtful=any(doubtful for _, doubtful in lines))


def meaning(source: str) -> str:
    """Return what is left of a cell without its comments and spelling; of one that is no Python all of it."""
    magic = _CELL_MAGIC.match(source)
    if magic and magic[1] not in PYTHON_BODY:
        return source.strip()
    tree = _parsed(source) or _parsed(_AS_IT_IS.sub(lambda line: f"{line[1]}{line[2].rstrip()!r}", source))
    return ast.dump(tree) if tree is not None else source.strip()


def _parsed(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _cell_magic(name: str, rest: str, body: str) -> Plain:
    if name in DISPLAY_ONLY:
        return Plain(tree=ast.Module(body=[], type_ignores=[]))
    if name not in PYTHON_BODY:
        return Plain(tree=_words_as_uses(rest), doubtful=True)
    inner = plain(body)
    first = _words_as_binding(rest) if name == "capture" else _words_as_uses(rest)
    return Plain(tree=ast.Module(body=[*first.body, *inner.tree.body], type_ignores=[]), doubtful=inner.doubtful)


def _line(line: str) -> tuple[str, bool]:
    """Return the line as plain Python, and whether it could do anything."""
    if not any(mark in line for mark in "%!?"):
        return line, False
    if assigned := _ASSIGNED.match(line):
        indent, target, kind, rest = assigned.groups()
        return f"{indent}{target} = {_tuple(rest) if kind != '!' else 'None'}", False
    if magic := _MAGIC.match(line):
        return _line_magic(*magic.groups())
    if shell := _SHELL.match(line):
        return f"{shell[1]}pass", shell[2] not in HARMLESS_COMMAND
    if help_ := _HELP.match(line):
        return f"{help_[1]}pass", False
    return line, False


def _line_magic(indent: str, name: str, rest: str) -> tuple[str, bool]:
    if name in STATEMENT:
        return indent + (rest[_OPTIONS.match(rest).end() :] or "pass"), False  # type: ignore[union-attr] # matches ""
    return indent + _tuple(rest), name not in HARMLESS_MAGIC


def _tuple(text: str) -> str:
    """Return an expression that uses every name in the text and does nothing with them."""
    names = [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]
    return f"({', '.join(names)},)" if names else "None"


def _words_as_uses(text: str) -> ast.Module:
    return ast.parse(_tuple(text))


def _words_as_binding(text: str) -> ast.Module:
    names = [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]
    return ast.parse("\n".join(f"{name} = None" for name in names))
