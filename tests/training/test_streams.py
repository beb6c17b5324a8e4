"""The flow's augmentation: what it does to the flow of a clip, and to its label."""

import numpy as np
import torch

from training.tasks.streams import changed
from vidcore.media.synthetic.actions import MIRRORED, REVERSED, Spec, World, render
from vidcore.twostream.small_torch import flow_of

QUIET = World(noise=0.0, camera=0.0, distractor=0.0)


def video(clip: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.moveaxis(clip, -1, 0)[None].astype(np.float32) / 255)


def test_changed_flow_is_nearly_the_flow_of_the_changed_clip() -> None:
    clip = render([Spec(0, seed=4, world=QUIET)]).video[0]  # moves right
    flow = flow_of(video(clip)).numpy()
    seen = set()
    for seed in range(40):
        found, label = changed(flow, np.array([0]), np.random.default_rng(seed))
        u = found[0, ..., 0][np.abs(found[0]).max(axis=-1) > 0.8]
        assert np.sign(np.median(u)) == (1 if label[0] == 0 else -1)  # right or left, as it says
        seen.add(int(label[0]))
    assert seen == {0, 1}


def test_labels_follow_the_same_draws_as_the_flow() -> None:
    rng = np.random.default_rng(0)
    mirrored, backwards = (rng.random(14) < 0.5 for _ in range(2))
    action = np.arange(14)
    expected = np.where(mirrored, np.array(MIRRORED), action)
    expected = np.where(backwards, np.array(REVERSED)[expected], expected)
    _, label = changed(np.zeros((14, 15, 8, 8, 2), np.float32), action, np.random.default_rng(0))
    np.testing.assert_array_equal(label, expected)
