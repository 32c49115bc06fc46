"""In a reproduction cells decide nothing."""

from __future__ import annotations

from jupyter_mlc.domain.entities import Artifact
from jupyter_mlc.faces.rehearsing import rehearsed
from jupyter_mlc.verbs.history import History
from jupyter_mlc.verbs.job_names import REHEARSAL
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.register import Register

HERE = {REHEARSAL: "reproduce"}
MADE = Artifact(format="joblib", digest="sha256:1", size=1, blobs=(), class_name="Logit", library="")


def test_what_would_change_the_registry_is_rehearsed() -> None:
    assert rehearsed(Promote(ref="churn:1"), HERE) == Promote(ref="churn:1", dry_run=True)


def test_registering_and_reading_are_as_they_are() -> None:
    for ask in (Register(name="churn", object=MADE), History(ref="churn")):
        assert rehearsed(ask, HERE) is ask


def test_elsewhere_nothing_is() -> None:
    ask = Promote(ref="churn:1")
    assert rehearsed(ask, {}) is ask
