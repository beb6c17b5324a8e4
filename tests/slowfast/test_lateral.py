"""vidcore.slowfast.lateral and vidcore.slowfast.lateral_torch: how Fast reaches Slow."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import slowfast
from vidcore.media import Clip
from vidcore.slowfast import lateral_torch


def to_torch(a: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(a).movedim(-1, 0)[None]


def loop(fast: np.ndarray, kernel: np.ndarray, alpha: int) -> np.ndarray:
    """The equation, term by term."""
    F, H, W, C = fast.shape
    O, _, k = kernel.shape  # noqa: E741
    out = np.zeros((-(-F // alpha), H, W, O))
    for t, y, x, o in np.ndindex(out.shape):
        for c in range(C):
            for j in range(k):
                at = alpha * t + j - k // 2
                if 0 <= at < F:
                    out[t, y, x, o] += kernel[o, c, j] * fast[at, y, x, c]
    return out


shapes = st.tuples(st.integers(1, 17), st.sampled_from([1, 2, 4, 8]), st.sampled_from([1, 3, 5, 7]))


@given(shape=shapes, seed=st.integers(0, 99))
def test_the_link_is_its_equation_and_torch_agrees(shape: tuple[int, int, int], seed: int) -> None:
    F, alpha, k = shape
    rng = np.random.default_rng(seed)
    fast, kernel = rng.normal(size=(F, 2, 1, 2)), rng.normal(size=(3, 2, k))
    slow = slowfast.lateral(fast, kernel, alpha=alpha)
    np.testing.assert_allclose(slow, loop(fast, kernel, alpha), atol=1e-12)
    twin = lateral_torch.lateral(to_torch(fast), torch.from_numpy(kernel), alpha=alpha)
    torch.testing.assert_close(twin, to_torch(slow), atol=1e-12, rtol=0)


@given(alpha=st.sampled_from([1, 2, 4]), T=st.integers(1, 5), seed=st.integers(0, 99))
def test_fusion_keeps_slow_and_appends_what_the_link_found(alpha: int, T: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slow, fast = rng.normal(size=(T, 2, 3, 4)), rng.normal(size=(alpha * T, 2, 3, 2))
    kernel, scale, shift = rng.normal(size=(4, 2, 5)), rng.normal(size=4), rng.normal(size=4)
    joined = slowfast.fuse(slow, fast, kernel, scale=scale, shift=shift, alpha=alpha)
    np.testing.assert_array_equal(joined[..., :4], slow)
    found = scale * loop(fast, kernel, alpha) + shift
    np.testing.assert_allclose(joined[..., 4:], np.maximum(0, found), atol=1e-12)
    twin = lateral_torch.fuse(
        *(to_torch(slow), to_torch(fast), torch.from_numpy(kernel)),
        scale=torch.from_numpy(scale),
        shift=torch.from_numpy(shift),
        alpha=alpha,
    )
    torch.testing.assert_close(twin, to_torch(joined), atol=1e-12, rtol=0)


@given(alpha=st.sampled_from([1, 2, 4]), T=st.integers(1, 4), seed=st.integers(0, 99))
def test_sampling_is_a_link_that_reads_the_middle_alone(alpha: int, T: int, seed: int) -> None:
    fast = np.random.default_rng(seed).normal(size=(alpha * T, 1, 2, 3))
    middle = np.eye(3)[..., None] * (np.arange(5) == 2)
    sampled = slowfast.time_sample(fast, alpha=alpha)
    np.testing.assert_allclose(slowfast.lateral(fast, middle, alpha=alpha), sampled)
    twin = lateral_torch.time_sample(to_torch(fast), alpha=alpha)
    torch.testing.assert_close(twin, to_torch(sampled))


def test_packing_time_into_channels_loses_nothing(rng: np.random.Generator) -> None:
    fast = rng.normal(size=(8, 2, 3, 2))
    packed = slowfast.time_to_channel(fast, alpha=4)
    assert packed.shape == (2, 2, 3, 8)
    np.testing.assert_array_equal(
        packed[1, 0, 2, 2:4], fast[5, 0, 2]
    )  # frame 4 + 1, its 2 channels
    twin = lateral_torch.time_to_channel(to_torch(fast), alpha=4)
    torch.testing.assert_close(twin, to_torch(packed))


def test_the_link_has_gradients_to_both_arguments() -> None:
    fast = torch.rand(1, 2, 8, 2, 2, dtype=torch.float64, requires_grad=True)
    kernel = torch.rand(3, 2, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda f, k: lateral_torch.lateral(f, k, alpha=4), (fast, kernel)
    )


@pytest.mark.parametrize("alpha", [1, 4, 8])
def test_a_link_is_blind_to_frames_outside_its_window(alpha: int) -> None:
    fast = np.random.default_rng(0).normal(size=(32, 1, 1, 2))
    kernel = np.random.default_rng(1).normal(size=(4, 2, 5))
    before = slowfast.lateral(fast, kernel, alpha=alpha)
    reads = slowfast.clocks(32, 30.0, slowfast.Layout(32 // alpha, alpha, alpha)).reads
    for i in range(32):
        moved = fast.copy()
        moved[i] += 1
        changed = (slowfast.lateral(moved, kernel, alpha=alpha) != before).any(axis=(1, 2, 3))
        np.testing.assert_array_equal(changed, reads[:, i])


@pytest.mark.parametrize("kernel", slowfast.KERNELS)
def test_a_trace_is_the_link_on_the_pixel_that_changes_most(kernel: str) -> None:
    frames = np.full((32, 5, 6, 3), 0.25, np.float32)
    frames[:, 3, 2] = np.linspace(0, 0.62, 32)[:, None]  # brighter by 0.02 a frame
    layout = slowfast.Layout(4, 8, 8)
    result = slowfast.trace(Clip(frames, 30.0), layout, kernel)
    assert result.pixel == (3, 2)
    np.testing.assert_allclose(result.slow, [0, 0.2, 0.4, 0.62], atol=1e-6)
    inside = result.link[1:]  # the first window reaches over the start
    expected = [0.02] * 3 if kernel == "the change" else [0.16, 0.32, 0.48]
    np.testing.assert_allclose(inside, expected, atol=1e-6)
