"""The verbs as typed Python functions: ``mlc.promote("churn:3", "production", "best on June")``."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass
from functools import lru_cache
from types import FrameType
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, MlcError, did_you_mean
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.fields import all_pairs, choices, converted, is_flag, is_repeatable
from jupyter_mlc.faces.help import groups, typed_fields
from jupyter_mlc.faces.line import Word
from jupyter_mlc.faces.rivals import answer, of_a_run
from jupyter_mlc.faces.signatures import documentation, signature_of, stub
from jupyter_mlc.faces.spelling import as_python, as_typed_here, shell
from jupyter_mlc.faces.values import Named, plain
from jupyter_mlc.verbs.base import VERBS, Argument, Parse, Verb

__all__ = ["Group", "attribute", "attribute_of", "current_desk", "function_of", "names", "run", "stub"]

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Scalar
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.faces.runs import Run


def current_desk() -> Desk:
    """The desk of this notebook, where the extension is loaded unless it is already; else that of the process."""
    here = shell()
    if here is None:
        from jupyter_mlc.faces.desk import script_desk

        return script_desk()
    registry = here.magics_manager.registry
    if "MlcMagics" not in registry:
        from jupyter_mlc import load_ipython_extension

        load_ipython_extension(here, greet=False)
    desk: Desk = registry["MlcMagics"].desk
    return desk


class WrongCall(BadInput, TypeError):
    """A function was called with arguments that it does not have; whoever expects Python's own error gets it."""


def run(
    name: str,
    /,
    note: str = "",
    *,
    param: Mapping[str, Scalar] | None = None,
    tag: Mapping[str, str] | None = None,
    **params: Scalar,
) -> Run:
    """Start a run: ``with mlc.run("churn", C=1) as run: run.log(auc=.7)``.

    Parameters
    ----------
    name : str
        The model that is trained.
    note : str
        What is tried.
    param : mapping, optional
        Parameters whose names are no Python names, or mean something here.
    tag : mapping of str, optional
        Tags of the run.
    **params : bool, int, float, str or None
        What the model is trained with.

    Raises
    ------
    BadInput
        Where a value does not fit.
    """
    from jupyter_mlc.faces.runs import Run

    verb = VERBS["run"]
    if wrong := next((key for key in params if key in _NO_PARAMETERS), None):
        meant = _NO_PARAMETERS[wrong]
        hint = f'{meant}; a parameter of that name: param={{"{wrong}": ...}}'
        raise WrongCall(f"mlc.run has no argument {wrong!r}", hint=hint)
    with _told_in_python(verb):
        both = {**_pairs(_fields(verb)["param"], param or {}), **params}
        values: dict[str, Any] = _values(verb, {"name": name, "note": note, "param": both, "tag": tag or {}}, None)
        return Run(current_desk(), values["name"], values["note"], params=values["param"], tags=values["tag"])


_NO_PARAMETERS = {
    "tags": "did you mean tag=?",
    "params": "did you mean param=?",
    "dry_run": "a run begins at once",
}
"""keywords of a run that are hardly meant as parameters"""
_BY_HAND: Mapping[str, Callable[..., object]] = {"run": run}
"""functions that are more than a call of their verb"""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The verbs of one group: ``mlc.dataset``."""

    name: str
    verbs: Mapping[str, Verb]

    def __getattr__(self, name: str) -> Callable[..., object]:
        return _found(self.verbs, f"{self.name}.{name}", self.__dir__())

    def __dir__(self) -> list[str]:
        return [verb.python_name.rpartition(".")[2] for verb in _offered(self.verbs) if verb.group == self.name]

    def __repr__(self) -> str:
        return f"<mlc.{self.name}: {', '.join(self.__dir__())}>"


@lru_cache(maxsize=256)
def attribute(name: str) -> object:
    """What ``mlc.NAME`` is; see `attribute_of`."""
    return attribute_of(VERBS, name)


def attribute_of(verbs: Mapping[str, Verb], name: str) -> object:
    """A function, or a group of functions.

    Raises
    ------
    AttributeError
        Where there is none; it names the nearest, or the line to type.
    """
    return Group(name=name, verbs=verbs) if name in groups(verbs) else _found(verbs, name, names(verbs))


def names(verbs: Mapping[str, Verb] = VERBS) -> list[str]:
    """The names of all functions and groups."""
    return sorted([*(verb.python_name for verb in _offered(verbs) if not verb.group), *groups(verbs)])


def _offered(verbs: Mapping[str, Verb]) -> list[Verb]:
    return [verb for verb in verbs.values() if not verb.plumbing]


def _found(verbs: Mapping[str, Verb], python_name: str, known: list[str]) -> Callable[..., object]:
    verb = next((verb for verb in _offered(verbs) if verb.python_name == python_name), None)
    if verb is not None:
        return _BY_HAND.get(python_name) or function_of(verb)
    last = python_name.rpartition(".")[2]
    hint = "" if last.startswith("_") else _other_words(last, verbs) or did_you_mean(last, known)
    raise AttributeError(f"jupyter_mlc has no {python_name!r}{'; ' if hint else ''}{hint}")


def _other_words(word: str, verbs: Mapping[str, Verb]) -> str:
    """What to write in place of a word of another tool."""
    line = of_a_run(word)
    if not line:
        return as_typed_here(answer([Word.plain(word)], verbs, None))
    return f"write {line}" + (" inside: with mlc.run(NAME) as run:" if line.startswith("run.") else "")


def function_of(verb: Verb) -> Callable[..., object]:
    """The verb as a function with a signature and a docstring of its own."""
    signature = signature_of(verb)

    def function(*args: object, **more: object) -> object:
        try:
            given = signature.bind(*args, **more).arguments
        except TypeError as error:
            raise _wrong_call(verb, more, error) from None
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        with _told_in_python(verb):
            return current_desk().carry_out(Call(verb=verb, values=_values(verb, given, caller)))

    function.__name__ = verb.python_name.rpartition(".")[2]
    function.__qualname__ = verb.python_name
    function.__module__ = "jupyter_mlc"
    function.__doc__ = documentation(verb)
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _fields(verb: Verb) -> dict[str, Argument]:
    return {argument.name: argument for argument in typed_fields(verb)}


def _values(verb: Verb, given: Mapping[str, object], caller: FrameType | None) -> dict[str, object]:
    fields = _fields(verb)
    return {name: value_of(fields[name], value, caller) for name, value in given.items()}


@contextmanager
def _told_in_python(verb: Verb) -> Iterator[None]:
    """Let a refusal say what to do next as one does it in Python."""
    try:
        yield
    except MlcError as error:
        flags = {field.option: field.name for field in typed_fields(verb) if is_flag(field)}
        error.hint = as_python(as_typed_here(error.hint), flags)
        if isinstance(error, BadInput) and not error.hint:
            error.hint = f"see help(mlc.{verb.python_name})"
        raise


def _wrong_call(verb: Verb, more: Mapping[str, object], error: TypeError) -> WrongCall:
    """What is wrong with the arguments of a call, and which were meant."""
    called = f"mlc.{verb.python_name}"
    known = [name for name, found in signature_of(verb).parameters.items() if found.kind is not found.VAR_POSITIONAL]
    wrong = next((name for name in more if name not in known), None)
    if wrong is None:
        return WrongCall(f"{called}: {error}", hint=f"see help({called})")
    message = f"{called} has no argument {wrong!r}"
    if (opposite := f"no_{wrong}") in known:
        meant = f"leave it out: {opposite}=True is the opposite" if more[wrong] else f"did you mean {opposite}=True?"
        return WrongCall(message, hint=meant)
    of_kind = [f.name for f in typed_fields(verb) if choices(f) and f.plain_type.__name__.lower() == wrong]
    meant = f"did you mean {of_kind[0]}=?" if of_kind else did_you_mean(wrong, known, "{}=".format)
    pairs = [f'{f.name}={{"{wrong}": ...}}' for f in typed_fields(verb) if f.described.parse is Parse.VALUES]
    as_pair = f"; {wrong} itself is given as {' or '.join(pairs)}" if pairs else ""
    return WrongCall(message, hint=meant or f"it has {', '.join(known)}{as_pair}; see help({called})")


def value_of(argument: Argument, value: object, caller: FrameType | None) -> object:
    """An argument as the field's type wants it; models and data come with the name that the caller has for them.

    Raises
    ------
    BadInput
        Where it does not fit the field.
    """
    if value is None and argument.default is not MISSING:
        return argument.default
    if argument.described.parse is Parse.VALUES:
        return _pairs(argument, value)
    if not is_repeatable(argument):
        return _one(argument, value, caller)
    if isinstance(value, Mapping) and argument.described.parse is Parse.DATA:
        return tuple(Named(name=str(key), value=item) for key, item in value.items())
    return tuple(_one(argument, item, caller) for item in _flat(value))


def _flat(value: object) -> list[object]:
    """Several values, whether they came as one, as a list, or as lists among arguments."""
    if not isinstance(value, list | tuple | set):
        return [value]
    return [item for part in value for item in _flat(part)]


def _pairs(argument: Argument, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        what = type(value).__name__
        raise BadInput(f"{argument.name} is a mapping, not {what}", hint=f'write {argument.name}={{"key": value}}')
    return all_pairs(argument, value)


def _one(argument: Argument, value: object, caller: FrameType | None) -> object:
    if is_flag(argument) and not isinstance(plain(value), bool):
        raise BadInput(f"{argument.name} is True or False, not {value!r}", hint=f"write {argument.name}=True")
    if argument.described.parse not in {Parse.OBJECT, Parse.DATA, Parse.METRIC}:
        return converted(argument, value)
    if isinstance(value, str | os.PathLike):
        return Named(name=os.fspath(value), value=os.fspath(value))
    own = str(getattr(value, "__name__", "")) if argument.described.parse is Parse.METRIC else ""
    return Named(name=_name_of(value, caller) or own or argument.name, value=value)


def _name_of(value: object, caller: FrameType | None) -> str:
    """The name by which the caller knows the object."""
    known = {**caller.f_globals, **caller.f_locals} if caller is not None else {}
    return next((name for name, item in known.items() if item is value and not name.startswith("_")), "")
