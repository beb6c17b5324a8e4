"""I3D as a network: Inception-v1, inflated.

Carreira & Zisserman, Quo Vadis, Action Recognition? CVPR 2017. Borders as in the released
TensorFlow model ("SAME": a stride's surplus comes after), so zeros stand at both ends of time as
well; batch norm with an epsilon of 1e-3. Logits are made for every time and averaged. Key names of
the public PyTorch port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.conv3d.conv import Triple
from vidcore.errors import ShapeError
from vidcore.weights.state_torch import Shapes, load

EPSILON = 1e-3  # of every batch norm
LAST_POOL = (2, 7, 7)  # t, y, x: averaged before the logits
PLAIN = {  # a convolution -> its stride
    "Conv3d_1a_7x7": 2,
    "Conv3d_2b_1x1": 1,
    "Conv3d_2c_3x3": 1,
}
POOLS: dict[str, tuple[Triple, Triple]] = {  # name -> kernel, stride
    "MaxPool3d_2a_3x3": ((1, 3, 3), (1, 2, 2)),
    "MaxPool3d_3a_3x3": ((1, 3, 3), (1, 2, 2)),
    "MaxPool3d_4a_3x3": ((3, 3, 3), (2, 2, 2)),
    "MaxPool3d_5a_2x2": ((2, 2, 2), (2, 2, 2)),
}
ORDER = (
    *("Conv3d_1a_7x7", "MaxPool3d_2a_3x3", "Conv3d_2b_1x1", "Conv3d_2c_3x3", "MaxPool3d_3a_3x3"),
    *("Mixed_3b", "Mixed_3c", "MaxPool3d_4a_3x3"),
    *("Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_4f", "MaxPool3d_5a_2x2"),
    *("Mixed_5b", "Mixed_5c"),
)
BRANCHES = ("b0", "b1a", "b1b", "b2a", "b2b", "b3b")
PUBLISHED = {  # a mixed layer -> channels of its branches, in the order above
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """Output channels and kernel of one convolution."""

    out: int
    kernel: Triple


def published(classes: int = 400) -> dict[str, Unit]:
    """Return every convolution of the published network, by name."""
    one, three, seven = (1, 1, 1), (3, 3, 3), (7, 7, 7)
    plain = {
        "Conv3d_1a_7x7": Unit(64, seven),
        "Conv3d_2b_1x1": Unit(64, one),
        "Conv3d_2c_3x3": Unit(192, three),
    }
    mixed = {
        f"{name}.{branch}": Unit(out, three if branch in ("b1b", "b2b") else one)
        for name, widths in PUBLISHED.items()
        for branch, out in zip(BRANCHES, widths, strict=True)
    }
    return {**plain, **mixed, "logits": Unit(classes, one)}


def same_border(sizes: Sequence[int], kernel: Triple, stride: Triple) -> list[int]:
    """Return TensorFlow's "SAME" padding for `F.pad`: last axis first, the surplus after."""
    extra = [
        max(k - s if n % s == 0 else k - n % s, 0)
        for n, k, s in zip(sizes, kernel, stride, strict=True)
    ]
    return [part for e in reversed(extra) for part in (e // 2, e - e // 2)]


class Unit3D(nn.Module):
    """A convolution with "SAME" borders; batch norm and ReLU, or a bias alone for the logits."""

    def __init__(self, c_in: int, unit: Unit, *, step: int = 1, last: bool = False) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(c_in, unit.out, unit.kernel, step, bias=last)
        self.bn = None if last else nn.BatchNorm3d(unit.out, eps=EPSILON)
        self.kernel, self.stride = unit.kernel, (step, step, step)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve."""
        y: Tensor = self.conv3d(F.pad(x, same_border(x.shape[2:], self.kernel, self.stride)))
        return y if self.bn is None else self.bn(y).relu()


class SamePool(nn.Module):
    """The largest value, with "SAME" borders of zeros: everything here is after a ReLU."""

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """Pool."""
        padded = F.pad(x, same_border(x.shape[2:], self.kernel, self.stride))
        return F.max_pool3d(padded, self.kernel, self.stride)


class Mixed(nn.Module):
    """Inception: four ways to look at the same input, side by side."""

    def __init__(self, c_in: int, units: Mapping[str, Unit]) -> None:
        super().__init__()
        self.b0 = Unit3D(c_in, units["b0"])
        self.b1a = Unit3D(c_in, units["b1a"])
        self.b1b = Unit3D(units["b1a"].out, units["b1b"])
        self.b2a = Unit3D(c_in, units["b2a"])
        self.b2b = Unit3D(units["b2a"].out, units["b2b"])
        self.b3a = SamePool((3, 3, 3), (1, 1, 1))
        self.b3b = Unit3D(c_in, units["b3b"])

    def forward(self, x: Tensor) -> Tensor:
        """Concatenate the four branches' channels."""
        branches = self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))
        return torch.cat(branches, dim=1)


class I3D(nn.Module):
    """The whole network.

    Parameters
    ----------
    units
        Every convolution by name.
    channels
        Of the clip: 3 for RGB, 2 for flow.
    """

    def __init__(self, units: Mapping[str, Unit] | None = None, *, channels: int = 3) -> None:
        super().__init__()
        units = published() if units is None else units
        c_in = channels
        for name in ORDER:
            if name in POOLS:
                self.add_module(name, SamePool(*POOLS[name]))
            elif name in PLAIN:
                self.add_module(name, Unit3D(c_in, units[name], step=PLAIN[name]))
                c_in = units[name].out
            else:
                own = {branch: units[f"{name}.{branch}"] for branch in BRANCHES}
                self.add_module(name, Mixed(c_in, own))
                c_in = sum(own[branch].out for branch in ("b0", "b1b", "b2b", "b3b"))
        self.logits = Unit3D(c_in, units["logits"], last=True)

    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[False] = False
    ) -> Float[Tensor, "B K"]: ...
    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[True]
    ) -> tuple[Float[Tensor, "B K"], dict[str, Tensor]]: ...
    def forward(self, video: Tensor, keep: bool = False) -> Any:
        """Return the logits, averaged over time; with `keep`, also every layer's output by name.

        Raises
        ------
        ShapeError
            If the clip is too small for the last pooling.
        """
        x, kept = video, {}
        for name in ORDER:
            x = kept[name] = self.get_submodule(name)(x)
        if any(n < k for n, k in zip(x.shape[2:], LAST_POOL, strict=True)):
            raise ShapeError(
                f"I3D pools {LAST_POOL} values at its end; a clip of {tuple(video.shape[2:])} "
                f"leaves {tuple(x.shape[2:])}. Give it 9 frames and 193 pixels or more."
            )
        x = kept["avg_pool"] = F.avg_pool3d(x, LAST_POOL, stride=1)
        over_time = kept["logits_per_time"] = self.logits(x).mean(dim=(3, 4))
        logits = over_time.mean(dim=2)
        return (logits, kept) if keep else logits


def from_state(state: Mapping[str, Any]) -> I3D:
    """Build the I3D whose widths the tensors' shapes tell, load it, in eval mode.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    return load("I3D", build, state)


def build(shapes: Shapes) -> I3D:
    """Read every width and kernel from the shapes."""
    units = {}
    for name in published():
        out, _, kT, kH, kW = shapes[f"{name}.conv3d.weight"]
        units[name] = Unit(out, (kT, kH, kW))
    return I3D(units, channels=shapes["Conv3d_1a_7x7.conv3d.weight"][1])
