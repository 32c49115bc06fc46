"""Secrets that are told by the name beside them: ``password = "..."``, ``{"api_key": "..."}``, ``TOKEN=...``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from jupyter_mlc.capture.secrets.shapes import Span, entropy
from jupyter_mlc.capture.words import words


class Telling(IntEnum):
    """How much a name tells about its value."""

    NOTHING = 0
    PERHAPS = 1
    """the value must look random: a token may as well be a word of a text"""
    LIKELY = 2
    """the value must not be made of words"""
    SURELY = 3
    """any value that is no placeholder"""


SURELY = frozenset({"password", "passwd", "pwd", "passphrase"})
LIKELY = frozenset({"secret", "apikey", "accesskey", "secretkey", "privatekey", "apisecret", "pw"})
PERHAPS = frozenset({"token", "auth", "authorization", "credential", "credentials", "bearer", "authtoken", "pat"})
KEYS = words(
    """
    access account api app auth client deploy encryption license master private secret service shared signing ssh
    storage subscription write
    """
)
"""what makes a key a secret when it stands before the word"""
DESCRIBES = words(
    """
    arg attr checksum class col column columns commit cost count counts dataset description digest dim dir embedding
    embeddings enabled encoder endpoint env error expired expires expiry field file filename fingerprint folder
    format hash help hint id ids idx index input kind label len length lengths level limit list map mask max message
    method min mode model module name names num number param params path pattern placeholder policy position prefix
    prompt provider regex required sep sha sha1 sha256 size sock socket split strategy suffix template text
    tokenizer type types uri url uuid var version vocab
    """
)
"""as a name's last word: the value is about a secret, and none itself"""
PLACEHOLDERS = words(
    """
    anonymous api_key apikey basic bearer change_me changeme default demo digest dummy empty example false hidden
    masked missing nil no none null oauth oauth2 optional passphrase passwd password prompt pwd redacted removed
    required sample secret str string test testing text token token_auth true undefined unknown user username yes
    """
)
_INVENTED = re.compile(
    r"(?i)your|insert|enter[\W_]|replace|fake|dummy|example|my[\W_](?:api|secret|pass|token|key)|x{3,}|\.{3}|\*{3}|env[:.]|os\."
)
_FILLED_IN = re.compile(r"(?:<.*>|\{.*\}|\[.*\]|\$\{.*\}|\$\(.*\)|\$[A-Z_]+|%\(.*|%s)\Z", re.DOTALL)
_DIGEST = re.compile(r"(?i)(?:sha\d{1,3}|md5|blake2b?)[:-]")
_PATH = re.compile(r"(?:~|\.{0,2})/[\w.-]+/")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PIECES = re.compile(r"[\W_]+")
_WORDY = re.compile(r"[a-z]{0,20}|[A-Z]{1,20}|(?:[A-Z][a-z]+){1,6}|[a-z]+(?:[A-Z][a-z]+){1,6}|[A-Za-z]{0,12}\d{0,4}")

# The first letters alone make the scan quick; the rest of the name is read where one is found.
_HIT = re.compile(r"(?i:pass|pwd|secret|token|key|auth|credential|bearer|[_.]pat\b|(?<![a-z])pw\b)")
_AFTER = re.compile(r"[\w-]{0,64}")
_QUOTE = r"""\\{0,3}(?:\"\"\"|'''|"|')"""
_ANNOTATION = r"\s{0,4}:\s{0,4}[\w.\[\]|, ]{1,40}(?==)"
_OPERATOR = re.compile(
    rf"(?:{_QUOTE})?\s{{0,4}}\]?(?:{_ANNOTATION})?\s{{0,8}}(?P<op>={{1,2}}|:=|=>|:|,)\s{{0,8}}\(?\s{{0,80}}"
)
_LITERAL = re.compile(
    rf"""(?P<prefix>[rRbBuUfF]{{0,2}})(?P<quote>{_QUOTE})(?P<value>(?:[^\\\n]|\\.){{0,4096}}?)(?P=quote)"""
)
_LONG_LITERAL = re.compile(
    r"""(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>\\{0,3}\"\"\"|\\{0,3}''')(?P<value>.{0,4096}?)(?P=quote)""", re.DOTALL
)
_NEXT_LITERAL = re.compile(r"\s{0,200}(?=[rRbBuU]?[\"'])")
_BARE = re.compile(r"""[^\s"'`,;(){}\[\]<>\\]{4,512}(?![(\[])""")
_AFTER_FLAG = re.compile(r"=|[ \t]{1,3}(?=[^\s-])")
_AFTER_NAME = re.compile(r"=(?!=)|:[ \t]{1,8}")
_SHELL_LINE = re.compile(
    r"""[ \t+-]{0,8}(?:["'][ \t]{0,8})?(?:!|%env\b|%set_env\b|export\b|set\b|setenv\b|ENV\b|ARG\b)"""
)
_OUR_LINE = re.compile(
    r"""[ \t+-]{0,40}(?:["'][ \t]{0,40})?"""
    r"""(?:(?:[^\W\d][\w., \t]{0,64}=[ \t]{0,4})?%{1,2}mlc\b|(?:jupyter[ -])?mlc[ \t])"""
)
"""the words of our own commands are as bare as a shell's"""
_CLOSED = re.compile(r"""\\.|"[^"\\]*"|'[^'\\]*'""")
_LINE = 1_024
"""characters of a line, as far as it goes on from the one above, that are looked at before a name"""
_FOREIGN_CELL = re.compile(r"\s{0,80}%%(?:bash|sh|script|writefile|file|dotenv|cmd)\b")
_CODE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"


@lru_cache(maxsize=4096)
def telling(name: str) -> Telling:
    """Say how much a name tells: ``DB_PASSWORD`` surely, ``n_tokens`` nothing, ``password_file`` nothing."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in DESCRIBES:
        return Telling.NOTHING
    pairs = {(first, second) for first, second in pairwise(words) if second in {"key", "keys"}}
    if SURELY & set(words):
        return Telling.SURELY if words != ["pwd"] else Telling.PERHAPS  # alone it is a shell's working folder
    if LIKELY & set(words) or any(first in KEYS for first, _ in pairs) or words[1:][-1:] == ["pass"]:
        return Telling.LIKELY
    return Telling.PERHAPS if PERHAPS & set(words) else Telling.NOTHING


def is_secret(value: str, told: Telling) -> bool:
    """Say whether a value beside such a name is a secret."""
    value = value.strip()
    if told is Telling.NOTHING or not value or value.lower() in PLACEHOLDERS:
        return False
    if any(form.match(value) for form in (_INVENTED, _FILLED_IN, _DIGEST)) or set(value) <= set("*.-_xX#0 "):
        return False
    if told is Telling.SURELY:
        return len(value) > 3 and len(value.split()) < 3  # noqa: PLR2004 (a sentence is a label)
    if told is Telling.LIKELY:
        return len(value) > 7 and not _wordy(value) and " " not in value  # noqa: PLR2004
    return looks_random(value) and not _PATH.match(value)


def looks_random(value: str) -> bool:
    """Say whether a value looks drawn by a machine: long, of letters and digits, and not made of words."""
    enough = len(value) > 11 and any(one.isdigit() for one in value)  # noqa: PLR2004
    return enough and " " not in value and not _wordy(value) and entropy(value) > 2.8  # noqa: PLR2004


def _wordy(value: str) -> bool:
    return all(_WORDY.fullmatch(piece) for piece in _PIECES.split(value))


def by_name(text: str, *, prose: bool = False) -> Iterator[Span]:
    """Yield every value that a telling name beside it gives away; in prose nothing is taken for code."""
    at = 0
    while hit := _HIT.search(text, at):
        before = text[max(0, hit.start() - 64) : hit.start()]
        begin = hit.start() - len(before) + len(before.rstrip(_NAME_CHARACTERS))
        end = _AFTER.match(text, hit.end()).end()  # type: ignore[union-attr] # matches the empty string
        at = end
        for span in _beside(text, begin, end, prose=prose):
            yield span
            at = max(at, span[1])


def _beside(text: str, begin: int, end: int, *, prose: bool) -> Iterator[Span]:
    name = text[begin:end].rpartition(".")[2].strip("-")
    told = telling(name)
    if told is Telling.NOTHING:
        return
    operator = _OPERATOR.match(text, end)
    if operator:
        # What follows a comma is more often another name than this one's value.
        weak = min(told, Telling.PERHAPS) if operator["op"] == "," else told
        quoted = list(_literals(text, operator.end(), weak))
        yield from ((first, last, f"the value of {name}") for first, last in quoted)
        if quoted:
            return
    yield from ((first, last, f"the value of {name}") for first, last in _bare(text, begin, end, told, prose=prose))


def _literals(text: str, at: int, told: Telling) -> Iterator[tuple[int, int]]:
    """Yield the strings that stand at a place, one after the other as Python joins them."""
    while literal := _LONG_LITERAL.match(text, at) or _LITERAL.match(text, at):
        interpolated = "f" in literal["prefix"].lower() and "{" in literal["value"]
        if not interpolated and is_secret(literal["value"], told):
            yield literal.span("value")
        following = _NEXT_LITERAL.match(text, literal.end())
        if not following:
            return
        at = following.end()


def _bare(text: str, begin: int, end: int, told: Telling, *, prose: bool) -> Iterator[tuple[int, int]]:
    """Yield a value without quotes, where a line of a shell, an environment file, YAML or prose has one."""
    flag = text.startswith("--", begin)
    separator = (_AFTER_FLAG if flag else _AFTER_NAME).match(text, end)
    value = _BARE.match(text, separator.end()) if separator else None
    if value is None or separator is None:
        return
    line = _line_before(text, begin)
    assigned = separator[0] == "="
    capitals = text[begin:end].isupper()
    if flag or _in_shell(text, line) or (prose and (assigned or capitals)):
        believed = told
    elif not line.strip(" \t+-\"'\\") and not prose:  # the first in its line
        if _CODE.fullmatch(value[0]) and assigned and not capitals:
            return
        believed = told if capitals else Telling.PERHAPS
    elif prose or (_is_quoted(line) and not _is_argument(text, line, value.end())):
        believed = min(told, Telling.LIKELY)
    else:
        return
    if is_secret(value[0], believed):
        yield value.span()


def _line_before(text: str, begin: int) -> str:
    """Return what stands before a place in its line, and in those above that go on in it."""
    least = max(0, begin - _LINE)
    first = text.rfind("\n", least, begin) + 1
    while first > least and text.endswith("\\\n", least, first):
        first = text.rfind("\n", least, first - 1) + 1
    return text[max(first, least) : begin]


def _in_shell(text: str, line: str) -> bool:
    return bool(_SHELL_LINE.match(line) or _OUR_LINE.match(line) or _FOREIGN_CELL.match(text))


def _is_quoted(line: str) -> bool:
    """Say whether a line ends within a string or a comment."""
    return not {'"', "'", "#"}.isdisjoint(_CLOSED.sub("", line))


def _is_argument(text: str, line: str, end: int) -> bool:
    """Say whether a value is one of a call that stands in a string: code, whose values are names."""
    return line.rstrip().endswith(("(", ",")) or text.startswith((",", ")"), end)
