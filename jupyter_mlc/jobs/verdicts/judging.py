"""From what was compared to the verdict, and to the one line that says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.reproductions import Compared, Rehearsed, Topic, Verdict
from jupyter_mlc.jobs.verdicts.gaps import gap, is_number
from jupyter_mlc.jobs.verdicts.likeness import TIMES

if TYPE_CHECKING:
    from jupyter_mlc.jobs.verdicts.likeness import Apart, Likeness

_NOTHING = "nothing"
_SEED = re.compile(r"(^|[_.])(random_state|seed|random_seed)$")
_MOST_NAMED = 3


def facts(before: Rehearsed, now: Rehearsed, tolerance: float) -> tuple[list[Compared], list[str]]:
    """Data, parameters, class, features and metrics of both, and what of these cannot be compared.

    Parameters
    ----------
    before : Rehearsed
        What the version recorded.
    now : Rehearsed
        What would have been recorded now.
    tolerance : float
        How far numbers may be apart, in relation to their size.
    """
    found = [
        *_named(Topic.DATA, before.datasets, now.datasets, tolerance),
        *_named(Topic.PARAMETER, before.params, now.params, tolerance),
        *_named(Topic.OBJECT, _object(before), _object(now), tolerance),
        *_named(Topic.METRIC, _without_times(before.metrics), _without_times(now.metrics), tolerance),
    ]
    times = [name for name in before.metrics if TIMES.search(name.replace("_", " "))]
    return found, [f"metric {name}: how long something took is never the same again" for name in times]


def _without_times(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if not TIMES.search(name.replace("_", " "))}


def _object(of: Rehearsed) -> dict[str, str]:
    return {"class": of.class_name, "format": of.format, "features": ", ".join(of.features)}


def _named(
    topic: Topic, before: Mapping[str, object], now: Mapping[str, object], tolerance: float
) -> Iterator[Compared]:
    for name in dict.fromkeys([*before, *now]):
        first, second = before.get(name, _NOTHING), now.get(name, _NOTHING)
        wide = gap(first, second, tolerance if topic is Topic.METRIC else 0.0)
        near = wide <= tolerance if topic is Topic.METRIC else not wide
        yield Compared(
            topic=topic,
            name=name,
            before=_shown(first),
            now=_shown(second),
            agrees=near,
            gap=wide if is_number(first) and is_number(second) and wide < float("inf") else None,
            decides=name in before or topic is not Topic.METRIC,
        )


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:g}"  # JSON has one kind of number
    return repr(value) if isinstance(value, bool | int | float) or value is None else str(value)


def inside(found: Likeness, tolerance: float) -> list[Compared]:
    """The objects themselves, and what they predict: where both could be asked, that alone decides.

    A search keeps what it tried, a network its optimizer, a forest its seeds: objects that differ inside may be the
    same to whoever asks them.
    """
    asked = [] if found.predicted is None else [_apart(Topic.PREDICTIONS, found.predicted, tolerance)]
    decides = not asked
    apart = [_apart(Topic.ARRAYS, one, tolerance, decides=decides) for one in found.apart]
    if found.leaves and not apart:
        equal = found.same == found.leaves
        apart = [
            Compared(
                topic=Topic.ARRAYS,
                name="all",
                before=f"{found.leaves:,} values and arrays",
                now="the same" if equal else f"{found.same:,} of them the same to the last bit",
                agrees=True,
                gap=found.widest,
                decides=decides,
            )
        ]
    return [*apart, *asked]


def _apart(topic: Topic, one: Apart, tolerance: float, *, decides: bool = True) -> Compared:
    near = one.gap is not None and one.gap <= tolerance
    return Compared(
        topic=topic, name=one.name, before=one.before, now=one.now, agrees=near, gap=one.gap, decides=decides
    )


def judged(compared: Sequence[Compared], *, same_bytes: bool) -> tuple[Verdict, str]:
    """The verdict, and where it diverged first: data before parameters, the object before what it predicts.

    Equal digests prove that the object is the same; unequal ones prove nothing.
    """
    apart = [one for one in compared if not one.agrees and one.decides]
    if same_bytes:
        apart = [one for one in apart if one.topic is Topic.METRIC]
    if apart:
        first = min(apart, key=lambda one: list(Topic).index(one.topic))
        return Verdict.DIVERGED, _where(first, len(apart) - 1, same_bytes=same_bytes)
    if same_bytes:
        return Verdict.IDENTICAL, "the same bytes"
    grounds = _grounds(compared)
    if not grounds:
        return Verdict.NOT_REPRODUCIBLE, "its bytes are others, and nothing else of it can be compared"
    return Verdict.EQUIVALENT, f"other bytes, and within the tolerance {grounds}"


def advice(verdict: Verdict, now: Rehearsed) -> tuple[str, ...]:
    """Why it may have diverged, as far as the parameters tell."""
    if verdict is not Verdict.DIVERGED:
        return ()
    unset = [name for name, value in now.params.items() if value is None and _SEED.search(name)]
    if not unset:
        return ()
    verb = "are" if len(unset) > 1 else "is"
    return (f"{', '.join(unset[:_MOST_NAMED])} {verb} not set, so that chance has a part in every fit",)


def _where(first: Compared, others: int, *, same_bytes: bool) -> str:
    more = f", and {others} more" if others else ""
    lead = "the object is the same to the last bit, but " if same_bytes else ""
    return f"{lead}{_called(first)}: {first.before} then, {first.now} now{more}"


def _called(one: Compared) -> str:
    if one.topic in {Topic.OBJECT, Topic.PREDICTIONS}:
        return f"the {one.name}"
    return one.name if one.topic is Topic.ARRAYS else f"{one.topic} {one.name}"


def _grounds(compared: Sequence[Compared]) -> str:
    """What the verdict rests on, in words; empty where that is nothing."""
    topics = {one.topic for one in compared if one.decides}
    said = [name for topic, name in _GROUNDS.items() if topic in topics]
    return " and ".join(said)


_GROUNDS = {
    Topic.ARRAYS: "every number inside it",
    Topic.PREDICTIONS: "what it predicts",
    Topic.METRIC: "its metrics",
}
