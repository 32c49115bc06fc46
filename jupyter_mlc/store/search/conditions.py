"""Conditions become SQL: every word and number bound, every condition true or false, never unknown.

A condition is written about a subject: the row that the search walks along. Where that is the version's own row, its
columns are at hand; where it is a row of an index (a metric, a tag), they are asked for by primary key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import nearest
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.names import LATEST, folded
from jupyter_mlc.store.search.query import Condition, Node, Text, Value
from jupyter_mlc.store.search.times import span

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros

COLUMNS = {
    "name": "model",
    "number": "number",
    "stage": "stage",
    "created": "created",
    "format": "format",
    "class": "class_name",
    "library": "library",
    "note": "note",
}
KEYED = {"metrics": "metric", "params": "param", "tags": "tag"}
PERSON = {
    "author": "SELECT p.name FROM person p WHERE p.id = {author}",
    "owner": "SELECT p.name FROM person p JOIN model o ON o.owner = p.id WHERE o.folded = {model}",
}
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWERED = str.maketrans(_UPPER, _UPPER.lower())


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The row that a search walks along."""

    id: str
    stage: str
    own: bool
    """whether it is the version's own row, ``v``"""

    def about(self, column: str, condition: str) -> str:
        """A condition on a column of the version; ``{}`` stands for the column."""
        if self.own:
            return condition.format(f"v.{column}")
        if column == "stage":
            return condition.format(self.stage)
        text = condition.format(f"v.{column}")
        return f"EXISTS (SELECT 1 FROM version v WHERE v.id = {self.id} AND {text})"  # noqa: S608 (values are bound)


VERSION = Subject(id="v.id", stage="v.stage", own=True)


@dataclass(kw_only=True)
class Compiler:
    """Writes conditions about one subject, and gathers what is bound."""

    source: Text
    subject: Subject = VERSION
    bound: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A parameter that stands for `value`."""
        name = f"p{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def node(self, node: Node) -> str:
        """The SQL of a condition, or of several joined."""
        if isinstance(node, Condition):
            return self._condition(node)
        parts = [self.node(part) for part in node.parts]
        return f"NOT ({parts[0]})" if node.word == "NOT" else "(" + f" {node.word} ".join(parts) + ")"

    def _condition(self, condition: Condition) -> str:
        name = condition.field.name
        if name in KEYED:
            return self._keyed(condition)
        write: Callable[[Condition], str] = {
            "number": self._number,
            "job": self._job,
            "stage": self._stage,
            "alias": self._alias,
            "created": self._created,
            "dataset": self._dataset,
            "owner": self._person,
            "author": self._person,
        }.get(name, self._word)
        return write(condition)

    # Columns of the version

    def _word(self, condition: Condition) -> str:
        """A column of words; a note is null where it is empty."""
        if condition.operator == "null":
            if condition.field.name != "note":
                return "1 = 0"
            return self.subject.about("note", "{} = ''")
        column = COLUMNS[condition.field.name]
        return self.subject.about(column, self._words(condition, fold=folded if column == "model" else str))

    def _words(self, condition: Condition, fold: Callable[[str], str] = str) -> str:
        """A comparison with words, ``{}`` standing for what is compared."""
        words = [fold(self._a_word(value)) for value in condition.values]
        if condition.operator == "like":
            return self._like(condition.values[0])
        return _compared(condition.operator, [self.bind(word) for word in words])

    def _a_word(self, value: Value) -> str:
        if value.kind == "number":
            raise self.source.wrong(value.at, "a word must stand here:", hint=f"write '{value.spelled}'")
        return str(value.value)

    def _like(self, value: Value) -> str:
        """``%`` stands for any letters and ``_`` for one, whatever their case (in ASCII, as both databases can)."""
        pattern = self._a_word(value)
        if re.search(r"(?<!\\)(?:\\\\)*\\$", pattern):
            raise self.source.wrong(value.at, "the pattern ends with a single backslash:", hint=r"write \\\\ for one")
        return f"lower({{}}) LIKE {self.bind(pattern.translate(_LOWERED))} ESCAPE '\\'"

    def _number(self, condition: Condition) -> str:
        if condition.operator == "null":
            return "1 = 0"
        self._refuse_like(condition, "a version's number")
        numbers = [self.bind(self._finite(value)) for value in condition.values]
        return self.subject.about("number", _compared(condition.operator, numbers))

    def _job(self, condition: Condition) -> str:
        """The number of the job in which a version was made; null where it was made in none."""
        if condition.operator == "null":
            return self.subject.about("job", "{} IS NULL")
        self._refuse_like(condition, "a job's number")
        numbers = [self.bind(self._finite(value)) for value in condition.values]
        compared = _compared(condition.operator, numbers).format("j.number")
        known = f"EXISTS (SELECT 1 FROM job j WHERE j.id = {{}} AND {compared})"  # noqa: S608 (values are bound)
        return self.subject.about("job", known)

    def _stage(self, condition: Condition) -> str:
        if condition.operator not in {"=", "<>", "in"}:
            raise self.source.wrong(
                condition.field.at, "a stage is or is not; it is not more or less than another:", hint=_STAGES
            )
        return self.subject.about(
            "stage", _compared(condition.operator, [self.bind(self.stage(v)) for v in condition.values])
        )

    def stage(self, value: Value) -> str:
        """The stage that a value names."""
        word = str(value.value).lower()
        if value.kind == "word" and word in set(Stage):
            return word
        near = nearest(word, Stage)
        raise self.source.wrong(
            value.at, f"there is no stage {value.spelled!r}:", hint=" ".join(filter(None, (near, _STAGES)))
        )

    def _created(self, condition: Condition) -> str:
        if condition.operator == "null":
            return "1 = 0"
        self._refuse_like(condition, "a time")
        spans = [self._span(value) for value in condition.values]
        if condition.operator in {"=", "<>", "in"}:
            within = " OR ".join(f"({{0}} >= {self.bind(a)} AND {{0}} < {self.bind(b)})" for a, b in spans)
            text = f"NOT ({within})" if condition.operator == "<>" else f"({within})"
        else:
            edge = spans[0][condition.operator in {">", "<="}]
            text = f"{{}} {'>=' if '>' in condition.operator else '<'} {self.bind(edge)}"
        return self.subject.about("created", text)

    def _span(self, value: Value) -> tuple[Micros, Micros]:
        """The time that a date, minute or second begins, and the time that the next one begins; in UTC by default."""
        try:
            return span(str(value.value).strip())
        except ValueError:
            raise self.source.wrong(
                value.at, "here must stand a date:", hint="write 2026-06-30 or 2026-06-30T12:00"
            ) from None

    def _refuse_like(self, condition: Condition, what: str) -> None:
        if condition.operator == "like":
            raise self.source.wrong(
                condition.values[0].at, f"like compares words, not {what}:", hint="use = != < <= > >="
            )

    # What a version may have several of

    def _alias(self, condition: Condition) -> str:
        self._refuse_more_or_less(condition, "an alias")
        held = f"EXISTS (SELECT 1 FROM alias a WHERE a.version = {self.subject.id} AND {{}})"  # noqa: S608 (bound)
        if condition.operator == "null":
            return "NOT " + held.format("1 = 1")
        ways = [held.format(self._words(_positive(condition)).format("a.alias"))]
        if condition.operator != "like" and any(value.value == LATEST for value in condition.values):
            ways.append(self.subject.about("id", _NEWEST))
        text = f"({' OR '.join(ways)})"
        return f"NOT {text}" if condition.operator == "<>" else text

    def _dataset(self, condition: Condition) -> str:
        """Datasets are those that the version was trained on."""
        self._refuse_more_or_less(condition, "a dataset")
        held = (
            "EXISTS (SELECT 1 FROM version_dataset u JOIN dataset d ON d.id = u.dataset WHERE u.version = {{}} AND {0})"
        )
        if condition.operator == "null":
            return self.subject.about("id", "NOT " + held.format("1 = 1"))
        text = self.subject.about("id", held.format(self._words(_positive(condition), folded).format("d.folded")))
        return f"NOT {text}" if condition.operator == "<>" else text

    def _person(self, condition: Condition) -> str:
        """``ana`` is Ana at any machine; a person is also known by her id."""
        self._refuse_more_or_less(condition, "a person")
        name = condition.field.name
        if condition.operator == "null":
            return "1 = 0"
        if condition.operator == "like":
            known = self._words(condition).format("p.name")
        else:
            known = " OR ".join(self._called(self._a_word(value)) for value in condition.values)
        text = f"EXISTS ({PERSON[name].format(author='{0}', model='{0}')} AND ({known}))"
        return ("NOT " if condition.operator == "<>" else "") + self.subject.about(
            {"author": "author", "owner": "model"}[name], text
        )

    def _called(self, name: str) -> str:
        begin = f"{name}@"
        named = self.bind(name)
        return f"p.id = {named} OR p.name = {named} OR substr(p.name, 1, {len(begin)}) = {self.bind(begin)}"

    def _refuse_more_or_less(self, condition: Condition, what: str) -> None:
        if condition.operator[0] in "<>" and condition.operator != "<>":
            raise self.source.wrong(
                condition.field.at, f"{what} is or is not, never more or less:", hint="use = != in like"
            )

    # Metrics, parameters, tags

    def _keyed(self, condition: Condition) -> str:
        table = KEYED[condition.field.name]
        # a name of its own: the walk around it goes along such a table too, under another one
        this = f"h.version = {self.subject.id} AND h.key = {self.bind(condition.field.key)}"
        held = f"EXISTS (SELECT 1 FROM {table} h WHERE {this}"  # noqa: S608 (values are bound)
        if condition.operator == "null":
            none = f" AND NOT {self._is_none('h')}" if table == "param" else ""
            return f"NOT {held}{none})"
        return f"{held} AND {self.keyed_value(condition, 'h')})"

    def keyed_value(self, condition: Condition, row: str) -> str:
        """The comparison with the value in a row of metrics, parameters or tags."""
        write = {"metrics": self._metric, "params": self._param, "tags": self._tag}[condition.field.name]
        return write(condition, row)

    def _metric(self, condition: Condition, row: str) -> str:
        self._refuse_like(condition, "numbers")
        numbers = [self._a_number(value) for value in condition.values]
        plain = [number for number in numbers if not math.isnan(number)]
        if len(plain) == len(numbers):
            text = _compared(condition.operator, [self.bind(n) for n in numbers]).format(f"{row}.value")
            # both sides of NOT must be true or false: what is NaN differs from every number
            return (
                f"({text} OR {row}.value IS NULL)"
                if condition.operator == "<>"
                else f"({row}.value IS NOT NULL AND {text})"
            )
        if condition.operator not in {"=", "<>", "in"}:
            raise self.source.wrong(
                condition.values[0].at, "nothing is more or less than nan:", hint="use = nan or != nan"
            )
        if condition.operator == "<>":
            return f"{row}.value IS NOT NULL"
        ways = [f"{row}.value IS NULL", *(f"coalesce({row}.value = {self.bind(n)}, 1 = 0)" for n in plain)]
        return f"({' OR '.join(ways)})"

    def _param(self, condition: Condition, row: str) -> str:
        """A number is compared with the parameter as a number, anything else with it as it is spelled."""
        numbers = [v for v in condition.values if v.kind == "number" and math.isfinite(self._a_number(v))]
        others = [v for v in condition.values if v not in numbers and v.kind != "none"]
        ways = []
        if numbers:
            text = _compared(condition.operator, [self.bind(v.value) for v in numbers]).format(f"{row}.number")
            unequal = condition.operator == "<>"
            ways.append(f"({text} OR {row}.number IS NULL)" if unequal else f"({row}.number IS NOT NULL AND {text})")
        if others:
            ways.append(self._spelled(condition, others).format(f"{row}.value"))
        if any(v.kind == "none" for v in condition.values):
            none = self._is_none(row)
            ways.append(f"NOT {none}" if condition.operator == "<>" else none)
        return f"({' OR '.join(ways)})"

    def _is_none(self, row: str) -> str:
        """Whether a parameter is None, and not the word for it."""
        return f"({row}.value = {self.bind(_NONE)} AND {row}.word = 0)"

    def _tag(self, condition: Condition, row: str) -> str:
        """A tag is a word; a number equals it where it is spelled the same."""
        if condition.operator not in {"=", "<>", "in"} and any(v.kind == "number" for v in condition.values):
            raise self.source.wrong(
                condition.values[0].at,
                "tags are words, and words are more or less by their letters:",
                hint=f"if that is meant, write '{condition.values[0].spelled}'",
            )
        return self._spelled(condition, list(condition.values)).format(f"{row}.value")

    def _spelled(self, condition: Condition, values: list[Value]) -> str:
        if condition.operator == "like":
            return self._like(values[0])
        return _compared(condition.operator, [self.bind(_as_kept(value)) for value in values])

    def _a_number(self, value: Value) -> float:
        if not isinstance(value.value, float):
            raise self.source.wrong(value.at, "here must stand a number:", hint=f"{value.spelled!r} is a {value.kind}")
        return value.value

    def _finite(self, value: Value) -> float:
        number = self._a_number(value)
        if not math.isfinite(number):
            raise self.source.wrong(value.at, "here must stand a finite number:", hint="versions are numbered from 1")
        return number


_NONE = "null"
"""how a parameter that is None is kept"""
_STAGES = f"the stages are: {', '.join(Stage)}"
_NEWEST = (
    "EXISTS (SELECT 1 FROM model o JOIN version n ON n.model = o.folded AND n.number = o.last_number WHERE n.id = {})"
)


def _as_kept(value: Value) -> str:
    """A value as parameters and tags keep it: JSON's spelling, but words as they are."""
    if value.kind == "number" and not math.isfinite(float(value.value)):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value.value)]
    return value.spelled.lower() if value.kind == "truth" else value.spelled


def _positive(condition: Condition) -> Condition:
    """``!=`` of what a version may have several of means that it has not that one."""
    return (
        Condition(field=condition.field, operator="=", values=condition.values)
        if condition.operator == "<>"
        else condition
    )


def _compared(operator: str, bound: list[str]) -> str:
    return f"{{}} IN ({', '.join(bound)})" if operator == "in" else f"{{}} {operator} {bound[0]}"
