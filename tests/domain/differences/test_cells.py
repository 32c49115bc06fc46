from __future__ import annotations

import pytest

from jupyter_mlc.domain.differences.cells import Cell, CellChange, Change, cell_changes, executed_cells

IMPORTS = Cell(id="a", source="import pandas as pd\nimport numpy as np")
READ = Cell(id="b", source="rows = pd.read_parquet('flights.parquet')\nrows = rows.dropna()")
TRAIN = Cell(id="c", source="clf = Tree(max_depth=4).fit(rows[X], rows.late)")


def without_ids(*cells: Cell) -> tuple[Cell, ...]:
    return tuple(Cell(id="", source=cell.source) for cell in cells)


def test_the_same_cells_do_not_differ() -> None:
    assert cell_changes((IMPORTS, READ), (IMPORTS, READ)) == ()
    assert cell_changes((), ()) == ()


def test_a_changed_cell_is_told_with_the_lines_that_changed() -> None:
    deeper = Cell(id="c", source="clf = Tree(max_depth=8).fit(rows[X], rows.late)")
    assert cell_changes((IMPORTS, TRAIN), (IMPORTS, deeper)) == (
        CellChange(
            change=Change.CHANGED,
            title="clf = Tree(max_depth=8).fit(rows[X], rows.late)",
            before=2,
            after=2,
            lines=(
                "-clf = Tree(max_depth=4).fit(rows[X], rows.late)",
                "+clf = Tree(max_depth=8).fit(rows[X], rows.late)",
            ),
        ),
    )


def test_a_cell_with_the_same_id_is_the_same_cell_whatever_its_text() -> None:
    other = Cell(id="c", source="forest = Forest(100)")
    (change,) = cell_changes((TRAIN,), (other,))
    assert (change.change, change.before, change.after) == (Change.CHANGED, 1, 1)


def test_without_ids_the_most_alike_cells_are_taken_for_one() -> None:
    before = without_ids(IMPORTS, READ, TRAIN)
    now = Cell(id="", source=TRAIN.source.replace("4", "8"))
    (change,) = cell_changes(before, (*before[:2], now))
    assert (change.change, change.before, change.after) == (Change.CHANGED, 3, 3)


def test_cells_that_are_not_alike_are_removed_and_added_each_at_its_place() -> None:
    now = (IMPORTS, Cell(id="x", source="%matplotlib inline"), TRAIN)
    assert [
        (each.change, each.before, each.after, each.lines) for each in cell_changes((IMPORTS, READ, TRAIN), now)
    ] == [
        (Change.REMOVED, 2, None, ("-rows = pd.read_parquet('flights.parquet')", "-rows = rows.dropna()")),
        (Change.ADDED, None, 2, ("+%matplotlib inline",)),
    ]


def test_a_new_cell_that_began_as_a_copy_of_another_tells_what_was_changed_in_it() -> None:
    deeper = Cell(id="d", source=TRAIN.source.replace("4", "8"))
    assert cell_changes((IMPORTS, TRAIN), (IMPORTS, TRAIN, deeper)) == (
        CellChange(
            change=Change.ADDED,
            title=deeper.source,
            after=3,
            lines=(f"-{TRAIN.source}", f"+{deeper.source}"),
            copy_of=2,
        ),
    )


def test_among_very_many_cells_nobody_looks_for_the_one_that_was_copied() -> None:
    many = tuple(Cell(id=str(number), source=f"step({number})") for number in range(501))
    (change,) = cell_changes(many, (*many, Cell(id="x", source="step(0) ")))
    assert (change.copy_of, change.lines) == (None, ("+step(0) ",))


def test_a_cell_that_ran_at_another_place_is_moved_and_not_removed_and_added() -> None:
    assert cell_changes((READ, IMPORTS, TRAIN), (IMPORTS, TRAIN, READ)) == (
        CellChange(
            change=Change.MOVED, title="rows = pd.read_parquet('flights.parquet')", before=1, after=3, moved=True
        ),
    )


def test_a_moved_cell_may_have_changed_too() -> None:
    now = Cell(id="b", source=f"{READ.source}\nrows = rows[:100]")
    (change,) = cell_changes((READ, IMPORTS, TRAIN), (IMPORTS, TRAIN, now))
    assert (change.change, change.moved) == (Change.CHANGED, True)
    assert change.lines == (
        " rows = pd.read_parquet('flights.parquet')",
        " rows = rows.dropna()",
        "+rows = rows[:100]",
    )


def test_comments_and_spelling_are_told_from_other_code() -> None:
    commented = Cell(id="c", source="# a tree\nclf = Tree( max_depth = 4 ).fit(rows[X], rows.late)")
    (change,) = cell_changes((TRAIN,), (commented,))
    assert change.same_code
    assert change.title == "clf = Tree( max_depth = 4 ).fit(rows[X], rows.late)"


def test_what_python_cannot_read_is_other_code() -> None:
    (change,) = cell_changes((Cell(id="a", source="!ls"),), (Cell(id="a", source="!ls  # here"),))
    assert not change.same_code


def test_text_that_python_frowns_at_is_compared_all_the_same() -> None:
    (change,) = cell_changes((Cell(id="a", source=r"x = '\d'"),), (Cell(id="a", source=r"x  = '\d'"),))
    assert change.same_code


def test_a_last_line_end_is_no_change() -> None:
    assert cell_changes((TRAIN,), (Cell(id="c", source=f"{TRAIN.source}\n"),)) == ()


def test_far_from_a_change_lines_are_left_out() -> None:
    lines = [f"step({number})" for number in range(20)]
    edited = [*lines]
    edited[0], edited[19] = "step('first')", "step('last')"
    (change,) = cell_changes((Cell(id="a", source="\n".join(lines)),), (Cell(id="a", source="\n".join(edited)),))
    assert change.lines == (
        "-step(0)",
        "+step('first')",
        " step(1)",
        " step(2)",
        "...",
        " step(17)",
        " step(18)",
        "-step(19)",
        "+step('last')",
    )


def test_a_long_title_is_cut() -> None:
    (change,) = cell_changes((), (Cell(id="", source=f"x = {'1' * 100}"),))
    assert change.title == f"x = {'1' * 75}…"


def test_long_cells_are_alike_by_their_lines() -> None:
    text = "\n".join(f"step({number})" for number in range(300))
    (change,) = cell_changes((Cell(id="", source=text),), (Cell(id="", source=f"{text}\nlast()"),))
    assert change.change is Change.CHANGED


@pytest.mark.slow
def test_of_very_many_cells_those_with_other_text_are_not_searched_for_likeness() -> None:
    before = tuple(Cell(id="", source=f"first({number})") for number in range(201))
    after = tuple(Cell(id="", source=f"first( {number} )") for number in range(201))
    changes = cell_changes(before, after)
    assert {each.change for each in changes} == {Change.ADDED, Change.REMOVED}


# What was executed


def test_a_cell_counts_as_it_ran_last_and_where() -> None:
    again = Cell(id="b", source="rows = rows.dropna()")
    assert executed_cells((READ, IMPORTS, again)) == (IMPORTS, again)


def test_a_cell_without_an_id_that_ran_twice_counts_once() -> None:
    first, second = without_ids(READ, IMPORTS)
    assert executed_cells((first, second, first)) == (second, first)


def test_cells_that_only_talk_to_the_registry_are_left_out() -> None:
    talk = (
        "%load_ext jupyter_mlc",
        "# now\n%mlc register churn clf",
        "%%mlc run churn",
        "found = %mlc list churn\nm = %mlc load churn",
        "  ",
        "# nothing",
    )
    kept = ("%%mlc run churn\nclf.fit(X, y)", "%mlc list\nclf.fit(X, y)", "%mlcx", "%load_ext autoreload")
    cells = tuple(Cell(id="", source=source) for source in (*talk, *kept))
    assert [cell.source for cell in executed_cells(cells)] == [*kept]
