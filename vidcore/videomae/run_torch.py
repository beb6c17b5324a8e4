"""Running our small networks: arrays in, arrays out."""

import time

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.bridge_torch import to_video
from vidcore.errors import WeightsError
from vidcore.videomae.small_torch import SmallMasked
from vidcore.weights.load_torch import load


@torch.inference_mode()
def predict(
    name: str, frames: Float[np.ndarray, "T H W 3"], masked: Bool[np.ndarray, "t h w"]
) -> tuple[Float[np.ndarray, "M values"], dict[str, float]]:
    """Return the hidden cubes' pixels, and the seconds that encoder and network took."""
    network, video, hidden = _given(name, frames, masked)
    start = time.perf_counter()
    network.encode(video, hidden)
    middle = time.perf_counter()
    pixels = network(video, hidden)[0].numpy()
    end = time.perf_counter()
    return pixels, {"encoder": middle - start, "network": end - middle}


@torch.inference_mode()
def encode(
    name: str, frames: Float[np.ndarray, "T H W 3"], masked: Bool[np.ndarray, "t h w"]
) -> Float[np.ndarray, "V D"]:
    """Return the encoder's tokens of the visible cubes."""
    network, video, hidden = _given(name, frames, masked)
    return np.asarray(network.encode(video, hidden)[0].numpy())


def _given(name: str, frames: np.ndarray, masked: np.ndarray) -> tuple[SmallMasked, Tensor, Tensor]:
    network = load(name)
    if not isinstance(network, SmallMasked):
        raise WeightsError(
            f"{name!r} does not reconstruct; models that do: vidcore.zoo.names('reconstruct')."
        )
    hidden = torch.from_numpy(rearrange(masked, "t h w -> 1 (t h w)").copy())
    return network, to_video(frames), hidden
