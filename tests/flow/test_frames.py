"""vidcore.flow.frames and vidcore.flow.frames_torch: one meaning of brightness."""

import numpy as np
import pytest
import torch

from vidcore.errors import ShapeError
from vidcore.flow import frames, frames_torch


def test_both_paths_see_the_same_brightness(rng: np.random.Generator) -> None:
    a, b = rng.random((2, 5, 6, 3))
    fast = frames_torch.brightness(torch.from_numpy(a[None]), torch.from_numpy(b[None]))
    for slow, quick in zip(frames.brightness(a, b), fast, strict=True):
        np.testing.assert_allclose(quick[0].numpy(), slow, atol=1e-15)


def test_green_is_brighter_than_red_and_red_than_blue() -> None:
    grey, _ = frames.brightness(np.eye(3)[None].repeat(2, axis=0), np.zeros((2, 3)))
    np.testing.assert_allclose(grey[0], [0.299, 0.587, 0.114])


def test_integer_tensors_are_refused() -> None:
    image = torch.zeros(1, 4, 4, dtype=torch.uint8)
    with pytest.raises(ShapeError, match="uint8"):
        frames_torch.brightness(image, image)
