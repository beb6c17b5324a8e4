r"""Rollout: attention followed through the layers.

    R_0 = I        R_l = (A_l + I) / 2  R_(l-1)

A_l is a layer's map, heads averaged; the identity stands for the residual way past it, taken to
carry as much as the attention. Abnar & Zuidema, Quantifying Attention Flow in Transformers, ACL
2020. It shows how far mixing can reach; it knows nothing of values, of the MLP, or of why.

A divided layer is two maps in turn, each with its way past. A copying layer has no way past: it is
taken as its gate mixes it. In the factorised scheme a slice is the mean of its patches.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from vidcore.attention.result import AttentionResult, Step, attends, row
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


def rolled(
    result: AttentionResult, query: tuple[int, int, int]
) -> Float[np.ndarray, "T rows columns"]:
    """Return how much of every patch of the input has reached one patch by the last layer.

    Raises
    ------
    ShapeError
        If the query is outside the grid.
    """
    T, rows, columns = result.grid
    N = rows * columns
    last = result.layers[-1]
    if last.gate is not None:  # what is copied, of what the blocks before have mixed
        start = attends(result, len(result.layers) - 1, query, head="gate").reshape(-1)
        blocks = result.layers[:-1]
    else:
        attends(result, 0, query, view=next(iter(result.layers[0].steps)))  # checks the query
        start, blocks = _one_hot(T * N, query[0] * N + query[1] * columns + query[2]), result.layers
    late = [layer for layer in blocks if "frames" in layer.steps]
    if late:
        maps = [_frame_map(layer.steps["frames"], T) for layer in late]
        start = np.repeat(rollout(maps)[query[0]] / N, N)
    steps = [step for layer in blocks if layer not in late for step in layer.steps.values()]
    whole = rollout([_mean_map(step, T, N) for step in steps]) if steps else np.eye(T * N)
    return np.asarray(start @ whole).reshape(result.grid)


def _one_hot(length: int, index: int) -> Float[np.ndarray, " L"]:
    return np.asarray(np.eye(1, length, index)[0])


def _mean_map(step: Step, T: int, N: int) -> Float[np.ndarray, "TN TN"]:
    rows = [row(step, t, n, N).mean(axis=0).ravel() for t in range(T) for n in range(N)]
    return np.stack(rows)


def _frame_map(step: Step, T: int) -> Float[np.ndarray, "T T"]:
    return np.stack([row(step, t, 0, 1).mean(axis=0).ravel() for t in range(T)])
