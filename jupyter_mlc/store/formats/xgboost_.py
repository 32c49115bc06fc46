"""``xgboost``: the booster as UBJSON, which every release of XGBoost and its other languages read."""

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

MODEL, SETTINGS = "model.ubj", "settings.json"
RELEASE = "release"
_KIND = boosted.Kind(format="xgboost", estimators="xgboost.sklearn", base="XGBModel")
_BOOSTER = ("xgboost.core", "Booster")


@dataclass(frozen=True, kw_only=True)
class XGBoostFormat:
    """Boosters of XGBoost, and its estimators with scikit-learn's manners."""

    name: str = "xgboost"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """A booster or an estimator of the library itself."""
        return _is_booster(obj) or boosted.is_estimator(obj, _KIND)

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store the booster, its settings, and the estimator around it."""
        import xgboost

        if not self.accepts(obj):
            raise boosted.refuse_derived(obj, "Booster or estimator of XGBoost", self.name)
        layers: tuple[Layer, ...] = ()
        details = recorded([self.name]) | {RELEASE: xgboost.__version__}
        booster = obj
        if not _is_booster(obj):
            layers = (boosted.estimator_layer(obj, _KIND, artifacts, storing),)
            details[boosted.CLASS] = type(obj).__name__
            booster = obj.get_booster()
        model, settings = booster.save_raw("ubj"), booster.save_config().encode()
        digests = artifacts.put_many([model, settings])
        stored = (
            Layer(path=MODEL, digest=digests[0], size=len(model)),
            Layer(path=SETTINGS, digest=digests[1], size=len(settings), media_type=boosted.JSON),
        )
        return Manifest(format=self.name, layers=stored + layers, details=details)

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:  # noqa: ARG002 (no code runs)
        """Read the booster, and put the estimator around it again."""
        return reading(lambda: _read(manifest, artifacts))


def _is_booster(obj: object) -> bool:
    return (type(obj).__module__, type(obj).__name__) == _BOOSTER


def _read(manifest: Manifest, artifacts: Artifacts) -> Any:
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(bytearray(artifacts.read(only_layer(manifest, MODEL).digest)))
    if manifest.details.get(RELEASE) == xgboost.__version__:
        # the settings of training mean the same in the same release alone
        booster.load_config(artifacts.read(only_layer(manifest, SETTINGS).digest).decode())
    if boosted.CLASS not in manifest.details:
        return booster
    return boosted.estimator_from(manifest, artifacts, _KIND, booster)
