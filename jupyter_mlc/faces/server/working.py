"""The worker's process below a server: ``python -m jupyter_mlc.faces.server.working``, which ends with the server."""

from __future__ import annotations

import os
import signal
import sys

from jupyter_mlc.faces import lifeline
from jupyter_mlc.faces.cli import main

if __name__ == "__main__":
    lifeline.at_its_end(lifeline.taken(), lambda: os.kill(os.getpid(), signal.SIGTERM))
    sys.exit(main(["worker"]))
