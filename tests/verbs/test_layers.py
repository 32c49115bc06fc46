"""Where the things of a graph stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.verbs.layers import layered


def test_what_came_before_stands_left_and_what_came_of_it_right() -> None:
    edges = [("notebook", "run"), ("lock", "run"), ("run", "model"), ("parent", "model"), ("model", "child")]
    laid = layered(["model", "run", "notebook", "lock", "parent", "child"], edges, "model")
    assert laid.layers == (("notebook", "lock"), ("run", "parent"), ("model",), ("child",))
    assert laid.place("parent") == (1, 1)
    assert laid.tallest == 2


def test_an_edge_that_passes_a_layer_has_a_stand_in_there() -> None:
    edges = [("data", "run"), ("run", "model"), ("data", "model")]
    laid = layered(["model", "run", "data"], edges, "model")
    start, stand_in, end = laid.ways[2]
    assert (start, end) == ("data", "model")
    assert laid.layers[1] == ("run", stand_in)
    assert laid.layers[0] == ("data",)


def test_things_stand_beside_what_they_hang_on() -> None:
    edges = [("a", "model"), ("b", "model"), ("of b", "b"), ("of a", "a")]
    laid = layered(["model", "of b", "of a", "a", "b"], edges, "model")
    assert laid.layers == (("of a", "of b"), ("a", "b"), ("model",))


def test_a_circle_is_broken_and_everything_stands_somewhere() -> None:
    edges = [("a", "model"), ("b", "a"), ("a", "b"), ("model", "model")]
    laid = layered(["model", "a", "b"], edges, "model")
    assert sorted(key for layer in laid.layers for key in layer if not key.startswith("\0")) == ["a", "b", "model"]
    assert ("model", "model") not in {(way[0], way[-1]) for way in laid.ways}


def test_one_thing_alone_stands_in_one_layer() -> None:
    assert layered(["model"], [], "model").layers == (("model",),)


KEYS = [f"k{number}" for number in range(7)]


@given(edges=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=12))
def test_any_graph_comes_out_whole_and_the_same_each_time(edges: list[tuple[str, str]]) -> None:
    laid = layered(KEYS, edges, "k0")
    placed = [key for layer in laid.layers for key in layer]
    assert set(placed) >= set(KEYS)
    assert len(placed) == len(set(placed))
    assert all(laid.place(start)[0] < laid.place(end)[0] for way in laid.ways for start, end in [(way[0], way[-1])])
    assert laid == layered(KEYS, edges, "k0")
