"""Verdicts on reproductions, as the record holds them."""

from __future__ import annotations

from jupyter_mlc.domain.reproductions import Reproduction, ReproductionJudged, Verdict
from tests.store.house import House


def judged(house: House, number: int, verdict: str, job: int | None = None) -> Reproduction:
    """Record a verdict on a version, and read it."""
    event = ReproductionJudged(
        model=house.model,
        version=house.key(number),
        number=job,
        verdict=verdict,
        environment="lock",
        tolerance=1e-6,
        evidence=house.artifacts.put_bytes(f"evidence of {verdict} {job}".encode()),
        reason="metric auc: 0.7 then, 0.6 now",
    )
    house.append(event)
    return house.registry.reproductions_of(house.key(number).id, 1)[0]


def test_verdicts_of_a_version_are_read_newest_first_and_their_evidence_is_held(house: House) -> None:
    house.register()
    house.register()
    first, second = judged(house, 1, "diverged", 3), judged(house, 1, "identical")
    judged(house, 2, "equivalent")
    assert house.registry.reproductions_of(house.key(1).id, 10) == [second, first]
    assert house.registry.reproductions_of(house.key(1).id, 1) == [second]
    assert (first.verdict, first.job, first.environment, first.author) == (
        Verdict.DIVERGED,
        "job/3",
        "lock",
        "ana@laptop",
    )
    assert (first.reason, second.job) == ("metric auc: 0.7 then, 0.6 now", "")
    assert {first.evidence, second.evidence} <= house.registry.held_blobs()
