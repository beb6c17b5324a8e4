"""The published two-stream network: two CNN-M-2048 side by side, joined after their softmax.

Its layers are listed and counted in `layout`. Simonyan & Zisserman, NIPS 2014.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.twostream.fusion_torch import fuse
from vidcore.twostream.layout import (
    CONVOLUTIONS,
    FULL,
    POOL,
    POOL_STRIDE,
    SPATIAL,
    TEMPORAL,
    UCF_101,
    Conv,
)

DROPOUT = 0.9  # Simonyan & Zisserman 2014, Section 5: of the two hidden full layers
LRN = {"size": 5, "alpha": 5e-4, "beta": 0.75, "k": 2.0}  # Krizhevsky et al. 2012: 1e-4 summed
FEATURE_SIZE = 6  # pixels: what five convolutions and three pools leave of 224


class Stream(nn.Module):
    """One CNN-M-2048, for images of 224 x 224 pixels.

    Parameters
    ----------
    channels
        Of the input.
    classes
        Of the answer.
    second_norm
        Whether conv2 is normalised; the temporal stream left it out to save memory.
    """

    def __init__(self, channels: int, *, classes: int = UCF_101, second_norm: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for k, conv in enumerate(CONVOLUTIONS):
            layers.append(_block(channels, conv, norm=conv.norm and (k == 0 or second_norm)))
            channels = conv.out
        self.features = nn.Sequential(*layers)
        c_in = channels * FEATURE_SIZE**2
        head: list[nn.Module] = [nn.Flatten()]
        for full in FULL:
            head += [nn.Linear(c_in, full.out), nn.ReLU(), nn.Dropout(DROPOUT)]
            c_in = full.out
        self.head = nn.Sequential(*head, nn.Linear(c_in, classes))

    def forward(self, image: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return logits, never softmaxed."""
        logits: Tensor = self.head(self.features(image))
        return logits


class TwoStream(nn.Module):
    """What is there and how it moves, by two networks that never meet before their answers."""

    def __init__(self, *, classes: int = UCF_101, channels: int = TEMPORAL) -> None:
        super().__init__()
        self.spatial = Stream(SPATIAL, classes=classes)
        self.temporal = Stream(channels, classes=classes, second_norm=False)

    def forward(
        self,
        frame: Float[Tensor, "B 3 H W"],
        stack: Float[Tensor, "B C H W"],
        *,
        weight: float = 0.5,
    ) -> Float[Tensor, "B K"]:
        """Return the fused probabilities; see `fusion.fuse`."""
        return fuse(self.spatial(frame), self.temporal(stack), weight=weight)


def _block(channels: int, conv: Conv, *, norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(channels, conv.out, conv.kernel, conv.stride, conv.padding),
        nn.ReLU(),
    ]
    layers += [nn.LocalResponseNorm(**LRN)] if norm else []  # type: ignore[arg-type]
    layers += [nn.MaxPool2d(POOL, POOL_STRIDE, ceil_mode=True)] if conv.pool else []
    return nn.Sequential(*layers)


def spread(kernel: Float[Tensor, "N 3 k k"], channels: int) -> Float[Tensor, "N C k k"]:
    """Make a temporal stream's first layer from a spatial one's: the mean colour, repeated.

    Cross-modality initialisation (Wang et al., Temporal Segment Networks, ECCV 2016): a filter for
    edges in brightness becomes one for edges in motion.
    """
    return torch.mean(kernel, dim=1, keepdim=True).repeat(1, channels, 1, 1)
