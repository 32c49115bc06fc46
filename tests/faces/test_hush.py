from __future__ import annotations

import pytest

from jupyter_mlc.faces.hush import hush


def line(text: str) -> str:
    return f"get_ipython().run_line_magic('mlc', {text!r})\n"


@pytest.mark.parametrize("text", ["show a;", "show a; # why", 'show "é";', "show a --quiet", "show --quiet a"])
def test_a_quiet_line_gets_its_semicolon(text: str) -> None:
    assert hush([line(text)]) == [line(text).replace(")\n", ");\n")]


def test_what_stands_before_and_after_stays() -> None:
    cell = ["x = 1\n", line("show a;"), "# why\n"]
    assert hush(cell) == ["x = 1\n", line("show a;")[:-1] + ";\n", "# why\n"]


def test_a_cell_magic_gets_its_semicolon() -> None:
    cell = ["get_ipython().run_cell_magic('mlc', 'run churn;', 'fit()\\n')\n"]
    assert hush(cell) == [cell[0][:-1] + ";\n"]


@pytest.mark.parametrize(
    "cell",
    [
        [line("show a")],
        [line("show 'a;'")],
        [line("show '--quiet'")],
        [line("show -- --quiet")],
        [line("show 'a;")],
        [line("show a;"), "x = 1\n"],
        ["x = " + line("show a;")],
        ["for i in x:\n", "    " + line("show a;")],
        ["get_ipython().run_line_magic('time', 'x;')\n"],
        ["get_ipython().run_line_magic('mlc')\n"],
        [line("show a;"), "1 +\n"],
        ["print('get_ipython().run_line_magic(\\'mlc\\', 1)')\n"],
        ["f(\"run_line_magic('mlc'\")\n"],
        [],
    ],
)
def test_everything_else_stays_as_it_is(cell: list[str]) -> None:
    assert hush(cell) == cell
