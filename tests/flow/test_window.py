"""vidcore.flow.window and vidcore.flow.window_torch: sums, and filling from neighbours."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore.flow import window, window_torch


@given(H=st.integers(2, 9), W=st.integers(2, 9), size=st.sampled_from([3, 5, 7, 31]))
def test_a_sum_is_that_of_a_plain_loop_with_repeated_borders(H: int, W: int, size: int) -> None:
    x = np.random.default_rng(H * W).random((H, W))
    padded = np.pad(x, size // 2, mode="edge")
    expected = [[padded[r : r + size, c : c + size].sum() for c in range(W)] for r in range(H)]
    np.testing.assert_allclose(window.window_sum(x, size), expected, rtol=1e-12)
    np.testing.assert_allclose(window.window_mean(x, size) * size**2, expected, rtol=1e-12)
    fast = window_torch.window_sum(torch.from_numpy(x[None]), size)[0]
    np.testing.assert_allclose(fast.numpy(), expected, rtol=1e-12)


def test_fill_takes_the_mean_of_the_nearest_answers() -> None:
    flow, valid = np.zeros((1, 5, 2)), np.zeros((1, 5), bool)
    flow[0, :, 0], valid[0, [0, 2]] = [2, 9, 4, 9, 9], True
    filled = window.fill(flow, valid)
    np.testing.assert_allclose(filled[0, :, 0], [2, 3, 4, 4, 4])


@given(seed=st.integers(0, 99), share=st.sampled_from([0.0, 0.01, 0.2, 0.9, 1.0]))
def test_fill_never_leaves_the_range_of_what_is_known(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    flow, valid = rng.uniform(1, 2, (14, 17, 2)), rng.random((14, 17)) < share
    filled = window.fill(flow, valid)
    np.testing.assert_array_equal(filled[valid], flow[valid])
    if valid.any():
        assert filled.min() >= flow[valid].min() - 1e-12
        assert filled.max() <= flow[valid].max() + 1e-12
    fast = window_torch.fill(torch.from_numpy(flow[None]), torch.from_numpy(valid[None]))
    np.testing.assert_allclose(fast[0].numpy(), filled, atol=1e-12)


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_batch_is_filled_image_by_image(unknown: int) -> None:
    flow = torch.ones(2, 3, 4, 2) * torch.tensor([1.0, 5.0])[:, None, None, None]
    valid = torch.ones(2, 3, 4, dtype=torch.bool)
    valid[unknown, 0] = False
    torch.testing.assert_close(window_torch.fill(flow, valid), flow)


def test_an_image_of_which_nothing_is_known_becomes_zero_beside_others() -> None:
    valid = torch.ones(2, 3, 4, dtype=torch.bool)
    valid[1] = False
    filled = window_torch.fill(torch.ones(2, 3, 4, 2), valid)
    torch.testing.assert_close(filled.amax(dim=(1, 2, 3)), torch.tensor([1.0, 0.0]))
