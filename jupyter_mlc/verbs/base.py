"""What every verb shares: how a request field is described, what a request and a reply carry, what a verb is."""

from __future__ import annotations

import dataclasses
import importlib
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self, get_args, get_origin, get_type_hints
from urllib.parse import quote

from jupyter_mlc.domain.errors import did_you_mean
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.listed import NAMES, module_of

if typing.TYPE_CHECKING:
    import pandas as pd


class Does(StrEnum):
    """What a verb does to the registry; the Authorizer's action follows from it."""

    READ = "read"
    WRITE = "write"
    DECIDE = "decide"


class Runs(StrEnum):
    """What runs while the verb runs."""

    RECORD = "record"
    MODEL = "model"
    NOTEBOOK = "notebook"


class Where(StrEnum):
    """Where the verb can be carried out."""

    ANYWHERE = "anywhere"
    KERNEL = "kernel"
    CLIENT = "client"
    """on this machine alone"""
    HERE = "here"
    """on this machine, with the help of other verbs where the registry is"""


class Parse(StrEnum):
    """How a face reads the word for a field; ``BY_TYPE`` follows the field's annotation."""

    BY_TYPE = "by type"
    OBJECT = "object"
    """a live model, or the path of a file or folder"""
    DATA = "data"
    """live data, the name of a dataset, or the path of a file"""
    METRIC = "metric"
    """the name of a metric, a live function or scorer, or one that was saved"""
    VALUES = "values"
    """KEY=VALUE, repeatable; a bare VALUE is looked up in the notebook when it is no literal"""
    TIME = "time"
    """a date, or a date and time, in ISO 8601"""
    FILLED = "filled"
    """never typed: the face fills it in (captured facts, confirmation token)"""


class Complete(StrEnum):
    """What a word for a field may be, for completion."""

    NOTHING = "nothing"
    MODEL = "model"
    VERSION = "version"
    ALIAS = "alias"
    STAGE = "stage"
    DATASET = "dataset"
    COLUMN = "column"
    """of the data that the line names"""
    METRIC = "metric"
    TAG = "tag"
    """its key"""
    ORDER = "order"
    """what versions can be ordered by"""
    FORMAT = "format"
    VARIABLE = "variable"
    ANYTHING = "anything"
    PATH = "path"
    SCHEDULE = "schedule"
    """its number"""
    JOB = "job"
    """its number, or the name of one that was added"""
    NOTEBOOK = "notebook"
    """what can be executed: a version, a job that was added, a file"""


@dataclass(frozen=True, kw_only=True)
class Field:
    """How a request field is written by people: what follows the annotation in ``Annotated``."""

    description: str
    positional: bool = False
    short: str = ""
    metavar: str = ""
    parse: Parse = Parse.BY_TYPE
    complete: Complete = Complete.NOTHING
    words: str = ""
    """what is said here in somebody's own words, ``reason``: it is searched for secrets before it is stored"""
    body: bool = False
    """the text of the cell under ``%%mlc`` goes here"""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One field of a request, as every face sees it."""

    name: str
    type: Any
    described: Field
    default: Any
    """the default value, or ``dataclasses.MISSING`` where one must be given"""

    @property
    def required(self) -> bool:
        return self.default is dataclasses.MISSING

    @property
    def option(self) -> str:
        return "--" + self.name.rstrip("_").replace("_", "-")

    @property
    def plain_type(self) -> Any:
        """The type without ``None``: ``str | None`` is ``str``."""
        options = [option for option in get_args(self.type) if option is not type(None)]
        is_optional = len(options) < len(get_args(self.type)) and get_origin(self.type) is not tuple
        return options[0] if is_optional and len(options) == 1 else self.type


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What every request may carry."""

    @property
    def brings_code(self) -> bool:
        """Whether it names code that is to run, whatever the verb runs otherwise."""
        return False


@dataclass(frozen=True, kw_only=True)
class Reading(Ask):
    """A request that changes nothing."""

    at: Annotated[
        int | None,
        Field(
            description="as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named",
            parse=Parse.TIME,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Writing(Ask):
    """A request that changes something."""

    dry_run: Annotated[bool, Field(description="say what would happen; change nothing")] = False
    yes: Annotated[bool, Field(description="go ahead without being asked")] = False
    confirm: Annotated[str, Field(description="token of the question that was answered", parse=Parse.FILLED)] = ""


InPanel = Annotated[bool, Field(description="in the panel, as the output of the cell")]
"""of a request that the face turns into `panel`"""

NOBODY = "none"
"""who is champion where nobody is"""


def _path_alone(path: str) -> str:
    return path


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What every reply carries."""

    done: bool = True
    """False where nothing changed because ``--dry-run`` was given"""
    warnings: tuple[str, ...] = ()
    next: str = ""
    """the line to type next"""
    as_text = staticmethod(repr)
    """what ``print`` shows; the faces, which a verb does not know, put their text form here"""
    address = staticmethod(_path_alone)
    """a path of the Jupyter server as one can open it; the faces, which know the server, put its address before it"""

    def __str__(self) -> str:
        return self.as_text(self)

    if not typing.TYPE_CHECKING:  # where types are checked, there is no such attribute

        def __getattr__(self, name: str) -> object:
            held = {} if name.startswith("_") else vars(self)
            inside = [key for key, value in held.items() if dataclasses.is_dataclass(value) and hasattr(value, name)]
            hint = f"write .{inside[0]}.{name}" if inside else did_you_mean(name, [*held])
            told = f"{type(self).__name__} has no {name!r}"
            raise AttributeError("; ".join(filter(None, (told, hint))), name=name, obj=self)

    def respelled(self, spell: Callable[[str], str]) -> Self:
        """The same with its lines to type spelled as they are typed elsewhere; what people wrote stays."""
        return dataclasses.replace(self, next=spell(self.next), warnings=tuple(map(spell, self.warnings)))

    def shows(self) -> tuple[str, ...]:
        """What the panel shows of it: a model, a version, versions to compare, a job; nothing where it has no page."""
        return ()

    @property
    def url(self) -> str:
        """Where JupyterLab shows it in the panel; empty where it has no page."""
        refs = self.shows()
        return self.address(f"/lab?mlc={quote(','.join(refs), safe=':,/@', errors='replace')}") if refs else ""

    @property
    def exit_code(self) -> int:
        """What the command line answers: 0 done, 3 the answer is no, 4 a request was opened."""
        return 0

    def champions(self) -> Iterable[tuple[str, str]]:
        """The champions that it shows: models in lower case, and their versions, or NOBODY."""
        return ()

    def to_rows(self) -> list[dict[str, object]]:
        """The reply as a table, one mapping a row; a reply that is no table is one row."""
        return [{name: value for name, value in dataclasses.asdict(self).items() if name not in {"warnings", "next"}}]

    def to_frame(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame, with times as pandas knows them."""
        from jupyter_mlc.verbs.rows import frame

        return frame(self.to_rows())

    def __init_subclass__(cls) -> None:
        # IPython asks a class before its parents, and a dataclass has a `__repr__` of its own
        cls._repr_pretty_ = Reply._repr_pretty_  # type: ignore[method-assign]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001 (IPython's protocol)
        printer.text(self.as_text(self))


@dataclass(frozen=True, kw_only=True)
class Drawn(Reply):
    """A reply that may have charts, in its field `curves`."""


@dataclass(frozen=True, kw_only=True)
class Live(Reply):
    """A reply that a notebook shows as a panel which can be used, and keeps as a page."""


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One entry of VERBS: all that a face needs to offer it."""

    name: str
    """``promote``, or with its group: ``dataset add``"""
    ask: type[Ask]
    reply: type[Reply]
    function: Callable[[Any, Context], Reply]
    does: Does
    runs: Runs
    runs_with: str
    """the field without which nothing runs; empty: it always does"""
    where: Where
    plumbing: bool
    """for other programs and our own faces; not offered in help"""
    example: str

    @property
    def group(self) -> str:
        return self.name.rpartition(" ")[0]

    @property
    def has_route(self) -> bool:
        """Whether a server answers it."""
        return self.where not in {Where.CLIENT, Where.HERE}

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def details(self) -> str:
        """The docstring after its first line."""
        return "\n".join(line.strip() for line in (self.function.__doc__ or "").strip().splitlines()[1:]).strip()

    @property
    def python_name(self) -> str:
        """The name in Python, with dots: ``dataset.add``."""
        return self.name.replace(" ", ".").replace("-", "_")

    def runs_for(self, ask: Ask) -> Runs:
        """What runs while this very request is carried out; a rehearsal runs nothing but code that it brings."""
        if isinstance(ask, Writing) and ask.dry_run and not ask.brings_code:
            return Runs.RECORD
        needs = not self.runs_with or getattr(ask, self.runs_with) or ask.brings_code
        return self.runs if needs else Runs.RECORD

    def arguments(self) -> tuple[Argument, ...]:
        """The fields of the request, positional ones first, in the order they are written."""
        hints = get_type_hints(self.ask, include_extras=True)
        found = []
        for item in dataclasses.fields(self.ask):
            inner, described = get_args(hints[item.name])[0], hints[item.name].__metadata__[0]
            default = item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
            found.append(Argument(name=item.name, type=inner, described=described, default=default))
        return tuple(sorted(found, key=lambda argument: not argument.described.positional))


class Verbs(MutableMapping[str, Verb]):
    """Verbs by name; whoever asks for one loads it, whoever counts or lists the names loads none."""

    def __init__(self, names: Iterable[str]) -> None:
        self._entered: dict[str, Verb] = {}
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Verb:
        if name not in self._entered and name in self._names:
            importlib.import_module(module_of(name))
        return self._entered[name]

    def __setitem__(self, name: str, verb: Verb) -> None:
        self._names[name] = None
        self._entered[name] = verb

    def __delitem__(self, name: str) -> None:
        del self._entered[name], self._names[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def of(self, ask: Ask) -> Verb:
        """The verb that a request belongs to: whoever made the request has loaded it."""
        return next(verb for verb in self._entered.values() if verb.ask is type(ask))


VERBS = Verbs(NAMES)


def verb(  # noqa: PLR0913 (one word a property of the verb; all are keywords)
    *,
    does: Does,
    example: str,
    name: str = "",
    runs: Runs = Runs.RECORD,
    runs_with: str = "",
    where: Where = Where.ANYWHERE,
    plumbing: bool = False,
) -> Callable[[Callable[[Any, Context], Any]], Callable[[Any, Context], Any]]:
    """Enter the decorated ``(ask, context) -> reply`` in VERBS, under its own name unless one is given."""

    def enter(function: Callable[[Any, Context], Any]) -> Callable[[Any, Context], Any]:
        called = name or function.__name__.rstrip("_")
        hints: Mapping[str, Any] = get_type_hints(function, localns={"Context": Context})
        VERBS[called] = Verb(
            name=called,
            ask=hints["ask"],
            reply=hints["return"],
            function=function,
            does=does,
            runs=runs,
            runs_with=runs_with,
            where=where,
            plumbing=plumbing,
            example=example,
        )
        return function

    return enter
