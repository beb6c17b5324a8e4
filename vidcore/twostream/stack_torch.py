"""The flow stack on tensors: as `stack`, for a batch, and in the layout a network takes."""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor


def stack_flow(
    flow: Float[Tensor, "B L H W 2"], *, subtract_mean: bool = False
) -> Float[Tensor, "B H W C"]:
    """Lay L fields behind one another; arguments as the reference, batches first."""
    if subtract_mean:
        flow = flow - flow.mean(dim=(2, 3), keepdim=True)
    return rearrange(flow, "b l h w uv -> b h w (l uv)")


def to_network(stack: Float[Tensor, "B H W C"]) -> Float[Tensor, "B C H W"]:
    """Put the channels first, each contiguous, as convolutions want them."""
    return torch.movedim(stack, 3, 1).contiguous()
