"""What a person calls a job, 17 or job/17; and what the cells of a job call their own."""

from __future__ import annotations

import re

from jupyter_mlc.domain.errors import BadInput

JOB = "MLC_JOB"
"""where the cells of a job find ``UUID/17``: the registry, and the number of their job"""
REHEARSAL = "MLC_REHEARSAL"
"""set where the cells of a job are to decide nothing, and to make no version"""
_JOB = re.compile(r"(?:job/)?(?P<number>[0-9]{1,18})")


def number_of(text: str) -> int:
    """The number of a job.

    Raises
    ------
    BadInput
        Where the text is none.
    """
    found = _JOB.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text!r} is no number of a job", hint="write 17 or job/17; see %mlc job list")
    return int(found["number"])
