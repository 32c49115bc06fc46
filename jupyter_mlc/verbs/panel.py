"""`panel`: the page of a model, a version, a job, or of versions side by side, to look at and to act from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Live, Parse, Where, verb
from jupyter_mlc.verbs.compare import Compare, CompareReply
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.show import Show, ShowReply

_MOST_MODELS = 30
"""in what a notebook keeps; the panel itself lists all"""


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """What the form of a promotion begins with."""

    to: Stage | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel(Ask):
    """Show the panel."""

    refs: Annotated[
        tuple[str, ...],
        Field(
            description="a model, a version, several to compare (churn:1,churn:3) or job/17; all models unless named",
            positional=True,
            metavar="REF",
            complete=Complete.VERSION,
        ),
    ] = ()
    compare: Annotated[Compare | None, Field(description="the comparison that is shown", parse=Parse.FILLED)] = None
    promote: Annotated[
        Promotion | None, Field(description="the promotion that the panel asks about", parse=Parse.FILLED)
    ] = None


@dataclass(frozen=True, kw_only=True)
class PanelReply(Live):
    """A page of the panel."""

    refs: tuple[str, ...]
    """what it shows; all models where it names none"""
    kept: ListReply | ShowReply | CompareReply
    """the same as a page, which stays in the notebook"""
    compare: Compare | None = None
    promote: Promotion | None = None

    def shows(self) -> tuple[str, ...]:
        return self.refs

    def champions(self) -> Iterable[tuple[str, str]]:
        return self.kept.champions()

    def to_rows(self) -> list[dict[str, object]]:
        """The rows of what it shows."""
        return self.kept.to_rows()


@verb(does=Does.READ, where=Where.HERE, example="panel churn")
def panel(ask: Panel, context: Context) -> PanelReply:
    """Show the panel below the cell: all models, one of them, a version, a job, or versions side by side.

    What can be done is done there by buttons, each of which says first what would happen. The notebook keeps the page
    as it was; its `.url` opens it in JupyterLab, and can be sent to whoever uses the same server. In a terminal the
    page is printed.
    """
    refs = tuple(ref for word in ask.refs for ref in word.replace(",", " ").split())
    kept = context.session.call(ask.compare or _question(refs), context.progress)
    if not isinstance(kept, ListReply | ShowReply | CompareReply):
        raise TypeError(type(kept))
    shown = kept.shows()
    if refs and not shown:
        raise BadInput(f"the panel has no page for {refs[0]}", hint=f"it is shown by: %mlc show {refs[0]}")
    return PanelReply(
        refs=shown,
        kept=kept,
        compare=ask.compare,
        promote=ask.promote,
        next=_next(shown, ask.promote),
        warnings=kept.warnings,
    )


def _question(refs: tuple[str, ...]) -> Ask:
    """What is asked for the page."""
    if not refs:
        return List(limit=_MOST_MODELS)
    return Compare(refs=refs) if len(refs) > 1 or ".." in refs[0] else Show(ref=refs[0])


def _next(shown: tuple[str, ...], promotion: Promotion | None) -> str:
    """Where nobody can click, the line that does the same."""
    if promotion is None:
        return ""
    words = ["%mlc promote", *shown, promotion.to or "", f'"{promotion.reason}"' if promotion.reason else ""]
    return " ".join(filter(None, words))
