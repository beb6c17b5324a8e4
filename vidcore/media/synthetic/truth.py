"""Truth: the flow of whichever surface is seen, and where it can be followed.

A pixel's owner is the frontmost layer around its centre, and its flow is the owner's. It is valid
if the place it goes to lies between the outermost pixel centres of the next frame and inside no
layer further in front: both are asked of formulas, at the exact place, between pixels too.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from vidcore.media.synthetic.layer import Layer, Window, pieces
from vidcore.media.synthetic.motion import Motion

GROUND = 0  # owns every pixel that no layer owns
Owner = UInt8[np.ndarray, "m size size"]
Flow = Float32[np.ndarray, "m size size 2"]
Valid = Bool[np.ndarray, "m size size"]


def truth(
    owner: UInt8[np.ndarray, "T size size"], layers: Sequence[Layer], ground: Motion | None
) -> tuple[Flow, Valid]:
    """Derive flow and validity from who owns each pixel and how every surface moves.

    Parameters
    ----------
    owner
        Layers are counted from 1, back to front; 0 is the ground.
    ground
        None where the ground stands still.
    """
    m, size = len(owner) - 1, owner.shape[1]
    flow, valid = np.zeros((m, size, size, 2), dtype=np.float32), np.ones((m, size, size), bool)
    seen = owner[:-1]
    moving = [(k, layer.motion, layer.reach) for k, layer in enumerate(layers, start=1)]
    if ground is None:
        valid &= (seen != GROUND) | (owner[1:] == GROUND)  # what stands still changes its owner
    else:
        moving.insert(0, (GROUND, ground, np.inf))
    for number, motion, reach in moving:
        for piece in pieces(motion.centre[1:], reach):
            follow(
                flow[piece], valid[piece], seen[piece] == number, motion.at(_and_next(piece)), reach
            )
    for number, motion, _ in moving:
        for front in layers[number:]:
            if front.motion is not motion:  # parts of one body stay as they are
                for piece in pieces(front.motion.centre[1:], front.reach):
                    both = _and_next(piece)
                    cover(valid[piece], seen[piece] == number, motion.at(both), front.at(both))
    return flow, valid


def follow(flow: Flow, valid: Valid, mine: Valid, motion: Motion, reach: float) -> None:
    """Write a surface's flow where it is seen; it stays valid where the target is in the frame."""
    size = valid.shape[1]
    box = Window.around(motion.centre[:-1], reach * motion.largest(), size)
    u, v = motion.flow(box.X, box.Y)
    x, y = box.X + u, box.Y + v
    stays = ((x >= 0) & (x <= size - 1)) & ((y >= 0) & (y <= size - 1))
    seen = mine[box.index]
    np.copyto(flow[..., 0][box.index], u, where=seen)
    np.copyto(flow[..., 1][box.index], v, where=seen)
    valid[box.index] &= stays | ~seen


def cover(valid: Valid, mine: Valid, motion: Motion, front: Layer) -> None:
    """Withdraw the pixels of one surface that arrive behind a layer further in front."""
    ahead = front.at(slice(1, None))
    scales = motion.scales()
    reach = front.reach * front.motion.largest() * float((scales[:-1] / scales[1:]).max())
    box = Window.around(motion.pull_back(ahead.motion.centre), reach, valid.shape[1])
    seen = mine[box.index]
    if seen.any():
        u, v = motion.flow(box.X, box.Y)
        valid[box.index] &= ~(seen & (ahead.distance(box.X + u, box.Y + v) < 0))


def _and_next(piece: slice) -> slice:
    return slice(piece.start, piece.stop + 1)
