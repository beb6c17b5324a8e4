"""vidcore.conv3d.answers and vidcore.conv3d.answers_torch: what a trained network is shown."""

import numpy as np
import pytest
import torch
from torch import nn

from vidcore import conv3d as room
from vidcore.conv3d import answers, answers_torch
from vidcore.conv3d.small_torch import SmallNet
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip


def untrained(name: str) -> nn.Module:
    torch.manual_seed(0)
    return SmallNet(factorised=name == "r2plus1d").eval()


def clip(T: int, H: int, W: int) -> Clip:
    rng = np.random.default_rng(0)
    return Clip(rng.random((T, H, W, 3), dtype=np.float32), 10.0)


def test_a_clip_of_the_trained_size_is_shown_unchanged() -> None:
    made = clip(16, 48, 48)
    np.testing.assert_array_equal(answers.prepare(made), made.frames)


def test_a_larger_clip_is_averaged_and_its_middle_kept() -> None:
    made = clip(32, 96, 144)
    seen = answers.prepare(made)
    np.testing.assert_allclose(seen[3, 5, 7], made.frames[7, 10:12, 38:40].mean((0, 1)), atol=1e-6)
    bright = Clip(np.full((1, 50, 31, 3), 0.3, np.float32), 5.0)
    np.testing.assert_allclose(answers.prepare(bright), 0.3, atol=1e-6)


@pytest.mark.parametrize("name", ["c3d", "r2plus1d"])
def test_the_answer_is_the_networks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(answers_torch, "load", untrained)
    made = clip(16, 48, 48)
    said = room.ask(made, name)
    video = torch.from_numpy(made.frames.copy()).movedim(3, 0)[None]
    expected = untrained(name)(video)["action"].softmax(1)[0].detach().numpy()
    np.testing.assert_allclose(said.scores["action"], expected, atol=1e-6)
    assert {q: len(p) for q, p in said.scores.items()} == {"colour": 6, "shape": 5, "action": 14}
    assert said.best("action")[1] == pytest.approx(expected.max(), abs=1e-6)
    assert said.features["layer1"].shape == (24, 16, 24, 24)
    assert min(x.min() for x in said.features.values()) == 0  # after the ReLU


def test_orders_show_the_frames_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_torch, "load", untrained)
    made = clip(16, 48, 48)
    shown = {order: room.ask(made, "c3d", order=order).seen for order in answers.ORDERS}
    np.testing.assert_array_equal(shown["reversed"], made.frames[::-1])
    np.testing.assert_array_equal(shown["frozen"], np.repeat(made.frames[8:9], 16, axis=0))
    assert not np.array_equal(shown["shuffled"], made.frames)
    np.testing.assert_allclose(shown["shuffled"].sum(0), made.frames.sum(0), atol=1e-4)
    with pytest.raises(ShapeError, match="orders"):
        room.ask(made, "c3d", order="sideways")


def test_learned_kernels_are_those_that_act_on_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_torch, "load", untrained)
    kernels = answers_torch.first_kernels("c3d")
    first = untrained("c3d").layers[0][0]
    grey = torch.rand(1, 1, 5, 6, 7)
    with torch.inference_mode():
        expected = first(grey.expand(-1, 3, -1, -1, -1))[0, 3].numpy()
    ours = room.conv3d(grey[0, 0].numpy(), kernels[3], padding="zero")
    np.testing.assert_allclose(ours[::1, ::2, ::2], expected, atol=1e-5)


def test_an_untrained_network_is_said_to_be_missing() -> None:
    with pytest.raises(WeightsError, match="There is no trained model"):
        room.ask(clip(16, 48, 48), "c3e")
