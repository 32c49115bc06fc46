"""What of a notebook is executed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.jobs.preparing import again, of_version, registers, whole
from tests.jobs.notebooks import code, notebook, text


def ran(*cells: tuple[str, str]) -> dict[str, Any]:
    """Metadata of a notebook whose cells ran: (id, source) each."""
    return {"jupyter_mlc": {"executed": [{"id": id_, "source": source, "ok": True} for id_, source in cells]}}


CELLS = ("C = 1", "fit()", "%mlc register churn clf", "fit(C)", "%mlc register churn better", "%mlc promote churn:2")


def captured(*executed: tuple[str, str]) -> dict[str, Any]:
    return notebook(*CELLS, **ran(*executed))


def test_a_versions_notebook_ends_with_the_cell_that_registered_it_and_registers_nothing_else() -> None:
    found = of_version(captured(("c0", CELLS[0]), ("c4", CELLS[4])), "churn:2")
    assert (found.last, found.skip) == (4, (2,))
    assert found.sources == ("C = 1", "fit()", "fit(C)", "%mlc register churn better")
    assert "executed" not in str(found.content["metadata"])


def test_a_cell_is_found_by_its_source_where_front_ends_send_no_ids() -> None:
    assert of_version(captured(("", CELLS[2])), "churn:1").last == 2
    twice = notebook("fit()", "%mlc register a b", "x", "%mlc register a b", **ran(("", "%mlc register a b")))
    assert (of_version(twice, "a:1").last, of_version(twice, "a:1").skip) == (3, (1,))


def test_a_notebook_that_is_made_of_what_ran_is_executed_to_its_end() -> None:
    """A cell that ran twice is in it twice."""
    cells = ("x = 1", "x += 1", "x += 1", "%mlc register a x")
    made = notebook(*cells, **ran(("k", cells[0]), ("l", cells[1]), ("l", cells[2]), ("m", cells[3])))
    assert of_version(made, "a:1").last == 3


def test_a_version_whose_cell_is_gone_is_refused_with_the_way_out() -> None:
    with pytest.raises(BadInput) as refused:
        of_version(captured(("gone", "%mlc register churn old")), "churn:1")
    assert refused.value.text == (
        "the notebook of churn:1 does not hold the cell that registered it, so nobody knows how far to execute it\n"
        "name the notebook as it is now: %mlc retrain NOTEBOOK.ipynb"
    )
    with pytest.raises(BadInput):
        of_version(notebook("x = 1"), "churn:1")


def test_what_papermill_injected_before_is_taken_out_again() -> None:
    cells = (code("C = 1", tag="parameters"), code("C = 2", tag="injected-parameters"), "%mlc register a C")
    found = of_version(notebook(*cells, papermill={"parameters": {"C": 2}}, **ran(("c2", "%mlc register a C"))), "a:1")
    assert (found.last, found.sources) == (1, ("C = 1", "%mlc register a C"))
    assert "papermill" not in found.content["metadata"]
    assert (found.tagged, [each.name for each in found.parameters]) == (True, ["C"])


def test_all_of_a_notebook_that_was_made_for_it_is_executed() -> None:
    found = whole(notebook(text("# Title"), code("C = 1", tag="parameters"), "%mlc register a C", "%mlc register b C"))
    assert (found.last, found.skip) == (None, ())
    assert len(found.sources) == 3
    assert whole(found.content).bytes == found.bytes


def test_a_job_does_again_what_it_did() -> None:
    first = of_version(captured(("c4", CELLS[4])), "churn:2")
    assert again(first.content, first.last, first.skip) == first


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("%mlc register churn clf", True),
        ("x = 1\n    v = %mlc register churn clf", True),
        ("mlc.register('churn', clf)", True),
        ("for d in (1, 2):\n    v = jupyter_mlc.register ('churn', clf)", True),
        ("# %mlc register churn clf", False),
        ("   # mlc.register('churn', clf)", False),
        ("%mlc show churn", False),
        ("atexit.register(f)", False),
        ("print('mlc register')", False),
    ],
)
def test_a_registration_is_known_in_all_its_spellings(source: str, is_one: bool) -> None:  # noqa: FBT001
    assert registers(code(source)) is is_one


def test_prose_registers_nothing() -> None:
    assert not registers(text("%mlc register churn clf"))
