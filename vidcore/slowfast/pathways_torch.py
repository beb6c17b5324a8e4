"""One clip, two clocks, on batches of tensors."""

import torch
from jaxtyping import Float
from torch import Tensor

from vidcore.slowfast.pathways import slow_index


def split(
    fast: Float[Tensor, "B C F H W"], *, alpha: int
) -> tuple[Float[Tensor, "B C T H W"], Float[Tensor, "B C F H W"]]:
    """Return what the Slow and the Fast pathway are given; see `pathways.split`."""
    taken = torch.from_numpy(slow_index(fast.shape[2], alpha)).to(fast.device)
    return fast.index_select(2, taken), fast
