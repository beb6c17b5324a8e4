"""A stream's first layer on tensors: as `streams`, by torch's convolution, with gradients."""

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from vidcore.twostream.stack_torch import stack_flow


def spatial_features(
    frame: Float[Tensor, "B H W C"], filters: Float[Tensor, "N k k C"]
) -> Float[Tensor, "B h w N"]:
    """Run the filters over a batch of frames; arguments as the reference, batches first."""
    kernel = rearrange(filters, "n i j c -> n c i j")
    response = F.conv2d(rearrange(frame, "b h w c -> b c h w"), kernel)
    return rearrange(torch.relu(response), "b n h w -> b h w n")


def temporal_features(
    flow: Float[Tensor, "B L H W 2"],
    filters: Float[Tensor, "N k k C"],
    *,
    subtract_mean: bool = False,
) -> Float[Tensor, "B h w N"]:
    """Run the filters over a batch of flow stacks; arguments as the reference, batches first."""
    return spatial_features(stack_flow(flow, subtract_mean=subtract_mean), filters)
