from __future__ import annotations

from jupyter_mlc.capture.environment import Environment, Package
from jupyter_mlc.capture.locks import locked


def test_every_line_that_a_lock_may_have_is_read() -> None:
    lines = [
        "# Python 3.11.9 (CPython)",
        "# platform Linux-6.1-x86_64",
        "# broken.dist-info: its metadata cannot be read",
        Package(name="numpy", version="2.1.0").line,
        Package(name="mine", version="0.1", url="file:///home/ana/mine", editable=True).line,
        Package(name="theirs", version="1.0", url="git+https://example.org/theirs@4be1d0c").line,
        Package(name="odd", version="1.0-custom build").line,
    ]
    assert locked("\n".join(lines)) == {
        "Python": "3.11.9 (CPython)",
        "platform": "Linux-6.1-x86_64",
        "numpy": "2.1.0",
        "mine": "0.1 from file:///home/ana/mine",
        "theirs": "1.0 from git+https://example.org/theirs@4be1d0c",
        "odd": "1.0-custom build",
    }


def test_of_a_real_lock_every_package_is_read() -> None:
    lock = Environment().lock()
    assert len(locked(lock.text)) == lock.packages + len(("Python", "platform"))
