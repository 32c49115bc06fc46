from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.capture.secrets.scrubbing import Scrubber, entry_kind, said, scrub, scrub_entries

DRAW = random.Random(20)  # what a machine draws; no key in this file was ever one


def drawn(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(DRAW.choice(letters) for _ in range(length))


HEX, BASE32 = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PEM = "-----BEGIN {0} KEY-----\n{1}\n{2}==\n-----END {0} KEY-----"
PRIVATE = PEM.format("RSA PRIVATE", drawn(64), drawn(30))

BY_SHAPE = [
    ("an AWS access key", "AKIA" + drawn(16, BASE32)),
    ("a Google API key", "AIza" + drawn(35)),
    ("a Google client secret", "GOCSPX-" + drawn(28)),
    ("a GitHub token", "ghp_" + drawn(36)),
    ("a GitHub token", "github_pat_" + drawn(22) + "_" + drawn(59)),
    ("a GitLab token", "glpat-" + drawn(20)),
    ("a Slack token", "xoxb-" + drawn(11, string.digits) + "-" + drawn(24)),
    ("a Slack webhook", "https://hooks.slack.com/services/T" + drawn(8) + "/B" + drawn(8) + "/" + drawn(24)),
    ("an Anthropic key", "sk-ant-api03-" + drawn(93)),
    ("an API key", "sk-" + drawn(48)),
    ("an API key", "sk-proj-" + drawn(120)),
    ("a Stripe key", "sk_live_" + drawn(24)),
    ("a Stripe webhook secret", "whsec_" + drawn(32)),
    ("a Hugging Face token", "hf_" + drawn(34)),
    ("an npm token", "npm_" + drawn(36)),
    ("a PyPI token", "pypi-AgEIcHlwaS5vcmc" + drawn(150)),
    ("a SendGrid key", "SG." + drawn(22) + "." + drawn(43)),
    ("a Databricks token", "dapi" + drawn(32, HEX)),
    ("a DigitalOcean token", "dop_v1_" + drawn(64, HEX)),
    ("a Telegram token", drawn(9, string.digits) + ":AA" + drawn(33)),
    ("an Azure key", "AccountKey=" + drawn(86) + "=="),
    ("a JSON web token", f"eyJ{drawn(20)}.eyJ{drawn(60)}.{drawn(43)}"),
    ("a private key", PRIVATE),
    ("a private key", PRIVATE.replace("\n", "\\n")),
    ("a private key", PEM.format("OPENSSH PRIVATE", drawn(64), drawn(30))),
]


@pytest.mark.parametrize(("kind", "secret"), BY_SHAPE, ids=[kind for kind, _ in BY_SHAPE])
def test_a_key_of_a_known_format_is_replaced_and_named(kind: str, secret: str) -> None:
    clean, found = scrub(f"x = 1\nconnect('{secret}')  # comment", "cell 3", {})
    assert clean == "x = 1\nconnect('***')  # comment"
    assert found == (f"cell 3: {kind}",)


@pytest.mark.parametrize("before", ["k=", "--tag key=", "https://example.org/?key=", "export X=", "a,", "(", ":"])
def test_a_key_of_a_known_format_is_found_behind_whatever_sets_it_apart(before: str) -> None:
    assert scrub(f"{before}AKIA{'ABCDEFGH' * 2} b", "cell 1", {}) == (f"{before}*** b", ("cell 1: an AWS access key",))


RANDOM = drawn(32)
BY_NAME = [
    ('password = "hunter2"', 'password = "***"', "password"),
    ("db = connect(user='a', passwd='swordfish')", "db = connect(user='a', passwd='***')", "passwd"),
    (f'{{"api_key": "{RANDOM}"}}', '{"api_key": "***"}', "api_key"),
    (f"openai.api_key = '{RANDOM}'", "openai.api_key = '***'", "api_key"),
    (f'API_TOKEN: str = "{RANDOM}"', 'API_TOKEN: str = "***"', "API_TOKEN"),
    ('os.environ["DB_PASSWORD"] = "hunter22"', 'os.environ["DB_PASSWORD"] = "***"', "DB_PASSWORD"),
    (f'os.getenv("API_TOKEN", "{RANDOM}")', 'os.getenv("API_TOKEN", "***")', "API_TOKEN"),
    (f'token = """\n{RANDOM}\n"""', 'token = """***"""', "token"),
    (f'secret = ("{RANDOM}"\n          "{RANDOM}")', 'secret = ("***"\n          "***")', "secret"),
    ("%env DB_PASSWORD=hunter2", "%env DB_PASSWORD=***", "DB_PASSWORD"),
    (f"!export AUTH_TOKEN={RANDOM}; ls", "!export AUTH_TOKEN=***; ls", "AUTH_TOKEN"),
    (f"!curl --token {RANDOM} x", "!curl --token *** x", "token"),
    ("!mysql --password=hunter2 x", "!mysql --password=*** x", "password"),
    (f"%%writefile .env\napi_key={RANDOM}", "%%writefile .env\napi_key=***", "api_key"),
    ("db:\n  password: hunter2hunter2", "db:\n  password: ***", "password"),
    ("+password = 'hunter2'", "+password = '***'", "password"),
    (f'"source": ["token = \\"{RANDOM}\\"\\n"]', '"source": ["token = \\"***\\"\\n"]', "token"),
    ('if password == "hunter2":', 'if password == "***":', "password"),
    ("dbPassword='hunter2'", "dbPassword='***'", "dbPassword"),
    (f"aws_secret_access_key='{RANDOM}'", "aws_secret_access_key='***'", "aws_secret_access_key"),
    (f"wandb_api_key = '{drawn(40, HEX)}'", "wandb_api_key = '***'", "wandb_api_key"),
    (f"%mlc tag churn:1 token={RANDOM}", "%mlc tag churn:1 token=***", "token"),
    (f"v = %mlc register churn clf --tag api_key={RANDOM}", "v = %mlc register churn clf --tag api_key=***", "api_key"),
    ("%mlc register churn clf \\\n  -p password=hunter2", "%mlc register churn clf \\\n  -p password=***", "password"),
    ("%%mlc run churn -p password=hunter2\nx = 1", "%%mlc run churn -p password=***\nx = 1", "password"),
    ("mlc register churn clf -p password=hunter2", "mlc register churn clf -p password=***", "password"),
    ('%mlc edit churn "password=hunter2 it is"', '%mlc edit churn "password=*** it is"', "password"),
    ("conn = 'host=h password=S3cretPw9x user=b'", "conn = 'host=h password=*** user=b'", "password"),
    ("x = 1  # don't forget, db password: Blorp!77xyz", "x = 1  # don't forget, db password: ***", "password"),
    ("connect(pw='S3cretPw!9x')", "connect(pw='***')", "pw"),
]


@pytest.mark.parametrize(("text", "clean", "name"), BY_NAME, ids=[text[:24] for text, _, _ in BY_NAME])
def test_a_value_beside_a_telling_name_is_replaced(text: str, clean: str, name: str) -> None:
    assert scrub(text, "cell 7", {}) == (clean, (f"cell 7: the value of {name}",))


@pytest.mark.parametrize(
    ("text", "clean", "kind"),
    [
        ("url = 'postgresql://ana:hunter2@db/x'", "url = 'postgresql://ana:***@db/x'", "a URL with a password"),
        ("redis://:hunter2@cache:6379", "redis://:***@cache:6379", "a URL with a password"),
        (f"git+https://{RANDOM}@github.com/a/b", "git+https://***@github.com/a/b", "a URL with a token"),
        ("'Server=db;Password=hunter2;'", "'Server=db;Password=***;'", "a connection string's password"),
        (f'h = {{"X": "Bearer {RANDOM}"}}', 'h = {"X": "Bearer ***"}', "an authorization header"),
        ("!curl -s -u ana:hunter2 https://host/x", "!curl -s -u ana:*** https://host/x", "the password of a login"),
    ],
)
def test_logins_in_addresses_and_headers_are_replaced(text: str, clean: str, kind: str) -> None:
    assert scrub(text, "cell 1", {}) == (clean, (f"cell 1: {kind}",))


HARMLESS = [
    "token = tokenizer('a text of 12345678901 words')",
    "tokens = ['the', 'of']; max_tokens=4096; n_tokens = 12345678901234",
    "pad_token = '[PAD]'; eos_token = '<|endoftext|>'; token='env:HF_TOKEN'",
    "password = getpass('Password for database2: ')",
    "password = os.environ['DB_PASSWORD']; token = os.environ[\"X_TOKEN\"]",
    "password=args.password2, token=config.token_2,",
    "def connect(password: str, token: Optional[str] = None): ...",
    "df[['token', 'password', 'lemma_2']]",
    "password_field = 'pw'; secret_name = 'db-credentials-prod'; token_type = 'bearer2'",
    '{"password": "string", "secret": "your-secret-here", "api_key": "<API_KEY>", "token": "${TOKEN}"}',
    "api_key = 'YOUR_API_KEY_1234'; api_key = 'xxxxxxxx12345'",
    f"sha256 = '{drawn(64, HEX)}'; commit = '{drawn(40, HEX)}'; md5sum = '{drawn(32, HEX)}'",
    f"token_digest = 'sha256:{drawn(64, HEX)}'; cache_key = '{drawn(64, HEX)}'",
    "run_id = '550e8400-e29b-41d4-a716-446655440000'",
    f"![plot](data:image/png;base64,{drawn(4000, string.ascii_letters + string.digits + '+/')})",
    '<div class="sk-container-id-1 sk-estimator-doc-link-fallback sk-toggleable__label-arrow">',
    "author = 'Jane Austen 1813'; keyboard = 'qwertz1234567'; bypass = 'q1w2e3r4t5z6u7'",
    "token = f'{user}-{number}'; auth='basic'; AUTH_MODE=disabled",
    "pwd = '/home/ana/data2/x1y2z3'; primary_key = 'customer_id_2'; sort_key='metrics.auc_2 desc'",
    "postgresql://ana:{password}@db/x and https://user:$PASSWORD@host",
    "assert response.headers['Authorization'].startswith('Basic realm')",
    "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased-2018')",
    "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
    "if '-----BEGIN PRIVATE KEY-----' in text: pass",
    "secret = 'a'; token = ''; password = None",
    "password = '***'",
    "!curl -u $USER:$PASSWORD x; !curl -u {user}:{password2} x; !curl https://host:8443/x -u ana",
    "%mlc register churn clf -p token=env:HF_TOKEN -p auth=basic --tag api_key={KEY_2}",
    "print('connect(host, password=S3cretPw9x)')  # or connect(password=S3cretPw9x)",
    "log('password: required2'); s = 'the secret: features2'  # token: tokenizer2",
    "pw = 'pairwise'; pw = 0.12345678; wpw = 'S3cretPw9x'",
    "numpy==2.4.0\npython-jose==3.3.0\ntokenizers==0.20.1\nsecretstorage==3.3.3",
]


@pytest.mark.parametrize("text", HARMLESS, ids=[text[:24] for text in HARMLESS])
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrub(text, "cell 1", {}) == (text, ())


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("note with password=NotePw77xyz here", "note with password=*** here"),
        ("password=hunter2", "password=***"),
        ("the password: Blorp!77xyz", "the password: ***"),
        (
            "password: rotated by ops, token=the, secret: features",
            "password: rotated by ops, token=the, secret: features",
        ),
    ],
)
def test_in_prose_nothing_is_taken_for_code(text: str, clean: str) -> None:
    assert Scrubber().scrub(text, "note", prose=True)[0] == clean


def test_what_somebody_says_is_watched_for_where_it_is_long_enough() -> None:
    tags: dict[str, bool | int | float | str | None] = {
        "token": RANDOM,
        "url": "see password=S3cretPw9x",
        "password": "hunter2",
        "team": "ops-team-2",
        "ok": True,
    }
    watched = (*said(tags), *said("with password=postgres and pw=S3cretPw8x"))
    assert [one.value for one in watched] == [RANDOM, "S3cretPw9x", "S3cretPw8x"]
    scrubber = Scrubber()
    scrubber.watch({}, watched)
    assert scrubber.scrub("f('S3cretPw9x')", "cell 1") == ("f('***')", ("cell 1: the value of password",))
    scrubber.watch({})
    assert scrubber.scrub("f('S3cretPw9x')", "cell 1") == ("f('S3cretPw9x')", ())


ENVIRON = {
    "DB_PASSWORD": "swordfish-blue",
    "GITHUB_TOKEN": "abcdefgh",
    "DATABASE_URL": "postgres://ana:correct-horse@db/x",
    "HOME_TOKEN": "short",
    "APP_SECRET": "production",
    "TOKEN_FILE": "/run/secrets/token",
    "SSH_AUTH_SOCK": "/tmp/ssh-XXXX/agent.1",
    "EDITOR": "emacs-nox",
    "PRIVATE_KEY": 'a"b\\c d-quoted',
}


@pytest.mark.parametrize(
    ("text", "clean", "kinds"),
    [
        ("connect('swordfish-blue')", "connect('***')", ("the value of DB_PASSWORD",)),
        ("x = 'abcdefgh' + 'abcdefgh'", "x = '***' + '***'", ("the value of GITHUB_TOKEN",)),
        ("# correct-horse", "# ***", ("the password in DATABASE_URL",)),
        (r'"x = a\"b\\c d-quoted"', '"x = ***"', ("the value of PRIVATE_KEY",)),
        ("short production emacs-nox /run/secrets/token", "short production emacs-nox /run/secrets/token", ()),
    ],
)
def test_values_of_telling_variables_are_replaced(text: str, clean: str, kinds: tuple[str, ...]) -> None:
    assert scrub(text, "cell 7", ENVIRON) == (clean, tuple(f"cell 7: {kind}" for kind in kinds))


def test_the_longer_of_two_values_is_replaced_whole() -> None:
    environ = {"A_TOKEN": "abcdefgh", "B_TOKEN": "abcdefgh-ijkl"}
    assert scrub("x abcdefgh-ijkl y", "cell 1", environ) == ("x *** y", ("cell 1: the value of B_TOKEN",))


def test_scrubbed_text_is_scrubbed_already() -> None:
    for text in [text for text, _, _ in BY_NAME] + [f"x = '{secret}'" for _, secret in BY_SHAPE]:
        clean, found = scrub(text, "cell 1", {})
        assert found
        assert scrub(clean, "cell 1", {}) == (clean, ())


def test_a_secret_set_later_is_found_in_text_that_was_seen_before() -> None:
    scrubber = Scrubber({})
    assert scrubber.scrub("x = 'rosebud-42'", "cell 1") == ("x = 'rosebud-42'", ())
    scrubber.watch({"MY_TOKEN": "rosebud-42"})
    assert scrubber.scrub("x = 'rosebud-42'", "cell 1") == ("x = '***'", ("cell 1: the value of MY_TOKEN",))


def test_the_same_text_is_scanned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scanned: list[str] = []

    def count(text: str, **_: object) -> list[tuple[int, int, str]]:
        scanned.append(text)
        return []

    monkeypatch.setattr("jupyter_mlc.capture.secrets.scrubbing.by_name", count)
    scrubber = Scrubber({})
    for where in ("cell 1", "cell 2"):
        scrubber.watch({})
        scrubber.scrub("x = 1", where)
        scrubber.scrub("y" * 200_000, where)
    assert scanned == ["x = 1", "y" * 200_000]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("password", "hunter2", "the value of password"),
        ("title", "hunter2", None),
        ("token", "the", None),
    ],
)
def test_an_entry_is_judged_by_its_name(name: str, value: str, kind: str | None) -> None:
    assert entry_kind(name, value) == kind


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    clean, found = scrub(text, "cell 1", ENVIRON)
    assert bool(found) == (clean != text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        'token="',
        "password=",
        "-----BEGIN PRIVATE KEY-----",
        "://a:b",
        "eyJaaaaaaaaa.",
        'token="""',
        "sk-aaaaaaaa-",
        "pass'\\\"key: ",
        "x\" 'pw=",
        "%mlc password=a \\\n",
        "curl -u a:",
    ],
)
def test_text_made_to_be_slow_is_not(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    clean, _ = scrub(text, "cell 1", ENVIRON)
    assert len(clean) <= len(text)


def test_the_values_of_a_mapping_are_searched_one_by_one() -> None:
    token = "ghp_" + drawn(36)
    entries: dict[str, bool | int | float | str | None] = {
        "C": 1.5,
        "hub": token,
        "url": "postgresql://bob:pw@db/x",
        "password": 12345678,
        "ok": True,
        "none": None,
    }
    clean, found = scrub_entries(entries, "parameter", Scrubber())
    assert clean == {
        "C": 1.5,
        "hub": "***",
        "url": "postgresql://bob:***@db/x",
        "password": "***",
        "ok": True,
        "none": None,
    }
    assert found == (
        "parameter hub: a GitHub token",
        "parameter url: a URL with a password",
        "parameter password: the value of password",
    )
