r"""What each pathway costs, layer by layer, from the shapes alone.

    parameters      kt k k C_in C_out  (+ 2 C_out of its norm)
    multiply-adds   kt k k C_in C_out  x  T H W of its output

Fast has alpha times as many frames and 1 / beta times fewer channels on both sides of its kernels,
so it costs about alpha beta^2 of Slow: the frames are linear, the channels quadratic.

Agrees exactly with the counts of the released networks: 34,480,216 parameters and 27,638,665,216
multiply-adds for 4 x 16 on ResNet-50 at 224 pixels, and 36.1 billion at 256, which the paper prints
as GFLOPs (Table 5a).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vidcore.slowfast.layout import LINKS, STAGES, Layout, Link, Pathway, Widths, widths

PATHWAYS = ("Slow", "Fast", "Link", "Head")


@dataclass(frozen=True, slots=True)
class Layer:
    """One convolution, or the head: kernel `(kt, k, k)`, output `(c_out, T, side, side)`."""

    pathway: str
    stage: str
    c_in: int
    c_out: int
    kt: int
    k: int
    T: int
    side: int

    @property
    def kernel(self) -> int:
        """Weights of the kernel."""
        return self.kt * self.k**2 * self.c_in * self.c_out

    @property
    def parameters(self) -> int:
        """Weights of the kernel, and scale and shift of its norm; the head has a bias instead."""
        return self.kernel + (1 if self.pathway == "Head" else 2) * self.c_out

    @property
    def multiply_adds(self) -> int:
        """One for every weight, at every place of the output."""
        return self.kernel * self.T * self.side**2


@dataclass(frozen=True, slots=True)
class Cost:
    """Every layer of a network."""

    layout: Layout
    layers: tuple[Layer, ...]

    def parameters(self, *pathways: str) -> int:
        """Parameters of the pathways named, or of all."""
        return sum(layer.parameters for layer in self._of(pathways))

    def multiply_adds(self, *pathways: str, stage: str | None = None) -> int:
        """Multiply-adds of the pathways named, or of all; of one stage where one is named."""
        chosen = (layer for layer in self._of(pathways) if stage in {None, layer.stage})
        return sum(layer.multiply_adds for layer in chosen)

    def share(self, *pathways: str) -> float:
        """Share of all multiply-adds, in [0, 1]."""
        return self.multiply_adds(*pathways) / self.multiply_adds()

    def _of(self, pathways: tuple[str, ...]) -> Iterator[Layer]:
        return (layer for layer in self.layers if not pathways or layer.pathway in pathways)


def cost(layout: Layout, *, only: str | None = None, links: bool = True) -> Cost:
    """Count a network's parameters and multiply-adds for one clip.

    Parameters
    ----------
    only
        "Slow" or "Fast": that pathway as a network of its own.
    links
        Whether Fast joins Slow before the head.
    """
    of = widths(layout)
    if only or not links:
        none = Link(0, layout.kernel)
        of = replace(of, links=(none, none, none, none))
    made = [
        *([] if only == "Fast" else _pathway("Slow", of.slow, of.into_slow(), layout)),
        *([] if only == "Slow" else _pathway("Fast", of.fast, of.fast.channels()[:-1], layout)),
        *_links(of, layout),
        _head(of, layout, only),
    ]
    return Cost(layout, tuple(made))


def _pathway(name: str, pathway: Pathway, enters: tuple[int, ...], at: Layout) -> Iterator[Layer]:
    """Yield conv1 and the blocks of res2 to res5; `enters` are the channels each stage is given."""
    T = at.fast if name == "Fast" else at.slow
    yield Layer(name, "conv1", 3, pathway.stem, pathway.stem_kernel, 7, T, halved(at.side, 1))
    for k, (stage, shape) in enumerate(zip(STAGES, pathway.stages, strict=True)):
        inner, out = shape.inner, shape.out
        before, after = halved(at.side, max(2, 1 + k)), halved(at.side, 2 + k)
        yield Layer(name, stage, enters[k], out, 1, 1, T, after)  # branch1, the shortcut
        for block in range(shape.depth):
            c_in, side = (out, after) if block else (enters[k], before)
            yield Layer(name, stage, c_in, inner, shape.kernel_of(block), 1, T, side)
            yield Layer(name, stage, inner, inner, 1, 3, T, after)  # the first of a stage strides
            yield Layer(name, stage, inner, out, 1, 1, T, after)


def _links(of: Widths, at: Layout) -> Iterator[Layer]:
    for k, (name, link) in enumerate(zip(LINKS, of.links, strict=True)):
        if link.out:
            c_in, side = of.fast.channels()[k], halved(at.side, max(2, 1 + k))
            yield Layer("Link", name, c_in, link.out, link.kernel, 1, at.slow, side)


def _head(of: Widths, at: Layout, only: str | None) -> Layer:
    pooled = {"Slow": of.slow.stages[-1].out, "Fast": of.fast.stages[-1].out}
    c_in = pooled[only] if only else sum(pooled.values())
    return Layer("Head", "head", c_in, at.classes, 1, 1, 1, 1)


def halved(side: int, times: int) -> int:
    """Return a side after strides of 2 with padding: rounded up each time."""
    for _ in range(times):
        side = -(-side // 2)
    return side
