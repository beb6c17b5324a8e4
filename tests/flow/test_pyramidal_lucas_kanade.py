"""Pyramidal vidcore.flow.lucas_kanade and vidcore.flow.lucas_kanade_torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.textures import shifted, texture
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow import lucas_kanade_torch


def inside(dx: float, dy: float, shape: tuple[int, int], margin: int = 6) -> np.ndarray:
    """True where the target lies inside the next frame, by a margin in pixels."""
    y, x = np.indices(shape)
    H, W = shape
    ahead = (x + dx < W - margin) & (x + dx >= margin) & (y + dy < H - margin) & (y + dy >= margin)
    return ahead & (x >= margin) & (x < W - margin) & (y >= margin) & (y < H - margin)


@settings(max_examples=15)
@given(dx=st.floats(-9, 9), dy=st.floats(-9, 9))
def test_finds_a_shift_of_many_pixels_to_a_twentieth(dx: float, dy: float) -> None:
    prev, next_ = shifted(dx, dy, H=96, W=120)
    result = flow.pyramidal_lucas_kanade(prev, next_)
    truth = np.broadcast_to(np.array([dx, dy]), result.flow.shape)
    assert flow.endpoint_error(result.flow, truth, inside(dx, dy, (96, 120))) < 0.05  # pixels


def test_follows_a_rotation_to_a_twentieth_of_a_pixel() -> None:
    y, x = np.indices((96, 120), dtype=float)
    c, s = np.cos(0.06), np.sin(0.06)
    px, py = x - 60, y - 48
    truth = np.stack([c * px - s * py - px, s * px + c * py - py], axis=-1)
    prev, next_ = texture(px, py), texture(c * px + s * py, -s * px + c * py)
    result = flow.pyramidal_lucas_kanade(prev, next_)
    assert flow.endpoint_error(result.flow, truth, inside(0, 0, (96, 120), 8)) < 0.05


@settings(max_examples=10)
@given(dx=st.floats(-4, 4), dy=st.floats(-4, 4))
def test_swapping_the_frames_negates_the_flow_to_a_twentieth_of_a_pixel(
    dx: float, dy: float
) -> None:
    prev, next_ = shifted(dx, dy, H=72, W=88)
    there = flow.pyramidal_lucas_kanade(prev, next_).flow
    back = flow.pyramidal_lucas_kanade(next_, prev).flow
    middle = np.s_[12:-12, 12:-12]
    np.testing.assert_allclose(there[middle].mean((0, 1)), -back[middle].mean((0, 1)), atol=0.05)
    apart = np.hypot(*(there + back)[middle].transpose(2, 0, 1))
    assert np.quantile(apart, 0.95) < 0.1  # pixels: 19 of 20 places agree on their own


@pytest.mark.parametrize("gain", [0.1, 0.5, 255.0])
def test_contrast_changes_neither_flow_nor_mask(gain: float) -> None:
    prev, next_ = shifted(2.3, -1.2)
    plain = flow.pyramidal_lucas_kanade(prev, next_)
    scaled = flow.pyramidal_lucas_kanade(gain * prev, gain * next_)
    np.testing.assert_allclose(scaled.flow, plain.flow, atol=1e-6)
    np.testing.assert_array_equal(scaled.valid, plain.valid)


def test_a_brighter_second_frame_changes_little() -> None:
    prev, next_ = shifted(2.3, -1.2, H=72, W=88)
    plain = flow.pyramidal_lucas_kanade(prev, next_).flow
    brighter = flow.pyramidal_lucas_kanade(prev, 0.8 * next_ + 0.3).flow
    np.testing.assert_allclose(brighter, plain, atol=1e-6)


def test_a_scene_moved_by_eight_pixels_has_its_flow_moved_by_eight_pixels() -> None:
    y, x = np.indices((96, 120), dtype=float)
    wave = 2 * np.sin(x / 9)  # pixels of motion, down
    prev, next_ = texture(x, y), texture(x, y - wave)
    far = flow.pyramidal_lucas_kanade(prev[:, 8:], next_[:, 8:]).flow
    near = flow.pyramidal_lucas_kanade(prev[:, :-8], next_[:, :-8]).flow
    np.testing.assert_allclose(near[20:-20, 28:-20], far[20:-20, 20:-28], atol=0.1)  # pixels


def test_one_level_loses_a_motion_that_many_levels_find() -> None:
    prev, next_ = shifted(8, 0, H=96, W=120)
    truth = np.broadcast_to(np.array([8.0, 0.0]), (96, 120, 2))
    alone = flow.pyramidal_lucas_kanade(prev, next_, levels=1, iterations=10)
    assert flow.endpoint_error(alone.flow, truth, inside(8, 0, (96, 120))) > 2  # pixels
    for levels in (None, 4, 99):  # 96, 48, 24, 12: there are four
        every = flow.pyramidal_lucas_kanade(prev, next_, levels=levels, iterations=10)
        assert flow.endpoint_error(every.flow, truth, inside(8, 0, (96, 120))) < 0.05


def test_iterating_on_one_level_follows_what_one_step_cannot() -> None:
    prev, next_ = shifted(2.5, 0, H=72, W=88, shortest=12)
    truth = np.broadcast_to(np.array([2.5, 0.0]), (72, 88, 2))
    errors = [
        flow.endpoint_error(result.flow, truth, inside(2.5, 0, (72, 88)))
        for result in (
            flow.lucas_kanade(prev, next_, window=9),
            flow.pyramidal_lucas_kanade(prev, next_, levels=1, iterations=10),
        )
    ]
    assert errors[1] < 0.1 < errors[0]  # pixels


def test_identical_frames_do_not_move() -> None:
    prev, _ = shifted(0, 0)
    result = flow.pyramidal_lucas_kanade(prev, prev)
    np.testing.assert_allclose(result.flow, 0, atol=1e-9)
    assert result.valid.all()


def test_a_flat_background_is_filled_and_not_valid() -> None:
    y, x = np.indices((64, 96), dtype=float)
    disc = (x - 48) ** 2 + (y - 32) ** 2 < 16**2
    moved = (x - 50) ** 2 + (y - 32) ** 2 < 16**2
    prev, next_ = np.where(disc, texture(x, y), 0.5), np.where(moved, texture(x - 2, y), 0.5)
    result = flow.pyramidal_lucas_kanade(prev, next_)
    assert not result.valid[5, 5]
    assert result.valid[32, 48]
    np.testing.assert_allclose(result.flow[32, 48], [2, 0], atol=0.1)
    assert result.flow[5, 5, 0] > 0.5  # its nearest knowledge, not zero


@given(H=st.integers(2, 40), W=st.integers(2, 40), flat=st.booleans())
def test_any_size_gives_a_finite_field_of_its_size(H: int, W: int, flat: bool) -> None:
    images = np.random.default_rng(H).random((2, H, W, 3), dtype=np.float32) * (not flat)
    result = flow.pyramidal_lucas_kanade(*images)
    assert result.flow.shape == (H, W, 2)
    assert result.flow.dtype == np.float32
    assert np.isfinite(result.flow).all()


def test_iterates_come_when_asked_for_and_end_with_the_last_level() -> None:
    prev, next_ = shifted(3, 0, H=64, W=80)
    result = flow.pyramidal_lucas_kanade(prev, next_, iterates=True)
    assert result.iterates is not None
    assert result.iterates.shape == (3, 64, 80, 2)
    np.testing.assert_array_equal(result.iterates[-1][result.valid], result.flow[result.valid])
    assert flow.pyramidal_lucas_kanade(prev, next_).iterates is None


@pytest.mark.parametrize("bad", [{"window": 4}, {"window": 1}, {"iterations": 0}, {"levels": 0}])
def test_a_setting_that_means_nothing_is_refused(bad: dict[str, int]) -> None:
    image = np.zeros((16, 16))
    with pytest.raises(ShapeError, match="got"):
        flow.pyramidal_lucas_kanade(image, image, **bad)
    with pytest.raises(ShapeError, match="got"):
        lucas_kanade_torch.pyramidal_lucas_kanade(
            torch.zeros(1, 16, 16), torch.zeros(1, 16, 16), **bad
        )
    flow.pyramidal_lucas_kanade(image, image, window=3, iterations=1, levels=1)


@pytest.mark.parametrize("levels", [None, 1])
def test_torch_agrees_with_the_reference_to_a_millionth_of_the_largest(levels: int | None) -> None:
    pairs = [shifted(4, -3, H=49, W=66), shifted(-1.5, 0.5, H=49, W=66, seed=5)]
    for image in pairs[1]:
        image[:, 30:] = 0.5
    prev, next_ = (torch.from_numpy(np.stack(images)) for images in zip(*pairs, strict=True))
    field, valid = lucas_kanade_torch.pyramidal_lucas_kanade(prev, next_, levels=levels)
    for k, pair in enumerate(pairs):
        reference = flow.pyramidal_lucas_kanade(*pair, levels=levels)
        largest = abs(reference.flow).max()
        np.testing.assert_array_equal(valid[k].numpy(), reference.valid)
        np.testing.assert_allclose(field[k].numpy(), reference.flow, atol=1e-6 * largest)


def test_torch_gradients_are_finite_also_where_the_image_is_flat() -> None:
    prev, next_ = (torch.from_numpy(image[None]) for image in shifted(1, 0))
    prev[:, :, 40:] = next_[:, :, 40:] = 0.5
    prev.requires_grad_()
    field, _ = lucas_kanade_torch.pyramidal_lucas_kanade(prev, next_)
    field.mean().backward()
    assert prev.grad is not None
    assert torch.isfinite(prev.grad).all()
    assert prev.grad.abs().max() > 0
