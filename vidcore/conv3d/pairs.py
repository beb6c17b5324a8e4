r"""One kernel against the pairs that could stand for it, on a clip.

At equal weights the contest for one channel is 27 against 24: a 3 x 3 x 3 kernel, or
`midplanes(1, 1)` = 2 pairs of 9 + 3. Linear pairs add up to at best the truncated SVD. A ReLU
between makes something that no sum of linear kernels is: a linear answer changes its sign with the
picture's, r(-x) = -r(x), so the part of an answer that stays,

    even(r) = |r(x) + r(-x)| / (|r(x)| + |r(-x)|)

is 0 for every linear kernel, and more for a pair with a ReLU.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vidcore.conv3d.conv import conv3d
from vidcore.conv3d.factorize import Separation, midplanes, r2plus1d, separate
from vidcore.conv3d.tuning import Tuning, tune
from vidcore.conv3d.workshop import OPENING, kernel_of, workbench
from vidcore.media.clip import Clip, read_only

PAIR_WEIGHTS = 9 + 3
FULL, ONE, TWO = "27 weights", "one pair", "two pairs"  # 27, 12 and 24 weights
BETWEEN = ", ReLU between"
FRAMES = 8  # of answers kept, spread over the clip
MIDDLE = np.float32(0.5)  # the grey that counts as 0, as in our networks


@dataclass(frozen=True, slots=True, eq=False)
class PairsResult:
    """A kernel and its pairs on a clip.

    Parameters
    ----------
    separation
        Of the kernel.
    affordable
        How many pairs its 27 weights pay for.
    tunings
        Answer to drifting gratings, by name: the kernel, one pair, two pairs.
    answers
        `(8, H', W')` float32 by name: also one pair and two with a ReLU between space and time.
    frames
        Which frames of the clip stand in the middle of the kernel there.
    unlike
        Size of what an answer lacks of the kernel's, relative to it, by name.
    even
        Size of the part of an answer that stays when the picture is turned to its negative.
    """

    separation: Separation
    affordable: int
    tunings: Mapping[str, Tuning]
    answers: Mapping[str, np.ndarray]
    frames: np.ndarray
    unlike: Mapping[str, float]
    even: Mapping[str, float]


def compare_pairs(clip: Clip, *, kernel: str = OPENING) -> PairsResult:
    """Let a kernel and its pairs answer to a clip.

    Parameters
    ----------
    kernel
        A title, or 27 numbers, as in `kernel_of`.

    Raises
    ------
    ShapeError
        If the clip is smaller than the kernel.
    """
    bench = workbench(clip)
    k, x = kernel_of(kernel), bench.grey - MIDDLE
    split = separate(k)
    kernels = {FULL: k, ONE: split.kernel(1), TWO: split.kernel(2)}

    def answer(x: np.ndarray) -> dict[str, np.ndarray]:
        pairs = [r2plus1d(x, *pair) for pair in zip(split.spatial, split.temporal, strict=True)]
        linear = {name: conv3d(x, kernel) for name, kernel in kernels.items()}
        return linear | {ONE + BETWEEN: pairs[0], TWO + BETWEEN: pairs[0] + pairs[1]}

    answers, negatives = answer(x), answer(-x)
    length = len(answers[FULL])
    frames = np.linspace(0, length - 1, min(FRAMES, length)).round().astype(np.int64)
    size = _norm(answers[FULL])
    return PairsResult(
        separation=split,
        affordable=midplanes(1, 1),
        tunings={name: tune(kernel) for name, kernel in kernels.items()},
        answers={n: read_only(a[frames].astype(np.float32)) for n, a in answers.items()},
        frames=read_only(frames + bench.start + len(k) // 2),
        unlike={name: _norm(a - answers[FULL]) / size for name, a in answers.items()},
        even={name: even(answers[name], negatives[name]) for name in answers},
    )


def even(answer: np.ndarray, to_negative: np.ndarray) -> float:
    """Return the share of an answer that stays when the picture is turned to its negative."""
    return _norm(answer + to_negative) / (_norm(answer) + _norm(to_negative))


def _norm(values: np.ndarray) -> float:
    return max(float(np.sqrt(np.square(values, dtype=np.float64).sum())), 1e-12)
