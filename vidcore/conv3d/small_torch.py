"""The small trained networks with a third axis: C3D-like, inflated, and R(2+1)D-like.

They share one skeleton, as in torchvision's video ResNets, and differ in what a convolution is.
"""

from typing import Any

import torch
from einops import reduce
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.weights.heads_torch import Heads

WIDTHS = (24, 48, 96, 96)
STRIDES = ((1, 2, 2), (2, 2, 2), (2, 2, 2), (1, 1, 1))  # time, height, width


class Full(nn.Sequential):
    """A 3x3x3 convolution, batch norm, ReLU."""

    def __init__(self, c_in: int, c_out: int, stride: tuple[int, int, int]) -> None:
        super().__init__(
            nn.Conv3d(c_in, c_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm3d(c_out),
            nn.ReLU(),
        )


class Factorised(nn.Sequential):
    """A 1x3x3 convolution, a ReLU of its own, then 3x1x1: as many weights as `Full`."""

    def __init__(self, c_in: int, c_out: int, stride: tuple[int, int, int]) -> None:
        middle = 27 * c_in * c_out // (9 * c_in + 3 * c_out)  # Tran et al. 2018, section 3.5
        super().__init__(
            nn.Conv3d(c_in, middle, (1, 3, 3), (1, *stride[1:]), (0, 1, 1), bias=False),
            nn.BatchNorm3d(middle),
            nn.ReLU(),
            nn.Conv3d(middle, c_out, (3, 1, 1), (stride[0], 1, 1), (1, 0, 0), bias=False),
            nn.BatchNorm3d(c_out),
            nn.ReLU(),
        )


class SmallNet(nn.Module):
    """Four layers over time and space, their mean, and the questions.

    Parameters
    ----------
    factorised
        R(2+1)D-like instead of C3D-like.
    """

    def __init__(self, factorised: bool = False) -> None:
        super().__init__()
        kind = Factorised if factorised else Full
        self.layers = nn.ModuleList(
            kind(c_in, c_out, stride)
            for c_in, c_out, stride in zip((3, *WIDTHS), WIDTHS, STRIDES, strict=False)
        )
        self.heads = Heads(WIDTHS[-1])

    def forward(self, video: Float[Tensor, "B 3 T H W"], *, keep: bool = False) -> dict[str, Any]:
        """Return the logits of each question; with `keep` also "features" by layer."""
        x, features = video - 0.5, {}
        for k, layer in enumerate(self.layers, start=1):
            x = layer(x)
            features[f"layer{k}"] = x
        scores: dict[str, Any] = self.heads(reduce(x, "b c t h w -> b c", "mean"))
        return scores | {"features": features} if keep else scores


@torch.no_grad()
def inflate_from(network: SmallNet, flat: nn.Module) -> SmallNet:
    """Start a C3D-like network from the trained 2D one: every filter repeated, a third each time.

    Batch norms and heads are taken over as they are (Carreira & Zisserman 2017, section 2.4).
    """
    for volume, image in zip(network.layers, flat.stream.layers, strict=True):  # type: ignore[union-attr,arg-type]
        volume[0].weight.copy_(image[0].weight[:, :, None].expand(-1, -1, 3, -1, -1) / 3)  # type: ignore[index]
        volume[1].load_state_dict(image[1].state_dict())  # type: ignore[index]
    network.heads.load_state_dict(flat.heads.state_dict())  # type: ignore[union-attr]
    return network
