"""The names of SlowFast's weights: pytorchvideo's, translated to PySlowFast's.

blocks.0.multipathway_blocks.1.conv.weight                  s1.pathway1_stem.conv.weight
blocks.2.multipathway_fusion.conv_fast_to_slow.weight       s3_fuse.conv_f2s.weight
blocks.3.multipathway_blocks.0.res_blocks.5.branch2.norm_a.bias
                                                            s4.pathway0_res5.branch2.a_bn.bias
blocks.6.proj.bias                                          head.projection.bias
"""

import re
from collections.abc import Mapping
from typing import TypeVar

V = TypeVar("V")

RULES = (
    (r"blocks\.0\.multipathway_blocks\.(\d)\.norm\.", r"s1.pathway\1_stem.bn."),
    (r"blocks\.0\.multipathway_blocks\.(\d)\.conv\.", r"s1.pathway\1_stem.conv."),
    (r"blocks\.(\d)\.multipathway_fusion\.conv_fast_to_slow\.", r"s\1+_fuse.conv_f2s."),
    (r"blocks\.(\d)\.multipathway_fusion\.norm\.", r"s\1+_fuse.bn."),
    (r"blocks\.(\d)\.multipathway_blocks\.(\d)\.res_blocks\.(\d+)\.", r"s\1+.pathway\2_res\3."),
    (r"branch1_conv\.", r"branch1."),
    (r"branch1_norm\.", r"branch1_bn."),
    (r"branch2\.conv_([abc])\.", r"branch2.\1."),
    (r"branch2\.norm_([abc])\.", r"branch2.\1_bn."),
    (r"blocks\.6\.proj\.", r"head.projection."),
)


def to_pyslowfast(state: Mapping[str, V]) -> dict[str, V]:
    """Translate the keys where they are pytorchvideo's; others pass."""
    return {_translated(key): value for key, value in state.items()}


def _translated(key: str) -> str:
    if key.startswith("blocks."):
        for old, new in RULES:
            key = re.sub(old, new, key)
        key = re.sub(r"^s(\d)\+", lambda block: f"s{int(block[1]) + 1}", key)
    return key
