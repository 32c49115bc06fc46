from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.store.places import default_url, place_of, secrets_in, without_password
from tests.faults import shut


def refusal(url: str) -> str:
    with pytest.raises(BadInput) as refused:
        place_of(url)
    return refused.value.text


def test_a_folder_is_a_registry(tmp_path: Path) -> None:
    place = place_of(str(tmp_path))
    assert (place.folder, place.artifacts, place.url) == (tmp_path, tmp_path, str(tmp_path))


def test_a_folder_that_holds_a_registry_stands_for_it(tmp_path: Path) -> None:
    (tmp_path / ".mlc").mkdir()
    assert place_of(str(tmp_path)).folder == tmp_path / ".mlc"
    assert place_of(str(tmp_path / ".mlc")).folder == tmp_path / ".mlc"


def test_a_folder_may_be_relative_at_home_or_a_file_url(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert place_of("here").folder == tmp_path / "here"
    assert place_of("~/there").folder == home / "there"
    assert place_of("file:///a%20b").folder == Path("/a b")


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres", "POSTGRESQL"])
def test_postgresql_names_database_schema_and_artifacts(scheme: str) -> None:
    place = place_of(f"{scheme}://ana@db:5432/models?artifacts=/data/a%20b&schema=team&options=-c%20x%3Dy")
    assert place.dsn == "postgresql://ana@db:5432/models?options=-c%20x%3Dy"
    assert (place.schema, place.artifacts, place.folder) == ("team", Path("/data/a b"), None)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("  ", "an empty word names no registry\nname a folder: %mlc use ./registry"),
        (
            "https://team/registry",
            "https://team/registry: a team's server is not part of this release\nuse a folder, or PostgreSQL",
        ),
        (
            "sqlite:///x.db",
            "no registry lives at sqlite://\nuse a folder, or postgresql+psycopg://USER@HOST/DATABASE",
        ),
        (
            "postgresql+psycopg://db/models",
            "a registry in PostgreSQL needs a folder for its artifacts, shared by those who use it\n"
            "add it to the URL: postgresql+psycopg://.../models?artifacts=/path/of/folder",
        ),
        (
            "postgresql://db/models?artifacts=gs://ana:geheim@bucket",
            "artifacts cannot lie at gs://ana:***@bucket\n"
            "name a folder, ?artifacts=/path, or a bucket, ?artifacts=s3://BUCKET/PREFIX",
        ),
        (
            "postgresql://db/models?artifacts=s3://ana:geheim@bucket",
            "s3://ana:***@bucket names no place in a bucket\n"
            "write ?artifacts=s3://BUCKET/PREFIX; credentials come from the environment (AWS_ACCESS_KEY_ID)",
        ),
        (
            "postgresql://db/models?artifacts=/a&schema=x;drop",
            "'x;drop' cannot name a PostgreSQL schema\nuse lower-case letters, digits and _",
        ),
        (
            "postgresql://ana:geheim@[::1/models?artifacts=/a",
            "postgresql://ana:***@[::1/models?artifacts=/a is no address of a database: Invalid IPv6 URL\n"
            "write postgresql+psycopg://USER@HOST/DATABASE?artifacts=/path/of/folder",
        ),
        (
            "postgresql:/ana:geheim@db/models",
            "this begins like a URL, but not with postgresql://\n"
            "write postgresql://..., or for a folder of that name ./postgresql:...",
        ),
        (
            "Postgresql+psycopg//ana:geheim@db/models",
            "this begins like a URL, but not with Postgresql+psycopg://\n"
            "write Postgresql+psycopg://..., or for a folder of that name ./Postgresql+psycopg//...",
        ),
        (
            "~nobodyatall/x",
            "~nobodyatall/x: nobody here is called nobodyatall\nwrite the whole path, or ./~nobodyatall/x",
        ),
        ("a\0b", "'a\\x00b' is no path: none holds a NUL\nwrite the path without it"),
    ],
)
def test_what_names_no_registry_is_refused_with_what_would(url: str, said: str) -> None:
    assert refusal(url) == said


def test_artifacts_that_would_be_elsewhere_from_another_folder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("postgresql://db/models?artifacts=art") == (
        f"artifacts=art would be another folder wherever one works\nwrite the whole path: ?artifacts={tmp_path}/art"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("art", "{here}/art"),
        ("../our%20art", "{here}/../our%20art"),
        ("/art", "/art"),
        ("~/art", "{home}/art"),
        ("s3://bucket/art", "s3://bucket/art"),
        ("s3%3A%2F%2Fbucket%2Fart", "s3%3A%2F%2Fbucket%2Fart"),
    ],
)
def test_artifacts_that_a_project_names_are_meant_from_its_file(
    written: str, meant: str, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.mlc]\nregistry = "postgresql://db/m?artifacts={written}&schema=s"\n'
    )
    found = meant.format(here=tmp_path, home=home)
    assert default_url(tmp_path / "sub") == f"postgresql://db/m?artifacts={found}&schema=s"


def test_a_project_that_means_a_database_and_slips_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "postgresql:/db/m"\n')
    assert refusal(default_url(tmp_path)).startswith("this begins like a URL, but not with postgresql://\n")


@pytest.mark.parametrize("name", ['"models"', "'models'", "$MODELS", "${MODELS}", "data-$ENV"])
def test_no_registry_is_made_where_quotes_or_variables_were_not_read_by_a_shell(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name / "registry"
    assert refusal(str(folder)) == (
        f"{folder} is not there, and no shell has read its quotes or variables: {name}\n"
        f"write the whole path, without quotes around it and without $; "
        f"if it is called that: mkdir -p {shlex.quote(str(folder))}"
    )
    folder.mkdir(parents=True)
    assert place_of(str(folder)).folder == folder


def test_a_url_in_quotes_is_refused_without_its_password() -> None:
    assert refusal('"postgresql://ana:secret@db/models"') == (
        "the registry's URL begins with a quote that no shell has taken off\nwrite it without"
    )


def test_a_variable_that_a_project_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "$DATA/models"\n')
    assert "no shell has read its quotes or variables: $DATA\n" in refusal(default_url(tmp_path))


def test_a_path_with_two_dots_is_shown_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert place_of("../reg").url == f"{tmp_path}/reg"


@pytest.mark.parametrize("name", ["models", ".mlc"])
def test_a_folder_that_one_may_not_enter_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with shut(tmp_path / name), pytest.raises(Unavailable) as refused:
        place_of(str(tmp_path / name))
    assert refused.value.text == (
        f"{tmp_path / name} cannot be looked into: Permission denied\n"
        "ask its owner for access, or choose another registry: %mlc use PATH"
    )


def test_a_working_folder_below_one_that_one_may_not_enter_asks_for_a_registry(tmp_path: Path) -> None:
    below = tmp_path / "closed" / "project"
    below.mkdir(parents=True)
    with shut(tmp_path / "closed"), pytest.raises(Unavailable) as refused:
        default_url(below)
    assert refused.value.text == (
        f"{below} cannot be looked into: Permission denied\nsay which registry you mean: MLC_REGISTRY=PATH"
    )


def test_a_file_is_no_registry(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_text("")
    said = f"{tmp_path}/registry.db is a file; a registry is a folder\nuse its folder: %mlc use {tmp_path}"
    assert refusal(str(tmp_path / "registry.db")) == said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ana:geheim@db/m", "postgresql://ana:***@db/m"),
        ("postgresql://ana:ge@heim@db/m", "postgresql://ana:***@db/m"),
        ("postgresql://ana:ge/heim@db/m", "postgresql://ana:***@db/m"),
        ("postgresql://ana:ge?heim@db/m", "postgresql://ana:***@db/m"),
        ("postgresql://ana:1234@db/m", "postgresql://ana:***@db/m"),
        ("postgresql://:geheim@db/m", "postgresql://:***@db/m"),
        ("postgresql://db/m?user=ana&password=geheim&x=1", "postgresql://db/m?user=ana&password=***&x=1"),
        ("postgresql://db/m?sslpassword=geheim", "postgresql://db/m?sslpassword=***"),
        ("postgresql://ana@db:5432/m?user=a@b", "postgresql://ana@db:5432/m?user=a@b"),
        ("postgresql://db:5432/m?user=a@b", "postgresql://db:5432/m?user=a@b"),
        ("/home/ana/a:b@c", "/home/ana/a:b@c"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_a_password_is_known_in_every_way_that_a_message_may_repeat_it() -> None:
    assert secrets_in("postgresql://ana:a%20b@db/m?sslpassword=c") == ["a%20b", "a b", "c"]


# Which registry is meant where none is named


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".mlc").mkdir()
    monkeypatch.setenv("MLC_REGISTRY", "/elsewhere")
    assert default_url(tmp_path) == "/elsewhere"


def test_the_nearest_folder_upward_is_found(tmp_path: Path) -> None:
    (tmp_path / ".mlc").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert default_url(tmp_path / "a" / "b") == str(tmp_path / ".mlc")


def test_what_the_project_says_goes_before_the_folder_beside_it(tmp_path: Path) -> None:
    (tmp_path / ".mlc").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "models"\n')
    (tmp_path / "sub").mkdir()
    assert default_url(tmp_path / "sub") == str(tmp_path / "models")


def test_a_nearer_folder_goes_before_what_a_project_further_up_says(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "models"\n')
    (tmp_path / "sub" / ".mlc").mkdir(parents=True)
    assert default_url(tmp_path / "sub") == str(tmp_path / "sub" / ".mlc")


def test_a_project_may_name_a_database(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "postgresql://db/m?artifacts=/a"\n')
    assert default_url(tmp_path) == "postgresql://db/m?artifacts=/a"


def test_nothing_named_means_the_users_data_folder(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(default_url()).is_relative_to(home)
    assert default_url().endswith("registry")


def test_a_working_folder_that_was_deleted_means_the_users_data_folder(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    try:
        assert Path(default_url()).is_relative_to(home)
    finally:
        os.chdir(tmp_path)


@pytest.mark.parametrize("text", ["", "[tool]\nmlc = 3\n", "[tool.mlc]\ncapture = []\n", "= broken", 'tool = "mlc"\n'])
def test_a_project_that_names_no_registry_says_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / ".mlc").mkdir()
    (tmp_path / "pyproject.toml").write_text(text)
    assert default_url(tmp_path) == str(tmp_path / ".mlc")


def test_a_project_that_cannot_be_read_is_refused_where_it_may_name_a_registry(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlc]\nregistry = "models\n')
    with pytest.raises(BadInput) as refused:
        default_url(tmp_path)
    assert refused.value.message.startswith(f"{tmp_path}/pyproject.toml cannot be read: ")
    assert refused.value.hint == "correct it, or set MLC_REGISTRY"


def test_a_project_file_that_is_not_utf8_is_refused_where_it_may_name_a_registry(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b'# Z\xfcrich\n[tool.mlc]\nregistry = "./mine"\n')
    with pytest.raises(BadInput) as refused:
        default_url(tmp_path)
    assert refused.value.message.startswith(f"{tmp_path}/pyproject.toml cannot be read: 'utf-8' codec")
    (tmp_path / "pyproject.toml").write_bytes(b"# Z\xfcrich\n")
    assert str(tmp_path) not in default_url(tmp_path)


def test_a_registry_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlc]\nregistry = 3\n")
    with pytest.raises(BadInput) as refused:
        default_url(tmp_path)
    assert refused.value.text == (
        f'registry under [tool.mlc] in {tmp_path}/pyproject.toml is no text\nwrite it as: registry = "PATH or URL"'
    )


def test_artifacts_may_lie_in_a_bucket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://one")
    place = place_of("postgresql://db/models?artifacts=s3://bucket/prefix")
    assert place.bucket == "s3://bucket/prefix"
    assert place.artifacts.is_relative_to(home)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://two")
    assert place_of("postgresql://db/models?artifacts=s3://bucket/prefix").artifacts != place.artifacts
