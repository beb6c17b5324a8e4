"""vidcore.videomae.leakage: what can be copied, and the two that only copy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.videomae import (
    copy_nearest,
    expected_random_leakage,
    frame_mask,
    leakage,
    leakage_curve,
    mean_colour,
    nearest_visible,
    random_mask,
    tube_mask,
)

SHAPE = (4, 3, 5)


def masked(ratio: float = 0.6, seed: int = 0) -> np.ndarray:
    return random_mask(SHAPE, ratio=ratio, rng=np.random.default_rng(seed))


@given(ratio=st.floats(0, 0.99), seed=st.integers(0, 99))
def test_a_plain_loop_counts_the_same(ratio: float, seed: int) -> None:
    hidden = masked(ratio, seed)
    total = leaking = 0
    for t, y, x in np.argwhere(hidden):
        total += 1
        leaking += any(not hidden[s, y, x] for s in range(SHAPE[0]) if s != t)
    assert leakage(hidden) == pytest.approx(leaking / total if total else 0)


@given(ratio=st.floats(0.2, 0.99), seed=st.integers(0, 99))
def test_tubes_leak_nothing_and_frames_everything(ratio: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert leakage(tube_mask((6, 5, 4), ratio=ratio, rng=rng)) == 0
    frames = frame_mask((6, 5, 4), ratio=ratio, rng=rng)
    assert leakage(frames) == (1 if frames.any() else 0)


@pytest.mark.parametrize("ratio", [0.75, 0.9, 0.95])
def test_random_masks_leak_on_average_what_the_formula_says(ratio: float) -> None:
    shape, rng = (8, 8, 8), np.random.default_rng(0)
    found = np.mean([leakage(random_mask(shape, ratio=ratio, rng=rng)) for _ in range(150)])
    assert found == pytest.approx(expected_random_leakage(shape, ratio=ratio), abs=0.01)


def test_the_curve_measures_what_single_masks_leak() -> None:
    curve = leakage_curve((8, 8, 8))
    assert (curve.leakage["tube"] == 0).all()
    assert curve.leakage["frame"] == pytest.approx(1)  # one slice of eight, or more
    at = np.abs(curve.ratios - 0.9).argmin()
    expected = expected_random_leakage((8, 8, 8), ratio=float(curve.ratios[at]))
    assert curve.leakage["random"][at] == pytest.approx(expected, abs=0.05)


@given(seed=st.integers(0, 99))
def test_the_nearest_is_visible_and_none_is_nearer(seed: int) -> None:
    hidden = masked(0.7, seed)
    nearest = nearest_visible(hidden, patch=4, tubelet=2)
    at = np.indices(SHAPE).reshape(3, -1).T * (2, 4, 4)
    visible = np.flatnonzero(~hidden)
    for cube, source in enumerate(nearest):
        far = ((at[visible] - at[cube]) ** 2).sum(axis=1)
        assert ((at[source] - at[cube]) ** 2).sum() == far.min()
        assert source in visible
    np.testing.assert_array_equal(nearest[visible], visible)


def test_time_is_nearer_than_space() -> None:
    hidden = np.ones(SHAPE, np.bool_)
    hidden[3, 1, 2] = hidden[0, 1, 3] = False  # three slices on, or one place beside
    source = nearest_visible(hidden, patch=8, tubelet=2)[np.ravel_multi_index((0, 1, 2), SHAPE)]
    assert source == np.ravel_multi_index((3, 1, 2), SHAPE)  # 6 frames against 8 pixels


def test_copies_come_from_visible_cubes_and_the_visible_stay() -> None:
    cubes = np.random.default_rng(0).random((60, 4, 3))
    hidden = masked(0.7)
    copied = copy_nearest(cubes, hidden, patch=2, tubelet=2)
    np.testing.assert_array_equal(copied[~hidden.ravel()], cubes[~hidden.ravel()])
    changed = cubes.copy()
    changed[hidden.ravel()] = 7
    np.testing.assert_array_equal(copy_nearest(changed, hidden, patch=2, tubelet=2), copied)


def test_a_still_clip_is_copied_without_error_under_random_masks() -> None:
    frame = np.random.default_rng(0).random((1, 15, 4, 3))
    cubes = np.repeat(frame, 4, axis=0).reshape(60, 4, 3)
    hidden = random_mask(SHAPE, ratio=0.5, rng=np.random.default_rng(1))
    hidden[0] = False  # every place is seen once
    np.testing.assert_array_equal(copy_nearest(cubes, hidden, patch=9, tubelet=2), cubes)


def test_the_mean_colour_is_of_the_visible_alone() -> None:
    cubes = np.random.default_rng(0).random((60, 4, 3)).astype(np.float32)
    hidden = masked(0.7)
    filled = mean_colour(cubes, hidden)
    expected = cubes[~hidden.ravel()].mean(axis=(0, 1))
    np.testing.assert_allclose(filled[hidden.ravel()], np.broadcast_to(expected, (42, 4, 3)))
    np.testing.assert_array_equal(filled[~hidden.ravel()], cubes[~hidden.ravel()])
    assert filled.dtype == np.float32
