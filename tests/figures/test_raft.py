"""vidcore.figures.raft: the figure holds the numbers it was given, and tells the methods apart."""

import pytest

from vidcore.figures import raft as figures
from vidcore.figures import theme
from vidcore.flow import Rival

BOARD = {
    "Pan": [Rival("RAFT, our own", 1.0, 0.05), Rival("OpenCV DIS", 1.0, 0.08)],
    "Throw": [Rival("RAFT, our own", trouble="no weights"), Rival("OpenCV DIS", 1.0, 0.2)],
}


def test_the_error_starts_before_the_first_correction() -> None:
    figure = figures.corrections([4.0, 1.0, 0.5], {"OpenCV DIS": 0.3})
    ours, peer = figure.data
    assert list(ours.x) == [0, 1, 2]
    assert list(ours.y) == [4.0, 1.0, 0.5]
    assert list(peer.y) == [0.3, 0.3]
    assert ours.line.color != peer.line.color
    assert ours.line.dash != peer.line.dash


def test_a_method_that_did_not_run_has_no_mark() -> None:
    ours, peer = figures.scoreboard(BOARD).data
    assert list(ours.y) == ["Pan"]
    assert list(peer.y) == ["Pan", "Throw"]
    assert list(peer.x) == [0.08, 0.2]
    assert ours.marker.symbol != peer.marker.symbol


def test_a_perfect_score_still_has_a_place_on_a_logarithmic_axis() -> None:
    board = {"Pan": [Rival("RAFT, our own", 1.0, 0.0)]}
    assert figures.scoreboard(board).data[0].x[0] > 0


def test_the_scoreboard_grows_with_its_rows() -> None:
    more = {f"{name} {k}": rivals for k in range(4) for name, rivals in BOARD.items()}
    assert figures.scoreboard(more).layout.height > figures.scoreboard(BOARD).layout.height


def test_stillness_stands_beside_the_network_in_every_group() -> None:
    still, ours = figures.displacements({"0–1 px": 0.1}, {"0–1 px": 0.4}).data
    assert (still.y[0], ours.y[0]) == (0.4, 0.1)
    assert still.marker.pattern.shape != ours.marker.pattern.shape


def test_the_curve_has_a_line_for_each_group() -> None:
    curve = [{"step": 100, "epe_0-1px": 0.2, "epe_1-3px": 0.5}, {"step": 200, "epe_0-1px": 0.1,
             "epe_1-3px": 0.4}]  # fmt: skip
    lines = figures.learning(curve, ["0-1px", "1-3px"]).data
    assert [line.name for line in lines] == ["0–1 px", "1–3 px"]
    assert list(lines[0].x) == [100, 200]
    assert list(lines[1].y) == [0.5, 0.4]
    assert len({line.line.dash for line in lines}) == 2


@pytest.mark.parametrize(
    "figure",
    [figures.corrections([1.0, 0.5], {}), figures.scoreboard(BOARD)],
    ids=["path", "board"],
)
def test_both_axes_that_count_pixels_say_so(figure: object) -> None:
    titles = (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text)  # type: ignore[attr-defined]
    assert any("pixels" in title for title in titles)
    assert theme.HEIGHT > 0
