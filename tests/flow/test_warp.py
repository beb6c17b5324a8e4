"""vidcore.flow.warp and vidcore.flow.warp_torch: what the lookup means, and that both agree."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.textures import shifted
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow import warp_torch
from vidcore.flow.warp import bilinear, sample


def constant(H: int, W: int, u: float, v: float) -> np.ndarray:
    return np.broadcast_to(np.array([u, v]), (H, W, 2))


def test_the_true_flow_turns_next_into_prev() -> None:
    prev, next_ = shifted(3, -2)
    back = flow.warp(next_, constant(*prev.shape, 3, -2))
    np.testing.assert_allclose(back[2:, :-3], prev[2:, :-3], atol=1e-12)


@given(u=st.integers(-12, 12), v=st.integers(-12, 12))
def test_a_whole_number_of_pixels_is_a_shift_with_repeated_borders(u: int, v: int) -> None:
    image = np.random.default_rng(0).random((7, 9, 3), dtype=np.float32)
    rows, columns = np.clip(np.arange(7) + v, 0, 6), np.clip(np.arange(9) + u, 0, 8)
    expected = image[rows][:, columns]
    np.testing.assert_array_equal(flow.warp(image, constant(7, 9, u, v)), expected)


def test_half_a_pixel_is_the_mean_of_two() -> None:
    image = np.array([[0.0, 1.0], [0.0, 1.0]])
    assert flow.warp(image, constant(2, 2, 0.5, 0))[0, 0] == 0.5


@given(seed=st.integers(0, 99))
def test_warping_is_linear_in_the_image(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, field = rng.random((8, 9)), rng.random((8, 9)), rng.normal(0, 4, (8, 9, 2))
    both = flow.warp(2 * a - b, field)
    np.testing.assert_allclose(both, 2 * flow.warp(a, field) - flow.warp(b, field), atol=1e-12)


def test_the_quick_sampler_is_the_reference_in_float32(rng: np.random.Generator) -> None:
    image = rng.random((20, 30), dtype=np.float32)
    x, y = rng.uniform(-3, 33, (2, 20, 30)).astype(np.float32)
    np.testing.assert_allclose(sample(image, x, y), bilinear(image, x, y), atol=2e-6)  # grey levels


def test_torch_agrees_with_the_reference_in_float64(rng: np.random.Generator) -> None:
    image, field = rng.random((2, 11, 13, 3)), rng.normal(0, 5, (2, 11, 13, 2))
    fast = warp_torch.warp(torch.from_numpy(image), torch.from_numpy(field)).numpy()
    grey = warp_torch.warp(torch.from_numpy(image[..., 0]), torch.from_numpy(field)).numpy()
    for k in range(2):
        np.testing.assert_allclose(fast[k], flow.warp(image[k], field[k]), atol=1e-12)
    np.testing.assert_allclose(grey, fast[..., 0], atol=1e-15)


def test_torch_gradients_reach_image_and_flow(rng: np.random.Generator) -> None:
    image = torch.from_numpy(rng.random((1, 5, 6))).requires_grad_()
    field = torch.from_numpy(rng.uniform(0.1, 0.9, (1, 5, 6, 2))).requires_grad_()
    assert torch.autograd.gradcheck(warp_torch.warp, (image, field))


def test_a_flow_of_another_size_is_refused() -> None:
    for bad in (np.zeros((4, 6, 2)), np.zeros((5, 5, 2)), np.zeros((5, 6, 3)), np.zeros((5, 6))):
        with pytest.raises(ShapeError, match="Resize the field"):
            flow.warp(np.zeros((5, 6)), bad)
    with pytest.raises(ShapeError, match="NaN"):
        flow.warp(np.zeros((5, 6)), np.full((5, 6, 2), np.nan))
    with pytest.raises(ShapeError, match="their size"):
        warp_torch.warp(torch.zeros(1, 5, 6), torch.zeros(1, 5, 5, 2))
