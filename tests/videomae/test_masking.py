"""vidcore.videomae.masking: how many, where, and always more."""

from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.videomae import (
    KINDS,
    first_hidden,
    frame_mask,
    hiding_order,
    random_mask,
    tube_mask,
)

MASKS = {"tube": tube_mask, "random": random_mask, "frame": frame_mask}
shapes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
ratios = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 0.75, 0.9, 0.95, 1.0]))


@given(shape=shapes, ratio=ratios, seed=st.integers(0, 99))
def test_each_kind_hides_exactly_the_floor(
    shape: tuple[int, int, int], ratio: float, seed: int
) -> None:
    T, H, W = shape
    made = {k: m(shape, ratio=ratio, rng=np.random.default_rng(seed)) for k, m in MASKS.items()}
    for masked in made.values():
        assert masked.shape == shape
        assert masked.dtype == np.bool_
    assert (made["tube"].sum(axis=(1, 2)) == floor(ratio * H * W)).all()
    assert made["random"].sum() == floor(ratio * T * H * W)
    assert made["frame"].sum() == floor(ratio * T) * H * W


@given(shape=shapes, ratio=ratios, seed=st.integers(0, 99))
def test_a_tube_is_the_same_in_every_slice_and_a_frame_is_whole(
    shape: tuple[int, int, int], ratio: float, seed: int
) -> None:
    tube = tube_mask(shape, ratio=ratio, rng=np.random.default_rng(seed))
    assert (tube == tube[:1]).all()
    frame = frame_mask(shape, ratio=ratio, rng=np.random.default_rng(seed))
    assert (frame == frame[:, :1, :1]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_larger_ratio_hides_the_same_and_more(kind: str) -> None:
    shape = (8, 6, 7)
    small, large = (MASKS[kind](shape, ratio=r, rng=np.random.default_rng(3)) for r in (0.4, 0.8))
    assert (small <= large).all()
    assert small.sum() < large.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_sent_to_the_browser_gives_the_mask_of_the_door(kind: str) -> None:
    shape = (8, 5, 6)
    order = hiding_order(kind, shape, rng=np.random.default_rng(5))
    masked = MASKS[kind](shape, ratio=0.71, rng=np.random.default_rng(5))
    T, H, W = shape
    units = {"tube": (0, H * W), "random": (T, H * W), "frame": (T, 1)}[kind]
    flat = masked[0] if kind == "tube" else masked if kind == "random" else masked[:, 0, 0]
    assert set(order[: floor(0.71 * len(order))]) == set(np.flatnonzero(flat)), units


def test_the_papers_setting_shows_160_of_1568_tokens() -> None:
    masked = tube_mask((8, 14, 14), ratio=0.9, rng=np.random.default_rng(0))
    assert masked[0].sum() == 176
    assert (~masked).sum() == 160
    assert masked.size == 1568


def test_every_place_is_hidden_equally_often() -> None:
    rng = np.random.default_rng(0)
    share = np.mean([tube_mask((2, 4, 4), ratio=0.5, rng=rng)[0] for _ in range(4000)], axis=0)
    np.testing.assert_allclose(share, 0.5, atol=0.04)  # five standard errors


@pytest.mark.parametrize("mask", MASKS.values())
def test_a_ratio_that_is_no_share_is_refused_and_the_ends_are_not(mask) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    for ratio in (-0.001, 1.001, float("nan")):
        with pytest.raises(ShapeError, match="0 to 1"):
            mask((2, 3, 4), ratio=ratio, rng=rng)
    assert not mask((2, 3, 4), ratio=0.0, rng=rng).any()
    assert mask((2, 3, 4), ratio=1.0, rng=rng).all()


def test_sizes_and_kinds_that_do_not_exist_are_refused() -> None:
    rng = np.random.default_rng(0)
    for shape in ((0, 3, 3), (3, 0, 3), (3, 3, 0), (3, 3)):
        with pytest.raises(ShapeError, match="positive sizes"):
            tube_mask(shape, ratio=0.5, rng=rng)
    with pytest.raises(ShapeError, match="tube, random, frame"):
        hiding_order("block", (2, 2, 2), rng=rng)
    assert first_hidden(np.arange(4), "tube", (3, 2, 2), ratio=0.5).sum() == 6
