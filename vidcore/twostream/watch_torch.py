"""Running the trained streams: arrays in, logits out."""

import numpy as np
import torch
from jaxtyping import Float

from vidcore.bridge_torch import to_video
from vidcore.twostream.small_torch import flow_of
from vidcore.weights.load_torch import load

Answers = dict[str, np.ndarray]


@torch.inference_mode()
def find_flow(videos: Float[np.ndarray, "N T H W 3"]) -> Float[np.ndarray, "N t H W 2"]:
    """Estimate the flow between neighbouring frames of all videos at once."""
    return flow_of(_to_videos(videos)).numpy()


@torch.inference_mode()
def ask_spatial(name: str, videos: Float[np.ndarray, "N T H W 3"]) -> tuple[Answers, Answers]:
    """Return the logits of each question, `(N, K)`, and those of each frame, `(N, T, K)`."""
    said = load(name)(_to_videos(videos), keep=True)
    each = said["per_frame"]
    return {q: said[q].numpy() for q in each}, {q: x.numpy() for q, x in each.items()}


@torch.inference_mode()
def ask_temporal(name: str, flow: Float[np.ndarray, "N t H W 2"]) -> Answers:
    """Return the logits of each question, `(N, K)`, from flow in pixels per frame."""
    said = load(name)(flow=torch.tensor(flow))
    return {question: logits.numpy() for question, logits in said.items()}


def _to_videos(videos: Float[np.ndarray, "N T H W 3"]) -> Float[torch.Tensor, "N 3 T H W"]:
    return torch.cat([to_video(frames) for frames in videos])


def first_layer(name: str) -> Float[np.ndarray, "N k k C"]:
    """Return the filters of a trained stream's first layer."""
    weight = load(name).stream.layers[0][0].weight  # type: ignore[union-attr, index]
    filters: np.ndarray = weight.movedim(1, 3).numpy().copy()
    return filters
