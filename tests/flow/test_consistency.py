"""vidcore.flow.consistency: there and back again."""

import numpy as np
import pytest

from vidcore import flow
from vidcore.errors import ShapeError


def constant(u: float, v: float) -> np.ndarray:
    return np.broadcast_to(np.array([u, v], dtype=float), (20, 30, 2))


def test_the_way_back_cancels_the_way_there() -> None:
    distance, consistent = flow.forward_backward(constant(3, -2), constant(-3, 2))
    np.testing.assert_array_equal(distance, 0)
    expected = np.zeros((20, 30), bool)
    expected[2:, :-3] = True  # the others leave the frame
    np.testing.assert_array_equal(consistent, expected)


def test_the_backward_flow_is_read_at_the_target() -> None:
    backward = np.zeros((20, 30, 2))
    backward[:, 15:] = [-5, 0]
    distance, consistent = flow.forward_backward(constant(5, 0), backward)
    assert distance[10, 10] == 0
    assert consistent[10, 10]
    assert distance[10, 3] == 5
    assert not consistent[10, 3]


@pytest.mark.parametrize(("off", "near"), [(0.70, True), (0.72, False), (-0.70, True)])
def test_a_still_pixel_may_miss_by_the_root_of_half_a_pixel(off: float, near: bool) -> None:
    _, consistent = flow.forward_backward(constant(0, 0), constant(off * 0.995, 0))
    assert consistent[10, 10] == near


def test_fields_that_do_not_fit_are_refused() -> None:
    for bad in (np.zeros((20, 29, 2)), np.zeros((20, 30)), np.full((20, 30, 2), np.inf)):
        with pytest.raises(ShapeError, match="got"):
            flow.forward_backward(constant(0, 0), bad)
        with pytest.raises(ShapeError, match="got"):
            flow.forward_backward(bad, constant(0, 0))
