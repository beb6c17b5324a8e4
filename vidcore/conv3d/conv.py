r"""Three-dimensional convolution: a kernel that slides through time as well as over the picture.

    y(t, i, j) = sum_{a, b, c} k(a, b, c) x(t + a, i + b, j + c)

Correlation, as every deep-learning library has it: the kernel is not flipped. Four ways to the same
numbers. `definition` is the equation, one output voxel at a time. `unfold` copies every window into
a row, so that one matrix product does the rest (im2col). `shift_and_add` turns the sums around: for
each of the kernel's taps, shift the whole volume and add it, weighted. `conv3d` does that for the
taps in space, and adds those in time by a product with a banded matrix.
"""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only

Triple = tuple[int, int, int]
Steps = int | Triple  # the same along t, y and x, or one for each
Volume = Float[np.ndarray, "T H W"]
Kernel = Float[np.ndarray, "kT kH kW"]

PADDINGS = ("valid", "zero", "replicate", "causal")
AXES = ("T", "H", "W")
BLOCK = 8  # frames of output at a time: the part of the volume at work stays in the cache


def conv3d(
    volume: np.ndarray,
    kernel: np.ndarray,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> np.ndarray:
    """Correlate a volume with one kernel.

    Parameters
    ----------
    volume
        `(T, H, W)` finite numbers.
    kernel
        `(kT, kH, kW)` weights.
    padding
        "valid" keeps the places where the whole kernel lies inside. "zero" and "replicate" keep the
        size (at stride 1), with zeros or with copies of the border around; an even kernel pads the
        extra after. "causal" puts zeros before the first frame and is valid in space: no output
        sees a later frame.
    stride
        Steps between outputs, from 1: one number, or one each for t, y, x.
    dilation
        Steps between the kernel's taps, from 1.

    Returns
    -------
    array
        `(T', H', W')`; float32 where that holds the numbers of both, else float64.

    Raises
    ------
    ShapeError
        If the two are not 3-D numbers, the padding has another name, a step is below 1, or the
        kernel does not fit into the padded volume.
    """
    x, k, stride, dilation = _ready(volume, kernel, padding, stride, dilation)
    _, H, W = output_shape(x.shape, k.shape, 1, dilation)
    everywhere = _bands(x, k, dilation)[:, :H, :W]  # at the ends rows run into the next
    return np.ascontiguousarray(everywhere[:: stride[0], :: stride[1], :: stride[2]])


def _bands(x: Volume, k: Kernel, dilation: Triple) -> Float[np.ndarray, "out H W"]:
    """Shift and add over the taps in space; a banded matrix adds those in time, in one product.

    For 3 taps the band of 8 frames by 10 is a third full, and a matrix product still is faster than
    three additions: each of them reads and writes the whole volume.
    """
    T, H, W = x.shape
    dt, dy, dx = dilation
    span = (len(k) - 1) * dt
    reach = (k.shape[1] - 1) * dy * W + (k.shape[2] - 1) * dx  # the furthest tap in space
    starts = [b * dy * W + c * dx for b, c in np.ndindex(k.shape[1:])]
    rows = np.arange(min(BLOCK, T - span))
    bands = np.zeros((len(starts), len(rows), len(rows) + span), x.dtype)
    for a, plane in enumerate(k):
        bands[:, rows, rows + a * dt] = plane.reshape(-1, 1)

    frames, out = x.reshape(T, H * W), np.zeros((T - span, H * W), x.dtype)
    for t in range(0, T - span, BLOCK):
        total = out[t : t + BLOCK, : H * W - reach]
        n, part = len(total), np.empty_like(total)  # the last block may be shorter
        for band, start in zip(bands[:, :n, : n + span], starts, strict=True):
            window = frames[t : t + n + span, start : start + total.shape[1]]
            total += np.matmul(band, window, out=part)
    return out.reshape(T - span, H, W)


def shift_and_add(
    volume: np.ndarray,
    kernel: np.ndarray,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> np.ndarray:
    """Add the volume to itself, once for each tap, shifted and weighted.

    In memory the volume is one long line, and the place (a, b, c) further on in time, down and
    right lies (a H + b) W + c further along it: a tap is one shift of the whole line. Arguments and
    errors as `conv3d`.
    """
    x, k, stride, dilation = _ready(volume, kernel, padding, stride, dilation)
    T, H, W = output_shape(x.shape, k.shape, 1, dilation)
    line, out = x.ravel(), np.zeros(x.size, x.dtype)
    steps = dilation * np.array([x.shape[1] * x.shape[2], x.shape[2], 1])
    reach = int(np.dot(steps, np.subtract(k.shape, 1)))  # the furthest tap
    total, shifted = out[: x.size - reach], np.empty(x.size - reach, x.dtype)
    for tap in np.ndindex(k.shape):
        start = int(np.dot(steps, tap))
        np.multiply(line[start : start + total.size], k[tap], out=shifted)  # one buffer for all
        total += shifted
    everywhere = out.reshape(x.shape)[:T, :H, :W]  # at the ends rows run into the next
    return np.ascontiguousarray(everywhere[:: stride[0], :: stride[1], :: stride[2]])


def definition(
    volume: np.ndarray,
    kernel: np.ndarray,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> np.ndarray:
    """Compute the equation voxel by voxel: the slowest way, and the one that cannot be wrong.

    Arguments and errors as `conv3d`.
    """
    x, k, stride, dilation = _ready(volume, kernel, padding, stride, dilation)
    out = np.empty(output_shape(x.shape, k.shape, stride, dilation), x.dtype)
    for t, i, j in np.ndindex(out.shape):
        out[t, i, j] = (_window(x, k.shape, (t, i, j), stride, dilation) * k).sum()
    return out


def unfold(
    volume: np.ndarray,
    kernel: np.ndarray,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> np.ndarray:
    """Lay every window out as a row and multiply the matrix with the kernel: im2col.

    The matrix holds each input kT kH kW times over: 27-fold for a 3 x 3 x 3 kernel. Worth it where
    one matrix serves many kernels. Arguments and errors as `conv3d`.
    """
    x, k, stride, dilation = _ready(volume, kernel, padding, stride, dilation)
    shape = output_shape(x.shape, k.shape, stride, dilation)
    spans = tuple((n - 1) * d + 1 for n, d in zip(k.shape, dilation, strict=True))
    every = tuple(slice(None, None, s) for s in stride)
    taken = tuple(slice(None, None, d) for d in dilation)
    windows = np.lib.stride_tricks.sliding_window_view(x, spans)[every + taken]
    rows = windows.reshape(-1, k.size)  # (places, taps): the copy
    products: np.ndarray = rows @ k.ravel()
    return products.reshape(shape)


@dataclass(frozen=True, slots=True, eq=False)
class Voxel:
    """One output voxel, down to the arithmetic.

    Parameters
    ----------
    at
        Its index `(t, y, x)` in the output.
    window
        `(kT, kH, kW)`: the inputs it reads, padding included.
    products
        `(kT, kH, kW)`: inputs times weights.
    total
        Their sum: the output.
    """

    at: Triple
    window: np.ndarray
    products: np.ndarray
    total: float


def voxel(
    volume: np.ndarray,
    kernel: np.ndarray,
    at: Triple,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> Voxel:
    """Return the products behind one output voxel.

    Parameters
    ----------
    at
        Its index `(t, y, x)` in the output. The others as `conv3d`.

    Raises
    ------
    ShapeError
        As `conv3d`, and if the output has no such voxel.
    """
    x, k, stride, dilation = _ready(volume, kernel, padding, stride, dilation)
    shape = output_shape(x.shape, k.shape, stride, dilation)
    if len(at) != 3 or not all(0 <= i < n for i, n in zip(at, shape, strict=True)):
        raise ShapeError(f"The output has shape {shape}; there is no voxel {tuple(at)} in it.")
    window = _window(x, k.shape, at, stride, dilation)
    products = window * k
    return Voxel(at, read_only(window), read_only(products), float(products.sum()))


def _window(
    x: Volume, size: tuple[int, ...], at: Triple, stride: Triple, dilation: Triple
) -> Kernel:
    return x[
        tuple(
            slice(i * s, i * s + (n - 1) * d + 1, d)
            for i, n, s, d in zip(at, size, stride, dilation, strict=True)
        )
    ]


# ---- many channels ----------------------------------------------------------------------------
def conv3d_layer(
    volume: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> np.ndarray:
    """Apply a whole layer: every output channel sums over all input channels and taps.

    Shift and add again; a tap is now a C x O matrix that acts on a voxel's channels.

    Parameters
    ----------
    volume
        `(T, H, W, C)`.
    weight
        `(O, C, kT, kH, kW)`, as torch keeps it.
    bias
        `(O,)`, or none. The others as `conv3d`.

    Returns
    -------
    array
        `(T', H', W', O)`.

    Raises
    ------
    ShapeError
        As `conv3d`, and if the channels do not fit together.
    """
    if volume.ndim != 4 or weight.ndim != 5 or weight.shape[1] != volume.shape[-1]:
        raise ShapeError(
            "A layer needs a volume (T, H, W, C) and weights (O, C, kT, kH, kW) of its C; "
            f"got {volume.shape} and {weight.shape}."
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError(f"{len(weight)} output channels need as many biases; got {bias.shape}.")
    stride, dilation = _steps("stride", stride), _steps("dilation", dilation)
    size = weight.shape[2:]
    x = pad(volume, size, padding, dilation)
    T, H, W = output_shape(x.shape[:3], size, stride, dilation)
    out = np.zeros((T, H, W, len(weight)), np.result_type(volume, weight))
    for tap in np.ndindex(size):
        here = tuple(
            slice(a * d, a * d + (n - 1) * s + 1, s)
            for a, n, s, d in zip(tap, (T, H, W), stride, dilation, strict=True)
        )
        out += x[here] @ weight[:, :, *tap].T
    return out if bias is None else out + bias


# ---- sizes and borders ------------------------------------------------------------------------
def output_shape(
    shape: tuple[int, ...], kernel: tuple[int, ...], stride: Steps = 1, dilation: Steps = 1
) -> Triple:
    """Return the size of the output along t, y and x, for an input that is already padded.

    Raises
    ------
    ShapeError
        If the kernel is longer than the input along an axis.
    """
    stride, dilation = _steps("stride", stride), _steps("dilation", dilation)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    for axis, n, span in zip(AXES, shape, spans, strict=True):
        if n < span:
            raise ShapeError(
                f"The kernel spans {span} along {axis}, and the padded volume has {n}: it fits "
                'nowhere. Use a longer clip, a smaller kernel, or padding="replicate".'
            )
    T, H, W = ((n - span) // s + 1 for n, span, s in zip(shape, spans, stride, strict=True))
    return T, H, W


def borders(kernel: tuple[int, ...], padding: str, dilation: Steps = 1) -> list[tuple[int, int]]:
    """Return how many places are added before and after along t, y and x.

    Raises
    ------
    ShapeError
        If the padding has another name.
    """
    extra = [(k - 1) * d for k, d in zip(kernel, _steps("dilation", dilation), strict=True)]
    if padding in ("zero", "replicate"):
        return [(n // 2, n - n // 2) for n in extra]
    if padding == "causal":
        return [(extra[0], 0), (0, 0), (0, 0)]
    if padding == "valid":
        return [(0, 0)] * 3
    raise ShapeError(f"padding is one of {', '.join(PADDINGS)}; got {padding!r}.")


def pad(x: np.ndarray, kernel: tuple[int, ...], padding: str, dilation: Steps = 1) -> np.ndarray:
    """Add the borders that `padding` asks for along the first three axes."""
    widths = borders(kernel, padding, dilation) + [(0, 0)] * (x.ndim - 3)
    if not any(map(sum, widths)):
        return x
    return np.pad(x, widths, mode="edge" if padding == "replicate" else "constant")


def _ready(
    volume: np.ndarray, kernel: np.ndarray, padding: str, stride: Steps, dilation: Steps
) -> tuple[np.ndarray, np.ndarray, Triple, Triple]:
    """Check at the door: two 3-D arrays of numbers, of one float type, the volume padded."""
    for name, array, axes in (
        ("volume", volume, "(T, H, W)"),
        ("kernel", kernel, "(kT, kH, kW)"),
    ):
        if array.ndim != 3 or 0 in array.shape or array.dtype.kind not in "fiub":
            raise ShapeError(
                f"conv3d needs a {name} {axes} of numbers; got {array.dtype} {array.shape}. "
                "A clip's channels are convolved one by one, or together by conv3d_layer."
            )
    dtype = np.result_type(volume, kernel, np.float32)
    steps = _steps("stride", stride), _steps("dilation", dilation)
    x = pad(volume.astype(dtype, copy=False), kernel.shape, padding, steps[1])
    return x, kernel.astype(dtype, copy=False), *steps


def _steps(name: str, steps: Steps) -> Triple:
    three = (steps,) * 3 if isinstance(steps, Integral) else tuple(steps)  # type: ignore[arg-type]
    if len(three) != 3 or not all(isinstance(n, Integral) and n >= 1 for n in three):
        raise ShapeError(f"A {name} is 1 or more along each of three axes; got {steps}.")
    t, y, x = (int(n) for n in three)
    return t, y, x
