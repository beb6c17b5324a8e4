"""The small trained streams: what one frame says, what differences say, what flow says.

One 2D network serves all of them; they differ in what its first layer reads and in whether time is
averaged after it. Whoever averages cannot know the order.
"""

from typing import Any, Literal

import torch
from einops import rearrange, reduce
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.errors import ShapeError
from vidcore.flow.frames_torch import LUMA
from vidcore.flow.lucas_kanade_torch import pyramidal_lucas_kanade
from vidcore.sampling import tsn
from vidcore.weights.heads_torch import Heads

WIDTHS = (24, 48, 96, 96)
FLOWS = 15  # between 16 frames
FLOW_UNIT = 2.0  # pixels per frame that the network reads as 1
WINDOW = 9


class Stream(nn.Module):
    """Four 3x3 convolutions, the first three with stride 2, and the mean over space.

    Parameters
    ----------
    channels
        Of the input: 3 for a frame, 2 L for a stack of L flow fields.
    """

    def __init__(self, channels: int = 3, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(c_in, c_out, 3, stride=2 if k < 3 else 1, padding=1, bias=False),
                nn.BatchNorm2d(c_out),
                nn.ReLU(),
            )
            for k, (c_in, c_out) in enumerate(zip((channels, *widths), widths, strict=False))
        )

    def forward(self, image: Float[Tensor, "B C H W"]) -> dict[str, Tensor]:
        """Return the output of every layer, `layer1` to `layer4`, and their mean, `pooled`."""
        features = {}
        for k, layer in enumerate(self.layers, start=1):
            image = layer(image)
            features[f"layer{k}"] = image
        return features | {"pooled": reduce(image, "b c h w -> b c", "mean")}


class FrameNet(nn.Module):
    """Score frames, or differences of frames, one at a time, and average the scores.

    Parameters
    ----------
    reads
        "frames", or "differences" between neighbouring ones.
    segments
        Look only at the middle frame of so many equal segments (TSN); 0 for every frame.
    """

    def __init__(
        self, reads: Literal["frames", "differences"] = "frames", segments: int = 0
    ) -> None:
        super().__init__()
        self.reads, self.segments = reads, segments
        self.stream = Stream(3)
        self.heads = Heads(WIDTHS[-1])

    def forward(self, video: Float[Tensor, "B 3 T H W"], *, keep: bool = False) -> dict[str, Any]:
        """Return the logits of each question, averaged over time; any T.

        With `keep` also "features", by layer and frame, and "per_frame" logits.
        """
        B, T = len(video), video.shape[2]
        if 0 < self.segments < T:
            video = video[:, :, torch.from_numpy(tsn(T, self.segments))]
        video = video.diff(dim=2) if self.reads == "differences" else video - 0.5
        features = self.stream(rearrange(video, "b c t h w -> (b t) c h w"))
        each = {
            name: rearrange(logits, "(b t) k -> b t k", b=B)
            for name, logits in self.heads(features["pooled"]).items()
        }
        scores: dict[str, Any] = {name: logits.mean(1) for name, logits in each.items()}
        if keep:
            shaped = {k: rearrange(f, "(b t) ... -> b t ...", b=B) for k, f in features.items()}
            return scores | {"features": shaped, "per_frame": each}
        return scores


class FlowNet(nn.Module):
    """Read 15 flow fields, stacked as 30 channels, in one 2D network."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = Stream(2 * FLOWS)
        self.heads = Heads(WIDTHS[-1])

    def forward(
        self,
        video: Float[Tensor, "B 3 T H W"] | None = None,
        *,
        flow: Float[Tensor, "B t H W 2"] | None = None,
        keep: bool = False,
    ) -> dict[str, Any]:
        """Return the logits of each question; with `keep` also "features" and the "flow".

        Parameters
        ----------
        video
            16 frames, whose flow our own pyramidal Lucas-Kanade estimates.
        flow
            Pixels per frame; where it is known already, the video is not needed.
        """
        if flow is None:
            if video is None:
                raise ShapeError("FlowNet needs video or flow; got neither. Pass one of them.")
            flow = flow_of(video)
        stack = rearrange(flow / FLOW_UNIT, "b t h w uv -> b (t uv) h w")  # u1, v1, u2, v2, …
        features = self.stream(stack)
        scores: dict[str, Any] = self.heads(features["pooled"])
        return scores | {"features": features, "flow": flow} if keep else scores


@torch.no_grad()
def flow_of(video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B t H W 2"]:
    """Estimate the flow between all neighbouring frames by pyramidal Lucas-Kanade, in pixels."""
    B, T = len(video), video.shape[2]
    weights = torch.tensor(LUMA, dtype=video.dtype, device=video.device)
    grey = torch.einsum("bcthw,c->bthw", video, weights)
    prev, next_ = (rearrange(part, "b t h w -> (b t) h w") for part in (grey[:, :-1], grey[:, 1:]))
    flow, _ = pyramidal_lucas_kanade(prev, next_, window=WINDOW)
    return rearrange(flow, "(b t) h w uv -> b t h w uv", b=B, t=T - 1)


class TwoStream(nn.Module):
    """Late fusion: two networks that never meet before their answers do.

    Parameters
    ----------
    weight
        Of the spatial stream's probabilities; the temporal stream has the rest.
    """

    def __init__(self, weight: float = 0.5) -> None:
        super().__init__()
        self.weight = weight
        self.spatial = FrameNet()
        self.temporal = FlowNet()

    def forward(
        self, video: Float[Tensor, "B 3 T H W"], *, keep: bool = False
    ) -> dict[str, Tensor]:
        """Return the logarithm of the mixed probabilities of each question."""
        return self.fuse(self.spatial(video), self.temporal(video))

    def fuse(self, spatial: dict[str, Tensor], temporal: dict[str, Tensor]) -> dict[str, Tensor]:
        """Mix the probabilities of the two streams, question by question."""
        return {
            name: (
                self.weight * spatial[name].softmax(-1)
                + (1 - self.weight) * temporal[name].softmax(-1)
            ).log()
            for name in spatial
        }
