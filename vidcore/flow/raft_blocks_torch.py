"""The blocks of RAFT, named as in torchvision's `raft_small`, so that its weights load here.

An encoder turns images into features, a motion encoder reads correlations and flow, a convolutional
GRU remembers, a head corrects the flow.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.flow.raft_parts import FACTOR

PARAMETERS = ("weight", "bias")
STEP_CHANNELS = 5  # what a Lucas-Kanade step says: du, dv, texture, shape, what remains
LEAST_SHARE = 0.005  # of any neighbour, before training
MASK_SCALE = 0.25  # RAFT, training details: balances the gradients of the mask against the others


@dataclass(frozen=True, slots=True)
class Widths:
    """Channels of every part; the defaults are raft_small's, 990 162 parameters."""

    encoder: tuple[int, int, int, int] = (32, 32, 64, 96)
    features: int = 128
    hidden: int = 96
    context: int = 64
    levels: int = 4
    radius: int = 3
    correlation: int = 96
    flow: tuple[int, int] = (64, 32)
    motion: int = 80
    head: int = 128
    mask: int = 0  # channels of the mask predictor; 0 for bilinear upsampling
    fine: int = 0  # channels of the Lucas-Kanade step at 1/2 resolution; 0 for none

    @property
    def looked_up(self) -> int:
        """Correlations read per pixel."""
        return self.levels * (2 * self.radius + 1) ** 2


RAFT_SMALL = Widths()
OURS = Widths(
    encoder=(16, 16, 48, 64), features=64, hidden=48, context=48, levels=3, correlation=64,
    flow=(32, 16), motion=46, head=64, mask=64, fine=6,
)  # fmt: skip


class ConvNormReLU(nn.Sequential):
    """Convolution that keeps the size, a norm if any, and ReLU."""

    def __init__(
        self, c_in: int, c_out: int, kernel: int, *, stride: int = 1, norm: bool, relu: bool = True
    ) -> None:
        layers: list[nn.Module] = [nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2)]
        layers += [nn.InstanceNorm2d(c_out)] if norm else []
        layers += [nn.ReLU()] if relu else []
        super().__init__(*layers)


class Bottleneck(nn.Module):
    """A residual block that thinks in a quarter of its channels."""

    def __init__(self, c_in: int, c_out: int, *, stride: int, norm: bool) -> None:
        super().__init__()
        thin = c_out // 4
        self.convnormrelu1 = ConvNormReLU(c_in, thin, 1, norm=norm)
        self.convnormrelu2 = ConvNormReLU(thin, thin, 3, stride=stride, norm=norm)
        self.convnormrelu3 = ConvNormReLU(thin, c_out, 1, norm=norm)
        self.downsample = (
            nn.Identity()
            if stride == 1
            else ConvNormReLU(c_in, c_out, 1, stride=stride, norm=norm, relu=False)
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Add what the block found to what came in."""
        found = self.convnormrelu3(self.convnormrelu2(self.convnormrelu1(x)))
        return torch.relu(self.downsample(x) + found)


class Encoder(nn.Module):
    """An image as features at 1/8 of its size."""

    def __init__(self, widths: Widths, c_out: int, *, norm: bool) -> None:
        super().__init__()
        c0, c1, c2, c3 = widths.encoder
        self.convnormrelu = ConvNormReLU(3, c0, 7, stride=2, norm=norm)
        self.layer1 = _two_blocks(c0, c1, stride=1, norm=norm)
        self.layer2 = _two_blocks(c1, c2, stride=2, norm=norm)
        self.layer3 = _two_blocks(c2, c3, stride=2, norm=norm)
        self.conv = nn.Conv2d(c3, c_out, 1)

    def forward(self, image: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B C h w"]:
        """Halve the size three times."""
        return self.finish(self.start(image))

    def start(self, image: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B C h w"]:
        """Go as far as 1/2 resolution."""
        features: Tensor = self.layer1(self.convnormrelu(image))
        return features

    def finish(self, half: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Go on from there to 1/8."""
        features: Tensor = self.conv(self.layer3(self.layer2(half)))
        return features


def _two_blocks(c_in: int, c_out: int, *, stride: int, norm: bool) -> nn.Sequential:
    return nn.Sequential(
        Bottleneck(c_in, c_out, stride=stride, norm=norm),
        Bottleneck(c_out, c_out, stride=1, norm=norm),
    )


class MotionEncoder(nn.Module):
    """What the correlations say, beside the flow they were read at."""

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        c1, c2 = widths.flow
        seen = widths.looked_up + (STEP_CHANNELS if widths.fine else 0)
        self.convcorr1 = ConvNormReLU(seen, widths.correlation, 1, norm=False)
        self.convflow1 = ConvNormReLU(2, c1, 7, norm=False)
        self.convflow2 = ConvNormReLU(c1, c2, 3, norm=False)
        self.conv = ConvNormReLU(widths.correlation + c2, widths.motion, 3, norm=False)

    def forward(
        self, flow: Float[Tensor, "B 2 H W"], correlations: Float[Tensor, "B n H W"]
    ) -> Float[Tensor, "B C H W"]:
        """Mix both, and keep the flow itself as the last two channels."""
        both = torch.cat([self.convcorr1(correlations), self.convflow2(self.convflow1(flow))], 1)
        return torch.cat([self.conv(both), flow], 1)


class ConvGRU(nn.Module):
    """A memory per pixel, updated from its neighbourhood; see `raft_parts.gru_step`."""

    def __init__(self, hidden: int, inputs: int) -> None:
        super().__init__()
        self.convz = nn.Conv2d(hidden + inputs, hidden, 3, padding=1)
        self.convr = nn.Conv2d(hidden + inputs, hidden, 3, padding=1)
        self.convq = nn.Conv2d(hidden + inputs, hidden, 3, padding=1)

    def forward(
        self, h: Float[Tensor, "B hidden H W"], x: Float[Tensor, "B inputs H W"]
    ) -> Float[Tensor, "B hidden H W"]:
        """Keep a share 1 - z of the memory, and write q into the rest."""
        hx = torch.cat([h, x], 1)
        gates = (self.convz, self.convr)
        kernel, bias = (torch.cat([getattr(gate, n) for gate in gates]) for n in PARAMETERS)
        z, r = torch.sigmoid(F.conv2d(hx, kernel, bias, padding=1)).chunk(2, 1)  # reads hx once
        q = torch.tanh(self.convq(torch.cat([r * h, x], 1)))
        return (1 - z) * h + z * q


class Recurrent(nn.Module):
    """Holds the one GRU under the name that the published weights give it."""

    def __init__(self, hidden: int, inputs: int) -> None:
        super().__init__()
        self.convgru1 = ConvGRU(hidden, inputs)

    def begin(self, context: Tensor) -> Any:
        """Return what every step reads of the context: here the context itself."""
        return context

    def forward(self, h: Tensor, begun: Any, motion: Tensor) -> Tensor:
        """Take one step."""
        updated: Tensor = self.convgru1(h, torch.cat([begun, motion], 1))
        return updated


class Steady(NamedTuple):
    """What the context adds to the gates and to q, and the kernels that read the rest."""

    gates: Float[Tensor, "B n H W"]
    q: Float[Tensor, "B hidden H W"]
    read_gates: Float[Tensor, "n C 3 3"]
    read_q: Float[Tensor, "hidden C 3 3"]


class SteadyRecurrent(Recurrent):
    """The same step with less work: the context never changes, so it is convolved once.

    A convolution of channels side by side is the sum of the convolutions of each part. The
    published network reads its context again at each correction, and so does `Recurrent`.
    """

    def begin(self, context: Float[Tensor, "B C H W"]) -> Steady:
        """Convolve the context for z, r and q."""
        gru, hidden = self.convgru1, self.convgru1.convz.out_channels
        convs = (gru.convz, gru.convr, gru.convq)
        kernel, bias = (torch.cat([getattr(conv, n) for conv in convs]) for n in PARAMETERS)
        of_context = slice(hidden, hidden + context.shape[1])
        added = F.conv2d(context, kernel[:, of_context], bias, padding=1)
        rest = torch.cat([kernel[:, :hidden], kernel[:, of_context.stop :]], 1)
        both = 2 * hidden  # z and r
        return Steady(added[:, :both], added[:, both:], rest[:both], rest[both:])

    def forward(self, h: Tensor, begun: Steady, motion: Tensor) -> Tensor:
        """Take one step; see `ConvGRU`."""
        added, added_q, kernel, kernel_q = begun
        gates = added + F.conv2d(torch.cat([h, motion], 1), kernel, padding=1)
        z, r = torch.sigmoid(gates).chunk(2, 1)
        q = torch.tanh(added_q + F.conv2d(torch.cat([r * h, motion], 1), kernel_q, padding=1))
        return (1 - z) * h + z * q


class FlowHead(nn.Module):
    """Read a correction of the flow from the memory."""

    def __init__(self, hidden: int, head: int, out: int = 2) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(hidden, head, 3, padding=1)
        self.conv2 = nn.Conv2d(head, out, 3, padding=1)

    def forward(self, h: Float[Tensor, "B hidden H W"]) -> Float[Tensor, "B out H W"]:
        """Return the correction, in pixels at 1/8 resolution, and the trust in the step if any."""
        correction: Tensor = self.conv2(torch.relu(self.conv1(h)))
        return correction


class UpdateBlock(nn.Module):
    """One correction: correlations and flow into the memory, a change of flow out of it."""

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.motion_encoder = MotionEncoder(widths)
        recurrent = SteadyRecurrent if widths.fine else Recurrent
        self.recurrent_block = recurrent(widths.hidden, widths.context + widths.motion + 2)
        self.flow_head = FlowHead(widths.hidden, widths.head, 3 if widths.fine else 2)

    def begin(self, context: Tensor) -> Any:
        """Return what every correction reads of the context."""
        return self.recurrent_block.begin(context)

    def forward(
        self, h: Tensor, begun: Any, correlations: Tensor, flow: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the new memory and the correction."""
        h = self.recurrent_block(h, begun, self.motion_encoder(flow, correlations))
        return h, self.flow_head(h)


class MaskPredictor(nn.Module):
    """Scores for each fine pixel's nine coarse neighbours; see `raft_parts.convex_upsample`."""

    def __init__(self, hidden: int, mask: int) -> None:
        super().__init__()
        self.convrelu = ConvNormReLU(hidden, mask, 3, norm=False)
        self.conv = nn.Conv2d(mask, 9 * FACTOR**2, 1)
        scores = (linear_shares() + LEAST_SHARE).log().flatten() / MASK_SCALE
        self.conv.bias = nn.Parameter(scores)  # bilinear at first; learns where to differ from it

    def forward(self, h: Float[Tensor, "B hidden H W"]) -> Float[Tensor, "B n H W"]:
        """Return the scores, before their softmax."""
        scores: Tensor = self.conv(self.convrelu(h))
        return MASK_SCALE * scores


def linear_shares() -> Float[Tensor, "n a c"]:
    """Shares of the 3 x 3 coarse pixels in each fine one, whose block starts at the middle one."""
    along = torch.arange(FACTOR) / FACTOR
    shares = torch.stack([torch.zeros(FACTOR), 1 - along, along])
    return torch.einsum("ia,jc->ijac", shares, shares).reshape(9, FACTOR, FACTOR)
