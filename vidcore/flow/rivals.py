"""Every method on one pair of frames: how long it took just now, and how wrong it was."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vidcore.errors import VidcoreError
from vidcore.flow.estimate import (
    HornSchunck,
    LucasKanade,
    PyramidalHornSchunck,
    PyramidalLucasKanade,
    Raft,
    Settings,
    estimate,
)
from vidcore.flow.metrics import endpoint_error, interpolation_error
from vidcore.flow.peers import dis, farneback
from vidcore.media import Clip

RUNS = 2  # the faster counts: the first one may load a library

OURS: dict[str, Settings] = {
    "Lucas–Kanade, one step": LucasKanade(window=9),
    "Lucas–Kanade, coarse to fine": PyramidalLucasKanade(),
    "Horn–Schunck": HornSchunck(),
    "Horn–Schunck, coarse to fine": PyramidalHornSchunck(),
    "RAFT, our own": Raft(),
}
OPENCV = {"OpenCV Farneback": farneback, "OpenCV DIS": dis}


@dataclass(frozen=True, slots=True)
class Rival:
    """One method's run.

    Parameters
    ----------
    name
        Of the method.
    milliseconds
        Of its faster run, by the wall.
    error
        Mean endpoint error in pixels where the truth is known; None without a truth.
    unlike
        How unlike the first frame the second is after warping: root mean square, in grey levels.
    trouble
        Why it did not run; the other numbers are then None.
    """

    name: str
    milliseconds: float | None = None
    error: float | None = None
    unlike: float | None = None
    trouble: str = ""


def rivals(
    clip: Clip, t: int, truth: np.ndarray | None = None, valid: np.ndarray | None = None
) -> tuple[Rival, ...]:
    """Run every method on frames `t` and `t + 1`.

    Parameters
    ----------
    truth, valid
        `(H, W, 2)` and `(H, W)`: the true flow, and where it is known.

    Raises
    ------
    ShapeError
        If there is no frame `t` or `t + 1`, or the truth does not fit.
    """
    estimate(clip, t, LucasKanade())  # refuses a wrong t before anything slow runs
    prev, next_ = clip.frames[t], clip.frames[t + 1]

    def run(name: str, method: Callable[[], np.ndarray]) -> Rival:
        try:
            seconds, field = _timed(method)
        except VidcoreError as error:
            return Rival(name, trouble=str(error))
        off = None if truth is None else endpoint_error(field, truth, valid)
        return Rival(name, 1e3 * seconds, off, interpolation_error(prev, next_, field))

    ours = [run(name, lambda s=s: estimate(clip, t, s).flow) for name, s in OURS.items()]  # type: ignore[misc]
    theirs = [run(name, lambda f=f: f(prev, next_)) for name, f in OPENCV.items()]  # type: ignore[misc]
    return (*ours, *theirs)


def _timed(method: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    best, field = np.inf, np.zeros(0)
    for _ in range(RUNS):
        start = time.perf_counter()
        field = method()
        best = min(best, time.perf_counter() - start)
    return best, field
