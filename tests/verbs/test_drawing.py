"""What is drawn of a lineage, and where."""

from __future__ import annotations

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.verbs.drawing import Drawing, drawing
from jupyter_mlc.verbs.lineage import Edge, Node


def drawn(edges: dict[str, tuple[str, ...]], standing: Standing = Standing.OBSERVED) -> Drawing:
    """The picture around the model, of what each thing came from; the kind of a thing is its first word."""
    names = dict.fromkeys(name for below, above in edges.items() for name in (below, *above))
    nodes = [Node(id=name, kind=name.partition(" ")[0], text="") for name in names]
    found = [Edge(below=below, above=each, standing=standing) for below, above in edges.items() for each in above]
    return drawing("model", nodes, found)


def test_what_came_before_stands_left_of_what_came_of_it() -> None:
    found = drawn({"model": ("run", "parent"), "run": ("notebook", "lock"), "child": ("model",)})
    assert {spot.key: (spot.layer, spot.row) for spot in found.spots} == {
        "notebook": (0, 0),
        "lock": (0, 1),
        "run": (1, 0),
        "parent": (1, 1),
        "model": (2, 0.5),
        "child": (3, 0.5),
    }
    assert (found.layers, found.rows) == (4, 2)


def test_a_line_knows_where_it_passes_a_layer_and_how_it_is_known() -> None:
    (*_, passing) = drawn({"run": ("data",), "model": ("run", "data")}, Standing.CLAIMED).ways
    assert (passing.above, passing.below, passing.rows, passing.standing) == ("data", "model", (1,), Standing.CLAIMED)


def test_of_hundreds_some_of_each_kind_are_drawn_and_the_others_counted() -> None:
    found = drawn(
        {
            "model": ("run", *(f"version {number}" for number in range(60))),
            "run": tuple(f"{kind} {number}" for kind in ("dataset", "notebook") for number in range(40)),
            **{f"evaluation {number}": ("model",) for number in range(60)},
        }
    )
    assert {one.kind: (one.count, one.beside, one.is_above) for one in found.more} == {
        "dataset": (34, "run", True),
        "notebook": (34, "run", True),
        "version": (54, "model", True),
        "evaluation": (54, "model", False),
    }
    assert (found.layers, found.rows) == (4, 14)
    assert {way.below for way in found.ways if way.standing is None} == {"model", "run", found.more[-1].key}


def test_no_two_things_stand_in_one_place_and_every_line_leads_to_the_right() -> None:
    found = drawn({"model": tuple(f"k{n} a" for n in range(9)), **{f"k{n} a": (f"k{n} b", "run") for n in range(9)}})
    places = {spot.key: (spot.layer, spot.row) for spot in found.spots}
    assert len({*places.values()}) == len(places)
    assert all(places[way.above][0] < places[way.below][0] for way in found.ways)


def test_what_came_round_again_is_drawn_once() -> None:
    found = drawn({"model": ("other",), "other": ("model",)})
    assert [spot.key for spot in found.spots] == ["model", "other"]
    assert len(found.ways) == 1
