"""vidcore.conv3d.kernels, tuning and shift: who answers to which motion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore import conv3d as room
from vidcore.errors import ShapeError


@pytest.mark.parametrize(("name", "degrees"), room.DIRECTIONS.items())
@pytest.mark.parametrize("speed", room.SPEEDS)
def test_a_detector_answers_most_to_its_own_direction(
    name: str, degrees: float, speed: float
) -> None:
    tuned = room.tune(room.moving_edge(degrees, speed), speed=speed)
    assert tuned.preferred == degrees
    assert tuned.selectivity > (0.4 if speed == 1 else 0.05)  # three frames tell little of 1/2


@given(st.floats(0, 360), st.floats(0.1, 2))
def test_a_detector_does_not_answer_to_what_stands_still(degrees: float, speed: float) -> None:
    still = np.repeat(np.random.default_rng(0).normal(size=(1, 6, 7)), 4, axis=0)
    answer = room.conv3d(still, room.moving_edge(degrees, speed))
    np.testing.assert_allclose(answer, 0, atol=1e-12)


def test_convention_degrees_turn_from_right_to_down() -> None:
    t, y, x = np.mgrid[:8, :9, :9]
    right, down = (room.moving_edge(d, 1.0) for d in (0.0, 90.0))
    to_the_right, downwards = ((x > t).astype(float), (y > t).astype(float))
    answer = {
        (name, clip): abs(room.conv3d(volume, k)).max()
        for name, k in (("right", right), ("down", down))
        for clip, volume in (("right", to_the_right), ("down", downwards))
    }
    assert answer["right", "right"] > 1.5 * answer["right", "down"]
    assert answer["down", "down"] > 1.5 * answer["down", "right"]


@given(st.integers(0, 999), st.floats(0, 360), st.floats(-2, 2), st.floats(2, 12))
def test_the_transform_is_the_measured_amplitude(
    seed: int, degrees: float, speed: float, wavelength: float
) -> None:
    k = np.random.default_rng(seed).normal(size=(3, 3, 3))
    expected = room.tuning.amplitude(k, degrees, speed, wavelength)
    cosine = room.conv3d(room.drifting(degrees, speed, wavelength, frames=4, size=5), k)
    shifted = room.drifting(degrees, speed, wavelength, frames=4, size=5, phase=np.pi / 2)
    sine = room.conv3d(shifted, k)
    np.testing.assert_allclose(np.hypot(cosine, sine), expected, atol=1e-9)


@given(st.integers(0, 999), st.floats(0, 3), st.floats(2, 12))
def test_one_separable_pair_is_blind_to_direction(
    seed: int, speed: float, wavelength: float
) -> None:
    rng = np.random.default_rng(seed)
    pair = room.separable(rng.normal(size=(3, 3)), rng.normal(size=3))
    assert room.tune(pair, speed=speed, wavelength=wavelength).selectivity == pytest.approx(0)


def test_presets_answer_nothing_to_nothing() -> None:
    flat = np.full((4, 5, 6), 0.7)
    blind = {p.name for p in room.presets() if abs(room.conv3d(flat, p.kernel)).max() > 1e-12}
    assert blind == {"the frame itself", "blur in space and time"}


def test_shifting_moves_what_it_says_and_costs_nothing(rng: np.random.Generator) -> None:
    x = rng.normal(size=(5, 2, 3, 16))
    y = room.temporal_shift(x)
    np.testing.assert_array_equal(y[:-1, ..., :2], x[1:, ..., :2])
    np.testing.assert_array_equal(y[1:, ..., 2:4], x[:-1, ..., 2:4])
    np.testing.assert_array_equal(y[..., 4:], x[..., 4:])
    assert not y[-1, ..., :2].any()
    assert not y[0, ..., 2:4].any()
    causal = room.temporal_shift(x, causal=True)
    np.testing.assert_array_equal(causal[..., :2], x[..., :2])
    np.testing.assert_array_equal(causal[..., 2:], y[..., 2:])


def test_shift_then_1x1_is_a_3d_kernel_with_fixed_taps(rng: np.random.Generator) -> None:
    x, w = rng.normal(size=(6, 4, 5, 8)), rng.normal(size=(3, 8))
    mixed = room.temporal_shift(x, share=0.25) @ w.T
    k = np.zeros((3, 8, 3, 1, 1))
    k[:, :2, 2, 0, 0], k[:, 2:4, 0, 0, 0], k[:, 4:, 1, 0, 0] = w[:, :2], w[:, 2:4], w[:, 4:]
    np.testing.assert_allclose(mixed, room.conv3d_layer(x, k, padding="zero"), atol=1e-12)


def test_shares_and_wavelengths_out_of_range_are_refused() -> None:
    assert room.temporal_shift(np.ones((2, 4)), share=0.5).shape == (2, 4)
    for bad in (
        lambda: room.temporal_shift(np.ones((2, 4)), share=0.51),
        lambda: room.temporal_shift(np.ones(4)),
        lambda: room.tune(np.ones((3, 3))),
        lambda: room.tune(np.ones((3, 3, 3)), wavelength=1.9),
    ):
        with pytest.raises(ShapeError, match="got"):
            bad()
