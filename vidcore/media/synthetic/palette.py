"""The colours of the gallery: cool grounds, warm actors, apart in lightness too.

Blue against orange stays distinct with every common colour vision; every pair that must be told
apart differs in lightness as well.
"""

import numpy as np
from jaxtyping import Float, Float32

Colour = Float[np.ndarray, " 3"]


def rgb(code: str) -> Colour:
    """Read a colour written as six hexadecimal digits."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)])


INK = rgb("1f2a44")
NAVY = rgb("2f4470")
TEAL = rgb("2f8f93")
SKY = rgb("8fb7cf")
MIST = rgb("cfe0e2")
CREAM = rgb("fbf1de")
SAND = rgb("e6cfa3")
EARTH = rgb("c9a877")
AMBER = rgb("f4ab3d")
CORAL = rgb("e2673f")
SKIN = rgb("d8986a")
SKIN_SHADE = rgb("b87748")
SMILE = rgb("7a3324")


def planes(colour: Colour) -> Float32[np.ndarray, "3 1 1"]:
    """Shape a colour so that it meets the colour planes of an image."""
    shaped: np.ndarray = colour.astype(np.float32)[:, None, None]
    return shaped


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Go from one colour towards another, by a share from 0 to 1."""
    mixed: Colour = first + share * (second - first)
    return mixed
