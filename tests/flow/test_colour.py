"""vidcore.flow.colour: Middlebury's code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore import flow
from vidcore.errors import ShapeError


def painted(u: float, v: float, **options: float) -> np.ndarray:
    return flow.to_colour(np.full((1, 1, 2), [u, v], dtype=float), **options)[0, 0]


def test_the_wheel_has_55_hues_from_red_to_magenta() -> None:
    wheel = flow.colour_wheel()
    assert wheel.shape == (55, 3)
    np.testing.assert_array_equal(wheel[[0, 15, 21, 25, 36, 49]] * 255, 255 * np.array(
        [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]]
    ))  # fmt: skip


def test_right_is_red_down_is_yellow_left_is_cyan_up_is_blue() -> None:
    np.testing.assert_allclose(painted(1, 0), [1, 0, 0], atol=0.01)
    np.testing.assert_allclose(painted(0, 1), [1, 0.9, 0], atol=0.01)
    np.testing.assert_allclose(painted(-1, 0), [0, 0.82, 1], atol=0.01)
    np.testing.assert_allclose(painted(0, -1), [0.35, 0, 1], atol=0.01)


def test_still_is_white_and_too_long_is_darker() -> None:
    np.testing.assert_array_equal(painted(0, 0), 1)
    np.testing.assert_allclose(painted(2, 0, largest=4.0), [1, 0.5, 0.5], atol=0.01)
    np.testing.assert_allclose(painted(5, 0, largest=4.0), [0.75, 0, 0], atol=0.01)


@given(seed=st.integers(0, 99))
def test_colours_stay_in_range_and_depend_on_the_ratio_to_the_largest(seed: int) -> None:
    field = np.random.default_rng(seed).normal(size=(5, 6, 2))
    picture = flow.to_colour(field)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() <= picture.max() <= 1
    np.testing.assert_allclose(flow.to_colour(7 * field), picture, atol=1e-6)


def test_the_unknown_is_black_and_does_not_set_the_scale() -> None:
    field, valid = np.full((1, 2, 2), 1.0), np.array([[True, False]])
    field[0, 1] = 1000
    picture = flow.to_colour(field, valid=valid)
    np.testing.assert_array_equal(picture[0, 1], 0)
    np.testing.assert_allclose(picture[0, 0].min(), 0, atol=1e-6)


def test_a_largest_length_of_nothing_is_refused() -> None:
    with pytest.raises(ShapeError, match="above 0"):
        painted(1, 0, largest=0.0)
    with pytest.raises(ShapeError, match="got"):
        flow.to_colour(np.zeros((3, 3)))
