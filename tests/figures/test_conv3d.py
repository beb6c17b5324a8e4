"""vidcore.figures.conv3d: the figure holds the result, with units; zero is clear."""

from base64 import b64decode

import cv2
import numpy as np
import plotly.graph_objects as go
import pytest

from vidcore import conv3d
from vidcore.conv3d.inflation import planes
from vidcore.figures import conv3d as figures
from vidcore.media import synthetic
from vidcore.zoo import Answer, Prediction

CLIP = synthetic.GALLERY["pan"]().clip


def said(best: int) -> Answer:
    scores = np.full(3, 0.1, np.float32)
    scores[best] = 0.8
    return Answer({"action": Prediction(("left", "right", "throw"), scores)}, {})


@pytest.fixture(scope="module")
def every_figure() -> dict[str, go.Figure]:
    kernel = conv3d.moving_edge(0.0, 1.0)
    inflated = conv3d.compare_inflated(CLIP, planes("nobody")["vertical edge, by hand"])
    bill = conv3d.budget(conv3d.c3d())
    features = np.random.default_rng(0).random((9, 16, 6, 6))
    curve = [{"step": 100, "action": 0.1}, {"step": 200, "action": 0.7}]
    return {
        "energy": figures.energy_kept(conv3d.separate(kernel), 2),
        "tuning": figures.direction_tuning({"27 weights": conv3d.tune(kernel)}),
        "gain": figures.frame_gain(inflated),
        "stacked": figures.stacked_gain({1: conv3d.temporal_gain(8, 3, "zero")}),
        "parameters": figures.bill(bill),
        "multiply-adds": figures.bill(bill, "multiply_adds"),
        "reach": figures.reach(bill),
        "scores": figures.scores({"forward": said(0), "reversed": said(1)}),
        "curves": figures.learning_curves({"C3D": [{"curve": curve}, {"curve": curve}]}),
        "film": figures.inflation_film(inflated),
        "features": figures.feature_film(features, channels=4),
    }


def test_every_figure_names_its_axes_and_what_is_under_the_pointer(
    every_figure: dict[str, go.Figure],
) -> None:
    for name, figure in every_figure.items():
        assert figure.layout.xaxis.title.text, name
        rows = figure.layout.yaxis.ticktext or isinstance(figure.data[0].y[0], str)
        assert figure.layout.yaxis.title.text or rows, name
        if name not in ("film", "features"):
            assert all(trace.hovertemplate for trace in figure.data), name


def test_the_bill_holds_every_layer_with_weights(every_figure: dict[str, go.Figure]) -> None:
    bill = conv3d.budget(conv3d.c3d())
    drawn = {
        name: value
        for trace in every_figure["parameters"].data
        for name, value in zip(trace.y, trace.x, strict=True)
    }
    assert set(drawn) == {row.name for row in bill.rows if row.kind != "pool"}
    assert sum(drawn.values()) == pytest.approx(bill.parameters / 1e6)
    work = sum(sum(trace.x) for trace in every_figure["multiply-adds"].data)
    assert work == pytest.approx(bill.multiply_adds / 1e9)


def test_frames_that_are_off_differ_in_colour_and_in_pattern(
    every_figure: dict[str, go.Figure],
) -> None:
    bars = every_figure["gain"].data[0]
    assert bars.y[0] == pytest.approx(200 / 3)
    assert bars.y[5] == pytest.approx(100)
    assert bars.marker.color[0] != bars.marker.color[5]
    assert bars.marker.pattern.shape[0] != bars.marker.pattern.shape[5]


def decoded(figure: go.Figure) -> np.ndarray:
    data = b64decode(figure.layout.images[0].source.partition(",")[2])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def test_a_film_is_indigo_where_negative_coral_where_positive_and_clear_at_zero() -> None:
    volume = np.zeros((2, 4, 4))
    volume[0, 1, 2], volume[1, 3, 0] = 2.0, -1.0
    film = figures.film({"answer": volume}, frames=[7, 9], limit=2.0)
    pixels = decoded(film)  # BGRA
    assert tuple(pixels[1, 2]) == (*figures.POSITIVE[::-1], 255)
    assert tuple(pixels[3, 4 + figures.GAP]) == (*figures.NEGATIVE[::-1], 127)
    assert pixels[0, 0, 3] == 0
    assert film.layout.xaxis.ticktext == ("7", "9")


def test_the_film_of_an_inflation_shows_both_ends(every_figure: dict[str, go.Figure]) -> None:
    ticks = every_figure["film"].layout.xaxis.ticktext
    assert ticks == ("0", "1", "2", "3", "12", "13", "14", "15")


def test_the_liveliest_channels_are_shown() -> None:
    volume = np.ones((5, 8, 3, 3))
    volume[3] *= np.arange(8)[:, None, None]
    film = figures.feature_film(volume, channels=1)
    assert film.layout.yaxis.ticktext == ("channel 3",)
    assert film.layout.xaxis.ticktext == tuple("01234567")
