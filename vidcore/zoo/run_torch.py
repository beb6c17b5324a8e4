"""Running a shipped classifier on one clip."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from vidcore.bridge_torch import to_video
from vidcore.weights.load_torch import load

QUESTIONS = ("colour", "shape", "action")


@torch.inference_mode()
def run(
    name: str, frames: Float32[np.ndarray, "T H W 3"], *, keep: bool, **options: Any
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the probabilities of every question, and the kept features as arrays."""
    network = load(name)
    out = network(to_video(frames), keep=keep, **options)
    scores = {q: out[q][0].float().softmax(-1).numpy() for q in QUESTIONS}
    rest = {key: value for key, value in out.items() if key not in QUESTIONS}
    return scores, to_arrays(rest)


def to_arrays(tree: Any) -> Any:
    """Turn every tensor of a nested result into a float32 array of its first clip."""
    if isinstance(tree, Tensor):
        return tree[0].float().cpu().numpy()
    if isinstance(tree, dict):
        return {key: to_arrays(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [to_arrays(value) for value in tree]
    return tree
