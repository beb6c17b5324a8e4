"""vidcore.motion.slice: known speeds, both directions, and rows that cannot tell."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import small_clips
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import grey
from vidcore.motion import column_slice, row_speed, slice_speed, space_time_slice
from vidcore.motion.slice import displacement_match, row_differences

W = 96  # pixels
WAVES = np.array([5.0, 7.0, 11.0, 13.0, 17.0, 23.0, 29.0, 37.0])  # pixels: no common multiple
Profile = Callable[[np.ndarray], np.ndarray]


def texture(seed: int) -> Profile:
    """A smooth random row, as a function of position: shifts of it are exact."""
    rng = np.random.default_rng(seed)
    phase, height = rng.uniform(0, 2 * np.pi, len(WAVES)), rng.uniform(0.5, 1, len(WAVES))
    return lambda x: 0.5 + 0.06 * np.sin(2 * np.pi * x[..., None] / WAVES + phase) @ height


def pan(u: float, *, seed: int = 0, T: int = 16) -> np.ndarray:
    t, x = np.mgrid[:T, :W]
    return texture(seed)(x - u * t).astype(np.float32)


def disc(u: float, *, ground: Profile, figure: Profile, T: int = 16) -> np.ndarray:
    """A figure 25 pixels wide with anti-aliased ends, over a ground that stands still."""
    t, x = np.mgrid[:T, :W]
    offset = x - u * t - (20 if u > 0 else W - 20)
    cover = np.clip(13 - np.abs(offset), 0, 1)
    return (cover * figure(offset) + (1 - cover) * ground(x)).astype(np.float32)


def flat(level: float) -> Profile:
    return lambda x: np.full(x.shape, level)


speeds = st.floats(0.5, 5) | st.floats(-5, -0.5)


@given(speeds, st.integers(0, 50))
def test_a_pan_is_measured_within_three_percent_where_it_is_decided(u: float, seed: int) -> None:
    result = slice_speed(pan(u, seed=seed))
    if result.decided:
        assert result.speed == pytest.approx(u, rel=0.03)  # pixels per frame


def test_most_pans_are_decided() -> None:
    cases = [slice_speed(pan(u, seed=s)) for u in (-4.5, -1.5, 0.5, 2.25, 5) for s in range(8)]
    assert sum(case.decided for case in cases) >= 36  # of 40


@given(speeds)
def test_a_flat_disc_on_a_flat_ground_is_measured_within_five_percent(u: float) -> None:
    result = slice_speed(disc(u, ground=flat(0.2), figure=flat(0.9)))
    assert result.decided
    assert result.speed == pytest.approx(u, rel=0.05)  # pixels per frame


@given(speeds, st.integers(0, 20))
def test_a_still_textured_ground_does_not_pull_the_speed_to_zero(u: float, seed: int) -> None:
    result = slice_speed(disc(u, ground=texture(seed), figure=flat(0.95), T=24))
    assert result.decided
    assert result.speed == pytest.approx(u, rel=0.05)  # pixels per frame


def test_convention_motion_to_the_right_is_positive() -> None:
    assert slice_speed(pan(2.0)).speed > 0 > slice_speed(pan(-2.0)).speed


def test_mirroring_the_row_or_reversing_time_negates_the_speed() -> None:
    S = pan(1.7)
    u = slice_speed(S).speed
    assert slice_speed(S[:, ::-1]).speed == pytest.approx(-u, abs=0.01)
    assert slice_speed(S[::-1]).speed == pytest.approx(-u, abs=0.01)


def test_the_speed_of_a_row_is_the_speed_of_its_slice() -> None:
    frames = np.repeat(np.stack([pan(1.0), pan(-2.0)], axis=1)[..., None], 3, axis=-1)
    clip = Clip(frames, fps=10.0)
    assert [row_speed(clip, y).speed for y in (0, 1)] == pytest.approx([1, -2], rel=0.03)


def test_colour_and_grey_slices_agree() -> None:
    colour = np.stack([pan(1.7, seed=seed) for seed in (0, 1, 2)], axis=-1)
    np.testing.assert_array_equal(slice_speed(colour).match, slice_speed(grey(colour)).match)


def test_a_still_textured_row_has_speed_zero_for_certain() -> None:
    result = slice_speed(pan(0.0))
    assert (result.speed, result.decided, result.confidence) == (0, True, 1)


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        (np.full((16, W), 0.5), "no texture"),
        (np.linspace(0, 1, 16)[:, None] * np.ones(W), "no texture"),  # a fade is not a motion
        (pan(2.0, T=3), "4 frames"),
        (np.random.default_rng(0).random((16, W)), "No single speed"),
        (0.5 + 0.4 * np.sin(np.mgrid[:16, :W][1] - 2.0 * np.mgrid[:16, :W][0]), "More than one"),
    ],
    ids=["flat", "fade", "short", "noise", "periodic"],
)
def test_a_row_that_cannot_tell_is_undecided_and_says_why(section: np.ndarray, reason: str) -> None:
    result = slice_speed(section.astype(np.float32))
    assert not result.decided
    assert result.speed == 0
    assert reason in result.reason
    assert np.isfinite(result.match).all()


@given(st.integers(1, 12), st.integers(3, 20), st.integers(0, 2**32 - 1))
def test_any_slice_gives_a_finite_answer(T: int, width: int, seed: int) -> None:
    result = slice_speed(np.random.default_rng(seed).random((T, width), dtype=np.float32))
    assert np.isfinite([result.speed, result.confidence]).all()
    assert result.candidates.shape == result.match.shape
    assert abs(result.speed) <= width / 2


def test_the_match_of_a_displacement_is_the_correlation_written_as_loops() -> None:
    D = row_differences(pan(1.3)).astype(np.float64)
    shifts, R = displacement_match(D, 2)
    for d, measured in zip(shifts.astype(int), R, strict=True):
        pairs = [
            (D[t, x], D[t + 2, x + d])
            for t in range(len(D) - 2)
            for x in range(max(0, -d), min(W, W - d))
        ]
        a, b = np.array(pairs).T
        assert measured == pytest.approx((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


@given(small_clips())
def test_slices_are_the_clips_own_pixels(clip: Clip) -> None:
    _, H, width, _ = clip.frames.shape
    np.testing.assert_array_equal(space_time_slice(clip, H - 1), clip.frames[:, H - 1, :])
    np.testing.assert_array_equal(column_slice(clip, width - 1), clip.frames[:, :, width - 1])
    for wrong in (-1, H):
        with pytest.raises(ShapeError, match=f"row index lies from 0 to {H - 1}; got {wrong}"):
            space_time_slice(clip, wrong)
    for wrong in (-1, width):
        with pytest.raises(ShapeError, match=f"column index lies from 0 to {width - 1}"):
            column_slice(clip, wrong)


@pytest.mark.parametrize("shape", [(8, 2), (8, 2, 3), (0, 8), (8, 8, 4), (8,)])
def test_what_is_not_a_slice_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="W >= 3"):
        slice_speed(np.zeros(shape, np.float32))


def test_three_columns_and_one_frame_are_a_slice() -> None:
    assert not slice_speed(np.zeros((1, 3), np.float32)).decided
