"""What is said of clips in training, and three phrasings that never are.

Every word of the three occurs elsewhere: whoever understands them has put words together.
"""

from types import MappingProxyType

import numpy as np

from vidcore.alignment.vocabulary import SOMETHING
from vidcore.media.synthetic.actions import ACTIONS, CAPTIONS, COLOURS, SHAPES

UNHEARD = MappingProxyType(  # action -> a way to say it that is kept out of training
    {
        "up": "moves up",
        "counter-clockwise": "rotates to the left",
        "whirl counter-clockwise": "buzzes counter-clockwise",
    }
)
HEARD = MappingProxyType(
    {
        action: tuple(way for way in ways if way != UNHEARD.get(action))
        for action, ways in CAPTIONS.items()
    }
)
Triple = tuple[int, int, int]  # colour, shape, action; -1 where it is left unsaid
UNSAID = -1


def say(triple: Triple, rng: np.random.Generator | None = None) -> str:
    """Say a triple in one of the ways of training: at random with `rng`, else the first.

    What is -1 is left unsaid: `(4, -1, 2)` is "something blue falls", `(-1, 4, -1)` is "a ring".
    """
    colour, shape, action = triple
    words = [SOMETHING if shape == UNSAID else "a"]
    if colour != UNSAID:
        words.append(COLOURS[colour])
    if shape != UNSAID:
        words.append(SHAPES[shape])
    if action != UNSAID:
        ways = HEARD[ACTIONS[action]]
        words.append(ways[0] if rng is None else ways[rng.integers(len(ways))])
    return " ".join(words)


def says_of(texts: np.ndarray, clips: np.ndarray) -> np.ndarray:
    """Return whether each text is true of each clip: `(N, 3)`, `(M, 3)` triples to `(M, N)`."""
    same = (texts[None] == clips[:, None]) | (texts[None] == UNSAID)
    return np.asarray(same.all(axis=-1))
