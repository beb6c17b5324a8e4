"""C3D as a network: eight 3 x 3 x 3 convolutions, five poolings, three dense layers.

Tran, Bourdev, Fergus, Torresani, Paluri, Learning Spatiotemporal Features with 3D Convolutional
Networks, ICCV 2015. The first pooling leaves time alone, so as not to merge it too early. Key names
as in the public PyTorch port of the Sports-1M weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, overload

from jaxtyping import Float
from torch import Tensor, nn

from vidcore.conv3d.conv import Triple
from vidcore.errors import ShapeError
from vidcore.weights.state_torch import Shapes, load

CONVOLUTIONS = ("conv1", "conv2", "conv3a", "conv3b", "conv4a", "conv4b", "conv5a", "conv5b")
DENSE = ("fc6", "fc7", "fc8")


@dataclass(frozen=True, slots=True)
class Widths:
    """Channels, kernels and neurons of every layer; the defaults are those published.

    Parameters
    ----------
    channels
        Of the clip, then of each convolution's output.
    kernel
        Along t, y, x, the same everywhere.
    pooled
        Values that reach the first dense layer: 512 x 1 x 4 x 4 from a clip of 16 x 112 x 112.
    dense
        Neurons of the two dense layers, and classes.
    """

    channels: tuple[int, ...] = (3, 64, 128, 256, 256, 512, 512, 512, 512)
    kernel: Triple = (3, 3, 3)
    pooled: int = 8192
    dense: Triple = (4096, 4096, 487)


class C3D(nn.Module):
    """The whole network; dropout acts in training only."""

    def __init__(self, widths: Widths = Widths()) -> None:
        super().__init__()
        kT, kH, kW = widths.kernel
        border = (kT // 2, kH // 2, kW // 2)
        for name, c_in, c_out in zip(
            CONVOLUTIONS, widths.channels, widths.channels[1:], strict=False
        ):
            self.add_module(name, nn.Conv3d(c_in, c_out, widths.kernel, padding=border))
        for name, n_in, n_out in zip(
            DENSE, (widths.pooled, *widths.dense), widths.dense, strict=False
        ):
            self.add_module(name, nn.Linear(n_in, n_out))
        self.pools = {
            "conv1": ("pool1", nn.MaxPool3d((1, 2, 2))),
            "conv2": ("pool2", nn.MaxPool3d(2)),
            "conv3b": ("pool3", nn.MaxPool3d(2)),
            "conv4b": ("pool4", nn.MaxPool3d(2)),
            "conv5b": ("pool5", nn.MaxPool3d(2, padding=(0, 1, 1))),
        }
        self.dropout = nn.Dropout(0.5)
        self.pooled = widths.pooled

    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[False] = False
    ) -> Float[Tensor, "B K"]: ...
    @overload
    def forward(
        self, video: Float[Tensor, "B C T H W"], keep: Literal[True]
    ) -> tuple[Float[Tensor, "B K"], dict[str, Tensor]]: ...
    def forward(self, video: Tensor, keep: bool = False) -> Any:
        """Return the logits; with `keep`, also the output of every layer by name.

        Raises
        ------
        ShapeError
            If the clip's size leaves another number of values than the dense layers were built for.
        """
        x, kept = video, {}
        for name in CONVOLUTIONS:
            x = kept[name] = self.get_submodule(name)(x).relu()
            if name in self.pools:
                pool, act = self.pools[name]
                x = kept[pool] = act(x)
        x = x.flatten(1)
        if x.shape[1] != self.pooled:
            raise ShapeError(
                f"This C3D's dense layers need {self.pooled} values; a clip of "
                f"{tuple(video.shape[2:])} leaves {x.shape[1]}. It was built for 16 x 112 x 112."
            )
        for name in DENSE[:2]:
            x = kept[name] = self.dropout(self.get_submodule(name)(x).relu())
        x = self.get_submodule(DENSE[2])(x)
        return (x, kept) if keep else x


def from_state(state: Mapping[str, Any]) -> C3D:
    """Build the C3D whose widths the tensors' shapes tell, load it, in eval mode.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    return load("C3D", build, state)


def build(shapes: Shapes) -> C3D:
    """Read every width from the shapes."""
    _, c_in, kT, kH, kW = shapes["conv1.weight"]
    neurons = [shapes[f"{name}.weight"][0] for name in DENSE]
    return C3D(
        Widths(
            channels=(c_in, *(shapes[f"{name}.weight"][0] for name in CONVOLUTIONS)),
            kernel=(kT, kH, kW),
            pooled=shapes["fc6.weight"][1],
            dense=(neurons[0], neurons[1], neurons[2]),
        )
    )
