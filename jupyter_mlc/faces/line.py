r"""One typed line into words that remember how they were typed: bare, quoted, or ``{expression}``.

The rules, in the order in which they matter:

- Words are parted by white space. Double and single quotes hold a word together and may begin in the middle of one.
- ``{expression}`` belongs to Python, up to the brace that closes it, whatever quotes and braces it holds. It counts
  in bare text and in double quotes, never in single quotes. ``{{1, 2}}`` is the expression ``{1, 2}``.
- A backslash takes the meaning from the next character; in double quotes only from ``"``, ``\``, ``{`` and ``}``.
- ``#`` at the beginning of a word begins a comment; a bare ``;`` at the end of the line hides the display.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from jupyter_mlc.domain.errors import BadInput


class Kind(Enum):
    """How a piece of a word was typed."""

    BARE = auto()
    QUOTED = auto()
    EXPRESSION = auto()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a word that was typed in one way; an expression comes without its braces."""

    text: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of a line."""

    pieces: tuple[Piece, ...]
    typed: str
    """as it stands in the line"""

    @property
    def text(self) -> str:
        """What the word says, quotes removed; expressions stay as they were typed."""
        return "".join(f"{{{p.text}}}" if p.kind is Kind.EXPRESSION else p.text for p in self.pieces)

    @property
    def is_bare(self) -> bool:
        return all(piece.kind is Kind.BARE for piece in self.pieces)

    @property
    def is_quoted(self) -> bool:
        return any(piece.kind is Kind.QUOTED for piece in self.pieces)

    @property
    def has_expression(self) -> bool:
        return any(piece.kind is Kind.EXPRESSION for piece in self.pieces)

    @property
    def expression(self) -> str | None:
        """The expression, where the word is wholly one."""
        whole = len(self.pieces) == 1 and self.pieces[0].kind is Kind.EXPRESSION
        return self.pieces[0].text if whole else None

    @property
    def option(self) -> str:
        """``--limit`` or ``-p`` where the word begins with one, else the empty string; a number is no option."""
        first = self.pieces[0]
        if first.kind is not Kind.BARE or not first.text.startswith("-") or first.text == "-":
            return ""
        return "" if _is_number(first.text) else first.text.partition("=")[0]

    def split(self) -> tuple[str, Word | None]:
        """The word parted at its first ``=``: the key, and the rest where there is an ``=``.

        Where quotes hold key and value together, as in ``"max_depth=[4, 8]"``, the value counts as bare.
        """
        key = ""
        for index, piece in enumerate(self.pieces):
            if piece.kind is Kind.EXPRESSION or "=" not in piece.text:
                key += piece.text
                continue
            before, _, after = piece.text.partition("=")
            rest = (Piece(text=after, kind=Kind.BARE), *self.pieces[index + 1 :])
            typed = after if piece.kind is Kind.QUOTED else self.typed.partition("=")[2]
            return key + before, Word(pieces=_without_empty(rest), typed=typed)
        return key, None

    @classmethod
    def plain(cls, text: str) -> Word:
        """A word of the command line, where the shell has taken the quotes off."""
        return cls(pieces=(Piece(text=text, kind=Kind.BARE),), typed=text)


def _without_empty(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(p for p in pieces if p.text or p.kind is not Kind.BARE) or pieces[:1]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, read."""

    words: tuple[Word, ...]
    quiet: bool = False
    """it ended in ``;``"""


def read(text: str) -> Line:
    """Read a line.

    Raises
    ------
    BadInput
        For a quote or brace that is never closed, with its position, and for a NUL character.
    """
    reader = _Reader(text=text)
    while reader.next_word():
        pass
    return Line(words=tuple(reader.words), quiet=reader.quiet)


@dataclass(kw_only=True)
class _Reader:
    """Walks once over the text."""

    text: str
    at: int = 0
    quiet: bool = False
    words: list[Word] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "\0" in self.text:
            raise _fault(self.text, self.text.index("\0"), "a NUL character", hint="take it out")

    def next_word(self) -> bool:
        """Read one word; False at the end of the line, or where a comment begins."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        start = self.at
        if start == len(self.text) or self.text[start] == "#":
            return False
        while self.at < len(self.text) and not self.text[self.at].isspace():
            if self._at_last_semicolon():
                self.quiet = True
                self._finish(start)
                return False
            self._step()
        self._finish(start)
        return True

    def _at_last_semicolon(self) -> bool:
        """Whether only semicolons, white space and perhaps a comment follow."""
        if self.text[self.at] != ";":
            return False
        rest = self.text[self.at :].lstrip(";")
        return not rest.strip() or (rest[0].isspace() and rest.lstrip().startswith("#"))

    def _step(self) -> None:
        """Read one character, or all that a quote or brace holds together."""
        char = self.text[self.at]
        if char == "{":
            self._expression()
        elif char == "'":
            self._single()
        elif char == '"':
            self._double()
        elif char == "\\" and self.at + 1 < len(self.text):
            self._add(self.text[self.at + 1], Kind.QUOTED)
            self.at += 2
        else:
            self.bare.append(char)
            self.at += 1

    def _add(self, text: str, kind: Kind) -> None:
        self._end_bare()
        self.pieces.append(Piece(text=text, kind=kind))

    def _end_bare(self) -> None:
        if self.bare:
            self.pieces.append(Piece(text="".join(self.bare), kind=Kind.BARE))
            self.bare.clear()

    def _finish(self, start: int) -> None:
        self._end_bare()
        if self.pieces:
            self.words.append(Word(pieces=tuple(self.pieces), typed=self.text[start : self.at]))
            self.pieces.clear()

    def _single(self) -> None:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise _unclosed_quote(self.text, self.at)
        self._add(self.text[self.at + 1 : end], Kind.QUOTED)
        self.at = end + 1

    def _double(self) -> None:
        start, held = self.at, list[str]()
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self._add("".join(held), Kind.QUOTED)
                self.at += 1
                return
            if char == "{":
                self._add("".join(held), Kind.QUOTED)
                held.clear()
                self._expression()
                continue
            escaped = char == "\\" and self.text[self.at + 1 : self.at + 2] in {'"', "\\", "{", "}"}
            held.append(self.text[self.at + escaped])
            self.at += 1 + escaped
        raise _unclosed_quote(self.text, start)

    def _expression(self) -> None:
        end = closing_brace(self.text, self.at)
        if end is None:
            raise _fault(
                self.text,
                self.at,
                "a { that is never closed",
                hint="{...} is evaluated in the notebook; to write a brace, put the text in single quotes",
            )
        self._add(self.text[self.at + 1 : end], Kind.EXPRESSION)
        self.at = end + 1


def closing_brace(text: str, start: int) -> int | None:
    """Where the brace that opens at `start` is closed; braces within Python's quotes do not count."""
    depth, at = 0, start
    while at < len(text):
        char = text[at]
        if char in "\"'":
            end = _end_of_string(text, at)
            if end is None:
                return None
            at = end
            continue
        depth += (char == "{") - (char == "}")
        at += 1
        if depth == 0:
            return at - 1
    return None


def _end_of_string(text: str, start: int) -> int | None:
    """Where a Python string that begins at `start` ends."""
    quote = text[start] * 3 if text.startswith(text[start] * 3, start) else text[start]
    at = start + len(quote)
    while at < len(text):
        if text.startswith(quote, at):
            return at + len(quote)
        at += 2 if text[at] == "\\" else 1
    return None


def _unclosed_quote(text: str, at: int) -> BadInput:
    hint = "close it"
    if text[at] == "'" and at and not text[at - 1].isspace():
        hint = 'put text with an apostrophe in double quotes: "Ana\'s model"'
    return _fault(text, at, f"a {text[at]} that is never closed", hint=hint)


_AROUND = 30


def _fault(text: str, at: int, what: str, hint: str) -> BadInput:
    shown = text[max(0, at - _AROUND) : at + _AROUND].replace("\0", "\\0")
    return BadInput(f"position {at + 1} of the line is {what}: {shown.strip()}", hint=hint)
