"""vidcore.sampling.aliasing and .consensus."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.sampling import (
    PUBLISHED,
    apparent_rotation,
    compare_consensus,
    consensus,
    wagon_wheel,
)

degrees = st.integers(-1000, 1000).map(float)
spokes = st.integers(1, 12)
scores_of = st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(0, 2**32 - 1)).map(
    lambda s: np.random.default_rng(s[2]).normal(size=s[:2])
)


@pytest.mark.parametrize(("turn", "seen"), [(190, -170), (340, -20), (170, 170), (360, 0)])
def test_190_degrees_look_like_minus_170_and_340_like_minus_20(turn: float, seen: float) -> None:
    assert apparent_rotation(float(turn)) == seen
    assert apparent_rotation(float(turn) / 2, 2) == seen


@given(degrees, st.integers(1, 20), spokes)
def test_what_is_seen_is_the_smallest_turn_that_gives_the_same_picture(
    turn: float, stride: int, n: int
) -> None:
    seen = apparent_rotation(turn, stride, spokes=n)
    turns_of_symmetry = (turn * stride - seen) * n / 360
    assert turns_of_symmetry == pytest.approx(round(turns_of_symmetry), abs=1e-9)
    assert -180 <= seen * n < 180 + 1e-9


@given(degrees, spokes)
def test_the_sweep_flags_exactly_what_looks_wrong(turn: float, n: int) -> None:
    result = wagon_wheel(turn, spokes=n, max_stride=20)
    rows = zip(result.strides, result.true, result.apparent, strict=True)
    for i, (stride, true, seen) in enumerate(rows):
        assert true == turn * stride
        assert seen == apparent_rotation(turn, int(stride), spokes=n)
        half = abs(seen) == 180 / n
        assert result.ambiguous[i] == half
        assert result.flipped[i] == (not half and np.sign(seen) == -np.sign(true) != 0)
        assert result.frozen[i] == (seen == 0 and true != 0)
    honest = result.apparent[: result.largest_true_stride]
    np.testing.assert_allclose(honest, result.true[: result.largest_true_stride], atol=1e-9)
    if result.largest_true_stride < 20:
        assert abs(result.true[result.largest_true_stride]) >= result.limit


def test_more_spokes_alias_sooner() -> None:
    strides = [wagon_wheel(10.0, spokes=n, max_stride=40).largest_true_stride for n in (1, 4, 12)]
    assert strides == [17, 4, 1]


def test_a_wheel_that_stands_still_is_never_flipped() -> None:
    result = wagon_wheel(0.0, spokes=5, max_stride=9)
    assert not (result.flipped | result.frozen | result.ambiguous).any()
    assert result.largest_true_stride == 9


def test_a_wheel_needs_spokes_strides_and_a_finite_speed() -> None:
    for name in ("spokes", "max_stride"):
        with pytest.raises(ShapeError, match=f"{name} of at least 1"):
            wagon_wheel(10.0, **{name: 0})
        assert len(wagon_wheel(10.0, **{name: 1}).strides) >= 1
    with pytest.raises(ShapeError, match="finite"):
        wagon_wheel(float("inf"))
    with pytest.raises(ShapeError, match="stride of at least 1"):
        apparent_rotation(10.0, 0)


# ---- consensus ----------------------------------------------------------------------------------
@given(scores_of)
def test_consensus_is_what_loops_over_the_segments_give(scores: np.ndarray) -> None:
    K, C = scores.shape
    middle = [min(k + 1, K - k) for k in range(K)]
    for c in range(C):
        column = scores[:, c].tolist()
        assert consensus(scores, "average")[c] == pytest.approx(sum(column) / K)
        assert consensus(scores, "max")[c] == max(column)
        weighted = sum(w * s for w, s in zip(middle, column, strict=True)) / sum(middle)
        assert consensus(scores, "weighted")[c] == pytest.approx(weighted)


@given(scores_of, st.randoms())
def test_average_and_max_do_not_know_the_order_of_the_segments(scores, random) -> None:
    order = random.sample(range(len(scores)), len(scores))
    for how in ("average", "max"):
        np.testing.assert_allclose(consensus(scores[order], how), consensus(scores, how))


def test_weights_by_position_do_know_the_order() -> None:
    scores = np.array([[0.0], [1.0], [2.0], [5.0]])
    forward = consensus(scores, "weighted", weights=np.array([1.0, 2.0, 3.0, 4.0]))
    backward = consensus(scores[::-1], "weighted", weights=np.array([1.0, 2.0, 3.0, 4.0]))
    assert forward > backward


def test_equal_weights_are_the_average_whatever_their_size(rng: np.random.Generator) -> None:
    scores = rng.normal(size=(5, 3))
    weighted = consensus(scores, "weighted", weights=np.full(5, 7.0))
    np.testing.assert_allclose(weighted, consensus(scores, "average"))


def test_a_type_survives_consensus_and_a_comparison_holds_all_three() -> None:
    scores = np.array([[1, 2], [3, 8]], np.float32)
    result = compare_consensus(scores, weights=np.array([3.0, 1.0]))
    assert result.weights.tolist() == [0.75, 0.25]
    assert result.average.tolist() == [2, 5]
    assert result.maximum.tolist() == [3, 8]
    assert result.weighted.tolist() == [1.5, 3.5]
    assert {a.dtype for a in (result.average, result.maximum, result.weighted)} == {scores.dtype}
    assert not result.weighted.flags.writeable


def test_the_published_comparison_is_91_6_93_5_92_4() -> None:
    assert PUBLISHED == {"max": 91.6, "average": 93.5, "weighted": 92.4}


def test_wrong_scores_rules_and_weights_are_refused() -> None:
    scores = np.ones((3, 2))
    for wrong in (np.ones(3), np.ones((0, 2))):
        with pytest.raises(ShapeError, match="shape"):
            consensus(wrong)
    with pytest.raises(ShapeError, match="max, average, weighted"):
        consensus(scores, "median")
    for weights in (np.ones(2), np.ones(4), np.zeros(3)):
        with pytest.raises(ShapeError, match="3 segments"):
            consensus(scores, "weighted", weights=weights)
