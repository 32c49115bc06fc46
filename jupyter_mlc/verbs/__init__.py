"""What can be done: one verb a file (request, reply, function), and the list of them.

A verb is loaded when it is first asked for: importing this package costs nothing, however many verbs there are.
"""

from jupyter_mlc.verbs.base import VERBS

__all__ = ["VERBS"]
