"""Which names a cell binds, changes and uses, read from its syntax tree without running anything."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jupyter_mlc.capture.notebook.plain import plain
from jupyter_mlc.capture.words import words

LOOKS = words(
    """
    all any bar barh box boxplot columns copy corr count describe display dtypes explain get get_params grid groupby
    head hist idxmax idxmin imshow info isna isnull items keys legend line max mean median min nunique plot predict
    predict_proba quantile sample savefig scatter score shape show std sum summary tail title to_csv to_frame
    to_html to_json to_markdown to_parquet to_string transform unique value_counts values var xlabel ylabel
    """
)
"""methods that change nothing when their value is only looked at"""
CHANGES = words(
    """
    add append backward choice clear discard extend fit fit_predict fit_transform insert integers load_state_dict
    normal partial_fit permutation pop popitem rand randint randn random remove reverse seed set_params setdefault
    shuffle sort standard_normal step uniform update
    """
)
"""methods that change their object even when their value is used"""
ANYTHING = frozenset({"exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "get_ipython", "__import__"})
"""calls after which nothing is certain"""
READERS = words(
    """
    altair bokeh collections copy csv datetime functools IPython itertools joblib json jupyter_mlc logging math
    matplotlib numpy os pandas pathlib pickle plotly polars pprint pyarrow re rich scipy seaborn sklearn statistics
    statsmodels sys time tqdm warnings
    """
)
"""packages whose functions leave their arguments alone"""
SHOWERS = frozenset(
    ["IPython", "altair", "bokeh", "jupyter_mlc", "matplotlib", "plotly", "pprint", "rich", "seaborn", "tqdm"]
)
"""packages whose calls are for the eye, or change nothing that a model is made of"""
_BUILTINS = frozenset(dir(builtins)) | {"display"}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What one cell does with the notebook's names."""

    binds: frozenset[str]
    rebinds: frozenset[str]
    """bound whatever happens, as long as the cell succeeds"""
    uses: frozenset[str]
    """whose values the cell takes over from before"""
    changes: frozenset[str]
    """objects that a statement changes in place, or may change"""
    reached: frozenset[str]
    """what was called for an object that a statement then changes: ``cache`` in ``cache.get("a").fit(X)``"""
    passed: frozenset[tuple[str, str]]
    """(function, name): objects handed to a function that may change them"""
    imports: Mapping[str, str] = field(default_factory=dict)
    """bound name to top-level package"""
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """functions and classes, and the global names that they use when called"""
    doubtful: bool = False
    """nothing can be said for certain"""


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """Read a cell; what cannot be read is doubtful."""
    cell = plain(source)
    try:
        return _read(cell.tree, doubtful=cell.doubtful)
    except RecursionError:
        none: frozenset[str] = frozenset()
        return Names(binds=none, rebinds=none, uses=none, changes=none, reached=none, passed=frozenset(), doubtful=True)


def _read(tree: ast.Module, *, doubtful: bool) -> Names:
    calls = list(_calls(tree))
    imports = dict(_imports(tree))
    changing = [call.func for call, bare in calls if _changes_its_object(call, bare=bare)]
    return Names(
        binds=frozenset(_bound(tree)) | frozenset(imports),
        rebinds=frozenset(name for statement in tree.body for name in _certainly_bound(statement)),
        uses=frozenset(_free_in(tree.body)),
        changes=frozenset({*_stored_into(tree), *_shuffled(calls), *_changed(changing)}),
        reached=frozenset(_reached(changing)),
        passed=frozenset(pair for call, bare in calls for pair in _passed(call, bare=bare)),
        imports=imports,
        inside={node.name: frozenset(free(node)) for node in ast.walk(tree) if isinstance(node, _NAMED)},
        doubtful=doubtful or "*" in imports or any(_root(call.func) in ANYTHING for call, _ in calls),
    )


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LISTED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def free(node: ast.AST) -> set[str]:
    """Return the names that a node takes from outside itself."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.Lambda):
        return free(node.args) | (free(node.body) - _own(node))
    blocks = [block for name in ("body", "orelse", "finalbody") if isinstance(block := getattr(node, name, None), list)]
    inside = {name for block in blocks for name in _free_in(block)}
    within = {id(statement) for block in blocks for statement in block}
    around = {name for child in ast.iter_child_nodes(node) if id(child) not in within for name in free(child)}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        around.add(node.target.id)
    if isinstance(node, _LISTED):
        return around - _own(node)
    return around | (inside - _own(node))


def _free_in(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the names that statements one after the other take from before the first."""
    bound: set[str] = set()
    found: set[str] = set()
    for statement in statements:
        found |= free(statement) - bound
        bound |= set(_certainly_bound(statement))
    return found


def _own(node: ast.AST) -> set[str]:
    """Return the names that are a node's own business: what a function or class binds, what a loop or with sets."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return set(_targets(node.target))
    if isinstance(node, ast.With | ast.AsyncWith):
        return {name for item in node.items if item.optional_vars for name in _targets(item.optional_vars)}
    if isinstance(node, _LISTED):
        return {name for comprehension in node.generators for name in _targets(comprehension.target)}
    if not isinstance(node, (*_FUNCTION, ast.ClassDef)):
        return set()
    own = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    own |= {name for child in ast.iter_child_nodes(node) for name in _bound(child)}
    outer = {name for inner in ast.walk(node) if isinstance(inner, (ast.Global, ast.Nonlocal)) for name in inner.names}
    return own - outer


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds in its own scope, and what its functions declare global."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        yield from filter(None, [node.name])
    elif isinstance(node, _NAMED):
        yield node.name
    if isinstance(node, (*_FUNCTION, ast.ClassDef)):
        yield from (name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names)
    elif not isinstance(node, _LISTED):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def _certainly_bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign):
        yield from (name for target in statement.targets for name in _targets(target))
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _targets(statement.target)
    elif isinstance(statement, (*_NAMED, ast.Import, ast.ImportFrom)):
        yield from _bound(statement)
    elif isinstance(statement, ast.With | ast.AsyncWith):
        yield from (name for item in statement.items if item.optional_vars for name in _targets(item.optional_vars))
        yield from (name for inner in statement.body for name in _certainly_bound(inner))


def _targets(node: ast.AST) -> Iterator[str]:
    """Yield the plain names among assignment targets; ``a.b`` and ``a[0]`` bind nothing."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Tuple | ast.List | ast.Starred):
        for child in ast.iter_child_nodes(node):
            yield from _targets(child)


def _stored_into(tree: ast.AST) -> Iterator[str]:
    """Yield the objects of ``a.b = ...``, ``a[0] = ...`` and ``del a[0]``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from filter(None, [_root(node)])


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name, alias.name.split(".")[0]) for alias in node.names for name in _bound(alias))
        elif isinstance(node, ast.ImportFrom):
            top = (node.module or "").split(".")[0]
            yield from ((name, top) for alias in node.names for name in _bound(alias))


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, bool]]:
    """Yield every call, and whether its value is dropped."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from ((node, id(node) in bare) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _changes_its_object(call: ast.Call, *, bare: bool) -> bool:
    """Tell whether a method call changes its object, or may."""
    if not isinstance(call.func, ast.Attribute):
        return False
    in_place = any(word.arg == "inplace" for word in call.keywords)
    return in_place or call.func.attr in CHANGES or (bare and call.func.attr not in LOOKS)


def _changed(methods: Iterable[ast.expr]) -> Iterator[str]:
    """Yield the objects whose own methods are called."""
    yield from (name for method in methods if _innermost(method) is None and (name := _root(method)))


def _reached(methods: Iterable[ast.expr]) -> Iterator[str]:
    """Yield what was called for the objects whose methods are called, unless it made them: a class does."""
    inner = [call.func for method in methods if (call := _innermost(method))]
    yield from (name for called in inner if not _is_class(called) and (name := _root(called)))


def _innermost(node: ast.AST) -> ast.Call | None:
    """Return the first call in ``a.b().c().d``, on whose value the others work."""
    found = None
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        found = node if isinstance(node, ast.Call) else found
        node = node.func if isinstance(node, ast.Call) else node.value
    return found


def _is_class(called: ast.expr) -> bool:
    """Tell a class by its capital: calling it makes a new object, and changes none that was there."""
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name.lstrip("_")[:1].isupper()


def _shuffled(calls: Iterable[tuple[ast.Call, bool]]) -> Iterator[str]:
    for call, _ in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "shuffle":
            yield from (name for argument in call.args for name in _handed_over(argument))


def _passed(call: ast.Call, *, bare: bool) -> Iterator[tuple[str, str]]:
    """Yield the objects that a call may change because they are handed to it."""
    function = _root(call.func) or ""
    if function in _BUILTINS or (isinstance(call.func, ast.Attribute) and call.func.attr in LOOKS | CHANGES):
        return
    if isinstance(call.func, ast.Attribute) and not bare:
        return
    for argument in [*call.args, *(word.value for word in call.keywords)]:
        yield from ((function, name) for name in _handed_over(argument))


def _handed_over(argument: ast.expr) -> Iterable[str]:
    inner = argument.value if isinstance(argument, ast.Starred) else argument
    if isinstance(inner, ast.List | ast.Tuple):
        return [name for element in inner.elts for name in _handed_over(element)]
    return [inner.id] if isinstance(inner, ast.Name) else []


def _root(node: ast.AST) -> str | None:
    """Return the name at the bottom of ``a.b[0].c()``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
