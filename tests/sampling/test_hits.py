"""vidcore.sampling.hits: exact probabilities against counting and against drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.sampling import (
    TSN,
    Dense,
    Settings,
    SlowFast,
    Uniform,
    Views,
    hit_curve,
    hit_probability,
    plan,
)


def taken(n: int, settings: Settings) -> set[int]:
    return {int(i) for p in plan(n, 30.0, settings).pathways for i in p.indices.ravel()}


def by_counting(n: int, L: int, sets: list[set[int]]) -> float:
    """Every position of the event, every set of frames: does one of them lie in the event?"""
    hits = [any(s <= i < s + L for i in frames) for frames in sets for s in range(n - L + 1)]
    return float(np.mean(hits))


def with_seed(settings: Settings, seed: int) -> Settings:
    return type(settings)(**{**{f: getattr(settings, f) for f in settings.__slots__}, "seed": seed})


@pytest.mark.parametrize(
    ("settings", "percent"),
    [(Uniform(16, article=True), 30.8), (Uniform(16), 32.5), (TSN(16, seed=0), 31.5)],
    ids=["article's stride", "centres", "random in segment"],
)
def test_a_clap_of_6_frames_in_300_is_mostly_missed_by_16_samples(
    settings: Settings, percent: float
) -> None:
    assert 100 * hit_probability(300, 6, settings) == pytest.approx(percent, abs=0.1)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_fixed_frames_hit_as_often_as_counted(n: int, count: int, data: st.DataObject) -> None:
    L = data.draw(st.integers(1, n))
    for settings in (
        Uniform(count),
        Uniform(count, article=True),
        TSN(count),
        Dense(count, 5),
        SlowFast(count, 2, 4),
        Views(3, count, 2),
    ):
        expected = by_counting(n, L, [taken(n, settings)])
        assert hit_probability(n, L, settings) == pytest.approx(expected), settings


@given(st.integers(1, 30), st.integers(1, 12), st.data())
def test_a_random_start_hits_as_often_as_counting_all_starts_says(
    n: int, length: int, data: st.DataObject
) -> None:
    L = data.draw(st.integers(1, n))
    starts = range(max(1, n - length + 1))
    sets = [taken(n, Dense(length, start)) for start in starts]
    assert hit_probability(n, L, Dense(length, seed=0)) == pytest.approx(by_counting(n, L, sets))
    sets = [taken(n, Dense(length, start, article=True)) for start in range(n)]
    flawed = Dense(length, seed=0, article=True)
    assert hit_probability(n, L, flawed) == pytest.approx(by_counting(n, L, sets))
    clip = SlowFast(length, 2, 4)
    starts = range(max(1, n - 4 * length + 1))
    sets = [taken(n, SlowFast(length, 2, 4, start)) for start in starts]
    assert hit_probability(n, L, with_seed(clip, 0)) == pytest.approx(by_counting(n, L, sets))


@pytest.mark.parametrize(
    "settings", [TSN(5, seed=0), TSN(5, seed=0, article=True), TSN(20, seed=0), Dense(4, seed=0),
                 SlowFast(2, 2, 4, seed=0)], ids=repr,
)  # fmt: skip
def test_drawing_many_times_comes_close_to_the_exact_probability(settings: Settings) -> None:
    n, L, draws = 17, 3, 1500
    sets = [taken(n, with_seed(settings, seed)) for seed in range(draws)]
    standard_error = 0.5 / draws**0.5  # at most: the positions are counted, not drawn
    assert hit_probability(n, L, settings) == pytest.approx(
        by_counting(n, L, sets), abs=4 * standard_error
    )


@given(st.integers(2, 60), st.integers(1, 30))
def test_a_longer_event_is_never_easier_to_miss(n: int, count: int) -> None:
    for settings in (Uniform(count), TSN(count, seed=0), Dense(count, seed=0), SlowFast(2, 2, 4)):
        probability = hit_curve(n, settings, np.arange(1, n + 1)).probability
        assert (np.diff(probability) >= -1e-12).all(), settings
        assert ((probability >= -1e-12) & (probability <= 1 + 1e-12)).all(), settings
        assert probability[-1] == pytest.approx(1)


def test_an_event_longer_than_the_largest_gap_is_always_seen() -> None:
    settings = Uniform(16)
    gap = plan(300, 30.0, settings).largest_gap
    assert hit_probability(300, gap, settings) < 1
    assert hit_probability(300, gap + 1, settings) == 1


def test_a_strategy_that_takes_nothing_sees_nothing() -> None:
    assert hit_probability(7, 3, TSN(8, seed=0, article=True)) == 0
    assert hit_probability(7, 3, TSN(8, article=True)) == 0
    assert hit_probability(20, 3, Dense(16, 20, article=True)) == 0


def test_the_curve_carries_its_label_and_lengths() -> None:
    curve = hit_curve(300, Uniform(16), [1, 6])
    assert curve.lengths.tolist() == [1, 6]
    assert curve.probability[0] == pytest.approx(16 / 300)
    assert "16" in curve.label


@pytest.mark.parametrize("L", [0, 11])
def test_an_event_that_does_not_fit_is_refused(L: int) -> None:
    with pytest.raises(ShapeError, match="1 to 10 frames"):
        hit_probability(10, L, Uniform())
    assert hit_probability(10, 10, Uniform()) == hit_probability(10, 1, Uniform(10)) == 1


def test_wrong_settings_are_refused_with_a_random_start_too() -> None:
    for wrong in (SlowFast(alpha=3, stride=8, seed=0), SlowFast(slow=0, seed=0), Dense(0, seed=0)):
        with pytest.raises(ShapeError):
            hit_probability(30, 3, wrong)
    for wrong in (TSN(0, seed=0), TSN(0), Uniform(0), Views(0)):
        with pytest.raises(ShapeError):
            hit_probability(30, 3, wrong)
    for flaw in (TSN(0, article=True), Uniform(0, article=True), Dense(0, article=True)):
        with pytest.raises(ShapeError, match="frames of at least 1; got 0"):
            hit_probability(30, 3, flaw)
