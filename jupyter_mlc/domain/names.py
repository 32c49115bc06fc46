"""Names and references: what a person may call things, and how a version is pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_mlc.domain.errors import BadInput

CHAMPION = "champion"
PREVIOUS = "previous"
LATEST = "latest"
RESERVED_ALIASES = frozenset({CHAMPION, PREVIOUS, LATEST})
RESERVED_FIRST_PARTS = frozenset({"job", "run", "request", "report", "evaluation", "finding", "deployment", "dataset"})
STAGE_WORDS = frozenset({"candidate", "staging", "production", "deprecated", "retired", "archived", "purged"})

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NUMBERED = re.compile(rf"({_PART.pattern}(?:/{_PART.pattern})*)[:@]{_PART.pattern}")
_BARE = re.compile(r"[\w./:@~][\w./:@~+,=-]*")
"""a word that says itself in a line, in IPython and in a shell"""
_LIKE_A_NUMBER = re.compile(r"v?([0-9]+)", re.IGNORECASE)
_LIKE_A_VERSION = re.compile(r"([\w./-]+)(?::v?[0-9]+|@[\w.-]+)", re.IGNORECASE)
_MARKS = re.compile(r"[._-]")
_DIGITS = re.compile("[0-9]")
_LONGEST = 200
_SLIPPED = 4
"""letters of a word in which one letter more or less is no other word"""
_MOST_DIGITS = 18
"""a longer number fits in no database"""
_RULE = "a name is made of letters, digits, '.', '_' and '-', begins with a letter or digit, and '/' parts namespaces"


def folded(name: str) -> str:
    """The form in which names are unique whatever the case."""
    return name.lower()


def can_name(text: str) -> bool:
    """Whether a text could be the name of a model or dataset."""
    return all(_PART.fullmatch(part) for part in text.split("/"))


def check_name(name: str, what: str = "model") -> str:
    """Return `name` where it is a legal name of a model or dataset; raise BadInput where it is not."""
    parts = name.split("/")
    if not can_name(name) or len(name) > _LONGEST:
        rule = _RULE if len(name) <= _LONGEST else f"a name has at most {_LONGEST} characters"
        numbered = _NUMBERED.fullmatch(name)
        hint = f"write {numbered[1]}: the next number comes by itself" if numbered else rule
        raise BadInput(f"{_shortened(name)} cannot name a {what}", hint=hint)
    first = folded(parts[0])
    if first in RESERVED_FIRST_PARTS:
        raise BadInput(
            f"{name!r} cannot name a {what}: {first!r} begins the ids of {first}s",
            hint=f"choose another first part, e.g. my-{first}",
        )
    return name


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant: one letter is other, or it is written in another way, as a-b for a_b.

    What differs in a namespace, in a digit, at the end of a word or in a short word is a series rather than a slip.
    """
    one = folded(name)
    return next((other for other in known if abs(len(other) - len(one)) <= 1 and _is_slip(one, folded(other))), None)


def _is_slip(one: str, other: str) -> bool:
    (space, _, first), (home, _, second) = one.rpartition("/"), other.rpartition("/")
    if space != home or one == other:
        return False
    if not _DIGITS.search(one) and _MARKS.sub("", first) == _MARKS.sub("", second):
        return True
    words, others = _MARKS.split(first), _MARKS.split(second)
    if len(words) != len(others):
        return False
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _is_mistyped(*differing[0])


def _is_mistyped(one: str, other: str) -> bool:
    """Whether two words are one but for two letters swapped, one more or less, or another one within the word."""
    begins = _begin_alike(one, other)
    ends = _begin_alike(one[begins:][::-1], other[begins:][::-1])
    here, there = one[begins : len(one) - ends], other[begins : len(other) - ends]
    if min(len(one), len(other)) < _SLIPPED or not (here + there).isalpha():
        return False
    is_swapped = here == there[::-1] and len(here) == len("ab")
    is_other = len(here) == len(there) == 1 and begins > 0 and ends > 0
    return is_swapped or is_other or {len(here), len(there)} == {0, 1}


def _begin_alike(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def quoted(word: str) -> str:
    """A word as it is typed in a line: in quotes where it would be more than one there, or mean something else."""
    if _BARE.fullmatch(word):
        return word
    return '"' + re.sub(r'(["\\{}])', r"\\\1", word) + '"'


def check_alias(alias: str) -> str:
    """Return `alias` where people may move it; raise BadInput where it is reserved or malformed."""
    if folded(alias) in RESERVED_ALIASES:
        hint = {
            CHAMPION: "the champion is moved by: %mlc promote REF production",
            PREVIOUS: "it follows promotions; to return to it: %mlc rollback NAME",
            LATEST: "it always is the newest version",
        }[folded(alias)]
        raise BadInput(f"the alias {alias!r} is kept by the registry", hint=hint)
    if folded(alias) in STAGE_WORDS:
        raise BadInput(f"{alias!r} is a stage, not an alias", hint=f"to change the stage: %mlc promote REF {alias}")
    if not _PART.fullmatch(alias) or len(alias) > _LONGEST:
        raise BadInput(f"{alias!r} cannot be an alias", hint=_RULE.replace(", and '/' parts namespaces", ""))
    return alias


def number_in(alias: str) -> str | None:
    """The number of a version that an alias would read like, as ``v3`` and ``3`` do."""
    found = _LIKE_A_NUMBER.fullmatch(alias)
    return found[1] if found else None


def model_in(text: str) -> str:
    """The model in a text that reads like a version, as ``churn:3`` and ``churn@best`` do; empty where it does not."""
    found = _LIKE_A_VERSION.fullmatch(text)
    return found[1] if found else ""


def has_number(digits: str, last: int) -> bool:
    """Whether something that is numbered from 1 to `last` has this number."""
    return len(digits) <= _MOST_DIGITS and 1 <= int(digits) <= last


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a person pointed at: a model, one version of it, several, or whatever an alias points to."""

    model: str
    number: int | None = None
    last: int | None = None
    """the end of a range, included"""
    alias: str | None = None

    @property
    def names_a_version(self) -> bool:
        return self.number is not None or self.alias is not None

    def __str__(self) -> str:
        if self.alias is not None:
            return f"{self.model}@{self.alias}"
        if self.number is None:
            return self.model
        end = f"..{self.last}" if self.last is not None else ""
        return f"{self.model}:{self.number}{end}"


_SHAPES = "write NAME:3, NAME:1..3, NAME@champion, NAME:latest or NAME"
_WHOLE = re.compile(
    r"(?P<model>[^:@]+)(?:@(?P<alias>[^:@]+)|:[vV]?(?P<number>[0-9]+)(?:\.\.(?P<last>[0-9]+))?|:(?P<word>[^:@]+))?"
)

_NEWEST = frozenset({"last", "newest", "new", "head", LATEST})
"""what people write for the newest version"""
_BEGUN_RANGE = re.compile(r"v?([0-9]{1,9})(?=[.-])")


def parse_reference(text: str) -> Reference:
    """Read ``churn:3``, ``churn:1..3``, ``churn@champion``, ``churn:latest``, ``churn``, ``models:/churn/3``.

    Raises
    ------
    BadInput
        Where the text has none of these shapes, or the name in it is not legal.
    """
    found = _WHOLE.fullmatch(_ours(text.strip()))
    if "," in text:
        raise BadInput(f"{text!r} points at no version", hint="several are parted by spaces alone: NAME:1 NAME:2")
    if found is None:
        raise BadInput(f"{text!r} points at no version", hint=_SHAPES)
    _refuse_id(text.strip())
    model = check_name(found["model"])
    if found["number"] is not None:
        return _numbered(text, model, found["number"], found["last"])
    alias = found["alias"] or found["word"]
    if alias is None:
        return Reference(model=model)
    if folded(alias) in STAGE_WORDS:
        raise BadInput(
            f"{text!r}: {alias!r} is a stage, and many versions may stand in a stage",
            hint=f"the version in service is {model}@champion; "
            f"those in a stage: %mlc list \"stage = '{folded(alias)}'\"",
        )
    if found["word"] is not None and alias != LATEST:
        hint = f"for an alias write {model}@{alias}" if _PART.fullmatch(alias) else _SHAPES
        if alias.startswith("-") or folded(alias) in _NEWEST:
            hint = f"the newest is {model}:latest"
        elif begun := _BEGUN_RANGE.match(alias):
            hint = f"several are written {model}:{begun[1]}..{int(begun[1]) + 1}, with the first and the last"
        raise BadInput(f"{text!r}: after ':' comes a number or 'latest'", hint=hint)
    if not _PART.fullmatch(alias):
        raise BadInput(f"{text!r} points at no version", hint=_SHAPES)
    return Reference(model=model, alias=alias)


def _refuse_id(text: str) -> None:
    """Refuse ``run/12``, which people ask for wherever a version is told of."""
    kind, slash, _ = text.partition("/")
    if slash and kind in RESERVED_FIRST_PARTS:
        raise BadInput(
            f"{text!r} is a {kind}, and this is about models and versions", hint=f"look at it: %mlc show {text}"
        )


def _ours(text: str) -> str:
    """MLflow's spelling as ours: ``models:/churn/3`` is ``churn:3``."""
    if not text.startswith("models:/"):
        return text
    rest = text.removeprefix("models:/")
    model, slash, last = rest.rpartition("/")
    return f"{model}:{last}" if slash and "@" not in rest else rest


def _numbered(text: str, model: str, first: str, last: str | None) -> Reference:
    if max(len(first), len(last or "")) > _MOST_DIGITS:
        raise BadInput(f"{_shortened(text)}: no version has so high a number", hint=_SHAPES)
    number = int(first)
    if number < 1:
        raise BadInput(f"{text!r}: versions are numbered from 1", hint=_SHAPES)
    if last is None:
        return Reference(model=model, number=number)
    if int(last) < number:
        raise BadInput(f"{text!r}: the range ends before it begins", hint=f"write {model}:{int(last)}..{number}")
    return Reference(model=model, number=number, last=int(last))


def _shortened(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:40]}...")


def parse_version(text: str) -> Reference:
    """Read a reference that must name one version: what moves a version wants a number or an alias."""
    reference = parse_reference(text)
    if not reference.names_a_version or reference.last is not None:
        raise BadInput(f"{text!r} does not name one version", hint=_one_version(reference))
    return reference


def _one_version(reference: Reference) -> str:
    """How one version is written, by whoever wrote a number alone or ``churn/4`` too."""
    namespace, _, last = reference.model.rpartition("/")
    if reference.last is None and last.isdecimal():
        model = namespace or "NAME"
        return f"version {last} of {model} is written {model}:{last}"
    return f"write its number or an alias: {reference.model}:3, {reference.model}@champion"
