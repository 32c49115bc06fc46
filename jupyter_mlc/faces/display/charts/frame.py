"""What all charts share: size, colours that can be read in light and dark themes, one legend of the versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice
from typing import Any, TypeAlias

from jupyter_mlc.faces.display.words import clean

MIME = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
Spec: TypeAlias = dict[str, Any]
Named: TypeAlias = Sequence[tuple[str, Any]]
"""a version's name and its curve, the first one first"""

GREY = "#7a7a7a"
"""of all that is no data: its contrast is the same on white and on black"""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0669a", "#8a6d00", "#7d63c4")
"""of the versions, told apart also by whoever does not see all colours (after Okabe and Ito)"""
_DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (10, 4))
"""no colour stands alone"""
_WIDTH, _HEIGHT = 290, 230
_COLUMNS = 2
_DIGITS = 6


def chart(title: str, layers: Sequence[Spec], *, height: int = _HEIGHT) -> Spec:
    """Return one chart of layers that share their axes."""
    return {"title": clean(title), "width": _WIDTH, "height": height, "layer": [*layers]}


def together(charts: Sequence[Spec], versions: Sequence[str]) -> Spec:
    """Return charts side by side under one legend, as a whole that can be shown; empty where there are none."""
    if not charts:
        return {}
    shared = {"color": "shared", "strokeDash": "shared"}
    return {
        "$schema": SCHEMA,
        "background": "transparent",
        "columns": _COLUMNS,
        "concat": [_coloured(each, [clean(name) for name in versions]) for each in charts],
        "resolve": {"scale": shared, "legend": shared},
        "config": _CONFIG,
    }


_CONFIG: Mapping[str, Any] = {
    "axis": {
        "domainColor": GREY,
        "gridColor": GREY,
        "gridOpacity": 0.25,
        "labelColor": GREY,
        "tickColor": GREY,
        "titleColor": GREY,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": GREY, "orient": "top"},
    "title": {"anchor": "start", "color": GREY},
    "view": {"stroke": None},
}


def by_version(versions: Sequence[str]) -> Spec:
    """Return the encodings that tell versions apart, the same in every chart."""
    count = len(versions)
    legend = {"title": None, "symbolType": "stroke", "symbolOpacity": 1, "symbolSize": 300, "symbolStrokeWidth": 2}
    return {
        "color": {
            "field": "version",
            "type": "nominal",
            "scale": {"domain": [*versions], "range": [*islice(cycle(COLOURS), count)]},
            "legend": legend,
        },
        "strokeDash": {
            "field": "version",
            "type": "nominal",
            "scale": {"domain": [*versions], "range": [[*dash] for dash in islice(cycle(_DASHES), count)]},
            "legend": legend,
        },
    }


def _coloured(spec: Spec, versions: Sequence[str]) -> Spec:
    """Give every layer that draws versions their colours."""
    layers = []
    for layer in spec["layer"]:
        marked = layer.get("mark", {})
        drawn = layer.get("encoding", {}).get("detail", {}).get("field") == "version"
        kinds = by_version(versions)
        if marked.get("type") != "line":
            kinds.pop("strokeDash")
        encoding = {**layer.get("encoding", {}), **kinds} if drawn else layer.get("encoding", {})
        layers.append({**layer, "encoding": encoding})
    return {**spec, "layer": layers}


def axis(field: str, title: str, *, domain: Sequence[float] | None = None, zero: bool = False) -> Spec:
    """Return the encoding of a number along an axis."""
    scale: Spec = {"zero": zero}
    if domain is not None:
        scale = {"domain": [*domain]}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale}


def lines(values: Iterable[Mapping[str, object]], x: Spec, y: Spec, told: Sequence[str], *, points: bool) -> Spec:
    """Return one line a version through its values in their order.

    Parameters
    ----------
    values : iterable of mapping
        Each with its ``version`` and ``place``.
    x, y : mapping
        From `axis`.
    told : sequence of str
        Fields that are told to whoever points at the line.
    points : bool
        Whether the points can be seen.
    """
    tips = [{"field": field, "type": "nominal" if field == "version" else "quantitative"} for field in told]
    return {
        "data": {"values": [*values]},
        "mark": {"type": "line", "point": {"filled": True, "size": 30, "opacity": 1 if points else 0}},
        "encoding": {
            "x": x,
            "y": y,
            "order": {"field": "place", "type": "quantitative"},
            "detail": {"field": "version", "type": "nominal"},
            "tooltip": tips,
        },
    }


def guide(points: Sequence[tuple[float, float]]) -> Spec:
    """Return a thin line that helps the eye: what guessing would give, or what would be perfect."""
    values = [{"x": rounded(x), "y": rounded(y)} for x, y in points]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    mark = {"type": "line", "color": GREY, "strokeDash": [3, 3], "strokeWidth": 1}
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def rows(version: str, **columns: Sequence[float | int | None]) -> list[dict[str, object]]:
    """Return what a chart draws of one version: a mapping a point, with its version and its place in the line."""
    names = [*columns]
    return [
        {"version": clean(version), "place": place}
        | {name: rounded(value) for name, value in zip(names, values, strict=True)}
        for place, values in enumerate(zip(*columns.values(), strict=True))
    ]


def rounded(value: float | None) -> float | None:
    """Return a number as exact as a chart can show it."""
    return None if value is None else float(f"{value:.{_DIGITS}g}")
