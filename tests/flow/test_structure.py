"""vidcore.flow.structure and vidcore.flow.structure_torch: flat, edge, corner, and one pixel.

Derivatives as well: vidcore.flow.derivatives and vidcore.flow.derivatives_torch.
"""

import numpy as np
import pytest
import torch

from tests.flow.textures import shifted
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow import derivatives, derivatives_torch, structure_torch


def square(shift: int = 0) -> np.ndarray:
    """The article's white square: rows 10 to 21, ten columns from 8."""
    image = np.zeros((32, 32))
    image[10:22, 8 + shift : 18 + shift] = 1
    return image


def test_flat_edge_and_corner_have_no_one_and_two_large_eigenvalues() -> None:
    l1, l2 = flow.eigenvalues(*flow.structure_tensor(*derivatives.sobel(square()), window=5))
    np.testing.assert_allclose([l1[2, 2], l2[2, 2]], [0, 0])
    np.testing.assert_allclose([l1[15, 17], l2[15, 17]], [2.5, 0], atol=1e-12)
    np.testing.assert_allclose([l1[10, 17], l2[10, 17]], [1.5625, 1.0625])


def test_eigenvalues_are_those_of_linear_algebra(rng: np.random.Generator) -> None:
    Sxx, Sxy, Syy = rng.normal(size=(3, 6, 7))
    l1, l2 = flow.eigenvalues(Sxx, Sxy, Syy)
    expected = np.linalg.eigvalsh(np.stack([[Sxx, Sxy], [Sxy, Syy]]).transpose(2, 3, 0, 1))
    np.testing.assert_allclose(np.stack([l2, l1], axis=-1), expected, atol=1e-12)
    fast = structure_torch.eigenvalues(*(torch.from_numpy(s[None]) for s in (Sxx, Sxy, Syy)))
    np.testing.assert_allclose(fast[0][0].numpy(), l1, atol=1e-12)
    np.testing.assert_allclose(fast[1][0].numpy(), l2, atol=1e-12)


@pytest.mark.parametrize("name", ["sobel", "five_point"])
def test_a_ramp_of_slope_one_has_derivative_one(name: str) -> None:
    y, x = np.indices((9, 11), dtype=float)
    Ix, Iy = getattr(derivatives, name)(2 * x - 3 * y)
    np.testing.assert_allclose(Ix[2:-2, 2:-2], 2)
    np.testing.assert_allclose(Iy[2:-2, 2:-2], -3)
    fast = getattr(derivatives_torch, name)(torch.from_numpy(2 * x - 3 * y)[None])
    np.testing.assert_allclose(fast[0][0].numpy(), Ix, atol=1e-12)
    np.testing.assert_allclose(fast[1][0].numpy(), Iy, atol=1e-12)


def test_a_constant_image_has_no_gradient_at_its_border() -> None:
    for name in ("sobel", "five_point"):
        for g in getattr(derivatives, name)(np.full((5, 6), 0.5)):
            np.testing.assert_allclose(g, 0, atol=1e-15)


def test_normal_flow_is_the_part_of_the_motion_along_the_gradient() -> None:
    prev, next_ = shifted(0.04, 0.02, shortest=20)
    Ix, Iy = derivatives.sobel(prev)
    length = np.hypot(Ix, Iy)
    along = (0.04 * Ix + 0.02 * Iy) / length
    normal = flow.normal_flow(prev, next_)
    steep = length > np.median(length)
    projected = (normal[..., 0] * Ix + normal[..., 1] * Iy) / length
    np.testing.assert_allclose(projected[steep], along[steep], atol=0.03)  # pixels
    across = (normal[..., 0] * Iy - normal[..., 1] * Ix)[steep]
    np.testing.assert_allclose(across, 0, atol=1e-12)


def test_normal_flow_says_nothing_where_the_image_is_flat() -> None:
    normal = flow.normal_flow(square(), square(3))
    assert np.isnan(normal[2, 2]).all()
    np.testing.assert_allclose(normal[15, 18], [2, 0])  # the edge moved by 3, out of sight


def test_lucas_kanade_is_the_point_closest_to_the_lines() -> None:
    prev, next_ = shifted(0.3, -0.4)
    lines = flow.constraint_lines(prev, next_, x=20, y=15, window=7)
    assert lines.shape == (49, 3)
    closest = np.linalg.lstsq(lines[:, :2], -lines[:, 2], rcond=None)[0]
    np.testing.assert_allclose(closest, flow.lucas_kanade(prev, next_, window=7).flow[15, 20])


def test_the_lines_of_a_straight_edge_are_parallel() -> None:
    lines = flow.constraint_lines(square(), square(3), x=17, y=15)
    assert np.linalg.matrix_rank(lines[:, :2]) == 1


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (32, 0), (0, -1), (0, 32)])
def test_a_point_outside_the_image_is_refused(x: int, y: int) -> None:
    with pytest.raises(ShapeError, match="must lie in"):
        flow.constraint_lines(square(), square(), x=x, y=y)
    flow.constraint_lines(square(), square(), x=min(max(x, 0), 31), y=min(max(y, 0), 31))
