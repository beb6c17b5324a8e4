"""vidcore.conv3d.inflation and vidcore.conv3d.inflation_torch: what a still clip cannot tell."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import conv3d as room
from vidcore.conv3d import inflation_torch
from vidcore.errors import ShapeError
from vidcore.media import Clip, synthetic

SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))
INFLATION = Path(__file__).parents[1] / "golden" / "conv3d_inflation.npz"


@given(st.integers(0, 999), st.integers(1, 5), st.sampled_from(["mean", "centre"]))
def test_a_still_clip_is_answered_as_by_the_2d_filter(seed: int, kT: int, how: str) -> None:
    rng = np.random.default_rng(seed)
    image, k2 = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    still = np.repeat(image[None], 6, axis=0)
    flat = room.conv3d(image[None], k2[None])
    for padding in ("valid", "replicate"):
        k3 = room.inflate(k2, kT, how=how)
        answer = room.conv3d(still, k3, padding=padding)
        if padding == "replicate":
            answer = answer[:, 1:-1, : flat.shape[2]]  # the places where space needs no border
        np.testing.assert_allclose(answer, np.repeat(flat, len(answer), 0), atol=1e-12)


@given(st.integers(0, 999), st.integers(1, 6), st.sampled_from(["mean", "centre"]))
def test_torch_inflates_as_the_reference(seed: int, kT: int, how: str) -> None:
    k = np.random.default_rng(seed).normal(size=(2, 3, 4))
    fast = inflation_torch.inflate(torch.from_numpy(k), kT, how=how)
    np.testing.assert_allclose(fast[1].numpy(), room.inflate(k[1], kT, how=how), atol=1e-15)
    np.testing.assert_array_equal(fast.numpy(), room.inflate(k, kT, how=how))


def test_the_weights_of_an_independent_inflation_are_ours() -> None:
    golden = np.load(INFLATION)
    for i in "0123":
        w2d, kT = golden[f"{i}/w2d"], int(golden[f"{i}/stride_pad_timedim"][2])
        for name, how in (("mean", "mean"), ("center", "centre")):
            ours = room.inflate(w2d, kT, how=how)
            np.testing.assert_allclose(ours, golden[f"{i}/w3d_{name}"], rtol=1e-6)


def test_a_layer_inflated_answers_a_constant_video_as_its_images() -> None:
    golden = np.load(INFLATION)
    for i in "0123":
        stride, border, kT = map(int, golden[f"{i}/stride_pad_timedim"])
        image = golden[f"{i}/x2d"][0].transpose(1, 2, 0)
        wide = np.pad(image, [(border, border), (border, border), (0, 0)])
        video = np.repeat(wide[None], kT + 1, axis=0)
        w3d = room.inflate(golden[f"{i}/w2d"], kT)
        out = room.conv3d_layer(video, w3d, golden[f"{i}/bias"], stride=(1, stride, stride))
        expected = golden[f"{i}/y2d"][0].transpose(1, 2, 0)
        for frame in out:
            np.testing.assert_allclose(frame, expected, atol=2e-5)


def test_zero_padding_leaves_a_share_at_both_ends() -> None:
    third = room.temporal_gain(6, 3, "zero")
    np.testing.assert_allclose(third, [2 / 3, 1, 1, 1, 1, 2 / 3])
    seventh = room.temporal_gain(16, 7, "zero")
    np.testing.assert_allclose(seventh[:4], [4 / 7, 5 / 7, 6 / 7, 1])
    np.testing.assert_allclose(seventh, seventh[::-1])
    fifth = room.temporal_gain(16, 5, "zero")
    np.testing.assert_allclose(fifth[:3], [0.6, 0.8, 1])
    np.testing.assert_allclose(room.temporal_gain(6, 3, "replicate"), 1)
    np.testing.assert_allclose(room.temporal_gain(6, 3, "causal")[:3], [1 / 3, 2 / 3, 1])
    assert len(room.temporal_gain(6, 3, "valid")) == 4


def test_the_damage_spreads_with_depth() -> None:
    found = [room.temporal_gain(32, 3, "zero", layers=n) for n in (1, 2, 4, 8)]
    assert [round(float(g[0]), 3) for g in found] == [0.667, 0.556, 0.432, 0.324]
    assert [int((g < 0.99).sum()) for g in found] == [2, 4, 8, 10]


@pytest.mark.parametrize(("kT", "off"), [(1, 0), (3, 2), (5, 4), (7, 6)])
def test_the_comparison_counts_the_frames_that_are_off(kT: int, off: int) -> None:
    clip = synthetic.GALLERY["pan"]().clip
    zero = room.compare_inflated(clip, SOBEL, t=3, kT=kT, padding="zero")
    assert zero.frames_off == off
    np.testing.assert_allclose(zero.gain, room.temporal_gain(16, kT, "zero"), atol=1e-6)
    same = room.compare_inflated(clip, SOBEL, t=3, kT=kT, padding="replicate")
    assert same.frames_off == 0
    assert same.worst.max() < 1e-12
    assert same.flat.shape == (16, *clip.frames.shape[1:3])


def test_a_moving_clip_is_not_answered_as_its_frames() -> None:
    clip = synthetic.GALLERY["pan"]().clip
    moving = room.compare_inflated(clip, SOBEL, kT=3, padding="valid", frozen=False)
    assert moving.first == 1
    assert moving.worst.min() > 0.01
    centred = room.compare_inflated(clip, SOBEL, kT=3, padding="valid", how="centre", frozen=False)
    assert centred.worst.max() < 1e-12  # the middle frame alone


def test_what_cannot_be_inflated_is_refused() -> None:
    for bad in (
        lambda: room.inflate(np.ones(3), 3),
        lambda: room.inflate(np.ones((3, 3)), 0),
        lambda: room.inflate(np.ones((3, 3)), 3, how="sum"),
        lambda: inflation_torch.inflate(torch.ones(3, 3), 0),
        lambda: room.temporal_gain(0, 3, "zero"),
        lambda: room.compare_inflated(Clip(np.zeros((2, 4, 4, 3), np.float32), 9.0), SOBEL, t=2),
    ):
        with pytest.raises(ShapeError, match="got"):
            bad()


@pytest.mark.parametrize("padding", ["zero", "replicate", "causal"])
def test_the_stacked_gain_is_that_of_the_inflated_kernel(padding: str) -> None:
    centre = room.temporal_gain(9, 5, padding, layers=3, how="centre")
    late = 3 * 2 if padding == "causal" else 0  # its centre tap is two frames late on each layer
    np.testing.assert_allclose(centre, [0] * late + [1] * (9 - late))
    with pytest.raises(ShapeError, match="inflated by"):
        room.temporal_gain(9, 5, padding, how="first")
