"""vidcore.attention.block and vidcore.attention.block_torch; tokens and tokens_torch; schemes."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from einops import rearrange
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import conv3d

from vidcore import attention
from vidcore.attention import block, block_torch, tokens, tokens_torch
from vidcore.attention.attention import multi_head
from vidcore.errors import ShapeError

D, HEADS, T, N = 12, 3, 4, 6


def weights_of(module: torch.nn.Module) -> dict[str, np.ndarray]:
    return {name: p.detach().numpy() for name, p in module.state_dict().items()}


def attend(rng: np.random.Generator) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    qkv = rng.normal(size=(3 * D, D)) / D**0.5
    return lambda x: multi_head(x, qkv, None, heads=HEADS)


def test_both_blocks_agree_in_float64(rng: np.random.Generator) -> None:
    """vidcore.attention.block and vidcore.attention.block_torch."""
    torch.manual_seed(0)
    x, cls = rng.normal(size=(T, N, D)), rng.normal(size=D)
    joint = block_torch.JointBlock(D, HEADS, 2 * D).double()
    expected, maps = block.joint_block(x[0], weights_of(joint), heads=HEADS)
    found, kept = joint(torch.from_numpy(x[:1]), keep=True)
    np.testing.assert_allclose(found[0].detach(), expected, atol=1e-9)
    np.testing.assert_allclose(kept.weights[0].detach(), maps, atol=1e-9)

    divided = block_torch.DividedBlock(D, HEADS, 2 * D).double()
    slow = block.divided_block(cls, x, weights_of(divided), heads=HEADS)
    fast = divided.step(torch.from_numpy(cls[None]), torch.from_numpy(x[None]), keep=True)
    for a, b in zip(slow[:2], fast[:2], strict=True):
        np.testing.assert_allclose(b[0].detach(), a, atol=1e-9)
    for a, kept in zip(slow[2:], fast[2:], strict=True):
        np.testing.assert_allclose(kept.weights.detach(), a, atol=1e-9)


def test_both_paths_cut_and_embed_alike(rng: np.random.Generator) -> None:
    """vidcore.attention.tokens and vidcore.attention.tokens_torch."""
    frames = rng.random((5, 13, 11, 3))
    kernel, bias = rng.normal(size=(7, 3, 2, 4, 4)), rng.normal(size=7)
    batch = torch.from_numpy(frames[None])
    cut = tokens.tubelets(frames, tubelet=2, patch=4)
    np.testing.assert_array_equal(tokens_torch.tubelets(batch, tubelet=2, patch=4)[0], cut)
    slow = tokens.embed(frames, kernel, bias)
    fast = tokens_torch.embed(batch, torch.from_numpy(kernel), torch.from_numpy(bias))
    np.testing.assert_allclose(fast[0], slow, atol=1e-9)


def test_embedding_is_a_convolution_whose_stride_is_its_kernel(rng: np.random.Generator) -> None:
    frames = rng.random((4, 8, 12, 3))
    kernel, bias = rng.normal(size=(7, 3, 2, 4, 4)), rng.normal(size=7)
    video = torch.from_numpy(rearrange(frames, "t h w c -> 1 c t h w"))
    out = conv3d(video, torch.from_numpy(kernel), torch.from_numpy(bias), stride=(2, 4, 4))
    expected = rearrange(out[0], "d t h w -> t (h w) d")
    np.testing.assert_allclose(tokens.embed(frames, kernel, bias), expected, atol=1e-9)


def test_convention_places_run_row_by_row() -> None:
    frames = np.zeros((1, 4, 6, 1))
    frames[0, 2:, 4:] = 1  # second row of patches, third column
    cut = tokens.tubelets(frames, tubelet=1, patch=2)
    assert cut.shape == (1, 6, 4)
    assert cut[0].sum(axis=1).argmax() == 1 * 3 + 2


def test_a_central_frame_start_sees_one_frame_of_the_tubelet(rng: np.random.Generator) -> None:
    frames, kernel = rng.random((4, 4, 4, 3)), rng.normal(size=(5, 3, 4, 4))
    started = tokens.central_frame(kernel, 4)
    image = tokens.embed(frames[2:3], kernel[:, :, None], np.zeros(5))
    np.testing.assert_allclose(tokens.embed(frames, started, np.zeros(5)), image, atol=1e-12)


@given(length=st.integers(1, 40), half=st.integers(1, 20))
def test_waves_depend_on_the_distance_only(length: int, half: int) -> None:
    table = tokens.sincos(length, 2 * half)
    products = table @ table.T  # sum of cos(rate (i - j)): the same along every diagonal
    for gap in range(length):
        np.testing.assert_allclose(np.diag(products, gap), products[0, gap], atol=1e-9)


@pytest.mark.parametrize(("T", "side"), [(1, 16), (2, 15)])
def test_a_clip_smaller_than_a_tubelet_is_refused_on_both_paths(T: int, side: int) -> None:
    with pytest.raises(ShapeError, match="do not fit"):
        tokens.tubelets(np.zeros((T, side, side, 3)))
    with pytest.raises(ShapeError, match="do not fit"):
        tokens_torch.tubelets(torch.zeros(1, T, side, side, 3))
    assert tokens.tubelets(np.zeros((2, 16, 16, 3))).shape == (1, 1, 1536)


def test_permuting_frames_without_positions_permutes_the_outputs(rng: np.random.Generator) -> None:
    """Order-blind: the mean of the outputs, all a classifier would see, does not change at all."""
    x, order = rng.normal(size=(T, N, D)), rng.permutation(T)
    one, two = attend(rng), attend(rng)
    layers: list[Callable[[np.ndarray], np.ndarray]] = [
        lambda y: attention.joint(y, one)[0],
        lambda y: attention.divided(y, one, two)[0],
        lambda y: attention.factorised(y, one, two)[0],
    ]
    for layer in layers:
        np.testing.assert_allclose(layer(x[order]), layer(x)[order], atol=1e-12)
        np.testing.assert_allclose(layer(x[order]).mean(0), layer(x).mean(0), atol=1e-12)
    moments = tokens.sincos(T, D)
    placed = attention.factorised_positions(np.zeros((N, D)), moments)
    shuffled = attention.divided(x[order] + placed, one, two)[0].mean(0)
    assert abs(shuffled - attention.divided(x + placed, one, two)[0].mean(0)).max() > 1e-3


def test_a_change_in_one_patch_reaches_where_the_scheme_says(rng: np.random.Generator) -> None:
    x = rng.normal(size=(T, N, D))
    changed = x.copy()
    changed[1, 2] += 1
    one, two = attend(rng), attend(rng)

    def reached(layer: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return np.asarray(abs(layer(changed) - layer(x)).max(-1) > 1e-12)

    assert reached(lambda y: attention.joint(y, one)[0]).all()
    assert reached(lambda y: attention.divided(y, one, two)[0]).all()  # in two hops
    along = reached(lambda y: y + attention.schemes.over_time(y, one)[0])
    np.testing.assert_array_equal(along, np.arange(N) == np.full((T, 1), 2))
    space = reached(lambda y: attention.schemes.over_space(y, one)[0])
    np.testing.assert_array_equal(space, (np.arange(T) == 1)[:, None] & np.ones(N, bool))
    assert reached(lambda y: attention.factorised(y, one, two)[0]).all()


def test_the_two_steps_of_a_divided_layer_multiply(rng: np.random.Generator) -> None:
    """Linear in the values, without residuals: the product map mixes as the two steps do."""
    x, values = rng.normal(size=(T, N, D)), rng.normal(size=(T, N, D))
    _, along = attention.schemes.over_time(x, attend(rng))
    _, across = attention.schemes.over_space(x, attend(rng))
    both = attention.two_steps(along, across)
    np.testing.assert_allclose(both.sum((-1, -2)), 1, atol=1e-12)
    after_time = np.einsum("mtu,umd->tmd", along[:, 0], values)
    after_both = np.einsum("tnm,tmd->tnd", across[:, 0], after_time)
    np.testing.assert_allclose(np.einsum("tnum,umd->tnd", both[0], values), after_both, atol=1e-12)


@given(layers=st.integers(1, 4), residual=st.floats(0, 1), seed=st.integers(0, 99))
def test_rollout_keeps_rows_summing_to_one(layers: int, residual: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    maps = [attention.softmax(rng.normal(size=(5, 5))) for _ in range(layers)]
    rolled = attention.rollout(maps, residual=residual)
    np.testing.assert_allclose(rolled.sum(-1), 1, atol=1e-12)
    assert (rolled >= 0).all()


def test_rollout_follows_a_chain_of_looks() -> None:
    """3 looks at 2 in the last layer, 2 looked at 1 in the first: 3 has what 1 was."""
    first, last = np.eye(4), np.eye(4)
    first[2] = [0, 1, 0, 0]
    last[3] = [0, 0, 1, 0]
    np.testing.assert_array_equal(attention.rollout([first, last], residual=0.0)[3], [0, 1, 0, 0])
    np.testing.assert_array_equal(attention.rollout([first, last], residual=1.0), np.eye(4))
    np.testing.assert_allclose(attention.rollout([first, last])[3], [0, 0.25, 0.25, 0.5])


def test_rollout_refuses_maps_of_different_shapes() -> None:
    for maps in ([], [np.eye(3), np.eye(4)], [np.ones((3, 4))]):
        with pytest.raises(ShapeError, match="square maps"):
            attention.rollout(maps)
    with pytest.raises(ShapeError, match="0 to 1"):
        attention.rollout([np.eye(2)], residual=1.5)
