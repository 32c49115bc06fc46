"""Every refusal that a person can meet. A message names the thing and the reason; the hint names the next step."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import ClassVar


class MlcError(Exception):
    """A refusal with a next step.

    Parameters
    ----------
    message : str
        The thing and the reason, in one line.
    hint : str
        What to do next; may be empty.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def text(self) -> str:
        """Message and hint as a person reads them."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __str__(self) -> str:
        return self.text


class BadInput(MlcError):
    """The words or values of the call do not fit."""

    code = "bad-input"


class NotFound(MlcError):
    """Something was named that is not there."""

    code = "not-found"
    status = 404


class Conflict(MlcError):
    """The call is well formed, but what it asks for is not possible as things stand."""

    code = "conflict"
    status = 409


class IllegalMove(Conflict):
    """A version cannot go to that stage from where it is."""

    code = "illegal-move"


class NeedsConfirmation(MlcError):
    """The act cannot be taken back, or touches people who use the version now; ask, and resend with the token."""

    code = "needs-confirmation"
    status = 409

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message, hint="to go ahead without being asked, add --yes")
        self.token = token


class Untrusted(MlcError):
    """Loading would run code that no trusted key vouches for."""

    code = "untrusted"
    status = 403


class Forbidden(MlcError):
    """Whoever asks may not do this."""

    code = "forbidden"
    status = 403


class Damaged(MlcError):
    """Stored bytes are missing or are not what was recorded."""

    code = "damaged"
    status = 410


class Interrupted(MlcError):
    """Somebody pressed Ctrl-C, and what was begun has ended in good order."""

    code = "interrupted"
    status = 499


class Unavailable(MlcError):
    """The registry cannot be reached, read or written."""

    code = "unavailable"
    status = 503


def did_you_mean(word: str, known: Iterable[str], write: Callable[[str], str] = str) -> str:
    """Return ``did you mean a or b?`` for the known words near `word`, or the empty string; `write` spells them."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(write(lower[name]) for name in near)}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean production?``: what begins with the word (``prod``), else what is spelled like it."""
    whole_words = sorted(known)
    longer = [name for name in whole_words if word and name.startswith(word.lower())]
    return f"did you mean {' or '.join(longer)}?" if longer else did_you_mean(word, whole_words)
