"""``lightgbm``: the booster as LightGBM's own text, which its other languages read too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.store.formats import boosted
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.libraries import recorded
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

MODEL, BESIDE = "model.txt", "booster.json"
_KIND = boosted.Kind(format="lightgbm", estimators="lightgbm.sklearn", base="LGBMModel")
_BOOSTER = ("lightgbm.basic", "Booster")
_KEPT = ("best_iteration", "best_score", "params")
"""what a booster knows and its text does not tell, or not in these very types"""
_ALL = -1


@dataclass(frozen=True, kw_only=True)
class LightGBMFormat:
    """Boosters of LightGBM, and its estimators with scikit-learn's manners."""

    name: str = "lightgbm"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """A booster or an estimator of the library itself."""
        return _is_booster(obj) or boosted.is_estimator(obj, _KIND)

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store the booster, what its text leaves out, and the estimator around it."""
        if not self.accepts(obj):
            raise boosted.refuse_derived(obj, "Booster or estimator of LightGBM", self.name)
        layers: tuple[Layer, ...] = ()
        details = recorded([self.name])
        booster = obj
        if not _is_booster(obj):
            layers = (boosted.estimator_layer(obj, _KIND, artifacts, storing),)
            details[boosted.CLASS] = type(obj).__name__
            booster = obj.booster_
        text = booster.model_to_string(num_iteration=_ALL).encode()
        stored = (
            Layer(path=MODEL, digest=artifacts.put_bytes(text), size=len(text), media_type="text/plain"),
            boosted.plain_layer(BESIDE, _beside(booster), artifacts),
        )
        return Manifest(format=self.name, layers=stored + layers, details=details)

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:  # noqa: ARG002 (no code runs)
        """Read the booster, and put the estimator around it again."""
        return reading(lambda: _read(manifest, artifacts))


def _is_booster(obj: object) -> bool:
    return (type(obj).__module__, type(obj).__name__) == _BOOSTER


def _beside(booster: Any) -> dict[str, Any]:
    """What the text leaves out, as far as it is plain: a loss function of one's own serves training alone."""
    from jupyter_mlc.store.formats import plain

    params = {key: value for key, value in booster.params.items() if plain.is_plain(value)}
    return {"best_iteration": booster.best_iteration, "best_score": booster.best_score, "params": params}


def _read(manifest: Manifest, artifacts: Artifacts) -> Any:
    import lightgbm

    booster = lightgbm.Booster(model_str=artifacts.read(only_layer(manifest, MODEL).digest).decode())
    beside = boosted.plain_of(manifest, BESIDE, artifacts)
    for name in _KEPT:
        setattr(booster, name, beside[name])
    if boosted.CLASS not in manifest.details:
        return booster
    return boosted.estimator_from(manifest, artifacts, _KIND, booster)
