"""A ratio against a peer: both run in turns, in one process run, counted in CPU seconds.

    ratio = median over pairs of (our CPU time / the peer's CPU time)

CPU time, because a shared computer makes clocks lie; turns, because it is not equally busy all the
time; the median, because some turns are disturbed all the same. Time of child processes counts.
"""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

PAIRS = 7  # turns of each side


@dataclass(frozen=True, slots=True)
class Ratio:
    """One comparison.

    Parameters
    ----------
    what
        What is done, with its size: "300 frames of 720p to 128 px".
    peer
        Whom we compare with.
    ours, theirs
        Median CPU seconds of one run of each side.
    ratio
        Median of ours / theirs over the pairs; below 1 we are cheaper.
    at_most
        The bound we hold ourselves to, if there is one.
    pairs
        How many pairs were run.
    """

    what: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    at_most: float | None
    pairs: int

    @property
    def holds(self) -> bool:
        """Whether the bound is kept; always, where there is none."""
        return self.at_most is None or self.ratio <= self.at_most


def compare(
    what: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    peer: str,
    at_most: float | None = None,
    pairs: int = PAIRS,
) -> Ratio:
    """Run both sides in turns, after one run of each that does not count."""
    cpu_seconds(ours), cpu_seconds(theirs)
    times = [(cpu_seconds(ours), cpu_seconds(theirs)) for _ in range(pairs)]
    return Ratio(
        what=what,
        peer=peer,
        ours=statistics.median(mine for mine, _ in times),
        theirs=statistics.median(other for _, other in times),
        ratio=statistics.median(mine / other for mine, other in times),
        at_most=at_most,
        pairs=pairs,
    )


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU time of one run, all threads, with the child processes that ended during it."""
    before = _clock()
    run()
    return _clock() - before


def _clock() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
