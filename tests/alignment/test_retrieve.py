"""Ranking and recall, and their torch twins."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore.alignment import ranking, recall
from vidcore.alignment.retrieve_torch import ranking as ranking_torch
from vidcore.alignment.retrieve_torch import recall as recall_torch


def test_the_most_similar_comes_first_and_of_equals_the_earlier() -> None:
    order = ranking(np.array([[0.1, 0.9, 0.5, 0.9]]))
    np.testing.assert_array_equal(order, [[1, 3, 2, 0]])


def test_recall_counts_queries_with_a_hit_among_the_first() -> None:
    S = np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.9, 0.5, 0.1]])
    fits = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    assert [recall(S, fits, k=k) for k in (1, 2, 3)] == [0.25, 0.75, 1.0]


@given(seed=st.integers(0, 99))
def test_recall_grows_with_k_and_asks_nothing_of_the_order_of_a_gallery(seed: int) -> None:
    rng = np.random.default_rng(seed)
    S, fits = rng.random((6, 9)), rng.random((6, 9)) < 0.2
    shares = [recall(S, fits, k=k) for k in range(1, 10)]
    assert shares == sorted(shares)
    assert shares[-1] == fits.any(1).mean()
    order = rng.permutation(9)
    assert recall(S[:, order], fits[:, order], k=3) == shares[2]


def test_torch_ranks_as_vidcore_alignment_retrieve() -> None:
    """Parity of vidcore.alignment.retrieve_torch with vidcore.alignment.retrieve, ties as well."""
    rng = np.random.default_rng(5)
    S = rng.integers(0, 4, (3, 5, 8)).astype(float)
    fits = rng.random(S.shape) < 0.3
    found = ranking_torch(torch.tensor(S))
    np.testing.assert_array_equal(found, np.stack([ranking(x) for x in S]))
    for k in (1, 3):
        wanted = [recall(x, y, k=k) for x, y in zip(S, fits, strict=True)]
        got = recall_torch(torch.tensor(S), torch.tensor(fits), k=k)
        np.testing.assert_allclose(got, wanted, atol=1e-12)
