r"""Order: the same frames in another order are another video, and an average cannot tell.

    score = 1/T sum_t f(I_t)          the same for every order of the frames, whatever f is
    trend = corr(t, f(I_t))           changes sign when the clip runs backwards

A model that looks at each frame alone and pools the answers by mean or maximum is blind to order,
however good its f. Reverse, shuffle and freeze are the tests that show it (Wei et al. 2018,
"Learning and using the arrow of time"; Sevilla-Lara et al. 2021, "Only time can tell").
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, read_only
from vidcore.motion.frame import FEATURES


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """One order of a clip's frames, and what each way of scoring makes of it.

    Parameters
    ----------
    name
        "forward", "reversed", "shuffled" or "frozen".
    indices
        Which source frame is shown at each position.
    scores
        The feature of each shown frame, in that order.
    mean, highest
        The scores pooled by mean and by maximum: blind to order.
    trend
        Correlation of score and time, -1 to 1: sees order. 0 where the score never changes.
    """

    name: str
    indices: Int[np.ndarray, " T"]
    scores: Float[np.ndarray, " T"]
    mean: float
    highest: float
    trend: float


@dataclass(frozen=True, slots=True, eq=False)
class OrderResult:
    """The same frames forwards, backwards, shuffled, and one of them frozen."""

    feature: str
    unit: str
    forward: Ordering
    reversed: Ordering
    shuffled: Ordering
    frozen: Ordering

    @property
    def orderings(self) -> tuple[Ordering, Ordering, Ordering, Ordering]:
        """All four, in the order in which a page tells them."""
        return self.forward, self.reversed, self.shuffled, self.frozen


def reverse(clip: Clip) -> Clip:
    """Play the clip backwards."""
    return clip.take(np.arange(len(clip.frames))[::-1])


def shuffle(clip: Clip, *, rng: np.random.Generator) -> Clip:
    """Show the same frames in a random order."""
    return clip.take(rng.permutation(len(clip.frames)))


def freeze(clip: Clip, t: int) -> Clip:
    """Show frame `t` all the time: the appearance stays, the motion is gone.

    Raises
    ------
    ShapeError
        If the clip has no frame `t`.
    """
    return clip.take(np.full(len(clip.frames), t))


def frame_scores(clip: Clip, feature: str) -> Float[np.ndarray, " T"]:
    """Score each frame alone by one measurement of `vidcore.motion.frame`.

    Parameters
    ----------
    feature
        "brightness", "contrast", "edges", "height" or "side".

    Returns
    -------
    array
        `(T,)` float64. The score of a frame is the same bit for bit wherever the frame stands.

    Raises
    ------
    ShapeError
        If there is no such feature.
    """
    if feature not in FEATURES:
        raise ShapeError(f"A frame is scored by one of {', '.join(FEATURES)}; got {feature!r}.")
    score = FEATURES[feature].score
    return np.array([score(frame) for frame in clip.frames], np.float64)


def pool(scores: Float[np.ndarray, " T"], how: str) -> float:
    """Make one number of all frames' scores, by "mean" or "max".

    The sum is `math.fsum`, which rounds once, at the end: every order of the same scores then gives
    the same bits. An ordinary sum rounds at each step and differs by the last digit between a clip
    and its reverse, and this page claims equality, not closeness.

    Raises
    ------
    ShapeError
        If `how` is neither, or there are no scores.
    """
    if how not in ("mean", "max") or len(scores) == 0:
        raise ShapeError(
            f'pool needs scores and "mean" or "max"; got {len(scores)} scores and {how!r}.'
        )
    return math.fsum(scores) / len(scores) if how == "mean" else float(max(scores))


def trend(scores: Float[np.ndarray, " T"]) -> float:
    """Correlation of score and time, -1 to 1: the simplest score that knows about order.

    Playing the clip backwards changes its sign, exactly (`math.fsum` again); a shuffled clip scores
    near 0; where the score never changes there is no trend, and it is 0.
    """
    t = np.arange(len(scores)) - (len(scores) - 1) / 2
    s = scores - pool(scores, "mean")
    spread = math.sqrt(math.fsum(t * t) * math.fsum(s * s))
    return math.fsum(t * s) / spread if spread > 0 else 0.0


def compare_orders(
    clip: Clip, feature: str = "height", *, seed: int = 0, freeze_at: int = 0
) -> OrderResult:
    """Score a clip forwards, backwards, shuffled and frozen.

    Each frame is scored once: its score depends on nothing but the frame, so another order of the
    frames is the same order of the scores.

    Parameters
    ----------
    feature
        What to measure in each frame: see `frame_scores`.
    seed
        Of the shuffle.
    freeze_at
        The frame to freeze.

    Raises
    ------
    ShapeError
        If there is no such feature or no such frame.
    """
    scores = frame_scores(clip, feature)
    T = len(scores)
    if not 0 <= freeze_at < T:
        raise ShapeError(f"freeze_at needs a frame from 0 to {T - 1}; got {freeze_at}.")
    forward = np.arange(T)
    shuffled = np.random.default_rng(seed).permutation(T)
    return OrderResult(
        feature=feature,
        unit=FEATURES[feature].unit,
        forward=_ordering("forward", forward, scores),
        reversed=_ordering("reversed", forward[::-1], scores),
        shuffled=_ordering("shuffled", shuffled, scores),
        frozen=_ordering("frozen", np.full(T, freeze_at), scores),
    )


def _ordering(
    name: str, indices: Int[np.ndarray, " T"], scores: Float[np.ndarray, " T"]
) -> Ordering:
    shown = scores[indices]
    return Ordering(
        name,
        read_only(indices),
        read_only(shown),
        mean=pool(shown, "mean"),
        highest=pool(shown, "max"),
        trend=trend(shown),
    )
