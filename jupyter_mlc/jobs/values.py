"""The values that are given for parameters: known, of the declared type, and plain enough to be written down."""

from __future__ import annotations

import ast
import itertools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.domain.jobs import JobParameter

FROM_ENVIRONMENT = "env:"
_RANGE = re.compile(r"range\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?(?:,\s*(-?\d+)\s*)?\)")
_MOST = 10_000
"""jobs of one batch"""
HOW_TO_TAG = (
    "tag the cell that assigns them: in JupyterLab select it, open the property inspector (the gear at the upper "
    'right), and add the tag "parameters"; in the file it is "metadata": {"tags": ["parameters"]}'
)


def checked(
    given: Mapping[str, object], declared: Sequence[JobParameter], notebook: str, *, tagged: bool
) -> dict[str, Any]:
    """The values that were given, each as its parameter wants it.

    Parameters
    ----------
    given : mapping
        What somebody typed.
    declared : sequence of JobParameter
        What the notebook declares.
    notebook : str
        What to call it in a refusal.
    tagged : bool
        Whether it has a cell of parameters at all.

    Raises
    ------
    BadInput
        Where it has none of this name, or the value is of another type.
    """
    known = {each.name: each for each in declared}
    for name in given:
        if not tagged:
            raise BadInput(f"{notebook} has no cell tagged parameters, so {name} cannot be given", hint=HOW_TO_TAG)
        if name not in known:
            near = did_you_mean(name, known)
            listed = f"its parameters are {', '.join(known)}" if known else "its cell of parameters assigns none"
            raise BadInput(f"{notebook} has no parameter {name!r}", hint=near or listed)
    return {name: value if is_secret(value) else coerced(known[name], value) for name, value in given.items()}


def is_secret(value: object) -> bool:
    """Whether a value names an environment variable, ``env:TOKEN``."""
    return isinstance(value, str) and value.startswith(FROM_ENVIRONMENT)


def coerced(parameter: JobParameter, value: object) -> Any:
    """The value as the parameter's declared type wants it.

    Raises
    ------
    BadInput
        Where it cannot be had so without guessing.
    """
    found = plain(parameter.name, value)
    if not parameter.type:
        return found
    try:
        return _AS[parameter.type](found)
    except (ValueError, TypeError, KeyError, OverflowError):
        default = f" (default {parameter.default})" if parameter.default else ""
        said = f"{parameter.name} is declared {parameter.type}{default}, and {_shown(value)} is none"
        raise BadInput(said, hint=f"write -p {parameter.name}={_EXAMPLES[parameter.type]}") from None


def plain(name: str, value: object) -> Any:
    """The value as JSON has it: numbers of numpy, paths and ranges as what they stand for.

    Raises
    ------
    BadInput
        Where it is an object that cannot be written down.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, list | tuple | range):
        return [plain(name, each) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain(name, each) for key, each in value.items()}
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        return plain(name, item())
    raise BadInput(
        f"{name} is a {type(value).__name__}; a job takes numbers, text, lists and mappings, which can be written down",
        hint=f"data goes by the name of a dataset: %mlc dataset add NAME {name}, then -p {name}=NAME",
    )


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value).lower()] if isinstance(value, str) else _no()


def _whole(value: object) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        _no()
    return int(value)  # type: ignore[call-overload, no-any-return]


def _number(value: object) -> float:
    return _no() if isinstance(value, bool) else float(value)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else _no()


def _listed(value: object) -> list[Any]:
    found = literal(value) if isinstance(value, str) else value
    return list(found) if isinstance(found, list | tuple | range) else _no()


def _mapped(value: object) -> dict[str, Any]:
    found = literal(value) if isinstance(value, str) else value
    return dict(found) if isinstance(found, dict) else _no()


def _no() -> Any:
    raise ValueError


_AS: Mapping[str, Callable[[object], Any]] = {
    "bool": _flag,
    "int": _whole,
    "float": _number,
    "str": _text,
    "list": _listed,
    "dict": _mapped,
}
_EXAMPLES = {"bool": "True", "int": "3", "float": "0.3", "str": "text", "list": '"[1, 2]"', "dict": "\"{'a': 1}\""}


def literal(text: str) -> Any:
    """What a text says as a literal, ``range(3)`` among them; nothing is evaluated.

    Raises
    ------
    ValueError
        Where it is none.
    """
    if found := _RANGE.fullmatch(text.strip()):
        return range(*(int(number) for number in found.groups() if number is not None))
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise ValueError(text) from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


def grid_of(given: Mapping[str, object]) -> dict[str, list[Any]]:
    """Each parameter of a grid with the values to try: lists and ranges are parsed, never evaluated.

    Raises
    ------
    BadInput
        Where what was given is no list of values.
    """
    return {name: _tried(name, value) for name, value in given.items()}


def _tried(name: str, value: object) -> list[Any]:
    found = value
    if isinstance(value, str):
        try:
            found = literal(value)
        except ValueError:
            found = [each.strip() for each in value.strip("[]").split(",")] if _is_list_of_words(value) else value
    if not isinstance(found, list | tuple | range):
        hint = f'write --grid "{name}=[0.1, 0.3, 1]" or --grid "{name}=range(3)"'
        raise BadInput(f"--grid {name} wants several values, and {_shown(value)} is one", hint=hint)
    if not found:
        raise BadInput(f"--grid {name} has no values", hint=f'write --grid "{name}=[0.1, 0.3, 1]"')
    return [plain(name, each) for each in found]


def _is_list_of_words(text: str) -> bool:
    """``[JFK, LGA]``, whose words nobody put in quotes."""
    return bool(re.fullmatch(r"\[[\w.:/-]+(\s*,\s*[\w.:/-]+)*\s*\]", text.strip()))


def points(given: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """What each job of a batch is given: the product of the grid, its last parameter changing fastest.

    Raises
    ------
    BadInput
        Where a parameter is given twice, or there would be too many jobs.
    """
    twice = [name for name in grid if name in given]
    if twice:
        raise BadInput(f"{twice[0]} is given by -p and by --grid", hint="give it once")
    count = _count(len(values) for values in grid.values())
    if count > _MOST:
        raise BadInput(f"the grid has {count:,} points", hint=f"a batch has at most {_MOST:,} jobs; try fewer values")
    return [{**given, **dict(zip(grid, point, strict=True))} for point in itertools.product(*grid.values())]


def _count(sizes: Iterable[int]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total
