"""Running the trained pair: arrays in, unit vectors out."""

import numpy as np
import torch
from jaxtyping import Float32, Int64

from vidcore.alignment.pair_torch import Pair
from vidcore.bridge_torch import to_video
from vidcore.errors import WeightsError
from vidcore.weights import card
from vidcore.weights.load_torch import build, load

CHUNK = 32  # clips at once: more only costs memory


def pair(name: str) -> Pair:
    """Return the trained pair.

    Raises
    ------
    WeightsError
        If it has not been trained, its file is damaged, or it is another kind of model.
    """
    network = load(name)
    if not isinstance(network, Pair):
        raise WeightsError(f"{name!r} does not align text and video; 'align' does.")
    return network


@torch.inference_mode()
def clip_vectors(name: str, frames: Float32[np.ndarray, "N T H W 3"]) -> Float32[np.ndarray, "N D"]:
    """Return the vectors of clips."""
    network, parts = pair(name), []
    for start in range(0, len(frames), CHUNK):
        part = torch.cat([to_video(clip) for clip in frames[start : start + CHUNK]])
        parts.append(network.clips(part))
    vectors: np.ndarray = torch.cat(parts).numpy()
    return vectors


@torch.inference_mode()
def untrained(
    name: str, frames: Float32[np.ndarray, "N T H W 3"], ids: Int64[np.ndarray, "M L"]
) -> tuple[Float32[np.ndarray, "N D"], Float32[np.ndarray, "M D"]]:
    """Return the vectors of clips and texts as they were before training: fresh weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(card(name).seed)
        network = build(card(name)).train()  # batch norm by the batch, as in the first step
    video = torch.cat([to_video(clip) for clip in frames])
    clips, texts = network(video, torch.from_numpy(ids))
    return clips.numpy(), texts.numpy()


@torch.inference_mode()
def text_vectors(name: str, ids: Int64[np.ndarray, "N L"]) -> Float32[np.ndarray, "N D"]:
    """Return the vectors of numbered texts."""
    vectors: np.ndarray = pair(name).texts(torch.from_numpy(ids)).numpy()
    return vectors


def weights_of_text(name: str) -> dict[str, np.ndarray]:
    """Return the text encoder's weights by name."""
    return {key: value.numpy() for key, value in pair(name).text.state_dict().items()}


def learned_temperature(name: str) -> float:
    """Return the temperature of the trained pair."""
    return float(pair(name).temperature)
