"""vidcore.motion.order and .frame: what an order-blind score cannot see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import small_clips
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.motion import (
    FEATURES,
    compare_orders,
    frame_scores,
    freeze,
    pool,
    reverse,
    shuffle,
    trend,
)

features = st.sampled_from(sorted(FEATURES))
seeds = st.integers(0, 2**32 - 1)


def dot(y: int, x: int, *, size: int = 11) -> np.ndarray:
    """A dark frame with one bright pixel."""
    frame = np.full((size, size, 3), 0.25, np.float32)
    frame[y, x] = 1
    return frame


@given(small_clips(), features, seeds)
def test_the_pooled_mean_is_the_same_bits_in_every_order(
    clip: Clip, feature: str, seed: int
) -> None:
    forward = pool(frame_scores(clip, feature), "mean")
    mixed = shuffle(clip, rng=np.random.default_rng(seed))
    assert pool(frame_scores(reverse(clip), feature), "mean") == forward
    assert pool(frame_scores(mixed, feature), "mean") == forward


@given(small_clips(), features, seeds)
def test_the_trend_changes_sign_exactly_when_the_clip_runs_backwards(
    clip: Clip, feature: str, seed: int
) -> None:
    result = compare_orders(clip, feature, seed=seed)
    assert result.reversed.trend == -result.forward.trend
    assert abs(result.forward.trend) <= 1 + 1e-12
    assert result.frozen.trend == 0


@given(small_clips(min_frames=2), features, seeds, st.data())
def test_comparing_orders_equals_scoring_the_reordered_clips(
    clip: Clip, feature: str, seed: int, data: st.DataObject
) -> None:
    t = data.draw(st.integers(0, len(clip.frames) - 1))
    result = compare_orders(clip, feature, seed=seed, freeze_at=t)
    reordered = {
        "forward": clip,
        "reversed": reverse(clip),
        "shuffled": shuffle(clip, rng=np.random.default_rng(seed)),
        "frozen": freeze(clip, t),
    }
    for ordering in result.orderings:
        actual = reordered[ordering.name]
        np.testing.assert_array_equal(actual.frames, clip.frames[ordering.indices])
        np.testing.assert_array_equal(ordering.scores, frame_scores(actual, feature))
        assert ordering.mean == pool(ordering.scores, "mean")
        assert ordering.highest == ordering.scores.max()


@given(small_clips(), seeds)
def test_reversing_twice_gives_the_clip_and_a_shuffle_keeps_every_frame(
    clip: Clip, seed: int
) -> None:
    np.testing.assert_array_equal(reverse(reverse(clip)).frames, clip.frames)
    mixed = shuffle(clip, rng=np.random.default_rng(seed)).frames
    assert sorted(f.tobytes() for f in mixed) == sorted(f.tobytes() for f in clip.frames)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=20))
def test_the_trend_is_numpys_correlation_with_time(values: list[float]) -> None:
    scores = np.array(values)
    if np.ptp(scores) < 1e-3:
        return
    expected = np.corrcoef(np.arange(len(scores)), scores)[0, 1]
    assert trend(scores) == pytest.approx(expected, abs=1e-9)


def test_convention_height_is_one_at_the_top_and_side_is_one_at_the_right() -> None:
    clip = Clip(np.stack([dot(0, 0), dot(10, 10), dot(5, 5)]), fps=10.0)
    np.testing.assert_allclose(frame_scores(clip, "height"), [1, 0, 0.5], atol=1e-6)
    np.testing.assert_allclose(frame_scores(clip, "side"), [0, 1, 0.5], atol=1e-6)


def test_brightness_contrast_and_edges_are_what_they_say() -> None:
    half = np.zeros((4, 4, 3), np.float32)
    half[:, 2:] = 1  # one step of 1 in each row of 3 steps
    clip = Clip(half[None], fps=10.0)
    assert frame_scores(clip, "brightness")[0] == pytest.approx(0.5, abs=1e-6)
    assert frame_scores(clip, "contrast")[0] == pytest.approx(0.5, abs=1e-6)
    assert frame_scores(clip, "edges")[0] == pytest.approx(1 / 3, abs=1e-6)


def test_a_flat_frame_scores_the_middle_and_a_single_pixel_has_no_edges() -> None:
    clip = Clip(np.full((1, 1, 1, 3), 0.5, np.float32), fps=10.0)
    assert [frame_scores(clip, f)[0] for f in ("height", "side", "edges")] == [0.5, 0.5, 0]


def test_a_rising_score_trends_up_and_a_constant_one_not_at_all() -> None:
    assert trend(np.array([1.0, 2.0, 3.0])) == pytest.approx(1)
    assert trend(np.array([2.0, 2.0, 2.0])) == 0
    assert trend(np.full(3, 0.8132702392002724)) == 0  # a mean of equals that is not equal


def test_wrong_requests_name_what_would_be_right() -> None:
    clip = Clip(np.stack([dot(0, 0), dot(1, 1)]), fps=10.0)
    with pytest.raises(ShapeError, match="brightness, contrast, edges, height, side"):
        frame_scores(clip, "colour")
    with pytest.raises(ShapeError, match="from 0 to 1; got 2"):
        compare_orders(clip, freeze_at=2)
    with pytest.raises(ShapeError, match="from 0 to 1; got -1"):
        compare_orders(clip, freeze_at=-1)
    with pytest.raises(ShapeError):
        freeze(clip, 2)
    with pytest.raises(ShapeError, match="'median'"):
        pool(np.ones(3), "median")
    assert compare_orders(clip, freeze_at=1).frozen.indices.tolist() == [1, 1]
