"""Running the trained streams: arrays in, logits out."""

import numpy as np
import torch
from jaxtyping import Float

from vidcore.bridge_torch import to_video
from vidcore.weights.load_torch import load

Answers = dict[str, np.ndarray]


@torch.inference_mode()
def ask_spatial(name: str, frames: Float[np.ndarray, "T H W 3"]) -> tuple[Answers, Answers]:
    """Return the logits of each question, and those of each frame."""
    said = load(name)(to_video(frames), keep=True)
    each = said["per_frame"]
    return {q: said[q][0].numpy() for q in each}, {q: x[0].numpy() for q, x in each.items()}


@torch.inference_mode()
def ask_temporal(name: str, flow: Float[np.ndarray, "t H W 2"]) -> Answers:
    """Return the logits of each question, from flow in pixels per frame."""
    said = load(name)(flow=torch.tensor(flow)[None])
    return {question: logits[0].numpy() for question, logits in said.items()}


def first_layer(name: str) -> Float[np.ndarray, "N k k C"]:
    """Return the filters of a trained stream's first layer."""
    weight = load(name).stream.layers[0][0].weight  # type: ignore[union-attr, index]
    filters: np.ndarray = weight.movedim(1, 3).numpy().copy()
    return filters
