"""Where versions stood, and who was champion, drawn over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.names import CHAMPION
from jupyter_mlc.faces.display.blocks import Lane, Stretch, Timeline
from jupyter_mlc.faces.display.figures import clock
from jupyter_mlc.faces.display.graphs.timeline import shares, ticks
from jupyter_mlc.faces.display.style import is_known
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros
    from jupyter_mlc.verbs.stays import Stay

_MOST = 12
"""versions that are drawn: those that moved last"""


def lanes(stays: Sequence[Stay], until: Micros) -> tuple[Timeline, ...]:
    """A lane for the champions and one a version; nothing where nobody ever moved."""
    kept = _kept([stay for stay in stays if stay.stage != CHAMPION])
    champions = [stay for stay in stays if stay.stage == CHAMPION]
    mine = [stay for stay in stays if stay.version in kept and stay.stage != CHAMPION]
    starts = [stay.start for stay in (*mine, *champions) if stay.start is not None]
    if not any(stay.end is not None for stay in mine) or len({*starts, until}) < 2:  # noqa: PLR2004 (from and to)
        return ()
    places = shares([min(starts), *starts, max(until, *starts)])
    drawn = [Lane(name=CHAMPION, stretches=_stretches(champions, places))] if champions else []
    for ref in kept:
        own = [stay for stay in mine if stay.version == ref]
        drawn.append(Lane(name=ref, stretches=_stretches(own, places)))
    rest = len({stay.version for stay in stays}) - len(kept)
    more = f"{counted(rest, 'more version')} not drawn" if rest > 0 else ""
    return (Timeline(lanes=tuple(drawn), ticks=ticks(places, clock), more=more),)


def _kept(stays: Sequence[Stay]) -> list[str]:
    """The versions that moved last, in the order of their numbers."""
    last: dict[str, Micros] = {}
    for stay in stays:
        last[stay.version] = max(last.get(stay.version, 0), stay.start or 0)
    chosen = sorted(last, key=lambda ref: -last[ref])[:_MOST]
    return [ref for ref in last if ref in chosen]


def _stretches(stays: Sequence[Stay], places: dict[Micros, float]) -> tuple[Stretch, ...]:
    return tuple(_stretch(stay, places) for stay in stays)


def _stretch(stay: Stay, places: dict[Micros, float]) -> Stretch:
    is_champion = stay.stage == CHAMPION
    since = clock(stay.start) if stay.start is not None else "earlier"
    span = f"{since} to {clock(stay.end) if stay.end is not None else 'now'}"
    about = f"{stay.version} was champion" if is_champion else f"{stay.version} {stay.stage}"
    return Stretch(
        start=places.get(stay.start, 0.0) if stay.start is not None else 0.0,
        end=places.get(stay.end, 1.0) if stay.end is not None else 1.0,
        text=f"★ :{stay.version.rpartition(':')[2]}" if is_champion else stay.stage,
        look=stay.stage if is_champion or is_known(stay.stage) else "unknown",
        title=f"{about}, {span}",
        since=f"since {since}",
    )
