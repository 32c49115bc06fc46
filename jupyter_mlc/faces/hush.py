"""A ``;`` at the end of a magic's line, or ``--quiet``, hides the display as a ``;`` does after any expression.

IPython looks for the ``;`` in the Python that the line has become, where it lies within a string; so it is repeated
outside. (``output_can_be_silenced`` would take the value as well: ``m = %mlc load churn;`` would give None.)
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces.arguments import is_quiet

_MARKS = ("run_line_magic('mlc'", "run_cell_magic('mlc'")


def hush(lines: Sequence[str]) -> list[str]:
    """Put a ``;`` behind the last statement of a transformed cell where it is a quiet ``%mlc``."""
    source = "".join(lines)
    last = _last_statement(source) if any(mark in source for mark in _MARKS) else None
    if last is None or last.end_lineno is None or not _is_quiet(last):
        return list(lines)
    found = source.splitlines(keepends=True)
    line = found[last.end_lineno - 1].encode()
    found[last.end_lineno - 1] = (line[: last.end_col_offset] + b";" + line[last.end_col_offset :]).decode()
    return found


def _last_statement(source: str) -> ast.stmt | None:
    try:
        return next(iter(ast.parse(source).body[::-1]), None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_quiet(statement: ast.stmt) -> bool:
    """Whether the statement is ``get_ipython().run_line_magic('mlc', '...;')`` and nothing else."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    words = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    if call.func.attr not in {"run_line_magic", "run_cell_magic"} or words[:1] != ["mlc"]:
        return False
    try:
        return is_quiet(str(words[1]))
    except (BadInput, IndexError):
        return False
