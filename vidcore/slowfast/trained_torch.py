"""Running a shipped small network on a batch of clips."""

from typing import Any

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float32

from vidcore.errors import WeightsError
from vidcore.slowfast.small_torch import SmallSlowFast
from vidcore.weights.load_torch import load


def run(name: str, frames: Float32[np.ndarray, "B T H W 3"], **options: Any) -> dict[str, Any]:
    """Return probabilities by question as `(B, answers)`, and "features" where they are kept."""
    net = network(name)  # loaded outside: weights made in inference mode could not be changed
    video = rearrange(torch.tensor(frames), "b t h w c -> b c t h w").contiguous()
    with torch.inference_mode():
        out = net(video, **options)
        features = {key: value.numpy() for key, value in out.pop("features", {}).items()}
        scores = {question: logits.softmax(-1).numpy() for question, logits in out.items()}
    return scores | {"features": features}


def network(name: str) -> SmallSlowFast:
    """Load one of the small networks.

    Raises
    ------
    WeightsError
        If it is missing, damaged, or not of this room.
    """
    found = load(name)
    if not isinstance(found, SmallSlowFast):
        raise WeightsError(f"{name!r} is not a SlowFast network.")
    return found


def alpha_of(name: str) -> int:
    """Return how many frames Fast reads for each of Slow's."""
    return network(name).alpha
