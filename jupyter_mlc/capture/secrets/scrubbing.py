"""Secrets in captured text: found, replaced by ``***``, and named without being repeated.

Every search is bounded at each place where it starts, so that the time grows with the text and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from jupyter_mlc.capture.secrets.shapes import Span, by_shape
from jupyter_mlc.capture.secrets.telling import PLACEHOLDERS, Telling, by_name, is_secret, looks_random, telling
from jupyter_mlc.capture.words import words
from jupyter_mlc.domain.entities import Scalar

MASK = "***"
SHORTEST_VALUE = 8
"""characters; shorter values of environment variables turn up by chance"""
COMMON = PLACEHOLDERS | words(
    """
    administrator anonymous automatic continue database deployed developer development disabled enabled external
    internal keychain keyring localhost minimal notebook password1 postgres postgresql production readonly research
    staging standard username
    """
)
"""values that say nothing although their variable's name does"""

_LONG = 100_000
_URL_LOGIN = re.compile(r"://([^\s/:@'\"<>\\]{0,256}):([^\s/@'\"<>\\]{1,512})@")
_URL_TOKEN = re.compile(r"://([\w.~%-]{16,512})@")
_HEADER = re.compile(r"\b(?:[Bb]earer|[Bb]asic|BEARER|BASIC)[ ]{1,4}([A-Za-z0-9._~+/=-]{12,4096})")
_CONNECTION = re.compile(r"(?i)[;\"' ](?:password|pwd)=([^;\"'\s{}]{4,128})(?=;)")
_CURL_LOGIN = re.compile(
    r"\bcurl\b[^\n]{0,512}?\s(?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^\s:\"']{1,128}:([^\s\"']{4,512})"
)
_FILLED_IN = re.compile(r"\{.*\}|\$.*|%.*s|\*+")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A value that must not be kept, and how it is called."""

    value: str
    kind: str


def scrub(text: str, where: str, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the text without its secrets, and what was found where.

    Parameters
    ----------
    text : str
        Anything captured: a cell, a diff, an address.
    where : str
        How the place is called in what is found, e.g. ``cell 3``.
    environ : mapping
        The environment, whose telling variables' values are searched for.
    """
    return Scrubber(environ).scrub(text, where)


def scrub_entries(
    entries: Mapping[str, Scalar], what: str, scrubber: Scrubber
) -> tuple[dict[str, Scalar], tuple[str, ...]]:
    """Return a mapping without the secrets among its values, and what was found where.

    Parameters
    ----------
    entries : mapping
        Tags, or the parameters of a model.
    what : str
        How one of them is called in what is found, e.g. ``parameter``.
    scrubber : Scrubber
        Knows the environment.
    """
    clean, found = dict(entries), list[str]()
    for key, value in entries.items():
        clean[key], kinds = _entry(key, value, f"{what} {key}", scrubber)
        found += kinds
    return clean, tuple(found)


def _entry(key: str, value: Scalar, where: str, scrubber: Scrubber) -> tuple[Scalar, tuple[str, ...]]:
    if isinstance(value, bool | float) or value is None:
        return value, ()
    kind = entry_kind(key, str(value))
    if kind:
        return MASK, (f"{where}: {kind}",)
    return scrubber.scrub(value, where, prose=True) if isinstance(value, str) else (value, ())


def said(words: str | Mapping[str, Scalar]) -> tuple[Watched, ...]:
    """Return the secrets in what somebody said, a note or tags, to be watched for in what is captured with it."""
    found = _said_in(words) if isinstance(words, str) else [one for key in words for one in _entered(key, words[key])]
    return _as_written(one for one in found if one.value.lower() not in COMMON)


def _entered(key: str, value: Scalar) -> list[Watched]:
    if isinstance(value, bool | float) or value is None:
        return []
    kind = entry_kind(key, str(value))
    return [Watched(value=str(value), kind=kind)] if kind else _said_in(str(value))


def _said_in(text: str) -> list[Watched]:
    return [Watched(value=text[begin:end], kind=kind) for begin, end, kind in _spans((), text, prose=True)]


class Scrubber:
    """Scrubs text, and scans the same text only once as long as the environment's secrets stay the same.

    Parameters
    ----------
    environ : mapping, optional
        The environment, as for `scrub`.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ or {}
        self._forget()

    def watch(self, environ: Mapping[str, str], besides: Iterable[Watched] = ()) -> None:
        """Look for the secrets of this environment from now on, and for some besides."""
        values = _longest_first((*watched(environ), *besides))
        if values != self._values:
            self._environ = environ
            self._values = values
            self._forget()

    @cached_property
    def _values(self) -> tuple[Watched, ...]:
        """Found when there is a text to search: looking through an environment takes its time."""
        return watched(self._environ)

    def scrub(self, text: str, where: str, *, prose: bool = False) -> tuple[str, tuple[str, ...]]:
        """Do as the function `scrub` does; in prose, such as a note, nothing is taken for code."""
        clean, kinds = (self._scan if len(text) < _LONG else self._scan_long)(text, prose=prose)
        return clean, tuple(f"{where}: {kind}" for kind in kinds)

    def _forget(self) -> None:
        self._scan = lru_cache(maxsize=8192)(self._scanned)
        self._scan_long = lru_cache(maxsize=8)(self._scanned)

    def _scanned(self, text: str, *, prose: bool) -> tuple[str, tuple[str, ...]]:
        return _scan(self._values, text, prose=prose)


def watched(environ: Mapping[str, str]) -> tuple[Watched, ...]:
    """Return the secrets of an environment: values under telling names, and passwords in addresses."""
    found = [one for name, value in environ.items() if len(value) >= SHORTEST_VALUE for one in _watched(name, value)]
    return _longest_first(found)


def _longest_first(found: Iterable[Watched]) -> tuple[Watched, ...]:
    return tuple(sorted(found, key=lambda one: (-len(one.value), one.value, one.kind)))


@lru_cache(maxsize=1024)
def _watched(name: str, value: str) -> tuple[Watched, ...]:
    found = [Watched(value=match[2], kind=f"the password in {name}") for match in _URL_LOGIN.finditer(value)]
    if telling(name) is not Telling.NOTHING and value.lower() not in COMMON and not value.startswith(("/", "~/")):
        found.append(Watched(value=value, kind=f"the value of {name}"))
    return _as_written(found)


def _as_written(found: Iterable[Watched]) -> tuple[Watched, ...]:
    """Return the values that are long enough to be searched for, also as they stand in JSON."""
    known = list(found)
    written = [Watched(value=json.dumps(one.value)[1:-1], kind=one.kind) for one in known]
    return tuple(one for one in dict.fromkeys([*known, *written]) if len(one.value) >= SHORTEST_VALUE)


def _spans(values: tuple[Watched, ...], text: str, *, prose: bool) -> list[Span]:
    shaped = (*_by_value(text, values), *by_shape(text), *_in_urls(text), *_in_headers(text), *_in_logins(text))
    return sorted((*shaped, *by_name(text, prose=prose)), key=lambda span: (span[0], -span[1]))


def _scan(values: tuple[Watched, ...], text: str, *, prose: bool) -> tuple[str, tuple[str, ...]]:
    pieces, kinds, at = [], [], 0
    for begin, end, kind in _spans(values, text, prose=prose):
        if begin >= at:
            pieces += [text[at:begin], MASK]
            kinds.append(kind)
        at = max(at, end)
    return "".join([*pieces, text[at:]]), tuple(dict.fromkeys(kinds))


def _by_value(text: str, values: tuple[Watched, ...]) -> Iterator[Span]:
    for one in values:
        at = text.find(one.value)
        while at >= 0:
            yield at, at + len(one.value), one.kind
            at = text.find(one.value, at + len(one.value))


def _in_urls(text: str) -> Iterator[Span]:
    yield from _in_connections(text)
    if "://" not in text or "@" not in text:
        return
    for match in _URL_LOGIN.finditer(text):
        if not _FILLED_IN.fullmatch(match[2]):
            yield *match.span(2), "a URL with a password"
    for match in _URL_TOKEN.finditer(text):
        if looks_random(match[1]):
            yield *match.span(1), "a URL with a token"


def _in_connections(text: str) -> Iterator[Span]:
    if "d=" in text.lower():
        yield from ((*match.span(1), "a connection string's password") for match in _CONNECTION.finditer(text))


def _in_headers(text: str) -> Iterator[Span]:
    if "earer" in text or "asic" in text or "EARER" in text or "BASIC" in text:
        yield from (
            (*match.span(1), "an authorization header") for match in _HEADER.finditer(text) if looks_random(match[1])
        )


def _in_logins(text: str) -> Iterator[Span]:
    if "curl" in text:
        found = (match.span(1) for match in _CURL_LOGIN.finditer(text) if not _FILLED_IN.fullmatch(match[1]))
        yield from ((*span, "the password of a login") for span in found)


def entry_kind(name: str, value: str) -> str | None:
    """Return the kind of secret that one entry of a mapping is, or None where it is none."""
    return f"the value of {name}" if is_secret(value, telling(name)) else None
