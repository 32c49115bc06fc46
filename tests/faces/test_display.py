from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from jupyter_mlc.faces.display import as_html, as_text, register, unregister
from jupyter_mlc.faces.display.pages import PAGES
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.show import ShowReply
from tests.faces.display_samples import DETAILS, REPLIES, living_in, registered, version

GOLDEN = Path(__file__).with_name("display_golden.txt")


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with living_in("UTC"):
        yield


def golden() -> dict[str, str]:
    """The texts as a person approved them, by what was typed."""
    parts = GOLDEN.read_text(encoding="utf-8").split("===== ")[1:]
    return {name: text.removesuffix("\n") for name, _, text in (part.partition("\n") for part in parts)}


@pytest.mark.parametrize("typed", REPLIES)
def test_every_reply_reads_as_it_was_approved(typed: str) -> None:
    assert as_text(REPLIES[typed], width=120) == golden()[typed]


def test_every_approved_text_is_still_made_by_a_reply() -> None:
    assert golden().keys() == REPLIES.keys()


@pytest.mark.parametrize("typed", REPLIES)
def test_the_html_of_every_reply_is_well_formed_and_tells_what_the_text_tells_first(typed: str) -> None:
    element = ET.fromstring(as_html(REPLIES[typed]))
    about = as_text(REPLIES[typed], width=120).split(" ")[0]
    style, first = element[0], element[1]
    assert style.tag == "style"
    assert element.attrib == {"class": "mlc"}
    assert "".join(first.itertext()).startswith(about)
    assert not {found.tag for found in element.iter()} & {"script", "iframe", "link", "img", "form"}


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_the_reply_of_every_verb_has_looks_of_its_own_and_a_sample(verb: object) -> None:
    reply = verb.reply  # type: ignore[attr-defined]
    module, function = PAGES[reply.__name__].split(".")
    page = getattr(import_module(f"jupyter_mlc.faces.display.{module}"), function)
    assert page.__annotations__ == {"reply": reply.__name__, "return": "Page"}
    assert reply in {type(sample) for sample in REPLIES.values()}


def test_every_page_is_the_page_of_some_verb() -> None:
    assert set(PAGES) == {verb.reply.__name__ for verb in VERBS.values()}


@dataclass(frozen=True, kw_only=True)
class StrangeReply(Reply):
    first_word: str
    number: int


def test_a_reply_without_looks_of_its_own_lists_its_fields() -> None:
    reply = StrangeReply(first_word="<b>", number=3, warnings=("mind the gap",), next="%mlc list")
    assert as_text(reply) == "strange\nfirst word  <b>\nnumber      3\nwarning: mind the gap\nnext: %mlc list"
    assert "&lt;b&gt;" in as_html(reply)


@dataclass(frozen=True, kw_only=True)
class NewerReply(type(registered)):  # type: ignore[misc]
    pass


def test_a_reply_that_extends_another_looks_like_it() -> None:
    reply = NewerReply(**{name: getattr(registered, name) for name in registered.__dataclass_fields__})
    assert as_text(reply) == as_text(registered)


def test_a_next_step_in_words_stands_as_it_is() -> None:
    assert as_text(Reply(next="ask ana")) == "reply\nask ana"


def test_the_text_fits_the_terminal_unless_a_width_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert as_text(REPLIES["list versions"]) == as_text(REPLIES["list versions"], width=70)


# In IPython


@pytest.fixture
def shell() -> SimpleNamespace:
    from IPython.core.formatters import DisplayFormatter

    return SimpleNamespace(display_formatter=DisplayFormatter())


@pytest.mark.parametrize("typed", REPLIES)
def test_a_notebook_is_given_both_text_and_html(typed: str, shell: SimpleNamespace) -> None:
    register(shell)
    shown, _ = shell.display_formatter.format(REPLIES[typed])
    assert shown == {"text/plain": as_text(REPLIES[typed]), "text/html": as_html(REPLIES[typed])}


def test_registering_twice_and_unregistering_once_leaves_nothing(shell: SimpleNamespace) -> None:
    register(shell)
    shell.display_formatter.format(registered)
    register(shell)
    unregister(shell)
    shown, _ = shell.display_formatter.format(registered)
    assert shown.keys() == {"text/plain"}
    assert "text/html" not in shown


def test_unregistering_before_anything_was_shown_or_registered_is_harmless(shell: SimpleNamespace) -> None:
    unregister(shell)
    register(shell)
    unregister(shell)
    shown, _ = shell.display_formatter.format(registered)
    assert shown.keys() == {"text/plain"}


def test_registering_loads_no_reply_no_page_and_no_library() -> None:
    script = """
import sys
from types import SimpleNamespace
from jupyter_mlc.faces import display
loaded = [name for name in sys.modules if name.startswith(("jupyter_mlc.verbs", "jupyter_mlc.faces.display."))]
print(loaded, [name for name in ("IPython", "numpy", "pandas", "html") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n"


def test_the_bytes_of_a_discarded_version_are_shown_as_gone() -> None:
    shown = ShowReply(kind="version", version=version(4, "purged"), details=DETAILS)
    line = next(line for line in as_text(shown, width=120).splitlines() if line.startswith("bytes"))
    assert line.startswith("bytes         gone for good; they were ")
