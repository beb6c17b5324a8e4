"""vidcore.flow.pyramid and vidcore.flow.pyramid_torch: levels, look-ups between pixels, weights."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.textures import shifted
from vidcore.flow import pyramid, pyramid_torch


@pytest.mark.parametrize(
    ("shape", "coarsest"), [((23, 99), (23, 99)), ((24, 99), (12, 50)), ((240, 320), (15, 20))]
)
def test_frames_are_halved_until_the_shorter_side_would_be_below_12(
    shape: tuple[int, int], coarsest: tuple[int, int]
) -> None:
    image = np.zeros(shape)
    assert pyramid.levels(image, image)[-1][0].shape == coarsest


def test_normalised_frames_ignore_gain_and_offset() -> None:
    image, _ = shifted(0, 0)
    plain, changed = pyramid.normalise(image), pyramid.normalise(0.3 * image + 0.4)
    np.testing.assert_allclose(changed, plain, atol=1e-9)
    assert 0.9 < plain.std() < 1.1


def test_a_flat_frame_normalises_to_zero() -> None:
    for dtype in (np.float32, np.float64):
        flat = np.full((9, 9), 0.3, dtype)
        np.testing.assert_allclose(pyramid.normalise(flat), 0, atol=1e-3)


def test_faint_noise_on_a_flat_area_is_not_raised_to_full_contrast(
    rng: np.random.Generator,
) -> None:
    image, _ = shifted(0, 0)
    image[10:40, 10:50] = 0.5 + 1e-4 * rng.normal(size=(30, 40))
    assert abs(pyramid.normalise(image)[20:30, 20:40]).max() < 1  # texture reaches 2


def test_doubling_keeps_whole_pixels_and_finds_those_between() -> None:
    whole, _ = shifted(0, 0)
    _, right = shifted(-0.5, 0)
    _, both = shifted(-0.5, -0.5)
    doubled = pyramid.double(whole)
    np.testing.assert_array_equal(doubled[::2, ::2], whole)
    inside = np.s_[4:-4, 4:-4]
    np.testing.assert_allclose(doubled[::2, 1::2][inside], right[inside], atol=1e-3)  # grey levels
    np.testing.assert_allclose(doubled[1::2, 1::2][inside], both[inside], atol=2e-3)


def test_enlarging_doubles_the_values_and_keeps_even_pixels_in_place() -> None:
    flow = np.arange(24.0).reshape(3, 4, 2)
    large = pyramid.enlarge(flow, (5, 8))
    np.testing.assert_array_equal(large[::2, ::2], 2 * flow)
    np.testing.assert_array_equal(large[0, 1], flow[0, 0] + flow[0, 1])


@given(seed=st.integers(0, 50))
def test_the_median_is_the_same_in_both_precisions(seed: int) -> None:
    flow = np.random.default_rng(seed).normal(size=(7, 9, 2)).astype(np.float32)
    np.testing.assert_array_equal(pyramid.median(flow), pyramid.median(flow.astype(np.float64)))


def test_the_true_flow_leaves_no_difference_and_full_weight_inside() -> None:
    prev, next_ = shifted(5, -3)
    level = pyramid.prepare(prev, next_)
    true = np.broadcast_to(np.array([5.0, -3.0]), (*prev.shape, 2))
    _, _, It, weight = pyramid.linearise(level, true)
    inside = np.s_[9:-6, 6:-11]  # two windows of 7 reach 6 pixels
    np.testing.assert_allclose(It[inside], 0, atol=1e-9)
    assert weight[inside].min() > 0.99
    np.testing.assert_array_equal(weight[:3], 0)  # their targets lie above the frame
    np.testing.assert_array_equal(weight[:, -4:], 0)


def test_pixels_that_disagree_count_less() -> None:
    prev, next_ = shifted(0, 0)
    next_ = next_.copy()
    next_[20:26, 20:26] = 1 - next_[20:26, 20:26]
    _, _, It, weight = pyramid.linearise(pyramid.prepare(prev, next_), np.zeros((*prev.shape, 2)))
    assert weight[abs(It) > 1].max() < 0.2
    assert weight[abs(It) < 0.01].min() > 0.9


@pytest.mark.parametrize("shape", [(33, 47), (32, 48)])
def test_torch_prepares_and_compares_as_the_reference(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    prev, next_ = shifted(0.4, 0.3, H=shape[0], W=shape[1])
    flow = rng.normal(0, 2, (*shape, 2))
    dark = (0.01 * prev, 0.01 * next_)  # beside it in the batch, with a mean of its own
    batch = [torch.from_numpy(np.stack(pair)) for pair in zip((prev, next_), dark, strict=True)]
    fast_level = pyramid_torch.prepare(*batch)
    both = torch.from_numpy(np.stack([flow, 0 * flow])).movedim(-1, 0)  # (2, B, H, W)
    fast = (*fast_level[:4], *pyramid_torch.linearise(fast_level, both))
    for k, pair, field in [(0, (prev, next_), flow), (1, dark, 0 * flow)]:
        level = pyramid.prepare(*pair)
        slow = (level.prev, level.next_doubled, level.Ix, level.Iy)
        for a, b in zip((*slow, *pyramid.linearise(level, field)), fast, strict=True):
            np.testing.assert_allclose(b[k].numpy(), a, atol=1e-9)
    for field in (both, both.float()):  # the second is sorted by OpenCV
        found = pyramid_torch.median(field)[:, 0].movedim(0, -1).numpy()
        np.testing.assert_array_equal(found, pyramid.median(flow).astype(found.dtype))
    small = pyramid.levels(prev, prev)[1][0]
    np.testing.assert_allclose(pyramid_torch.halve(batch[0])[0].numpy(), small, atol=1e-12)
    large = pyramid_torch.enlarge(both, (2 * shape[0] - 1, 2 * shape[1]))[:, 0].movedim(0, -1)
    expected = pyramid.enlarge(flow, (2 * shape[0] - 1, 2 * shape[1]))
    np.testing.assert_allclose(large.numpy(), expected, atol=1e-12)
