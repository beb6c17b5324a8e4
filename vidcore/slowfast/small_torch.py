"""The small trained two-clock network: a wide pathway looks seldom, a thin one looks often.

slow: 16 / alpha frames, channels C          fast: 16 frames, channels beta C
slow <- concat(slow, 5x1x1 convolution of fast with stride alpha)     after every stage but the last
"""

from typing import Any, Literal

import numpy as np
import torch
from einops import reduce
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.weights.heads_torch import Heads

WIDTHS = (32, 64, 128)
FRAMES = 16
LATERAL = 5  # frames of a lateral kernel


class Stage(nn.Sequential):
    """A convolution that halves height and width, batch norm, ReLU."""

    def __init__(self, c_in: int, c_out: int, frames: int) -> None:
        super().__init__(
            nn.Conv3d(c_in, c_out, (frames, 3, 3), (1, 2, 2), (frames // 2, 1, 1), bias=False),
            nn.BatchNorm3d(c_out),
            nn.ReLU(),
        )


class SmallSlowFast(nn.Module):
    """Two pathways over one clip of 16 frames.

    Parameters
    ----------
    alpha
        How many times more frames Fast reads.
    beta_inverse
        How many times fewer channels it has.
    pathways
        "both", or one of them alone, without laterals.
    """

    def __init__(
        self,
        alpha: int = 4,
        beta_inverse: int = 8,
        pathways: Literal["both", "slow", "fast"] = "both",
    ) -> None:
        super().__init__()
        self.alpha, self.pathways = alpha, pathways
        self.has_slow, self.has_fast = pathways != "fast", pathways != "slow"
        thin = tuple(width // beta_inverse for width in WIDTHS)
        link = [2 * width if pathways == "both" else 0 for width in thin[:-1]]
        if (
            self.has_slow
        ):  # temporal kernels only in the last stage: early ones hurt at large stride
            self.slow = nn.ModuleList(
                Stage(c_in, c_out, frames)
                for c_in, c_out, frames in zip(
                    (3, WIDTHS[0] + link[0], WIDTHS[1] + link[1]), WIDTHS, (1, 1, 3), strict=True
                )
            )
        if self.has_fast:
            self.fast = nn.ModuleList(
                Stage(c_in, c_out, frames)
                for c_in, c_out, frames in zip((3, *thin), thin, (5, 3, 3), strict=False)
            )
        if pathways == "both":
            self.laterals = nn.ModuleList(
                nn.Conv3d(
                    c, 2 * c, (LATERAL, 1, 1), (alpha, 1, 1), (LATERAL // 2, 0, 0), bias=False
                )
                for c in thin[:-1]
            )
        self.heads = Heads(self.has_slow * WIDTHS[-1] + self.has_fast * thin[-1])

    def forward(
        self,
        video: Float[Tensor, "B 3 T H W"],
        *,
        keep: bool = False,
        lateral: bool = True,
        frozen: Literal["slow", "fast"] | None = None,
    ) -> dict[str, Any]:
        """Return the logits of each question; with `keep` also "features" by pathway and stage.

        Parameters
        ----------
        lateral
            False cuts the links: zeros arrive instead.
        frozen
            A pathway that is shown its first frame again and again.
        """
        slow, fast = self.clocks(video - 0.5, frozen)
        features: dict[str, Tensor] = {}
        for k in range(len(WIDTHS)):
            if self.has_slow:
                slow = features[f"slow{k + 1}"] = self.slow[k](slow)
            if self.has_fast:
                fast = features[f"fast{k + 1}"] = self.fast[k](fast)
            if self.pathways == "both" and k + 1 < len(WIDTHS):
                carried = self.laterals[k](fast)
                features[f"lateral{k + 1}"] = carried
                slow = torch.cat([slow, carried if lateral else torch.zeros_like(carried)], 1)
        ends = [x for x, here in ((slow, self.has_slow), (fast, self.has_fast)) if here]
        pooled = torch.cat([reduce(x, "b c t h w -> b c", "mean") for x in ends], 1)
        scores: dict[str, Any] = self.heads(pooled)
        return scores | {"features": features} if keep else scores

    def clocks(
        self, video: Float[Tensor, "B 3 T H W"], frozen: Literal["slow", "fast"] | None
    ) -> tuple[Tensor, Tensor]:
        """Return what each pathway reads: Slow a truncated linspace of Fast's frames."""
        slow = video[:, :, slow_indices(video.shape[2], self.alpha)]
        if frozen == "slow":
            slow = slow[:, :, :1].expand_as(slow)
        if frozen == "fast":
            video = video[:, :, :1].expand_as(video)
        return slow, video


def slow_indices(frames: int, alpha: int) -> list[int]:
    """Return Slow's frames among Fast's, as published: linspace, truncated."""
    return [int(t) for t in np.linspace(0, frames - 1, frames // alpha)]
