"""What several verbs do alike: find what moves, ask before what cannot be taken back, spell a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlc.domain.entities import Model, ModelVersion, Scalar, Snapshot
from jupyter_mlc.domain.errors import BadInput, NeedsConfirmation, Unavailable
from jupyter_mlc.domain.events import VersionMoved
from jupyter_mlc.domain.lifecycle import Standpoint
from jupyter_mlc.domain.names import LATEST, folded, model_in, parse_version
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.queries import standpoint
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import NOBODY, Writing
from jupyter_mlc.verbs.context import Context

LONGEST_KEY = 250
_MOST_LINES = 1_000_000
_LAST_DAY = 253_402_300_799_000_000
"""31 December 9999"""
DAY = 86_400_000_000


def mover(registry: Registry, text: str) -> tuple[str, Standpoint]:
    """The model's name and the one version that `text` names, by number or alias."""
    row = moved_row(registry, text)
    return row["model_name"], standpoint(row)


def moved_row(registry: Registry, text: str) -> dict[str, Any]:
    """The row of the one version that is to be moved; the newest may be another by the time somebody presses Enter."""
    reference = parse_version(text)
    row = registry.version_row(reference)
    if reference.alias is not None and folded(reference.alias) == LATEST:
        ref = f"{row['model_name']}:{row['number']}"
        raise BadInput(f"{text!r} may be another version in a moment, and this moves it", hint=f"now it is {ref}")
    return row


def is_version(registry: Registry, text: str) -> bool:
    """Whether a text reads like a version of a model that is there; any other ``OPS:12`` may be a ticket."""
    model = model_in(text)
    return bool(model) and registry.model_row(model) is not None


def champions_of(models: Iterable[Model], versions: Iterable[ModelVersion]) -> Iterator[tuple[str, str]]:
    """The champions among what is shown, as `Reply.champions` gives them."""
    for model in models:
        yield model.name.lower(), f"{model.name}:{model.champion}" if model.champion else NOBODY
    yield from ((version.model.lower(), version.ref) for version in versions if "champion" in version.aliases)


def own_identity(context: Context) -> tuple[Identity | None, Unavailable | None]:
    """Whoever acts; or why that cannot be known, for reading needs no key."""
    try:
        return context.identity, None
    except Unavailable as error:
        return None, error


def confirmed(ask: Writing, question: str, facts: Sequence[object]) -> None:
    """Return where the person said yes to exactly this; raise NeedsConfirmation where nobody did.

    The token is over what was asked and the facts at that time: where the facts change, the question is asked again.
    """
    words = json.dumps([type(ask).__name__, question, *map(str, facts)])
    token = hashlib.sha256(words.encode()).hexdigest()[:32]
    if not ask.yes and not ask.dry_run and ask.confirm != token:
        raise NeedsConfirmation(question, token=token)


def check_keys(pairs: Mapping[str, object], what: str) -> None:
    """Refuse keys that nobody could ask for again."""
    for key in pairs:
        if not is_key(key):
            raise BadInput(
                f"{key[:40]!r} cannot be the name of a {what}", hint=f"use up to {LONGEST_KEY} printable characters"
            )


def is_key(key: str) -> bool:
    """Whether a metric, parameter, tag or file can be called so."""
    return bool(key.strip()) and len(key) <= LONGEST_KEY and key.isprintable()


def check_limit(limit: int) -> None:
    """Refuse a number of lines that no list can have."""
    if not 1 <= limit <= _MOST_LINES:
        raise BadInput(f"--limit {limit} is no number of lines", hint=f"give a number from 1 to {_MOST_LINES:,}")


def check_day(micros: int | None) -> None:
    """Refuse a time that no calendar has."""
    if micros is not None and not 0 <= micros <= _LAST_DAY:
        raise BadInput(f"{micros} is no day", hint="give microseconds since 1970 in UTC, before the year 10000")


def check_snapshot(text: str) -> None:
    """Refuse surroundings that nobody could read again; nothing at all is none."""
    try:
        if text:
            msgspec.json.decode(text, type=Snapshot)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"the snapshot does not fit: {error}", hint="send a Snapshot as JSON") from None


def split_params(params: Mapping[str, Scalar]) -> tuple[dict[str, bool | int | float | None], str]:
    """Numbers for the body of an event, and words (as a JSON object) for the erasable table."""
    numbers = {key: value for key, value in params.items() if not isinstance(value, str)}
    texts = {key: value for key, value in params.items() if isinstance(value, str)}
    return numbers, json.dumps(texts, ensure_ascii=False) if texts else ""


def as_json(pairs: Mapping[str, object]) -> str:
    """A JSON object for the erasable table; nothing where it is empty."""
    return json.dumps(dict(pairs), ensure_ascii=False) if pairs else ""


def moved_line(moved: VersionMoved) -> str:
    """A move as one line: ``churn:3 candidate -> production, @champion``."""
    parts = []
    for change in moved.changes:
        line = f"{moved.model}:{change.version.number} {change.before.stage} -> {change.after.stage}"
        successor, sunset = change.after.successor, change.after.sunset
        said = [f"successor {successor}"] if successor and successor != change.before.successor else []
        said += [f"sunset {day_of(sunset)}"] if sunset and sunset != change.before.sunset else []
        parts.append(line + (f" ({', '.join(said)})" if said else ""))
    champion = moved.champion
    if champion is not None and champion.after != champion.before:
        parts.append(f"@champion {moved.model}:{champion.after.number}" if champion.after else "no champion")
    return " · ".join(parts)


def users_of(context: Context, version: Standpoint) -> list[tuple[str, int]]:
    """Who loaded the version in the last seven days, and when last (microseconds ago)."""
    now = context.clock()
    found = context.registry.users_since(version.key.id, now - 7 * DAY)
    return [(context.registry.name_of(actor), now - last) for actor, last in found]


def ago(micros: int) -> str:
    """A span of time in the largest unit that fits."""
    seconds = max(micros, 0) // 1_000_000
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "a moment ago"


def day_of(micros: int) -> str:
    """The day of a time, in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(micros / 1_000_000, tz=UTC).date().isoformat()
