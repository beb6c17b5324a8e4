r"""How a SlowFast network is laid out: `T x tau`, alpha and beta, on a ResNet.

    raw clip    T tau frames
    Slow        T frames, tau apart               C channels
    Fast        alpha T frames, tau / alpha apart     beta C channels
    link        Fast to Slow, after pool1, res2, res3 and res4: 2 beta C channels more for Slow

Both pathways keep the same height and width: Fast is cheap because it is thin. Neither of them
strides over time, so Slow has T frames and Fast alpha T down to the last stage.

Feichtenhofer et al., *SlowFast Networks for Video Recognition*, ICCV 2019, section 3 and Table 1.
"""

from dataclasses import dataclass

from vidcore.errors import ShapeError

STAGES = ("res2", "res3", "res4", "res5")
LINKS = ("pool1", "res2", "res3", "res4")  # where Fast joins Slow; none after res5
EXPANSION = 4  # a bottleneck's output is four times its inside
SLOW_KERNELS = (1, 1, 1, 3, 3)  # along time, conv1 to res5; section 3.4: early ones hurt Slow
FAST_KERNELS = (5, 3, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Layout:
    """One network, in the paper's letters; the defaults are the basic 4 x 16 on a ResNet-50.

    Parameters
    ----------
    slow
        T, frames of the Slow pathway.
    stride
        tau, raw frames between two Slow frames.
    alpha
        Fast frames for each Slow one; divides `stride`.
    beta_inv
        1 / beta: Slow's channels for each Fast one, rounded down.
    side
        Height and width of the frames, pixels.
    kernel
        Length of the link's convolution over time, in Fast frames.
    ratio
        Channels of a link for each channel of Fast.
    width
        C, channels of Slow's conv1.
    depths
        Blocks in each stage: (3, 4, 6, 3) is ResNet-50, (3, 4, 23, 3) ResNet-101.
    timed
        Blocks of each stage, from its first, whose kernels may reach along time: also at
        ResNet-101 no more than ResNet-50 has.
    classes
        Outputs.
    """

    slow: int = 4
    stride: int = 16
    alpha: int = 8
    beta_inv: int = 8
    side: int = 224
    kernel: int = 5
    ratio: int = 2
    width: int = 64
    depths: tuple[int, int, int, int] = (3, 4, 6, 3)
    timed: tuple[int, int, int, int] = (3, 4, 6, 3)
    classes: int = 400

    def __post_init__(self) -> None:
        counts = {name: getattr(self, name) for name in self.__slots__}
        for name, count in counts.items():
            if not isinstance(count, tuple) and count < 1:
                raise ShapeError(f"A SlowFast layout needs {name} of at least 1; got {count}.")
        if self.stride % self.alpha:
            raise ShapeError(
                f"Fast steps by stride / alpha, which must be whole; got {self.stride} / "
                f"{self.alpha}. Use a stride of {-(-self.stride // self.alpha) * self.alpha}."
            )

    @property
    def fast(self) -> int:
        """Frames of the Fast pathway, alpha T."""
        return self.alpha * self.slow

    @property
    def raw(self) -> int:
        """Frames of the raw clip, T tau."""
        return self.slow * self.stride


PUBLISHED = {  # facebookresearch/SlowFast, configs/Kinetics/c2: NUM_FRAMES is Fast's count
    "4×16, R50": Layout(),
    "8×8, R50": Layout(slow=8, stride=8, alpha=4, kernel=7),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The blocks of one stage: channels inside and out, the first kernel's length over time.

    `timed` blocks have that length, from the stage's first; it is 1 in the others.
    """

    depth: int
    inner: int
    out: int
    kernel: int
    timed: int

    def kernel_of(self, block: int) -> int:
        """Length over time of a block's first kernel."""
        return self.kernel if block < self.timed else 1


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway: conv1's channels and its length over time, then four stages."""

    stem: int
    stem_kernel: int
    stages: tuple[Stage, Stage, Stage, Stage]

    def channels(self) -> tuple[int, ...]:
        """Channels that leave pool1, res2, res3, res4, res5."""
        return self.stem, *(stage.out for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Link:
    """One lateral connection: its channels and its length over time."""

    out: int
    kernel: int


@dataclass(frozen=True, slots=True)
class Widths:
    """Every channel count and kernel of a network: what its weights' shapes tell."""

    slow: Pathway
    fast: Pathway
    links: tuple[Link, Link, Link, Link]
    classes: int

    def into_slow(self) -> tuple[int, ...]:
        """Channels that enter Slow's res2 to res5: what it made itself, and what Fast adds."""
        own = self.slow.channels()[:-1]
        return tuple(c + link.out for c, link in zip(own, self.links, strict=True))


def widths(layout: Layout) -> Widths:
    """Return the channel counts a layout stands for."""
    slow = _pathway(layout, 1, SLOW_KERNELS)
    fast = _pathway(layout, layout.beta_inv, FAST_KERNELS)
    a, b, c, d = (Link(layout.ratio * n, layout.kernel) for n in fast.channels()[:-1])
    return Widths(slow, fast, (a, b, c, d), layout.classes)


def _pathway(layout: Layout, thinner: int, kernels: tuple[int, int, int, int, int]) -> Pathway:
    def at_least_one(channels: int) -> int:
        return max(1, channels // thinner)

    stages = [
        Stage(
            depth,
            at_least_one(layout.width * 2**k),
            at_least_one(EXPANSION * layout.width * 2**k),
            kernels[1 + k],
            depth if kernels[1 + k] == 1 else min(depth, layout.timed[k]),
        )
        for k, depth in enumerate(layout.depths)
    ]
    a, b, c, d = stages
    return Pathway(at_least_one(layout.width), kernels[0], (a, b, c, d))
