"""vidcore.figures.sampling: the figure holds the result, with units."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from vidcore.figures import sampling as figures
from vidcore.figures import theme
from vidcore.sampling import (
    PUBLISHED,
    PUBLISHED_VIEWS,
    TSN,
    Dense,
    Settings,
    SlowFast,
    Uniform,
    Views,
    compare_consensus,
    hit_curve,
    plan,
    wagon_wheel,
)

ALL: tuple[Settings, ...] = (Dense(), Uniform(), TSN(), SlowFast(), Views(3, 8, 2))


def every_figure() -> dict[str, go.Figure]:
    scores = np.arange(6, dtype=np.float32).reshape(3, 2)
    return {
        "timeline": figures.timeline([plan(300, 30.0, s) for s in ALL]),
        "hits": figures.hit_curves([hit_curve(300, s, [1, 6, 30]) for s in ALL], event_length=6),
        "aliasing": figures.aliasing_curve(wagon_wheel(23.0, spokes=6), stride=2),
        "views": figures.views_cost_bars(),
        "consensus": figures.consensus_bars(compare_consensus(scores), ["throw", "catch"]),
        "published": figures.published_consensus(),
    }


def test_every_figure_has_a_titled_axis_and_says_what_is_under_the_pointer() -> None:
    for name, figure in every_figure().items():
        assert figure.layout.xaxis.title.text, name
        named_rows = figure.layout.yaxis.ticktext or isinstance(figure.data[0].y[0], str)
        assert figure.layout.yaxis.title.text or named_rows, name
        assert all(trace.hovertemplate for trace in figure.data), name


def test_the_timeline_has_a_row_per_pathway_with_its_own_times_and_frames() -> None:
    plans = [plan(300, 30.0, settings) for settings in ALL]
    pathways = [pathway for p in plans for pathway in p.pathways]
    figure = figures.timeline(plans)
    assert len(figure.data) == len(figure.layout.yaxis.ticktext) == len(pathways) == 6
    for row, (trace, pathway) in enumerate(zip(figure.data, pathways, strict=True)):
        assert set(trace.y) == {row}
        np.testing.assert_allclose(trace.x, pathway.times.ravel(), rtol=1e-6)
        np.testing.assert_array_equal(trace.customdata, pathway.indices.ravel())


def test_an_unreachable_tail_is_shaded_in_its_row_and_an_event_across_all() -> None:
    plans = [plan(300, 30.0, TSN(seed=1)), plan(300, 30.0, Uniform(article=True))]
    tail, event = figures.timeline(plans, event=(3.0, 3.2)).layout.shapes
    assert (tail.x0, tail.x1) == (pytest.approx(271 / 30), 10)
    assert tail.y0 < 1 < tail.y1
    assert (event.x0, event.x1, event.yref) == (3.0, 3.2, "paper")


def test_an_empty_plan_and_no_plan_are_drawn_as_nothing() -> None:
    assert len(figures.timeline([plan(7, 30.0, TSN(article=True))]).data[0].x) == 0
    assert figures.timeline([]).data == ()


def test_hit_curves_hold_the_probabilities_and_differ_by_dash() -> None:
    curves = [hit_curve(300, settings, [1, 6, 30]) for settings in ALL]
    figure = figures.hit_curves(curves, event_length=6)
    for trace, curve in zip(figure.data, curves, strict=True):
        np.testing.assert_allclose(trace.y, curve.probability, rtol=1e-6)
        assert trace.name == curve.label
    assert len({trace.line.dash for trace in figure.data}) == len(ALL)
    assert figure.layout.shapes[0].x0 == 6
    assert figures.hit_curves(curves).layout.shapes == ()


def test_a_strategy_has_one_colour_in_every_figure() -> None:
    rows = figures.timeline([plan(300, 30.0, Uniform())]).data[0].marker.color
    line = figures.hit_curves([hit_curve(300, Uniform(), [6])]).data[0].line.color
    assert rows == line == theme.UNIFORM
    assert len({figures.colour_of(s) for s in ALL}) == len(ALL)
    assert figures.colour_of(SlowFast(), "Fast") != figures.colour_of(SlowFast(), "Slow")


def test_the_aliasing_curve_holds_both_turns_and_the_limits() -> None:
    result = wagon_wheel(23.0, spokes=6, max_stride=9)
    figure = figures.aliasing_curve(result, stride=2)
    true, seen = figure.data
    np.testing.assert_allclose(true.y, result.true)
    np.testing.assert_allclose(seen.y, result.apparent, rtol=1e-6)
    assert [shape.y0 for shape in figure.layout.shapes[:2]] == [-30, 30]
    assert figure.layout.shapes[2].x0 == 2


def test_the_cost_bars_show_known_costs_only() -> None:
    bars = figures.views_cost_bars().data[0]
    assert list(bars.x) == [m.total for m in PUBLISHED_VIEWS if m.total is not None]
    assert not any("TSN" in name for name in bars.y)


def test_the_consensus_bars_are_the_three_rules() -> None:
    scores = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    result = compare_consensus(scores)
    bars: dict[str, Any] = {b.name: b.y for b in figures.consensus_bars(result, ["a", "b"]).data}
    np.testing.assert_array_equal(bars["average"], result.average)
    np.testing.assert_array_equal(bars["max"], result.maximum)
    np.testing.assert_array_equal(bars["weighted"], result.weighted)


def test_the_published_figure_is_the_published_table() -> None:
    marks = figures.published_consensus().data[0]
    assert dict(zip(marks.y, marks.x, strict=True)) == PUBLISHED
