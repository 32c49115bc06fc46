"""Words that were captured, made safe to show: no terminal escapes, no invisible marks that turn the reading around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, clipboards
    r"|\x1b[ -/]*[0-~]?"
)
_JOINERS = "\u200c\u200d"
"""they make letters of some scripts, and some emoji, what they are"""
_WIDE = "WF"
_PLURALS = {"entry": "entries", "person": "people", "retry": "retries"}


def clean(text: str) -> str:
    """One line of text: escapes and invisible marks removed, white space folded."""
    return " ".join(clean_lines(text).split())


def clean_lines(text: str) -> str:
    """The same for text that may go over several lines."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_shown(character) for character in _ESCAPES.sub("", text))
    return shown.strip("\n")


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or category in {"Zl", "Zp"}:
        return "\n"
    if category == "Cs":  # half a character, which no encoding can write
        return "\ufffd"
    if category == "Cc":
        return " " if character in "\t\r\v\f" else ""
    return "" if category == "Cf" and character not in _JOINERS else character


def width(text: str) -> int:
    """How many columns of a terminal a line takes."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character in _JOINERS or unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def shorten(text: str, most: int) -> str:
    """The text in at most so many columns; an ellipsis says that there was more."""
    if width(text) <= most:
        return text
    return _beginning(text, most - 1).rstrip() + "…"


def wrapped(text: str, most: int) -> list[str]:
    """The words of a text in lines of at most so many columns; longer words are broken."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, most):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if width(longer) <= most:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, most: int) -> Iterator[str]:
    while word:
        piece = _beginning(word, most) or word[0]
        yield piece
        word = word[len(piece) :]


def _beginning(text: str, most: int) -> str:
    """As much of the text as finds room in so many columns."""
    used = 0
    for place, character in enumerate(text):
        used += _columns(character)
        if used > most:
            return text[:place]
    return text


def counted(number: int, noun: str) -> str:
    """``1 event``, ``2 events``."""
    many = _PLURALS.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"


def sentence(text: str) -> str:
    """The text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""
