"""The published two-stream network as a list of layers, with what each costs, by formula.

    a convolution   out x (k k in + 1) parameters,  out h w k k in multiply-adds
    a full layer    out x (in + 1) parameters,      out in multiply-adds

Simonyan & Zisserman, NIPS 2014, Figure 1 and Section 5: CNN-M-2048 (Chatfield et al. 2014) twice.
Both streams are equal but for the first layer's depth, 3 channels or 2L, and one normalisation that
the temporal stream leaves out. Padding and pooling as CNN-M was released: 3 x 3 pools, stride 2.
"""

from dataclasses import dataclass

from vidcore.errors import ShapeError
from vidcore.twostream.stack import FIELDS

SIZE = 224  # pixels: the side of the square both streams were given
SPATIAL, TEMPORAL = 3, 2 * FIELDS  # channels of the input
UCF_101 = 101  # classes
SMALLEST = 57  # pixels: below, the last pool does not find 3 x 3 to look at
POOL, POOL_STRIDE = 3, 2


@dataclass(frozen=True, slots=True)
class Conv:
    """One convolution with its ReLU, and what follows it."""

    name: str
    out: int
    kernel: int
    stride: int = 1
    padding: int = 1
    norm: bool = False
    pool: bool = False


@dataclass(frozen=True, slots=True)
class Full:
    """One full layer; the published network dropped 0.9 of its outputs while it was trained."""

    name: str
    out: int


CONVOLUTIONS = (
    Conv("conv1", 96, 7, stride=2, padding=0, norm=True, pool=True),
    Conv("conv2", 256, 5, stride=2, norm=True, pool=True),
    Conv("conv3", 512, 3),
    Conv("conv4", 512, 3),
    Conv("conv5", 512, 3, pool=True),
)
FULL = (Full("full6", 4096), Full("full7", 2048))


@dataclass(frozen=True, slots=True)
class LayerCost:
    """One layer's size and price.

    Parameters
    ----------
    shape
        Of its output, `(C, h, w)`; after its pool, where it has one.
    parameters, multiply_adds
        Of one image; normalisation and pooling have none to speak of.
    """

    name: str
    shape: tuple[int, int, int]
    parameters: int
    multiply_adds: int


def layer_costs(
    channels: int, *, classes: int = UCF_101, size: int = SIZE
) -> tuple[LayerCost, ...]:
    """Count the published stream, layer by layer.

    Parameters
    ----------
    channels
        Of the input: 3 for the spatial stream, 2L for the temporal.
    classes
        Of the last layer.
    size
        Side of the square input in pixels.

    Raises
    ------
    ShapeError
        If a count is below 1, or the size below the least that survives every pool.
    """
    if channels < 1 or classes < 1 or size < SMALLEST:
        raise ShapeError(
            f"A stream needs channels and classes from 1 and {SMALLEST} pixels; "
            f"got {channels}, {classes} and {size}."
        )
    costs, c_in = [], channels
    for layer in CONVOLUTIONS:
        taps = layer.kernel**2 * c_in
        size = (size + 2 * layer.padding - layer.kernel) // layer.stride + 1
        multiply_adds = layer.out * size**2 * taps
        size = pooled(size) if layer.pool else size
        shape = (layer.out, size, size)
        costs.append(LayerCost(layer.name, shape, layer.out * (taps + 1), multiply_adds))
        c_in = layer.out
    c_in *= size**2
    for full in (*FULL, Full("full8", classes)):
        parameters = full.out * (c_in + 1)
        costs.append(LayerCost(full.name, (full.out, 1, 1), parameters, full.out * c_in))
        c_in = full.out
    return tuple(costs)


def pooled(size: int) -> int:
    """Return the side after a pool; a last window that stands out by one pixel counts as well."""
    return -(-(size - POOL) // POOL_STRIDE) + 1
