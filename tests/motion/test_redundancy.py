"""vidcore.motion.redundancy: plain loops over pairs, and the cases without a correlation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import small_clips
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import grey
from vidcore.motion import redundancy, reverse


def pairs_apart(T: int, gap: int) -> list[tuple[int, int]]:
    return [(t, t + gap) for t in range(T - gap)]


def mean_difference(G: np.ndarray, pairs: list[tuple[int, int]]) -> float:
    return float(np.mean([np.abs(G[a] - G[b]).mean() for a, b in pairs]))


@given(small_clips(min_frames=2), st.integers(1, 10))
def test_difference_by_gap_and_its_shuffled_baseline_are_means_over_pairs(
    clip: Clip, max_gap: int
) -> None:
    result = redundancy(clip, max_gap=max_gap)
    G, T = grey(clip.frames), len(clip.frames)
    assert result.gaps.tolist() == list(range(1, min(max_gap, T - 1) + 1))
    by_loop = [mean_difference(G, pairs_apart(T, g)) for g in result.gaps]
    np.testing.assert_allclose(result.difference, by_loop, atol=1e-5)  # grey levels
    every = [(a, b) for a in range(T) for b in range(a + 1, T)]
    assert result.shuffled_difference == pytest.approx(mean_difference(G, every), abs=1e-5)
    np.testing.assert_allclose(result.seconds, result.gaps / clip.fps)


def test_correlation_by_gap_is_numpys(rng: np.random.Generator) -> None:
    clip = Clip(rng.random((6, 9, 7, 3), dtype=np.float32), fps=10.0)
    G = grey(clip.frames).reshape(6, -1)
    result = redundancy(clip, max_gap=5)
    for gap, measured in zip(result.gaps, result.correlation, strict=True):
        expected = np.mean([np.corrcoef(G[a], G[b])[0, 1] for a, b in pairs_apart(6, gap)])
        assert measured == pytest.approx(expected, abs=1e-5)
    every = [np.corrcoef(G[a], G[b])[0, 1] for a in range(6) for b in range(a + 1, 6)]
    assert result.shuffled_correlation == pytest.approx(np.mean(every), abs=1e-5)
    assert result.decided.all()
    assert result.shuffled_decided


def test_flat_frames_have_no_correlation_and_are_left_out(rng: np.random.Generator) -> None:
    frames = np.full((4, 6, 6, 3), 0.3, np.float32)
    frames[0] = frames[1] = rng.random((6, 6, 3))
    result = redundancy(Clip(frames, fps=10.0))
    assert result.decided.tolist() == [True, False, False]
    assert result.correlation.tolist() == [pytest.approx(1), 0, 0]


def test_a_clip_of_one_flat_grey_decides_nothing_and_never_divides_by_zero() -> None:
    result = redundancy(Clip(np.full((3, 4, 4, 3), 0.5, np.float32), fps=10.0))
    assert not result.decided.any()
    assert not result.shuffled_decided
    assert np.isfinite(result.correlation).all()


def test_one_frame_has_no_pairs() -> None:
    result = redundancy(Clip(np.zeros((1, 4, 4, 3), np.float32), fps=10.0))
    assert len(result.gaps) == len(result.difference) == len(result.correlation) == 0
    assert result.shuffled_difference == 0


@given(small_clips(min_frames=2))
def test_playing_backwards_leaves_redundancy_as_it_is(clip: Clip) -> None:
    forward, backward = redundancy(clip), redundancy(reverse(clip))
    np.testing.assert_allclose(forward.difference, backward.difference, atol=1e-6)
    np.testing.assert_allclose(forward.correlation, backward.correlation, atol=1e-5)


def test_a_slowly_moving_scene_grows_less_alike_with_the_gap() -> None:
    x, y = np.meshgrid(np.arange(64), np.arange(48))
    pan = [np.sin((x + t) / 9) * np.cos(y / 7) / 2 + 0.5 for t in range(12)]
    result = redundancy(Clip(np.stack([pan] * 3, axis=-1).astype(np.float32), fps=30.0))
    assert (np.diff(result.difference) > 0).all()
    assert (np.diff(result.correlation) < 0).all()
    assert result.correlation[0] > result.shuffled_correlation


@pytest.mark.parametrize("max_gap", [0, -1])
def test_a_gap_below_one_is_refused(max_gap: int) -> None:
    clip = Clip(np.zeros((2, 4, 4, 3), np.float32), fps=10.0)
    with pytest.raises(ShapeError, match=f"at least 1 frame; got {max_gap}"):
        redundancy(clip, max_gap=max_gap)
    assert redundancy(clip, max_gap=1).gaps.tolist() == [1]
