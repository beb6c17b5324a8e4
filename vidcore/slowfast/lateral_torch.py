"""The lateral link on batches of tensors: `(B, C, T, H, W)`; see `lateral`."""

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor


def lateral(
    fast: Float[Tensor, "B C F H W"], kernel: Float[Tensor, "O C k"], *, alpha: int
) -> Float[Tensor, "B O T H W"]:
    """Correlate with a kernel over time, one output for every alpha frames, zeros around."""
    weight = rearrange(kernel, "o c k -> o c k 1 1")
    return F.conv3d(fast, weight, stride=(alpha, 1, 1), padding=(kernel.shape[-1] // 2, 0, 0))


def fuse(
    slow: Float[Tensor, "B C T H W"],
    fast: Float[Tensor, "B D F H W"],
    kernel: Float[Tensor, "O D k"],
    *,
    scale: Float[Tensor, " O"],
    shift: Float[Tensor, " O"],
    alpha: int,
) -> Float[Tensor, "B E T H W"]:
    """Return Slow's channels, then what the link found in Fast."""
    scale, shift = (rearrange(v, "o -> o 1 1 1") for v in (scale, shift))
    return torch.cat([slow, torch.relu(scale * lateral(fast, kernel, alpha=alpha) + shift)], 1)


def time_to_channel(fast: Float[Tensor, "B C F H W"], *, alpha: int) -> Float[Tensor, "B D T H W"]:
    """Pack each alpha frames into the channels of one."""
    return rearrange(fast, "b c (t a) h w -> b (a c) t h w", a=alpha)


def time_sample(fast: Float[Tensor, "B C F H W"], *, alpha: int) -> Float[Tensor, "B C T H W"]:
    """Keep one frame in alpha."""
    return fast[:, :, ::alpha]
