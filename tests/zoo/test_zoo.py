"""The zoo: names, predictions on any clip, and cards that say what the shipped weights do."""

from functools import lru_cache

import numpy as np
import pytest
import torch
from torch import nn

from training.data import clips, to_video
from training.tasks.classify import accuracies
from vidcore import zoo
from vidcore.errors import WeightsError
from vidcore.media import Clip
from vidcore.media.synthetic import learned_world
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES
from vidcore.twostream.small_torch import FlowNet, TwoStream, flow_of
from vidcore.weights.card import TASKS
from vidcore.weights.load_torch import load

CHECKED = 504  # test clips, 36 of each action
CLASSIFIERS = zoo.names("classify")
HEADLINE = ("colour", "both", "action")  # checked where the floor names them


def clip(T: int = 16, H: int = 48, W: int = 48) -> Clip:
    frames = np.random.default_rng(0).random((T, H, W, 3), dtype=np.float32)
    return Clip(frames, 10.0)


def test_names_are_those_of_the_cards_by_task() -> None:
    assert {"frame", "c3d"} <= set(CLASSIFIERS)
    assert sorted(zoo.names()) == sorted(n for task in TASKS for n in zoo.names(task))
    assert all(zoo.card(name).task == "classify" for name in CLASSIFIERS)
    assert zoo.names("nothing") == []


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_prediction_is_a_distribution_over_the_cards_classes(name: str) -> None:
    said = zoo.predict(clip(), name)
    assert said.labels == zoo.card(name).classes
    assert len(said.labels) == len(COLOURS) * len(ACTIONS)
    assert said.scores.dtype == np.float32
    assert said.scores.shape == (len(said.labels),)
    assert said.scores.sum() == pytest.approx(1, abs=1e-5)
    assert (said.scores >= 0).all()
    assert not said.scores.flags.writeable


@pytest.mark.parametrize(("T", "H", "W"), [(1, 16, 16), (3, 20, 90), (40, 112, 64), (17, 49, 48)])
def test_any_clip_can_be_asked_about(T: int, H: int, W: int) -> None:
    assert np.isfinite(zoo.predict(clip(T, H, W), "c3d").scores).all()


def test_what_is_prepared_is_the_middle_square_at_equal_distances() -> None:
    frames = np.zeros((32, 48, 96, 3), dtype=np.float32)
    frames[:, :, 24:72] = np.arange(32, dtype=np.float32)[:, None, None, None] / 31
    ready = zoo.prepare(Clip(frames, 10.0))
    assert ready.shape == (16, 48, 48, 3)
    np.testing.assert_allclose(ready[:, 0, 0, 0], np.arange(1, 32, 2) / 31)
    assert (np.ptp(ready, axis=(1, 2)) == 0).all()  # nothing of what lies outside the square


def test_a_known_clip_is_called_what_it_is() -> None:
    scene = learned_world(action=ACTIONS.index("left"), colour=COLOURS.index("blue"), noise=0.02)
    assert zoo.predict(scene.clip, "c3d").best == "blue, left"
    of = zoo.answer(scene.clip, "c3d").of
    assert of["colour"].best == "blue"
    assert of["shape"].labels == SHAPES


def test_a_model_that_does_not_classify_says_so() -> None:
    others = [name for name in zoo.names() if name not in CLASSIFIERS]
    if not others:
        pytest.skip("only classifiers are shipped yet")
    with pytest.raises(WeightsError, match="does not classify; its task is"):
        zoo.predict(clip(), others[0])


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(WeightsError, match="no trained model named 'vgg'"):
        zoo.predict(clip(), "vgg")


@lru_cache(maxsize=1)
def checked() -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Test clips drawn afresh, and their labels."""
    batch = clips("test", range(CHECKED))
    labels = {
        q: torch.from_numpy(np.array(getattr(batch, q))) for q in ("colour", "shape", "action")
    }
    return to_video(batch.video), labels


@lru_cache(maxsize=1)
def flows() -> list[torch.Tensor]:
    """Their flow, estimated once for all models that read it."""
    return [flow_of(part) for part in checked()[0].split(84)]


def says(network: nn.Module, video: torch.Tensor, flow: torch.Tensor) -> dict[str, torch.Tensor]:
    if isinstance(network, FlowNet):
        return network(flow=flow)
    if isinstance(network, TwoStream):
        return network.fuse(network.spatial(video), network.temporal(flow=flow))
    return network(video)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in CLASSIFIERS if not n.endswith("_leak")])
def test_the_shipped_weights_reach_their_floor_on_fresh_test_clips(name: str) -> None:
    video, labels = checked()
    network, card = load(name), zoo.card(name)
    with torch.inference_mode():
        parts = [says(network, *part) for part in zip(video.split(84), flows(), strict=True)]
    found = accuracies({q: torch.cat([part[q] for part in parts]) for q in labels}, labels)
    for metric in HEADLINE:
        noise = 3 * (0.25 / CHECKED) ** 0.5  # three standard errors at most
        assert found[metric] == pytest.approx(card.metrics[metric], abs=noise), metric
    for metric, floor in card.floor.items():
        assert found[metric] >= floor, metric
