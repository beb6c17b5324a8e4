r"""Aliasing: a wheel that turns backwards, because the eye can only see the nearest way round.

    true     = degrees per frame x stride
    apparent = true wrapped into [-S/2, S/2),   S = 360 / spokes

Turning a wheel of n equal spokes by S = 360 / n degrees gives the same picture. From two samples
alone the smallest turn that explains both is the one that is seen: 190 degrees look like -170, 340
like -20. Above half of S per sample the direction flips: Nyquist's limit, on a wheel.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only
from vidcore.sampling.strategies import at_least_one

CIRCLE = 360  # degrees


@dataclass(frozen=True, slots=True, eq=False)
class AliasingResult:
    """A turning wheel, sampled at strides 1, 2, ...

    Parameters
    ----------
    degrees_per_frame, spokes
        The wheel; positive turns are clockwise where y points down.
    strides
        Source frames between samples.
    true, apparent
        Degrees between samples: as they are, and as they look.
    flipped
        True where the wheel seems to turn the wrong way.
    frozen
        True where it seems to stand still although it turns.
    ambiguous
        True at exactly half the symmetry angle, where both directions explain the picture.
    limit
        Half the symmetry angle, degrees: turns below it are seen as they are.
    largest_true_stride
        The largest stride up to which every stride shows the truth; 0 if even stride 1 does not.
    """

    degrees_per_frame: float
    spokes: int
    strides: Int64[np.ndarray, " strides"]
    true: Float[np.ndarray, " strides"]
    apparent: Float[np.ndarray, " strides"]
    flipped: Bool[np.ndarray, " strides"]
    frozen: Bool[np.ndarray, " strides"]
    ambiguous: Bool[np.ndarray, " strides"]
    limit: float
    largest_true_stride: int


def apparent_rotation(degrees_per_frame: float, stride: int = 1, *, spokes: int = 1) -> float:
    """Degrees from one sample to the next, as they look: wrapped into [-S/2, S/2).

    The wrap is done before the division by the spokes, which keeps whole degrees exact. At exactly
    half of S both directions are equally right, and the negative one is given.

    Parameters
    ----------
    degrees_per_frame
        How far the wheel turns from one source frame to the next.
    stride
        Source frames between samples.
    spokes
        How many equal positions a full turn has; 1 for a wheel with a single mark.

    Raises
    ------
    ShapeError
        If `stride` or `spokes` is below 1.
    """
    at_least_one(stride=stride, spokes=spokes)
    half = CIRCLE / 2
    return ((degrees_per_frame * stride * spokes + half) % CIRCLE - half) / spokes


def wagon_wheel(
    degrees_per_frame: float, *, spokes: int = 1, max_stride: int = 16
) -> AliasingResult:
    """Compare the true with the apparent turn of a wheel at every stride up to `max_stride`.

    Raises
    ------
    ShapeError
        If `spokes` or `max_stride` is below 1, or the speed is not finite.
    """
    at_least_one(spokes=spokes, max_stride=max_stride)
    if not np.isfinite(degrees_per_frame):
        raise ShapeError(f"A wheel needs a finite speed; got {degrees_per_frame} degrees.")
    strides = np.arange(1, max_stride + 1)
    true = degrees_per_frame * strides
    apparent = np.array(
        [apparent_rotation(degrees_per_frame, int(stride), spokes=spokes) for stride in strides]
    )
    limit = CIRCLE / 2 / spokes
    ambiguous = apparent == -limit
    shown = (np.abs(true) < limit) | (true == 0)
    return AliasingResult(
        degrees_per_frame=degrees_per_frame,
        spokes=spokes,
        strides=read_only(strides),
        true=read_only(true),
        apparent=read_only(apparent),
        flipped=read_only((apparent * true < 0) & ~ambiguous),
        frozen=read_only((apparent == 0) & (true != 0)),
        ambiguous=read_only(ambiguous),
        limit=limit,
        largest_true_stride=int(np.logical_and.accumulate(shown).sum()),
    )
