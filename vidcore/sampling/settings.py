"""One frozen settings object per strategy: what a page's controls, a link and a recipe hold.

Where there is a `seed`, None means the fixed choice made at test time, and a number draws at random
as in training: the same number, the same draw. `article` picks the popular version of the strategy,
with its flaws: see `vidcore.sampling.article`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dense:
    """`length` consecutive frames from `start`, or from a random start with a `seed`."""

    length: int = 16
    start: int = 0
    seed: int | None = None
    article: bool = False


@dataclass(frozen=True, slots=True)
class Uniform:
    """`count` frames spread over the whole video."""

    count: int = 16
    article: bool = False


@dataclass(frozen=True, slots=True)
class TSN:
    """One frame from each of `segments` equal parts: its middle, or at random with a `seed`."""

    segments: int = 8
    seed: int | None = None
    article: bool = False


@dataclass(frozen=True, slots=True)
class SlowFast:
    """`slow` frames `stride` apart, and `alpha` times as many between them."""

    slow: int = 4
    alpha: int = 8
    stride: int = 16
    start: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Views:
    """Test-time views: `clips` clips of `length` frames, `stride` apart, spread over the video."""

    clips: int = 10
    length: int = 16
    stride: int = 2


Settings = Dense | Uniform | TSN | SlowFast | Views
