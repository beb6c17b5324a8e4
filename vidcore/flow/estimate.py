"""The front door: two frames of a clip and a method's settings in, a result out.

result = estimate(clip, t, LucasKanade(window=15))
"""

from dataclasses import dataclass

from vidcore.errors import ShapeError
from vidcore.flow.horn_schunck import horn_schunck, pyramidal_horn_schunck
from vidcore.flow.lucas_kanade import lucas_kanade, pyramidal_lucas_kanade
from vidcore.flow.raft import raft
from vidcore.flow.result import FlowResult
from vidcore.media import Clip


@dataclass(frozen=True, slots=True)
class LucasKanade:
    """One least-squares step per window (1981); see `lucas_kanade`."""

    window: int = 5


@dataclass(frozen=True, slots=True)
class PyramidalLucasKanade:
    """Steps from coarse to fine; see `pyramidal_lucas_kanade`."""

    window: int = 9
    iterations: int = 3
    levels: int | None = None


@dataclass(frozen=True, slots=True)
class HornSchunck:
    """Smoothness against brightness (1981); see `horn_schunck`."""

    alpha: float = 0.1
    iterations: int = 100


@dataclass(frozen=True, slots=True)
class PyramidalHornSchunck:
    """The same from coarse to fine; see `pyramidal_horn_schunck`."""

    alpha: float = 0.5
    iterations: int = 5
    sweeps: int = 20


@dataclass(frozen=True, slots=True)
class Raft:
    """Learned matching and updates; see `raft`."""

    iterations: int = 12


Settings = LucasKanade | PyramidalLucasKanade | HornSchunck | PyramidalHornSchunck | Raft


def estimate(
    clip: Clip,
    t: int,
    settings: Settings = PyramidalLucasKanade(),  # frozen
    *,
    iterates: bool = False,
) -> FlowResult:
    """Estimate the flow from frame `t` to frame `t + 1`.

    Parameters
    ----------
    t
        Index of the first frame, from 0 to T - 2.
    settings
        The method, by the type of its settings.
    iterates
        Also return the field on its way. Lucas-Kanade's one step has no way.

    Raises
    ------
    ShapeError
        If there is no frame `t` or `t + 1`, or a setting is out of its range.
    WeightsError
        If RAFT is asked for and its weights are missing.
    """
    T = len(clip.frames)
    if not 0 <= t <= T - 2:
        raise ShapeError(
            f"Flow needs frames t and t + 1 of {T}: t from 0 to {T - 2}; got {t}. "
            "Choose an earlier frame, or a clip of two frames or more."
        )
    prev, next_ = clip.frames[t], clip.frames[t + 1]
    match settings:
        case LucasKanade(window):
            return lucas_kanade(prev, next_, window=window)
        case PyramidalLucasKanade(window, iterations, levels):
            return pyramidal_lucas_kanade(
                prev,
                next_,
                window=window,
                iterations=iterations,
                levels=levels,
                iterates=iterates,
            )
        case HornSchunck(alpha, iterations):
            return horn_schunck(prev, next_, alpha=alpha, iterations=iterations, iterates=iterates)
        case PyramidalHornSchunck(alpha, iterations, sweeps):
            return pyramidal_horn_schunck(
                prev, next_, alpha=alpha, iterations=iterations, sweeps=sweeps, iterates=iterates
            )
        case Raft(iterations):
            return raft(prev, next_, iterations=iterations, iterates=iterates)
