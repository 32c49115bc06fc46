from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces import cli
from jupyter_mlc.faces.shells import script, suggestions
from jupyter_mlc.verbs.base import Complete


class Registry:
    """Knows a few versions."""

    def columns(self, dataset: str) -> list[str]:
        return ["hour", "late"] if dataset == "flights" else []

    def names(self, kind: Complete, prefix: str) -> list[str]:
        known = ["churn", "churn:1", "churn:2"] if kind is Complete.VERSION else []
        return [name for name in known if name.startswith(prefix)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("jupyter mlc pro", ["promote"]),
        ("jupyter-mlc pro", ["promote"]),
        ("/opt/bin/jupyter mlc promote churn:", ["churn:1", "churn:2"]),
        ("jupyter mlc edit churn --tier=h", ["--tier=high"]),
        ("jupyter lab pro", []),
        ("", []),
    ],
)
def test_a_command_line_is_completed(line: str, words: list[str]) -> None:
    assert suggestions(Registry(), "zsh", line) == words


def test_bash_counts_from_the_last_mark() -> None:
    assert suggestions(Registry(), "bash", "jupyter mlc promote churn:") == ["1", "2"]
    assert suggestions(Registry(), "bash", "jupyter mlc edit churn --tier=h") == ["high"]
    assert suggestions(Registry(), "bash", "jupyter mlc promote chu") == ["churn", "churn:1", "churn:2"]


def test_a_shell_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        script("bsh")
    assert caught.value.text == "there is no completion for 'bsh'\ndid you mean bash or zsh?"
    with pytest.raises(BadInput) as caught:
        script("")
    assert caught.value.text == "completion for which shell?\nwrite jupyter mlc --completion bash or zsh"


def test_the_command_prints_what_the_shells_evaluate(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--completion", "zsh"]) == 0
    assert "compdef _jupyter_mlc jupyter-mlc jupyter" in capsys.readouterr().out
    assert cli.main(["--complete", "bash", "jupyter mlc promo"]) == 0
    assert capsys.readouterr().out == "promote\n"


@pytest.mark.slow
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    typed = "COMP_WORDS=(jupyter mlc promo); COMP_LINE='jupyter mlc promo'; COMP_POINT=17"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"{script('bash')}\n{typed}; _jupyter_mlc; echo ${{COMPREPLY[@]}}"],
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (done.stdout, done.stderr) == ("promote\n", "")
