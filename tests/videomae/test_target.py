"""vidcore.videomae.target and vidcore.videomae.target_torch: cubes, targets, the loss."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.videomae import target, target_torch

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "videomae_pretraining.npz")
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
sizes = st.fixed_dictionaries({"tubelet": st.integers(1, 3), "patch": st.integers(1, 4)})
grids = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))


def clip(grid: tuple[int, int, int], tubelet: int, patch: int, seed: int = 0) -> np.ndarray:
    shape = (grid[0] * tubelet, grid[1] * patch, grid[2] * patch, 3)
    return np.random.default_rng(seed).random(shape)


@given(grid=grids, size=sizes)
def test_cubes_put_together_are_the_clip(grid: tuple[int, int, int], size: dict[str, int]) -> None:
    frames = clip(grid, **size)
    cubes = target.to_cubes(frames, **size)
    assert cubes.shape == (np.prod(grid), size["tubelet"] * size["patch"] ** 2, 3)
    np.testing.assert_array_equal(target.from_cubes(cubes, grid, **size), frames)


def test_cubes_are_numbered_slice_by_slice_then_row_by_row() -> None:
    frames = clip((2, 3, 4), 2, 5)
    cubes = target.to_cubes(frames, tubelet=2, patch=5)
    number = (1 * 3 + 2) * 4 + 1  # slice 1, row 2, column 1
    expected = frames[2:4, 10:15, 5:10].reshape(-1, 3)
    np.testing.assert_array_equal(cubes[number], expected)


@given(grid=grids, size=sizes, seed=st.integers(0, 99))
def test_torch_agrees_with_the_reference(
    grid: tuple[int, int, int], size: dict[str, int], seed: int
) -> None:
    size = {**size, "patch": size["patch"] + 1}  # one pixel has no deviation
    frames = clip(grid, **size, seed=seed)
    video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None]
    slow = target.to_cubes(frames, **size)
    fast = target_torch.to_cubes(video, **size)
    np.testing.assert_array_equal(fast[0].numpy(), slow)
    np.testing.assert_allclose(
        target_torch.normalise(fast)[0].numpy(), target.normalise(slow), atol=1e-9
    )
    back = target_torch.from_cubes(fast, grid, **size)
    np.testing.assert_array_equal(back.numpy(), video.numpy())
    masked = np.random.default_rng(seed).random(len(slow)) < 0.6
    guess = slow + np.random.default_rng(seed + 1).normal(size=slow.shape)
    ours = target.reconstruction_loss(guess, slow, masked)
    theirs = target_torch.reconstruction_loss(
        torch.from_numpy(guess)[None], fast, torch.from_numpy(masked)[None]
    )
    assert float(theirs) == pytest.approx(ours, abs=1e-12)


def test_targets_and_loss_are_the_published_ones() -> None:
    frames = (GOLDEN["pixel_values"].transpose(0, 1, 3, 4, 2) * STD + MEAN).astype(np.float32)
    for b in range(2):
        cubes = target.normalise(target.to_cubes(frames[b], tubelet=2, patch=8))
        hidden = cubes.reshape(len(cubes), -1)[GOLDEN["masked"][b]]
        np.testing.assert_allclose(hidden[:8], GOLDEN["labels"][b], atol=1e-4)


def test_a_normalised_cube_has_mean_0_and_deviation_1_and_a_flat_one_is_0() -> None:
    cubes = np.random.default_rng(0).random((5, 32, 3))
    cubes[4] = 0.7
    y = target.normalise(cubes)
    np.testing.assert_allclose(y[:4].mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(y[:4].std(axis=1, ddof=1), 1, atol=1e-4)
    np.testing.assert_allclose(y[4], 0, atol=1e-8)


def test_normalising_forgives_brightness_and_contrast() -> None:
    cubes = np.random.default_rng(1).random((3, 32, 3))
    np.testing.assert_allclose(
        target.normalise(0.3 + 0.5 * cubes), target.normalise(cubes), atol=1e-4
    )


def test_the_loss_looks_at_masked_cubes_only() -> None:
    x = np.random.default_rng(2).random((6, 8, 3))
    masked = np.array([True, False, True, False, False, False])
    guess = x.copy()
    guess[~masked] += 9
    assert target.reconstruction_loss(guess, x, masked) == 0
    guess[2] += 0.5
    assert target.reconstruction_loss(guess, x, masked) == pytest.approx(0.125)
    assert target.reconstruction_loss(guess, x, np.zeros(6, np.bool_)) == 0


def test_a_gradient_reaches_masked_cubes_only() -> None:
    guess = torch.zeros(1, 4, 6, 3, requires_grad=True)
    masked = torch.tensor([[True, False, False, True]])
    target_torch.reconstruction_loss(guess, torch.ones(1, 4, 6, 3), masked).backward()
    assert guess.grad is not None
    assert (guess.grad.abs().sum(dim=(0, 2, 3)) > 0).tolist() == [True, False, False, True]


@pytest.mark.parametrize("frames", [(15, 48, 48), (16, 47, 48), (16, 48, 44), (1, 48, 48)])
def test_a_clip_that_does_not_divide_is_refused(frames: tuple[int, int, int]) -> None:
    with pytest.raises(ShapeError, match="multiple of"):
        target.grid(frames, tubelet=2, patch=6)


def test_the_grid_counts_cubes() -> None:
    assert target.grid((16, 48, 42), tubelet=2, patch=6) == (8, 8, 7)
