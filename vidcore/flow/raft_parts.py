r"""The parts of RAFT in NumPy, one image at a time, `(H, W, C)`.

    C[i, j, k, l] = <f1[i, j], f2[k, l]> / sqrt(D)          all pairs of features, at 1/8 resolution
    repeat: flow += head(h),  h = GRU(h, what C says around where the flow points now)

Teed & Deng, RAFT: Recurrent All-Pairs Field Transforms, ECCV 2020. The whole network is in
`raft_torch`, its door in `raft`.
"""

import numpy as np
from einops import einsum, rearrange, reduce
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view

FACTOR = 8  # of image against features


def correlation_volume(
    f1: Float[np.ndarray, "H W D"], f2: Float[np.ndarray, "H W D"]
) -> Float[np.ndarray, "H W H W"]:
    """Return the likeness of every pixel of the first frame with every one of the second."""
    D = f1.shape[-1]
    likeness: np.ndarray = einsum(f1, f2, "i j d, k l d -> i j k l") / np.sqrt(D)
    return likeness


def correlation_pyramid(
    volume: Float[np.ndarray, "H W h w"], *, levels: int = 4
) -> list[Float[np.ndarray, "H W ..."]]:
    """Average the second frame's axes in blocks of 2 x 2, again and again: far, but coarsely."""
    pyramid = [volume]
    for _ in range(levels - 1):
        h, w = (n // 2 * 2 for n in pyramid[-1].shape[2:])  # an odd last row is left out
        even = pyramid[-1][:, :, :h, :w]
        pyramid.append(reduce(even, "i j (k 2) (l 2) -> i j k l", "mean"))
    return pyramid


def lookup(
    pyramid: list[np.ndarray], flow: Float[np.ndarray, "H W 2"], *, radius: int = 3
) -> Float[np.ndarray, "H W n"]:
    """Read the correlations around where each pixel points, at every level.

    Level by level, (2 radius + 1)^2 values each; all dy of one dx come before the next dx, as
    the published weights expect. Outside the frame the correlation is zero.
    """
    H, W = flow.shape[:2]
    y, x = np.indices((H, W), dtype=flow.dtype)
    steps = np.arange(-radius, radius + 1)
    dx, dy = (d.ravel() for d in np.meshgrid(steps, steps, indexing="ij"))
    values = []
    for level, volume in enumerate(pyramid):
        centre_x, centre_y = (x + flow[..., 0]) / 2**level, (y + flow[..., 1]) / 2**level
        values.append(_read(volume, centre_x[..., None] + dx, centre_y[..., None] + dy))
    return np.concatenate(values, axis=-1)


def _read(
    volume: Float[np.ndarray, "H W h w"],
    x: Float[np.ndarray, "H W n"],
    y: Float[np.ndarray, "H W n"],
) -> Float[np.ndarray, "H W n"]:
    """Sample each pixel's own map bilinearly; zero outside, so the border counts by its share."""
    h, w = volume.shape[2:]
    padded = np.pad(volume, ((0, 0), (0, 0), (1, 2), (1, 2)))
    x, y = np.clip(x, -1, w) + 1, np.clip(y, -1, h) + 1  # in the padded map
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, down = x - left, y - top
    i, j = np.ogrid[: x.shape[0], : x.shape[1]]
    i, j = i[..., None], j[..., None]  # whose map
    above = (1 - right) * padded[i, j, top, left] + right * padded[i, j, top, left + 1]
    below = (1 - right) * padded[i, j, top + 1, left] + right * padded[i, j, top + 1, left + 1]
    return np.asarray((1 - down) * above + down * below)


def gru_step(
    h: Float[np.ndarray, "H W hidden"],
    x: Float[np.ndarray, "H W inputs"],
    weights: dict[str, np.ndarray],
) -> Float[np.ndarray, "H W hidden"]:
    """Update the hidden state: keep a share 1 - z of it, and write q into the rest.

    Parameters
    ----------
    weights
        `convz.weight` (hidden, hidden + inputs, 3, 3), `convz.bias`, and likewise `convr`, `convq`.
    """
    hx = np.concatenate([h, x], axis=-1)
    z = sigmoid(convolve(hx, weights["convz.weight"], weights["convz.bias"]))  # how much is new
    r = sigmoid(convolve(hx, weights["convr.weight"], weights["convr.bias"]))  # what is remembered
    rhx = np.concatenate([r * h, x], axis=-1)
    q = np.tanh(convolve(rhx, weights["convq.weight"], weights["convq.bias"]))
    mixed: np.ndarray = (1 - z) * h + z * q
    return mixed


def convolve(
    x: Float[np.ndarray, "H W C"],
    kernel: Float[np.ndarray, "O C k k"],
    bias: Float[np.ndarray, " O"],
) -> Float[np.ndarray, "H W O"]:
    """Correlate with an odd kernel, zeros around."""
    half = kernel.shape[-1] // 2
    padded = np.pad(x, ((half, half), (half, half), (0, 0)))
    windows = sliding_window_view(padded, kernel.shape[-2:], axis=(0, 1))
    found: np.ndarray = einsum(windows, kernel, "h w c i j, o c i j -> h w o") + bias
    return found


def sigmoid(x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Squash to (0, 1)."""
    squashed: np.ndarray = 1 / (1 + np.exp(-x))
    return squashed


def convex_upsample(
    flow: Float[np.ndarray, "H W 2"], scores: Float[np.ndarray, "H W n"]
) -> Float[np.ndarray, "h w 2"]:
    """Enlarge by 8: each fine pixel is a mixture of the 3 x 3 coarse ones around it.

    Parameters
    ----------
    scores
        9 x 8 x 8 per coarse pixel: neighbour, then row and column inside the block. Their softmax
        over the neighbours are the shares, so a motion boundary can be sharp.
    """
    scores = rearrange(scores, "h w (n a b) -> h w n a b", n=9, a=FACTOR, b=FACTOR)
    shares = np.exp(scores - scores.max(axis=2, keepdims=True))
    shares /= shares.sum(axis=2, keepdims=True)
    padded = np.pad(FACTOR * flow, ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = rearrange(sliding_window_view(padded, (3, 3), axis=(0, 1)), "h w c i j -> h w (i j) c")
    fine: np.ndarray = einsum(shares, around, "h w n a b, h w n uv -> h a w b uv")
    return rearrange(fine, "h a w b uv -> (h a) (w b) uv")
