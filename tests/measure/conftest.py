"""Answers of models to judge: binary, of several classes, of values."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mlc.measure.outcomes import Outcome, outcome


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def binary(random: np.random.Generator) -> Outcome:
    """400 rows, of which about a third are late, with probabilities that repeat."""
    late = random.random(400) < 0.35
    chance = np.clip(0.35 + 0.25 * (late - 0.35) + random.normal(0, 0.2, 400), 0.01, 0.99).round(2)
    return outcome(late, probabilities=chance)


@pytest.fixture
def several(random: np.random.Generator) -> Outcome:
    """300 rows of three classes, with probabilities."""
    truth = random.integers(0, 3, 300)
    raw = random.random((300, 3)) + 0.6 * np.eye(3)[truth]
    return outcome(np.array(["JFK", "LGA", "EWR"])[truth], probabilities=_shares(raw), classes=["JFK", "LGA", "EWR"])


@pytest.fixture
def values(random: np.random.Generator) -> Outcome:
    """250 rows of a number, none of them 0."""
    truth = random.gamma(2, 10, 250) + 1
    return outcome(truth, truth + random.normal(0, 5, 250))


def _shares(raw: np.ndarray) -> np.ndarray:
    shares: np.ndarray = raw / raw.sum(axis=1, keepdims=True)
    return shares
