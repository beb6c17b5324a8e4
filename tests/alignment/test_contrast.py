"""The contrastive loss: oracles, limits, and the torch twin."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Bool, Float

from vidcore.alignment import contrast as reference
from vidcore.alignment import cosine, info_nce, one_way, pull
from vidcore.alignment.contrast_torch import cosine as cosine_torch
from vidcore.alignment.contrast_torch import info_nce as info_nce_torch

Matrix = Float[np.ndarray, "N M"]
Fits = Bool[np.ndarray, "N M"]


def some(rng: np.random.Generator, N: int = 5, M: int = 7) -> tuple[Matrix, Fits]:
    """Similarities and what fits: every clip fits something, one text fits nothing."""
    fits = rng.random((N, M)) < 0.3
    fits[np.arange(N), np.arange(N)] = True
    fits[:, -1] = False
    return rng.uniform(-1, 1, (N, M)), fits


def by_hand(S: Matrix, fits: Fits, tau: float) -> float:
    """The symmetric loss, one number at a time."""
    total = []
    for scores, right in ((S, fits), (S.T, fits.T)):
        each = []
        for row, ok in zip(scores, right, strict=True):
            if not ok.any():
                continue
            p = np.exp(row / tau) / np.exp(row / tau).sum()
            each.append(np.mean([-np.log(p[j]) for j in np.flatnonzero(ok)]))
        total.append(np.mean(each))
    return float(np.mean(total))


@pytest.mark.parametrize("tau", [0.05, 0.3, 2.0])
def test_the_loss_is_the_mean_cross_entropy_of_rows_and_columns(
    rng: np.random.Generator, tau: float
) -> None:
    S, fits = some(rng)
    assert info_nce(S, fits, temperature=tau) == pytest.approx(by_hand(S, fits, tau), rel=1e-12)


def test_a_text_that_fits_no_clip_makes_rows_dearer_and_asks_nothing_itself(
    rng: np.random.Generator,
) -> None:
    S, fits = some(rng)
    assert one_way(S, fits, temperature=0.2) > one_way(S[:, :-1], fits[:, :-1], temperature=0.2)
    columns = one_way(S.T, fits.T, temperature=0.2)
    assert columns == one_way(S[:, :-1].T, fits[:, :-1].T, temperature=0.2)


@given(N=st.integers(2, 9), tau=st.floats(0.02, 2.0), seed=st.integers(0, 99))
def test_no_arrangement_of_cosines_is_cheaper_than_aligned_pairs(
    N: int, tau: float, seed: int
) -> None:
    aligned, own = 2 * np.eye(N) - 1, np.eye(N, dtype=bool)
    other = np.random.default_rng(seed).uniform(-1, 1, (N, N))
    least = info_nce(aligned, own, temperature=tau)
    assert least <= info_nce(other, own, temperature=tau) + 1e-12
    assert least == pytest.approx(np.log1p((N - 1) * np.exp(-2 / tau)), abs=1e-9)  # nats


@given(seed=st.integers(0, 99))
def test_the_order_of_a_batch_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    S, fits = some(rng)
    i, j = rng.permutation(len(S)), rng.permutation(S.shape[1])
    moved = info_nce(S[i][:, j], fits[i][:, j], temperature=0.1)
    assert moved == pytest.approx(info_nce(S, fits, temperature=0.1), rel=1e-12)


def test_a_hot_softmax_guesses_and_a_cold_one_sees_only_the_hardest_wrong_answer(
    rng: np.random.Generator,
) -> None:
    S, own = rng.uniform(-1, 1, (6, 6)), np.eye(6, dtype=bool)
    assert info_nce(S, own, temperature=1e6) == pytest.approx(np.log(6), abs=1e-5)  # nats
    tau = 1e-4
    rows = (S.max(1) - np.diag(S)).mean()
    columns = (S.max(0) - np.diag(S)).mean()
    assert tau * info_nce(S, own, temperature=tau) == pytest.approx((rows + columns) / 2, abs=1e-6)


def test_a_duplicate_called_wrong_cannot_be_satisfied() -> None:
    S = np.full((2, 2), 1.0)  # two clips of the same thing, both captions true of both
    everything, own = np.ones((2, 2), dtype=bool), np.eye(2, dtype=bool)
    tilted = S - [[0.0, 0.2], [0.2, 0.0]]
    assert info_nce(S, everything, temperature=0.1) < info_nce(tilted, everything, temperature=0.1)
    assert info_nce(S, own, temperature=0.1) > info_nce(tilted, own, temperature=0.1)


@given(scale=st.floats(0.1, 50), seed=st.integers(0, 99))
def test_the_cosine_does_not_know_the_length_of_its_vectors(scale: float, seed: int) -> None:
    a, b = np.random.default_rng(seed).standard_normal((2, 4, 8))
    np.testing.assert_allclose(cosine(scale * a, b), cosine(a, b), atol=1e-12)
    assert np.abs(cosine(a, b)).max() <= 1 + 1e-12
    np.testing.assert_allclose(np.diag(cosine(a, a)), 1, atol=1e-12)


def test_large_scores_do_not_overflow() -> None:
    log_p = reference.log_softmax(np.array([[1e4, 0.0], [-1e4, -1e4]]))
    np.testing.assert_allclose(log_p, [[0, -1e4], [-np.log(2)] * 2], atol=1e-9)


def test_torch_computes_the_loss_of_vidcore_alignment_contrast() -> None:
    """Parity of vidcore.alignment.contrast_torch with vidcore.alignment.contrast, in float64."""
    rng = np.random.default_rng(3)
    batches = [some(rng) for _ in range(3)]
    S = torch.tensor(np.stack([S for S, _ in batches]))
    fits = torch.tensor(np.stack([fits for _, fits in batches]))
    wanted = [info_nce(*batch, temperature=0.07) for batch in batches]
    np.testing.assert_allclose(info_nce_torch(S, fits, temperature=0.07), wanted, rtol=1e-12)
    a, b = rng.standard_normal((2, 2, 4, 8))
    wanted = np.stack([cosine(x, y) for x, y in zip(a, b, strict=True)])
    found = cosine_torch(torch.tensor(a), torch.tensor(b))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_the_gradient_reaches_similarity_and_temperature() -> None:
    S, fits = some(np.random.default_rng(4))
    similarity = torch.tensor(S)[None].requires_grad_()
    tau = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    info_nce_torch(similarity, torch.tensor(fits)[None], temperature=tau).sum().backward()
    step = 1e-6
    for i, j in ((0, 0), (2, 5), (4, 6)):
        moved = S.copy()
        moved[i, j] += step
        slope = (by_hand(moved, fits, 0.2) - by_hand(S, fits, 0.2)) / step
        assert float(similarity.grad[0, i, j]) == pytest.approx(slope, abs=1e-5)
    slope = (by_hand(S, fits, 0.2 + step) - by_hand(S, fits, 0.2)) / step
    assert float(tau.grad) == pytest.approx(slope, rel=1e-4)


def test_the_pull_is_the_gradient_of_the_loss_turned_round(rng: np.random.Generator) -> None:
    S, fits = some(rng)
    similarity = torch.tensor(S)[None].requires_grad_()
    info_nce_torch(similarity, torch.tensor(fits)[None], temperature=0.2).sum().backward()
    wanted = -0.2 * similarity.grad[0].numpy()
    np.testing.assert_allclose(pull(S, fits, temperature=0.2), wanted, atol=1e-12)


def test_a_duplicate_is_left_alone_where_all_that_fits_is_right() -> None:
    S = np.full((2, 2), 0.8)
    np.testing.assert_allclose(pull(S, np.ones((2, 2), dtype=bool), temperature=0.1), 0, atol=1e-12)
    np.testing.assert_allclose(
        pull(S, np.eye(2, dtype=bool), temperature=0.1), [[0.25, -0.25], [-0.25, 0.25]]
    )
