"""The globals that a pickle from anywhere may name: data, and the estimators of scikit-learn. All else is refused.

Every name is exact, or a class that a listed package defines itself and that descends from one of its known bases.
Nothing is found by walking attributes, nothing that imports, opens, evaluates or calls by name is on the list, and
no module is imported that is not part of a listed package.
"""

from __future__ import annotations

import importlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Untrusted
from jupyter_mlc.store.pickles.stand_ins import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCALARS = (
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 longdouble "
    "complex64 complex128 clongdouble str_ bytes_ void datetime64 timedelta64 object_"
)
_EXACT: Mapping[str, str] = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "collections": "Counter OrderedDict defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "uuid": "UUID",
    "numpy": f"ndarray matrix mean median max min sum {_SCALARS}",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "numpy.ma": "MaskedArray",
    "numpy.ma.core": "MaskedArray _mareconstruct",
    "numpy.random._mt19937": "MT19937",
    "numpy.random._pcg64": "PCG64 PCG64DXSM",
    "numpy.random._philox": "Philox",
    "numpy.random._sfc64": "SFC64",
    "numpy.random._pickle": "__bit_generator_ctor __generator_ctor __randomstate_ctor",
    "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
    "pandas": (
        "ArrowDtype BooleanDtype Categorical CategoricalDtype DataFrame DatetimeIndex DatetimeTZDtype Float32Dtype "
        "Float64Dtype Index Int8Dtype Int16Dtype Int32Dtype Int64Dtype MultiIndex NA RangeIndex Series StringDtype "
        "TimedeltaIndex UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype"
    ),
    "pandas.core.frame": "DataFrame",
    "pandas.core.series": "Series",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.indexes.multi": "MultiIndex",
    "pandas.core.indexes.datetimes": "DatetimeIndex _new_DatetimeIndex",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pandas.core.arrays.boolean": "BooleanArray BooleanDtype",
    "pandas.core.arrays.categorical": "Categorical",
    "pandas.core.arrays.datetimes": "DatetimeArray",
    "pandas.core.arrays.floating": "Float32Dtype Float64Dtype FloatingArray",
    "pandas.core.arrays.integer": (
        "Int8Dtype Int16Dtype Int32Dtype Int64Dtype IntegerArray UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype"
    ),
    "pandas.core.arrays.string_": "StringArray StringDtype",
    "pandas.core.arrays.string_arrow": "ArrowStringArray ArrowStringArrayNumpySemantics",
    "pandas.core.arrays.timedeltas": "TimedeltaArray",
    "pandas.arrays": (
        "ArrowExtensionArray ArrowStringArray BooleanArray DatetimeArray FloatingArray IntegerArray StringArray "
        "TimedeltaArray"
    ),
    "pandas.core.dtypes.dtypes": "ArrowDtype CategoricalDtype DatetimeTZDtype",
    "pandas._libs.missing": "NA",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.internals": "_unpickle_block",
    "pandas._libs.tslibs.nattype": "_nat_unpickle",
    "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle",
    "pandas._libs.tslibs.timestamps": "_unpickle_timestamp",
    "pyarrow.lib": "type_for_alias",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
    "scipy.interpolate._bsplines": "BSpline _BSpline",
    "scipy.sparse._csr": "csr_matrix csr_array",
    "scipy.sparse._csc": "csc_matrix csc_array",
    "scipy.sparse._coo": "coo_matrix coo_array",
    "sklearn.calibration": "_CalibratedClassifier",
    "sklearn.cluster._birch": "_CFNode _CFSubcluster",
    "sklearn.cluster._bisect_k_means": "_BisectingTree",
    "sklearn.cluster._kmeans": "_kmeans_single_elkan _kmeans_single_lloyd",
    "sklearn.compose._column_transformer": "_RemainderColsList make_column_selector",
    "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_oneway f_regression r_regression",
    "sklearn.metrics._classification": (
        "accuracy_score balanced_accuracy_score brier_score_loss cohen_kappa_score f1_score fbeta_score jaccard_score "
        "log_loss matthews_corrcoef precision_score recall_score"
    ),
    "sklearn.metrics._dist_metrics": "newObj",
    "sklearn.metrics._ranking": "average_precision_score ndcg_score roc_auc_score top_k_accuracy_score",
    "sklearn.metrics._scorer": "_MultimetricScorer _PassthroughScorer",
    "sklearn.metrics._regression": (
        "explained_variance_score max_error mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance "
        "mean_pinball_loss mean_poisson_deviance mean_squared_error mean_squared_log_error median_absolute_error "
        "r2_score root_mean_squared_error"
    ),
    "sklearn.neighbors._ball_tree": "BallTree BallTree32 BallTree64 newObj",
    "sklearn.neighbors._kd_tree": "KDTree KDTree32 KDTree64 newObj",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.tree._tree": "Tree",
    "sklearn.utils._bunch": "Bunch",
    "sklearn.utils.validation": "check_array",
    "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
}
_BASES = (
    ("sklearn.base", "BaseEstimator"),
    ("sklearn._loss._loss", "CyLossFunction"),
    ("sklearn._loss.link", "BaseLink"),
    ("sklearn._loss.link", "Interval"),
    ("sklearn._loss.loss", "BaseLoss"),
    ("sklearn.gaussian_process.kernels", "Kernel"),
    ("sklearn.linear_model._sgd_fast", "LossFunction"),
    ("sklearn.metrics._dist_metrics", "DistanceMetric64"),
    ("sklearn.metrics._dist_metrics", "DistanceMetric32"),
    ("sklearn.metrics._scorer", "_BaseScorer"),
    ("sklearn.model_selection._split", "BaseCrossValidator"),
    ("sklearn.model_selection._split", "BaseShuffleSplit"),
)
_ESTIMATORS = re.compile(r"sklearn(\.[a-z][a-z0-9_]*|\._[a-z][a-z0-9_]*)+", re.ASCII)
_NOT_OURS = frozenset(
    {"callback", "conftest", "datasets", "experimental", "externals", "tests", "estimator_checks", "_mocking"}
)
_UFUNCS = frozenset({"numpy", "numpy._core._multiarray_umath", "numpy._core.umath", "scipy.special._ufuncs"})


def allowed(module: str, name: str) -> Any:
    """Resolve a global that is on the list.

    Raises
    ------
    Untrusted
        Where it is not.
    """
    found = _resolved(module, name)
    if found is None:
        raise outside({f"{module}.{name}"})
    return found


def is_allowed(module: str, name: str) -> bool:
    """Whether the global is on the list."""
    return _resolved(module, name) is not None


def outside(names: Iterable[str]) -> Untrusted:
    """The refusal that names what is not on the list."""
    return Untrusted(
        f"loading would run code that no trusted key vouches for: {', '.join(sorted(names))}",
        hint="if you know where it comes from and would run a program of its author, load it with --trust",
    )


@lru_cache(maxsize=1024)
def _resolved(module: str, name: str) -> Any:
    # NumPy 1 kept these under another name
    module = module.replace("numpy.core.", "numpy._core.", 1) if module.startswith("numpy.core.") else module
    if (module, name) in STAND_INS:
        return STAND_INS[module, name]()
    if name in _EXACT.get(module, "").split():
        return _attribute(module, name)
    if module in _UFUNCS:
        return _ufunc(module, name)
    if _ESTIMATORS.fullmatch(module) and not _NOT_OURS & set(module.split(".")) and "test" not in module:
        return _descendant(module, name)
    return None


def _attribute(module: str, name: str) -> Any:
    """The thing itself: one step from its module, never along a dotted path."""
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _ufunc(module: str, name: str) -> Any:
    import numpy as np

    found = _attribute(module, name)
    return found if isinstance(found, np.ufunc) else None


def _descendant(module: str, name: str) -> Any:
    """A class that this very module defines, and that descends from a known base."""
    found = _attribute(module, name)
    if not isinstance(found, type) or (found.__module__, found.__qualname__) != (module, name):
        return None
    return found if issubclass(found, _bases()) else None


@lru_cache(maxsize=1)
def _bases() -> tuple[type, ...]:
    """The bases that this release of scikit-learn has."""
    found = [_attribute(module, name) for module, name in _BASES]
    return tuple(base for base in found if isinstance(base, type))
