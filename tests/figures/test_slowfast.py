"""vidcore.figures.slowfast: the figure holds the result, with units."""

import numpy as np
import plotly.graph_objects as go
import pytest

from vidcore import slowfast
from vidcore.figures import slowfast as figures
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.slowfast.trained import Interventions, Responses, Verdicts

BASIC = slowfast.Layout()
WAYS = tuple(slowfast.WAYS)


def stopped() -> Interventions:
    action = np.full((4, 14), 0.01, np.float32)
    action[:, 8] = 0.6, 0.2, 0.5, 0.0
    action[3, 2] = 0.9  # frozen, it says something it never said before
    return Interventions(WAYS, action, np.full((4, 6), 1 / 6, np.float32))


def every_figure() -> dict[str, go.Figure]:
    seen = slowfast.clocks(64, 30.0)
    clip = slowfast.draw("throw", seed=1)
    moved = Responses(("a", "b"), *np.array([[0.2, 0.4], [0.6, 0.8]], np.float32))
    said = Verdicts("slow", np.array([[0.9, 0.2], [0.4, 0.3]], np.float32))
    return {
        "links": figures.links(seen),
        "trace": figures.link_trace(slowfast.trace(clip, slowfast.Layout(4, 4, 4), "the change")),
        "share": figures.share_of_fast([4, 8], [4, 8], chosen=8),
        "published": figures.accuracy_against_cost(),
        "stopped": figures.interventions(stopped(), ACTIONS),
        "responses": figures.responses(moved),
        "accuracies": figures.accuracies({"whole": {"colour": 0.9, "action": 0.8}}, 1 / 14),
        "verdicts": figures.verdicts([said], ["Slow alone"]),
    }


def test_every_figure_says_what_is_under_the_pointer_and_names_its_axes() -> None:
    for name, figure in every_figure().items():
        assert all(trace.hovertemplate for trace in figure.data), name
        assert figure.layout.xaxis.title.text or isinstance(figure.data[0].x[0], str), name
        named_rows = figure.layout.yaxis.ticktext or isinstance(figure.data[0].y[0], str)
        assert figure.layout.yaxis.title.text or named_rows, name


def test_a_links_bar_covers_the_frames_it_reads_and_the_unread_are_marked() -> None:
    seen = slowfast.clocks(64, 30.0)
    bars, sees, lost = figures.links(seen).data
    for t, row in enumerate(seen.reads):
        covered = [i for i in range(32) if bars.base[t] <= i <= bars.base[t] + bars.x[t]]
        assert covered == np.flatnonzero(row).tolist()
    np.testing.assert_array_equal(sees.x, [0, 10, 20, 31])
    assert len(lost.x) == seen.unread == 14
    dense = slowfast.clocks(64, 30.0, slowfast.PUBLISHED["8×8, R50"])  # 7 frames at a stride of 4
    assert len(figures.links(dense).data) == 2  # everything is read


def test_the_trace_shows_all_three_at_their_fast_frames() -> None:
    clip = slowfast.draw("throw", seed=1)
    result = slowfast.trace(clip, slowfast.Layout(4, 4, 4), "the average")
    figure = figures.link_trace(result)
    fast, slow, link = figure.data
    np.testing.assert_allclose(fast.y, result.fast)
    assert list(slow.x) == [0, 5, 10, 15]
    assert list(link.x) == [0, 4, 8, 12]
    assert [(s.x0, s.x1) for s in figure.layout.shapes][1] == (1.5, 6.5)  # frames 2 to 6


def test_fasts_share_is_the_bills() -> None:
    figure = figures.share_of_fast([4, 8], [4, 8], side=64)
    bill = slowfast.cost(slowfast.Layout(1, 8, 8, 4, 64))
    assert figure.data[1].y[0] == pytest.approx(bill.share("Fast", "Link"), rel=1e-5)
    assert len({trace.line.dash for trace in figure.data}) == 2


def test_a_variant_stands_at_its_printed_cost_or_at_the_counted_one() -> None:
    points = figures.accuracy_against_cost().data[0]
    assert (points.x[0], points.y[0]) == (36.1, 75.6)
    counted = slowfast.cost(figures.at_test(slowfast.VARIANTS[1].layout)).multiply_adds() / 1e9
    assert points.x[1] == pytest.approx(counted)
    assert list(points.marker.symbol) == ["circle", *["circle-open"] * 3, "circle"]


def test_stopping_shows_the_likeliest_answers_and_new_ones() -> None:
    figure = figures.interventions(stopped(), ACTIONS)
    assert [trace.name for trace in figure.data] == list(WAYS)
    assert figure.data[0].x[0] == "throw"
    assert "down" in figure.data[0].x
    frozen = dict(zip(figure.data[3].x, figure.data[3].y, strict=True))
    assert frozen["down"] == pytest.approx(0.9)
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 4  # without colour


def test_verdicts_stand_where_they_were_said() -> None:
    a, b = figures.verdicts([Verdicts("x", np.array([[0.9, 0.2]], np.float32))], ["x"]).data
    assert (a.x[0], b.x[0]) == (pytest.approx(0.9), pytest.approx(0.2))
    assert a.marker.symbol != b.marker.symbol
