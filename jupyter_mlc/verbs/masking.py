"""What people say in their own words, searched for secrets before a verb sees it: replaced, and named in the reply.

What secrets look like takes a while to learn, so it is learned when somebody has said something.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from jupyter_mlc.capture.switches import switches
from jupyter_mlc.store.home import working_folder
from jupyter_mlc.verbs.base import Ask, Field, Reply

if TYPE_CHECKING:
    from jupyter_mlc.capture.secrets.scrubbing import Scrubber, Watched

LARGEST_TEXT = 1 << 20
"""bytes of a text file that is searched"""
Replied = TypeVar("Replied", bound=Reply)


def masked(ask: Ask) -> tuple[Ask, tuple[str, ...]]:
    """Return the request without the secrets in its notes, reasons, tags and parameters, and where there were any."""
    kind: Any = type(ask)  # which mypy takes for unhashable, as its instances are
    said = {name: (value, label) for name, label in _words_of(kind) if (value := getattr(ask, name))}
    scrubber = searching() if said else None
    if scrubber is None:
        return ask, ()
    clean, found = dict[str, Any](), list[str]()
    for name, (value, label) in said.items():
        clean[name], kinds = _searched(value, label, scrubber)
        found += kinds
    return (dataclasses.replace(ask, **clean), tuple(found)) if found else (ask, ())


def said_in(ask: type[Ask], values: Mapping[str, Any]) -> tuple[Watched, ...]:
    """Return the secrets in what is going to be asked, which what is captured with it must not hold either."""
    kind: Any = ask  # as in `masked`
    words = [value for name, _ in _words_of(kind) if (value := values.get(name))]
    if not words or not _are_wanted():
        return ()
    from jupyter_mlc.capture.secrets.scrubbing import said

    return tuple(one for each in words for one in said(each))


def named(reply: Replied, found: tuple[str, ...]) -> Replied:
    """Return the reply with a warning for everything that was found."""
    if not found:
        return reply
    from jupyter_mlc.capture.secrets.scrubbing import MASK

    said = (f"{one} was replaced by {MASK}" for one in found)
    return dataclasses.replace(reply, warnings=(*reply.warnings, *said))


def searching() -> Scrubber | None:
    """What searches words that come from elsewhere; None where the project has switched it off."""
    if not _are_wanted():
        return None
    from jupyter_mlc.capture.secrets.scrubbing import Scrubber

    return Scrubber(os.environ)


def masked_text(file: Path, label: str) -> tuple[bytes, tuple[str, ...]] | None:
    """The text of a small file without the secrets in it, and what was found; None where it is kept as it is.

    That is so where nothing is found in it, where it is no text or a large one, and where nobody wants a search.
    """
    scrubber = searching()
    if scrubber is None or file.stat().st_size > LARGEST_TEXT:
        return None
    try:
        text = file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
    clean, found = scrubber.scrub(text, label) if "\0" not in text else (text, ())
    return (clean.encode(), found) if found else None


def _searched(value: Any, label: str, scrubber: Scrubber) -> tuple[Any, tuple[str, ...]]:
    from jupyter_mlc.capture.secrets.scrubbing import scrub_entries

    if isinstance(value, Mapping):
        return scrub_entries(value, label, scrubber)
    return scrubber.scrub(value, label, prose=True)


@lru_cache(maxsize=256)
def _words_of(ask: type[Ask]) -> tuple[tuple[str, str], ...]:
    """Return the fields that hold people's own words, and what these are called."""
    hints = get_type_hints(ask, include_extras=True)
    described: dict[str, Field] = {name: hint.__metadata__[0] for name, hint in hints.items()}
    return tuple((name, field.words) for name, field in described.items() if field.words)


def _are_wanted() -> bool:
    """Whether secrets are searched for: the project may have switched it off."""
    return "secrets" in switches(working_folder()).on
