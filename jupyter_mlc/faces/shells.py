"""Completion in a terminal: ``eval "$(jupyter mlc --completion bash)"``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.faces.completion import Completer, Names

_BASH = """\
_jupyter_mlc() {
    if [[ ${COMP_WORDS[0]##*/} == jupyter && ${COMP_WORDS[1]} != mlc ]]; then return; fi
    local IFS=$'\\n'
    COMPREPLY=($(jupyter-mlc --complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
}
complete -o default -F _jupyter_mlc jupyter-mlc jupyter
"""
_ZSH = """\
_jupyter_mlc() {
    if [[ ${words[1]:t} == jupyter && ${words[2]} != mlc ]]; then _default; return; fi
    local -a found
    found=(${(f)"$(jupyter-mlc --complete zsh "$LBUFFER" 2>/dev/null)"})
    compadd -- $found || _default
}
compdef _jupyter_mlc jupyter-mlc jupyter
"""
_SCRIPTS: Mapping[str, str] = {"bash": _BASH, "zsh": _ZSH}
_PARTED_BY_BASH = re.compile(r".*[:=@]")
_COMMAND = re.compile(r"\s*\S*?jupyter(?:-mlc|\s+mlc)\s(?P<words>.*)", re.DOTALL)


def script(shell: str) -> str:
    """What the shell is to evaluate.

    Raises
    ------
    BadInput
        For a shell that we do not know.
    """
    if shell in _SCRIPTS:
        return _SCRIPTS[shell]
    known = " or ".join(_SCRIPTS)
    hint = did_you_mean(shell, _SCRIPTS) or f"write jupyter mlc --completion {known}"
    raise BadInput(f"there is no completion for {shell!r}" if shell else "completion for which shell?", hint=hint)


def suggestions(names: Names, shell: str = "", line: str = "") -> list[str]:
    """What the end of a command line may become, in the parts in which the shell counts words."""
    found = _COMMAND.fullmatch(line)
    if found is None:
        return []
    suggested = Completer(desk=names).suggest(found["words"])
    before = re.split(r"\s", found["words"])[-1].removesuffix(suggested.fragment)
    words = [before + word for word in suggested.words]
    if shell != "bash":
        return words
    cut = _PARTED_BY_BASH.match(before + suggested.fragment)
    return [word[cut.end() :] if cut else word for word in words]
