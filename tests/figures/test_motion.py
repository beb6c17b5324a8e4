"""vidcore.figures.motion: the figure holds the result, and leaves blank what is unknown."""

import numpy as np
import plotly.graph_objects as go
import pytest

from vidcore.figures import motion as figures
from vidcore.media import Clip
from vidcore.motion import (
    SliceSpeed,
    compare_orders,
    long_range,
    measure,
    memory_layout,
    redundancy,
    slice_speed,
    space_time_slice,
)

SPEED = 2.0  # pixels per frame
WAVES = np.array([5.0, 7.0, 11.0, 13.0, 17.0, 23.0, 29.0])  # pixels


@pytest.fixture(scope="module")
def clip() -> Clip:
    """A pan of 2 pixels per frame over a texture."""
    t, y, x = np.mgrid[:16, :12, :96]
    grey = 0.5 + 0.06 * np.sin(2 * np.pi * (x - SPEED * t)[..., None] / WAVES + WAVES).sum(-1)
    frames = np.repeat((grey + y / 100)[..., None], 3, axis=-1)
    return Clip(frames.clip(0, 1).astype(np.float32), fps=30.0)


@pytest.fixture(scope="module")
def speed(clip: Clip) -> SliceSpeed:
    return slice_speed(space_time_slice(clip, 6))


def every_figure(clip: Clip, speed: SliceSpeed) -> dict[str, go.Figure]:
    result = measure(clip, threshold=0.01)
    return {
        "energy": figures.energy_timeline(result, t=3),
        "difference": figures.difference_map(result, 3),
        "orders": figures.order_scores(compare_orders(clip)),
        "verdicts": figures.order_verdicts(compare_orders(clip)),
        "similarity": figures.similarity(redundancy(clip)),
        "gap": figures.difference_by_gap(redundancy(clip)),
        "bytes": figures.bytes_per_frame(np.arange(4), np.arange(4) + 9, ["I", "P", "B", "P"]),
        "slice": figures.slice_image(space_time_slice(clip, 6), speed),
        "search": figures.speed_search(speed),
        "window": figures.window_bar(long_range(clip, length=4)),
        "layout": figures.layout_picture(memory_layout((2, 3, 4, 3))),
    }


def test_every_axis_has_a_title_and_every_trace_says_what_is_under_the_pointer(
    clip: Clip, speed: SliceSpeed
) -> None:
    for name, figure in every_figure(clip, speed).items():
        assert figure.layout.xaxis.title.text, name
        assert figure.layout.yaxis.title.text, name
        assert all(trace.hovertemplate for trace in figure.data), name
        assert 150 <= figure.layout.height <= 320, name


def test_the_energy_line_is_the_results_own_and_marks_the_pair_asked_for(clip: Clip) -> None:
    result = measure(clip)
    figure = figures.energy_timeline(result, t=3)
    np.testing.assert_array_equal(figure.data[0].x, result.times)
    np.testing.assert_array_equal(figure.data[0].y, result.energy)
    assert figure.layout.shapes[0].x0 == result.times[3]
    assert figures.energy_timeline(result).layout.shapes == ()
    assert figures.energy_timeline(result, t=15).layout.shapes == ()  # the last frame has no pair


def test_the_difference_map_is_blank_where_nothing_changed_and_y_points_down(clip: Clip) -> None:
    result = measure(clip, threshold=0.05)
    figure = figures.difference_map(result, 2)
    still = result.difference[2] <= np.float32(0.05)
    assert 0 < still.sum() < still.size
    np.testing.assert_array_equal(np.isnan(figure.data[0].z), still)
    np.testing.assert_array_equal(figure.data[0].z[~still], result.difference[2][~still])
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.data[0].zmax == pytest.approx(result.largest)


def test_four_orders_are_drawn_in_four_dashes_and_the_mean_they_share(clip: Clip) -> None:
    result = compare_orders(clip, "edges", freeze_at=2)
    figure = figures.order_scores(result)
    for trace, ordering in zip(figure.data, result.orderings, strict=False):
        assert trace.name == ordering.name
        np.testing.assert_allclose(trace.y, ordering.scores, rtol=1e-6)
    assert len({trace.line.dash for trace in figure.data}) == 5
    assert list(figure.data[4].y) == [result.forward.mean] * 2


def test_the_verdicts_are_the_mean_and_the_trend_of_each_order(clip: Clip) -> None:
    result = compare_orders(clip, "side")
    mean, trend = figures.order_verdicts(result).data
    assert list(mean.y) == [o.mean for o in result.orderings]
    assert list(trend.y) == [o.trend for o in result.orderings]


def test_similarity_leaves_gaps_without_a_correlation_blank() -> None:
    frames = np.full((4, 6, 6, 3), 0.3, np.float32)
    frames[:2] = np.random.default_rng(0).random((6, 6, 3))
    result = redundancy(Clip(frames, fps=10.0))
    curve, level = figures.similarity(result).data
    assert np.isnan(curve.y).tolist() == [False, True, True]
    assert list(level.y) == [result.shuffled_correlation] * 2


def test_a_clip_of_one_frame_gives_empty_figures_instead_of_errors() -> None:
    clip = Clip(np.zeros((1, 4, 4, 3), np.float32), fps=10.0)
    for figure in (
        figures.energy_timeline(measure(clip), t=0),
        figures.similarity(redundancy(clip)),
        figures.difference_by_gap(redundancy(clip)),
        figures.window_bar(long_range(clip)),
        figures.order_scores(compare_orders(clip)),
        figures.slice_image(clip.frames[:, 0], slice_speed(clip.frames[:, 0])),
    ):
        assert figure.to_json()


def test_difference_by_gap_is_the_results_own(clip: Clip) -> None:
    result = redundancy(clip)
    curve, level = figures.difference_by_gap(result).data
    np.testing.assert_array_equal(curve.y, result.difference)
    assert list(level.y) == [result.shuffled_difference] * 2


def test_bytes_are_grouped_by_kind_of_frame_and_none_is_lost() -> None:
    predicted = np.array([900, 100, 50, 110])
    figure = figures.bytes_per_frame(predicted, predicted + 800, ["I", "P", "B", "P"])
    bars = {trace.name: dict(zip(trace.x, trace.y, strict=True)) for trace in figure.data[:-1]}
    assert bars == {"I frame": {0: 900}, "P frame": {1: 100, 3: 110}, "B frame": {2: 50}}
    assert list(figure.data[-1].y) == [1700, 900, 850, 910]


def test_the_slope_lines_follow_the_motion_in_the_slice(clip: Clip, speed: SliceSpeed) -> None:
    assert speed.decided
    section = space_time_slice(clip, 6)
    image, *tracks = figures.slice_image(section, speed).data
    np.testing.assert_allclose(np.array(image.z) / 255, section, atol=0.5 / 255 + 1e-6)
    for track in tracks:
        slope = (track.x[1] - track.x[0]) / (track.y[1] - track.y[0])  # pixels per frame
        assert slope == pytest.approx(SPEED, rel=0.03)


def test_convention_time_runs_down_in_the_slice(clip: Clip, speed: SliceSpeed) -> None:
    bottom, top = figures.slice_image(space_time_slice(clip, 6), speed).layout.yaxis.range
    assert bottom > top


def test_an_undecided_slice_draws_no_slope_and_no_chosen_speed() -> None:
    flat = np.full((16, 32, 3), 0.5, np.float32)
    undecided = slice_speed(flat)
    assert len(figures.slice_image(flat, undecided).data) == 1
    assert figures.speed_search(undecided).layout.shapes == ()


def test_the_speed_search_marks_the_speed_that_was_chosen(speed: SliceSpeed) -> None:
    figure = figures.speed_search(speed)
    assert figure.layout.shapes[0].x0 == speed.speed
    np.testing.assert_allclose(figure.data[0].y, speed.match, rtol=1e-5)


def test_the_window_is_drawn_where_it_lies_in_seconds(clip: Clip) -> None:
    result = long_range(clip, start=5, length=4)
    shape = figures.window_bar(result).layout.shapes[0]
    assert (shape.x0, shape.x1) == (pytest.approx(5 / 30), pytest.approx(9 / 30))


def test_the_layout_picture_shows_which_channel_lies_at_each_address() -> None:
    for order in ("THWC", "NCTHW"):
        result = memory_layout((2, 3, 4, 3), order)
        shown = {
            int(x + 12 * y): "RGB".index(trace.name)
            for trace in figures.layout_picture(result).data
            for x, y in zip(trace.x, trace.y, strict=True)
        }
        assert shown == dict(enumerate(result.head[:, 3].tolist()))
