"""vidcore.attention.attention and vidcore.attention.attention_torch: weights, mixing, errors."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore.attention import scaled_dot_product
from vidcore.attention.attention import multi_head
from vidcore.attention.attention_torch import SelfAttention
from vidcore.attention.attention_torch import scaled_dot_product as on_tensors
from vidcore.errors import ShapeError

SIZES = st.integers(1, 7)


def by_loops(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Attention as its sentence says it, one pair at a time."""
    out = np.zeros((len(q), v.shape[1]))
    for i, query in enumerate(q):
        e = [
            np.exp(sum(a * b for a, b in zip(query, key, strict=True)) / len(key) ** 0.5)
            for key in k
        ]
        for weight, value in zip(e, v, strict=True):
            out[i] += weight / sum(e) * value
    return out


@given(N=SIZES, M=SIZES, D=SIZES, E=SIZES, seed=st.integers(0, 999))
def test_attention_is_a_weighted_mean_of_the_values(
    N: int, M: int, D: int, E: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=(M, E))
    mixed, weights = scaled_dot_product(q, k, v)
    np.testing.assert_allclose(mixed, by_loops(q, k, v), atol=1e-12)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-12)
    assert (weights > 0).all()


@given(scale=st.floats(1e2, 1e4))
def test_large_scores_do_not_overflow(scale: float) -> None:
    mixed, weights = scaled_dot_product(scale * np.eye(3), scale * np.eye(3), np.eye(3))
    np.testing.assert_allclose(weights, np.eye(3), atol=1e-9)
    assert np.isfinite(mixed).all()


def test_permuting_the_keys_permutes_the_weights_and_not_the_mix(rng: np.random.Generator) -> None:
    q, k, v = (
        rng.normal(size=(3, 2, 5, 4))[0],
        rng.normal(size=(2, 6, 4)),
        rng.normal(size=(2, 6, 3)),
    )
    order = rng.permutation(6)
    mixed, weights = scaled_dot_product(q, k, v)
    again, permuted = scaled_dot_product(q, k[:, order], v[:, order])
    np.testing.assert_allclose(again, mixed, atol=1e-12)
    np.testing.assert_allclose(permuted, weights[..., order], atol=1e-12)


@pytest.mark.parametrize(("batch", "heads"), [(1, 1), (1, 2), (3, 1), (3, 2)])
def test_both_paths_agree_in_float64(batch: int, heads: int, rng: np.random.Generator) -> None:
    q, k = rng.normal(size=(2, batch, heads, 5, 4))
    v = rng.normal(size=(batch, heads, 5, 3))
    for slow, fast in zip(
        scaled_dot_product(q, k, v), on_tensors(*map(torch.from_numpy, (q, k, v))), strict=True
    ):
        np.testing.assert_allclose(fast.numpy(), slow, atol=1e-9 * abs(slow).max())


def test_gradients_flow_to_queries_keys_and_values() -> None:
    q, k, v = (torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True) for _ in range(3))
    assert torch.autograd.gradcheck(lambda *x: on_tensors(*x)[0], (q, k, v))


def test_the_fused_path_gives_what_the_explicit_one_gives() -> None:
    torch.manual_seed(0)
    attention, x = SelfAttention(12, 3).double(), torch.randn(2, 7, 12, dtype=torch.float64)
    fused, nothing = attention(x)
    explicit, kept = attention(x, keep=True)
    assert nothing is None
    np.testing.assert_allclose(fused.detach(), explicit.detach(), atol=1e-12)
    np.testing.assert_allclose(kept.weights.sum(-1).detach(), 1, atol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
def test_multi_head_is_what_the_module_computes(bias: bool) -> None:
    torch.manual_seed(0)
    attention, x = SelfAttention(12, 3, bias=bias).double(), torch.randn(7, 12, dtype=torch.float64)
    qkv = attention.qkv.weight.detach().numpy()
    b = attention.qkv.bias.detach().numpy() if bias else None
    mixed, weights = multi_head(x.numpy(), qkv, b, heads=3)
    _, kept = attention(x[None], keep=True)
    np.testing.assert_allclose(weights, kept.weights[0].detach(), atol=1e-12)
    projected = attention.proj(torch.from_numpy(mixed)).detach()
    np.testing.assert_allclose(projected, attention(x[None])[0][0].detach(), atol=1e-12)


@pytest.mark.parametrize(
    ("q", "k", "v", "says"),
    [
        ((3, 4), (5, 3), (5, 2), "same width"),
        ((3, 4), (5, 4), (6, 2), "one value"),
        ((3, 4), (0, 4), (0, 2), "M, D >= 1"),
        ((4,), (5, 4), (5, 2), "token axis"),
    ],
)
def test_shapes_that_do_not_fit_are_named(q: tuple, k: tuple, v: tuple, says: str) -> None:
    for attend, make in ((scaled_dot_product, np.zeros), (on_tensors, torch.zeros)):
        with pytest.raises(ShapeError, match=says):
            attend(make(q), make(k), make(v))
