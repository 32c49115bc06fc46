"""What a verb looks like in Python: signature, docstring, and the stub by which editors and mypy know it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from textwrap import indent, wrap
from typing import Any, get_args

from jupyter_mlc.faces.fields import choices, is_repeatable
from jupyter_mlc.faces.help import groups, typed_fields
from jupyter_mlc.verbs.base import VERBS, Argument, Parse, Verb

_WIDTH = 110
_RETURNS = {"load": "Any"}
"""where the caller gets something else than the reply"""
_HEAD = '''"""Model lifecycle management from within Jupyter notebooks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from jupyter_mlc.domain.entities import Scalar
from jupyter_mlc.domain.errors import MlcError as MlcError
from jupyter_mlc.faces.runs import Run
{imports}

__version__: str

def load_ipython_extension(shell: InteractiveShell, *, greet: bool = True) -> None: ...
def unload_ipython_extension(shell: InteractiveShell) -> None: ...
def run(
    name: str,
    /,
    note: str = "",
    *,
    param: Mapping[str, Scalar] | None = None,
    tag: Mapping[str, str] | None = None,
    **params: Scalar,
) -> Run:
    """Start a run: ``with mlc.run("churn", C=1) as run: run.log(auc=.7)``."""

'''


def signature_of(verb: Verb) -> inspect.Signature:
    """The function's signature; options are keywords, any number of words are any number of arguments."""
    fields = sorted(typed_fields(verb), key=_order)
    return inspect.Signature([_parameter(argument) for argument in fields], return_annotation=returns(verb))


def _order(argument: Argument) -> tuple[int, bool]:
    return _kind(argument).value, not argument.required


def _kind(argument: Argument) -> Any:
    if not argument.described.positional:
        return inspect.Parameter.KEYWORD_ONLY
    is_open = is_repeatable(argument) and argument.described.parse is not Parse.VALUES
    return inspect.Parameter.VAR_POSITIONAL if is_open else inspect.Parameter.POSITIONAL_OR_KEYWORD


def _parameter(argument: Argument) -> inspect.Parameter:
    kind = _kind(argument)
    has_default = not argument.required and kind is not inspect.Parameter.VAR_POSITIONAL
    default = argument.default if has_default else inspect.Parameter.empty
    return inspect.Parameter(argument.name, kind, default=default, annotation=annotation(argument))


def returns(verb: Verb) -> str:
    """The name of the type that the function gives."""
    return _RETURNS.get(verb.name, verb.reply.__name__)


_NAMED = {str: "str", int: "int", float: "float", bool: "bool"}


def annotation(argument: Argument) -> str:
    """The type of an argument as it is written in Python."""
    optional = " | None" if type(None) in get_args(argument.type) else ""
    if argument.described.parse in {Parse.OBJECT, Parse.DATA, Parse.METRIC}:
        return "object"
    if argument.described.parse is Parse.TIME:
        return f"str | date | int{optional}"
    if argument.described.parse is Parse.VALUES:
        return _mapping(argument)
    if choices(argument):
        return f"{argument.plain_type.__name__} | str{optional}"
    if is_repeatable(argument):
        return "str | Sequence[str]"
    return _NAMED.get(argument.plain_type, "object") + optional


def _mapping(argument: Argument) -> str:
    kind = (*get_args(argument.plain_type), Any)[1]
    return f"Mapping[str, {_NAMED.get(kind, 'object' if kind in {object, Any} else 'Scalar')}]"


def documentation(verb: Verb) -> str:
    """The function's docstring."""
    fields = sorted(typed_fields(verb), key=_order)
    parameters = [line for argument in fields for line in _described(argument)]
    blocks = [verb.summary, verb.details, _section("Parameters", parameters) if parameters else ""]
    return "\n\n".join([*filter(None, blocks), _section("Returns", [returns(verb)])])


def _described(argument: Argument) -> list[str]:
    star = "*" if _kind(argument) is inspect.Parameter.VAR_POSITIONAL else ""
    one_of = f"; one of {', '.join(choices(argument))}" if choices(argument) else ""
    text = wrap(argument.described.description + one_of, _WIDTH)
    return [f"{star}{argument.name} : {annotation(argument)}", *(f"    {line}" for line in text)]


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, "-" * len(title), *lines])


def stub(verbs: Mapping[str, Verb] = VERBS) -> str:
    """The text of ``jupyter_mlc/__init__.pyi``."""
    offered = [verb for verb in verbs.values() if not verb.plumbing and verb.name != "run"]
    single = [_declared(verb) for verb in offered if not verb.group]
    grouped = [_class(group, [verb for verb in offered if verb.group == group]) for group in groups(verbs)]
    return _HEAD.replace("{imports}", "\n".join(_imports(offered))) + "".join([*single, *grouped])


def _imports(verbs: Sequence[Verb]) -> list[str]:
    replies = [verb.reply for verb in verbs if verb.name not in _RETURNS]
    enums = [a.plain_type for verb in verbs for a in typed_fields(verb) if choices(a)]
    found = {(kind.__module__, kind.__name__) for kind in [*replies, *enums]}
    modules = sorted({module for module, _ in found})
    return [f"from {m} import {', '.join(sorted(name for module, name in found if module == m))}" for m in modules]


def _declared(verb: Verb) -> str:
    parts: list[str] = []
    for parameter in signature_of(verb).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
        parts.append(f"{star}{parameter.name}: {parameter.annotation}{_default(parameter.default)}")
    name = verb.python_name.rpartition(".")[2]
    arguments = "".join(f"    {part},\n" for part in parts)
    opened = f"(\n{arguments})" if parts else "()"
    return f'def {name}{opened} -> {returns(verb)}:\n    """{verb.summary}"""\n\n'


def _default(value: object) -> str:
    if value is inspect.Parameter.empty:
        return ""
    is_plain = value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, StrEnum))
    if not is_plain:
        return " = ..."
    return f" = {json.dumps(value)}" if isinstance(value, str) else f" = {value!r}"


def _class(group: str, verbs: Sequence[Verb]) -> str:
    methods = "".join(f"@staticmethod\n{_declared(verb)}" for verb in verbs)
    return f"class _{group.capitalize()}:\n{indent(methods, '    ')}{group}: _{group.capitalize()}\n\n"
