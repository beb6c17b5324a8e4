"""What a filter finds, and that both paths agree.

Compares vidcore.twostream.streams and vidcore.twostream.streams_torch.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import twostream
from vidcore.errors import ShapeError
from vidcore.twostream import streams_torch


def plain_loop(image: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """The article's features, pixel by pixel."""
    N, k, _, _ = filters.shape
    H, W, _ = image.shape
    features = np.zeros((H - k + 1, W - k + 1, N))
    for y, x, n in np.ndindex(features.shape):
        features[y, x, n] = np.sum(image[y : y + k, x : x + k] * filters[n])
    return np.maximum(features, 0)


def test_both_streams_give_what_the_articles_loops_give() -> None:
    rng = np.random.default_rng(42)
    rgb, flow = rng.random((16, 16, 3)), rng.standard_normal((10, 16, 16, 2)) * 0.5
    spatial, temporal = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((4, 3, 3, 20))
    found = twostream.spatial_features(rgb, spatial)
    assert found.shape == (14, 14, 4)
    np.testing.assert_allclose(found, plain_loop(rgb, spatial), atol=1e-12)
    moved = twostream.temporal_features(flow, temporal)
    stack = flow.transpose(1, 2, 0, 3).reshape(16, 16, -1)
    np.testing.assert_allclose(moved, plain_loop(stack, temporal), atol=1e-12)
    assert 0.3 < (moved == 0).mean() < 0.7  # the ReLU silences about half of random filters


@given(k=st.integers(1, 5), channels=st.integers(1, 6), seed=st.integers(0, 99))
def test_torch_agrees_in_float64_for_every_size(k: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames, filters = rng.normal(size=(2, 6, 7, channels)), rng.normal(size=(3, k, k, channels))
    fast = streams_torch.spatial_features(torch.from_numpy(frames), torch.from_numpy(filters))
    for b in range(2):
        slow = twostream.spatial_features(frames[b], filters)
        np.testing.assert_allclose(fast[b].numpy(), slow, atol=1e-11)


def test_torch_agrees_on_stacks_of_flow(rng: np.random.Generator) -> None:
    flow, filters = rng.normal(size=(2, 3, 8, 9, 2)), rng.normal(size=(4, 3, 3, 6))
    fast = streams_torch.temporal_features(
        torch.from_numpy(flow), torch.from_numpy(filters), subtract_mean=True
    )
    for b in range(2):
        slow = twostream.temporal_features(flow[b], filters, subtract_mean=True)
        np.testing.assert_allclose(fast[b].numpy(), slow, atol=1e-11)


@given(factor=st.floats(0.1, 9))
def test_a_stronger_picture_is_found_more_strongly_by_the_same_factor(factor: float) -> None:
    rng = np.random.default_rng(0)
    image, filters = rng.normal(size=(6, 6, 3)), rng.normal(size=(2, 3, 3, 3))
    once = twostream.spatial_features(image, filters)
    np.testing.assert_allclose(twostream.spatial_features(factor * image, filters), factor * once)


def test_a_moved_picture_is_found_at_the_moved_place(rng: np.random.Generator) -> None:
    image, filters = rng.random((9, 9, 3)), rng.normal(size=(2, 3, 3, 3))
    whole = twostream.spatial_features(image, filters)
    part = twostream.spatial_features(image[2:, 3:], filters)
    np.testing.assert_allclose(part, whole[2:, 3:], atol=1e-12)


def test_convention_a_filter_is_correlated_not_flipped() -> None:
    image, filters = np.zeros((5, 5, 1)), np.zeros((1, 3, 3, 1))
    image[2, 3], filters[0, 0, 2] = 1, 1  # looks up and to the right of its own centre
    features = twostream.spatial_features(image, filters)[..., 0]
    assert features[2, 1] == 1  # its centre (3, 2) lies down and to the left of the point (2, 3)
    assert features.sum() == 1


def test_a_temporal_filter_sees_motion_and_no_colour() -> None:
    right = np.zeros((1, 3, 3, 4))
    right[..., 0::2] = 1 / 18  # the mean u of two fields
    flow = np.zeros((2, 5, 5, 2))
    flow[..., 0] = 2
    np.testing.assert_allclose(twostream.temporal_features(flow, right), 2)
    np.testing.assert_allclose(twostream.temporal_features(-flow, right), 0)
    np.testing.assert_allclose(twostream.temporal_features(flow, right, subtract_mean=True), 0)


def test_filters_that_do_not_fit_are_refused_and_those_that_just_do_are_taken() -> None:
    image = np.zeros((3, 4, 3))
    assert twostream.spatial_features(image, np.zeros((1, 3, 3, 3))).shape == (1, 2, 1)
    with pytest.raises(ShapeError, match="larger image"):
        twostream.spatial_features(image, np.zeros((1, 4, 4, 3)))
    with pytest.raises(ShapeError, match="20 channels deep"):
        twostream.spatial_features(image, np.zeros((1, 3, 3, 20)))
    with pytest.raises(ShapeError, match="filters"):
        twostream.spatial_features(image, np.zeros((1, 3, 2, 3)))
    with pytest.raises(ShapeError, match="L, H, W, 2"):
        twostream.temporal_features(image, np.zeros((1, 3, 3, 6)))
