"""vidcore.conv3d.factorize and vidcore.conv3d.factorize_torch: pairs, energy, limits."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import conv3d as room
from vidcore.conv3d import factorize_torch
from vidcore.errors import ShapeError

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_without_the_relu_a_pair_is_one_kernel(seed: int, kT: int, kH: int, kW: int) -> None:
    rng = np.random.default_rng(seed)
    x, s, w = rng.normal(size=(6, 7, 8)), rng.normal(size=(kH, kW)), rng.normal(size=kT)
    pair = room.r2plus1d(x, s, w, relu=False)
    np.testing.assert_allclose(pair, room.conv3d(x, room.separable(s, w)), atol=1e-11)


def test_with_the_relu_it_is_not(rng: np.random.Generator) -> None:
    x, s, w = rng.normal(size=(6, 7, 8)), rng.normal(size=(3, 3)), rng.normal(size=3)
    expected = np.maximum(room.conv3d(x, s[None]), 0)
    expected = room.conv3d(expected, w[:, None, None])
    np.testing.assert_allclose(room.r2plus1d(x, s, w), expected)
    assert abs(room.r2plus1d(x, s, w) - room.conv3d(x, room.separable(s, w))).max() > 1
    assert room.r2plus1d(x, s, w).shape == (4, 5, 6)


@given(seeds, st.booleans())
def test_torch_agrees_with_the_reference(seed: int, relu: bool) -> None:
    rng = np.random.default_rng(seed)
    x, s, w = rng.normal(size=(2, 6, 7, 8)), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 4))
    fast = factorize_torch.r2plus1d(*map(torch.from_numpy, (x, s, w)), relu=relu)
    for b in (0, 1):
        slow = room.r2plus1d(x[b], s[b], w[b], relu=relu)
        np.testing.assert_allclose(
            fast[b].numpy(), slow, rtol=0, atol=1e-9 * max(1e-9, abs(slow).max())
        )
    shared = factorize_torch.r2plus1d(*map(torch.from_numpy, (x, s[0], w[0])), relu=relu)
    np.testing.assert_allclose(shared[0].numpy(), fast[0].numpy())


@pytest.mark.parametrize(
    ("c_in", "c_out", "middle"),
    [(64, 64, 144), (64, 128, 230), (128, 128, 288), (256, 256, 576), (512, 512, 1152), (1, 1, 2)],
)
def test_the_middle_width_is_the_published_one(c_in: int, c_out: int, middle: int) -> None:
    assert room.midplanes(c_in, c_out) == middle


@given(*[st.integers(1, 300)] * 2, st.integers(1, 7), st.integers(1, 7))
def test_the_middle_width_is_the_largest_that_costs_no_more(
    c_in: int, c_out: int, kT: int, k: int
) -> None:
    middle, full = room.midplanes(c_in, c_out, kT, k), kT * k * k * c_in * c_out
    each = k * k * c_in + kT * c_out
    assert middle * each <= full < (middle + 1) * each


@given(seeds, st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_the_pairs_add_up_to_the_kernel(seed: int, kT: int, kH: int, kW: int) -> None:
    k = np.random.default_rng(seed).normal(size=(kT, kH, kW))
    split = room.separate(k)
    R = min(kT, kH * kW)
    assert split.spatial.shape == (R, kH, kW)
    np.testing.assert_allclose(split.kernel(R), k, atol=1e-12)
    assert split.energy[-1] == pytest.approx(1)
    for r in range(1, R + 1):
        left = np.square(k - split.kernel(r)).sum() / np.square(k).sum()
        assert split.energy[r - 1] == pytest.approx(1 - left, abs=1e-9)
    assert split.needed(1.0) <= R


def test_no_other_pair_keeps_more(rng: np.random.Generator) -> None:
    k = rng.normal(size=(3, 3, 3))
    best = np.square(k - room.separate(k).kernel(1)).sum()
    for _ in range(50):
        s, w = rng.normal(size=(3, 3)), rng.normal(size=3)
        other = room.separable(s, w)
        other = other * (k * other).sum() / np.square(other).sum()  # scaled as well as can be
        assert np.square(k - other).sum() > best


def test_a_random_kernel_keeps_about_six_tenths_in_one_pair() -> None:
    rng = np.random.default_rng(0)
    kept = [room.separate(rng.normal(size=(3, 3, 3))).energy[0] for _ in range(200)]
    assert 0.5 < np.mean(kept) < 0.65


def test_pairs_needed_are_one_for_a_separable_kernel_and_none_is_lost_of_nothing() -> None:
    k = room.separable(np.ones((3, 3)), np.array([1.0, 0, -1]))
    assert room.separate(k).needed() == 1
    assert room.separate(np.zeros((3, 3, 3))).needed() == 1
    assert room.separate(room.moving_edge(45.0, 1.0)).needed() == 2


def test_wrong_axes_are_refused() -> None:
    x, s, w = np.ones((4, 4, 4)), np.ones((3, 3)), np.ones(3)
    for bad in ((x[0], s, w), (x, s[0], w), (x, s, s)):
        with pytest.raises(ShapeError, match="axes"):
            room.r2plus1d(*bad)
    one = torch.ones(1)
    for volume, spatial, temporal in ((3, 3, 2), (4, 1, 2), (4, 3, 3)):
        shapes = [one.expand([4] * n) for n in (volume, spatial, temporal)]
        with pytest.raises(ShapeError, match="axes"):
            factorize_torch.r2plus1d(*shapes)
    with pytest.raises(ShapeError, match="along T"):
        room.r2plus1d(x[:2], s, w)
    with pytest.raises(ShapeError, match="midplanes"):
        room.midplanes(0, 1)
    with pytest.raises(ShapeError, match="separate"):
        room.separate(s)
