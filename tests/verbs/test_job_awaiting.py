from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOOKS = """
import sys
from types import SimpleNamespace
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs import job_awaiting, job_progress, job_records

job, seen = SimpleNamespace(number=1, ref="job/1"), []
context = SimpleNamespace(
    place=place_of(sys.argv[1]), registry=SimpleNamespace(uuid="here"), progress=lambda *told: seen.append(told)
)
shown = job_progress.Shown([job], context)
before = {*sys.modules}
folder = job_records.folder_of(1, context)
folder.status.parent.mkdir(parents=True)
folder.status.write_text("{")
folder.is_abandoned()
shown.show(set())
print(len(seen), sorted({*sys.modules} - before))
"""


def test_while_somebody_waits_nothing_is_imported_that_ctrl_c_would_leave_half_done(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKS, str(tmp_path / "registry")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "1 []\n"
