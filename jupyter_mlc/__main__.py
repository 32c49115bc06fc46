"""``python -m jupyter_mlc``: the command line, where no script of the environment is on the path, as in cron."""

from __future__ import annotations

import sys

from jupyter_mlc.faces.cli import main

if __name__ == "__main__":
    sys.exit(main())
