"""What the two streams cost here and now: flow against networks, measured when asked."""

import statistics
from collections.abc import Mapping

from vidcore.media import Clip
from vidcore.media.prepare import prepare
from vidcore.twostream.watch import SPATIAL, TEMPORAL, watch_frames

REPEATS = 5  # odd, so that the median is one of them


def spend(
    clip: Clip, *, spatial: str = SPATIAL, temporal: str = TEMPORAL, repeats: int = REPEATS
) -> Mapping[str, float]:
    """Return the median seconds for one clip's "flow", "spatial" and "temporal" network.

    Raises
    ------
    WeightsError
        If a stream has not been trained, or its file is damaged.
    """
    frames = prepare(clip)
    runs = [
        watch_frames(frames, spatial=spatial, temporal=temporal)[0].seconds
        for _ in range(repeats + 1)  # the first finds everything cold, and is left out
    ][1:]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
