"""``jupyter mlc``: the same words as after ``%mlc``."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, Interrupted, MlcError, Unavailable
from jupyter_mlc.faces.arguments import Call, parse_words, wants_json
from jupyter_mlc.faces.help import HelpText, everything, overview
from jupyter_mlc.faces.spelling import as_command, as_next_step, told
from jupyter_mlc.verbs.base import VERBS, Reply, Verb

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

DONE, ERROR, USAGE, INTERRUPTED = 0, 1, 2, 130
"""besides these, 3 where the answer is no and 4 where a request was opened: a reply knows"""
_CODES: Mapping[type[MlcError], int] = {BadInput: USAGE, Interrupted: INTERRUPTED}
_NOTEBOOKS_ONLY = {
    "run": 'with mlc.run("NAME") as run: ... in a script, or %%mlc run NAME in a notebook',
    "load": 'mlc.load("REF") in a script, or m = %mlc load REF in a notebook',
    "use": 'export MLC_REGISTRY=URL, or registry = "URL" under [tool.mlc] in pyproject.toml',
}
"""verbs that last only as long as their process, and what does the same from a command line"""
_IN_FILES = ("clf --data train --metric auc=auc", "model.joblib --data train.csv --metric auc=0.71")
"""what an example takes from a notebook, and from files"""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line; returns the exit code."""
    _have_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no "·" is no reason to fail
    with warnings.catch_warnings():
        warnings.showwarning = _warned
        return _code(words)


def _have_streams() -> None:
    """Open what a caller has closed, in order: else a database gets its number, and warnings are written there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 (as long as the process)
            os.set_inheritable(stream.fileno(), True)  # noqa: FBT003 (the standard library's)
            setattr(sys, name, stream)


def _code(words: Sequence[str]) -> int:
    try:
        if not words:
            _out(overview(_lasting()).spelled(_with_files))
            return DONE
        special = _SPECIAL.get(words[0])
        code = special(words[1:]) if special else _carry_out(words)
    except MlcError as error:
        return _refused(error, words)
    except KeyboardInterrupt:
        return _refused(Interrupted("interrupted"), words)
    except BrokenPipeError:
        _stop_writing()  # whoever read has seen enough
        return DONE
    return code


def _refused(error: MlcError, words: Sequence[str]) -> int:
    """Tell a refusal, with ``--json`` as the wire does besides; returns the exit code."""
    _tell(told(error, as_next_step))
    if wants_json(words):
        from jupyter_mlc.faces.called import error_body

        error.hint = as_next_step(error.hint)
        with contextlib.suppress(OSError, Unwritten):
            _out(error_body(error).decode("utf-8", "replace"))
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), ERROR)


class Unwritten(Unavailable):
    """The answer cannot be written where it was to go."""


def _out(text: str, end: str = "\n") -> None:
    """Write to the standard output at once: what goes wrong there is no bug, and told before the exit code is known."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        _stop_writing()
        raise Unwritten(
            f"the answer cannot be written: {error.strerror}", hint="the command has ended; only its answer is lost"
        ) from None


def _stop_writing() -> None:
    """Let go of the standard output: Python flushes once more at exit, and that must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _warn(text: str) -> None:
    _tell(f"warning: {as_next_step(text)}")


def _warned(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object, **__: object
) -> None:
    """What is meant for the person at the terminal is told in words, anything else as Python does."""
    if category is UserWarning:
        _warn(str(message))
    else:
        _tell(warnings.formatwarning(message, category, filename, lineno).rstrip("\n"))


def _carry_out(words: Sequence[str], verbs: Mapping[str, Verb] = VERBS) -> int:
    call = parse_words(words, verbs=verbs)
    if isinstance(call, HelpText):
        _out(call.spelled(as_command))
        return DONE
    _refuse_what_does_not_last(call.verb)
    with contextlib.closing(_desk()) as desk:
        answer = _answered(desk, call)
    if not isinstance(answer, Reply):
        raise TypeError(type(answer))
    if not call.quiet:
        _show(answer, as_json=call.json)
    return answer.exit_code


def _refuse_what_does_not_last(verb: Verb) -> None:
    if verb.name in _NOTEBOOKS_ONLY:
        message = f"{verb.name} would last only as long as this command"
        raise BadInput(message, hint=f"write {_NOTEBOOKS_ONLY[verb.name]}")


def _desk() -> Desk:
    from jupyter_mlc.faces.desk import Desk

    return Desk()


def _answered(desk: Desk, call: Call) -> object:
    from jupyter_mlc.faces.progress import Bar, TerminalLine

    desk.ask = _ask if sys.stdin.isatty() else None
    desk.warn = _warn
    desk.say = _out
    desk.tell = partial(_tell_unshown, call.quiet)
    if not sys.stderr.isatty():
        return desk.carry_out(call)
    desk.progress = bar = Bar(line=TerminalLine(stream=sys.stderr))
    try:
        return desk.carry_out(call)
    finally:
        bar.end()


def _tell_unshown(quiet: bool, warnings: Sequence[str], reply: Reply | None) -> None:  # noqa: FBT001 (is bound at once)
    """Tell what is not told with the reply, which is shown unless somebody wants it quiet."""
    for warning in warnings if quiet or reply is None else ():
        _warn(warning)


def _ask(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _show(reply: Reply, *, as_json: bool) -> None:
    if as_json:
        from jupyter_mlc.faces.plain import plain_data

        _out(json.dumps(plain_data(reply.respelled(as_next_step)), ensure_ascii=False, allow_nan=False))
    else:
        _out(_text(reply))


def _text(reply: Reply) -> str:
    from jupyter_mlc.faces.display import as_text

    return as_text(reply, spell=as_next_step)


def _help(words: Sequence[str]) -> int:
    """Every verb that a command line carries out; with words, the page of one."""
    if words:
        return _carry_out([*words, "--help"])
    _out(everything(_lasting()).spelled(as_command))
    return DONE


def _lasting() -> dict[str, Verb]:
    """The verbs that a command line carries out."""
    return {name: verb for name, verb in VERBS.items() if name not in _NOTEBOOKS_ONLY}


def _with_files(text: str) -> str:
    """An example as a command line has it, where no variables are."""
    return as_command(text.replace(*_IN_FILES))


def _version(_words: Sequence[str]) -> int:
    from jupyter_mlc import __version__

    _out(f"jupyter_mlc {__version__}")
    return DONE


def _completion(words: Sequence[str]) -> int:
    from jupyter_mlc.faces.shells import script

    _out(script(words[0] if words else ""), end="")
    return DONE


def _complete(words: Sequence[str]) -> int:
    """Called by the completion scripts: what the last word of a line may be, one suggestion a line."""
    from jupyter_mlc.faces.shells import suggestions

    with contextlib.closing(_desk()) as desk:
        _out("\n".join(suggestions(desk, *words)))
    return DONE


_SPECIAL: Mapping[str, Callable[[Sequence[str]], int]] = {
    "help": _help,
    "--help": _help,
    "-h": _help,
    "--version": _version,
    "--completion": _completion,
    "--complete": _complete,
}

if __name__ == "__main__":
    sys.exit(main())
