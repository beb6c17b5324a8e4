"""Frame sampling: exact probabilities beside counting and drawing, and the figures."""

from functools import partial

import numpy as np
import plotly.graph_objects as go

from benchmarks.motion import PIECEWISE, piecewise
from benchmarks.ratio import Ratio, compare
from vidcore import sampling
from vidcore.figures import sampling as figures

FRAMES, FPS = 300, 30.0  # ten seconds
EVENT = 6  # frames: a clap
LENGTHS = np.arange(1, 41)  # frames
DRAWS = 1000
STRATEGIES: tuple[sampling.Settings, ...] = (
    sampling.Dense(),
    sampling.Uniform(),
    sampling.TSN(seed=1),
    sampling.SlowFast(),
)


def measure() -> list[Ratio]:
    """Compare exact probabilities with their oracles, and all figures with piecewise building."""
    return [
        compare(
            "hit curve of 16 centres, 40 lengths",
            partial(sampling.hit_curve, FRAMES, sampling.Uniform(), LENGTHS),
            count_hits,
            against="counting every position",
            repeats=20,
        ),
        compare(
            "hit probability of a random TSN",
            partial(sampling.hit_probability, FRAMES, EVENT, sampling.TSN(16, seed=0)),
            draw_hits,
            against=f"{DRAWS} draws, two digits right",
            target=0.5,
            repeats=5,
        ),
        *(
            compare(
                f"figure: {name}", build, partial(piecewise, build()), against=PIECEWISE, repeats=10
            )
            for name, build in every_figure().items()
        ),
    ]


def every_figure() -> dict[str, "partial[go.Figure]"]:
    """Each figure of the page, ready to be built from its result."""
    plans = [sampling.plan(FRAMES, FPS, settings) for settings in STRATEGIES]
    curves = [sampling.hit_curve(FRAMES, settings, LENGTHS) for settings in STRATEGIES]
    scores = np.arange(12, dtype=np.float32).reshape(4, 3)
    combined = sampling.compare_consensus(scores)
    return {
        "timeline": partial(figures.timeline, plans, event=(3.0, 3.2)),
        "hit curves": partial(figures.hit_curves, curves, event_length=EVENT),
        "aliasing": partial(figures.aliasing_curve, sampling.wagon_wheel(23.0, spokes=6)),
        "cost of views": partial(figures.views_cost_bars),
        "consensus": partial(figures.consensus_bars, combined, ["a", "b", "c"]),
        "published consensus": partial(figures.published_consensus),
    }


def count_hits() -> list[float]:
    """The curve by asking, at every position, whether a chosen frame lies in the event."""
    chosen = sampling.uniform(FRAMES, 16)
    starts = [np.arange(FRAMES - L + 1)[:, None] for L in LENGTHS]
    hits = [(s <= chosen) & (chosen < s + L) for s, L in zip(starts, LENGTHS, strict=True)]
    return [float(seen.any(axis=1).mean()) for seen in hits]


def draw_hits() -> float:
    """The probability by drawing the event and the frames."""
    rng = np.random.default_rng(0)
    starts = rng.integers(FRAMES - EVENT + 1, size=DRAWS)
    frames = [sampling.tsn(FRAMES, 16, rng=rng) for _ in range(DRAWS)]
    return float(
        np.mean([((s <= f) & (f < s + EVENT)).any() for s, f in zip(starts, frames, strict=True)])
    )
