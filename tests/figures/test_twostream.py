"""vidcore.figures.twostream: every number drawn is a number of the result."""

import re
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
import pytest

from vidcore import twostream
from vidcore.figures import theme, twostream_filters
from vidcore.figures import twostream as figures
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.twostream.change import Change
from vidcore.twostream.filters import FirstLayers, time_course
from vidcore.twostream.trained import parse

Rgb = tuple[float, ...]
READABLE = 4.5  # contrast of text, WCAG 2, AA
CHANCE = {"colour": 1 / 6, "shape": 1 / 5, "action": 1 / 14}


def result(rng: np.random.Generator) -> twostream.TwoStreamResult:
    logits = {"colour": 6, "shape": 5, "action": 14}
    per_frame = {q: rng.normal(size=(16, k)) for q, k in logits.items()}
    return twostream.TwoStreamResult(
        np.zeros((16, 48, 48, 3), np.float32),
        np.zeros((15, 48, 48, 2), np.float32),
        {q: x.mean(axis=0) for q, x in per_frame.items()},
        {q: rng.normal(size=k) for q, k in logits.items()},
        per_frame,
        {"flow": 0.03, "spatial": 0.002, "temporal": 0.0005},
    )


def layers(rng: np.random.Generator) -> FirstLayers:
    temporal = rng.normal(size=(24, 3, 3, 30)).astype(np.float32)
    spatial = rng.normal(size=(24, 3, 3, 3)).astype(np.float32)
    return FirstLayers(spatial, temporal, time_course(temporal))


def change(rng: np.random.Generator, name: str, by: float) -> Change:
    spatial: Mapping[str, float] = dict.fromkeys(CHANCE, by)
    return Change(name, result(rng), result(rng), spatial, dict.fromkeys(CHANCE, by / 2))


def written(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_a_matrix_writes_each_share_and_guessing_below() -> None:
    figure = figures.accuracies(
        {"frames": {"colour": 1.0, "shape": 0.62, "action": 0.1}}, chance=CHANCE
    )
    assert written(figure) == ["100.0 %", "62.0 %", "10.0 %", "16.7 %", "20.0 %", "7.1 %"]
    assert list(figure.data[0].y) == ["frames", "guessing"]
    np.testing.assert_allclose(np.asarray(figure.data[0].z)[0], [1.0, 0.62, 0.1], atol=1e-6)


@pytest.mark.parametrize(
    ("page", "ink"),
    [((253, 252, 249), (38, 39, 48)), ((17, 19, 27), (250, 250, 250))],
    ids=["light", "dark"],
)
def test_every_cell_is_read_in_the_pages_ink(page: Rgb, ink: Rgb) -> None:
    figure = figures.accuracies(
        {"frames": {"colour": 1.0, "shape": 0.2, "action": 0.1}}, chance=CHANCE
    )
    assert {note.font.color for note in figure.layout.annotations} == {theme.INK}
    scale = figure.data[0].colorscale
    places = [place for place, _ in scale]
    colours = np.array([[float(v) for v in re.findall(r"[\d.]+", text)] for _, text in scale])
    for share in np.linspace(0, 1, 21):
        r, g, b, alpha = (np.interp(share, places, channel) for channel in colours.T)
        alpha *= figure.data[0].opacity
        cell = tuple(alpha * c + (1 - alpha) * p for c, p in zip((r, g, b), page, strict=True))
        assert contrast(cell, ink) >= READABLE, f"{share:.0%}: {contrast(cell, ink):.1f}"


def contrast(a: Rgb, b: Rgb) -> float:
    """WCAG contrast of two colours, channels from 0 to 255."""
    dark, light = sorted(map(luminance, (a, b)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Rgb) -> float:
    c = np.array(colour) / 255
    linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_a_spread_is_written_where_there_is_one() -> None:
    rows = {"flow": {"colour": 0.19, "shape": 0.3, "action": 0.98}}
    spread = {"flow": {"colour": 0.007, "shape": 0.0, "action": 0.0}}
    figure = figures.accuracies(rows, chance=CHANCE, spread=spread)
    assert [note.text for note in figure.layout.annotations[:2]] == ["19.0 ± 0.7", "30.0 %"]


def test_noticing_leaves_out_the_clip_as_it_is(rng: np.random.Generator) -> None:
    figure = figures.noticed([change(rng, "stopped", 0.8)])
    assert list(figure.data[0].y) == ["stopped"]
    assert written(figure)[:6] == ["80 %"] * 3 + ["40 %"] * 3
    assert written(figure)[6:] == ["<b>spatial stream</b>", "<b>temporal stream</b>"]
    assert list(figure.layout.xaxis.ticktext) == 2 * list(CHANCE)


def test_a_confusion_is_drawn_as_shares_of_what_was_true() -> None:
    figure = figures.confusion(np.array([[3, 1], [0, 0]]), ["a", "b"])
    np.testing.assert_allclose(np.asarray(figure.data[0].z), [[0.75, 0.25], [0, 0]])
    assert figure.layout.yaxis.autorange == "reversed"


def test_every_frame_has_its_own_probabilities(rng: np.random.Generator) -> None:
    figure = figures.per_frame(result(rng), "action", ACTIONS)
    p = np.asarray(figure.data[0].z)
    assert p.shape == (14, 16)
    np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)


def test_measured_fusion_is_drawn_against_the_weight_and_the_changes() -> None:
    read = {
        "fitted": 1,
        "tested": 2,
        "changed": 3,
        "accuracy": {},
        "share": {},
        "by_weight": {q: np.linspace(0.1, 0.9, 101).tolist() for q in CHANCE},
        "learned": {},
        "confusion": {},
        "changes": {
            "stopped": {q: {"spatial": {"right": 0.9}, "temporal": {"right": 0.1}} for q in CHANCE}
        },
    }
    trained = parse(read)
    curve = figures.by_weight(trained)
    assert [trace.name for trace in curve.data] == list(CHANCE)
    np.testing.assert_allclose(np.asarray(curve.data[0].y)[[0, -1]], [0.1, 0.9], atol=1e-6)
    assert len({trace.line.dash for trace in curve.data}) == 3  # told apart without colour
    assert written(figures.still_right(trained))[:6] == ["90 %"] * 3 + ["10 %"] * 3


def test_filters_stand_apart_and_grey_is_zero(rng: np.random.Generator) -> None:
    spatial = np.zeros((9, 3, 3, 3), np.float32)
    spatial[0, 1, 1] = [1, 0, -1]
    made = FirstLayers(spatial, *(layers(rng).temporal, layers(rng).course))
    sheet = np.asarray(twostream_filters.spatial_filters(made).data[0].z)
    assert sheet.shape == (7, 31, 4)  # two rows of eight, a clear pixel between
    assert (sheet[3] == 0).all()
    assert sheet[1, 1].tolist() == [255, 128, 0, 255]
    assert sheet[1, 5].tolist() == [128, 128, 128, 255]


def test_a_filters_path_turns_where_its_motion_turns(rng: np.random.Generator) -> None:
    temporal = np.zeros((1, 3, 3, 8), np.float32)
    temporal[0, 1, 1] = [1, 0, 1, 0, 0, 1, 0, 1]  # two steps right, two steps down
    made = FirstLayers(layers(rng).spatial, temporal, time_course(temporal))
    line = twostream_filters.filter_arrows(made).data[0]
    np.testing.assert_allclose(np.diff(np.asarray(line.x)[:5]), [0.4, 0.4, 0, 0], atol=1e-6)
    np.testing.assert_allclose(np.diff(np.asarray(line.y)[:5]), [0, 0, 0.4, 0.4], atol=1e-6)


def test_temporal_filters_are_named_by_channel(rng: np.random.Generator) -> None:
    made = layers(rng)
    trace = twostream_filters.temporal_filters(made).data[0]
    assert list(trace.y)[:4] == ["u1", "v1", "u2", "v2"]
    np.testing.assert_allclose(np.asarray(trace.z)[3], made.course[:, 1, 1], atol=1e-6)
    assert trace.zmin == -trace.zmax


def test_time_is_drawn_in_milliseconds(rng: np.random.Generator) -> None:
    bars = figures.spent(result(rng).seconds).data[0]
    assert dict(zip(bars.y, bars.text, strict=True)) == {
        "estimating the flow": "30.0 ms",
        "temporal network": "0.5 ms",
        "spatial network": "2.0 ms",
    }


@pytest.mark.parametrize("what", ["parameters", "multiply_adds"])
def test_layers_are_counted_in_millions(what: str) -> None:
    costs = twostream.layer_costs(3)
    figure = figures.layers({"spatial": costs}, what=what)
    assert figure.data[0].y[5] == getattr(costs[5], what) / 1e6


@pytest.mark.parametrize("background", [None, 0, 3])
def test_belief_in_motion_background_and_the_rest_adds_up(background: int | None) -> None:
    p = np.arange(1, 15) / np.arange(1, 15).sum()
    figure = figures.believed({"a": p}, motion=0, background=background, labels=ACTIONS)
    assert len(figure.data) == (3 if background == 3 else 2)
    np.testing.assert_allclose(sum(bar.x[0] for bar in figure.data), 1)
    assert figure.data[0].x[0] == p[0]
