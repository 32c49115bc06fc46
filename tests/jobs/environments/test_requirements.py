"""What a lock asks for, and in what locks differ."""

from __future__ import annotations

import platform

from jupyter_mlc.domain.reproductions import PackageDifference
from jupyter_mlc.jobs.environments.requirements import Requirements, differences, requirements

HEAD = f"# Python {platform.python_version()} ({platform.python_implementation()})\n# platform a machine\n"


def test_a_lock_is_what_installers_take_but_ourselves() -> None:
    lock = HEAD + (
        "joblib==1.4.2\njupyter-mlc @ file:///src/jupyter_mlc  # editable, version 0.1.0\n"
        "tool @ git+https://example.org/tool@abc123  # version 2.0\n"
    )
    assert requirements(lock, frozenset()) == Requirements(
        lines=("joblib==1.4.2", "tool @ git+https://example.org/tool@abc123")
    )


def test_what_was_kept_of_a_folder_takes_the_place_of_the_folder() -> None:
    lock = HEAD + "mine @ file:///home/ana/mine  # editable, version 0.3\nmine-two @ file:///x/two  # version 1\n"
    found = requirements(lock, frozenset({"mine"}))
    assert (found.lines, found.wheels) == ((), ("mine",))
    assert found.obstacles == ("package mine-two was installed from a folder that was not kept, /x/two",)


def test_a_lock_that_names_no_python_is_of_none() -> None:
    assert requirements("six==1.16.0\n", frozenset()).obstacles == ("its lock does not tell of which Python it is",)


def test_metadata_that_could_not_be_read_names_a_package_that_is_missing() -> None:
    lock = HEAD + "# broken-1.0.dist-info: its metadata cannot be read\n"
    assert requirements(lock, frozenset()).obstacles == ("package broken-1.0.dist-info: its metadata cannot be read",)


def test_differences_begin_with_python_and_leave_out_the_machine_and_ourselves() -> None:
    before = "# Python 3.11.2 (CPython)\n# platform one\na==1\nb==2\njupyter-mlc==0.1\n"
    now = "# Python 3.11.7 (CPython)\n# platform two\na==1\nb==3\nc==4\njupyter-mlc==0.2\n"
    assert differences(before, now) == (
        PackageDifference(name="Python", before="3.11.2 (CPython)", now="3.11.7 (CPython)"),
        PackageDifference(name="b", before="2", now="3"),
        PackageDifference(name="c", before="", now="4"),
    )
