"""What the paper and its released code report, and what its popular retellings say instead.

Kinetics-400, top-1 over 30 views, trained from scratch. Feichtenhofer et al. 2019, Tables 2 and 5;
facebookresearch/SlowFast, MODEL_ZOO and configs.
"""

from dataclasses import dataclass

from vidcore.slowfast.layout import Layout

R101 = (3, 4, 23, 3)  # blocks
VIEWS = 30  # 10 clips x 3 crops


@dataclass(frozen=True, slots=True)
class Published:
    """One variant as printed: top-1 (%), and GFLOPs of one view where the paper gives them.

    `layout` counts what its convolutions cost; non-local blocks, where there are any, come on top.
    """

    name: str
    layout: Layout
    top1: float
    gflops: float | None = None


VARIANTS = (
    Published("4×16, R50", Layout(), 75.6, 36.1),
    Published("8×8, R50", Layout(8, 8, 4, kernel=7), 77.0),
    Published("8×8, R101", Layout(8, 8, 4, kernel=5, depths=R101), 77.9),
    Published("16×8, R101", Layout(16, 8, 4, kernel=5, depths=R101), 78.9),
    Published("16×8, R101 + non-local", Layout(16, 8, 4, kernel=5, depths=R101), 79.8, 234.0),
)
WITHOUT_LINKS = 73.5  # top-1 of 4x16, R50 with both pathways and no link (Table 5a)
SLOW_ALONE_GFLOPS = 27.3  # of 4x16, R50 (Table 5a)
BETAS = {6: 75.8, 8: 75.6}  # top-1 by 1 / beta (Table 5b): the two best
