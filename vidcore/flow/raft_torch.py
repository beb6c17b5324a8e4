"""RAFT as a network, in the layout of torchvision's `raft_small`, so that its weights load here.

Its parts are explained one by one in `raft_parts`. Ours differ in nothing but widths, and in
upsampling by learned convex mixtures, which the small published network leaves out.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.errors import WeightsError
from vidcore.flow.raft_blocks_torch import (
    OURS,
    RAFT_SMALL,
    STEP_CHANNELS,
    Encoder,
    MaskPredictor,
    UpdateBlock,
    Widths,
    linear_shares,
)
from vidcore.flow.raft_parts import FACTOR
from vidcore.flow.raft_step_torch import Details, FineStep
from vidcore.flow.warp_torch import sample
from vidcore.weights.load_torch import load
from vidcore.weights.state_torch import check, shapes_of


class Seen(NamedTuple):
    """What the corrections read, made once per pair of images."""

    f1: Tensor
    f2: Tensor
    pyramid: list[Tensor]
    details: Details | None
    h: Tensor
    context: Tensor


class Followed(NamedTuple):
    """One run in NumPy: see `raft_inside.RaftInside`."""

    f1: np.ndarray
    f2: np.ndarray
    coarse: np.ndarray
    trust: np.ndarray
    fields: np.ndarray
    shares: np.ndarray


class Correction(NamedTuple):
    """Where one correction has led.

    Parameters
    ----------
    flow
        `(B, 2, h, w)` in pixels at 1/8 resolution.
    h
        `(B, hidden, h, w)`: the memory.
    trust
        `(B, 1, h, w)` in 0 to 1: how much of the Lucas-Kanade step was taken; None without one.
    """

    flow: Tensor
    h: Tensor
    trust: Tensor | None


class Raft(nn.Module):
    """The whole network.

    Parameters
    ----------
    widths
        Channels of every part.
    """

    def __init__(self, widths: Widths = RAFT_SMALL) -> None:
        super().__init__()
        self.widths = widths
        self.feature_encoder = Encoder(widths, widths.features, norm=True)
        self.context_encoder = Encoder(widths, widths.hidden + widths.context, norm=False)
        self.update_block = UpdateBlock(widths)
        self.mask_predictor = MaskPredictor(widths.hidden, widths.mask) if widths.mask else None
        self.fine = FineStep(widths.encoder[1], widths.fine) if widths.fine else None

    def forward(
        self,
        image1: Float[Tensor, "B 3 H W"],
        image2: Float[Tensor, "B 3 H W"],
        iterations: int = 12,
    ) -> Float[Tensor, "iterations B 2 H W"]:
        """Return the flow after each correction, in pixels of the images, which are in [-1, 1].

        H and W must be multiples of 8 and, for four levels, at least 64.
        """
        corrected = self.correct(self.look(image1, image2), iterations)
        return torch.stack([self.upsample(flow, h) for flow, h, _ in corrected])

    def look(self, image1: Float[Tensor, "B 3 H W"], image2: Float[Tensor, "B 3 H W"]) -> Seen:
        """Compare all pairs once, and say what the first image shows where."""
        half = self.feature_encoder.start(torch.cat([image1, image2]))
        f1, f2 = self.feature_encoder.finish(half).chunk(2)
        h, context = self.context_encoder(image1).split(
            [self.widths.hidden, self.widths.context], 1
        )
        return Seen(
            f1,
            f2,
            correlation_pyramid(f1, f2, levels=self.widths.levels),
            self.fine.prepare(half) if self.fine else None,
            torch.tanh(h),
            torch.relu(context),
        )

    def correct(self, seen: Seen, iterations: int) -> Iterator[Correction]:
        """Correct the flow again and again."""
        _, _, pyramid, details, h, context = seen
        flow, begun = torch.zeros_like(h[:, :2]), self.update_block.begin(context)
        for _ in range(iterations):
            flow = flow.detach()  # gradients pass through each correction, not the running estimate
            found = lookup(pyramid, flow, radius=self.widths.radius)
            if self.fine is None or details is None:
                h, correction = self.update_block(h, begun, found, flow)
                trust = None
            else:
                step, notes = self.fine(details, flow)
                h, answer = self.update_block(h, begun, torch.cat([found, notes], 1), flow)
                trust = torch.sigmoid(answer[:, 2:])
                correction = answer[:, :2] + trust * step
            flow = flow + correction
            yield Correction(flow, h, trust)

    def upsample(self, flow: Tensor, h: Tensor) -> Tensor:
        """Enlarge by 8: by learned mixtures where there is a mask predictor, else bilinearly."""
        if self.mask_predictor is not None:
            return convex_upsample(flow, self.mask_predictor(h))
        size = [FACTOR * n for n in flow.shape[-2:]]
        return FACTOR * F.interpolate(flow, size, mode="bilinear", align_corners=True)


def ours() -> Raft:
    """Return our own network, untrained."""
    return Raft(OURS)


def correlation_pyramid(
    f1: Float[Tensor, "B D H W"], f2: Float[Tensor, "B D H W"], *, levels: int
) -> list[Float[Tensor, "n 1 h w"]]:
    """Return, at every level, one map over the second frame per pixel of the first.

    Products with averaged features are averages of the products, and far fewer.
    """
    f1 = f1 / f1.shape[1] ** 0.5
    pyramid = []
    for level in range(levels):
        f2 = F.avg_pool2d(f2, 2) if level else f2
        volume = torch.einsum("bdij,bdkl->bijkl", f1, f2)
        pyramid.append(rearrange(volume, "b i j k l -> (b i j) 1 k l"))
    return pyramid


def lookup(
    pyramid: list[Tensor], flow: Float[Tensor, "B 2 H W"], *, radius: int
) -> Float[Tensor, "B n H W"]:
    """Read the correlations around where each pixel points, at all levels: `raft_parts.lookup`."""
    B, _, H, W = flow.shape
    rows, columns = (torch.arange(n, device=flow.device, dtype=flow.dtype) for n in (H, W))
    steps = torch.arange(-radius, radius + 1, device=flow.device, dtype=flow.dtype)
    x = rearrange(columns + flow[:, 0], "b h w -> (b h w) 1 1")
    y = rearrange(rows[:, None] + flow[:, 1], "b h w -> (b h w) 1 1")
    dx, dy = steps[:, None], steps  # dx changes slowest
    values = [
        sample(volume, x / 2**level + dx, y / 2**level + dy, padding="zeros")
        for level, volume in enumerate(pyramid)
    ]
    return rearrange(torch.cat(values, 1), "(b h w) l i j -> b (l i j) h w", b=B, h=H, w=W)


def convex_upsample(
    flow: Float[Tensor, "B 2 H W"], scores: Float[Tensor, "B n H W"]
) -> Float[Tensor, "B 2 h w"]:
    """Enlarge by 8: each fine pixel is a mixture of the 3 x 3 coarse ones around it."""
    B, _, H, W = flow.shape
    shares = rearrange(scores, "b (n a c) h w -> b 1 n a c h w", n=9, a=FACTOR).softmax(dim=2)
    padded = F.pad(FACTOR * flow, (1, 1, 1, 1), mode="replicate")
    around = F.unfold(padded, 3).view(B, 2, 9, 1, 1, H, W)
    return rearrange((shares * around).sum(2), "b uv a c h w -> b uv (h a) (w c)")


@torch.inference_mode()
def infer(
    network: Raft, prev: np.ndarray, next_: np.ndarray, *, iterations: int, every: bool = True
) -> Float[np.ndarray, "K H W 2"]:
    """Pad to what the network needs, run it, and crop.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats in [0, 1], from 16 x 16.
    every
        Return the field after each correction, not the last alone: upsampling has its price.
    """
    H, W = prev.shape[:2]
    steps = list(network.correct(network.look(*padded(network, prev, next_)), iterations))
    kept = steps if every else steps[-1:]
    fields = torch.cat([network.upsample(step.flow, step.h) for step in kept])[..., :H, :W]
    dtype = np.float64 if prev.dtype == next_.dtype == np.float64 else np.float32
    return np.asarray(rearrange(fields, "k uv h w -> k h w uv").cpu().numpy(), dtype)


def padded(network: Raft, prev: np.ndarray, next_: np.ndarray) -> list[Float[Tensor, "1 3 h w"]]:
    """Turn both images into batches in [-1, 1]; borders are repeated up to a fitting size."""
    H, W = prev.shape[:2]
    step = FACTOR * 2 ** (network.widths.levels - 1)  # the smallest side with a coarsest level
    size = (max(step, -(-n // FACTOR) * FACTOR) for n in (H, W))
    bottom, right = (padded - n for padded, n in zip(size, (H, W), strict=True))
    like = next(network.parameters())
    return [
        F.pad(_to_batch(image, like), (0, right, 0, bottom), mode="replicate")
        for image in (prev, next_)
    ]


def _to_batch(image: np.ndarray, like: Tensor) -> Float[Tensor, "1 3 H W"]:
    colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1)
    pixels = torch.tensor(colour, dtype=like.dtype, device=like.device)  # copies: may be read-only
    return 2 * rearrange(pixels, "h w c -> 1 c h w") - 1


def from_state(state: Mapping[str, Tensor], *, radius: int = 3) -> Raft:
    """Build the network whose widths the tensors' shapes tell, load it, in eval mode.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    try:
        network = Raft(widths_of(state, radius=radius))
    except KeyError as missing:
        raise WeightsError(f"RAFT weights need {missing}; it is not among the keys.") from missing
    check("RAFT", shapes_of(network.state_dict()), shapes_of(state))
    network.load_state_dict(state)
    return network.eval()


def widths_of(state: Mapping[str, Tensor], *, radius: int) -> Widths:
    """Read every width from the shapes."""

    def out(key: str) -> int:
        return int(state[f"{key}.weight"].shape[0])

    encoder, update = "feature_encoder", "update_block"
    hidden = out(f"{update}.recurrent_block.convgru1.convz")
    fine = out("fine.mix") if "fine.mix.weight" in state else 0
    looked_up = int(state[f"{update}.motion_encoder.convcorr1.0.weight"].shape[1])
    looked_up -= STEP_CHANNELS if fine else 0
    return Widths(
        encoder=(
            out(f"{encoder}.convnormrelu.0"),
            out(f"{encoder}.layer1.0.convnormrelu3.0"),
            out(f"{encoder}.layer2.0.convnormrelu3.0"),
            out(f"{encoder}.layer3.0.convnormrelu3.0"),
        ),
        features=out(f"{encoder}.conv"),
        hidden=hidden,
        context=out("context_encoder.conv") - hidden,
        levels=looked_up // (2 * radius + 1) ** 2,
        radius=radius,
        correlation=out(f"{update}.motion_encoder.convcorr1.0"),
        flow=(
            out(f"{update}.motion_encoder.convflow1.0"),
            out(f"{update}.motion_encoder.convflow2.0"),
        ),
        motion=out(f"{update}.motion_encoder.conv.0"),
        head=out(f"{update}.flow_head.conv1"),
        mask=out("mask_predictor.convrelu.0") if "mask_predictor.conv.weight" in state else 0,
        fine=fine,
    )


def trained() -> Raft:
    """Load our own network, once per process.

    Raises
    ------
    WeightsError
        If the file is missing or does not fit.
    """
    network = load("raft")
    if not isinstance(network, Raft):
        raise WeightsError(f"The card of RAFT builds a {type(network).__name__}.")
    return network


@torch.inference_mode()
def follow(network: Raft, prev: np.ndarray, next_: np.ndarray, *, iterations: int) -> Followed:
    """Run the network as `infer` does, and keep what it saw and thought on the way."""
    H, W = prev.shape[:2]
    h, w = -(-H // FACTOR), -(-W // FACTOR)
    seen = network.look(*padded(network, prev, next_))
    steps = list(network.correct(seen, iterations))
    fields = torch.cat([network.upsample(step.flow, step.h) for step in steps])[..., :H, :W]
    coarse = torch.cat([step.flow for step in steps])[..., :h, :w]
    trusts = [torch.ones_like(s.flow[:, :1]) if s.trust is None else s.trust for s in steps]
    to = "k c h w -> k h w c"
    f1, f2 = (rearrange(f[..., :h, :w], "1 c h w -> h w c").numpy() for f in (seen.f1, seen.f2))
    return Followed(
        f1,
        f2,
        rearrange(coarse, to).numpy(),
        rearrange(torch.cat(trusts)[..., :h, :w], to)[..., 0].numpy(),
        rearrange(fields, to).numpy(),
        _shares(network, steps[-1].h)[:h, :w].numpy(),
    )


def _shares(network: Raft, h: Tensor) -> Float[Tensor, "h w n a c"]:
    """Return what share each of the 3 x 3 coarse pixels has in each fine one."""
    if network.mask_predictor is None:
        shares = linear_shares()
        return shares.expand(*h.shape[-2:], *shares.shape)
    scores: Tensor = network.mask_predictor(h)
    return rearrange(scores, "1 (n a c) h w -> h w n a c", n=9, a=FACTOR).softmax(dim=2)
