"""`--panel`: what was asked for is shown, or asked about, in the panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlc.verbs.base import Verb
from jupyter_mlc.verbs.panel import Panel, Promotion


def in_panel(verb: Verb, values: Mapping[str, Any]) -> Panel:
    """The request for the panel, in place of the verb's own."""
    return _PANELS[verb.name](verb, values)


def _compared(verb: Verb, values: Mapping[str, Any]) -> Panel:
    compare: Any = verb.ask(**values)
    return Panel(refs=compare.refs, compare=compare)


def _promoted(verb: Verb, values: Mapping[str, Any]) -> Panel:
    promote: Any = verb.ask(**values)
    return Panel(refs=(promote.ref,), promote=Promotion(to=promote.to, reason=promote.reason))


def _job(_: Verb, values: Mapping[str, Any]) -> Panel:
    return Panel(refs=(f"job/{str(values['job']).strip().removeprefix('job/')}",))


_PANELS: Mapping[str, Callable[[Verb, Mapping[str, Any]], Panel]] = {
    "compare": _compared,
    "job show": _job,
    "promote": _promoted,
}
