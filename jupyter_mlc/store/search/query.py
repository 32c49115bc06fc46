"""A query as people write it becomes conditions: which field, which comparison, which values, and where in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mlc.domain.errors import BadInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark, Token, UnexpectedInput

PLAIN_FIELDS = (
    *("name", "model", "number", "version", "stage", "alias", "owner", "author", "created", "job"),
    *("format", "class", "library", "note", "dataset"),
)
KEYED_FIELDS = ("metrics", "params", "tags", "eval")
_FIELDS_SHOWN = f"{', '.join(PLAIN_FIELDS)}, tags.KEY, metrics.KEY, params.KEY, eval.DATASET.KEY"
_LONGEST = 20_000
_MOST_CONDITIONS = 200
_DEEPEST = 100
_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Text:
    """The text that is being read; it makes the errors that point into it."""

    text: str

    def wrong(self, at: int, reason: str, hint: str = "") -> BadInput:
        """A refusal that shows the line with a caret below the position."""
        begin = self.text.rfind("\n", 0, at) + 1
        line = self.text[begin:].split("\n", 1)[0]
        cut = max(0, at - begin - _SHOWN // 2)
        shown = line[cut : cut + _SHOWN].replace("\t", " ")
        return BadInput(f"{reason}\n    {shown}\n    {' ' * (at - begin - cut)}^", hint=hint)


class UnknownField(BadInput):
    """A field that no query knows, though it may be the key of a metric, a parameter or a tag."""

    def __init__(self, refusal: BadInput, spelled: str) -> None:
        super().__init__(refusal.message, refusal.hint)
        self.spelled = spelled


@dataclass(frozen=True, kw_only=True)
class Field:
    """What is compared or ordered by: a field's name, and the key where the field has keys."""

    name: str
    key: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Value:
    """A value as it was written; `kind` is number, word, truth, none or date."""

    kind: str
    value: float | str
    spelled: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One comparison: ``=``, ``<>``, ``<``, ``<=``, ``>``, ``>=``, in, like or null."""

    field: Field
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Conditions joined by ``AND`` or ``OR``, or one denied by ``NOT``."""

    word: str
    parts: tuple[Node, ...]
    depth: int


Node: TypeAlias = Condition | Joined


@dataclass(frozen=True, kw_only=True)
class Within:
    """The versions among which a query looks: all, those of a model, or some of them by number."""

    model: str = ""
    first: int | None = None
    last: int | None = None

    def conditions(self) -> list[Node]:
        """The same as a query would say it."""
        model = Value(kind="word", value=self.model, spelled=self.model, at=0)
        found: list[Node] = [Condition(field=Field(name="name", key="", at=0), operator="=", values=(model,))]
        for operator, number in ((">=", self.first), ("<=", self.last)):
            if number is not None:
                bound = Value(kind="number", value=float(number), spelled=str(number), at=0)
                found.append(Condition(field=Field(name="number", key="", at=0), operator=operator, values=(bound,)))
        return found if self.model else []


@dataclass(frozen=True, kw_only=True)
class Ordering:
    """One term of an order."""

    field: Field
    descending: bool


@lru_cache(maxsize=256)
def parse_query(text: str) -> Node | None:
    """Read a query; None where it is empty.

    Raises
    ------
    BadInput
        Where it cannot be read; the message shows the place, the hint says what could stand there.
    """
    source = _readable(text)
    return _Reader(source).read(_parsed(source))


def _readable(text: str) -> Text:
    if len(text) > _LONGEST:
        raise BadInput(f"the query has {len(text)} characters, more than {_LONGEST}", hint="ask for less at a time")
    odd = next((at for at, letter in enumerate(text) if letter == "\0" or "\ud800" <= letter <= "\udfff"), None)
    if odd is not None:
        raise BadInput(f"character {odd + 1} of the query cannot be searched for", hint="remove the odd characters")
    return Text(text=text)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    grammar = files("jupyter_mlc.store.search").joinpath("query.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


def _parsed(source: Text) -> Any:
    from lark import UnexpectedInput

    try:
        return _parser().parse(source.text)
    except UnexpectedInput as error:
        raise _unexpected(source, error) from None


_QUOTED = re.compile(r"""'([^'\\]|\\.)*'|"([^"\\]|\\.)*"|`[^`]*`""", re.DOTALL)
_CALLED = {
    "FIELD": "a field",
    "OPERATOR": "= != < <= > >=",
    "NUMBER": "a number",
    "STRING": "a quoted word",
    "DATE": "a date",
    "TRUTH": "true or false",
    "NONE": "none",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "$END": "the end",
}
_ORDER_OF_WORDS = tuple(_CALLED)
_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_OTHERWISE = {
    "\u2265": ("OPERATOR", ">="),
    "\u2264": ("OPERATOR", "<="),
    "\u2260": ("OPERATOR", "!="),
    "&": ("_AND", "and"),
    "|": ("_OR", "or"),
}
"""what other languages and word processors write: what could stand in its place, and how that is written"""


def _otherwise(found: str, expected: set[str]) -> str:
    """How what was found is written here; empty where that could not stand there."""
    if found and found in _QUOTES:
        return "plain quotes: ' or \""
    kind, written = _OTHERWISE.get(found, ("", ""))
    chained = {"_AND", "_OR"} if "_OR" in expected else set()  # as in `_spoken`
    return written if kind in expected | chained else ""


def _unexpected(source: Text, error: UnexpectedInput) -> BadInput:
    from lark import UnexpectedCharacters, UnexpectedToken

    at = len(source.text.rstrip())
    expected: set[str] = set()
    if isinstance(error, UnexpectedCharacters):
        at = int(error.pos_in_stream or 0)
        expected = _accepted(source.text[:at])
    elif isinstance(error, UnexpectedToken):
        expected = set(error.accepts or error.expected)
        at = at if error.token.type == "$END" else int(error.token.start_pos or 0)
    if source.text[at : at + 1] in {"'", '"', "`"} and not _QUOTED.match(source.text, at):
        return source.wrong(at, "the query has a quote that is not closed:", hint=f"close it with {source.text[at]}")
    if hint := _otherwise(source.text[at : at + 1], expected):
        return source.wrong(at, "the query cannot be read here:", hint=f"write {hint}")
    what = "ends too early" if at >= len(source.text.rstrip()) else "cannot be read here"
    return source.wrong(at, f"the query {what}:", hint=f"here could stand: {_spoken(expected)}")


def _accepted(text: str) -> set[str]:
    """What could follow a beginning; what the state of the parser allows is more than its place in brackets does."""
    parsing = _parser().parse_interactive(text)
    parsing.exhaust_lexer()
    return set(parsing.accepts())  # type: ignore[no-untyped-call]


def _spoken(expected: set[str]) -> str:
    if "_OR" in expected:  # the parser has closed the chain of "and" by the time that it notices
        expected = expected | {"_AND"}
    known = [_CALLED[name] for name in _ORDER_OF_WORDS if name in expected]
    keywords = sorted(name.strip("_").lower() for name in expected - {*_CALLED, "WORD"} if name.startswith("_"))
    return ", ".join([*known, *keywords])


class _Reader:
    """Turns lark's tree into ours, without recursion by depth of the text beyond what is allowed."""

    def __init__(self, source: Text) -> None:
        self._source = source
        self._conditions = 0

    def read(self, tree: Any) -> Node | None:
        return self._node(tree.children[0], 0) if tree.children else None

    def _node(self, tree: Any, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self._source.wrong(0, f"the query is nested more than {_DEEPEST} deep:", hint="simplify it")
        if tree.data in {"both", "either"}:
            parts = tuple(self._node(part, depth + 1) for part in _flat(tree))
            return Joined(word="AND" if tree.data == "both" else "OR", parts=parts, depth=depth)
        if tree.data == "negated":
            return Joined(word="NOT", parts=(self._node(tree.children[0], depth + 1),), depth=depth)
        return self._condition(tree)

    def _condition(self, tree: Any) -> Node:
        self._conditions += 1
        if self._conditions > _MOST_CONDITIONS:
            raise self._source.wrong(0, f"the query has more than {_MOST_CONDITIONS} conditions:", hint="ask for less")
        name, *rest = tree.children
        field = read_field(self._source, str(name), name.start_pos)
        negated = tree.data in {"not_among", "not_alike", "present"}
        self._refuse_none(field, rest)
        condition = Condition(field=field, operator=self._operator(tree), values=tuple(self._values(tree.data, rest)))
        return Joined(word="NOT", parts=(condition,), depth=0) if negated else condition

    def _refuse_none(self, field: Field, rest: list[Any]) -> None:
        """Refuse what nothing but a parameter can be: a metric or a tag is there or is not."""
        tokens = [token for part in rest for token in getattr(part, "children", [part])]
        none = next((token for token in tokens if token.type == "NONE"), None)
        if none is None:
            return
        compared = {str(token) for token in tokens if token.type == "OPERATOR"}
        if field.name != "params":
            raise self._source.wrong(none.start_pos, "only a parameter can be none:", hint="write FIELD is null")
        if compared & {"<", "<=", ">", ">="}:
            raise self._source.wrong(none.start_pos, "nothing is more or less than none:", hint="use = none or != none")

    @staticmethod
    def _operator(tree: Any) -> str:
        if tree.data == "compared":
            return {"==": "=", "!=": "<>"}.get(str(tree.children[1]), str(tree.children[1]))
        return {"among": "in", "alike": "like", "missing": "null"}[_POSITIVE.get(tree.data, tree.data)]

    def _values(self, kind: str, rest: list[Any]) -> Iterator[Value]:
        listed = rest[0].children if kind.endswith("among") else rest[1:] if kind == "compared" else rest
        for token in listed:
            yield self._value(token)

    def _value(self, token: Token) -> Value:
        at, spelled = int(token.start_pos or 0), str(token)
        if token.type == "WORD":
            raise self._source.wrong(at, "a word must be quoted:", hint=f"write '{spelled}'")
        if token.type == "NUMBER":
            return Value(kind="number", value=float(spelled), spelled=spelled, at=at)
        if token.type == "STRING":
            return Value(kind="word", value=_unquoted(spelled), spelled=_unquoted(spelled), at=at)
        if token.type == "NONE":
            return Value(kind="none", value="null", spelled="null", at=at)
        kind = "truth" if token.type == "TRUTH" else "date"
        return Value(kind=kind, value=spelled.lower() if kind == "truth" else spelled, spelled=spelled, at=at)


_POSITIVE = {"not_among": "among", "not_alike": "alike", "present": "missing"}


def _flat(tree: Any) -> list[Any]:
    """The parts of a long chain of one word, which lark nests to the left."""
    parts: list[Any] = []
    node = tree
    while node.data == tree.data:
        parts.append(node.children[1])
        node = node.children[0]
    parts.append(node)
    return parts[::-1]


def _unquoted(text: str) -> str:
    """A quote is doubled or escaped; a backslash before anything but a quote or a backslash is kept, for ``like``."""
    quote = text[0]
    return re.sub(rf"{quote}{quote}|\\(['\"\\])", lambda found: found[1] or quote, text[1:-1])


def read_field(source: Text, spelled: str, at: int) -> Field:
    """A field by its name, with its key where it has keys."""
    name, dot, rest = spelled.partition(".")
    name = name.lower()
    if name in KEYED_FIELDS:
        if not dot:
            raise source.wrong(at, f"{name} needs a key:", hint=f"write {name}.KEY, e.g. {_EXAMPLES[name]}")
        parts = [_bare(part) for part in _KEY_PART.finditer(rest)]
        if name == "eval" and len(parts) == 1:
            raise source.wrong(at, "eval needs a dataset and a metric:", hint=f"write {_EXAMPLES[name]}")
        key = ".".join(parts)
        return Field(name="metrics", key=f"eval.{key}", at=at) if name == "eval" else Field(name=name, key=key, at=at)
    if name in PLAIN_FIELDS and not dot:
        return Field(name={"model": "name", "version": "number"}.get(name, name), key="", at=at)
    if name in PLAIN_FIELDS:
        raise source.wrong(at, f"{name} has no keys:", hint=f"write {name} alone")
    near = did_you_mean(name, (*PLAIN_FIELDS, *KEYED_FIELDS))
    hint = " ".join(filter(None, (near, f"the fields are: {_FIELDS_SHOWN}")))
    raise UnknownField(source.wrong(at, f"there is no field {name!r}:", hint=hint), spelled)


_EXAMPLES = {"metrics": "metrics.auc", "params": "params.C", "tags": "tags.team", "eval": "eval.june.auc"}


_KEY_PART = re.compile(r"`(?:[^`]|``)+`|[^.`]+")


def _bare(part: re.Match[str]) -> str:
    """One part of a key without its backticks."""
    return part[0][1:-1].replace("``", "`") if part[0].startswith("`") else part[0]


_TERM = re.compile(r"\s*([^\W\d]\w*(?:\.(?:[\w-]+|`(?:[^`]|``)+`))*)(?:\s+([A-Za-z]+))?\s*(,|$)")


@lru_cache(maxsize=256)
def parse_order(text: str) -> tuple[Ordering, ...]:
    """Read an order such as ``metrics.auc desc, created``."""
    source, at, terms = _readable(text), 0, []
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None:
            is_minus = text[at:].lstrip().startswith("-")
            hint = "the greatest first is FIELD desc" if is_minus else "write FIELD asc or FIELD desc, parted by commas"
            raise source.wrong(at, "the order cannot be read here:", hint=hint)
        way = (found[2] or "asc").lower()
        if way not in {"asc", "desc"}:
            raise source.wrong(found.start(2), "an order goes up or down:", hint="after a field comes asc or desc")
        terms.append(Ordering(field=read_field(source, found[1], found.start(1)), descending=way == "desc"))
        at = found.end()
        if found[3] and at >= len(text.rstrip()):
            raise source.wrong(found.start(3), "the order ends with a comma:", hint="name another field, or remove it")
    return tuple(terms)


def conjuncts(node: Node | None) -> list[Node]:
    """The conditions that must all hold."""
    if node is None:
        return []
    if isinstance(node, Joined) and node.word == "AND":
        return [inner for part in node.parts for inner in conjuncts(part)]
    return [node]
