from __future__ import annotations

from jupyter_mlc.domain.events import EVENTS


def test_every_event_is_entered_under_its_name() -> None:
    assert all(kind.__name__ == name for name, kind in EVENTS.items())
