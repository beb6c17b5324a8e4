"""vidcore.attention.cost: the published tables, by formula; counted pair by pair where small."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from tests.attention.golden import GOLDEN, told
from vidcore import attention
from vidcore.attention.timesformer_torch import TimeSformer
from vidcore.errors import ShapeError

TABLE = {  # frames of 196 patches -> tokens, full pairs, divided pairs
    6: (1_176, 1_382_976, 237_552),
    8: (1_568, 2_458_624, 319_872),
    16: (3_136, 9_834_496, 664_832),
    32: (6_272, 39_337_984, 1_430_016),
    64: (12_544, 157_351_936, 3_261_440),
    96: (18_816, 354_041_856, 5_494_272),
}
GMACS = {8: (179.6, 195.8), 16: (449.7, 392.1), 32: (1261.8, 785.9), 64: (3973.7, 1579.2)}
TYPES = {"joint": "joint_space_time", "divided": "divided_space_time", "space": "space_only"}


@pytest.mark.parametrize("T", TABLE)
def test_pairs_are_those_of_the_published_sizes(T: int) -> None:
    slices, N = attention.token_grid(T, 224, 224)
    found = slices * N, attention.pairs("joint", T, N), attention.pairs("divided", T, N)
    assert found == TABLE[T]


@pytest.mark.parametrize("T", GMACS)
def test_total_multiply_adds_are_the_published_ones(T: int) -> None:
    found = tuple(round(attention.multiply_adds(s, T, 196) / 1e9, 1) for s in ("joint", "divided"))
    assert found == GMACS[T]


@given(T=st.integers(1, 5), N=st.integers(1, 6))
def test_pairs_are_the_entries_of_the_mask(T: int, N: int) -> None:
    for scheme in ("joint", "space"):
        assert attention.direct(scheme, T, N).sum() == attention.pairs(scheme, T, N)
    # divided: a patch's pair with itself is scored in both steps, and is one entry of the mask
    assert attention.direct("divided", T, N).sum() == attention.pairs("divided", T, N) - T * N
    assert attention.pairs("factorised", T, N) == attention.pairs("space", T, N) + T * T


@pytest.mark.parametrize("scheme", attention.SCHEMES)
def test_the_mask_says_who_shares_a_frame_or_a_place(scheme: str) -> None:
    T, N = 3, 4
    mask = attention.direct(scheme, T, N)
    for t, n, u, m in itertools.product(range(T), range(N), range(T), range(N)):
        expected = {"joint": True, "divided": t == u or n == m}.get(scheme, t == u)
        assert mask[t, n, u, m] == expected


def test_the_article_counts_468_pairs_against_1296() -> None:
    assert attention.pairs("divided", 4, 9) == 468
    assert attention.pairs("joint", 4, 9) == 1296


def test_the_two_meters_disagree_at_eight_frames_and_cross_before_sixteen() -> None:
    ratio = attention.pairs("joint", 8, 196) / attention.pairs("divided", 8, 196)
    assert round(ratio, 2) == 7.69
    assert attention.multiply_adds("divided", 8, 196) > attention.multiply_adds("joint", 8, 196)
    cross = attention.crossover(196)
    assert cross is not None
    assert 8 < cross <= 16


def test_a_query_is_compared_with_206_keys_instead_of_1569() -> None:
    assert attention.pairs_per_query("divided", 8, 196) == 206
    assert attention.pairs_per_query("joint", 8, 196) == 1569


@pytest.mark.parametrize("scheme", TYPES)
def test_counts_equal_those_of_the_published_network(scheme: str) -> None:
    """Parameters and multiply-adds of full-size networks, as the published code has them."""
    if not GOLDEN.is_dir():
        pytest.skip("needs ../shared/golden/counts.json")
    counts = told(".", "counts.json")["multiply_adds_and_params"]
    row = counts[f"timesformer_base_{TYPES[scheme]}_8x224"]
    assert attention.parameters(scheme, 8, 196) == row["params"]
    once_a_frame = 7 * 768 * 400 if scheme == "space" else 0  # Hugging Face classifies every frame
    assert attention.multiply_adds(scheme, 8, 196) + once_a_frame == row["macs"]


@pytest.mark.parametrize("scheme", TYPES)
def test_counts_equal_what_a_small_network_does(scheme: str) -> None:
    size = attention.Size(width=24, layers=2, heads=3, patch=4, classes=5)
    network = TimeSformer(
        TYPES[scheme], width=24, depth=2, heads=3, hidden=96, patch=4, places=9, frames=4, classes=5
    )
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network.look(torch.rand(1, 3, 4, 12, 12))
    assert counter.get_total_flops() == 2 * attention.multiply_adds(scheme, 4, 9, size)
    assert sum(p.numel() for p in network.parameters()) == attention.parameters(scheme, 4, 9, size)


def test_scores_grow_from_a_quarter_of_the_work_to_more_than_half() -> None:
    assert round(attention.score_share("joint", 8, 196), 2) == 0.25
    assert round(attention.score_share("joint", 32, 196), 2) == 0.57


def test_the_cost_of_many_lengths_is_that_of_each() -> None:
    result = attention.cost([2, 8, 16], 196)
    for scheme in attention.SCHEMES:
        assert result.pairs[scheme][1] == attention.pairs(scheme, 8, 196)
        assert result.score_bytes[scheme][2] == attention.score_bytes(scheme, 16, 196)
    assert np.all(np.diff(result.multiply_adds["joint"]) > 0)


@pytest.mark.parametrize(("scheme", "T", "N"), [("jont", 8, 4), ("joint", 0, 4), ("space", 8, 0)])
def test_what_cannot_be_counted_is_refused(scheme: str, T: int, N: int) -> None:
    with pytest.raises(ShapeError, match=r"joint, divided|T >= 1"):
        attention.pairs(scheme, T, N)
