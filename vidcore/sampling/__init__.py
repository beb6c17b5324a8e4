"""Which frames does a model see? Strategies, what they miss, and what a verdict of them costs.

Front doors: `plan(n_frames, fps, settings)` for the frames, `hit_curve` for the events they miss,
`wagon_wheel` for the motion they invent, `compare_consensus` for the verdict. Settings are `Dense`,
`Uniform`, `TSN`, `SlowFast`, `Views`.
"""

from vidcore.sampling.aliasing import AliasingResult, apparent_rotation, wagon_wheel
from vidcore.sampling.article import (
    article_dense,
    article_tsn,
    article_uniform,
    lost_tail,
    worst_lost_tail,
)
from vidcore.sampling.consensus import (
    PUBLISHED,
    PUBLISHED_SOURCE,
    ConsensusResult,
    compare_consensus,
    consensus,
)
from vidcore.sampling.hits import HitCurve, hit_curve, hit_probability
from vidcore.sampling.plan import Pathway, SamplePlan, plan
from vidcore.sampling.settings import TSN, Dense, Settings, SlowFast, Uniform, Views
from vidcore.sampling.strategies import dense, slowfast, tsn, uniform
from vidcore.sampling.views import PUBLISHED_VIEWS, ModelViews, temporal_views, views_cost

__all__ = [
    "PUBLISHED",
    "PUBLISHED_SOURCE",
    "PUBLISHED_VIEWS",
    "TSN",
    "AliasingResult",
    "ConsensusResult",
    "Dense",
    "HitCurve",
    "ModelViews",
    "Pathway",
    "SamplePlan",
    "Settings",
    "SlowFast",
    "Uniform",
    "Views",
    "apparent_rotation",
    "article_dense",
    "article_tsn",
    "article_uniform",
    "compare_consensus",
    "consensus",
    "dense",
    "hit_curve",
    "hit_probability",
    "lost_tail",
    "plan",
    "slowfast",
    "temporal_views",
    "tsn",
    "uniform",
    "views_cost",
    "wagon_wheel",
    "worst_lost_tail",
]
