r"""What was attended, kept as queries and keys: any map can be computed from it, for any query.

joint    A[t, n, t', m] = softmax over (t', m) of q(t, n) . k(t', m) / sqrt(d)
space    the same over m, where t' = t           time    over t', where m = n
both     A[t, n, t', m] = S_t[n, m] T_m[t, t']   of a divided layer: across the frame, along time
frames   one query and one key per slice: a slice's weight is shared evenly by its places
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

from vidcore.attention.attention import softmax
from vidcore.errors import ShapeError

Pattern = Literal["joint", "space", "time", "frames"]
HeadChoice = int | Literal["mean", "gate"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One attention of one layer.

    Parameters
    ----------
    pattern
        Which keys a query meets.
    tensor
        Where in the network these are, exactly.
    q, k
        `(heads, T, N, d)`; with the pattern "frames", N is 1.
    own
        Whether a query may look at its own frame.
    """

    pattern: Pattern
    tensor: str
    q: Float32[np.ndarray, "heads T N d"]
    k: Float32[np.ndarray, "heads T N d"]
    own: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer: one step, or two that are taken one after the other.

    Parameters
    ----------
    steps
        By pattern, in the order of computation.
    paired
        Whether head h of one step belongs to head h of the other. In a block the first step's heads
        are mixed before the second looks: there, its mean stands for it.
    gate
        `(T, N, heads)`: how a copying layer mixes its heads; None elsewhere.
    """

    name: str
    steps: Mapping[str, Step]
    paired: bool = False
    gate: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AttentionResult:
    """All attention of one network on one clip.

    Parameters
    ----------
    model, scheme
        Names.
    objective
        "copy" (colour between frames) or "classify".
    grid
        Slices, rows and columns of tokens.
    tubelet
        Frames of the clip in a slice, for the ones that are shown apart 1.
    frames
        Index of the frame that stands for each slice.
    layers
        First to last.
    """

    model: str
    scheme: str
    objective: str
    grid: tuple[int, int, int]
    tubelet: int
    frames: tuple[int, ...]
    layers: tuple[Layer, ...] = field(default=())


def attends(
    result: AttentionResult,
    layer: int,
    query: tuple[int, int, int],
    *,
    head: HeadChoice = "mean",
    view: str = "both",
) -> Float32[np.ndarray, "T rows columns"]:
    """Return where one patch attends: its weight on every patch of every slice, summing to 1.

    Parameters
    ----------
    layer
        Index into the result's layers.
    query
        Slice, row and column.
    head
        One of them, their mean, or as the copying layer's gate mixes them.
    view
        "both" steps of a divided layer, or "space" or "time" alone.

    Raises
    ------
    ShapeError
        If the query is outside the grid, or the layer has no such step or gate.
    """
    T, rows, columns = result.grid
    t, y, x = query
    if not (0 <= t < T and 0 <= y < rows and 0 <= x < columns):
        raise ShapeError(f"A query lies in a grid of {result.grid}; got {query}.")
    of, n = result.layers[layer], y * columns + x
    steps = of.steps if view == "both" else {k: s for k, s in of.steps.items() if k == view}
    if not steps:
        raise ShapeError(f"{of.name} of {result.model} has {', '.join(of.steps)}; got {view!r}.")
    per_head = _row(of, steps, t, n, rows * columns)
    weights = _mixed(of, per_head, t, n, head)
    return weights.reshape(result.grid).astype(np.float32)


def _mixed(of: Layer, per_head: np.ndarray, t: int, n: int, head: HeadChoice) -> np.ndarray:
    if head == "mean":
        return np.asarray(per_head.mean(axis=0))
    if head == "gate":
        if of.gate is None:
            raise ShapeError(f"{of.name} has no gate; take a head, or their mean.")
        gate = of.gate[t, n].astype(np.float64)
        return np.tensordot(gate / gate.sum(), per_head, axes=1)  # rounded as q and k are
    return np.asarray(per_head[head])


def _row(
    of: Layer, steps: Mapping[str, Step], t: int, n: int, N: int
) -> Float[np.ndarray, "heads T N"]:
    """One query's weights by head, of one step or of two in turn."""
    if len(steps) == 1:
        (step,) = steps.values()
        return row(step, t, n, N)
    across = softmax(scores(steps["space"], t, n)[:, t])  # (heads, N)
    along = np.stack([row(steps["time"], t, m, N)[:, :, m] for m in range(N)], axis=-1)
    if not of.paired:
        along = along.mean(axis=0, keepdims=True)
    return np.asarray(across[:, None] * along)


def row(step: Step, t: int, n: int, N: int) -> Float[np.ndarray, "heads T N"]:
    """One query's weights in one step, zero where the pattern has no pair."""
    s = scores(step, t, n)
    heads, T, _ = s.shape
    weights = np.zeros((heads, T, N))
    others = np.arange(T) if step.own else np.delete(np.arange(T), t)
    if step.pattern == "joint":
        flat = softmax(s[:, others].reshape(heads, -1))
        weights[:, others] = flat.reshape(heads, len(others), N)
    elif step.pattern == "space":
        weights[:, t] = softmax(s[:, t])
    elif step.pattern == "time":
        weights[:, others, n] = softmax(s[:, others, n])
    else:
        weights[:] = softmax(s[:, :, 0])[:, :, None] / N
    return weights


def scores(step: Step, t: int, n: int) -> Float[np.ndarray, "heads T N"]:
    """q . k / sqrt(d) of one query with every key."""
    n = 0 if step.pattern == "frames" else n
    q = step.q[:, t, n].astype(np.float64)
    return np.asarray(np.einsum("hd,htnd->htn", q, step.k) / sqrt(q.shape[-1]))
