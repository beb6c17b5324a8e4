"""vidcore.figures.flow: the figures hold the results, and leave blank what is undecided."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.flow.textures import shifted
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.figures import flow as figures
from vidcore.flow import FlowResult, Smoothness


def field(u: float, v: float, H: int = 48, W: int = 72) -> FlowResult:
    valid = np.ones((H, W), bool)
    valid[: H // 2] = False
    return FlowResult(np.full((H, W, 2), [u, v], np.float32), valid)


def weights() -> Smoothness:
    alphas = np.array([0.1, 1.0])
    return Smoothness(alphas, 3 * alphas, alphas)


def every_figure() -> dict[str, go.Figure]:
    prev, next_ = shifted(0.5, 0.2)
    result = field(2, -1)
    lines = flow.constraint_lines(prev, next_, x=20, y=15)
    return {
        "quiver": figures.quiver(result),
        "colours": figures.colours(result),
        "wheel": figures.wheel(3.0),
        "error": figures.error_map(result.flow, 0 * result.flow, result.valid),
        "constraints": figures.constraints(lines, reach=2.0, estimate=(0.5, 0.2)),
        "ellipse": figures.structure_ellipse(2.0, 0.3, 1.0),
        "energy": figures.energy_curve(flow.horn_schunck(prev, next_, iterations=20)),
        "smoothness": figures.smoothness(weights(), chosen=0.1),
        "speeds": figures.speeds(np.arange(4.0), {"one step": np.arange(4.0) / 2}),
        "correlation": figures.correlation_map(np.eye(6), point=(2.0, 2.0)),
    }


def test_every_axis_has_a_title_with_a_unit_and_a_sane_height() -> None:
    for name, figure in every_figure().items():
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            assert "(" in axis.title.text or axis.title.text == "sweeps", name
        assert 150 <= figure.layout.height <= 320, name


@pytest.mark.parametrize("name", ["quiver", "colours", "wheel", "error", "correlation"])
def test_images_have_y_down_and_square_pixels(name: str) -> None:
    axis = every_figure()[name].layout.yaxis
    assert axis.autorange == "reversed" or axis.range[0] > axis.range[1]
    assert axis.scaleanchor == "x"


def test_arrows_point_along_the_flow_and_only_where_it_is_decided() -> None:
    shafts, heads = figures.quiver(field(2, -1)).data
    assert min(heads.customdata[:, 1]) >= 24  # the upper half is undecided
    x0, x1, y0, y1 = shafts.x[0], shafts.x[1], shafts.y[0], shafts.y[1]
    assert x1 > x0
    assert y1 < y0  # up on the screen: v is negative
    assert (x1 - x0) / (y0 - y1) == pytest.approx(2, rel=1e-5)
    assert heads.marker.angle[0] == pytest.approx(np.degrees(np.arctan2(2, 1)))
    np.testing.assert_allclose(heads.customdata[0, 2:], [2, -1])


def test_arrows_of_two_fields_share_a_scale_when_told_to() -> None:
    def length(u: float) -> float:
        shafts = figures.quiver(field(u, 0), largest=4.0).data[0]
        return float(shafts.x[1] - shafts.x[0])

    assert length(2) == pytest.approx(2 * length(1))


def test_a_still_field_has_dots_and_no_arrows() -> None:
    heads = figures.quiver(field(0, 0)).data[1]
    assert set(heads.marker.symbol) == {"circle"}


def test_colours_are_the_rooms_and_transparent_where_undecided() -> None:
    result = field(2, 0)
    picture = np.asarray(figures.colours(result, largest=2.0).data[0].z)
    np.testing.assert_array_equal(picture[..., 3], result.valid)
    np.testing.assert_allclose(picture[40, 40, :3], [255, 0, 0], atol=2)


def test_the_wheel_shows_stillness_in_its_middle_and_nothing_beyond_its_rim() -> None:
    trace = figures.wheel(3.0).data[0]
    picture = np.asarray(trace.z)
    np.testing.assert_array_equal(picture[32, 32], [255, 255, 255, 1])
    assert picture[0, 0, 3] == 0
    assert trace.x0 + 64 * trace.dx == pytest.approx(3)


def test_the_error_map_is_blank_where_the_truth_is_unknown() -> None:
    result = field(3, 4)
    z = np.asarray(figures.error_map(result.flow, 0 * result.flow, result.valid).data[0].z)
    assert np.isnan(z[0]).all()
    np.testing.assert_allclose(z[-1], 5)
    with pytest.raises(ShapeError):
        figures.error_map(result.flow, result.flow, ~result.valid[:-1])


def test_a_constraint_line_passes_through_every_motion_the_pixel_allows() -> None:
    Ix, Iy, It = 0.3, -0.4, 0.1
    data = figures.constraints(np.array([[Ix, Iy, It], [0, 0, 0.5]]), reach=2.0).data
    assert len(data) == 1  # no estimate was given
    assert len(data[0].x) == 3  # two ends and a gap: the flat pixel draws nothing
    for u, v in zip(data[0].x[:2], data[0].y[:2], strict=True):
        assert Ix * u + Iy * v + It == pytest.approx(0)
        assert np.hypot(u, v) > 4


@pytest.mark.parametrize(
    ("tensor", "width", "height"),
    [((4.0, 0.0, 4.0), 0.1, 0.1), ((4.0, 0.0, 0.0), 0.1, 2.0), ((0.0, 0.0, 0.0), 2.0, 2.0)],
)
def test_the_ellipse_is_long_where_the_window_is_ignorant(
    tensor: tuple[float, float, float], width: float, height: float
) -> None:
    outline = figures.structure_ellipse(*tensor).data[0]
    assert np.ptp(outline.x) == pytest.approx(width, rel=0.01)
    assert np.ptp(outline.y) == pytest.approx(height, rel=0.01)


def test_the_ellipse_of_a_tilted_edge_lies_along_the_edge() -> None:
    outline = figures.structure_ellipse(1.0, 1.0, 1.0).data[0]  # gradient to the lower right
    assert np.corrcoef(outline.x, outline.y)[0, 1] < -0.9


def test_the_energy_curve_is_the_results_own() -> None:
    result = flow.horn_schunck(*shifted(0.5, 0.2), iterations=20)
    curve = figures.energy_curve(result).data[0]
    np.testing.assert_array_equal(curve.y, result.energy)
    assert figures.energy_curve(field(0, 0)).data[0].y is not None


def test_both_errors_lie_over_their_alphas_and_the_chosen_one_is_marked() -> None:
    figure = figures.smoothness(weights(), chosen=0.1)
    boundary, inside = figure.data
    np.testing.assert_array_equal(boundary.y, 3 * np.asarray(inside.y))
    np.testing.assert_array_equal(boundary.x, [0.1, 1.0])
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.shapes[0].x0 == 0.1
    assert not figures.smoothness(weights()).layout.shapes


def test_speeds_lie_beside_the_truth() -> None:
    truth, step = figures.speeds(np.arange(4.0), {"one step": np.arange(4.0) / 2}).data
    np.testing.assert_array_equal(truth.x, truth.y)
    np.testing.assert_array_equal(step.y, [0, 0.5, 1, 1.5])
    assert truth.line.dash != step.line.dash
