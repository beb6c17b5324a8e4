"""The labels, and what reversing or mirroring a clip makes of them."""

from types import MappingProxyType

import numpy as np

COLOURS = ("red", "yellow", "green", "cyan", "blue", "magenta")
SHAPES = ("disc", "square", "triangle", "cross", "ring")
ACTIONS = (
    *("right", "left", "down", "up"),
    *("clockwise", "counter-clockwise"),
    *("approach", "recede"),
    *("throw", "catch"),
    *("bounce", "oscillate"),
    *("whirl clockwise", "whirl counter-clockwise"),
)
PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (12, 13))  # each the other one, played backwards
_SWAPPED_BY_A_MIRROR = ((0, 1), (4, 5), (12, 13))  # left and right exchanged


def _exchange(pairs: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    swapped = list(range(len(ACTIONS)))
    for a, b in pairs:
        swapped[a], swapped[b] = b, a
    return tuple(swapped)


REVERSED = _exchange(PAIRS)  # action -> action of the clip played backwards
MIRRORED = _exchange(_SWAPPED_BY_A_MIRROR)  # action -> action of the clip seen in a mirror

HUES = (
    MappingProxyType(  # full colours, before texture and light; apart in hue by 50 degrees or more
        {
            "red": (0.90, 0.16, 0.14),
            "yellow": (0.93, 0.83, 0.13),
            "green": (0.18, 0.74, 0.22),
            "cyan": (0.12, 0.80, 0.86),
            "blue": (0.17, 0.30, 0.95),
            "magenta": (0.88, 0.22, 0.86),
        }
    )
)
PAINTS = np.array([HUES[name] for name in COLOURS], dtype=np.float32)  # (colour, RGB)


def label(colour: int, action: int) -> str:
    """Name the pair that is a clip's main label: what, and how it moves."""
    return f"{COLOURS[colour]}, {ACTIONS[action]}"
