"""Two opinions together, and where the answer turns.

Compares vidcore.twostream.fusion and vidcore.twostream.fusion_torch.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vidcore import twostream
from vidcore.errors import ShapeError
from vidcore.twostream import fusion_torch

LOGITS = hnp.arrays(np.float64, 5, elements=st.floats(-30, 30))
WEIGHTS = st.floats(0, 1)


@given(s=LOGITS, t=LOGITS, weight=WEIGHTS)
def test_answers_are_probabilities_between_those_of_the_streams(
    s: np.ndarray, t: np.ndarray, weight: float
) -> None:
    p = twostream.fuse(s, t, weight=weight)
    both = np.stack([twostream.softmax(s), twostream.softmax(t)])
    np.testing.assert_allclose(p.sum(), 1)
    assert (p >= both.min(axis=0) - 1e-12).all()
    assert (p <= both.max(axis=0) + 1e-12).all()


@given(s=LOGITS, t=LOGITS, weight=WEIGHTS)
def test_swapping_the_streams_and_their_shares_changes_nothing(
    s: np.ndarray, t: np.ndarray, weight: float
) -> None:
    for fuse in (twostream.fuse, twostream.fuse_logits):
        swapped = fuse(t, s, weight=1 - weight)
        np.testing.assert_allclose(fuse(s, t, weight=weight), swapped, atol=1e-12)


def test_the_weight_is_the_share_of_the_spatial_stream(rng: np.random.Generator) -> None:
    s, t = rng.normal(size=(2, 6))
    for fuse in (twostream.fuse, twostream.fuse_logits):
        np.testing.assert_allclose(fuse(s, t, weight=1.0), twostream.softmax(s))
        np.testing.assert_allclose(fuse(s, t, weight=0.0), twostream.softmax(t))
    half = (twostream.softmax(s) + twostream.softmax(t)) / 2
    np.testing.assert_allclose(twostream.fuse(s, t), half)


@given(s=LOGITS, shift=st.floats(-500, 500))
def test_a_constant_added_to_all_logits_changes_nothing_and_nothing_overflows(
    s: np.ndarray, shift: float
) -> None:
    shifted = twostream.fuse(s + shift, s - shift)
    np.testing.assert_allclose(shifted, twostream.softmax(s), atol=1e-9)


def test_averaging_logits_is_the_geometric_mean_of_the_answers(rng: np.random.Generator) -> None:
    s, t = rng.normal(size=(2, 6))
    mean = np.sqrt(twostream.softmax(s) * twostream.softmax(t))
    np.testing.assert_allclose(twostream.fuse_logits(s, t), mean / mean.sum())


def test_one_veto_counts_for_logits_and_not_for_answers() -> None:
    s, t = np.log([0.98, 0.01, 0.01]), np.log([1e-6, 0.5, 0.5])
    assert twostream.fuse(s, t).argmax() == 0  # the spatial stream is sure, and that is kept
    assert twostream.fuse_logits(s, t).argmax() != 0  # the temporal stream has ruled it out


def test_float32_stays_float32(rng: np.random.Generator) -> None:
    s, t = rng.normal(size=(2, 6)).astype(np.float32)
    assert twostream.fuse(s, t, weight=0.3).dtype == np.float32
    assert twostream.fuse_logits(s, t, weight=0.3).dtype == np.float32


@given(s=LOGITS, t=LOGITS, rule=st.sampled_from(["answers", "logits"]))
def test_the_stretches_are_the_answers_at_every_weight(
    s: np.ndarray, t: np.ndarray, rule: str
) -> None:
    curve = twostream.fusion_curve(s, t, rule=rule)
    fuse = twostream.fuse if rule == "answers" else twostream.fuse_logits
    assert curve.stretches[0].start == 0
    assert curve.stretches[-1].stop == 1
    for before, after in zip(curve.stretches, curve.stretches[1:], strict=False):
        assert before.stop == after.start
        assert before.label != after.label
    for w, row in zip(curve.weights, curve.probabilities, strict=True):
        np.testing.assert_allclose(row, fuse(s, t, weight=w), atol=1e-12)
        winner = next(k for k in curve.stretches if k.start <= w <= k.stop)
        assert row[winner.label] >= row.max() - 1e-9


def test_a_crossing_is_where_two_answers_are_equal() -> None:
    s, t = np.log([0.7, 0.2, 0.1]), np.log([0.1, 0.6, 0.3])
    first, second = twostream.fusion_curve(s, t).stretches
    assert (first.label, second.label) == (1, 0)
    np.testing.assert_allclose(first.stop, 0.5)  # 0.1 + 0.6 w = 0.6 - 0.4 w
    p = twostream.fuse(s, t, weight=first.stop)
    np.testing.assert_allclose(p[0], p[1])


def test_a_third_class_can_win_between_the_two_that_the_streams_prefer() -> None:
    s, t = np.log([0.50, 0.01, 0.49]), np.log([0.01, 0.50, 0.49])
    assert [k.label for k in twostream.fusion_curve(s, t).stretches] == [1, 2, 0]


def test_of_equals_the_one_that_climbs_wins_and_a_tie_for_ever_is_one_stretch() -> None:
    s, t = np.log([0.2, 0.6, 0.2]), np.log([0.4, 0.4, 0.2])
    assert [k.label for k in twostream.fusion_curve(s, t).stretches] == [1]
    equal = np.zeros(4)
    assert len(twostream.fusion_curve(equal, equal).stretches) == 1


def test_learned_fusion_reads_both_answers_each_of_length_one(rng: np.random.Generator) -> None:
    s, t = rng.normal(size=(2, 7, 4))
    both = twostream.both_answers(s, t)
    assert both.shape == (7, 8)
    np.testing.assert_allclose(np.linalg.norm(both[:, :4], axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(both[:, 4:], axis=1), 1)
    weights, bias = rng.normal(size=(4, 8)), rng.normal(size=4)
    fusion = twostream.LinearFusion(weights, bias)
    one = twostream.fuse_learned(s[2], t[2], fusion)
    np.testing.assert_allclose(one, weights @ both[2] + bias)
    np.testing.assert_allclose(twostream.fuse_learned(s, t, fusion)[2], one)


def test_torch_agrees_with_the_reference_and_lets_gradients_through(
    rng: np.random.Generator,
) -> None:
    s, t = (torch.from_numpy(rng.normal(size=(3, 5))).requires_grad_() for _ in range(2))
    for name in ("fuse", "fuse_logits"):
        fast = getattr(fusion_torch, name)(s, t, weight=0.3)
        for k in range(3):
            slow = getattr(twostream, name)(
                s[k].detach().numpy(), t[k].detach().numpy(), weight=0.3
            )
            np.testing.assert_allclose(fast[k].detach().numpy(), slow, atol=1e-12)
        assert torch.autograd.gradcheck(getattr(fusion_torch, name), (s, t))


def test_opinions_about_different_classes_are_refused() -> None:
    for s, t in [
        (np.zeros(3), np.zeros(4)),
        (np.zeros((1, 3)), np.zeros((1, 3))),
        (np.zeros(0), np.zeros(0)),
    ]:
        for fuse in (twostream.fuse, twostream.fuse_logits, twostream.fusion_curve):
            with pytest.raises(ShapeError, match="same classes"):
                fuse(s, t)
    with pytest.raises(ShapeError, match="finite"):
        twostream.fuse(np.zeros(2), np.array([0, np.nan]))


def test_a_share_lies_from_zero_to_one() -> None:
    for weight in (-1e-9, 1 + 1e-9, np.nan):
        for fuse in (twostream.fuse, twostream.fuse_logits):
            with pytest.raises(ShapeError, match="0 to 1"):
                fuse(np.zeros(2), np.zeros(2), weight=weight)
    with pytest.raises(ShapeError, match="rule"):
        twostream.fusion_curve(np.zeros(2), np.zeros(2), rule="votes")
    with pytest.raises(ShapeError, match="steps"):
        twostream.fusion_curve(np.zeros(2), np.zeros(2), steps=1)
