"""vidcore.flow.metrics: numbers worked out by hand."""

import numpy as np
import pytest

from tests.flow.textures import shifted
from vidcore import flow
from vidcore.errors import ShapeError

STILL = np.zeros((4, 5, 2))


def field(u: float, v: float) -> np.ndarray:
    return np.broadcast_to(np.array([u, v], dtype=float), (4, 5, 2)).copy()


def test_three_right_and_four_down_is_five_off() -> None:
    assert flow.endpoint_error(field(3, 4), STILL) == 5


def test_one_pixel_against_stillness_is_45_degrees() -> None:
    assert flow.angular_error(field(1, 0), STILL) == pytest.approx(45)
    assert flow.angular_error(field(1, 2), field(1, 2)) == 0


def test_only_valid_pixels_count_whatever_the_truth_holds_elsewhere() -> None:
    truth, valid = field(0, 0), np.ones((4, 5), bool)
    truth[0], valid[0] = np.nan, False
    for error in (flow.endpoint_error, flow.angular_error, flow.fl_all):
        assert error(STILL, truth, valid) == 0
        with pytest.raises(ShapeError, match="finite"):
            error(STILL, truth)


@pytest.mark.parametrize(
    ("estimate", "truth", "share"),
    [
        (field(3, 0), STILL, 0),  # 3 pixels off is still right
        (field(3.1, 0), STILL, 1),
        (field(104, 0), field(100, 0), 0),  # 4 pixels off, but 4 %
        (field(106, 0), field(100, 0), 1),
    ],
)
def test_an_outlier_is_off_by_three_pixels_and_five_percent(
    estimate: np.ndarray, truth: np.ndarray, share: float
) -> None:
    assert flow.fl_all(estimate, truth) == share


def test_the_true_flow_explains_the_next_frame_and_stillness_does_not() -> None:
    prev, next_ = shifted(2, 0)
    inside = np.zeros(prev.shape, bool)
    inside[:, :-2] = True
    true = np.broadcast_to(np.array([2.0, 0.0]), (*prev.shape, 2))
    assert flow.interpolation_error(prev, next_, true, inside) < 1e-12
    assert flow.interpolation_error(prev, next_, 0 * true, inside) > 0.05


@pytest.mark.parametrize(
    ("valid", "message"),
    [
        (np.zeros((4, 5), bool), "without any"),
        (np.ones((5, 4), bool), "mask is bool"),
        (np.ones((4, 5)), "mask is bool"),
    ],
)
def test_a_mask_that_says_nothing_is_refused(valid: np.ndarray, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        flow.endpoint_error(STILL, STILL, valid)


def test_fields_of_two_sizes_are_refused() -> None:
    with pytest.raises(ShapeError, match="got"):
        flow.endpoint_error(STILL, np.zeros((5, 4, 2)))
