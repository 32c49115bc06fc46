"""The cell below ``%%mlc``, executed as a cell of its own."""

from __future__ import annotations

import ast
import inspect
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def execute(shell: InteractiveShell, source: str) -> BaseException | None:
    """Execute a cell in the notebook's namespace and show its last value; returns what it raised.

    Nothing is caught for good: whoever calls raises it again once the run is ended.
    """
    __tracebackhide__ = True
    try:
        _execute(shell, source)
    except BaseException as error:  # noqa: BLE001 (an interrupt ends the run as well)
        return error
    return None


def awaits(shell: InteractiveShell, source: str) -> bool:
    """Whether a cell awaits outside functions; within a magic the loop that would go on meanwhile is held up."""
    # what is wrong with the cell is told once it is executed
    with suppress(SyntaxError, ValueError), warnings.catch_warnings(action="ignore"):
        code = shell.transform_cell(source)  # type: ignore[no-untyped-call]
        flags = shell.compile.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return bool(compile(code, "<cell>", "exec", flags, dont_inherit=True).co_flags & inspect.CO_COROUTINE)
    return False


def _execute(shell: InteractiveShell, source: str) -> None:
    __tracebackhide__ = True
    code = shell.transform_cell(source)  # type: ignore[no-untyped-call]
    name = shell.compile.cache(code, _count(shell), raw_code=source)
    tree = shell.transform_ast(shell.compile.ast_parse(code, filename=name))  # type: ignore[no-untyped-call]
    last = _last_expression(tree, code, shell)
    flags = shell.compile.flags
    exec(compile(tree, name, "exec", flags, dont_inherit=True), shell.user_ns)  # noqa: S102 (the person's own cell)
    if last is not None:
        code_of_last = compile(last, name, "eval", flags, dont_inherit=True)
        _show(eval(code_of_last, shell.user_ns))  # noqa: S307 (the person's own cell)


def _count(shell: InteractiveShell) -> int:
    """The number of the cell that is being executed; releases of IPython differ in when they count on."""
    history = shell.history_manager
    return len(history.input_hist_raw) - 1 if history is not None else shell.execution_count


def _last_expression(tree: ast.Module, code: str, shell: InteractiveShell) -> ast.Expression | None:
    """Take the last statement off where its value is to be shown."""
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return None
    if shell.displayhook.semicolon_at_end_of_expression(code):  # type: ignore[no-untyped-call]
        return None
    statement = tree.body.pop()
    return ast.Expression(statement.value) if isinstance(statement, ast.Expr) else None


def _show(value: object) -> None:
    if value is None:
        return
    from IPython.display import display

    sys.stdout.flush()
    display(value)  # type: ignore[no-untyped-call]
