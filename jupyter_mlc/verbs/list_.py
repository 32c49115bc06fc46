"""`list`: models, the versions of one, what a query finds, or runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Model, ModelVersion, Run
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import STAGE_WORDS, parse_reference
from jupyter_mlc.store.queries.base import NEAR_NAMES
from jupyter_mlc.verbs.base import Complete, Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.rows import model_row, run_row, version_row
from jupyter_mlc.verbs.running import as_they_stand
from jupyter_mlc.verbs.shared import champions_of, check_limit

if TYPE_CHECKING:
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.store.search.query import Within

_QUERY = re.compile(r"[<>=~()\s`'\"]")


@dataclass(frozen=True, kw_only=True)
class List(Reading):
    """List models, versions or runs."""

    what: Annotated[
        str,
        Field(
            description="a model, a range such as churn:1..3, or a query such as "
            "\"metrics.auc > 0.7 and stage = 'staging'\"",
            positional=True,
            complete=Complete.MODEL,
        ),
    ] = ""
    query: Annotated[
        str, Field(description="which of its versions, e.g. 'metrics.auc > 0.7'", positional=True, metavar='"query"')
    ] = ""
    order: Annotated[str, Field(description='e.g. "metrics.auc desc"', complete=Complete.ORDER)] = ""
    limit: Annotated[int, Field(description="at most so many")] = 100
    runs: Annotated[bool, Field(description="the runs, whether or not a version came of them")] = False


@dataclass(frozen=True, kw_only=True)
class ListReply(Reply):
    """What was found: models, versions or runs."""

    of: str
    """models, versions or runs"""
    title: str
    models: tuple[Model, ...] = ()
    versions: tuple[ModelVersion, ...] = ()
    runs: tuple[Run, ...] = ()
    more: bool = False
    """whether the limit cut it"""

    def shows(self) -> tuple[str, ...]:
        models = {version.model for version in self.versions}
        return paged(*models) if len(models) == 1 else ()

    def champions(self) -> Iterator[tuple[str, str]]:
        return champions_of(self.models, self.versions)

    def to_rows(self) -> list[dict[str, object]]:
        """One row a model, version or run; metrics, parameters and tags as columns of their own."""
        if self.of == "models":
            return [model_row(model) for model in self.models]
        if self.of == "runs":
            return [run_row(run) for run in self.runs]
        return [version_row(version) for version in self.versions]


@verb(
    does=Does.READ, name="list", example='list "metrics.auc > 0.7 and stage = \'staging\'" --order "metrics.auc desc"'
)
def list_(ask: List, context: Context) -> ListReply:
    """List the models; the versions of a model; the versions that a query finds; or, with `--runs`, the runs.

    A query compares name, stage, alias, owner, author, created, job, tags.KEY, metrics.KEY and params.KEY by
    = != < <= > >= like, in and is null, joined by and, or, not and parentheses; a parameter may be = none.
    """
    check_limit(ask.limit)
    what, query = ask.what.strip(), ask.query.strip()
    if ask.runs:
        return _runs(ask, context, what)
    if not what and not ask.order and not query:
        return _models(ask, context)
    if _QUERY.search(what) or ask.order or query:
        return _search(ask, context, what, query)
    return _versions(ask, context, what)


def _models(ask: List, context: Context) -> ListReply:
    found = context.registry.models(ask.limit + 1)
    return ListReply(
        of="models",
        title="models",
        models=tuple(found[: ask.limit]),
        more=len(found) > ask.limit,
        next="" if found else "make one: %mlc register NAME OBJECT",
    )


_OTHERS = {
    **{stage: f"%mlc list \"stage = '{stage}'\"" for stage in STAGE_WORDS},
    **dict.fromkeys(("champion", "champions"), "%mlc list \"alias = 'champion'\""),
    **dict.fromkeys(("models", "all"), "%mlc list"),
    "versions": "%mlc list NAME",
    "runs": "%mlc list --runs",
    "datasets": "%mlc dataset list",
    "jobs": "%mlc job list",
    "schedules": "%mlc schedule list",
}
"""what is listed otherwise than by its name"""


def _refuse_no_name(what: str, registry: Registry) -> None:
    """Refuse a pattern, a namespace, and what is no model but a kind of thing, with the line to type."""
    if registry.model_row(re.split("[:@]", what)[0]) is not None:
        return
    beginning = what.removesuffix("*").removesuffix("/")
    below = f"{beginning.lower()}/"
    is_above = any(name.lower().startswith(below) for name in registry.model_names(NEAR_NAMES))
    line = _OTHERS.get(what.lower(), "")
    if "*" in what or what.endswith("/") or is_above:
        pattern = what.replace("*", "%") if "*" in what else f"{beginning}/%"
        line = f"%mlc list \"name like '{pattern}'\""
    if line:
        raise BadInput(f"{what!r} is no model", hint=f"write {line}")


def _versions(ask: List, context: Context, what: str) -> ListReply:
    _refuse_no_name(what, context.registry)
    reference = parse_reference(what)
    model = context.registry.model(reference.model)
    if reference.alias is not None:
        found = [context.registry.version(reference)]
    else:
        last = reference.last or reference.number
        first = reference.number or 1
        found = context.registry.versions(model.name, ask.limit + 1, first=first, last=last)
    return _found(what, found[: ask.limit], more=len(found) > ask.limit)


def _found(title: str, versions: Sequence[ModelVersion], *, more: bool, warnings: tuple[str, ...] = ()) -> ListReply:
    return ListReply(
        of="versions",
        title=title,
        versions=tuple(versions),
        more=more,
        warnings=warnings,
        next="" if versions else "all models: %mlc list",
    )


def _search(ask: List, context: Context, what: str, more: str) -> ListReply:
    from jupyter_mlc.store.search.finding import EVERYWHERE, search
    from jupyter_mlc.store.search.unknown import unknown

    text, within = more, EVERYWHERE
    if _QUERY.search(what):
        text = what
        if more:
            raise BadInput("that is one query too many", hint=f'join them: %mlc list "({what}) and ({more})"')
    elif what:
        _refuse_slip(ask, what, more)
        within = _within(what, context.registry)
    ids = search(context.registry, text, order=ask.order, limit=ask.limit + 1, within=within)
    found = context.registry.versions_by_id(ids[: ask.limit])
    misspelt = unknown(context.registry, "" if ids else text, ask.order) if ask.order or not ids else ()
    return _found(
        " ".join(filter(None, (what, more))) or "versions", found, more=len(ids) > ask.limit, warnings=misspelt
    )


def _within(what: str, registry: Registry) -> Within:
    """The versions that are asked about: of a model all, or those of a range, or one."""
    from jupyter_mlc.store.search.query import Within

    reference = parse_reference(what)
    if reference.alias is not None:
        version = registry.version(reference)
        return Within(model=version.model, first=version.number, last=version.number)
    first, last = reference.number, reference.last or reference.number
    return Within(model=registry.model(reference.model).name, first=first, last=last)


def _refuse_slip(ask: List, what: str, query: str) -> None:
    """Refuse a second word that is no query with the line that may have been meant."""
    word = query.lower()
    line = ""
    if word in STAGE_WORDS:
        line = f"%mlc list {what} \"stage = '{word}'\""
    elif word in {"asc", "desc"} and ask.order:
        line = f'%mlc list {what} --order "{ask.order} {word}"'
    elif query[:1] in {"=", "!", "<", ">"}:
        line = f'%mlc list "{what} {query}"'
    elif query.isdecimal():
        line = f"%mlc list {parse_reference(what).model}:{query}"
    elif re.fullmatch(r"[\w./-]+[:@][\w.-]+", query):
        line = f"%mlc compare {what} {query}"
    if line:
        raise BadInput(f"{query!r} is no query", hint=f"write {line}")


def _runs(ask: List, context: Context, what: str) -> ListReply:
    if _QUERY.search(what) or ask.query:
        raise BadInput("runs are listed by model, not by query", hint="%mlc list NAME --runs")
    name = parse_reference(what).model if what else None
    if ask.order:
        raise BadInput(
            "--order is for versions; runs are listed newest first",
            hint=f'write %mlc list {name or "NAME"} --runs, or %mlc list {name or "NAME"} --order "{ask.order}"',
        )
    found = context.registry.runs(name, ask.limit + 1)
    return ListReply(
        of="runs",
        title=name or "runs",
        runs=as_they_stand(found[: ask.limit], context.registry, ask.at),
        more=len(found) > ask.limit,
        next="" if found else f"begin a cell with: %%mlc run {name or 'NAME'}",
    )
