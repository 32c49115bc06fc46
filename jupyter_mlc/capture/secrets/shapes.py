"""Secrets that can be told by their shape alone: the key formats of well-known services."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Span = tuple[int, int, str]
"""where in a text a secret begins and ends, and what it is"""

# Nothing of the kind may stand right before a key: in the middle of an image's base64 any four letters turn up.
_START = r"(?<![A-Za-z0-9_/+-])"
_END = r"(?![A-Za-z0-9_-])"


@dataclass(frozen=True, kw_only=True)
class KeyFormat:
    """One format: quick marks without which the pattern need not be tried, and the pattern."""

    kind: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _: True


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters, in bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values()) if text else 0.0


def _mixed(text: str) -> bool:
    """Tell keys from names with the same beginning, such as the classes in scikit-learn's HTML."""
    return sum(character.isdigit() for character in text) > 2 and entropy(text) > 3.2  # noqa: PLR2004


def _format(
    kind: str, marks: str, pattern: str, end: str = _END, check: Callable[[str], bool] = lambda _: True
) -> KeyFormat:
    return KeyFormat(kind=kind, marks=tuple(marks.split()), pattern=re.compile(_START + pattern + end), check=check)


FORMATS = (
    _format("an AWS access key", "AKIA ASIA ABIA ACCA", r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}"),
    _format("a Google API key", "AIza", r"AIza[\w-]{35}"),
    _format("a Google client secret", "GOCSPX-", r"GOCSPX-[\w-]{20,64}"),
    _format("a Google access token", "ya29.", r"ya29\.[\w.-]{20,2048}"),
    _format("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,255}"),
    _format("a GitHub token", "github_pat_", r"github_pat_\w{22,255}"),
    _format("a GitLab token", "glpat- gldt- glrt- glptt- glcbt- gloas-", r"gl(?:pat|dt|rt|ptt|cbt|oas)-[\w.-]{20,300}"),
    _format("a Slack token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,250}"),
    _format("a Slack token", "xapp-", r"xapp-\d-[A-Za-z0-9-]{10,250}"),
    _format("a Slack webhook", "hooks.slack.com", r"https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,200}"),
    _format(
        "a Discord webhook",
        "/api/webhooks/",
        r"https://[a-z.]{0,20}discord(?:app)?\.com/api/webhooks/\d{5,25}/[\w-]{30,100}",
    ),
    _format("an Anthropic key", "sk-ant-", r"sk-ant-[\w-]{20,250}"),
    _format("an API key", "sk-", r"sk-[\w-]{20,250}", check=_mixed),
    _format("a Stripe key", "_live_ _test_", r"[rsp]k_(?:live|test)_[A-Za-z0-9]{16,250}"),
    _format("a Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{20,250}"),
    _format("a Hugging Face token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,64}"),
    _format("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _format("a PyPI token", "pypi-", r"pypi-[\w-]{50,1000}"),
    _format("a SendGrid key", "SG.", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    _format("a DigitalOcean token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _format("a Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _format("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,80}"),
    _format("a Replicate token", "r8_", r"r8_[A-Za-z0-9]{30,60}"),
    _format("an xAI key", "xai-", r"xai-[A-Za-z0-9]{60,100}"),
    _format("a Shopify token", "shpat_ shpss_ shpca_ shppa_", r"shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}"),
    _format("a Docker token", "dckr_pat_", r"dckr_pat_[\w-]{20,64}"),
    _format("a Vault token", "hvs. hvb.", r"hv[sb]\.[\w-]{20,300}"),
    _format("a Grafana token", "glsa_ glc_", r"gl(?:sa|c)_[\w+/=-]{30,400}"),
    _format("a Telegram token", ":AA", r"\d{8,10}:AA[\w-]{33}"),
    _format("a JSON web token", "eyJ", r"eyJ[\w-]{8,4096}\.eyJ[\w-]{8,8192}\.[\w-]{8,4096}"),
    _format(
        "an Azure key",
        "AccountKey= AccessKey= SharedAccessSignature=",
        r"(?:(?:Account|Access|SharedAccess)Key|SharedAccessSignature)=[A-Za-z0-9+/=%&]{40,600}",
    ),
    _format("an age key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{40,70}"),
)

_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# A key that was cut off: base64 in lines, whether the line ends are real or written out.
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s\"',]|\\n|\\r)*")


def by_shape(text: str) -> Iterator[Span]:
    """Yield every key of a known format."""
    for form in FORMATS:
        if any(mark in text for mark in form.marks):
            yield from ((*match.span(), form.kind) for match in form.pattern.finditer(text) if form.check(match[0]))
    if "PRIVATE KEY" in text:
        yield from _private_keys(text)


def _private_keys(text: str) -> Iterator[Span]:
    at = 0
    while begin := _PEM_BEGIN.search(text, at):
        nearest = _PEM_BEGIN.search(text, begin.end())
        end = _PEM_END.search(text, begin.end(), nearest.start() if nearest else len(text))
        at = end.end() if end else _cut_off(text, begin.end())
        if at > begin.end():
            yield begin.start(), at, "a private key"


def _cut_off(text: str, begin: int) -> int:
    body = _PEM_BODY.match(text, begin)
    found = body.end() if body else begin
    return found if len(text[begin:found].strip(" \n\"',\\")) > 20 else begin  # noqa: PLR2004
