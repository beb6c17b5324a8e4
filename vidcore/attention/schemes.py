"""Which patches may look at which: the four schemes, their masks and one layer of each.

    joint        every patch at every patch of every frame            T N x T N pairs
    divided      at its own place in every frame, then across its own frame
    space        across its own frame only
    factorised   across its own frame; then one token per frame at those of the other frames

joint, divided, space: Bertasius et al., ICML 2021 (TimeSformer). factorised: Arnab et al., ICCV
2021 (ViViT, model 2, the factorised encoder), where a "frame" is one slice of tubelets.
"""

from collections.abc import Callable

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float

from vidcore.errors import ShapeError

SCHEMES = ("joint", "divided", "space", "factorised")
Attend = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # (..., N, D) -> mixed, weights
Tokens = Float[np.ndarray, "T N D"]


def check_scheme(scheme: str) -> None:
    """Refuse a scheme that is none.

    Raises
    ------
    ShapeError
        If it is not one of `SCHEMES`.
    """
    if scheme not in SCHEMES:
        raise ShapeError(f"A scheme is one of {', '.join(SCHEMES)}; got {scheme!r}.")


def check_grid(T: int, N: int) -> None:
    """Refuse an empty grid.

    Raises
    ------
    ShapeError
        If there is no frame or no patch.
    """
    if T < 1 or N < 1:
        raise ShapeError(f"Attention needs T >= 1 frames of N >= 1 patches; got {T} and {N}.")


def direct(scheme: str, T: int, N: int) -> Bool[np.ndarray, "T N T N"]:
    """Return which pairs have a score of their own in one layer: `[t, n, t', m]`.

    In the factorised scheme patches score their own frame; the T x T scores between frames belong
    to no pair of patches and are not here.

    Raises
    ------
    ShapeError
        If there is no such scheme, or the grid is empty.
    """
    check_scheme(scheme)
    check_grid(T, N)
    same_frame = np.eye(T, dtype=bool)[:, None, :, None]
    same_place = np.eye(N, dtype=bool)[None, :, None, :]
    everywhere = np.ones((T, N, T, N), dtype=bool)
    if scheme == "joint":
        return everywhere
    if scheme == "divided":
        return (same_frame | same_place) & everywhere
    return same_frame & everywhere


def joint(x: Tokens, attend: Attend) -> tuple[Tokens, np.ndarray]:
    """Let every patch look at all. The weights are `(heads, T N, T N)`."""
    T, N, _ = x.shape
    mixed, weights = attend(rearrange(x, "t n d -> (t n) d"))
    return rearrange(mixed, "(t n) d -> t n d", t=T, n=N), weights


def over_time(x: Tokens, attend: Attend) -> tuple[Tokens, np.ndarray]:
    """Let every patch look along time, at its own place. The weights are `(N, heads, T, T)`."""
    mixed, weights = attend(rearrange(x, "t n d -> n t d"))
    return rearrange(mixed, "n t d -> t n d"), weights


def over_space(x: Tokens, attend: Attend) -> tuple[Tokens, np.ndarray]:
    """Let every patch look across its own frame. The weights are `(T, heads, N, N)`."""
    return attend(x)


def divided(x: Tokens, time: Attend, space: Attend) -> tuple[Tokens, np.ndarray, np.ndarray]:
    """Look along time, then across the frame, each by projections of its own and onto a residual.

    Returns
    -------
    mixed, time_weights, space_weights
        As `over_time` and `over_space`.
    """
    after_time, time_weights = over_time(x, time)
    x = x + after_time
    after_space, space_weights = over_space(x, space)
    return x + after_space, time_weights, space_weights


def factorised(
    x: Tokens, space: Attend, time: Attend
) -> tuple[Float[np.ndarray, "T D"], np.ndarray, np.ndarray]:
    """Look across each frame, make one token of it (the mean), and let frames look at frames.

    Returns
    -------
    mixed, space_weights, time_weights
        One token per frame, `(T, D)`; weights `(T, heads, N, N)` and `(heads, T, T)`.
    """
    after_space, space_weights = over_space(x, space)
    frames = (x + after_space).mean(axis=1)
    after_time, time_weights = time(frames)
    return frames + after_time, space_weights, time_weights


def two_steps(
    time: Float[np.ndarray, "N heads T T"], space: Float[np.ndarray, "T heads N N"]
) -> Float[np.ndarray, "heads T N T N"]:
    r"""What a divided layer mixes in all: its two maps, one after the other.

        A[t, n, t', m] = S_t[n, m] T_m[t, t']

    From (t, n) across frame t to place m, and from there along time to frame t'. Rows sum to 1. The
    direct ways, past either step, are the residual's and are not in it.
    """
    return np.asarray(np.einsum("thnm,mhtu->htnum", space, time))
