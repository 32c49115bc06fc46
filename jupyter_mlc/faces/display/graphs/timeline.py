"""Lanes over time in a notebook: a table, whose cells a style sheet draws as stretches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.faces.display.blocks import Lane, Stretch, Timeline

_EVENLY = 0.6
"""how much of the width is shared out evenly: what took a moment can be seen beside what took months"""
_APART = 0.2
"""how far apart ticks stand, at least, so that what is written at them has room"""

_LEFT = ' style="text-align:left"'


def shares(times: Iterable[Micros]) -> dict[Micros, float]:
    """Return where each time stands on the way from the first to the last, so that none comes too near the next."""
    ordered = sorted(set(times))
    whole, gaps = ordered[-1] - ordered[0], len(ordered) - 1
    found, reached = {ordered[0]: 0.0}, 0.0
    for before, after in pairwise(ordered):
        reached += _EVENLY / gaps + (1 - _EVENLY) * (after - before) / whole
        found[after] = min(reached, 1.0)
    return found


def ticks(places: Mapping[Micros, float], told: Callable[[Micros], str]) -> tuple[tuple[float, str], ...]:
    """Return those times that have room to be written, each with its place; the last one is now."""
    found: list[tuple[float, str]] = []
    for moment, place in places.items():
        if (not found or place - found[-1][0] >= _APART) and place <= 1 - _APART:
            found.append((place, told(moment)))
    return tuple(found)


def timeline_html(timeline: Timeline, escape: Callable[[str], str]) -> str:
    """Return lanes as HTML."""
    lanes = "".join(_lane(lane, escape) for lane in timeline.lanes)
    marks = "".join(
        f'<span class="mlc-tick" style="--a:{100 * place:.2f}">{escape(text)}</span>' for place, text in timeline.ticks
    )
    axis = f'<tr class="mlc-axis" hidden="hidden"><td></td><td><div class="mlc-lane">{marks}</div></td></tr>'
    more = f'<p class="mlc-quiet">{escape(timeline.more)}</p>' if timeline.more else ""
    return f'<table class="mlc-time"><tbody>{lanes}{axis}</tbody></table>{more}'


def _lane(lane: Lane, escape: Callable[[str], str]) -> str:
    drawn = _between([_stretch(one, escape) for one in lane.stretches])
    name = f'<th scope="row"{_LEFT}>{escape(lane.name)}</th>'
    return f'<tr>{name}<td{_LEFT}><div class="mlc-lane">{drawn}</div></td></tr>'


def _between(drawn: Sequence[str]) -> str:
    return '<span class="mlc-plain">, </span>'.join(drawn)


def _stretch(one: Stretch, escape: Callable[[str], str]) -> str:
    place = f"--a:{100 * one.start:.2f};--b:{100 * (one.end - one.start):.2f}"
    since = f'<span class="mlc-plain"> {escape(one.since)}</span>' if one.since else ""
    title, text = escape(one.title), escape(one.text)
    return f'<span class="mlc-stretch mlc-{one.look}" style="{place}" title="{title}">{text}{since}</span>'
