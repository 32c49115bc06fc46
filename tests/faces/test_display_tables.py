from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.entities import Feature, Measured, Signature, Snapshot, Standing
from jupyter_mlc.faces.display import as_html, as_text
from jupyter_mlc.faces.display.words import width
from jupyter_mlc.verbs.alias import AliasReply
from jupyter_mlc.verbs.lineage import Edge, lineage_reply
from jupyter_mlc.verbs.list_ import ListReply
from jupyter_mlc.verbs.show import ShowReply
from tests.faces.display_samples import (
    DETAILS,
    MODEL,
    RUN,
    all_retired,
    broken,
    dataset_shown,
    doubtful,
    history,
    living_in,
    metric,
    param,
    promoted,
    version,
    version_shown,
    versions_listed,
)


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with living_in("UTC"):
        yield


def elements(html: str, name: str) -> list[ET.Element]:
    return [found for found in ET.fromstring(html).iter() if found.attrib.get("class", "").split(" ")[0] == name]


def test_a_list_in_a_narrow_terminal_keeps_what_matters_and_says_what_it_left_out() -> None:
    assert as_text(versions_listed, width=60) == (
        "late-flights  3 versions and more\n"
        "version         stage       aliases         auc  max_depth\n"
        "late-flights:3  production  @champion  0.694  ○       12 ◐\n"
        "late-flights:2  deprecated  @previous  0.6831 ○        8 ◐\n"
        "late-flights:1  candidate              0.7    ●        4 ◐\n"
        "(too wide to show here: log_loss, made, by, class, note, tags)\n"
        "● computed by us from stored bytes · ◐ observed in the process · ○ claimed: typed or imported\n"
        "only the first 3; more: --limit 30"
    )


@given(columns=st.integers(min_value=40, max_value=300))
def test_a_table_fits_the_terminal(columns: int) -> None:
    lines = as_text(versions_listed, width=columns).split("\n")
    assert max(map(width, lines[1:5])) <= columns


def test_what_cannot_be_cut_or_left_out_stays_whole() -> None:
    first = as_text(versions_listed, width=5).split("\n")[2]
    assert first == "late-flights:3  production"


def test_metrics_that_most_versions_have_come_first_and_the_rest_is_named() -> None:
    many = tuple(metric(f"m{place}", place) for place in range(9))
    versions = (version(1, "candidate", metrics=many), version(2, "candidate", metrics=(metric("m8", 1.0),)))
    text = as_text(replace(versions_listed, versions=versions, more=False), width=300)
    assert text.split("\n")[1].split()[2] == "m8"
    assert text.endswith("\n1 more metric not shown: m7")


def test_computed_metrics_come_after_reported_ones_and_the_most_telling_first() -> None:
    computed = [f"eval.june.{name}" for name in ("accuracy", "auc", "brier", "f1", "log_loss", "mcc", "mine", "recall")]
    metrics = tuple(Measured(key=key, value=0.5, standing=Standing.COMPUTED) for key in [*computed, "zeal"])
    reply = ListReply(of="versions", title="late-flights", versions=(version(1, "candidate", metrics=metrics),))
    heads = as_text(reply, width=400).splitlines()[1].split()
    assert [head for head in heads if "." in head or head == "zeal"] == [
        "zeal",
        *(f"eval.june.{name}" for name in ("auc", "log_loss", "brier", "accuracy", "recall", "f1", "mcc")),
    ]


def test_parameters_are_listed_where_versions_differ_and_only_there() -> None:
    versions = (
        version(1, "candidate", params=(param("depth", 4), param("seed", 0), param("only here", 1))),
        version(2, "candidate", params=(param("depth", 8), param("seed", 0))),
    )
    names = as_text(replace(versions_listed, versions=versions), width=300).split("\n")[1]
    assert "depth" in names
    assert "only here" in names
    assert "seed" not in names


def test_runs_of_several_models_say_of_which() -> None:
    runs = (RUN, replace(RUN, name="churn"))
    text = as_text(replace(versions_listed, of="runs", title="runs", versions=(), runs=runs), width=200)
    assert [line.split()[:2] for line in text.split("\n")[1:4]] == [
        ["run", "of"],
        ["run/2", "late-flights"],
        ["run/2", "churn"],
    ]


def test_stages_are_chips_with_words_and_a_colour_that_the_theme_knows() -> None:
    chips = elements(as_html(versions_listed), "mlc-chip")
    assert [chip.text for chip in chips] == ["production", "deprecated", "candidate"]
    assert chips[0].attrib["class"] == "mlc-chip mlc-production"
    assert "--mlc-dot:var(--jp-success-color1," in as_html(versions_listed)


def test_an_unknown_stage_is_a_chip_without_a_colour_of_its_own() -> None:
    listed = replace(versions_listed, versions=(version(1, "x y"),))
    assert elements(as_html(listed), "mlc-chip")[0].attrib == {"class": "mlc-chip"}


def test_every_mark_explains_itself_on_pointing() -> None:
    titles = {mark.attrib["title"] for mark in elements(as_html(versions_listed), "mlc-mark")}
    assert titles == {"observed in the process", "claimed: typed or imported", "computed by us from stored bytes"}


def test_numbers_in_a_page_are_aligned_by_padding_that_nobody_reads_or_copies() -> None:
    pads = elements(as_html(versions_listed), "mlc-pad")
    assert [pad.text for pad in pads] == ["0", ".00", "000"]
    assert {pad.attrib["aria-hidden"] for pad in pads} == {"true"}
    assert {pad.attrib["style"] for pad in pads} == {"visibility:hidden"}  # which stays where the style sheet goes


def test_many_parameters_are_folded_in_a_page_and_grouped_in_a_terminal() -> None:
    folds = list(ET.fromstring(as_html(version_shown)).iter("details"))
    assert [fold[0].text for fold in folds] == ["14 parameters"]
    assert "open" not in folds[0].attrib
    assert "claimed: data=spring" in as_text(version_shown, width=200)


def test_a_wide_signature_is_folded_in_a_page_and_whole_in_a_terminal() -> None:
    inputs = tuple(Feature(name=f"x{place}", type="float", shape=(2, 2)) for place in range(20))
    details = replace(DETAILS, signature=Signature(inputs=inputs, outputs=(Feature(name="y", type="int"),)))
    shown = replace(version_shown, details=details)
    assert "<summary>20 in, 1 out</summary>" in as_html(shown)
    assert "x19 float[2, 2] -> y int" in " ".join(as_text(shown, width=200).split())


def test_digests_are_whole_on_pointing() -> None:
    titles = [found.attrib.get("title") for found in elements(as_html(version_shown), "mlc-quiet")]
    assert "sha256:9f3c" + "0" * 60 in titles


def test_nulls_and_spread_of_a_column_are_drawn_and_told() -> None:
    html = as_html(dataset_shown)
    bars, ranges = elements(html, "mlc-bar"), elements(html, "mlc-range")
    assert [len(bar) for bar in bars] == [1, 0, 0]
    assert bars[0][0].attrib["style"] == "left:0.0%;width:max(1px,2.0%)"
    assert [stroke.attrib.get("class") for stroke in ranges[0]] == ["mlc-wide", None, "mlc-middle"]
    assert 'title="1,652 nulls"' in html
    assert 'title="quantiles 5, 25, 50, 75, 95 %: -9, -5, -2, 11, 91"' in html


def test_a_column_that_never_varies_has_no_spread() -> None:
    constant = replace(dataset_shown.columns[0], low=1.0, high=1.0, quantiles=(1.0,) * 5)
    assert not elements(as_html(replace(dataset_shown, columns=(constant,))), "mlc-range")


def test_a_whole_page_holds_no_script_and_no_address() -> None:
    html = as_html(version_shown)
    assert "<script" not in html
    assert " href" not in html
    assert " src" not in html


def test_warnings_findings_and_notes_say_what_they_are_and_nothing_twice() -> None:
    lines = as_text(doubtful).split("\n")
    assert sum("was edited after it ran" in line for line in lines) == 1
    assert [line.split(":")[0] for line in lines[3:7]] == ["warning", "warning", "finding", "note"]
    assert [found.tag for found in elements(as_html(doubtful), "mlc-warning")] == ["p", "p"]


def test_a_flood_of_notes_is_counted_and_not_told() -> None:
    text = as_text(replace(doubtful, notes=tuple(f"note {place}" for place in range(1_000))))
    assert text.count("\nnote: ") == 11
    assert "\nnote: and 990 more\n" in text


def test_a_model_of_many_versions_retires_in_a_few_lines() -> None:
    moves = " · ".join(f"late-flights:{number} candidate -> retired" for number in range(1, 101))
    assert as_text(replace(all_retired, line=moves)).split("\n")[-2] == "and 88 moves more"


def test_a_deprecation_that_changes_the_successor_alone_says_so() -> None:
    again = replace(
        promoted,
        was="deprecated",
        stage="deprecated",
        line="late-flights:3 deprecated -> deprecated (successor late-flights:5)",
        champion="late-flights:5",
        champion_before="late-flights:5",
        reason="",
    )
    assert as_text(again).split("\n")[0] == "late-flights:3  stays deprecated (successor late-flights:5)"


def test_a_lineage_that_bites_its_tail_is_told_once() -> None:
    edges = (
        Edge(below="a:1", above="b:1", standing=Standing.CLAIMED),
        Edge(below="b:1", above="a:1", standing=Standing.CLAIMED),
    )
    assert as_text(lineage_reply("a:1", (), edges)) == (
        "a:1\n└── b:1  (claimed)\n    └── a:1  (claimed)\nwhat came of it\n└── b:1  (claimed)"
    )


def test_a_failed_verification_names_every_finding_up_to_a_limit() -> None:
    text = as_text(replace(broken, findings=broken.findings * 40))
    assert text.count("finding: ") == 50
    assert "and 30 findings more: --json has them all" in text


def test_verification_promises_no_more_than_it_can() -> None:
    for text in (as_text(broken), as_html(broken)):
        assert "tamper-evident" in text
        assert "proof" not in text


def test_a_history_that_was_cut_says_how_to_see_more() -> None:
    assert as_text(replace(history, more=True)).startswith("late-flights  the newest 3 events; more: --limit 30\n")
    assert as_text(replace(history, entries=())) == "late-flights  nothing happened yet"


def test_a_history_in_a_narrow_terminal_tells_the_whole_reason_over_several_lines() -> None:
    why = "better on June than whatever was tried before it, and nobody knows why"
    long = replace(history, entries=(replace(history.entries[2], why=why),))
    assert as_text(long, width=80) == (
        "late-flights  1 event\n"
        "event  when              who       what                      why\n"
        "1,020  2026-06-30 13:30  ben@desk  late-flights:1 candidate  better on June than\n"
        "                                   -> production ·           whatever was tried\n"
        "                                   @champion late-flights:1  before it, and\n"
        "                                                             nobody knows why"
    )


@given(
    why=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp")), min_size=1),
    columns=st.integers(min_value=80, max_value=200),
)
def test_text_that_wraps_loses_nothing(why: str, columns: int) -> None:
    lines = as_text(replace(history, entries=(replace(history.entries[2], why=why),)), width=columns).split("\n")
    at = lines[1].index("why")
    assert "".join(line[len(_cut(line, at)) :] for line in lines[2:]).replace(" ", "") == why


def _cut(line: str, columns: int) -> str:
    """The beginning of a line that takes so many columns."""
    return next(line[:end] for end in range(len(line) + 1) if width(line[:end]) >= columns or end == len(line))


def test_an_event_that_was_written_by_another_clock_tells_that_time_on_pointing() -> None:
    assert '<span title="the writer&#x27;s clock showed 2026-06-30 11:55">*</span>' in as_html(history)


def test_a_version_of_which_nothing_was_captured_is_shown_all_the_same() -> None:
    bare = ShowReply(kind="version", version=version(1, "candidate", metrics=(), params=()))
    assert as_text(bare, width=100) == (
        "late-flights:1  candidate · HistGradientBoostingClassifier (scikit-learn) 0.4 MB\n"
        "stage  candidate since 2026-06-30 12:01\n"
        "made   2026-06-30 12:01 by ana@laptop (self-asserted)"
    )


def test_showing_nothing_is_said() -> None:
    assert as_text(ShowReply(kind="model")) == "model  nothing to show"


def test_a_snapshot_that_holds_little_says_what_it_has_and_no_more() -> None:
    snapshot = Snapshot(notebook="sha256:9f3c00", cells=2, findings=tuple(f"finding {place}" for place in range(12)))
    text = as_text(replace(version_shown, details=replace(DETAILS, snapshot=snapshot)), width=100)
    assert "notebook     no file, 2 executed cells, sha256:9f3c..\n" in text
    assert "finding 9\n             and 2 more\n" in text
    assert not {"code", "environment", "machine"} & {line.split(" ")[0] for line in text.split("\n")}


def test_a_model_without_versions_is_shown_without_a_table() -> None:
    shown = ShowReply(kind="model", model=replace(MODEL, versions=0, description="", tags={}, created=0))
    assert as_text(shown) == "late-flights  0 versions · tier minimal · owner ana@laptop\nmade  1970-01-01 00:00"


def test_an_empty_signature_is_not_told() -> None:
    assert "signature" not in as_text(replace(doubtful, signature=Signature()))
    no_inputs = replace(doubtful, signature=replace(doubtful.signature, inputs=()))
    assert "signature of inputs not known (--sample ROWS shows them), 1 out" in as_text(no_inputs, width=200)
    outputs_alone = replace(DETAILS, signature=replace(DETAILS.signature, inputs=()))
    assert "  not known -> late int" in as_text(replace(version_shown, details=outputs_alone), width=200)
    details = replace(DETAILS, signature=Signature())
    assert "signature" not in as_text(replace(version_shown, details=details))


def test_an_alias_that_points_there_already_says_so() -> None:
    same = AliasReply(model="churn", alias="best", version="churn:1", before="churn:1")
    assert as_text(same) == "churn@best  points to churn:1 already"
    assert as_text(replace(same, before=None, done=False)) == (
        "churn@best  would point to churn:1 · new\nNothing changed; without --dry-run it will."
    )


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ("passed", "yes"),
        ("passed in 0.8 s", "yes, in 0.8 s"),
        ("skipped: --no-load-check", "not tried: --no-load-check"),
        ("not needed: files", "not needed, load gives a path"),
    ],
)
def test_the_load_check_answers_a_question(check: str, answer: str) -> None:
    assert f"\nloads in a fresh process: {answer} · next: " in as_text(replace(doubtful, load_check=check))
