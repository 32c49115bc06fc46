from __future__ import annotations

import threading
from itertools import count
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_mlc.capture.notebook.cells import Execution, Recorder


def recorder(**bounds: int) -> Recorder:
    ticks = count(1)
    return Recorder(clock=lambda: next(ticks), **bounds)


def told(record: Recorder) -> list[tuple[str, str, bool | None, int]]:
    return [(one.cell, one.source, one.ok, one.count) for one in record.executions]


def run(record: Recorder, cell: str | None, source: str, *, ok: bool = True) -> None:
    record.begin(cell, source)
    record.end(success=ok)


def test_what_ran_is_kept_in_order_with_outcome_and_count() -> None:
    record = recorder()
    run(record, "a", "x = 1")
    run(record, "b", "1 / 0", ok=False)
    record.begin(None, "y = 2")
    assert told(record) == [("a", "x = 1", True, 1), ("b", "1 / 0", False, 2), ("", "y = 2", None, 3)]


def test_the_running_cell_is_the_outermost() -> None:
    record = recorder()
    assert record.running is None
    record.begin("a", "get_ipython().run_cell('x = 1')")
    record.begin(None, "x = 1")
    assert record.running is not None
    assert record.running.cell == "a"
    record.end(success=True)
    assert record.running.cell == "a"
    record.end(success=True)
    assert record.running is None


def test_a_cell_without_history_is_not_recorded_and_ends_alone() -> None:
    record = recorder()
    record.begin("a", "outer")
    record.begin(None, "inspect()", stored=False)
    record.end(success=False)
    record.end(success=True)
    assert told(record) == [("a", "outer", True, 1)]


def test_the_same_source_is_kept_once() -> None:
    record = recorder()
    for _ in range(3):
        run(record, "a", str.join(" = ", ["x", "1"]))
    first, *others = record.executions
    assert all(one.source is first.source for one in others)


def test_history_is_adopted_once_and_the_loading_cell_gets_its_outcome() -> None:
    record = recorder()
    record.adopt(["", "x = 1", "%load_ext jupyter_mlc"])
    record.adopt(["", "x = 1", "%load_ext jupyter_mlc"])
    record.end(success=True)
    run(record, "c", "y = x")
    record.end(success=True)
    assert told(record) == [
        ("", "x = 1", None, 1),
        ("", "%load_ext jupyter_mlc", True, 2),
        ("c", "y = x", True, 3),
    ]


def test_the_id_of_the_loading_cell_is_adopted_where_it_is_known() -> None:
    record = recorder()
    record.adopt(["", "x = 1", "%load_ext jupyter_mlc"], "b")
    record.adopt(["", "x = 1", "%load_ext jupyter_mlc"], "b")
    assert [(one.cell, one.count) for one in record.executions] == [("", 1), ("b", 2)]


def test_repeats_are_forgotten_first_and_then_the_oldest() -> None:
    record = recorder(most=4)
    for _ in range(3):
        run(record, "a", "x += 1")
    run(record, "b", "y = 1")
    run(record, "c", "z = 1")
    assert [one.cell for one in record.executions] == ["a", "b", "c"]
    assert record.forgotten == 2
    for name in "de":
        run(record, name, name)
    assert [one.cell for one in record.executions] == ["c", "d", "e"]
    assert record.forgotten == 4


def test_the_kept_text_is_bounded() -> None:
    record = recorder(most_text=1_000)
    for number in range(50):
        run(record, str(number), f"{number:0100d}")
    assert sum(len(one.source) for one in record.executions) <= 1_000
    assert record.executions[-1].cell == "49"


def test_the_running_cell_is_never_forgotten() -> None:
    record = recorder(most=2)
    record.begin("outer", "loop()")
    for name in "abcde":
        run(record, name, name)
    assert record.running is not None
    assert record.running.cell == "outer"


def test_cells_of_two_threads_end_by_themselves() -> None:
    record = recorder()
    record.begin("main", "slow()")
    other = threading.Thread(target=run, args=(record, "sub", "quick()"), kwargs={"ok": False})
    other.start()
    other.join()
    record.end(success=True)
    assert told(record) == [("main", "slow()", True, 1), ("sub", "quick()", False, 2)]


def test_a_background_thread_sees_the_cell_that_runs() -> None:
    record, seen = recorder(), list[Execution | None]()
    record.begin("main", "slow()")
    other = threading.Thread(target=lambda: seen.append(record.running))
    other.start()
    other.join()
    assert [one.cell for one in seen if one] == ["main"]


@pytest.fixture
def shell() -> Any:
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.history_manager.enabled = False
    return shell


@pytest.mark.slow
def test_a_real_shell_tells_what_ran(shell: Any) -> None:
    record = recorder()

    def load() -> None:
        record.adopt(shell.history_manager.input_hist_raw)
        shell.events.register(
            "pre_run_cell", lambda info: record.begin(info.cell_id, info.raw_cell, stored=info.store_history)
        )
        shell.events.register("post_run_cell", lambda result: record.end(success=result.success))

    shell.user_ns["load"] = load
    for cell, source in [
        (None, "early = 1"), (None, "load()"), ("a", "%time x = 1"), ("b", "get_ipython().run_cell('y = 2')"),
        ("empty", ""), ("c", "def broken(:"), ("d", "raise KeyboardInterrupt"),
    ]:  # fmt: skip
        shell.run_cell(source, store_history=True, cell_id=cell)
    assert told(record) == [
        ("", "early = 1", None, 1),
        ("", "load()", True, 2),
        ("a", "%time x = 1", True, 3),
        ("b", "get_ipython().run_cell('y = 2')", True, 4),
        ("c", "def broken(:", False, 5),
        ("d", "raise KeyboardInterrupt", False, 6),
    ]
