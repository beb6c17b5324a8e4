"""The blocks of SlowFast, named as in facebookresearch/SlowFast, so that its weights load here.

`s1` is the stem, `s2` to `s5` are the stages res2 to res5; pathway 0 is Slow, pathway 1 is Fast.
"""

from jaxtyping import Float
from torch import Tensor, nn

from vidcore.slowfast.layout import Pathway, Stage


class Stem(nn.Module):
    """conv1 and pool1: a quarter of the size, every frame kept."""

    def __init__(self, pathway: Pathway) -> None:
        super().__init__()
        k = pathway.stem_kernel
        self.conv = nn.Conv3d(3, pathway.stem, (k, 7, 7), (1, 2, 2), (k // 2, 3, 3), bias=False)
        self.bn = nn.BatchNorm3d(pathway.stem)
        self.pool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))

    def forward(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B C T h w"]:
        """Look at 7 x 7 pixels, in Fast at 5 frames of them."""
        features: Tensor = self.pool(self.bn(self.conv(video)).relu())
        return features


class Bottleneck(nn.Module):
    """a squeezes the channels and may look along time, b looks in space, c widens again."""

    def __init__(self, c_in: int, shape: Stage, k: int, stride: int) -> None:
        super().__init__()
        inner, out = shape.inner, shape.out
        self.a = nn.Conv3d(c_in, inner, (k, 1, 1), padding=(k // 2, 0, 0), bias=False)
        self.a_bn = nn.BatchNorm3d(inner)
        self.b = nn.Conv3d(inner, inner, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False)
        self.b_bn = nn.BatchNorm3d(inner)
        self.c = nn.Conv3d(inner, out, 1, bias=False)
        self.c_bn = nn.BatchNorm3d(out)

    def forward(self, x: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B D T h w"]:
        """Return what the block found."""
        x = self.a_bn(self.a(x)).relu()
        x = self.b_bn(self.b(x)).relu()
        found: Tensor = self.c_bn(self.c(x))
        return found


class Block(nn.Module):
    """A residual block; the first of a stage also widens and, from res3 on, halves the size."""

    def __init__(self, c_in: int, shape: Stage, block: int, stride: int) -> None:
        super().__init__()
        first = block == 0
        if first:
            self.branch1 = nn.Conv3d(c_in, shape.out, 1, (1, stride, stride), bias=False)
            self.branch1_bn = nn.BatchNorm3d(shape.out)
        self.branch2 = Bottleneck(c_in, shape, shape.kernel_of(block), stride)
        self.first = first

    def forward(self, x: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B D T h w"]:
        """Add what the block found to what came in."""
        shortcut = self.branch1_bn(self.branch1(x)) if self.first else x
        added: Tensor = (shortcut + self.branch2(x)).relu()
        return added


class PairOfStems(nn.Module):
    """conv1 and pool1 of both pathways."""

    def __init__(self, slow: Pathway, fast: Pathway) -> None:
        super().__init__()
        self.pathway0_stem = Stem(slow)
        self.pathway1_stem = Stem(fast)

    def forward(self, slow: Tensor, fast: Tensor) -> tuple[Tensor, Tensor]:
        """Each its own."""
        return self.pathway0_stem(slow), self.pathway1_stem(fast)


class PairOfStages(nn.ModuleDict):
    """One stage of both pathways: blocks `pathway0_res0`, `pathway0_res1`, ..., `pathway1_res0`."""

    def __init__(self, c_in: tuple[int, int], shapes: tuple[Stage, Stage], stride: int) -> None:
        super().__init__()
        self.depths = tuple(shape.depth for shape in shapes)
        for pathway, (channels, shape) in enumerate(zip(c_in, shapes, strict=True)):
            for k in range(shape.depth):
                enters, steps = (shape.out, 1) if k else (channels, stride)
                self[f"pathway{pathway}_res{k}"] = Block(enters, shape, k, steps)

    def forward(self, slow: Tensor, fast: Tensor) -> tuple[Tensor, Tensor]:
        """Each its own."""
        return self.along(0, slow), self.along(1, fast)

    def along(self, pathway: int, x: Tensor) -> Tensor:
        """One pathway alone."""
        for k in range(self.depths[pathway]):
            x = self[f"pathway{pathway}_res{k}"](x)
        return x
