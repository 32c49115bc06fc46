"""Which parameters a notebook has: what its cell tagged ``parameters`` assigns, with types, defaults and comments.

Of Python the cell's own syntax tells, at no cost; of other languages papermill's translators, which are loaded then.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlc.domain.jobs import JobParameter

TAG = "parameters"
INJECTED = "injected-parameters"
"""the tag of the cell in which papermill, and we, put the values that were given"""
KINDS = ("bool", "int", "float", "str", "list", "dict")
_SAME: Mapping[str, str] = {
    "tuple": "list",
    "sequence": "list",
    "mapping": "dict",
    "boolean": "bool",
    "string": "str",
    "double": "float",
    "integer": "int",
    "numeric": "float",
    "path": "str",
}
_TYPE_COMMENT = re.compile(r"#\s*type:\s*(?P<type>[^\s#]+)\s*(?P<help>.*)")


def tags_of(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """A cell's tags."""
    found = cell.get("metadata", {}).get("tags", ())
    return tuple(str(tag) for tag in found) if isinstance(found, list) else ()


def has_parameters(content: Mapping[str, Any]) -> bool:
    """Whether a notebook says which parameters it has."""
    return _cell(content) is not None


def parameters_of(content: Mapping[str, Any]) -> tuple[JobParameter, ...]:
    """The parameters that a notebook declares, in the order in which it does.

    Parameters
    ----------
    content : mapping
        The notebook, as JSON.
    """
    cell = _cell(content)
    if cell is None:
        return ()
    if language_of(content) == "python":
        return tuple(_declared(cell["source"]))
    return _by_papermill(cell, content)


def language_of(content: Mapping[str, Any]) -> str:
    """The language of a notebook's cells, in lower case."""
    metadata = content.get("metadata", {})
    for group, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(group, {}).get(key) if isinstance(metadata.get(group), dict) else None
        if found:
            return str(found).lower()
    return "python"


def _cell(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((cell for cell in content["cells"] if TAG in tags_of(cell)), None)


def _declared(source: str) -> Iterator[JobParameter]:
    """What Python assigns; a cell that is no Python declares nothing, and says so when it runs."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return
    comments = _comments(source)
    found: dict[str, JobParameter] = {}
    for node in body:
        for name, annotation, value in _assigned(node):
            declared, said = _said(comments.get(node.end_lineno or node.lineno, ""))
            named = annotation or declared
            kind = kind_named(named) if named else _kind_of(value)
            found[name] = JobParameter(name=name, type=kind, default=ast.unparse(value), help=said)
    yield from found.values()


def _assigned(node: ast.stmt) -> Iterator[tuple[str, str, ast.expr]]:
    """Name, annotation and value of what a statement assigns."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, ast.unparse(node.annotation).strip("'\""), node.value
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, "", node.value


def _comments(source: str) -> dict[int, str]:
    """The comment of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _said(comment: str) -> tuple[str, str]:
    """The type that a comment declares, ``# type: int``, and what else it says."""
    found = _TYPE_COMMENT.fullmatch(comment)
    return (found["type"], found["help"].strip()) if found else ("", comment.lstrip("# ").rstrip())


def kind_named(annotation: str) -> str:
    """The kind that an annotation names; empty where it names none, or leaves several open."""
    word = re.split(r"[\[(\s]", annotation.strip().lower().rpartition(".")[2], maxsplit=1)[0]
    if "|" in annotation or word in {"optional", "union"}:
        return ""
    return word if word in KINDS else _SAME.get(word, "")


def _kind_of(value: ast.expr) -> str:
    """The kind of a default that is a literal."""
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return ""
    name = type(found).__name__
    return name if name in KINDS else _SAME.get(name, "")


def _by_papermill(cell: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[JobParameter, ...]:
    """What papermill's translator of the notebook's language finds; nothing where there is none that can look."""
    from papermill.exceptions import PapermillException
    from papermill.translators import papermill_translators

    kernel = str(content["metadata"].get("kernelspec", {}).get("name", ""))
    try:
        found = papermill_translators.find_translator(kernel, language_of(content)).inspect(cell)
    except (NotImplementedError, PapermillException):
        return ()
    return tuple(
        JobParameter(name=each.name, type=kind_named(each.inferred_type_name), default=each.default, help=each.help)
        for each in found
    )
