"""vidcore.flow.horn_schunck and vidcore.flow.horn_schunck_torch: a dense solve, energy, parity."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.textures import shifted, texture
from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow import horn_schunck_torch
from vidcore.flow.derivatives import sobel


def mean_matrix(H: int, W: int) -> np.ndarray:
    """The mean over neighbours as one (H W, H W) matrix, pixel by pixel."""
    mean = np.zeros((H * W, H * W))
    weights = {(0, 1): 1 / 6, (1, 0): 1 / 6, (1, 1): 1 / 12, (1, -1): 1 / 12}
    for r in range(H):
        for c in range(W):
            for (dr, dc), weight in weights.items():
                for s in (1, -1):
                    row, column = np.clip(r + s * dr, 0, H - 1), np.clip(c + s * dc, 0, W - 1)
                    mean[r * W + c, row * W + column] += weight
    return mean


def minimiser(prev: np.ndarray, next_: np.ndarray, alpha: float) -> np.ndarray:
    """The oracle: write E's normal equations for every pixel as one matrix, and solve it."""
    H, W = prev.shape
    Ix, Iy = (g.ravel() for g in sobel((prev + next_) / 2))
    It = (next_ - prev).ravel()
    smooth = alpha**2 * (np.eye(H * W) - mean_matrix(H, W))
    A = np.block(
        [
            [np.diag(Ix * Ix) + smooth, np.diag(Ix * Iy)],
            [np.diag(Ix * Iy), np.diag(Iy * Iy) + smooth],
        ]
    )
    return (
        np.linalg.solve(A, -np.concatenate([Ix * It, Iy * It])).reshape(2, H, W).transpose(1, 2, 0)
    )


def test_many_sweeps_reach_the_minimum_of_the_energy() -> None:
    prev, next_ = shifted(0.5, -0.3, H=9, W=11)
    swept = flow.horn_schunck(prev, next_, alpha=0.05, iterations=4000)
    best = minimiser(prev, next_, 0.05)
    np.testing.assert_allclose(swept.flow, best, atol=1e-6)  # pixels
    Ix, Iy = sobel((prev + next_) / 2)
    u, v = best[..., 0], best[..., 1]
    data = ((Ix * u + Iy * v + next_ - prev) ** 2).sum()
    rough = sum(
        weight * (a.ravel()[i] - a.ravel()[j]) ** 2 / 2
        for a in (u, v)
        for (i, j), weight in np.ndenumerate(mean_matrix(9, 11))
    )
    assert swept.energy is not None
    assert swept.energy[-1] == pytest.approx(data + 0.05**2 * rough)


@given(seed=st.integers(0, 99), alpha=st.sampled_from([0.01, 0.1, 1.0]))
def test_no_sweep_raises_the_energy(seed: int, alpha: float) -> None:
    prev, next_ = np.random.default_rng(seed).random((2, 12, 15))
    energy = flow.horn_schunck(prev, next_, alpha=alpha, iterations=30).energy
    assert energy is not None
    assert energy.shape == (31,)
    assert energy[0] == pytest.approx(((next_ - prev) ** 2).sum())  # from stillness
    assert (np.diff(energy) <= 1e-9 * energy[0]).all()


@settings(max_examples=15)
@given(dx=st.floats(-0.8, 0.8), dy=st.floats(-0.8, 0.8))
def test_recovers_a_known_translation(dx: float, dy: float) -> None:
    result = flow.horn_schunck(*shifted(dx, dy, shortest=24), iterations=400)
    np.testing.assert_allclose(result.flow[8:-8, 8:-8].mean(axis=(0, 1)), [dx, dy], atol=0.1)


def test_convention_u_is_right_and_v_is_down() -> None:
    right = flow.horn_schunck(*shifted(0.5, 0, shortest=24), iterations=400).flow.mean(axis=(0, 1))
    down = flow.horn_schunck(*shifted(0, 0.5, shortest=24), iterations=400).flow.mean(axis=(0, 1))
    assert right[0] > 0.35 > 0.15 > abs(right[1])
    assert down[1] > 0.35 > 0.15 > abs(down[0])


def test_a_larger_alpha_is_smoother() -> None:
    prev, next_ = shifted(0.5, 0.2)
    rough = [
        np.abs(np.diff(flow.horn_schunck(prev, next_, alpha=alpha).flow, axis=1)).mean()
        for alpha in (0.02, 0.1, 0.5)
    ]
    assert rough[0] > rough[1] > rough[2]


def test_a_flat_area_is_filled_from_its_edges_and_not_valid() -> None:
    prev, next_ = shifted(0.5, 0, shortest=24)
    prev[18:30, 24:36] = next_[18:30, 24:36] = 0.5
    result = flow.horn_schunck(prev, next_, iterations=400)
    assert not result.valid[24, 30]
    assert result.flow[24, 30, 0] > 0.1


def test_iterates_are_kept_at_the_named_sweeps() -> None:
    prev, next_ = shifted(0.5, 0)
    sweeps = flow.kept_sweeps(50)
    assert sweeps[:3] == [1, 2, 3]
    assert sweeps[-1] == 50
    result = flow.horn_schunck(prev, next_, iterations=50, iterates=True)
    assert result.iterates is not None
    assert len(result.iterates) == len(sweeps)
    np.testing.assert_array_equal(result.iterates[-1], result.flow)
    early = flow.horn_schunck(prev, next_, iterations=sweeps[2]).flow
    np.testing.assert_array_equal(result.iterates[2], early)
    assert flow.horn_schunck(prev, next_).iterates is None


@pytest.mark.parametrize(
    "bad",
    [{"alpha": 0.0}, {"alpha": -1.0}, {"alpha": np.nan}, {"alpha": np.inf}, {"iterations": 0}],
)
def test_a_setting_that_means_nothing_is_refused(bad: dict[str, float]) -> None:
    image, batch = np.zeros((16, 16)), torch.zeros(1, 16, 16)
    for entry in (flow.horn_schunck, flow.pyramidal_horn_schunck):
        with pytest.raises(ShapeError, match="got"):
            entry(image, image, **bad)
        entry(image, image, alpha=1e-3, iterations=1)
    for twin in (horn_schunck_torch.horn_schunck, horn_schunck_torch.pyramidal_horn_schunck):
        with pytest.raises(ShapeError, match="got"):
            twin(batch, batch, **bad)
    with pytest.raises(ShapeError, match="sweeps"):
        flow.pyramidal_horn_schunck(image, image, sweeps=0)
    with pytest.raises(ShapeError, match="sweeps"):
        horn_schunck_torch.pyramidal_horn_schunck(batch, batch, sweeps=0)


def test_the_pyramid_finds_a_shift_of_many_pixels_to_a_twentieth() -> None:
    for dx, dy in [(7.3, -4.6), (-0.4, 8.2), (0.3, 0.2)]:
        field = flow.pyramidal_horn_schunck(*shifted(dx, dy, H=96, W=120)).flow
        error = np.hypot(*(field[20:-20, 20:-20] - [dx, dy]).transpose(2, 0, 1))
        assert error.mean() < 0.05  # pixels


def test_swapping_the_frames_negates_the_pyramidal_flow_to_a_twentieth_of_a_pixel() -> None:
    prev, next_ = shifted(3.3, -2.1, H=72, W=88)
    there = flow.pyramidal_horn_schunck(prev, next_).flow[12:-12, 12:-12]
    back = flow.pyramidal_horn_schunck(next_, prev).flow[12:-12, 12:-12]
    np.testing.assert_allclose(there.mean((0, 1)), -back.mean((0, 1)), atol=0.05)


def test_the_pyramid_ignores_contrast_and_marks_flat_background() -> None:
    y, x = np.indices((64, 96), dtype=float)
    disc = (x - 48) ** 2 + (y - 32) ** 2 < 16**2
    moved = (x - 50) ** 2 + (y - 32) ** 2 < 16**2
    prev, next_ = np.where(disc, texture(x, y), 0.5), np.where(moved, texture(x - 2, y), 0.5)
    result = flow.pyramidal_horn_schunck(prev, next_)
    faint = flow.pyramidal_horn_schunck(0.1 * prev, 0.1 * next_)
    np.testing.assert_allclose(faint.flow, result.flow, atol=1e-6)
    np.testing.assert_array_equal(faint.valid, result.valid)
    assert not result.valid[5, 5]
    assert result.valid[32, 48]
    np.testing.assert_allclose(result.flow[32, 48], [2, 0], atol=0.1)


@given(H=st.integers(2, 30), W=st.integers(2, 30), flat=st.booleans())
def test_any_size_gives_a_finite_field_of_its_size(H: int, W: int, flat: bool) -> None:
    images = np.random.default_rng(H).random((2, H, W, 3), dtype=np.float32) * (not flat)
    for result in (
        flow.horn_schunck(*images, iterations=5),
        flow.pyramidal_horn_schunck(*images, iterations=2, sweeps=3),
    ):
        assert result.flow.shape == (H, W, 2)
        assert result.flow.dtype == np.float32
        assert result.valid.shape == (H, W)
        assert np.isfinite(result.flow).all()


@pytest.mark.parametrize("name", ["horn_schunck", "pyramidal_horn_schunck"])
def test_torch_agrees_with_the_reference_to_a_millionth_of_the_largest(name: str) -> None:
    pairs = [shifted(2, -1, H=49, W=66), shifted(-0.5, 0.5, H=49, W=66, seed=5)]
    for image in pairs[1]:
        image *= 0.1
        image[:, 40:] = 0.05
    prev, next_ = (torch.from_numpy(np.stack(images)) for images in zip(*pairs, strict=True))
    field, valid = getattr(horn_schunck_torch, name)(prev, next_)
    for k, pair in enumerate(pairs):
        reference = getattr(flow, name)(*pair)
        largest = abs(reference.flow).max()
        np.testing.assert_array_equal(valid[k].numpy(), reference.valid)
        np.testing.assert_allclose(field[k].numpy(), reference.flow, atol=1e-6 * largest)


def test_torch_gradients_are_those_of_finite_differences() -> None:
    prev, next_ = (torch.from_numpy(image[None]) for image in shifted(0.3, 0.2, H=5, W=6))
    inputs = (prev.requires_grad_(), next_.requires_grad_())
    assert torch.autograd.gradcheck(
        lambda a, b: horn_schunck_torch.horn_schunck(a, b, iterations=4)[0], inputs
    )
