"""Which version is better, and how sure that is, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jupyter_mlc.measure.comparing import Comparison
from jupyter_mlc.verbs.contest import Basis

_DIGITS = 2
"""significant ones of an interval's width"""
_PAIR = 2
_NAMED = 3
"""versions that are named in a sentence"""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a comparison comes to."""

    sentence: str
    better: tuple[str, ...] = ()
    """versions that are better than the one they are set against, the best first; where that one is better than all
    others, itself"""
    sure: float | None = None
    """how sure that is, allowing for the number of candidates tried: of several, of the least sure"""
    metric: str = ""
    """by which it was decided"""


def verdict(pairs: Sequence[Comparison], basis: Basis) -> Verdict:
    """Say which version is better.

    Parameters
    ----------
    pairs : sequence of Comparison
        Each candidate against the first version, by the metric that decides.
    basis : Basis
        On which rows.
    """
    return _of_two(pairs[0], basis) if len(pairs) == 1 else _of_many(pairs, basis)


def as_far_as_claimed(said: Verdict, basis: Basis) -> Verdict:
    """The verdict with the reservation that it deserves where predictions came with copies."""
    if not basis.claimed:
        return said
    whose = " and ".join(basis.claimed) if len(basis.claimed) <= _NAMED else f"{len(basis.claimed)} versions"
    return replace(said, sentence=f"{said.sentence}; what {whose} predicted is claimed, not computed here")


def among(rivals: Sequence[Comparison], allowed_for: int) -> str:
    """Say which of several is the best, and from which it cannot be told; empty where nobody can say.

    Parameters
    ----------
    rivals : sequence of Comparison
        All others against the best, by the metric that decides.
    allowed_for : int
        For how many pairs their sureness allows.
    """
    if not rivals:
        return ""
    best = rivals[0].baseline
    worse = [short(pair.candidate, best) for pair in rivals if pair.better == best]
    alike = [short(pair.candidate, best) for pair in rivals if pair.better is None]
    said = [f"better than {_and(worse)}"] if worse else []
    said += [f"not to be told from {_and(alike)}"] if alike else []
    pairs = f"{allowed_for:,} pairs" if allowed_for > 1 else "1 pair"
    return f"{best} is the best by {rivals[0].metric}, {', but '.join(said)}, allowing for {pairs} of candidates (Holm)"


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _of_two(pair: Comparison, basis: Basis) -> Verdict:
    if pair.difference is None:
        return Verdict(sentence=f"{_both(pair)}: {pair.reason}", metric=pair.metric)
    if pair.low is None or pair.adjusted_p is None:
        return Verdict(
            sentence=f"{_both(pair)}: {pair.metric} {change(pair)}, and how sure that is cannot be told: {pair.reason}",
            metric=pair.metric,
        )
    if pair.better is None:
        return Verdict(
            sentence=f"{_both(pair)}: no difference that this data can show: {pair.metric} {change(pair)}"
            f" {_where(basis)}",
            metric=pair.metric,
        )
    loser = pair.baseline if pair.better == pair.candidate else pair.candidate
    turned = pair.better == pair.baseline
    sure = 1 - pair.adjusted_p
    return Verdict(
        sentence=f"{pair.better} is better than {short(loser, pair.better)}: {pair.metric} "
        f"{change(pair, turned=turned)}, {percent(sure)} sure {_where(basis)}",
        better=(pair.better,),
        sure=sure,
        metric=pair.metric,
    )


def _of_many(pairs: Sequence[Comparison], basis: Basis) -> Verdict:
    best_first = sorted((pair for pair in pairs if pair.difference is not None), key=_gain, reverse=True)
    if not best_first:
        return Verdict(sentence=f"{pairs[0].baseline}: {pairs[0].reason}", metric=pairs[0].metric)
    better = [pair for pair in best_first if pair.better == pair.candidate]
    if better:
        return _some_better(better, basis)
    worse = [pair for pair in best_first if pair.better == pair.baseline]
    return _all_worse(worse, basis) if len(worse) == len(pairs) else _none_better(best_first[0], len(pairs), basis)


def _some_better(better: Sequence[Comparison], basis: Basis) -> Verdict:
    best, sure = better[0], _least_sure(better)
    are, most, of_each = ("are", "the most ", " of each") if len(better) > 1 else ("is", "", "")
    said = f"{_listed([pair.candidate for pair in better])} {are} better than {short(best.baseline, best.candidate)}: "
    said += f"{most}{best.metric} {change(best)}, {percent(sure)} sure{of_each} {_where(basis)}"
    return Verdict(sentence=said, better=tuple(pair.candidate for pair in better), sure=sure, metric=best.metric)


def _all_worse(worse: Sequence[Comparison], basis: Basis) -> Verdict:
    best, sure = worse[0], _least_sure(worse)
    others = "both" if len(worse) == _PAIR else f"all {len(worse)}"
    said = f"{best.baseline} is better than {others} others: {short(best.candidate, best.baseline)} comes nearest, "
    said += f"{best.metric} {change(best)}, {percent(sure)} sure of each {_where(basis)}"
    return Verdict(sentence=said, better=(best.baseline,), sure=sure, metric=best.metric)


def _none_better(best: Comparison, others: int, basis: Basis) -> Verdict:
    said = f"{best.baseline}: none of the {others} others is better as far as this data can show: {best.metric} "
    said += f"{change(best)} of {short(best.candidate, best.baseline)} at best {_where(basis)}"
    return Verdict(sentence=said, metric=best.metric)


def _least_sure(pairs: Sequence[Comparison]) -> float:
    return min(1 - (pair.adjusted_p or 0.0) for pair in pairs)


def _gain(pair: Comparison) -> float:
    gained = pair.difference or 0.0
    return gained if pair.greater_is_better else -gained


def _both(pair: Comparison) -> str:
    return f"{pair.candidate} against {short(pair.baseline, pair.candidate)}"


def _where(basis: Basis) -> str:
    tried = f"{basis.tried:,} candidates tried on {basis.dataset}"
    return f"on the same {basis.rows:,} rows, {tried}"


def _listed(refs: Sequence[str]) -> str:
    """The first few by name: ``churn:3, :5 and :6``, ``churn:3, :5, :6 and 2 more``."""
    names = [refs[0], *(short(ref, refs[0]) for ref in refs[1:])]
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return _and(names)


def short(ref: str, beside: str) -> str:
    """Return a version's name beside another's: of the same model, the number is enough."""
    model, _, number = ref.rpartition(":")
    return f":{number}" if model == beside.rpartition(":")[0] else ref


def percent(sure: float) -> str:
    """Return how sure something is, never more than it is: ``99 %``."""
    return f"{math.floor(100 * sure + 1e-9)} %"


def change(pair: Comparison, *, turned: bool = False) -> str:
    """Return a difference with its interval, as exact as the interval is wide: ``+0.011 [0.006, 0.016]``."""
    difference, low, high = pair.difference or 0.0, pair.low, pair.high
    if turned:
        difference, low, high = -difference, None if high is None else -high, None if low is None else -low
    if low is None or high is None:
        return f"{difference:+.3g}"
    places = decimals(high - low)
    return f"{rounded(difference, places, sign='+')} [{rounded(low, places)}, {rounded(high, places)}]"


def decimals(width: float) -> int:
    """Return with how many decimals a number is told that is known to such a width."""
    return min(12, max(0, _DIGITS - 1 - math.floor(math.log10(width)))) if width > 0 else _DIGITS


def rounded(value: float, places: int, *, sign: str = "") -> str:
    """Return a number with so many decimals; what is rounded to nothing has no sign."""
    text = f"{value:{sign},.{places}f}"
    return text.lstrip("+-") if float(f"{value:.{places}f}") == 0 else text
