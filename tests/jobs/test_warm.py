"""Jobs in warm processes know nothing of each other."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk


@pytest.fixture(params=[Engine.KERNEL, Engine.DIRECT], ids=str)
def warm(request: pytest.FixtureRequest) -> Engine:
    kind: Engine = request.param
    return kind


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages besides the environment's own."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), *sys.path)))
    return folder


@pytest.mark.slow
def test_nothing_leaks_from_one_job_into_the_next(desk: Desk, warm: Engine) -> None:
    dirty = (
        "import builtins, json, os, sys, numpy, warnings\n"
        "leak = 1; builtins.leak = 1; json.leak = 1; numpy.leak = 1; os.environ['LEAK'] = '1'\n"
        "sys.path.append('leak'); os.umask(0); os.chdir('/'); numpy.seterr(all='raise')\n"
        "import colorsys; warnings.simplefilter('error'); os.nice(1)"
    )
    clean = (
        "import builtins, json, os, sys, numpy\n"
        "print([hasattr(thing, 'leak') for thing in (builtins, json, numpy)], 'leak' in globals())\n"
        "print(os.environ.get('LEAK'), 'leak' in sys.path, os.umask(0o22), os.getcwd() == '/')\n"
        "print(numpy.geterr()['over'], 'colorsys' in sys.modules)"
    )
    assert execute(desk.work(dirty, engine=warm)).exit is Exit.SUCCEEDED
    assert execute(desk.work(clean, engine=warm)).exit is Exit.SUCCEEDED
    mask = os.umask(0)
    os.umask(mask)
    assert desk.texts() == [f"[False, False, False] False\nNone False {mask} False\nwarn False\n"]


@pytest.mark.slow
def test_no_two_jobs_draw_the_same_random_numbers(desk: Desk, warm: Engine) -> None:
    source = "import random, uuid, numpy\nprint(random.random(), numpy.random.rand(), uuid.uuid4())"
    drawn = []
    for _ in range(3):
        execute(desk.work(source, engine=warm))
        drawn.append(desk.texts()[0].split())
    assert all(len(set(column)) == 3 for column in zip(*drawn, strict=True))


@pytest.mark.slow
def test_an_upgraded_package_is_noticed(desk: Desk, warm: Engine, installed: Path) -> None:
    package = installed / "upgraded"
    package.mkdir()
    versions = []
    for version in ("1.0", "2.0.0"):
        (package / "__init__.py").write_text(f"version = {version!r}")
        shutil.rmtree(package / "__pycache__", ignore_errors=True)
        outcome = execute(desk.work("import upgraded\nprint(upgraded.version)", engine=warm))
        assert outcome.engine is warm
        versions += desk.texts()
    assert versions == ["1.0\n", "2.0.0\n"]


@pytest.mark.slow
def test_sixty_four_start_sixteen_at_a_time_and_none_fails(tmp_path: Path, warm: Engine) -> None:
    exits: list[Exit] = []

    def some(number: int) -> None:
        for turn in range(4):
            folder = tmp_path / f"{number}-{turn}"
            folder.mkdir()
            exits.append(execute(Desk(folder).work("print(1)", engine=warm)).exit)

    threads = [threading.Thread(target=some, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert exits == [Exit.SUCCEEDED] * 64


@pytest.mark.slow
def test_without_a_warm_process_a_cold_one_does_it(
    desk: Desk, warm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Path("/tmp") / f"mlc-open-{os.getpid()}"
    place = runtime / f"mlc-warm-{os.getuid()}"
    place.mkdir(parents=True)
    place.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    try:
        outcome = execute(desk.work("1 + 1", engine=warm))
    finally:
        shutil.rmtree(runtime)
    assert (outcome.exit, outcome.engine) == (Exit.SUCCEEDED, Engine.COLD)
    assert outcome.notes == (f"ran in a cold kernel: {place} is not private to this user",)


@pytest.mark.slow
def test_a_module_that_starts_threads_is_no_reason_to_fail(desk: Desk, warm: Engine, installed: Path) -> None:
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    (installed / "starting_threads.py").write_text(code)
    outcome = execute(desk.work("import starting_threads\nprint('loaded')", engine=warm))
    assert (outcome.exit, outcome.engine) == (Exit.SUCCEEDED, Engine.COLD)
    assert outcome.notes == ("ran in a cold kernel: a module starts threads when it is imported",)
