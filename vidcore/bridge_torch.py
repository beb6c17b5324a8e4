"""The one place where arrays become tensors, and back.

NumPy holds a clip as `(T, H, W, C)`: a pixel's three colours are neighbours in memory. Torch video
models take `(N, C, T, H, W)`: each colour is a volume of its own, and clips are stacked in N.
"""

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float


def pick_device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def to_video(
    frames: Float[np.ndarray, "T H W C"], *, device: torch.device | str = "cpu"
) -> Float[torch.Tensor, "1 C T H W"]:
    """Turn one clip's frames into a batch of one, contiguous, on `device`."""
    tensor = torch.tensor(frames, device=device)  # copies: a clip's frames are read-only
    return rearrange(tensor, "t h w c -> 1 c t h w").contiguous()


def from_video(video: Float[torch.Tensor, "1 C T H W"]) -> Float[np.ndarray, "T H W C"]:
    """Turn a batch of one back into frames on the CPU."""
    return rearrange(video, "1 c t h w -> t h w c").contiguous().cpu().numpy()
