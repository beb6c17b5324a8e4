r"""The text encoder in NumPy: what becomes of a sentence on its way to a direction.

    x = words[ids] + places
    x = block(block(x))              every word sees every other
    z = project(LN x_start)          what the start mark has gathered
    z / |z|

The page runs the same lines in the browser, at every key.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int64

from vidcore.attention.block import joint_block, layer_norm, linear

HEADS = 4
Weights = Mapping[str, np.ndarray]  # of the trained text encoder, by name


def read_sentence(
    ids: Int64[np.ndarray, " L"], weights: Weights
) -> tuple[Float[np.ndarray, " D"], Float[np.ndarray, "layers heads L L"]]:
    """Return a sentence's direction, and which word looked at which in every layer.

    Parameters
    ----------
    ids
        Of `tokenise`, padding and all.
    weights
        Of `find.text_weights`.
    """
    x = weights["words.weight"][ids] + weights["places"][0]
    maps = []
    for layer in range(depth(weights)):
        x, seen = joint_block(x, inside(weights, f"blocks.{layer}."), heads=HEADS)
        maps.append(seen)
    z = linear(layer_norm(x[0], weights, "norm", eps=1e-5), weights, "project")
    return z / np.linalg.norm(z), np.stack(maps)


def depth(weights: Weights) -> int:
    """Count the blocks."""
    return len({name.split(".")[1] for name in weights if name.startswith("blocks.")})


def inside(weights: Weights, prefix: str) -> dict[str, np.ndarray]:
    """Return the weights below a name, without it."""
    return {name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)}
