"""Running the trained networks: the one place where a clip meets their tensors."""

import numpy as np
import torch

from vidcore.bridge_torch import to_video
from vidcore.weights.load_torch import load


@torch.inference_mode()
def answers(seen: np.ndarray, name: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return probabilities by question, and features `(C, T, H, W)` by layer."""
    result = load(name)(to_video(seen), keep=True)
    features = {layer: x[0].numpy() for layer, x in result.pop("features").items()}
    return {q: logits[0].softmax(dim=0).numpy() for q, logits in result.items()}, features


def first_kernels(name: str) -> np.ndarray:
    """Return the first layer's kernels as they act on a grey clip: summed over R, G, B.

    Returns
    -------
    array
        `(O, kT, kH, kW)`.
    """
    first = next(m for m in load(name).modules() if isinstance(m, torch.nn.Conv3d))
    kernels: np.ndarray = first.weight.detach().sum(dim=1).double().numpy()
    return kernels
