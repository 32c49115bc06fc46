"""What a person calls a job: 17, or job/17."""

from __future__ import annotations

import re

from jupyter_mlc.domain.errors import BadInput

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
