"""vidcore.sampling.plan, .views and .article's tail: what is taken, and what never is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.sampling import (
    PUBLISHED_VIEWS,
    TSN,
    Dense,
    Settings,
    SlowFast,
    Uniform,
    Views,
    article_uniform,
    dense,
    hit_probability,
    lost_tail,
    plan,
    slowfast,
    temporal_views,
    tsn,
    uniform,
    views_cost,
    worst_lost_tail,
)

lengths = st.integers(1, 300)
counts = st.integers(1, 40)
seeds = st.none() | st.integers(0, 1000)
sound = st.one_of(
    st.builds(Dense, counts, st.integers(0, 300), seeds),
    st.builds(Uniform, counts),
    st.builds(TSN, counts, seeds),
    st.builds(SlowFast, st.integers(1, 8), st.just(4), st.sampled_from([4, 8, 16]), seed=seeds),
    st.builds(Views, st.integers(1, 6), counts, st.integers(1, 8)),
)
flawed = st.one_of(
    st.builds(Dense, counts, st.integers(0, 400), seeds, st.just(True)),
    st.builds(Uniform, counts, st.just(True)),
    st.builds(TSN, counts, seeds, st.just(True)),
)


@given(lengths, sound | flawed)
def test_what_a_plan_says_is_what_a_loop_over_its_frames_finds(n: int, settings: Settings) -> None:
    result = plan(n, 25.0, settings)
    taken = {int(i) for pathway in result.pathways for i in pathway.indices.ravel()}
    longest = run = 0
    for t in range(n):
        run = 0 if t in taken else run + 1
        longest = max(longest, run)
    assert result.largest_gap == longest
    assert result.first == min(taken, default=None)
    assert result.last == max(taken, default=None)
    assert result.span == pytest.approx((max(taken) - min(taken)) / 25 if taken else 0)
    for pathway in result.pathways:
        np.testing.assert_allclose(pathway.times, pathway.indices / 25)


@given(lengths, sound)
def test_a_sound_strategy_never_fails_to_give_what_was_asked(n: int, settings: Settings) -> None:
    result = plan(n, 30.0, settings)
    assert result.failure == ""
    assert sum(p.indices.shape[1] for p in result.pathways) == result.asked


@given(lengths, sound | flawed)
def test_no_draw_reaches_beyond_the_tail_that_is_called_unreachable(
    n: int, settings: Settings
) -> None:
    result = plan(n, 30.0, settings)
    assert 0 <= result.unreachable_tail <= n
    assert (-1 if result.last is None else result.last) <= n - 1 - result.unreachable_tail
    assert result.unreachable_share == result.unreachable_tail / n


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Dense(4, 3), lambda: dense(50, 4, 3)),
        (Uniform(7), lambda: uniform(50, 7)),
        (TSN(5), lambda: tsn(50, 5)),
        (TSN(5, seed=3), lambda: tsn(50, 5, rng=np.random.default_rng(3))),
        (SlowFast(2, 4, 8, start=9), lambda: slowfast(50, slow=2, alpha=4, stride=8, start=9)[1]),
    ],
    ids=["dense", "uniform", "tsn", "tsn drawn", "slowfast"],
)
def test_a_plan_holds_the_strategys_own_indices(settings: Settings, expected: object) -> None:
    np.testing.assert_array_equal(plan(50, 30.0, settings).indices[0], expected())  # type: ignore[operator]


def test_a_seed_draws_the_same_start_again_and_other_seeds_reach_both_ends() -> None:
    for make in (lambda s: Dense(8, seed=s), lambda s: SlowFast(2, 4, 4, seed=s)):
        firsts = [plan(11, 30.0, make(seed)).first for seed in range(60)]
        assert set(firsts) == {0, 1, 2, 3}
        assert plan(11, 30.0, make(5)).first == plan(11, 30.0, make(5)).first


def test_slowfast_has_two_pathways_slow_first() -> None:
    result = plan(300, 30.0, SlowFast())
    assert [p.name for p in result.pathways] == ["Slow", "Fast"]
    assert [p.indices.shape for p in result.pathways] == [(1, 4), (1, 32)]
    assert result.unreachable_tail == 1  # Fast steps by 2, so its latest clip ends one frame early


def test_the_articles_stride_leaves_29_of_300_frames_and_centres_leave_half_a_segment() -> None:
    flawed = plan(300, 30.0, Uniform(16, article=True))
    assert flawed.unreachable_tail == 29
    assert flawed.unreachable_share == pytest.approx(0.097, abs=0.0005)
    assert plan(300, 30.0, Uniform(16)).unreachable_tail == 9


def test_the_articles_segments_leave_the_remainder_and_fail_on_a_short_video() -> None:
    assert plan(300, 30.0, TSN(8, seed=1, article=True)).unreachable_tail == 4
    assert plan(300, 30.0, TSN(8, seed=1)).unreachable_tail == 0
    short = plan(7, 30.0, TSN(8, seed=1, article=True))
    assert (short.first, short.last, short.span) == (None, None, 0)
    assert (short.largest_gap, short.unreachable_tail) == (7, 7)
    assert "8 frames asked, 0 given" in short.failure


def test_a_negative_start_of_the_articles_clip_reads_from_the_end_as_python_does() -> None:
    flaw = Dense(8, -3, article=True)
    result = plan(20, 30.0, flaw)
    assert result.indices[0].tolist() == [-3, -2, -1, 0, 1, 2, 3, 4]
    assert (result.first, result.last, result.largest_gap) == (0, 19, 12)
    assert hit_probability(20, 12, flaw) < hit_probability(20, 13, flaw) == 1


def test_the_articles_dense_clip_says_that_frames_are_missing() -> None:
    assert "16 frames asked, 10 given" in plan(300, 30.0, Dense(16, 290, article=True)).failure


def test_the_worst_lost_tail_for_16_samples_is_48_4_percent_at_31_frames() -> None:
    n, lost = worst_lost_tail(16)
    assert (n, lost) == (31, 15)
    assert lost / n == pytest.approx(0.484, abs=0.0005)


@given(st.integers(3, 40))
def test_the_worst_case_is_one_frame_short_of_a_second_stride(count: int) -> None:
    assert worst_lost_tail(count, longest=5 * count) == (2 * count - 1, count - 1)


@given(lengths, counts)
def test_the_lost_tail_is_what_lies_behind_the_last_sample(n: int, count: int) -> None:
    assert lost_tail(n, count) == len(range(article_uniform(n, count)[-1] + 1, n))


def test_a_tail_needs_frames_and_a_count() -> None:
    for ask in (lambda: lost_tail(0, 4), lambda: lost_tail(4, 0), lambda: worst_lost_tail(0)):
        with pytest.raises(ShapeError, match="at least 1; got 0"):
            ask()
    assert lost_tail(1, 1) == 0


def test_a_plan_needs_frames_and_a_rate() -> None:
    with pytest.raises(ShapeError, match="n_frames of at least 1; got 0"):
        plan(0, 30.0, Uniform(article=True))
    for fps in (0.0, -1.0, float("nan")):
        with pytest.raises(ShapeError, match="positive fps"):
            plan(10, fps, Dense())
    assert plan(1, 0.1, Dense()).n_frames == 1


# ---- views ------------------------------------------------------------------------------------
@given(lengths, st.integers(1, 12), counts, st.integers(1, 8))
def test_views_are_even_strides_from_the_first_frame_to_the_last(
    n: int, clips: int, length: int, stride: int
) -> None:
    views = temporal_views(n, clips=clips, length=length, stride=stride)
    assert views.shape == (clips, length)
    assert views.dtype == np.int64
    assert ((views >= 0) & (views < n)).all()
    if (length - 1) * stride < n:
        assert (np.diff(views, axis=1) == stride).all()
        if clips > 1:
            assert (views[0, 0], views[-1, -1]) == (0, n - 1)
            assert np.ptp(np.diff(views[:, 0])) <= 1  # evenly spread, to a frame


def test_a_single_view_lies_in_the_middle() -> None:
    assert temporal_views(100, clips=1, length=10, stride=1)[0].tolist() == list(range(45, 55))


@pytest.mark.parametrize("name", ["clips", "length", "stride"])
def test_a_view_count_below_one_is_refused_by_name(name: str) -> None:
    with pytest.raises(ShapeError, match=f"{name} of at least 1; got 0"):
        temporal_views(100, **{name: 0})
    assert temporal_views(100, **{name: 1}).size > 0


def test_slowfast_costs_1083_gflops_a_video_over_30_views() -> None:
    assert views_cost(36.1, 10, 3) == pytest.approx(1083)
    by_name = {m.model: m for m in PUBLISHED_VIEWS}
    slowfast_4x16 = by_name["SlowFast 4x16, R50"]
    assert (slowfast_4x16.views, slowfast_4x16.total) == (30, pytest.approx(1083))
    assert (by_name["TSN"].views, by_name["TSN"].total) == (250, None)
    assert [(m.clips, m.crops) for m in PUBLISHED_VIEWS if m.model.startswith("VideoMAE")] == [
        (5, 3), (2, 3),
    ]  # fmt: skip
    assert all(m.source for m in PUBLISHED_VIEWS)


def test_a_cost_needs_views_and_no_negative_gflops() -> None:
    for wrong in [(1.0, 0, 1), (1.0, 1, 0), (-0.1, 1, 1), (float("nan"), 1, 1)]:
        with pytest.raises(ShapeError):
            views_cost(*wrong)
    assert views_cost(0.0, 1, 1) == 0
