r"""Tokens: a clip cut into tubelets, each one vector; and where each was.

    token(t, y, x) = W . pixels of a tubelet of kT x P x P + b + position(t, y, x)

A tubelet of one frame is a patch. Cutting and multiplying is the same as a 3D convolution whose
stride is its kernel (Dosovitskiy et al., ICLR 2021; for tubelets, Arnab et al., ICCV 2021).
Positions are learned tables, or fixed waves (Vaswani et al. 2017); a table for space and one for
time, added, is the factorised form of Bertasius et al. 2021.
"""

import numpy as np
from einops import rearrange
from jaxtyping import Float

from vidcore.errors import ShapeError

SLOWEST = 10_000  # the longest wave of sin-cos positions is this times 2 pi


def tubelets(frames: np.ndarray, *, tubelet: int = 2, patch: int = 16) -> np.ndarray:
    """Cut frames `(T, H, W, C)` into `(t, n, C kT P P)`: slices in time, places row by row.

    Inside a token the numbers run over colour, time, row, column, as convolution kernels do. What
    is left over at the end of an axis is dropped, as a strided convolution drops it.

    Raises
    ------
    ShapeError
        If not a single tubelet fits.
    """
    check_cut(frames.shape, tubelet, patch)
    T, H, W, _ = frames.shape
    whole = frames[: T - T % tubelet, : H - H % patch, : W - W % patch]
    return rearrange(
        whole, "(t kt) (h ph) (w pw) c -> t (h w) (c kt ph pw)", kt=tubelet, ph=patch, pw=patch
    )


def embed(
    frames: Float[np.ndarray, "T H W C"],
    kernel: Float[np.ndarray, "D C kT P P"],
    bias: Float[np.ndarray, " D"],
) -> Float[np.ndarray, "t n D"]:
    """Turn every tubelet into its token: one matrix product."""
    _, _, kT, P, _ = kernel.shape
    tokens: np.ndarray = tubelets(frames, tubelet=kT, patch=P) @ kernel.reshape(len(kernel), -1).T
    tokens += bias
    return tokens


def sincos(length: int, width: int) -> Float[np.ndarray, "length width"]:
    """Return fixed positions: sines in the first half of the width, cosines in the second.

    Raises
    ------
    ShapeError
        If the width is odd or there is no position.
    """
    if length < 1 or width < 2 or width % 2:
        raise ShapeError(
            f"sincos needs length >= 1 and an even width >= 2; got {length} and {width}."
        )
    rates = SLOWEST ** -(np.arange(width // 2) / (width / 2))
    angles = np.arange(length)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def factorised_positions(
    place: Float[np.ndarray, "N D"], moment: Float[np.ndarray, "T D"]
) -> Float[np.ndarray, "T N D"]:
    """Add a table of places and a table of moments: T + N rows instead of T N."""
    return np.asarray(moment[:, None] + place)


def resized(table: Float[np.ndarray, "N D"], count: int) -> Float[np.ndarray, "count D"]:
    """Stretch a table of moments to another length by repeating the nearest entries."""
    stretched: np.ndarray = table[np.arange(count) * len(table) // count]
    return stretched


def central_frame(
    kernel: Float[np.ndarray, "D C P P"], tubelet: int
) -> Float[np.ndarray, "D C kT P P"]:
    """Start a tubelet kernel from an image model's: the middle slice sees, the others are zero.

    Training starts as if one frame in `tubelet` were seen; of four ways to start, the best in
    ViViT's Table 1.
    """
    out = np.zeros((*kernel.shape[:2], tubelet, *kernel.shape[2:]), kernel.dtype)
    out[:, :, tubelet // 2] = kernel
    return out


def check_cut(shape: tuple[int, ...], tubelet: int, patch: int) -> None:
    """Refuse what cannot be cut; shared with the torch path.

    Raises
    ------
    ShapeError
        As `tubelets` says.
    """
    T, H, W = shape[-4:-1]
    if min(tubelet, patch) < 1 or tubelet > T or patch > min(H, W):
        raise ShapeError(
            f"Tubelets of {tubelet} x {patch} x {patch} do not fit a clip of {T} x {H} x {W}. "
            "Take smaller ones, or repeat the last frame."
        )
