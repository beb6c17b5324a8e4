r"""What a stack of layers costs, and how far it sees: all by formula.

    parameters    = c_out c_in kT kH kW  (+ c_out biases, or 2 c_out of a batch norm)
    multiply-adds = T' H' W' c_out c_in kT kH kW                        (primes: of the output)
    sees          = 1 + sum over layers of (k - 1) x (product of the strides before)

along each axis; what it sees in frames is seconds at the clip's rate. Multiply-adds of biases,
norms and pooling are not counted, as is usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from vidcore.conv3d.conv import Triple
from vidcore.conv3d.factorize import midplanes
from vidcore.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution; "same" borders, so that stride 1 keeps the size.

    Parameters
    ----------
    name
        As in the published network.
    out
        Output channels.
    kernel, stride
        Along t, y, x.
    norm
        Whether a batch norm follows, with two parameters a channel, in place of a bias.
    beside
        A shortcut: it leads around the layers before, and its input has this many channels. It
        costs, and widens nothing.
    """

    name: str
    out: int
    kernel: Triple = (3, 3, 3)
    stride: Triple = (1, 1, 1)
    norm: bool = False
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling layer; `padding` on both sides; a kernel of `None` averages over everything."""

    name: str
    kernel: Triple | None = (2, 2, 2)
    padding: Triple = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer over all that comes in."""

    name: str
    out: int


Layer = Conv | Pool | Dense


@dataclass(frozen=True, slots=True)
class Row:
    """One layer's bill.

    Parameters
    ----------
    name, kind
        Its name; "conv", "pool" or "dense".
    shape
        `(C, T, H, W)` of its output.
    parameters, multiply_adds
        Of this layer.
    frames, pixels
        What one of its outputs sees of the clip, along time and along a row; capped at the clip.
    seconds
        `frames` at the clip's rate.
    """

    name: str
    kind: str
    shape: tuple[int, int, int, int]
    parameters: int
    multiply_adds: int
    frames: int
    pixels: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The bills of a stack."""

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """All weights."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """For one clip."""
        return sum(row.multiply_adds for row in self.rows)

    def of_kind(self, kind: str) -> int:
        """Return the parameters of all layers of a kind."""
        return sum(row.parameters for row in self.rows if row.kind == kind)


def budget(
    layers: Sequence[Layer],
    *,
    frames: int = 16,
    size: int = 112,
    channels: int = 3,
    fps: float = 30.0,
) -> Budget:
    """Bill a stack for a clip of `frames` square frames.

    Parameters
    ----------
    frames, size
        Of the clip, and of its sides in pixels.
    channels
        3 for RGB.
    fps
        The clip's rate.

    Raises
    ------
    ShapeError
        If a size is below 1, or a layer leaves nothing over.
    """
    if min(frames, size, channels) < 1 or fps <= 0:
        raise ShapeError(f"A budget needs a clip; got {frames} frames of {size}, {fps} per second.")
    shape = (channels, frames, size, size)
    sees, jump = [1, 1, 1], [1, 1, 1]
    rows = []
    for layer in layers:
        kernel, stride = _reach(layer, shape)
        if not (isinstance(layer, Conv) and layer.beside):
            sees = [s + (k - 1) * j for s, k, j in zip(sees, kernel, jump, strict=True)]
            jump = [j * s for j, s in zip(jump, stride, strict=True)]
        after = _after(layer, shape)
        if min(after) < 1:
            raise ShapeError(f"After {layer.name} nothing is left: {shape} becomes {after}.")
        parameters, multiply_adds = _cost(layer, shape, after)
        seen = min(sees[0], frames)
        rows.append(
            Row(
                name=layer.name,
                kind=type(layer).__name__.lower(),
                shape=after,
                parameters=parameters,
                multiply_adds=multiply_adds,
                frames=seen,
                pixels=min(sees[2], size),
                seconds=seen / fps,
            )
        )
        shape = after
    return Budget(tuple(rows))


def _reach(layer: Layer, shape: tuple[int, int, int, int]) -> tuple[Triple, Triple]:
    """Kernel and stride along t, y, x."""
    everything = (shape[1], shape[2], shape[3])
    if isinstance(layer, Conv):
        return layer.kernel, layer.stride
    kernel = (layer.kernel or everything) if isinstance(layer, Pool) else everything
    return kernel, kernel


def _after(layer: Layer, shape: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Output shape `(C, T, H, W)`."""
    C, *sizes = shape
    if isinstance(layer, Conv):
        T, H, W = (-(-n // s) for n, s in zip(sizes, layer.stride, strict=True))
        return (layer.out, *shape[1:]) if layer.beside else (layer.out, T, H, W)
    if isinstance(layer, Dense) or layer.kernel is None:
        return (layer.out if isinstance(layer, Dense) else C, 1, 1, 1)
    T, H, W = ((n + 2 * p) // k for n, k, p in zip(sizes, layer.kernel, layer.padding, strict=True))
    return C, T, H, W


def _cost(
    layer: Layer, before: tuple[int, int, int, int], after: tuple[int, int, int, int]
) -> tuple[int, int]:
    """Parameters and multiply-adds."""
    if isinstance(layer, Pool):
        return 0, 0
    if isinstance(layer, Dense):
        weights = layer.out * prod(before)
        return weights + layer.out, weights
    weights = layer.out * (layer.beside or before[0]) * prod(layer.kernel)
    extra = 2 * layer.out if layer.norm else layer.out
    return weights + extra, weights * prod(after[1:])


# ---- published stacks -------------------------------------------------------------------------
def c3d(classes: int = 101) -> tuple[Layer, ...]:
    """C3D, Tran et al., ICCV 2015: eight convolutions, and two wide dense layers."""
    return (
        Conv("conv1", 64),
        Pool("pool1", (1, 2, 2)),
        Conv("conv2", 128),
        Pool("pool2"),
        Conv("conv3a", 256),
        Conv("conv3b", 256),
        Pool("pool3"),
        Conv("conv4a", 512),
        Conv("conv4b", 512),
        Pool("pool4"),
        Conv("conv5a", 512),
        Conv("conv5b", 512),
        Pool("pool5", padding=(0, 1, 1)),
        Dense("fc6", 4096),
        Dense("fc7", 4096),
        Dense("fc8", classes),
    )


WIDTHS = (64, 128, 256, 512)  # of the four stages of an 18-layer ResNet


def resnet18(kind: str = "r3d_18", classes: int = 400) -> tuple[Layer, ...]:
    """R3D, MC3 or R(2+1)D with 18 layers, Tran et al., CVPR 2018, as torchvision lays them out.

    There both pairs of an R(2+1)D block share the middle width of the first; the paper's authors
    take each pair's own, which makes theirs slightly larger and dearer than R3D.

    Raises
    ------
    ShapeError
        If the kind has another name.
    """
    if kind not in ("r3d_18", "mc3_18", "r2plus1d_18"):
        raise ShapeError(f"The kinds are r3d_18, mc3_18 and r2plus1d_18; got {kind!r}.")
    layers: list[Layer] = list(_stem(kind))
    before = WIDTHS[0]
    for stage, width in enumerate(WIDTHS, 1):
        flat = kind == "mc3_18" and stage > 1
        step = 1 if stage == 1 else 2
        stride = (1 if flat else step, step, step)
        for block in (0, 1):
            name = f"layer{stage}.{block}"
            first = stride if block == 0 else (1, 1, 1)
            pair = midplanes(before if block == 0 else width, width)
            for k, s in (("conv1", first), ("conv2", (1, 1, 1))):
                layers += _unit(f"{name}.{k}", kind, flat, width, s, pair)
            if block == 0 and step == 2:
                layers.append(
                    Conv(f"{name}.downsample", width, (1, 1, 1), stride, norm=True, beside=before)
                )
        before = width
    return (*layers, Pool("avgpool", None), Dense("fc", classes))


def _stem(kind: str) -> tuple[Layer, ...]:
    if kind == "r2plus1d_18":
        return (
            Conv("stem, space", 45, (1, 7, 7), (1, 2, 2), norm=True),
            Conv("stem, time", WIDTHS[0], (3, 1, 1), norm=True),
        )
    return (Conv("stem", WIDTHS[0], (3, 7, 7), (1, 2, 2), norm=True),)


def _unit(
    name: str, kind: str, flat: bool, width: int, stride: Triple, pair: int
) -> tuple[Layer, ...]:
    """One convolution of a block, or the pair that stands for it."""
    if kind == "r2plus1d_18":
        t, y, x = stride
        return (
            Conv(f"{name}, space", pair, (1, 3, 3), (1, y, x), norm=True),
            Conv(f"{name}, time", width, (3, 1, 1), (t, 1, 1), norm=True),
        )
    return (Conv(name, width, (1, 3, 3) if flat else (3, 3, 3), stride, norm=True),)


MOST_CHANNELS = 512  # as wide as the published networks get


def stack(
    *,
    depth: int = 5,
    time: int = 3,
    space: int = 3,
    width: int = 32,
    halve_time: int = 2,
    halve_space: int = 1,
    classes: int = 14,
) -> tuple[Layer, ...]:
    """Build a plain stack: equal kernels, strides at regular layers, an average, the classes.

    Parameters
    ----------
    depth
        Convolutions.
    time, space
        Extent of every kernel.
    width
        Channels of the first; doubled where space is halved, up to 512.
    halve_time, halve_space
        Stride 2 in every so many layers, 0 for never.

    Raises
    ------
    ShapeError
        If depth, a kernel or the width is below 1.
    """
    if min(depth, time, space, width) < 1:
        raise ShapeError(f"A stack needs counts from 1; got {(depth, time, space, width)}.")
    layers: list[Layer] = []
    for k in range(1, depth + 1):
        t = 2 if halve_time and k % halve_time == 0 else 1
        s = 2 if halve_space and k % halve_space == 0 else 1
        if s == 2 and k > 1:
            width = min(MOST_CHANNELS, 2 * width)
        layers.append(Conv(f"layer {k}", width, (time, space, space), (t, s, s)))
    return (*layers, Pool("average", None), Dense("classes", classes))
