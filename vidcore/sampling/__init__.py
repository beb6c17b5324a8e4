"""Which frames does a model see? Dense, uniform, TSN segments, SlowFast."""

from vidcore.sampling.article import article_dense, article_tsn, article_uniform
from vidcore.sampling.strategies import dense, slowfast, tsn, uniform

__all__ = [
    "article_dense",
    "article_tsn",
    "article_uniform",
    "dense",
    "slowfast",
    "tsn",
    "uniform",
]
