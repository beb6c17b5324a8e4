r"""Rollout: attention followed through the layers.

    R_0 = I        R_l = (A_l + I) / 2  R_(l-1)

A_l is a layer's map, heads averaged; the identity stands for the residual way past it, taken to
carry as much as the attention. Abnar & Zuidema, Quantifying Attention Flow in Transformers, ACL
2020. It shows how far mixing can reach; it knows nothing of values, of the MLP, or of why.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError

RESIDUAL = 0.5  # the published share of the way past the attention


def rollout(maps: Sequence[np.ndarray], *, residual: float = RESIDUAL) -> np.ndarray:
    """Chain the maps of all layers, first to last.

    Parameters
    ----------
    maps
        One `(..., N, N)` array a layer, heads already averaged; rows sum to 1.
    residual
        Share of the way past each attention, 0 to 1.

    Returns
    -------
    array
        `(..., N, N)`: how much of each input token is in each output token; rows sum to 1.

    Raises
    ------
    ShapeError
        If there is no map, their shapes differ or are not square, or `residual` is outside [0, 1].
    """
    if not maps or len({m.shape for m in maps}) != 1 or maps[0].shape[-1] != maps[0].shape[-2]:
        raise ShapeError(
            f"rollout needs square maps of one shape, one a layer; got {[m.shape for m in maps]}."
        )
    if not 0 <= residual <= 1:
        raise ShapeError(f"rollout needs a residual share from 0 to 1; got {residual}.")
    I = np.eye(maps[0].shape[-1], dtype=maps[0].dtype)  # noqa: E741 (the identity)
    R: Float[np.ndarray, "*batch N N"] = np.broadcast_to(I, maps[0].shape)
    for A in maps:
        R = ((1 - residual) * A + residual * I) @ R
    return R
