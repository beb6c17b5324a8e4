"""R3D, MC3 and R(2+1)D: one residual skeleton, three ways to build its convolutions.

Tran et al., A Closer Look at Spatiotemporal Convolutions for Action Recognition, CVPR 2018. R3D is
3-D throughout; MC3 goes flat after the first stage; R(2+1)D splits every convolution into space,
then time, with batch norm and ReLU between. Layout and key names of torchvision's `VideoResNet`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, overload

from jaxtyping import Float
from torch import Tensor, nn

from vidcore.conv3d.conv import Triple
from vidcore.conv3d.factorize import midplanes
from vidcore.errors import WeightsError
from vidcore.weights.state_torch import Shapes, load

STAGES = ("layer1", "layer2", "layer3", "layer4")
SPACE, FLAT = (3, 3, 3), (1, 3, 3)


@dataclass(frozen=True, slots=True)
class Design:
    """What tells these networks apart, and how wide and deep they are.

    Parameters
    ----------
    kernels
        Of the convolutions in each of the four stages.
    split
        Whether every convolution is a pair, space then time.
    stem
        Kernel of the first convolution.
    widths, depths
        Channels and blocks of each stage.
    channels, classes
        Of the clip, and of the answer.
    middles
        Channels between space and time, by the convolution's name; by `midplanes` where left out.
    """

    kernels: tuple[Triple, ...]
    split: bool = False
    stem: Triple = (3, 7, 7)
    widths: tuple[int, ...] = (64, 128, 256, 512)
    depths: tuple[int, ...] = (2, 2, 2, 2)
    channels: int = 3
    classes: int = 400
    middles: Mapping[str, int] = field(default_factory=dict)


DESIGNS = {
    "r3d_18": Design((SPACE, SPACE, SPACE, SPACE)),
    "mc3_18": Design((SPACE, FLAT, FLAT, FLAT)),
    "r2plus1d_18": Design((SPACE, SPACE, SPACE, SPACE), split=True, middles={"stem": 45}),
}


def conv(c_in: int, c_out: int, kernel: Triple, step: int) -> nn.Conv3d:
    """Convolve with "same" borders; `step` is the stride wherever the kernel has an extent."""
    t, y, x = (step if k > 1 else 1 for k in kernel)
    kT, kH, kW = kernel
    return nn.Conv3d(c_in, c_out, kernel, (t, y, x), (kT // 2, kH // 2, kW // 2), bias=False)


def pair(c_in: int, c_out: int, kernel: Triple, step: int, middle: int) -> nn.Sequential:
    """Split a convolution: space, then time, with a ReLU between."""
    kT, kH, kW = kernel
    return nn.Sequential(
        conv(c_in, middle, (1, kH, kW), step),
        nn.BatchNorm3d(middle),
        nn.ReLU(),
        conv(middle, c_out, (kT, 1, 1), step),
    )


class Block(nn.Module):
    """Two convolutions, and a shortcut around them."""

    def __init__(self, design: Design, name: str, c_in: int, c_out: int, step: int) -> None:
        super().__init__()
        kernel = design.kernels[STAGES.index(name.partition(".")[0])]
        middle = midplanes(c_in, c_out)  # torchvision: the same for both, from the first's input

        def unit(which: str, c_in: int, step: int) -> nn.Module:
            if not design.split:
                return conv(c_in, c_out, kernel, step)
            key = f"{name}.{which}"
            return pair(c_in, c_out, kernel, step, design.middles.get(key, middle))

        self.conv1 = nn.Sequential(unit("conv1", c_in, step), nn.BatchNorm3d(c_out), nn.ReLU())
        self.conv2 = nn.Sequential(unit("conv2", c_out, 1), nn.BatchNorm3d(c_out))
        self.downsample = None
        if step != 1 or c_in != c_out:
            stride = (step if kernel[0] > 1 else 1, step, step)
            shortcut = nn.Conv3d(c_in, c_out, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm3d(c_out))

    def forward(self, x: Tensor) -> Tensor:
        """Add what the convolutions find to what came in."""
        around = x if self.downsample is None else self.downsample(x)
        y: Tensor = self.conv2(self.conv1(x)) + around
        return y.relu()


class VideoResNet(nn.Module):
    """The skeleton: stem, four stages, average, one dense layer."""

    def __init__(self, design: Design) -> None:
        super().__init__()
        width = design.widths[0]
        self.stem = _stem(design, width)
        c_in = width
        for stage, width, depth, step in zip(
            STAGES, design.widths, design.depths, (1, 2, 2, 2), strict=True
        ):
            widths = [c_in] + [width] * depth
            blocks = [
                Block(design, f"{stage}.{k}", a, b, step if k == 0 else 1)
                for k, (a, b) in enumerate(pairwise(widths))
            ]
            self.add_module(stage, nn.Sequential(*blocks))
            c_in = width
        self.fc = nn.Linear(c_in, design.classes)

    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[False] = False
    ) -> Float[Tensor, "B K"]: ...
    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[True]
    ) -> tuple[Float[Tensor, "B K"], dict[str, Tensor]]: ...
    def forward(self, video: Tensor, keep: bool = False) -> Any:
        """Return the logits; with `keep`, also the output of the stem and of each stage."""
        kept = {}
        x = video
        for name in ("stem", *STAGES):
            x = kept[name] = self.get_submodule(name)(x)
        logits = self.fc(x.mean(dim=(2, 3, 4)))
        return (logits, kept) if keep else logits


def _stem(design: Design, width: int) -> nn.Sequential:
    """The first convolution: 7 x 7 in space, half the rows and columns, every frame kept."""
    kT, kH, kW = design.stem
    border = (kT // 2, kH // 2, kW // 2)
    if not design.split:
        first = nn.Conv3d(design.channels, width, design.stem, (1, 2, 2), border, bias=False)
        return nn.Sequential(first, nn.BatchNorm3d(width), nn.ReLU())
    middle = design.middles["stem"]
    return nn.Sequential(
        nn.Conv3d(
            design.channels, middle, (1, kH, kW), (1, 2, 2), (0, border[1], border[2]), bias=False
        ),
        nn.BatchNorm3d(middle),
        nn.ReLU(),
        conv(middle, width, (kT, 1, 1), 1),
        nn.BatchNorm3d(width),
        nn.ReLU(),
    )


def from_state(state: Mapping[str, Any], architecture: str) -> VideoResNet:
    """Build the network whose sizes the tensors' shapes tell, load it, in eval mode.

    Parameters
    ----------
    architecture
        "r3d_18", "mc3_18" or "r2plus1d_18".

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, a shape does not fit, or the shapes are those of another
        of the three; the message names it.
    """
    if architecture not in DESIGNS:
        raise WeightsError(f"The architectures are {', '.join(DESIGNS)}; got {architecture!r}.")

    def build(shapes: Shapes) -> VideoResNet:
        return VideoResNet(design_of(shapes, architecture))

    return load(architecture, build, state)


def design_of(shapes: Shapes, architecture: str) -> Design:
    """Read every size from the shapes; whether convolutions are split, the architecture says."""
    split = DESIGNS[architecture].split
    depths = tuple(_count(shapes, stage) for stage in STAGES)
    first = [f"{stage}.0.conv1.0" for stage in STAGES]
    kernels = tuple(_kernel(shapes, key, split) for key in first)
    others = [design.kernels for name, design in DESIGNS.items() if name != architecture]
    if kernels != DESIGNS[architecture].kernels and kernels in others:
        raise WeightsError(f"These are not {architecture} weights: their kernels are {kernels}.")
    out = ".3.weight" if split else ".weight"
    middles = {}
    if split:
        middles = {
            f"{stage}.{k}.{which}": shapes[f"{stage}.{k}.{which}.0.0.weight"][0]
            for stage, depth in zip(STAGES, depths, strict=True)
            for k in range(depth)
            for which in ("conv1", "conv2")
        }
        middles["stem"] = shapes["stem.0.weight"][0]
    _, channels, kT, kH, kW = shapes["stem.0.weight"]
    return Design(
        kernels=kernels,
        split=split,
        stem=(shapes["stem.3.weight"][2] if split else kT, kH, kW),
        widths=tuple(shapes[key + out][0] for key in first),
        depths=depths,
        channels=channels,
        classes=shapes["fc.weight"][0],
        middles=middles,
    )


def _count(shapes: Shapes, stage: str) -> int:
    blocks = {key.split(".")[1] for key in shapes if key.startswith(f"{stage}.")}
    return max(1, len(blocks))  # a stage without blocks is missed by its first key


def _kernel(shapes: Shapes, key: str, split: bool) -> Triple:
    if split:
        return (shapes[f"{key}.3.weight"][2], *_last_two(shapes[f"{key}.0.weight"]))
    kernel = shapes[f"{key}.weight"]
    return (kernel[2], *_last_two(kernel))


def _last_two(shape: tuple[int, ...]) -> tuple[int, int]:
    return shape[-2], shape[-1]
