"""Which channel is which, and what the mean takes away.

Compares vidcore.twostream.stack and vidcore.twostream.stack_torch.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import twostream
from vidcore.errors import ShapeError
from vidcore.twostream import stack_torch


def test_convention_channels_are_u1_v1_u2_v2(rng: np.random.Generator) -> None:
    flow = rng.normal(size=(10, 5, 7, 2)).astype(np.float32)
    stack = twostream.stack_flow(flow)
    assert stack.shape == (5, 7, 20)
    assert stack.dtype == np.float32
    for k in range(10):
        np.testing.assert_array_equal(stack[..., 2 * k], flow[k, ..., 0])
        np.testing.assert_array_equal(stack[..., 2 * k + 1], flow[k, ..., 1])


def test_it_is_the_stack_of_the_article(rng: np.random.Generator) -> None:
    flow = rng.standard_normal((10, 16, 16, 2)) * 0.5
    article = flow.transpose(1, 2, 0, 3).reshape(16, 16, -1)
    np.testing.assert_array_equal(twostream.stack_flow(flow), article)


@given(pan=st.lists(st.floats(-9, 9), min_size=6, max_size=6), seed=st.integers(0, 99))
def test_with_the_mean_subtracted_a_steady_camera_and_a_panning_one_are_the_same(
    pan: list[float], seed: int
) -> None:
    still = np.random.default_rng(seed).normal(size=(3, 4, 5, 2))
    panned = still + np.array(pan).reshape(3, 1, 1, 2)  # another pan in every field
    np.testing.assert_allclose(
        twostream.stack_flow(panned, subtract_mean=True),
        twostream.stack_flow(still, subtract_mean=True),
        atol=1e-12,
    )
    assert not np.allclose(twostream.stack_flow(still, subtract_mean=True), 0)


def test_each_field_and_component_loses_its_own_mean(rng: np.random.Generator) -> None:
    stack = twostream.stack_flow(rng.normal(3, 2, (4, 9, 8, 2)), subtract_mean=True)
    np.testing.assert_allclose(stack.mean(axis=(0, 1)), 0, atol=1e-12)


def test_the_argument_is_left_as_it_was(rng: np.random.Generator) -> None:
    flow = rng.normal(1, 1, (2, 3, 4, 2))
    kept = flow.copy()
    twostream.stack_flow(flow, subtract_mean=True)[:] = 7
    np.testing.assert_array_equal(flow, kept)


def test_a_trajectory_meets_what_a_fixed_pixel_misses() -> None:
    flow = np.zeros((3, 1 + 8, 12, 2))
    for k in range(3):  # a bar three pixels wide walks right by two, and knows where it is going
        flow[k, :, 2 * k : 2 * k + 3, 0] = 2
    fixed, followed = twostream.stack_flow(flow), twostream.stack_trajectories(flow)
    np.testing.assert_array_equal(fixed[4, 0, ::2], [2, 0, 0])
    np.testing.assert_array_equal(followed[4, 0, ::2], [2, 2, 2])
    np.testing.assert_array_equal(followed[..., 0], fixed[..., 0])  # the first is never displaced


def test_where_nothing_changes_from_place_to_place_both_stacks_agree() -> None:
    flow = np.broadcast_to(np.array([1.5, -0.5]), (4, 6, 7, 2)).copy()
    np.testing.assert_allclose(twostream.stack_trajectories(flow), twostream.stack_flow(flow))


def test_torch_agrees_with_the_reference_in_float64(rng: np.random.Generator) -> None:
    flow = rng.normal(1, 2, (2, 5, 6, 7, 2))
    for subtract in (False, True):
        fast = stack_torch.stack_flow(torch.from_numpy(flow), subtract_mean=subtract)
        for k in range(2):
            reference = twostream.stack_flow(flow[k], subtract_mean=subtract)
            np.testing.assert_allclose(fast[k].numpy(), reference, atol=1e-12)
        np.testing.assert_array_equal(
            stack_torch.to_network(fast)[:, 3].numpy(), fast[..., 3].numpy()
        )


@pytest.mark.parametrize(
    "shape", [(5, 6, 2), (0, 5, 6, 2), (3, 5, 6, 3), (3, 0, 6, 2), (1, 3, 5, 6, 2)]
)
def test_what_is_no_stack_of_fields_is_refused(shape: tuple[int, ...]) -> None:
    for stack in (twostream.stack_flow, twostream.stack_trajectories):
        with pytest.raises(ShapeError, match="L, H, W, 2"):
            stack(np.zeros(shape))


def test_integers_and_unknown_pixels_are_refused_and_one_field_is_enough() -> None:
    assert twostream.stack_flow(np.zeros((1, 1, 1, 2))).shape == (1, 1, 2)
    assert twostream.stack_trajectories(np.zeros((1, 1, 1, 2))).shape == (1, 1, 2)
    with pytest.raises(ShapeError, match="floats"):
        twostream.stack_flow(np.zeros((1, 2, 2, 2), int))
    with pytest.raises(ShapeError, match="finite"):
        twostream.stack_flow(np.full((1, 2, 2, 2), np.nan))


def test_nothing_of_a_pan_and_all_of_a_rotation_is_left_without_the_mean() -> None:
    pan = np.ones((3, 8, 8, 2)) * [2.0, -1.0]
    y, x = np.mgrid[:9, :9] - 4.0
    turn = np.stack([-y, x], axis=-1)[None]
    assert twostream.left_without_mean(pan) == pytest.approx(0, abs=1e-12)
    assert twostream.left_without_mean(turn) == pytest.approx(1)
