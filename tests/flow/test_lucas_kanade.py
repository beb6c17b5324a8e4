"""vidcore.flow.lucas_kanade and vidcore.flow.lucas_kanade_torch: oracle, properties, parity."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.textures import shifted
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow import lucas_kanade_torch
from vidcore.flow.structure import TEXTURED

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8


def plain_loop(prev: np.ndarray, next_: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    """The oracle: every pixel on its own, least squares by NumPy, nothing shared with the room."""
    H, W = prev.shape
    padded = np.pad(prev, 1, mode="edge")
    Ix, Iy = np.zeros((H, W)), np.zeros((H, W))
    for y in range(H):
        for x in range(W):
            patch = padded[y : y + 3, x : x + 3]
            Ix[y, x], Iy[y, x] = (patch * SOBEL_X).sum(), (patch * SOBEL_X.T).sum()
    half = window // 2
    around = [np.pad(g, half, mode="edge") for g in (Ix, Iy, next_ - prev)]
    field, small, large = np.zeros((H, W, 2)), np.zeros((H, W)), np.zeros((H, W))
    for y in range(H):
        for x in range(W):
            gx, gy, gt = (g[y : y + window, x : x + window].ravel() for g in around)
            A = np.stack([gx, gy], axis=1)
            small[y, x], large[y, x] = np.linalg.eigvalsh(A.T @ A)
            field[y, x] = np.linalg.lstsq(A, -gt, rcond=None)[0]
    return field, small > TEXTURED * large.max()


@pytest.mark.parametrize("window", [3, 5, 9])
def test_agrees_with_a_plain_loop_to_a_millionth_of_a_pixel(window: int) -> None:
    prev, next_ = shifted(0.4, -0.7, H=17, W=23)
    prev[4:9, 5:16] = next_[4:9, 5:16] = 0.5  # a flat patch: some windows cannot be solved
    expected, solvable = plain_loop(prev, next_, window)
    result = flow.lucas_kanade(prev, next_, window=window)
    assert 0 < (~solvable).sum() < solvable.size or window > 3
    np.testing.assert_array_equal(result.valid, solvable)
    np.testing.assert_allclose(result.flow[solvable], expected[solvable], atol=1e-6)  # pixels


@given(dx=st.floats(-0.8, 0.8), dy=st.floats(-0.8, 0.8))
def test_recovers_a_known_translation(dx: float, dy: float) -> None:
    result = flow.lucas_kanade(*shifted(dx, dy, H=72, W=90, shortest=24), window=9)
    inside = result.flow[10:-10, 10:-10]
    np.testing.assert_allclose(inside.mean(axis=(0, 1)), [dx, dy], atol=0.03)  # pixels


def test_convention_u_is_right_and_v_is_down() -> None:
    right = flow.lucas_kanade(*shifted(0.5, 0, shortest=16)).flow
    down = flow.lucas_kanade(*shifted(0, 0.5, shortest=16)).flow
    assert np.median(right[..., 0]) > 0.4 > 0.1 > abs(np.median(right[..., 1]))
    assert np.median(down[..., 1]) > 0.4 > 0.1 > abs(np.median(down[..., 0]))


@given(gain=st.sampled_from([0.01, 0.1, 0.5, 2.0, 255.0]))
def test_contrast_changes_neither_flow_nor_mask(gain: float) -> None:
    prev, next_ = shifted(0.3, 0.2)
    plain, scaled = flow.lucas_kanade(prev, next_), flow.lucas_kanade(gain * prev, gain * next_)
    np.testing.assert_array_equal(plain.valid, scaled.valid)
    np.testing.assert_allclose(plain.flow, scaled.flow, atol=1e-9)


@given(by=st.tuples(st.integers(0, 9), st.integers(0, 9)), seed=st.integers(0, 99))
def test_a_scene_shown_elsewhere_has_its_flow_elsewhere(by: tuple[int, int], seed: int) -> None:
    prev, next_ = np.random.default_rng(seed).random((2, 40, 44))
    down, right = by
    here = flow.lucas_kanade(prev, next_)
    there = flow.lucas_kanade(prev[down:, right:], next_[down:, right:])
    inner = np.s_[4 : 36 - down, 4 : 40 - right]  # derivative and window reach 3 pixels
    shifted_by = np.s_[4 + down : 36, 4 + right : 40]
    both = here.valid[shifted_by] & there.valid[inner]
    assert both.mean() > 0.9
    np.testing.assert_allclose(there.flow[inner][both], here.flow[shifted_by][both], atol=1e-9)


def test_a_straight_edge_is_not_valid() -> None:
    prev, next_ = np.zeros((32, 32)), np.zeros((32, 32))
    prev[10:22, 8:18], next_[10:22, 11:21] = 1, 1  # the article's pixel: on the right edge
    result = flow.lucas_kanade(prev, next_)
    assert not result.valid[15, 17]
    assert result.valid[10, 17]  # a corner


def test_unknown_pixels_take_their_neighbours_motion_rather_than_zero() -> None:
    prev, next_ = shifted(0.5, 0, shortest=16)
    prev[20:34, 20:40] = next_[20:34, 20:40] = 0.5
    result = flow.lucas_kanade(prev, next_)
    assert not result.valid[27, 30]
    assert result.flow[27, 30, 0] > 0.1  # pixels; the seams around the patch slow it down


def test_a_flat_image_is_finite_and_nowhere_valid() -> None:
    result = flow.lucas_kanade(np.full((8, 9), 0.3), np.full((8, 9), 0.7))
    assert not result.valid.any()
    np.testing.assert_array_equal(result.flow, 0)


@given(H=st.integers(2, 9), W=st.integers(2, 9), seed=st.integers(0, 99))
def test_any_size_gives_a_finite_read_only_field_of_its_size(H: int, W: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prev, next_ = rng.random((2, H, W, 3), dtype=np.float32)
    result = flow.lucas_kanade(prev, next_)
    assert result.flow.shape == (H, W, 2)
    assert result.flow.dtype == np.float32
    assert np.isfinite(result.flow).all()
    assert not result.flow.flags.writeable
    assert not result.valid.flags.writeable


def test_only_two_float64_images_give_a_float64_flow() -> None:
    a = np.random.default_rng(0).random((6, 6))
    f = a.astype(np.float32)
    assert flow.lucas_kanade(a, a).flow.dtype == np.float64
    assert flow.lucas_kanade(a, f).flow.dtype == np.float32
    assert flow.lucas_kanade(f, f).flow.dtype == np.float32


@pytest.mark.parametrize("window", [-1, 0, 1, 2, 4])
def test_a_window_without_a_centre_is_refused(window: int) -> None:
    image = np.zeros((8, 8))
    with pytest.raises(ShapeError, match="odd"):
        flow.lucas_kanade(image, image, window=window)
    flow.lucas_kanade(image, image, window=3)


@pytest.mark.parametrize(
    ("prev", "next_", "message"),
    [
        (np.zeros((8, 8)), np.zeros((8, 9)), "one height and width"),
        (np.zeros((8, 8)), np.zeros((9, 8)), "one height and width"),
        (np.zeros((8, 8, 4)), np.zeros((8, 8, 4)), "Take one frame"),
        (np.zeros((2, 8, 8, 3)), np.zeros((2, 8, 8, 3)), "Take one frame"),
        (np.zeros((1, 8)), np.zeros((1, 8)), "at least 2 x 2"),
        (np.zeros((8, 1)), np.zeros((8, 1)), "at least 2 x 2"),
        (np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8), "divide 8-bit"),
        (np.full((8, 8), np.nan), np.zeros((8, 8)), "finite"),
    ],
)
def test_images_that_do_not_fit_are_refused(
    prev: np.ndarray, next_: np.ndarray, message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        flow.lucas_kanade(prev, next_)


@pytest.mark.parametrize("window", [3, 5, 15])
def test_torch_agrees_with_the_reference_in_float64(window: int) -> None:
    pairs = [shifted(0.4, -0.7, seed=1), shifted(0, 0.3, seed=2)]
    for image in pairs[1]:
        image *= 0.01  # faint beside the first, and something to fill
        image[10:30, 20:44] = 0.005
    prev, next_ = (torch.from_numpy(np.stack(images)) for images in zip(*pairs, strict=True))
    field, valid = lucas_kanade_torch.lucas_kanade(prev, next_, window=window)
    for k, pair in enumerate(pairs):
        reference = flow.lucas_kanade(*pair, window=window)
        largest = abs(reference.flow).max()
        np.testing.assert_array_equal(valid[k].numpy(), reference.valid)
        np.testing.assert_allclose(field[k].numpy(), reference.flow, atol=1e-9 * largest)


def test_torch_gradients_are_those_of_finite_differences() -> None:
    prev, next_ = (torch.from_numpy(image[None]) for image in shifted(0.3, 0.2, H=6, W=7))
    inputs = (prev.requires_grad_(), next_.requires_grad_())
    assert torch.autograd.gradcheck(
        lambda a, b: lucas_kanade_torch.lucas_kanade(a, b, window=3)[0], inputs
    )


def test_torch_keeps_the_dtype_and_takes_colour() -> None:
    image = torch.rand(2, 8, 9, 3, generator=torch.Generator().manual_seed(0))
    field, valid = lucas_kanade_torch.lucas_kanade(image, image)
    assert field.shape == (2, 8, 9, 2)
    assert field.dtype == torch.float32
    assert valid.shape == (2, 8, 9)
    with pytest.raises(ShapeError, match="batch axis"):
        lucas_kanade_torch.lucas_kanade(image[0, ..., 0], image[0, ..., 0])
