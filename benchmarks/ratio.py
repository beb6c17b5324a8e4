"""Ours beside a peer's: interleaved pairs, CPU seconds, the median of their ratios.

    ratio = median over pairs of (ours / peer)

A busy machine slows both sides of a pair alike, so a ratio travels where a time does not. CPU
seconds of this process and of the children it waited for are counted, all threads together; a
second in which the machine did something else is not.
"""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

PAIRS = 7  # odd, so that the median is one of them


@dataclass(frozen=True, slots=True)
class Ratio:
    """One comparison: what it costs here and what it costs there.

    Parameters
    ----------
    what
        The work, in words.
    against
        The peer, in words.
    ours, peer
        Medians of the cost, in `unit`.
    ratio
        Median of `ours / peer` over the pairs; less is better.
    low, high
        The smallest and the largest of them.
    pairs
        How many there were.
    target
        What `ratio` may be at most; None where none was set.
    unit
        Of `ours` and `peer`.
    """

    what: str
    against: str
    ours: float
    peer: float
    ratio: float
    low: float
    high: float
    pairs: int
    target: float | None = None
    unit: str = "CPU s"

    @property
    def met(self) -> bool:
        """Whether the target is kept; true where there is none."""
        return self.target is None or self.ratio <= self.target


def compare(
    what: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    against: str,
    target: float | None = None,
    pairs: int = PAIRS,
    repeats: int = 1,
) -> Ratio:
    """Measure `ours` against `peer`, in turns; each runs once unmeasured before.

    Parameters
    ----------
    repeats
        Runs inside one measurement, for work of a few milliseconds; costs are per run.
    """
    ours(), peer()
    costs = []
    for k in range(pairs):
        if k % 2:  # whoever goes second finds warm caches: take turns
            theirs, mine = cpu_seconds(peer, repeats), cpu_seconds(ours, repeats)
        else:
            mine, theirs = cpu_seconds(ours, repeats), cpu_seconds(peer, repeats)
        costs.append((mine, theirs))
    ratios = [mine / theirs for mine, theirs in costs]
    return Ratio(
        what,
        against,
        ours=statistics.median(mine for mine, _ in costs),
        peer=statistics.median(theirs for _, theirs in costs),
        ratio=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
        pairs=pairs,
        target=target,
    )


def cpu_seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """Return the CPU time of one run: this process, its threads, and children it waited for."""
    before = _spent()
    for _ in range(repeats):
        work()
    return (_spent() - before) / repeats


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
