"""What checks international addresses is loaded by whoever checks one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk

CHECKS = """
import sys
from jupyter_mlc.jobs.lazy_formats import import_nbformat

import_nbformat()
from jsonschema import Draft202012Validator, FormatChecker

said = ["rfc3987_syntax" in sys.modules]
for address in ("http://bücher.example/ä", "http://a b", 1):
    said.append(Draft202012Validator({"format": "iri"}, format_checker=FormatChecker()).is_valid(address))
for address in ("ä/b#c", "a b"):
    said.append(Draft202012Validator({"format": "iri-reference"}, format_checker=FormatChecker()).is_valid(address))
said.append("rfc3987_syntax" in sys.modules)
import_nbformat()
from rfc3987_syntax import parse
print(*said)
"""


@pytest.mark.slow
def test_international_addresses_are_checked_as_ever() -> None:
    done = subprocess.run([sys.executable, "-c", CHECKS], check=False, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False True False True True False True\n", "")


def test_no_job_waits_for_it(desk: Desk) -> None:
    cell = "import sys\nprint([name in sys.modules for name in ('nbformat', 'rfc3987_syntax')])"
    assert execute(desk.work(cell, engine=Engine.DIRECT)).exit is Exit.SUCCEEDED
    assert desk.texts() == ["[True, False]\n"]
