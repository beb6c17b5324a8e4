"""The two encoders: a clip and a text each become one direction in the same space.

InternVideo2 starts its second stage from two large encoders; ours start from nothing, because the
world has fourteen actions and 67 words.
"""

import math

import torch
import torch.nn.functional as F
from einops import reduce
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vidcore.alignment.vocabulary import LENGTH, VOCABULARY
from vidcore.attention.block_torch import JointBlock

WIDTHS = (24, 48, 96, 128)
STRIDES = ((1, 2, 2), (2, 2, 2), (2, 2, 2), (1, 1, 1))  # time, height, width
TEXT_WIDTH, TEXT_HEADS, TEXT_DEPTH = 64, 4, 2
POSITION = 0.5  # standard deviation at the start; much smaller leaves the order of words unread
FIRST_TEMPERATURE = 0.1
LEAST_TEMPERATURE = 0.01  # as in CLIP: a scale of at most 100


class VideoEncoder(nn.Module):
    """Four 3x3x3 convolutions; what is there on average, and what is there most."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv3d(c_in, c_out, 3, stride, padding=1, bias=False),
                nn.BatchNorm3d(c_out),
                nn.ReLU(),
            )
            for c_in, c_out, stride in zip((3, *WIDTHS), WIDTHS, STRIDES, strict=False)
        )
        self.project = nn.Linear(2 * WIDTHS[-1], dim)

    def forward(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B D"]:
        """Return one vector per clip, of any length."""
        x = video - 0.5
        for layer in self.layers:
            x = layer(x)
        mean, most = (reduce(x, "b c t h w -> b c", how) for how in ("mean", "max"))
        out: Tensor = self.project(torch.cat([mean, most], dim=-1))
        return out


class TextEncoder(nn.Module):
    """Words and their places, two transformer blocks, and what the start mark has gathered.

    "From left to right" and "from right to left" are the same words: only their places tell.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.words = nn.Embedding(len(VOCABULARY), TEXT_WIDTH)
        self.places = nn.Parameter(POSITION * torch.randn(1, LENGTH, TEXT_WIDTH))
        self.blocks = nn.ModuleList(
            JointBlock(TEXT_WIDTH, TEXT_HEADS, 2 * TEXT_WIDTH) for _ in range(TEXT_DEPTH)
        )
        self.norm = nn.LayerNorm(TEXT_WIDTH)
        self.project = nn.Linear(TEXT_WIDTH, dim)

    def forward(self, ids: Int64[Tensor, "B L"]) -> Float[Tensor, "B D"]:
        """Return one vector per text, of any length."""
        x = self.words(ids) + self.places
        for block in self.blocks:
            x, _ = block(x)
        out: Tensor = self.project(self.norm(x[:, 0]))
        return out


class Pair(nn.Module):
    """Both encoders and the temperature between them.

    Parameters
    ----------
    dim
        Width of the space they share.
    """

    def __init__(self, dim: int = 64) -> None:
        super().__init__()
        self.video, self.text = VideoEncoder(dim), TextEncoder(dim)
        self.sharpness = nn.Parameter(torch.tensor(-math.log(FIRST_TEMPERATURE)))

    @property
    def temperature(self) -> Float[Tensor, ""]:
        """What similarities are divided by; learned, as its negative logarithm."""
        return torch.exp(-self.sharpness).clamp(min=LEAST_TEMPERATURE)

    def forward(
        self, video: Float[Tensor, "B 3 T H W"], ids: Int64[Tensor, "M L"]
    ) -> tuple[Float[Tensor, "B D"], Float[Tensor, "M D"]]:
        """Return clips and texts as vectors of length 1."""
        return self.clips(video), self.texts(ids)

    def clips(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B D"]:
        """Return clips as vectors of length 1."""
        return F.normalize(self.video(video).float(), dim=-1)

    def texts(self, ids: Int64[Tensor, "M L"]) -> Float[Tensor, "M D"]:
        """Return texts as vectors of length 1."""
        with torch.autocast(ids.device.type, enabled=False):  # short: bfloat16 would cost, not save
            return F.normalize(self.text(ids), dim=-1)
