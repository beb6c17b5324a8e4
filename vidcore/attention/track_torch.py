r"""Attention that had to learn where things go: colour, copied from frame to frame.

The network sees a grey video. Its last attention predicts the colours of every patch as a mixture
of the colours of patches in *other* frames, and nothing else carries colour:

    p(t, n) = sum_h g_h(t, n)  sum_(t', m) A_h[(t, n), (t', m)] c(t', m)          t' != t

To do so it has to find the same thing in the other frames: A is a tracker, learned without a label.
After Vondrick et al., Tracking Emerges by Colorizing Videos, ECCV 2018: there one layer of matching
over image features; here the last layer of a video transformer, in one of two schemes.

    joint     A_h = softmax over all patches of all other frames
    divided   A_h = S_h[t, n, m] T_h[m, t, t']: across the frame, and along time from there
"""

from math import sqrt
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from einops import einsum, rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn

from vidcore.attention.small_torch import POSITION, Block

FRAMES = 16  # moments that have a position; a clip may show any of them, in order
SIZE, PATCH = 48, 6  # pixels: of the square frames, and of a patch
GRID = SIZE // PATCH
STEM = (24, 48)
HUES = 12
COLOURS = HUES + 1  # bins: the hues, and none
GREY_BELOW = 0.2  # chroma under which a pixel has no hue
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
CONTRAST = 4.0  # grey levels of [0, 1] brought to about unit variance
RARE = 0.02  # share of a colour in a clip from which on it counts fully


class Pointed(NamedTuple):
    """The copying layer's queries and keys.

    Parameters
    ----------
    q, k
        `(B, heads, T, N, d)`: of the joint layer, or of the divided layer's step across the frame.
    q_time, k_time
        Of the divided layer's step along time; None in the joint one.
    gate
        `(B, T, N, heads)`: how much each head counts, summing to 1.
    """

    q: Tensor
    k: Tensor
    q_time: Tensor | None
    k_time: Tensor | None
    gate: Tensor


class Copier(nn.Module):
    """A grey video in; the colours of every patch out, copied from the other frames.

    Parameters
    ----------
    scheme
        Which patches meet, in the blocks and in the copying layer.
    """

    def __init__(
        self,
        scheme: Literal["joint", "divided"],
        width: int = 64,
        depth: int = 2,
        heads: int = 4,
    ) -> None:
        super().__init__()
        self.scheme, self.heads = scheme, heads
        c1, c2 = STEM
        self.stem = nn.Sequential(  # strides 2 and 3: one token for each 6 x 6 pixels
            *(nn.Conv2d(1, c1, 3, 1, 1), nn.GELU()),
            *(nn.Conv2d(c1, c2, 3, 2, 1), nn.GELU()),
            nn.Conv2d(c2, width, 3, 3),
        )
        self.norm_stem = nn.LayerNorm(width)
        self.place = nn.Parameter(POSITION * torch.randn(1, 1, GRID * GRID, width))
        self.moment = nn.Parameter(POSITION * torch.randn(1, FRAMES, 1, width))
        self.blocks = nn.ModuleList(Block(width, heads, scheme) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.point = nn.Linear(width, 2 * width)
        self.point_time = nn.Linear(width, 2 * width) if scheme == "divided" else None
        self.gate = nn.Linear(width, heads)

    def forward(
        self, video: Float[Tensor, "B 3 T H W"], moments: Int[Tensor, " T"] | None = None
    ) -> dict[str, Tensor]:
        """Return "predicted" and true "colours" of every patch, `(B, T, N, 13)` shares.

        Parameters
        ----------
        moments
            When each frame is, from 0 to 15; left out: spread evenly.
        """
        colours = colour_shares(video)
        pointed = self.pointed(self.features(video, moments)[-1])
        return {"predicted": copy(pointed, colours), "colours": colours}

    def features(
        self, video: Float[Tensor, "B 3 T H W"], moments: Int[Tensor, " T"] | None = None
    ) -> list[Float[Tensor, "B T N D"]]:
        """Return the tokens and the output of every block."""
        T = video.shape[2]
        if moments is None:
            moments = torch.arange(T, device=video.device) * FRAMES // T
        states = [self.tokens(video) + self.place + self.moment[:, moments]]
        for block in self.blocks:
            states.append(block(states[-1], {}))
        return states

    def tokens(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B T N D"]:
        """Turn every 6 x 6 pixels, in grey and with a little of what is around, into one token."""
        grey = einsum(video, video.new_tensor(LUMA), "b c t h w, c -> b t h w")
        frames = rearrange(CONTRAST * (grey - 0.5), "b t h w -> (b t) 1 h w")
        seen = rearrange(self.stem(frames), "(b t) d h w -> b t (h w) d", b=len(video))
        normed: Tensor = self.norm_stem(seen)
        return normed

    def pointed(self, x: Float[Tensor, "B T N D"]) -> Pointed:
        """Return the copying layer's queries, keys and gate."""
        x = self.norm(x)
        heads = "b t n (two h d) -> two b h t n d"
        q, k = rearrange(self.point(x), heads, two=2, h=self.heads)
        q_time = k_time = None
        if self.point_time is not None:
            q_time, k_time = rearrange(self.point_time(x), heads, two=2, h=self.heads)
        return Pointed(q, k, q_time, k_time, self.gate(x).softmax(dim=-1))


def copy(of: Pointed, colours: Float[Tensor, "B T N C"]) -> Float[Tensor, "B T N C"]:
    """Mix the colours of the other frames as the heads point, and the heads as the gate says."""
    if of.q_time is None:
        weights = joint_weights(of.q, of.k)
        mixed = einsum(weights, colours, "b h t n u m, b u m c -> b t n h c")
    else:
        across, along = divided_weights(of)
        there = einsum(along, colours, "b h m t u, b u m c -> b h t m c")
        mixed = einsum(across, there, "b h t n m, b h t m c -> b t n h c")
    return einsum(of.gate, mixed, "b t n h, b t n h c -> b t n c")


def joint_weights(
    q: Float[Tensor, "B h T N d"], k: Float[Tensor, "B h T N d"]
) -> Float[Tensor, "B h T N T N"]:
    """Softmax over all patches of all other frames."""
    scores = einsum(q, k, "b h t n d, b h u m d -> b h t n u m") / sqrt(q.shape[-1])
    T = q.shape[2]
    own = torch.eye(T, dtype=torch.bool, device=q.device)[:, None, :, None]
    weights = scores.masked_fill(own, -torch.inf).flatten(-2).softmax(dim=-1)
    return weights.view(scores.shape)


def divided_weights(of: Pointed) -> tuple[Float[Tensor, "B h T N N"], Float[Tensor, "B h N T T"]]:
    """The two steps' weights: across each frame, and from each place to the other frames."""
    scale = sqrt(of.q.shape[-1])
    across = einsum(of.q, of.k, "b h t n d, b h t m d -> b h t n m") / scale
    assert of.q_time is not None and of.k_time is not None  # noqa: S101, PT018 (for the type checker)
    along = einsum(of.q_time, of.k_time, "b h t m d, b h u m d -> b h m t u") / scale
    own = torch.eye(along.shape[-1], dtype=torch.bool, device=along.device)
    return across.softmax(-1), along.masked_fill(own, -torch.inf).softmax(-1)


def weights_between(of: Pointed) -> Float[Tensor, "B h T N T N"]:
    """How much every patch copies from every other, by head, in either scheme; rows sum to 1."""
    if of.q_time is None:
        return joint_weights(of.q, of.k)
    across, along = divided_weights(of)
    return einsum(across, along, "b h t n m, b h m t u -> b h t n u m")


def gated(of: Pointed) -> Float[Tensor, "B T N T N"]:
    """How much every patch copies from every other, all heads together as the gate mixes them."""
    return einsum(of.gate, weights_between(of), "b t n h, b h t n u m -> b t n u m")


def colour_shares(video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B T N 13"]:
    """Return which shares of each patch have which hue, or none: what has to be predicted."""
    R, G, B = video.unbind(1)
    warm, yellow = R - G, (R + G) / 2 - B
    hue = (torch.atan2(yellow, warm) / (2 * torch.pi) % 1 * HUES).long().clamp(max=HUES - 1)
    bins = torch.where(torch.hypot(warm, yellow) < GREY_BELOW, HUES, hue)
    pixels = F.one_hot(bins, COLOURS).to(video.dtype)
    return rearrange(
        F.avg_pool2d(rearrange(pixels, "b t h w c -> (b t) c h w"), PATCH),
        "(b t) c h w -> b t (h w) c",
        b=len(video),
    )


def copying_loss(
    predicted: Float[Tensor, "B T N C"], colours: Float[Tensor, "B T N C"]
) -> Float[Tensor, ""]:
    """Cross-entropy of the colour shares; colours that are rare in a clip count more.

    Otherwise a still background, nearly all of every frame, would be all there is to learn (Zhang
    et al., Colorful Image Colorization, ECCV 2016, rebalance the same way).
    """
    share = colours.mean((1, 2), keepdim=True)
    rarity = (colours / (share + RARE)).sum(-1)
    surprise = -(colours * (predicted + 1e-4).log()).sum(-1)
    return (rarity / rarity.mean() * surprise).mean()
