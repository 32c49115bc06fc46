"""What a word means in the notebook: an expression between braces, a literal, or a name of the notebook."""

from __future__ import annotations

import ast
import builtins
import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jupyter_mlc.domain.errors import BadInput, NotFound, did_you_mean
from jupyter_mlc.faces.line import Kind, Word


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """The names of the notebook, and those of the function in which the line stands."""

    outer: Mapping[str, object]
    inner: Mapping[str, object] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.inner or name in self.outer

    def __getitem__(self, name: str) -> object:
        return self.inner[name] if name in self.inner else self.outer[name]

    def names(self) -> Iterator[str]:
        """Every name that a person would recognise as their own."""
        own = {**self.outer, **self.inner}
        hidden = {"In", "Out", "exit", "quit", "get_ipython", "open"}
        return (name for name in own if not name.startswith("_") and name not in hidden)

    def evaluate(self, expression: str) -> object:
        """The value of a Python expression.

        Raises
        ------
        BadInput
            Where it is no expression, or raises.
        """
        code = _compiled(expression)
        try:
            # Merged, because a comprehension in a separate local scope would not see the function's variables.
            return eval(code, {**self.outer, **self.inner})  # noqa: S307 (what the person typed between braces)
        except NameError as error:
            hint = did_you_mean(error.name or "", [*self.names(), *dir(builtins)])
            raise BadInput(f"{{{expression}}}: {error}", hint=hint) from None
        except Exception as error:
            raise BadInput(f"{{{expression}}} raised {type(error).__name__}: {error}") from error


def _compiled(expression: str) -> types.CodeType:
    """Compile an expression; ``"a": 1`` alone is the dict that it would be with its braces."""
    braced = expression.lstrip()[:1] in {"", '"', "'"}
    for source in [expression.strip(), f"{{{expression}}}"][: 1 + braced]:
        try:
            return compile(source, "<%mlc>", "eval", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    raise BadInput(
        f"{{{expression}}} is no Python expression",
        hint="{...} is evaluated in the notebook; to write a brace, put the text in single quotes",
    )


def whole(word: Word, names: Namespace | None) -> object:
    """The value of a word: an object where it is wholly an expression without a format, else text.

    On the command line, where there is no notebook, nothing is evaluated.
    """
    if names is None:
        return word.text
    if word.expression is not None:
        return _expanded(word.expression, names)
    parts = (_expanded(p.text, names) if p.kind is Kind.EXPRESSION else p.text for p in word.pieces)
    return "".join(str(part) for part in parts)


_JSON_WORDS = re.compile(r"\b(true|false|null)\b")


def _expanded(expression: str, names: Namespace) -> object:
    """The value between braces: JSON as it stands, Python, or Python with a format: ``{auc:.3f}``."""
    if _JSON_WORDS.search(expression):
        try:
            return json.loads(f"{{{expression}}}")
        except ValueError:
            pass
    value_of, colon, form = _format_parts(expression)
    value = names.evaluate(value_of)
    return _formatted(value, form, expression) if colon else value


def _format_parts(expression: str) -> tuple[str, str, str]:
    """``auc:.3f`` as ``auc`` and ``.3f``, where the whole is no expression but the beginning is."""
    if evaluable(expression) or expression.lstrip()[:1] in {'"', "'"}:
        return expression, "", ""
    for found in re.finditer(":", expression):
        if evaluable(expression[: found.start()]):
            return expression[: found.start()], ":", expression[found.end() :]
    return expression, "", ""


def evaluable(expression: str) -> bool:
    """Whether the text is a Python expression."""
    try:
        ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def reaches(word: Word, names: Namespace) -> bool:
    """Whether a word without braces is a part of something in the notebook: ``autumn[:100]``, ``search.best_params_``.

    Nothing is called: ``autumn.head()`` wants its braces.
    """
    if word.has_expression or not word.pieces or word.pieces[0].kind is not Kind.BARE:
        return False
    try:
        found: ast.AST = ast.parse(word.typed, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not isinstance(found, ast.Subscript | ast.Attribute):
        return False
    while isinstance(found, ast.Subscript | ast.Attribute):
        found = found.value
    return isinstance(found, ast.Name) and found.id in names


def with_variable(error: NotFound, values: Iterable[object], names: Namespace) -> NotFound:
    """The refusal, with a word about the variable whose name was typed where its value may have been meant."""
    for value in values:
        several = value if isinstance(value, tuple) else (value,)
        for name in (one for one in several if isinstance(one, str) and repr(one) in error.message):
            if name in names and isinstance(names[name], str):
                said = f"{name} is a variable of the notebook: for its value write {{{name}}}"
                return NotFound(error.message, hint="\n".join(filter(None, (said, error.hint))))
    return error


_CUT_OFF = re.compile(r"(\w+)[\[(.]")


def refuse_torn(words: Sequence[Word], names: Namespace) -> None:
    """Refuse an expression without braces that a space has torn apart: ``df[df.month < 6]`` is three words."""
    for place, word in enumerate(words):
        begin = _CUT_OFF.match(word.typed)
        if begin is None or begin[1] not in names or evaluable(word.typed):
            continue
        joined = (" ".join(each.typed for each in words[place:end]) for end in range(place + 2, len(words) + 1))
        whole_one = next(filter(evaluable, joined), None)
        if whole_one is not None:
            what = f"{word.typed!r} is cut off at a space"
            raise BadInput(what, hint=f"an expression with spaces goes in braces: {{{whole_one}}}")


def _formatted(value: object, form: str, expression: str) -> str:
    try:
        return format(value, form)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{{{expression}}}: {error}", hint="after ':' comes a format such as .3f") from None


_NUMBER_WORDS = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": float("-inf")}
_OTHER_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "none": None}
_RANGE = re.compile(r"range\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?(?:,\s*(-?\d+)\s*)?\)")


def literal(text: str) -> object:
    """The literal that `text` is: a number, text in quotes, True, None, a list, ``range(3)``.

    Nothing is evaluated.

    Raises
    ------
    ValueError
        Where it is no literal.
    """
    folded = text.strip().lower()
    if folded in _NUMBER_WORDS or folded in _OTHER_WORDS:
        return _NUMBER_WORDS.get(folded, _OTHER_WORDS.get(folded))
    if found := _RANGE.fullmatch(text.strip()):
        return range(*(int(number) for number in found.groups() if number is not None))
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise ValueError(text) from None


def looked_up(
    key: str, word: Word, names: Namespace | None, *, or_text: bool = False, is_number: bool = False
) -> object:
    """The value of ``key=word``: an expression, quoted text, a literal, or what the notebook has under that name.

    On the command line the shell has taken the quotes off, so there a word that is no literal is text. With `or_text`
    it is text in a notebook too, unless it names something plain: what is meant for another notebook is rarely here.
    With `is_number` nobody is told to put it in quotes, which make text of it.

    Raises
    ------
    BadInput
        Where the word is none of these.
    """
    if names is not None and (word.has_expression or word.pieces[0].kind is Kind.QUOTED):
        return whole(word, names)
    try:
        return literal(word.typed)
    except ValueError:
        if names is None:
            return word.text
    if or_text:
        return names[word.text] if word.text in names and _is_plain(names[word.text]) else word.text
    if word.text in names:
        return names[word.text]
    if reaches(word, names):
        return names.evaluate(word.typed)
    what = f"{key}={word.typed}: {word.text!r} is no literal, and the notebook has nothing of that name"
    raise BadInput(what, hint=_way_out(key, word, names, is_number=is_number))


def _is_plain(value: object) -> bool:
    """Whether a value can be written down as it is."""
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return value is None or isinstance(value, bool | int | float | str)


def _way_out(key: str, word: Word, names: Namespace, *, is_number: bool) -> str:
    as_text = f'if it is text, put it in quotes: {key}="{word.text}"'
    if is_number:
        as_text = "a number is wanted here, such as 0.93"
    if word.text.startswith("$"):
        return f"write {key}={{{word.text[1:]}}}"
    if evaluable(word.text) and not word.text.isidentifier():
        return f"to have it evaluated, write {key}={{{word.text}}}; {as_text}"
    return did_you_mean(word.text, names.names()) or as_text
