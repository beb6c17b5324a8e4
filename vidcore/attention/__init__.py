"""Attention over video: which patches look at which, what it costs, and where it looks.

result = attention.explore(clip, "track_joint")          every query and key of a trained network
attention.attends(result, layer=-1, query=(3, 4, 4))      where one patch looks, in every frame
attention.pairs("divided", T=8, N=196)                    and what each scheme would score
"""

from vidcore.attention.attention import scaled_dot_product, softmax
from vidcore.attention.block import divided_block, joint_block
from vidcore.attention.cost import (
    BASE,
    CostResult,
    Size,
    cost,
    crossover,
    multiply_adds,
    pairs,
    pairs_per_query,
    pairs_with_class_token,
    parameters,
    score_bytes,
    score_share,
    token_grid,
)
from vidcore.attention.explore import explore
from vidcore.attention.hot import HotPatch, hot_patch
from vidcore.attention.result import AttentionResult, Layer, Step, attends
from vidcore.attention.rollout import rolled, rollout
from vidcore.attention.schemes import SCHEMES, direct, divided, factorised, joint, two_steps
from vidcore.attention.tokens import (
    central_frame,
    embed,
    factorised_positions,
    sincos,
    tubelets,
)

__all__ = [
    "BASE",
    "SCHEMES",
    "AttentionResult",
    "CostResult",
    "HotPatch",
    "Layer",
    "Size",
    "Step",
    "attends",
    "central_frame",
    "cost",
    "crossover",
    "direct",
    "divided",
    "divided_block",
    "embed",
    "explore",
    "factorised",
    "factorised_positions",
    "hot_patch",
    "joint",
    "joint_block",
    "multiply_adds",
    "pairs",
    "pairs_per_query",
    "pairs_with_class_token",
    "parameters",
    "rolled",
    "rollout",
    "scaled_dot_product",
    "score_bytes",
    "score_share",
    "sincos",
    "softmax",
    "token_grid",
    "tubelets",
    "two_steps",
]
