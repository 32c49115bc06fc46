from __future__ import annotations

import pytest
from IPython.lib.pretty import pretty

from jupyter_mlc.faces.help import HelpText, everything, group_page, groups, overview, usage, verb_page
from jupyter_mlc.verbs.base import VERBS, Verb


def test_the_overview_shows_those_of_the_twelve_that_are_there(verbs: dict[str, Verb]) -> None:
    some = {name: verbs[name] for name in ("show", "run", "load", "edit")}
    assert overview(some).text == (
        "  %%mlc run churn               Do what 'run' says\n"
        "  %mlc show churn:3             Do what 'show' says\n"
        "  m = %mlc load churn@champion  Do what 'load' says\n"
        "\n"
        "%mlc VERB --help explains a verb · %mlc help lists them all"
    )


def test_help_lists_every_verb_but_the_plumbing(verbs: dict[str, Verb]) -> None:
    text = everything(verbs).text
    assert [name for name, verb in verbs.items() if f"mlc {name} " not in text and not verb.plumbing] == []
    assert "blobs" not in text


def test_groups_without_verbs_to_offer_are_not_offered(verbs: dict[str, Verb]) -> None:
    assert groups(verbs) == ["dataset"]


def test_the_page_of_a_group_shows_how_its_verbs_are_written(verbs: dict[str, Verb]) -> None:
    assert group_page("dataset", verbs).text == (
        "  %mlc dataset add NAME DATA  Do what 'dataset add' says\n"
        "  %mlc dataset list [WHAT]    Do what 'dataset list' says\n"
        "\n"
        "%mlc dataset VERB --help explains a verb"
    )


def test_usage_shows_what_may_be_left_out_and_what_may_be_repeated(verbs: dict[str, Verb]) -> None:
    assert usage(verbs["discard"]) == "%mlc discard REF... [options]"
    assert usage(verbs["tag"]) == "%mlc tag REF [KEY=VALUE...] [options]"
    assert usage(verbs["run"]) == "%%mlc run NAME [NOTE] [options]"
    assert usage(VERBS["schedule add"]) == "%mlc schedule add REF --every TIME [options]"


def test_the_page_of_a_verb_describes_every_field_that_is_typed(verbs: dict[str, Verb]) -> None:
    assert verb_page(verbs["promote"]).text == (
        '%mlc promote REF [TO] ["reason"] [options]\n'
        "\n"
        "Do what 'promote' says.\n"
        "\n"
        "And say more about it.\n"
        "\n"
        "  REF         the version\n"
        "  [TO]        the stage; one of candidate, staging, production\n"
        '  ["reason"]  why, in quotes\n'
        "\n"
        "options:\n"
        "  --dry-run  say what would happen; change nothing\n"
        "  --yes      go ahead without being asked\n"
        "  --json     answer with plain data\n"
        "  --quiet    say nothing; in a notebook a closing ; does the same\n"
        "  --help     this page\n"
        "\n"
        'example: %mlc promote churn:3 production "best on June"'
    )


def test_options_show_their_short_form_their_default_and_that_they_repeat(verbs: dict[str, Verb]) -> None:
    assert "-p, --param KEY=VALUE  a parameter; repeatable" in verb_page(verbs["run"]).text
    assert "--limit LIMIT" in verb_page(verbs["list"]).text
    assert "how many at most; default 100" in verb_page(verbs["list"]).text


def test_what_faces_fill_in_is_not_in_help(verbs: dict[str, Verb]) -> None:
    text = verb_page(verbs["register"]).text
    assert "snapshot" not in text
    assert "confirm" not in text


def test_no_line_of_help_is_wide() -> None:
    pages = [overview(VERBS), everything(VERBS)]
    assert [line for page in pages for line in page.text.splitlines() if len(line) > 110] == []


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_verb_has_a_page_that_begins_with_how_it_is_written(name: str) -> None:
    page = verb_page(VERBS[name]).text
    assert page.startswith(usage(VERBS[name]))
    assert page.splitlines()[-1].startswith("example: ")


def test_help_is_shown_as_it_is_in_a_notebook() -> None:
    shown = pretty(HelpText(parts=("a", "  b")))  # type: ignore[no-untyped-call]
    assert shown == "a\n  b"
    assert str(HelpText(parts=("a",))) == "a"


def test_the_columns_fit_the_commands_as_they_are_spelled() -> None:
    page = HelpText(parts=(("%mlc a", "first"), ("%mlc show bc", "second"), "", "%mlc help"))
    assert page.spelled(lambda text: text.replace("%mlc", "jupyter mlc")) == (
        "  jupyter mlc a        first\n  jupyter mlc show bc  second\n\njupyter mlc help"
    )
