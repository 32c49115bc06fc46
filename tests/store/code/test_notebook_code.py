from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import pickle
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, Untrusted
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.code.private_modules import PREFIX
from jupyter_mlc.store.formats import store
from jupyter_mlc.store.formats.base import read_manifest
from jupyter_mlc.store.loading import load


class Notebook:
    """A ``__main__`` whose cells are remembered as IPython does it."""

    def __init__(self) -> None:
        self.module = ModuleType("__main__")
        self._numbers = count(1)

    def run(self, source: str, file: str = "") -> None:
        name = file or f"<ipython-input-{next(self._numbers)}-{id(self)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec", dont_inherit=True), vars(self.module))

    def run_alone(self, source: str) -> None:
        """Run each statement as if there were no other, which is what IPython does."""
        name = f"<ipython-input-{next(self._numbers)}-{id(self)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        for item in ast.parse(source).body:
            exec(compile(ast.Module([item], []), name, "exec", dont_inherit=True), vars(self.module))

    def forget_sources(self) -> None:
        for name in [name for name in linecache.cache if name.startswith("<ipython-input-")]:
            del linecache.cache[name]

    def __getitem__(self, name: str) -> Any:
        return vars(self.module)[name]


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    made = Notebook()
    monkeypatch.setitem(sys.modules, "__main__", made.module)
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    return made


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path)


@pytest.fixture
def elsewhere(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Store an object, then load it where the notebook is not."""

    def through(obj: object) -> Any:
        stored = store(obj, artifacts)
        with monkeypatch.context() as other:
            other.setitem(sys.modules, "__main__", ModuleType("__main__"))
            return load(stored.digest, artifacts, trusted=True, folder=artifacts.root)

    return through


def code_of(obj: object, artifacts: Artifacts, cells: tuple[str, ...] = ()) -> str:
    """The text of the module that was stored with an object."""
    manifest = read_manifest(store(obj, artifacts, cells=cells).digest, artifacts)
    return "".join(artifacts.read(layer.digest).decode() for layer in manifest.layers if layer.path.startswith("code/"))


SCALE = "class Scale:\n    by = 2\n    def predict(self, x):\n        return x * self.by\nmodel = Scale()\n"


def test_a_class_of_the_notebook_travels_with_its_objects(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run(SCALE)
    loaded = elsewhere(notebook["model"])
    assert loaded.predict(21) == 42
    assert type(loaded).__module__.startswith(PREFIX)


def test_a_cell_that_imports_what_its_class_calls_is_found(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    cell = "import math\nclass Root:\n    def predict(self, x):\n        return math.sqrt(x)\nmodel = Root()\n"
    for run in (notebook.run, notebook.run_alone):
        run(cell)
        assert elsewhere(notebook["model"]).predict(49) == 7


def test_an_object_without_notebook_code_carries_none(notebook: Notebook, artifacts: Artifacts) -> None:
    assert code_of({"a": np.ones(3), "b": np.mean}, artifacts) == ""


def test_plain_joblib_reads_the_file_where_the_class_is_defined(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE)
    manifest = read_manifest(store(notebook["model"], artifacts).digest, artifacts)
    loaded = joblib.load(artifacts.path(manifest.layers[0].digest))
    assert type(loaded) is notebook["Scale"]


def test_the_code_takes_along_what_it_needs_of_the_notebook(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(
        "import math\nimport numpy as np\nimport os.path\nimport json.decoder\n"
        "from collections import OrderedDict as Ordered\n"
        "import re\n"
    )
    notebook.run(
        "RATE = 0.5\nNAMES = ('a', b'b', None, ..., {'k': [1, {2}, frozenset({3}), 1j, float('inf')]})\n"
        "WORD = re.compile('a+', re.I)\nunused = object()\n"
    )
    notebook.run("def helper(x):\n    return math.floor(x) + RATE\n")
    notebook.run(
        "class Model:\n"
        "    def predict(self, x):\n"
        "        return helper(np.log1p(x)), NAMES, WORD, Ordered(), os.path.sep, json.decoder.JSONDecoder, print\n"
        "model = Model()\n"
    )
    assert code_of(notebook["model"], artifacts) == (
        '"""Definitions of a notebook, as far as the model needs them."""\n\n'
        "from collections import OrderedDict as Ordered\n"
        "import json\n"
        "import json.decoder as _json_decoder\n"
        "import math\n"
        "import numpy as np\n"
        "import os\n"
        "import os.path as _os_path\n"
        "\n\n"
        "NAMES = ('a', b'b', None, Ellipsis, {'k': [1, set([2]), frozenset([3]), complex(0.0, 1.0), float(\"inf\")]})\n"
        "RATE = 0.5\n"
        "WORD = __import__(\"re\").compile('a+', 34)\n"
        "\n\n"
        "class Model:\n"
        "    def predict(self, x):\n"
        "        return helper(np.log1p(x)), NAMES, WORD, Ordered(), os.path.sep, json.decoder.JSONDecoder, print\n"
        "\n\n"
        "def helper(x):\n    return math.floor(x) + RATE\n"
    )


def test_what_is_taken_along_works_elsewhere(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run("import math\nRATE = 0.5\n")
    notebook.run("def helper(x):\n    return math.floor(x) + RATE\n")
    notebook.run("class Model:\n    def predict(self, x):\n        return helper(x)\nmodel = Model()\n")
    assert elsewhere(notebook["model"]).predict(2.7) == 2.5


def test_numbers_of_numpy_times_paths_and_loggers_are_constants_too(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "import logging\nfrom datetime import date, datetime, timedelta\nfrom pathlib import Path\nimport numpy as np\n"
        "KNOWN = (np.mean([1.0, 2.5]), np.float32(0.1), np.int64(-3), np.bool_(True), np.str_('a'),\n"
        "         np.float64('nan'), Path('data') / 'x y', date(2026, 6, 29), datetime(2026, 6, 29, 1, 2),\n"
        "         timedelta(days=1.5))\n"
        "LOGS = [logging.getLogger('of.a.notebook'), logging.getLogger()]\n"
        "def model():\n    return KNOWN, LOGS\n"
    )
    known, logs = elsewhere(notebook["model"])()
    assert repr(known) == repr(notebook["KNOWN"])
    assert logs == notebook["LOGS"]


def test_bases_and_decorators_come_before_what_they_make(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run("FACTOR = 3\ndef amount():\n    return FACTOR\n")
    notebook.run(
        "import functools\ndef scaled(f):\n    times = amount()\n"
        "    @functools.wraps(f)\n    def inner(x):\n        return f(x) * times\n    return inner\n"
    )
    notebook.run("class Base:\n    def predict(self, x):\n        return weight(x)\n")
    notebook.run("@scaled\ndef weight(x):\n    return x + 1\n")
    notebook.run("class Above(Base):\n    pass\nmodel = [Above(), weight]\n")
    above, weight = elsewhere(notebook["model"])
    assert (above.predict(1), weight(1)) == (6, 6)


def test_functions_that_call_each_other_are_stored_once(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run("def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - 1)\n")
    assert elsewhere(notebook["even"])(10)


def test_classes_in_classes_and_those_made_by_a_call_are_found(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n")
    notebook.run("class Outer:\n    class Inner:\n        size = 7\nmodel = [Outer.Inner(), Point(1, 2), Outer]\n")
    inner, point, outer = elsewhere(notebook["model"])
    assert (inner.size, point.y) == (7, 2)
    assert type(inner) is outer.Inner


def test_dataclasses_enums_properties_and_cached_functions_are_found(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "import enum, functools\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Settings:\n    rate: float = 0.5\n"
        "class Colour(enum.Enum):\n    RED = 1\n"
        "class Model:\n"
        "    @property\n    def colour(self):\n        return Colour.RED\n"
        "    @staticmethod\n    def settings():\n        return Settings()\n"
        "@functools.lru_cache\ndef squared(x):\n    return x * x\n"
        "model = [Model(), Settings(2.0), Colour.RED, squared]\n"
    )
    model, settings, red, squared = elsewhere(notebook["model"])
    assert model.colour is red
    assert model.settings().rate == 0.5
    assert (settings.rate, squared(3)) == (2.0, 9)


def test_objects_in_an_array_of_objects_bring_their_class(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run(SCALE)
    array = np.array([notebook["model"], None], dtype=object)
    assert elsewhere({"estimators": array})["estimators"][0].predict(1) == 2


def test_large_arrays_and_notebook_classes_go_together(
    notebook: Notebook, artifacts: Artifacts, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(SCALE)
    model = notebook["model"]
    model.weights = np.ones(3_000_000)
    assert store(model, artifacts).format == "arrays"
    loaded = elsewhere(model)
    assert loaded.predict(1) == 2
    assert loaded.weights.sum() == 3_000_000


def test_string_annotations_stay_strings(
    notebook: Notebook, artifacts: Artifacts, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "from __future__ import annotations\nimport numpy as np\nframe = object()\n"
        "def f(x: np.ndarray, y: frame = None) -> Nowhere:\n    return x\n"
    )
    assert code_of(notebook["f"], artifacts).splitlines()[2] == "from __future__ import annotations"
    assert elsewhere(notebook["f"])(1) == 1


def test_another_name_for_a_definition_is_kept(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run("def first(x):\n    return x + 1\nsecond = first\n")
    notebook.run("def both(x):\n    return second(first(x))\n")
    assert elsewhere(notebook["both"])(1) == 3


def test_an_import_names_the_public_place(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(
        "from sklearn.linear_model import Ridge as R\nfrom numpy import log1p\ndef f():\n    return R, log1p\n"
    )
    text = code_of(notebook["f"], artifacts)
    assert "from sklearn.linear_model import Ridge as R\n" in text
    assert "from numpy import log1p\n" in text


def test_the_class_of_the_object_counts_and_not_a_later_one(
    notebook: Notebook, artifacts: Artifacts, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(SCALE)
    notebook.run("class Scale:\n    def predict(self, x):\n        return -1\n")
    assert elsewhere(notebook["model"]).predict(2) == 4


def test_a_base_class_is_the_one_that_the_class_was_made_from(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("class Base:\n    def predict(self, x):\n        return x\n")
    notebook.run("class Model(Base):\n    def fit(self):\n        return self\nmodel = Model()\n")
    notebook.run("class Base:\n    def predict(self, x):\n        return None\n")
    assert elsewhere(notebook["model"]).predict(5) == 5


def test_a_scratch_variable_of_the_same_name_shadows_nothing(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE)
    notebook.run("Scale = 3\n")
    stored = store(notebook["model"], artifacts)
    assert load(stored.digest, artifacts, trusted=True, folder=artifacts.root).predict(4) == 8


def test_a_loaded_object_registers_again_with_the_same_digest(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE)
    first = store(notebook["model"], artifacts)
    loaded = load(first.digest, artifacts, trusted=True, folder=artifacts.root)
    notebook.forget_sources()
    notebook.run("del Scale\n")
    again = store(loaded, artifacts)
    assert again.digest == first.digest
    assert load(again.digest, artifacts, trusted=True, folder=artifacts.root).predict(1) == 2


def test_loaded_and_new_definitions_live_side_by_side(
    notebook: Notebook, artifacts: Artifacts, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(SCALE)
    old = load(store(notebook["model"], artifacts).digest, artifacts, trusted=True, folder=artifacts.root)
    notebook.run("class Scale:\n    def predict(self, x):\n        return -x\n")
    vars(notebook.module)["Old"] = type(old)
    notebook.run("class Newer(Old):\n    pass\nmodels = [Scale(), Newer()]\n")
    new, newer, loaded = elsewhere([*notebook["models"], old])
    assert [new.predict(1), newer.predict(1), loaded.predict(1)] == [-1, 2, 2]
    again = elsewhere([new, newer, loaded])
    assert [model.predict(1) for model in again] == [-1, 2, 2]


def test_the_source_of_loaded_code_can_be_read(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run(SCALE.replace("2", "23"))
    assert inspect.getsource(type(elsewhere(notebook["model"])).predict).strip().startswith("def predict(self, x):")


def test_workers_receive_the_classes_of_loaded_code_whole(
    notebook: Notebook, elsewhere: Callable[[Any], Any], tmp_path: Path
) -> None:
    cloudpickle = importlib.import_module("cloudpickle")
    notebook.run(SCALE)
    (tmp_path / "sent").write_bytes(cloudpickle.dumps(elsewhere(notebook["model"])))
    script = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).predict(3))"
    ran = subprocess.run([sys.executable, "-c", script, tmp_path / "sent"], capture_output=True, text=True, check=True)
    assert ran.stdout == "6\n"


def test_a_script_that_runs_as_main_is_a_notebook_too(artifacts: Artifacts, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        "from jupyter_mlc.store.artifacts import Artifacts\nfrom jupyter_mlc.store.formats import store\n\n"
        "from dataclasses import dataclass\n\n@dataclass\nclass Size:\n    by: int = 1\n\n"
        "class Model:\n    size = Size()\n    def predict(self, x):\n        return x + Size().by\n\n"
        "if __name__ == '__main__':\n    print(store(Model(), Artifacts(Path(sys.argv[1]))).digest)\n"
    )
    ran = subprocess.run([sys.executable, script, artifacts.root], capture_output=True, text=True, check=True)
    assert load(ran.stdout.strip(), artifacts, trusted=True, folder=artifacts.root).predict(1) == 2


def test_a_script_that_multiprocessing_begins_anew_is_one_as_well(artifacts: Artifacts, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import sys\nfrom concurrent.futures import ProcessPoolExecutor\nfrom multiprocessing import get_context\n"
        "from pathlib import Path\n"
        "from jupyter_mlc.store.artifacts import Artifacts\nfrom jupyter_mlc.store.formats import store\n\n"
        "def more(x):\n    return x + 1\n\n"
        "class Base:\n    pass\n\nclass Model(Base):\n    def predict(self, x):\n        return more(x)\n\n"
        "def stored(root):\n    return store(Model(), Artifacts(Path(root))).digest\n\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:\n"
        "        print(pool.submit(stored, sys.argv[1]).result())\n"
    )
    ran = subprocess.run([sys.executable, script, artifacts.root], capture_output=True, text=True, check=True)
    assert load(ran.stdout.strip(), artifacts, trusted=True, folder=artifacts.root).predict(1) == 2


REAL = """
import sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.formats import store

shell = InteractiveShell.instance()
for cell in (
    "import numpy as np\\nSHIFT = 1",
    "class Shift:\\n    def predict(self, x):\\n        return moved(np.asarray(x))",
    "%%time\\ndef moved(x):\\n    return x + SHIFT",
    "class Bare:\\n    size = 3",
    "model = Shift(); model.bare = Bare()",
    "class Shift:\\n    pass",
):
    assert shell.run_cell(cell, store_history=True).success
print("digest", store(shell.user_ns["model"], Artifacts(Path(sys.argv[1]))).digest)
"""


def test_cells_of_a_real_ipython_are_understood(artifacts: Artifacts, home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", REAL, artifacts.root], capture_output=True, text=True, check=True, cwd=home
    )
    digest = ran.stdout.strip().splitlines()[-1].removeprefix("digest ")
    loaded = load(digest, artifacts, trusted=True, folder=artifacts.root)
    assert loaded.predict([1, 2]).tolist() == [2, 3]
    assert loaded.bare.size == 3


def test_recorded_cells_help_where_python_forgot_the_source(notebook: Notebook, artifacts: Artifacts) -> None:
    cell = "%matplotlib inline\n!ls\n" + SCALE
    notebook.run(cell.replace("%matplotlib inline", "pass").replace("!ls", "pass"))
    notebook.forget_sources()
    assert "class Scale:" in code_of(notebook["model"], artifacts, cells=("not python (", "%%time\nx = 1", cell))


def refusal(obj: object, artifacts: Artifacts) -> str:
    with pytest.raises(BadInput) as caught:
        store(obj, artifacts)
    return caught.value.text


def test_a_lambda_is_refused_with_its_place_and_line(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(
        "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import FunctionTransformer\n"
        "model = Pipeline([('f', FunctionTransformer(lambda x: x))])\n"
    )
    assert refusal(notebook["model"], artifacts) == (
        "the lambda at model.steps[0][1].func (line 3 of its cell) has no name to be stored under\n"
        "give it a name with def at the top level of a cell, or put it in a module"
    )


def test_a_function_made_inside_a_function_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(
        "def outer():\n    n = 1\n    def inner():\n        return n\n    return inner\nmodel = {'f': outer()}\n"
    )
    assert refusal(notebook["model"], artifacts) == (
        "outer().inner at model['f'] (line 3 of its cell) is defined inside a function\n"
        "define it at the top level of a cell, or put it in a module"
    )


def test_a_global_that_is_no_constant_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("import numpy as np\ntable = np.ones(100_000)\n")
    notebook.run("class Model:\n    def predict(self, x):\n        return x @ table\nmodel = Model()\n")
    assert refusal(notebook["model"], artifacts) == (
        "Model uses table (line 3 of its cell), a ndarray that cannot be stored with it\n"
        "keep table in an attribute, or give it as an argument, or put both in a module"
    )


def test_a_constant_that_is_really_data_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("big = list(range(100_000))\nloop = []\nloop.append(loop)\n")
    notebook.run("def f():\n    return big\ndef g():\n    return loop\n")
    assert refusal(notebook["f"], artifacts).startswith("f uses big (line 2 of its cell), a list that cannot")
    assert refusal(notebook["g"], artifacts).startswith("g uses loop (line 4 of its cell), a list that cannot")


def test_a_name_that_is_gone_is_refused_where_the_definition_needs_it(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("class Base:\n    pass\ndefault = 1\n")
    notebook.run("def f(x=(default,)):\n    return x\ndel default\n")
    assert refusal(notebook["f"], artifacts) == (
        "f needs default (line 1 of its cell), which the notebook no longer has\nrun the cell that makes default again"
    )


def test_a_class_that_builds_on_its_own_name_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("class Model:\n    pass\n")
    notebook.run("class Model(Model):\n    def predict(self):\n        return 1\nmodel = Model()\n")
    assert refusal(notebook["model"], artifacts) == (
        "Model (line 1 of its cell) builds on an earlier thing of the same name\ngive the new one another name"
    )


def test_objects_of_two_definitions_of_one_class_are_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE)
    old = notebook["model"]
    notebook.run(SCALE.replace("2", "3"))
    assert refusal([old, notebook["model"]], artifacts) == (
        "the object holds things made from two different definitions of Scale\n"
        "make the object again, all of it, after the last change of that cell"
    )


def test_two_things_of_one_name_are_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("class Base:\n    def predict(self):\n        return Base\n")
    notebook.run("class Model(Base):\n    def other(self):\n        return helper()\nmodel = Model()\n")
    notebook.run("class Base:\n    def new(self):\n        return 1\n")
    notebook.run("def helper():\n    return Base\n")
    assert refusal(notebook["model"], artifacts) == (
        "the object needs two different things that are both called Base\n"
        "run the cells again in order and make the object anew"
    )


def test_a_class_without_code_that_was_defined_twice_cannot_be_told(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("class Bare:\n    size = 1\nmodel = Bare()\n")
    notebook.run("class Bare:\n    size = 2\n")
    assert refusal(notebook["model"], artifacts) == (
        "the notebook defined Bare 2 times, and nothing tells which one this object was made from\n"
        "make the object again under another class name, or put it in a module beside the notebook and import it"
    )


def test_a_nested_class_whose_outer_class_changed_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("class Outer:\n    class Inner:\n        pass\nmodel = Outer.Inner()\n")
    notebook.run("class Outer:\n    class Inner:\n        size = 1\n")
    assert refusal(notebook["model"], artifacts) == (
        "Outer.Inner is not the Outer.Inner that the notebook has now\nrun its cell again and make the object anew"
    )


def test_source_that_changed_since_it_ran_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE, file="<train.py>")
    changed = SCALE.replace("x * self.by", "x / self.by")
    linecache.cache["<train.py>"] = (len(changed), None, changed.splitlines(keepends=True), "<train.py>")
    assert refusal(notebook["model"], artifacts) == (
        "the source of Scale has changed since it was run\nrun its cell again and make the object anew"
    )


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("def better(self, x):\n    return -x\nScale.predict = better\n", "Scale was given predict"),
        (
            "from functools import wraps\ndef better(f):\n    return wraps(f)(lambda self, x: -f(self, x))\n"
            "Scale.predict = better(Scale.predict)\n",
            "Scale was given predict",
        ),
        ("Scale.more = lambda self: 1\n", "Scale was given more"),
        ("Scale.by = 3\n", "Scale was given by"),
        ("Scale.by = object()\n", "Scale was given by"),
        (
            "class Told:\n    __at = 1\n    def predict(self):\n        return self.unit, self.inner\nmodel = Told()\n"
            "Told._Told__at = 2\nTold.unit = 'm'\nTold.inner = Told()\nTold.unread = 1\n",
            "Told was given _Told__at, unit, inner",
        ),
        (
            "class Told:\n    at = 1\n    def predict(self):\n        at = self.at\n        return at\nmodel = Told()\n"
            "Told.at = 2\n",
            "Told was given at",
        ),
        (
            "from sklearn.base import BaseEstimator\nclass Cut(BaseEstimator):\n    at: float = -0.5\n"
            "    def predict(self, x):\n        return x > self.at\nmodel = Cut()\nCut.at = 0.7\n",
            "Cut was given at",
        ),
        (
            "class Base:\n    pass\nclass Wide(Base):\n    size = 1\nmodel = Wide()\nBase.more = lambda self: 1\n",
            "Base was given more",
        ),
    ],
)
def test_what_a_class_was_given_later_is_refused(
    later: str, told: str, notebook: Notebook, artifacts: Artifacts
) -> None:
    notebook.run(SCALE)
    notebook.run(later)
    assert refusal(notebook["model"], artifacts) == (
        f"{told} after its definition, and what is stored is the definition\n"
        "write that into the class, run its cell again and make the object anew; what goes on changing, "
        "such as a counter, is kept outside of the class"
    )


def test_small_arrays_counters_and_the_like_are_constants(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run(
        "import numpy as np\nfrom collections import Counter, OrderedDict, defaultdict, deque\n"
        "BIAS = np.array([[0.1, np.nan]], dtype='f4')\nWORDS = np.array(['a', 'bc'])\nNONE = np.empty((0, 3))\n"
        "SEEN, PER, LAST = Counter('aab'), defaultdict(int, a=2), deque([1, 2], 2)\nORDER = OrderedDict(b=1, a=2)\n"
        "class Told:\n    bias = BIAS\n    def predict(self):\n"
        "        return self.bias, BIAS, WORDS, NONE, SEEN, PER, LAST, ORDER\n"
    )
    notebook.run("model = Told()\n")
    then, now = notebook["model"].predict(), elsewhere(notebook["model"]).predict()
    assert now[0] is now[1]
    np.testing.assert_array_equal(now[0], then[0])
    assert (now[0].dtype, now[2].tolist(), now[3].shape) == (np.dtype("f4"), ["a", "bc"], (0, 3))
    assert repr(now[4:]) == repr(then[4:])


def test_values_that_a_class_computes_or_changes_itself_are_its_own(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "class Scale:\n    made = 0\n    from math import pi\n    two = 1 + 1\n    size = 1\n    size = 3\n"
        "    seen = {}\n"
        "    def __init__(self):\n        Scale.made += 1\n        self.seen['a'] = type(self).late = 1\n"
        "    def predict(self, x):\n        return x * self.two\nScale(); model = Scale()\n"
    )
    assert elsewhere(notebook["model"]).predict(21) == 42


def test_methods_that_a_definition_takes_from_elsewhere_are_its_own(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "def twice(self, x):\n    return 2 * x\ndef same(method):\n    return lambda self, x: method(self, x)\n"
    )
    notebook.run(
        "class Scale:\n    predict = twice\n    @same\n    def once(self, x):\n        return x\n"
        "    half = lambda self, x: x / 2\nmodel = Scale()\n"
    )
    loaded = elsewhere(notebook["model"])
    assert (loaded.predict(21), loaded.once(42), loaded.half(84)) == (42, 42, 42)


@pytest.mark.parametrize(
    "cell",
    [
        "class K:\n    def predict(self, x, dtype=float, agg=sum, kind: type = list):\n"
        "        return float(agg([x])) if isinstance([x], list) else dict()\nmodel = K()\n",
        "class K:\n    __one, __two = 1, 'x'\n    __by = 3\n    def predict(self, x):\n"
        "        return x * self.__by / 3\nmodel = K()\n",
        "class Base:\n    made = 0\n    def __init__(self):\n        type(self).made += 1\n"
        "class K(Base):\n    def predict(self, x):\n        return x, self.made\nmodel = K()\n",
        "class Mixin:\n    def mark(self):\n        setattr(type(self), 'seen', 4)\n        return self\n"
        "class K(Mixin):\n    seen = 3\n    def predict(self, x):\n        return x\nmodel = K().mark()\n",
        "class Step:\n    def __init__(self, f):\n        self.f = f\n"
        "    def __call__(self, x):\n        return self.f(x)\n"
        "class K:\n    @Step\n    def go(x):\n        return x\n    def predict(self, x):\n        return self.go(x)\n"
        "model = K()\n",
        "START = 0\nclass K:\n    n = START\n    def __init__(self):\n        K.n += 1\n"
        "    def predict(self, x):\n        return x + START\nmodel = K()\n",
        "LABEL = 'a'\nclass K:\n    seen = {LABEL: 0}\n    def predict(self, x, last=[LABEL]):\n"
        "        self.seen['a'] += 1\n        last.append(x)\n        return x\nmodel = K()\nmodel.predict(1)\n",
        "class K:\n    locals()['a'] = 1\n    match 1:\n        case two:\n            pass\n"
        "    def predict(self, x):\n        return x * self.a * self.two\nmodel = K()\n",
        "import enum\nHEX = 'ff'\nclass E(int, enum.Enum):\n    A = (HEX, 16)\n"
        "def model():\n    pass\nclass K:\n    def predict(self, x):\n        return x + E.A - 255\nmodel = K()\n",
    ],
)
def test_what_only_looks_as_if_it_had_changed_is_stored(
    cell: str, notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(cell)
    again = elsewhere(notebook["model"]).predict(42.0)
    assert (again[0] if isinstance(again, tuple) else again) == 42


def test_a_helper_whose_cell_is_only_run_again_is_the_same(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    helper = "def clean(x):\n    return x\n"
    notebook.run(helper)
    notebook.run("class K:\n    def predict(self, x, step=clean):\n        return clean(step(x))\n")
    notebook.run(helper)
    notebook.run("model = K()\n")
    assert elsewhere(notebook["model"]).predict(42) == 42


def test_the_open_of_the_shell_is_that_of_python(
    notebook: Notebook, elsewhere: Callable[[Any], Any], tmp_path: Path
) -> None:
    notebook.run("from IPython.core.interactiveshell import _modified_open as open\n")
    notebook.run(
        "def model(path, how=open):\n    with open(path) as text, how(path) as same:\n        return text.read()\n"
    )
    (tmp_path / "words.txt").write_text("tree")
    assert elsewhere(notebook["model"])(tmp_path / "words.txt") == "tree"


def test_an_attribute_that_a_function_does_not_read_is_left_out(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("def scale(x):\n    return 2 * x\nscale.widget = object()\n")
    assert elsewhere(notebook["scale"])(21) == 42


def test_what_a_decorator_puts_into_a_class_is_put_there_again(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("def fitted(cls):\n    cls.predict = lambda self, x: 2 * x\n    return cls\n")
    notebook.run("@fitted\nclass Scale:\n    size = 1\nmodel = Scale()\n")
    assert elsewhere(notebook["model"]).predict(21) == 42


def test_what_a_base_puts_into_a_class_is_put_there_again(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run(
        "class Base:\n    def __init_subclass__(cls):\n        cls.predict = twice\n"
        "def twice(self, x):\n    return 2 * x\n"
    )
    notebook.run("class Scale(Base):\n    size = 1\nmodel = Scale()\n")
    assert elsewhere(notebook["model"]).predict(21) == 42


def test_a_method_that_a_base_of_a_library_wraps_is_of_the_definition(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run(
        "from sklearn.base import TransformerMixin\nclass Twice(TransformerMixin):\n"
        "    def transform(self, x):\n        return 2 * x\nmodel = Twice()\n"
    )
    assert hasattr(notebook["model"].transform, "__wrapped__")
    assert elsewhere(notebook["model"]).transform(21) == 42


def test_what_a_definition_took_when_it_was_executed_stays_as_it_was(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("from functools import wraps\nRATE = 2\nNAMES = ['a']\ndef half(x):\n    return x / 2\n")
    notebook.run(
        "def same(f):\n    @wraps(f)\n    def inner(*given, **more):\n        return f(*given, **more)\n"
        "    return inner\n"
    )
    notebook.run(
        "def scale(x, by=RATE, *, then=half):\n    return then(x * by)\n"
        "@same\ndef whole(x, by=RATE):\n    return x * by\n"
        "class Scale:\n    by = RATE\n    names: list = NAMES\n    more = by\n"
        "    def predict(self, x, names=NAMES):\n        return x * self.by, names, self.names, self.more\n"
        "    @staticmethod\n    def plain(x, by=RATE):\n        return x * by\n"
        "    @classmethod\n    def made(cls, by=RATE):\n        return by\n"
    )
    notebook.run("RATE = 3\nNAMES = ['b']\ndef half(x):\n    return x\n")
    loaded = elsewhere([notebook["scale"], notebook["whole"], notebook["Scale"]()])
    assert (loaded[0](21), loaded[1](21)) == (21, 42)
    assert loaded[2].predict(21) == (42, ["a"], ["a"], 2)
    assert (loaded[2].plain(21), loaded[2].made()) == (42, 2)


def test_attributes_of_a_function_are_kept(notebook: Notebook, elsewhere: Callable[[Any], Any]) -> None:
    notebook.run("def keyed(f):\n    f.key = object()\n    return f\n")
    notebook.run("def scale(x):\n    return x * scale.by\nscale.by = 2\n@keyed\ndef half(x):\n    return x / half.by\n")
    notebook.run("half.by = 2.0\n")
    loaded = elsewhere([notebook["scale"], notebook["half"]])
    assert (loaded[0](21), loaded[1](84)) == (42, 42)


def test_an_attribute_of_a_function_that_is_no_constant_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("def scale(x):\n    return x * scale.by\nscale.by = object()\n")
    assert refusal(notebook["scale"], artifacts) == (
        "scale has the attribute by, an object that cannot be stored with it\n"
        "give by as an argument, or make a class that keeps it in an attribute of its objects"
    )


def test_a_definition_that_would_use_two_values_of_one_name_is_refused(
    notebook: Notebook, artifacts: Artifacts
) -> None:
    notebook.run("RATE = 2\n")
    notebook.run("import math\ndef scale(x, by=RATE):\n    return math.floor(x * by) + RATE\n")
    code_of(notebook["scale"], artifacts)
    notebook.run("RATE = 3\n")
    assert refusal(notebook["scale"], artifacts) == (
        "scale was defined (line 2 of its cell) with another RATE than it uses now\n"
        "run its cell again and make the object anew"
    )


def test_a_value_that_was_computed_from_what_is_another_now_is_refused(
    notebook: Notebook, artifacts: Artifacts, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("LIMITS = {'low': 2}\n")
    notebook.run("class Cut:\n    at = 10 * LIMITS['low']\n    def predict(self, x):\n        return x > self.at\n")
    assert elsewhere(notebook["Cut"]()).predict(20.5)
    for changed in ("LIMITS['low'] = 3\n", "LIMITS = {}\n"):
        notebook.run(changed)
        assert refusal(notebook["Cut"](), artifacts) == (
            "Cut has a value of 10 * LIMITS['low'] (line 2 of its cell), which is another by now\n"
            "run its cell again and make the object anew"
        )


@pytest.mark.parametrize(
    ("written", "rate", "later"),
    [
        ("round(RATE, 1)", "0.26", "0.44"),
        ("np.log1p(RATE)", "0.26", "0.44"),
        ("math.sqrt(RATE) * 2", "0.26", "0.44"),
        ("dist([RATE], [1])", "0.26", "0.44"),
        ("max(RATE, default=1)", "[0.26]", "[0.44]"),
    ],
)
def test_a_value_that_a_known_function_made_of_what_is_another_now_is_refused(
    written: str,
    rate: str,
    later: str,
    notebook: Notebook,
    artifacts: Artifacts,
    elsewhere: Callable[[Any], Any],
) -> None:
    notebook.run(f"import math\nimport numpy as np\nfrom math import dist\nRATE = {rate}\n")
    notebook.run(f"class Cut:\n    at = {written}\n    def predict(self, x):\n        return x > self.at\n")
    assert elsewhere(notebook["Cut"]()).at == notebook["Cut"].at
    notebook.run(f"RATE = {later}\n")
    assert refusal(notebook["Cut"](), artifacts) == (
        f"Cut has a value of {written} (line 2 of its cell), which is another by now\n"
        "run its cell again and make the object anew"
    )


def test_functions_that_may_answer_anything_are_not_asked_again(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("import numpy as np\nRATE = 2\nasked = []\n")
    notebook.run("def round(x, by=1):\n    return x * 10\ndef made(x):\n    return asked.append(x) or len(asked)\n")
    notebook.run(
        "class Cut:\n    a = round(RATE, 1)\n    b = made(RATE)\n    c = np.random.randint(RATE, 99)\n"
        "    def predict(self, x):\n        return x > self.a\n"
    )
    assert elsewhere(notebook["Cut"]()).predict(21)
    assert notebook["asked"] == [2]


def test_members_of_enums_and_fields_of_dataclasses_stay_as_they_were(
    notebook: Notebook, elsewhere: Callable[[Any], Any]
) -> None:
    notebook.run("import enum\nfrom dataclasses import dataclass\nfrom typing import NamedTuple\nONE = 1\n")
    notebook.run(
        "class Kind(enum.Enum):\n    FIRST = ONE\n"
        "class Point(NamedTuple):\n    x: int = ONE\n"
        "@dataclass\nclass Size:\n    x: int = ONE\n"
        "@dataclass(slots=True)\nclass Wide:\n    x: int = ONE\n"
    )
    notebook.run(
        "PAIR = (1, 2)\nclass Odd(enum.Enum):\n    FIRST = PAIR\n    def __new__(cls, one, two):\n"
        "        made = object.__new__(cls)\n        made._value_ = one + two\n        return made\n"
    )
    assert elsewhere(notebook["Odd"].FIRST).value == 3
    made = [notebook["Kind"].FIRST, notebook["Point"](), notebook["Size"](), notebook["Wide"]()]
    for cell in ("", "ONE = 2\n"):
        notebook.run(cell)
        kind, *others = elsewhere(made)
        assert (kind.value, [type(each)().x for each in others]) == (1, [1, 1, 1])


def test_source_that_is_nowhere_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE)
    notebook.forget_sources()
    assert refusal(notebook["model"], artifacts) == (
        "the source of Scale is not known\n"
        "define it at the top level of a cell, or put it in a module beside the notebook and import it"
    )


def test_code_of_a_version_that_is_no_longer_loaded_is_refused(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run(SCALE.replace("2", "17"))
    loaded = load(store(notebook["model"], artifacts).digest, artifacts, trusted=True, folder=artifacts.root)
    name = type(loaded).__module__
    del sys.modules[name]
    assert refusal(loaded, artifacts) == (
        f"the object uses code of {name}, which is no longer loaded in this process\n"
        "load the version that it came from again"
    )


def test_code_that_nobody_vouches_for_is_named_and_not_run(
    notebook: Notebook, artifacts: Artifacts, tmp_path: Path
) -> None:
    notebook.run(f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n" + SCALE)
    stored = store(notebook["model"], artifacts)
    (tmp_path / "ran").unlink()
    with pytest.raises(Untrusted) as caught:
        load(stored.digest, artifacts, trusted=False, folder=tmp_path)
    assert caught.value.message == "loading would run code that no trusted key vouches for: code/notebook.py"
    assert not (tmp_path / "ran").exists()


def test_a_pickle_that_names_main_without_its_source_is_not_looked_up_there(
    notebook: Notebook, artifacts: Artifacts
) -> None:
    from jupyter_mlc.domain.entities import Layer, Manifest
    from jupyter_mlc.store.formats.base import store_manifest

    notebook.run(SCALE)
    data = pickle.dumps(notebook["model"])
    layer = Layer(path="model.joblib", digest=artifacts.put_bytes(data), size=len(data))
    stored = store_manifest(Manifest(format="joblib", layers=(layer,)), artifacts)
    with pytest.raises(Damaged) as caught:
        load(stored.digest, artifacts, trusted=True, folder=artifacts.root)
    assert caught.value.text == (
        "the artifact needs Scale, which a notebook defined, and does not hold its source\n"
        "register the model again from the notebook that defines it"
    )


def test_code_that_fails_when_imported_leaves_no_module_behind(notebook: Notebook, artifacts: Artifacts) -> None:
    notebook.run("import json, sys\nLIMIT = 1\ndef f(x=json.loads('1' * LIMIT)):\n    return x\n")
    notebook.run("LIMIT = 0\n")
    stored = store(notebook["f"], artifacts)
    before = {name for name in sys.modules if name.startswith(PREFIX)}
    with pytest.raises(Conflict) as caught:
        load(stored.digest, artifacts, trusted=True, folder=artifacts.root)
    assert caught.value.text == (
        "the stored object cannot be read: JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"
        "the packages here may differ from those that it was made with: compare the version's environment lock"
    )
    assert {name for name in sys.modules if name.startswith(PREFIX)} == before
