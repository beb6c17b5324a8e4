"""vidcore.motion.difference: the article's square, plain loops, symmetry."""

import numpy as np
import pytest
from hypothesis import given

from tests.strategies import small_clips
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.motion import changed_pixels, difference, measure, motion_energy, reverse


def moving_square(T: int = 10, size: int = 64, step: int = 5) -> Clip:
    """The article's first snippet, written as it is there."""
    video = np.zeros((T, size, size, 3), dtype=np.float32)
    for t in range(T):
        video[t, :, :] = [0.2, 0.3, 0.4]
        x_start = 5 + t * step
        video[t, 20:35, x_start : x_start + 15] = [1.0, 1.0, 1.0]
    return Clip(video, fps=10.0)


def by_loop(frames: np.ndarray) -> np.ndarray:
    T, H, W, C = frames.shape
    D = np.zeros((T - 1, H, W))
    for t, y, x, c in np.ndindex(T - 1, H, W, C):
        D[t, y, x] += abs(float(frames[t + 1, y, x, c]) - float(frames[t, y, x, c])) / C
    return D


@given(small_clips(min_frames=2, max_frames=4, max_side=5))
def test_difference_is_the_mean_absolute_difference_over_channels(clip: Clip) -> None:
    np.testing.assert_allclose(difference(clip), by_loop(clip.frames), atol=1e-6)  # brightness


def test_the_articles_square_moves_by_0_7_over_a_static_background() -> None:
    D = difference(moving_square())
    assert D.shape == (9, 64, 64)
    assert D.dtype == np.float32
    assert D.max() == pytest.approx(0.7, abs=1e-6)  # the mean of 0.8, 0.7 and 0.6
    assert D[0, 0, 0] == 0
    assert (D[0, 20:35, 10:20] == 0).all()  # the inside of the square, where it overlaps itself


def test_the_articles_square_changes_150_pixels_and_135_where_the_border_clips_it() -> None:
    assert changed_pixels(difference(moving_square())).tolist() == [150] * 8 + [135]


def test_a_threshold_counts_only_what_exceeds_it() -> None:
    D = np.array([[[0.0, 0.25, 0.5]]], np.float32)
    assert changed_pixels(D, threshold=0.25).tolist() == [1]


def test_one_frame_has_no_difference() -> None:
    clip = Clip(np.zeros((1, 4, 6, 3), np.float32), fps=30.0)
    result = measure(clip)
    assert difference(clip).shape == (0, 4, 6)
    assert result.energy.shape == result.changed.shape == result.times.shape == (0,)
    assert (result.largest, result.busiest, result.busiest_row) == (0, 0, 2)  # the middle of 4
    assert result.always_still.all()


@given(small_clips(min_frames=2))
def test_playing_backwards_reverses_the_differences_and_changes_nothing_else(clip: Clip) -> None:
    np.testing.assert_array_equal(difference(reverse(clip)), difference(clip)[::-1])


@given(small_clips())
def test_energy_is_the_mean_of_each_pair(clip: Clip) -> None:
    D = difference(clip)
    expected = [pair.mean(dtype=np.float64) for pair in D]
    np.testing.assert_allclose(motion_energy(D), expected, atol=1e-6)  # brightness


def test_measure_reports_the_busiest_pair_its_share_and_the_pixels_that_never_change() -> None:
    result = measure(moving_square())
    assert result.busiest == 0
    assert result.busiest_row == 20  # the square's first row; all of its rows change alike
    assert result.changed_share[0] == pytest.approx(150 / 64**2)
    assert result.always_still.sum() == 64**2 - 15 * (64 - 5)  # columns 5 to 63 of its rows
    np.testing.assert_allclose(result.times, np.arange(9) / 10)


def test_a_panning_camera_changes_nine_pixels_in_ten_although_nothing_moves() -> None:
    texture = np.random.default_rng(0).random((64, 65, 3)).astype(np.float32)
    clip = Clip(np.stack([texture[:, 1:], texture[:, :-1]]), fps=30.0)
    assert measure(clip, threshold=0.05).changed_share[0] > 0.9


@pytest.mark.parametrize("threshold", [-0.01, 1.01])
def test_a_threshold_outside_brightness_is_refused(threshold: float) -> None:
    with pytest.raises(ShapeError, match=r"\[0, 1\]"):
        measure(moving_square(), threshold=threshold)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_threshold_at_the_edge_of_brightness_is_accepted(threshold: float) -> None:
    assert measure(moving_square(), threshold=threshold).threshold == threshold


def test_results_cannot_be_written() -> None:
    result = measure(moving_square())
    for name in ("difference", "energy", "changed", "changed_share", "always_still", "times"):
        assert not getattr(result, name).flags.writeable, name
    assert not difference(moving_square()).flags.writeable
