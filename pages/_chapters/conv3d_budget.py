"""Convolution through time: what a stack of layers costs and how far it sees."""

from collections.abc import Callable

import streamlit as st

from pages import _kit
from vidcore import conv3d
from vidcore.figures import conv3d as figures
from vidcore.media import Clip

TIME_KERNELS = [1, 3, 5, 7]
MILLION, BILLION = 1e6, 1e9
Layers = tuple[conv3d.Layer, ...]
PUBLISHED: dict[str, Callable[[], Layers]] = {
    "C3D": lambda: conv3d.c3d(101),
    "R3D-18": lambda: conv3d.resnet18("r3d_18"),
    "MC3-18": lambda: conv3d.resnet18("mc3_18"),
    "R(2+1)D-18": lambda: conv3d.resnet18("r2plus1d_18"),
}
OWN = "your own"


def budget(clip: Clip) -> None:
    """What a stack costs and how far it sees."""
    _kit.predict(
        "C3D has eight convolutions and three dense layers, 101 classes. Of its weights the "
        "first two dense layers hold about…",
        ["a tenth", "a third", "two thirds"],
        _dense_share(),
        "8192 × 4096 and 4096 × 4096 weights, and their biases.",
        key="conv3d_budget",
    )
    _budget(clip)
    _kit.explain(
        "C3D's weights lie in its two wide dense layers, its work in the convolutions. MC3 drops "
        "time after the first stage: a third of R3D's weights for as many multiply-adds. A stride "
        "doubles how fast the view grows; without one, 3 × 3 × 3 layers add two frames each. "
        "Shifting an eighth of the channels to the next frame and an eighth to the one before "
        "(TSM) lets a 2-D network see three frames for no weight and no multiply-add: 70.6 to "
        "74.1 % on Kinetics.",
        r"\begin{aligned} \text{sees} &= 1 + \textstyle\sum_l (k_l - 1) \prod_{m<l} s_m \\ "
        r"\text{MACs} &= T'H'W'\, C_{out} C_{in}\, k_T k_H k_W \end{aligned}",
        conv3d.budget,
        conv3d.c3d,
        conv3d.temporal_shift,
    )


@st.fragment
def _budget(clip: Clip) -> None:
    left, right = _kit.halves(even=True)
    with left:
        with _kit.controls():
            name, layers = _stack()
            a, b = st.columns(2)
            with a:
                frames = _kit.slider("Frames in", 4, 64, 16, 4, key="conv3d_frames")
            with b:
                size = _kit.slider("Pixels in", 64, 224, 112, 16, key="conv3d_size")
        bill = _kit.compute(billed, clip, layers, frames=frames, size=size)
        _totals(bill)
        if name == "C3D":
            st.caption(_two_thirds(bill))
        if name == "R(2+1)D-18":
            st.caption(
                "As torchvision lays it out, with one middle width for a block's two pairs. Its "
                "authors' has one for each: 33.3 M weights, and 41.5 GFLOPs against R3D's 40.7."
            )
    with right:
        _figures(bill)


def _stack() -> tuple[str, Layers]:
    """Ask for a published stack, or offer the builder."""
    name = st.segmented_control(
        "Stack",
        [*PUBLISHED, OWN],
        default="C3D",
        required=True,
        **_kit.bound("conv3d_stack"),
    )
    return str(name), _own() if name == OWN else PUBLISHED[str(name)]()


def _totals(bill: conv3d.Budget) -> None:
    """Sum the bill up, and say how far the last convolution sees."""
    seen = [row for row in bill.rows if row.kind == "conv"][-1]
    _kit.numbers(
        Parameters=f"{bill.parameters / MILLION:.2f} M",
        of_them_dense=f"{bill.of_kind('dense') / MILLION:.2f} M",
        One_clip=f"{bill.multiply_adds / BILLION:.1f} GMACs",
    )
    _kit.numbers(
        **{
            "The last convolution sees": f"{seen.frames} frames, {seen.seconds:.2f} s",
            "and": f"{seen.pixels} × {seen.pixels} pixels",
            "Its output": " × ".join(map(str, seen.shape)),
        }
    )


def _two_thirds(bill: conv3d.Budget) -> str:
    """Count C3D's two wide dense layers out."""
    two = sum(row.parameters for row in bill.rows if row.name in ("fc6", "fc7"))
    return (
        f"fc6 and fc7 hold {two / MILLION:.1f} of {bill.parameters / MILLION:.1f} million; "
        "the published size is 16 × 112 × 112."
    )


def _figures(bill: conv3d.Budget) -> None:
    """Draw how far each layer sees, and what it costs."""
    _kit.plot(
        figures.reach(bill),
        key="conv3d_reach",
        alt="Frames and pixels that one output sees, layer by layer",
    )
    what = st.segmented_control(
        "Bill",
        ["parameters", "multiply-adds"],
        default="parameters",
        required=True,
        **_kit.bound("conv3d_bill"),
    )
    _kit.plot(
        figures.bill(bill, str(what).replace("-", "_")),
        key="conv3d_bill_plot",
        alt=f"{what} of each layer",
    )


def billed(clip: Clip, layers: Layers, *, frames: int, size: int) -> conv3d.Budget:
    """Bill a stack at the clip's rate."""
    return conv3d.budget(layers, frames=frames, size=size, fps=clip.fps)


def _own() -> Layers:
    """Offer the stack builder."""
    a, b = st.columns(2)
    with a:
        depth = _kit.slider("Layers", 1, 10, 5, key="conv3d_depth")
        time = st.segmented_control(
            "Kernel in time", TIME_KERNELS, default=3, required=True, **_kit.bound("conv3d_time")
        )
        halve_time = _kit.slider("Halve time every … layers (0: never)", 0, 5, 2, key="conv3d_ht")
    with b:
        width = _kit.slider("Channels of the first", 8, 128, 32, 8, key="conv3d_width")
        space = st.segmented_control(
            "Kernel in space", TIME_KERNELS, default=3, required=True, **_kit.bound("conv3d_space")
        )
        halve_space = _kit.slider("Halve space every … layers (0: never)", 0, 5, 1, key="conv3d_hs")
    return conv3d.stack(
        depth=depth,
        time=int(time or 3),
        space=int(space or 3),
        width=width,
        halve_time=halve_time,
        halve_space=halve_space,
    )


@st.cache_data(show_spinner=False)
def _dense_share() -> str:
    """Divide the bill."""
    bill = conv3d.budget(conv3d.c3d(101))
    share = sum(r.parameters for r in bill.rows if r.name in ("fc6", "fc7")) / bill.parameters
    shares = {"a tenth": 0.1, "a third": 1 / 3, "two thirds": 2 / 3}
    return min(shares, key=lambda name: abs(shares[name] - share))
