"""vidcore.videomae.reconstruct: the door, with a small untrained network exported to a folder."""

import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training.evaluate import rounded
from training.export import export
from training.recipes import RECIPES
from vidcore import videomae
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip
from vidcore.videomae.small_torch import SmallMasked
from vidcore.weights import load_torch
from vidcore.weights.card import card

SETTINGS = {
    "patch": 6,
    "width": 24,
    "depth": 1,
    "heads": 2,
    "decoder_width": 24,
    "decoder_depth": 1,
}


def clip(T: int = 16, H: int = 48, W: int = 48) -> Clip:
    return Clip(np.random.default_rng(0).random((T, H, W, 3), dtype=np.float32), fps=8.0)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SmallMasked]:
    """Ship one untrained network, `masked`, and nothing else."""
    monkeypatch.setattr(sys.modules[card.__module__], "FILES", tmp_path)
    monkeypatch.setattr(load_torch, "FILES", tmp_path)
    for cached in (card, load_torch.load):
        cached.cache_clear()
    torch.manual_seed(0)
    network = SmallMasked(**SETTINGS).eval()
    torch.nn.init.normal_(network.network.decoder.head.weight, std=0.1)
    recipe = replace(RECIPES["masked"], settings=SETTINGS, floor={})
    state = rounded(network)
    export(recipe, state, {}, seed=0, minutes=0.0, multiply_adds=0, folder=tmp_path)
    yield network
    for cached in (card, load_torch.load):
        cached.cache_clear()


def test_the_visible_stays_and_the_hidden_is_the_networks(shipped: SmallMasked) -> None:
    result = videomae.reconstruct(clip(), videomae.Hide("tube", 0.9, seed=3))
    pixels = result.masked.repeat(2, 0).repeat(6, 1).repeat(6, 2)
    np.testing.assert_array_equal(result.filled[~pixels], result.frames[~pixels])
    np.testing.assert_array_equal(result.frames, clip().frames)  # of that very size: unchanged
    video = torch.from_numpy(np.array(result.frames)).permute(3, 0, 1, 2)[None]
    with torch.inference_mode():
        said = shipped(video, torch.from_numpy(result.masked.ravel().copy())[None])[0].numpy()
    cubes = videomae.to_cubes(result.filled, tubelet=2, patch=6)[result.masked.ravel()]
    np.testing.assert_allclose(cubes.reshape(len(cubes), -1), said.clip(0, 1), atol=1e-6)


def test_what_is_reported_is_what_happened(shipped: SmallMasked) -> None:
    result = videomae.reconstruct(clip(), videomae.Hide("random", 0.75, seed=1))
    assert (result.visible, result.tokens) == (128, 512)
    assert result.leakage == videomae.leakage(result.masked)
    cubes = videomae.to_cubes(result.frames, tubelet=2, patch=6)
    mean = videomae.mean_colour(cubes, result.masked)
    expected = ((mean - cubes)[result.masked.ravel()] ** 2).mean()
    assert result.errors["mean colour"] == pytest.approx(expected)
    better = min(result.errors["mean colour"], result.errors["nearest copy"])
    assert result.against_better == pytest.approx(result.errors["model"] / better)
    assert result.seconds > 0
    assert result.fps == 8.0


def test_results_cannot_be_changed(shipped: SmallMasked) -> None:
    result = videomae.reconstruct(clip())
    with pytest.raises(ValueError, match="read-only"):
        result.filled[0] = 0
    with pytest.raises(FrozenInstanceError):
        result.visible = 3  # type: ignore[misc]


def test_where_nothing_is_hidden_nothing_is_wrong(shipped: SmallMasked) -> None:
    result = videomae.reconstruct(clip(), videomae.Hide(ratio=0.0))
    np.testing.assert_array_equal(result.filled, result.frames)
    assert result.errors == dict.fromkeys(result.errors, 0.0)
    assert result.against_better == 0


def test_where_everything_is_hidden_the_door_says_what_to_do(shipped: SmallMasked) -> None:
    for hide in (videomae.Hide(ratio=1.0), videomae.Hide("painted", painted="f" * 16)):
        with pytest.raises(ShapeError, match="Hide fewer"):
            videomae.reconstruct(clip(), hide)


@pytest.mark.parametrize(
    ("hide", "says"),
    [
        (videomae.Hide("block"), "tube, random, frame"),
        (videomae.Hide(ratio=1.01), "0 to 1"),
        (videomae.Hide("painted", painted="0f"), "16 hexadecimal"),
        (videomae.Hide("painted", painted="G" * 16), "16 hexadecimal"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    shipped: SmallMasked, hide: videomae.Hide, says: str
) -> None:
    with pytest.raises(ShapeError, match=says):
        videomae.reconstruct(clip(), hide)


@pytest.mark.parametrize("shape", [(3, 40, 90), (1, 17, 17), (200, 100, 60)])
def test_any_clip_becomes_sixteen_small_squares(
    shipped: SmallMasked, shape: tuple[int, int, int]
) -> None:
    result = videomae.reconstruct(clip(*shape))
    assert result.frames.shape == (16, 48, 48, 3)
    assert result.fps == pytest.approx(16 * 8.0 / shape[0])  # it lasts as long as the clip
    assert np.isfinite(result.filled).all()


def test_a_painting_is_read_row_by_row_from_the_highest_bit() -> None:
    masked = videomae.painted_mask("8000000000000001", (2, 8, 8))
    assert masked.sum() == 4
    assert masked[:, 0, 0].all()
    assert masked[:, 7, 7].all()
    odd = videomae.painted_mask("ff8", (1, 3, 3))  # nine places, three digits
    assert odd.all()
    assert videomae.is_painting("ff0", (1, 3, 3))
    assert not videomae.is_painting("ff8", (1, 3, 3))
    assert not videomae.is_painting("zz0", (1, 3, 3))


def test_a_mask_without_a_network_of_its_own_asks_the_usual_one(shipped: SmallMasked) -> None:
    assert videomae.Hide("random").network == "masked"  # `masked_random` is not shipped here
    assert videomae.shipped() == ("masked",)


def test_without_weights_the_door_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys.modules[card.__module__], "FILES", tmp_path)
    card.cache_clear()
    try:
        with pytest.raises(WeightsError, match=r"training\.train masked"):
            videomae.reconstruct(clip())
    finally:
        card.cache_clear()


def test_less_is_seen_in_less_time(shipped: SmallMasked) -> None:
    times = videomae.time_encoder(clip(), ratios=(0.0, 0.9), repeats=3)
    assert times.visible.tolist() == [512, 56]
    assert (times.seconds > 0).all()


def test_targets_show_the_slice_asked_for() -> None:
    pair = videomae.targets_of(clip(), 3, patch=8)
    np.testing.assert_array_equal(pair.raw, clip().frames[6])
    assert pair.level.shape == pair.spread.shape == (6, 6)
    assert pair.normalised.mean() == pytest.approx(0.5, abs=0.02)
    for slice_ in (-1, 8):
        with pytest.raises(ShapeError, match="0 to 7"):
            videomae.targets_of(clip(), slice_)
    with pytest.raises(ShapeError, match="multiple of"):
        videomae.targets_of(clip(), 0, patch=5)
