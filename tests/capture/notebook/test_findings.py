from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from jupyter_mlc.capture.notebook.cells import Execution
from jupyter_mlc.capture.notebook.findings import CodeCell, Document, Finding, Kind, Warned, find, lagging

SAVED = 1_000
Ran = tuple[str, str] | tuple[str, str, bool]


def document(*cells: tuple[str, str]) -> Document:
    return Document(
        cells=tuple(CodeCell(id=name, source=source, number=n) for n, (name, source) in enumerate(cells, 1)),
        saved=SAVED,
    )


def executions(*ran: Ran, began: int = 0) -> list[Execution]:
    return [
        Execution(cell=one[0], source=one[1], count=n, began=began + n, ok=one[2] if len(one) == 3 else True)
        for n, one in enumerate(ran, 1)
    ]


def texts(found: tuple[Finding, ...]) -> list[str]:
    return [finding.text for finding in found]


def test_a_notebook_that_ran_from_top_to_bottom_gives_no_finding() -> None:
    cells = [("a", "x = 1"), ("b", "clf = fit(x)"), ("c", "%mlc register churn clf")]
    assert find(executions(*cells), document(*cells), {"clf"}) == ()


def test_a_cell_that_ran_twice_with_the_same_source_gives_no_finding() -> None:
    cells = [("a", "x = 1"), ("b", "clf = fit(x)"), ("c", "%mlc register churn clf")]
    assert find(executions(*cells, *cells), document(*cells), {"clf"}) == ()


def test_an_edited_cell_is_found() -> None:
    ran = executions(("a", "x = 1\nz = 2"), ("b", "clf = fit(x)"))
    assert texts(find(ran, document(("a", "x = 2"), ("b", "clf = fit(x)")), {"clf"})) == [
        "cell 1 (x = 1...) was edited after it ran"
    ]


def test_an_edited_cell_on_which_the_model_does_not_depend_is_not_told() -> None:
    ran = executions(("a", "df.head()"), ("b", "other = 1"), ("c", "clf = fit(x)"))
    assert find(ran, document(("a", "df.tail()"), ("b", "other = 2"), ("c", "clf = fit(x)")), {"clf"}) == ()


def test_a_cell_that_ran_after_the_save_cannot_be_held_against_the_file() -> None:
    ran = executions(("a", "x = 1"), ("new", "y = x"), ("b", "clf = fit(y)"), began=SAVED)
    saved = document(("a", "x = 2"), ("b", "clf = fit(y)"))
    assert find(ran, saved, {"clf"}) == ()
    assert lagging(ran, saved) == 2


def test_a_deleted_cell_is_found() -> None:
    ran = executions(("a", "x = 1"), ("gone", "x = x * 2"), ("b", "clf = fit(x)"))
    assert texts(find(ran, document(("a", "x = 1"), ("b", "clf = fit(x)")), {"clf"})) == [
        "cell [2] (x = x * 2) was deleted after it ran"
    ]


def test_a_cell_without_an_id_is_known_by_its_source() -> None:
    ran = executions(("", "x = 1"), ("", "y = x"), ("b", "clf = fit(y)"))
    assert texts(find(ran, document(("a", "x = 1"), ("b", "clf = fit(y)")), {"clf"})) == [
        "cell [2] (y = x) was edited or deleted after it ran"
    ]


def test_an_earlier_form_that_was_run_over_gives_no_finding() -> None:
    ran = executions(("a", "x = 1"), ("a", "x = 2"), ("b", "clf = fit(x)"))
    assert find(ran, document(("a", "x = 2"), ("b", "clf = fit(x)")), {"clf"}) == ()


def test_an_edit_whose_cells_all_ran_again_gives_no_finding() -> None:
    fit = "clf = LogisticRegression(C=C).fit(X, y)"
    ran = executions(("a", "C = 1"), ("b", fit), ("a", "C = 2"), ("b", fit), ("c", "%mlc register iris clf"))
    saved = document(("a", "C = 2"), ("b", fit), ("c", "%mlc register iris clf"))
    assert find(ran, saved, {"clf"}) == ()


def test_a_model_of_the_same_class_has_no_part_in_the_findings_of_another() -> None:
    fit, other = "clf = LogisticRegression(C=C).fit(X, y)", "other = LogisticRegression().fit(X, y)"
    ran = executions(("a", "C = 1"), ("b", fit), ("o", other))
    saved = document(("a", "C = 2"), ("b", fit), ("o", other))
    assert find(ran, saved, {"other"}) == ()
    assert texts(find(ran, saved, {"clf"})) == ["cell 1 (C = 1) was edited after it ran"]


def test_an_earlier_form_that_left_something_behind_is_found() -> None:
    ran = executions(("a", "old = 1"), ("a", "new = 2"), ("b", "clf = fit(old)"))
    assert texts(find(ran, document(("a", "new = 2"), ("b", "clf = fit(old)")), {"clf"})) == [
        "cell 1 (old = 1) was edited and ran again, over what it left behind"
    ]


@pytest.mark.parametrize(
    ("first", "edited"),
    [
        ("clf = make(x, 1)", "clf = make(x, 2)"),
        ("for C in (1, 2):\n    clf = fit(C)", "for C in (1, 3):\n    clf = fit(C)"),
    ],
)
def test_an_edited_cell_that_ran_again_gives_no_finding_for_calls_and_loops(first: str, edited: str) -> None:
    ran = executions(("x", "x = 1"), ("a", first), ("a", edited))
    assert find(ran, document(("x", "x = 1"), ("a", edited)), {"clf", "x"}) == ()


@pytest.mark.parametrize(
    ("first", "edited"),
    [
        ("x = x[x > 0]", "x = x[x > 1]"),
        ("x['a'] = make(x)", "x['b'] = make(x)"),
        ("x.append(1)", "x.append(2)"),
        ("for y in z:\n    x = y", "for y in z:\n    x += y"),
        ("x = fit(1)", "if good:\n    x = fit(2)"),
    ],
)
def test_an_edited_cell_that_ran_again_is_found_where_the_first_run_may_show(first: str, edited: str) -> None:
    ran = executions(("x", "x = y"), ("a", first), ("a", edited))
    name = first.splitlines()[0]
    dots = "..." if "\n" in first else ""
    assert texts(find(ran, document(("x", "x = y"), ("a", edited)), {"x"})) == [
        f"cell 2 ({name}{dots}) was edited and ran again, over what it left behind"
    ]


@pytest.mark.parametrize(
    ("ran", "saved"),
    [
        ("x = 1", "x = 1  # as agreed"),
        ("# first\nx = [1,2]", "x = [1, 2]"),
        ("x = (5\n % 3)", "x = 5 % 3  # as agreed"),
        ("%matplotlib inline\nx = 1", "%matplotlib inline\nx = 1  # as agreed"),
        ("%%time\nx = 1", "%%time\nx = 1  # as agreed"),
    ],
)
def test_a_comment_that_was_edited_gives_no_finding(ran: str, saved: str) -> None:
    assert find(executions(("a", ran)), document(("a", saved)), {"x"}) == ()


@pytest.mark.parametrize(
    ("ran", "saved"),
    [
        ("%run a.py\nx = 1", "%run b.py\nx = 1"),
        ("!make x # 1\nx = 1", "!make x # 2\nx = 1"),
        ("%%bash\n# 1", "%%bash\n# 2"),
        ("%%time -n 1\nx = 1", "%%time -n 2\nx = 1"),
        ("x = '# 1'", "x = '# 2'"),
    ],
)
def test_what_looks_like_a_comment_and_is_none_is_found(ran: str, saved: str) -> None:
    assert [one.kind for one in find(executions(("a", ran)), document(("a", saved)), {"x"})] == [Kind.EDITED]


def test_a_failed_cell_is_found() -> None:
    cells = [("a", "x = 1"), ("b", "clf = fit(x)\n1/0")]
    ran = executions(("a", "x = 1"), ("b", "clf = fit(x)\n1/0", False))
    assert texts(find(ran, document(*cells), {"clf"})) == ["cell 2 (clf = fit(x)...) failed when it ran"]


def test_a_failure_that_was_mended_gives_no_finding() -> None:
    ran = executions(("a", "x = 1"), ("b", "clf = fitt(x)", False), ("b", "clf = fit(x)"))
    assert find(ran, document(("a", "x = 1"), ("b", "clf = fit(x)")), {"clf"}) == ()


def test_a_cell_that_ran_too_late_is_found() -> None:
    ran = executions(("a", "x = 1"), ("c", "clf = fit(x)"), ("b", "clf.C = 2"))
    assert texts(find(ran, document(("a", "x = 1"), ("b", "clf.C = 2"), ("c", "clf = fit(x)")), {"clf"})) == [
        "cell 2 (clf.C = 2) ran after cell 3 (clf = fit(x)), which stands below it"
    ]


def test_order_matters_for_the_registering_cell_too() -> None:
    ran = executions(("a", "clf = fit(1)"), ("z", "clf.C = 3"), ("r", "%mlc register churn clf"))
    cells = document(("a", "clf = fit(1)"), ("r", "%mlc register churn clf"), ("z", "clf.C = 3"))
    assert texts(find(ran, cells, {"clf"})) == [
        "cell 2 (%mlc register churn clf) ran after cell 3 (clf.C = 3), which stands below it"
    ]


def test_the_order_of_cells_that_share_nothing_does_not_matter() -> None:
    ran = executions(("b", "y = 1"), ("a", "x = 1"), ("c", "clf = fit(x, y)"))
    assert find(ran, document(("a", "x = 1"), ("b", "y = 1"), ("c", "clf = fit(x, y)")), {"clf"}) == ()


def test_a_cell_above_that_never_ran_is_a_note() -> None:
    ran = executions(("b", "clf = fit(1)"), ("r", "%mlc register churn clf"))
    cells = document(
        ("a", "def fit(x): ..."), ("n", "other = 1"), ("b", "clf = fit(1)"), ("r", "%mlc register churn clf")
    )
    found = find(ran, cells, {"clf"})
    assert texts(found) == ["cell 1 (def fit(x): ...) stands above but never ran"]
    assert Warned().sort(found) == ((), ("cell 1 (def fit(x): ...) stands above but never ran",))


def test_without_a_notebook_failures_can_still_be_told() -> None:
    ran = executions(("a", "clf = fit(1)", False), ("gone", "clf.C = 2"))
    assert [finding.kind for finding in find(ran, None, {"clf"})] == [Kind.FAILED]


def test_no_secret_is_quoted() -> None:
    ran = executions(("a", "clf = fit('hunter2')"))
    found = find(ran, document(("a", "clf = 1")), {"clf"}, lambda source: source.replace("hunter2", "***"))
    assert texts(found) == ["cell 1 (clf = fit('***')) was edited after it ran"]


def test_a_finding_warns_once_and_a_new_run_warns_again() -> None:
    warned = Warned()
    saved = document(("a", "clf = 2"))
    first = find(executions(("a", "clf = 1")), saved, {"clf"})
    text = "cell 1 (clf = 1) was edited after it ran"
    assert warned.sort(first) == ((text,), ())
    assert warned.sort(first) == ((), (text,))
    again = find(executions(("a", "clf = 2"), ("a", "clf = 1")), saved, {"clf"})
    assert warned.sort(again) == ((text,), ())


def test_the_place_of_the_registering_cell_warns_once_however_often_it_runs() -> None:
    warned, register = Warned(), ("r", "%mlc register churn clf")
    cells = document(register, ("z", "clf.C = 3"))
    ran = [("z", "clf.C = 3"), register]
    text = "cell 1 (%mlc register churn clf) ran after cell 2 (clf.C = 3), which stands below it"
    assert warned.sort(find(executions(*ran), cells, {"clf"})) == ((text,), ())
    assert warned.sort(find(executions(*ran, *ran), cells, {"clf"})) == ((), (text,))


EXTENSION = """
import sys, json
sys.path.insert(0, {root!r})
from jupyter_mlc.capture.notebook.cells import Recorder
record, shell = Recorder(), get_ipython()
record.adopt(shell.history_manager.input_hist_raw)
shell.events.register("pre_run_cell", lambda i: record.begin(i.cell_id, i.raw_cell, stored=i.store_history))
shell.events.register("post_run_cell", lambda r: record.end(r.success))
"""
ASK = "print(json.dumps([[e.cell, e.source, e.ok, e.count, e.began] for e in record.executions]))"


def in_kernel(client: BlockingKernelClient, code: str, cell: str) -> str:
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell} if cell else {})
    client.shell_channel.send(message)
    out = ""
    while True:
        reply = client.get_iopub_msg(timeout=240)
        if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if reply["msg_type"] == "stream":
            out += reply["content"]["text"]
        if reply["content"].get("execution_state") == "idle":
            return out


@pytest.mark.slow
def test_a_real_kernel_with_hidden_state_is_seen_through(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    manager = KernelManager(kernel_name="python3", transport="ipc", connection_file=str(tmp_path / "kernel.json"))
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=240)
    try:
        load = EXTENSION.format(root=str(pytestconfig.rootpath))
        for cell, code in [
            ("c0", "early = 1"), ("c1", load), ("a", "x = early"), ("b", "y = x + 2"), ("gone", "y = y * 99"),
            ("e", "1 / 0"), ("d", "%time w = y"), ("f", "fit = w; 1 / 0"), ("c", "w += 1"),
        ]:  # fmt: skip
            in_kernel(client, code, cell)
        told = json.loads(in_kernel(client, ASK, "ask"))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    ran = [Execution(cell=cell, source=source, ok=ok, count=n, began=began) for cell, source, ok, n, began in told]
    cells = [
        ("c0", "early = 1"),
        ("c1", load),
        ("a", "x = early"),
        ("b", "y = x + 1"),
        ("c", "w += 1"),
        ("d", "%time w = y"),
    ]
    cells += [("f", "fit = w; 1 / 0"), ("ask", ASK)]
    saved = Document(
        cells=tuple(CodeCell(id=name, source=source, number=n) for n, (name, source) in enumerate(cells, 1)),
        saved=time.time_ns(),  # noqa: TID251 (the kernel's clock)
    )
    assert texts(find(ran, saved, {"w", "fit"})) == [
        "cell 4 (y = x + 2) was edited after it ran",
        "cell [5] (y = y * 99) was deleted after it ran",
        "cell 7 (fit = w; 1 / 0) failed when it ran",
        "cell 5 (w += 1) ran after cell 7 (fit = w; 1 / 0), which stands below it",
    ]
