from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.domain.names import (
    RESERVED_ALIASES,
    RESERVED_FIRST_PARTS,
    STAGE_WORDS,
    Reference,
    check_alias,
    check_name,
    folded,
    parse_reference,
    parse_version,
    slip_of,
)

RULE = "a name is made of letters, digits, '.', '_' and '-', begins with a letter or digit, and '/' parts namespaces"
SHAPES = "write NAME:3, NAME:1..3, NAME@champion, NAME:latest or NAME"


def refusal(call: object, *args: str) -> str:
    assert callable(call)
    with pytest.raises(BadInput) as refused:
        call(*args)
    return refused.value.text


def test_names_are_the_same_whatever_the_case() -> None:
    assert folded("Ops/Churn") == "ops/churn"


@pytest.mark.parametrize("name", ["churn", "ops/churn", "a/b/c", "7", "x-1_2.3", "Running", "latest", "A" * 200])
def test_these_can_be_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "/", "a/", "/a", "a//b", ".a", "-a", "_a", "a b", "a:", "@b", "a\n", "é", "a\x00", "٣", "a\\b"]
)
def test_these_cannot_be_names(name: str) -> None:
    assert refusal(check_name, name) == f"{name!r} cannot name a model\n{RULE}"


def test_a_version_in_the_place_of_a_name_is_told_to_be_the_name_alone() -> None:
    for written in ("ops/churn:2", "ops/churn@champion", "ops/churn:latest"):
        expected = f"{written!r} cannot name a model\nwrite ops/churn: the next number comes by itself"
        assert refusal(check_name, written) == expected


def test_a_name_that_is_too_long_is_shown_in_part() -> None:
    shown = "a" * 40
    assert refusal(check_name, "a" * 201) == f"'{shown}...' cannot name a model\na name has at most 200 characters"


@pytest.mark.parametrize("word", sorted(RESERVED_FIRST_PARTS))
def test_first_parts_that_begin_ids_are_kept(word: str) -> None:
    assert refusal(check_name, f"{word}/3") == (
        f"'{word}/3' cannot name a model: {word!r} begins the ids of {word}s\nchoose another first part, e.g. my-{word}"
    )
    assert refusal(check_name, word.upper(), "dataset") == (
        f"{word.upper()!r} cannot name a dataset: {word!r} begins the ids of {word}s\n"
        f"choose another first part, e.g. my-{word}"
    )
    assert check_name(f"my/{word}") == f"my/{word}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("churn", Reference(model="churn")),
        (" churn:3 ", Reference(model="churn", number=3)),
        ("churn:v3", Reference(model="churn", number=3)),
        ("churn:007", Reference(model="churn", number=7)),
        ("churn:1..3", Reference(model="churn", number=1, last=3)),
        ("churn:3..3", Reference(model="churn", number=3, last=3)),
        ("churn@champion", Reference(model="churn", alias="champion")),
        ("churn@latest", Reference(model="churn", alias="latest")),
        ("churn:latest", Reference(model="churn", alias="latest")),
        ("ops/churn@my-alias.2", Reference(model="ops/churn", alias="my-alias.2")),
        ("models:/churn/3", Reference(model="churn", number=3)),
        ("models:/churn@champion", Reference(model="churn", alias="champion")),
        ("models:/ops/churn@champion", Reference(model="ops/churn", alias="champion")),
        ("models:/ops/churn/3", Reference(model="ops/churn", number=3)),
        ("models:/churn/latest", Reference(model="churn", alias="latest")),
        ("models:/churn", Reference(model="churn")),
    ],
)
def test_every_shape_of_reference_is_read(text: str, meant: Reference) -> None:
    assert parse_reference(text) == meant


@pytest.mark.parametrize("text", ["churn", "churn:3", "churn:1..3", "churn@champion"])
def test_a_reference_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_reference(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f"'' points at no version\n{SHAPES}"),
        ("churn:", f"'churn:' points at no version\n{SHAPES}"),
        ("churn@", f"'churn@' points at no version\n{SHAPES}"),
        ("churn@a@b", f"'churn@a@b' points at no version\n{SHAPES}"),
        ("churn@a b", f"'churn@a b' points at no version\n{SHAPES}"),
        ("churn:0", f"'churn:0': versions are numbered from 1\n{SHAPES}"),
        ("churn:3..1", "'churn:3..1': the range ends before it begins\nwrite churn:1..3"),
        ("churn:1234567890123456789", f"'churn:1234567890123456789': no version has so high a number\n{SHAPES}"),
        ("churn:1..1234567890123456789", f"'churn:1..1234567890123456789': no version has so high a number\n{SHAPES}"),
        (
            "churn:champion",
            "'churn:champion': after ':' comes a number or 'latest'\nfor an alias write churn@champion",
        ),
        *(
            (
                f"churn:{ref}",
                f"'churn:{ref}': after ':' comes a number or 'latest'\n"
                "several are written churn:2..3, with the first and the last",
            )
            for ref in ("2..", "2.5", "2-6", "2...6", "v2..")
        ),
        ("churn:1,", "'churn:1,' points at no version\nseveral are parted by spaces alone: NAME:1 NAME:2"),
        ("churn:1,2", "'churn:1,2' points at no version\nseveral are parted by spaces alone: NAME:1 NAME:2"),
        ("churn:last", "'churn:last': after ':' comes a number or 'latest'\nthe newest is churn:latest"),
        ("churn:-1", "'churn:-1': after ':' comes a number or 'latest'\nthe newest is churn:latest"),
        ("churn:.x", f"'churn:.x': after ':' comes a number or 'latest'\n{SHAPES}"),
        (
            "models:/churn/Production",
            "'models:/churn/Production': 'Production' is a stage, and many versions may stand in a stage\n"
            "the version in service is churn@champion; those in a stage: %mlc list \"stage = 'production'\"",
        ),
        ("chu rn:3", f"'chu rn' cannot name a model\n{RULE}"),
    ],
)
def test_what_is_no_reference_is_refused_with_the_way_to_write_it(text: str, said: str) -> None:
    assert refusal(parse_reference, text) == said


def test_a_number_with_thousands_of_digits_is_refused_like_any_other() -> None:
    assert refusal(parse_reference, "churn:" + "9" * 5000).startswith("'churn:9999")


@pytest.mark.parametrize("text", ["churn", "churn:1..3"])
def test_what_moves_a_version_wants_one(text: str) -> None:
    said = f"{text!r} does not name one version\nwrite its number or an alias: churn:3, churn@champion"
    assert refusal(parse_version, text) == said


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5", "version 5 of NAME is written NAME:5"),
        ("churn/4", "version 4 of churn is written churn:4"),
        ("ops/churn/4", "version 4 of ops/churn is written ops/churn:4"),
        ("churn/4:1..2", "write its number or an alias: churn/4:3, churn/4@champion"),
    ],
)
def test_a_number_in_the_place_of_a_version_is_told_how_it_is_written(text: str, hint: str) -> None:
    assert refusal(parse_version, text) == f"{text!r} does not name one version\n{hint}"


def test_what_moves_a_version_takes_a_number_or_an_alias() -> None:
    assert parse_version("churn:3").number == 3
    assert parse_version("churn@champion").alias == "champion"


@pytest.mark.parametrize(
    ("alias", "hint"),
    [
        ("champion", "the champion is moved by: %mlc promote REF production"),
        ("previous", "it follows promotions; to return to it: %mlc rollback NAME"),
        ("latest", "it always is the newest version"),
        ("Champion", "the champion is moved by: %mlc promote REF production"),
    ],
)
def test_aliases_of_the_registry_cannot_be_moved_by_people(alias: str, hint: str) -> None:
    assert folded(alias) in RESERVED_ALIASES
    assert refusal(check_alias, alias) == f"the alias {alias!r} is kept by the registry\n{hint}"


@pytest.mark.parametrize("stage", sorted(STAGE_WORDS))
def test_a_stage_is_no_alias(stage: str) -> None:
    said = f"{stage!r} is a stage, not an alias\nto change the stage: %mlc promote REF {stage}"
    assert refusal(check_alias, stage) == said


@pytest.mark.parametrize("alias", ["", "a b", "a/b", "-a", "a@b", "a" * 201])
def test_odd_words_are_no_aliases(alias: str) -> None:
    rule = "a name is made of letters, digits, '.', '_' and '-', begins with a letter or digit"
    assert refusal(check_alias, alias) == f"{alias!r} cannot be an alias\n{rule}"


@given(st.text(alphabet="ab1/:@.v-_ \n٣models", max_size=30))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        reference = parse_reference(text)
    except MlcError:
        return
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("chrun", "churn"),
        ("churns", "churn"),
        ("chrn", "churn"),
        ("charn", "churn"),
        ("Chrun", "churn"),
        ("fraud-model", "fraud_model"),
        ("FraudModel", "fraud_model"),
        ("teams-a", "team-a"),
        ("FRAUD_MODEL", None),
        ("ops/chrun", None),
        ("team-a/churns", "team-a/churn"),
        ("team-b/churn", None),
        ("churn-2", None),
        ("churn2", None),
        ("team-b", None),
        ("cars", None),
        ("y-train", None),
        ("xxtrain", None),
        ("q-10", None),
        ("mouse", None),
        ("model-b-small", None),
        ("flights-autumn", None),
    ],
)
def test_a_slip_is_told_from_another_name(name: str, meant: str | None) -> None:
    known = ["car", "churn", "flights-spring", "fraud_model", "house", "model-a-small", "q-1.0", "team-a"]
    assert slip_of(name, [*known, "team-a/churn", "x-train"]) == meant
