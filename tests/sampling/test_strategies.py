"""vidcore.sampling.strategies and .article: counts, ranges, and what is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.sampling import (
    article_dense,
    article_tsn,
    article_uniform,
    dense,
    slowfast,
    tsn,
    uniform,
)

lengths = st.integers(1, 400)
counts = st.integers(1, 70)
starts = st.integers(-50, 500)
rngs = st.none() | st.integers(0, 2**32 - 1).map(np.random.default_rng)


def assert_indices(indices: np.ndarray, n: int, count: int) -> None:
    assert indices.dtype == np.int64
    assert indices.shape == (count,)
    assert ((indices >= 0) & (indices < n)).all()
    assert (np.diff(indices) >= 0).all()


@given(lengths, counts, starts)
def test_dense_gives_exactly_length_frames_of_any_video(n: int, length: int, start: int) -> None:
    indices = dense(n, length, start)
    assert_indices(indices, n, length)
    first = min(max(start, 0), max(0, n - length))
    assert indices.tolist() == [min(first + i, n - 1) for i in range(length)]


@given(lengths, counts)
def test_uniform_gives_exactly_count_segment_centres(n: int, count: int) -> None:
    indices = uniform(n, count)
    assert_indices(indices, n, count)
    assert indices.tolist() == [int((2 * k + 1) * n // (2 * count)) for k in range(count)]


@given(lengths, counts)
def test_uniform_looks_the_same_from_both_ends(n: int, count: int) -> None:
    indices = uniform(n, count)
    centres = (2 * np.arange(count) + 1) * n / (2 * count)
    mirrored = n - centres[::-1]
    np.testing.assert_allclose(centres, mirrored)
    assert n - 1 - indices[-1] <= n / (2 * count)  # at most half a segment is left at the end


@given(lengths, counts, rngs)
def test_tsn_takes_one_frame_from_each_segment(
    n: int, segments: int, rng: np.random.Generator | None
) -> None:
    indices = tsn(n, segments, rng=rng)
    assert_indices(indices, n, segments)
    for k, index in enumerate(indices):
        a, b = k * n // segments, (k + 1) * n // segments
        assert a <= index < max(b, a + 1)
        if rng is None:
            assert index == (a + b) // 2


def test_tsn_can_draw_every_frame_of_a_video() -> None:
    rng = np.random.default_rng(0)
    seen = {int(i) for _ in range(300) for i in tsn(23, 8, rng=rng)}
    assert seen == set(range(23))


def test_tsn_draws_anew_at_each_call() -> None:
    rng = np.random.default_rng(0)
    assert tsn(300, 8, rng=rng).tolist() != tsn(300, 8, rng=rng).tolist()


@given(
    lengths, st.integers(1, 12), st.sampled_from([1, 2, 4, 8]), st.integers(1, 4), starts
)  # fmt: skip
def test_slowfast_reads_one_clip_at_two_strides(
    n: int, slow: int, alpha: int, step: int, start: int
) -> None:
    stride = alpha * step
    slow_indices, fast_indices = slowfast(n, slow=slow, alpha=alpha, stride=stride, start=start)
    assert_indices(slow_indices, n, slow)
    assert_indices(fast_indices, n, slow * alpha)
    assert set(slow_indices) <= set(fast_indices)
    first = min(max(start, 0), max(0, n - slow * stride))
    assert fast_indices.tolist() == [min(first + step * i, n - 1) for i in range(slow * alpha)]
    if slow > 1:
        assert (slow_indices[0], slow_indices[-1]) == (fast_indices[0], fast_indices[-1])


def test_slowfast_4x16_reads_4_and_32_of_64_frames_as_published() -> None:
    slow_indices, fast_indices = slowfast(64)
    assert fast_indices.tolist() == list(range(0, 64, 2))
    assert slow_indices.tolist() == [0, 20, 40, 62]  # linspace(0, 31, 4) truncated: 0, 10, 20, 31


def test_slowfast_8x8_reads_8_and_32_with_an_alpha_of_4() -> None:
    slow_indices, fast_indices = slowfast(300, slow=8, alpha=4, stride=8, start=100)
    assert (len(slow_indices), len(fast_indices)) == (8, 32)
    assert fast_indices[0] == 100
    assert fast_indices[-1] == 162


def test_an_alpha_that_does_not_divide_the_stride_is_refused_with_one_that_does() -> None:
    with pytest.raises(ShapeError, match="Use a stride of 16"):
        slowfast(300, alpha=8, stride=12)


@pytest.mark.parametrize("n", [0, -1])
def test_a_video_without_frames_is_refused(n: int) -> None:
    for sample in (lambda: dense(n, 4), lambda: uniform(n, 4), lambda: tsn(n, 4),
                   lambda: slowfast(n)):  # fmt: skip
        with pytest.raises(ShapeError, match=f"n_frames of at least 1; got {n}"):
            sample()


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused_by_name(count: int) -> None:
    cases = {
        "length": lambda: dense(9, count),
        "count": lambda: uniform(9, count),
        "segments": lambda: tsn(9, count),
        "slow": lambda: slowfast(9, slow=count),
        "alpha": lambda: slowfast(9, alpha=count),
        "stride": lambda: slowfast(9, stride=count),
    }
    for name, sample in cases.items():
        with pytest.raises(ShapeError, match=f"{name} of at least 1; got {count}"):
            sample()


def test_one_frame_and_one_sample_are_enough() -> None:
    assert dense(1, 1).tolist() == uniform(1, 1).tolist() == tsn(1, 1).tolist() == [0]
    assert slowfast(1, slow=1, alpha=1, stride=1)[1].tolist() == [0]


# ---- the article's versions ---------------------------------------------------------------------
def test_the_articles_own_examples_come_out_as_printed_there() -> None:
    assert article_dense(300) == list(range(16))
    assert article_uniform(300, 16) == list(range(0, 271, 18))
    assert article_tsn(300, 8) == [3, 65, 98, 127, 164, 216, 225, 284]


@pytest.mark.parametrize(
    ("n", "lost"), [(300, 29), (100, 9), (319, 33), (47, 16), (31, 15), (16, 0)]
)
def test_the_articles_stride_loses_the_tail(n: int, lost: int) -> None:
    assert n - 1 - article_uniform(n, 16)[-1] == lost


def test_the_articles_stride_returns_too_few_frames_of_a_short_video() -> None:
    assert len(article_uniform(10, 16)) == 10
    assert article_uniform(0, 16) == []


@pytest.mark.parametrize(("start", "count"), [(284, 16), (285, 15), (290, 10), (299, 1), (300, 0)])
def test_the_articles_dense_clip_shrinks_at_the_end(start: int, count: int) -> None:
    assert len(article_dense(300, 16, start)) == count


def test_the_articles_segments_fail_below_one_frame_each_and_repeat_their_draw() -> None:
    with pytest.raises(ValueError, match="high <= 0"):
        article_tsn(7, 8)
    assert article_tsn(8, 8) == list(range(8))
    assert article_tsn(15, 8) == list(range(8))
    assert article_tsn(300, 8) == article_tsn(300, 8)


def test_the_articles_segments_never_reach_the_remainder() -> None:
    rng = np.random.default_rng(0)
    highest = max(article_tsn(300, 8, rng)[-1] for _ in range(2000))
    assert highest == 295
