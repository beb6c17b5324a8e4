"""Convolution through time, chapter by chapter: inflation and pairs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import _kit
from pages._chapters.conv3d_measured import against_full
from pages._measured import measured
from vidcore import conv3d
from vidcore.conv3d.inflation import OFF, Rows
from vidcore.conv3d.pairs import BETWEEN, FULL, TWO
from vidcore.conv3d.workshop import OPENING
from vidcore.figures import conv3d as figures
from vidcore.media import Clip

PLANE = "conv3d_plane"
LENGTH = 16  # frames of a frozen clip: what C3D and our networks see
LAYERS = (1, 2, 4, 8)
TIME_KERNELS = [1, 3, 5, 7]
DEPTH_FRAMES = 32  # long enough for eight layers' damage to end before the middle
BILLION = 1e9


# ---- inflation --------------------------------------------------------------------------------
def inflation(clip: Clip) -> None:
    """An image filter becomes a video filter."""
    gain = conv3d.temporal_gain(16, 3, "zero")
    _kit.predict(
        "Repeat an edge filter over 3 frames and divide by 3. On a clip of 16 equal frames, "
        "with zeros before and after it, how many frames get another answer than in 2-D?",
        ["none", "2", "4", "all"],
        str(np.count_nonzero(gain < 1 - OFF)),
        "The first and the last: there one of the three taps reads a zero.",
        key="conv3d_inflation",
    )
    _inflation(clip)
    _kit.explain(
        "On a frozen clip the inflated filter says what the 2-D one says, as long as it lies "
        "inside the clip. Zero padding in time, which the released I3D uses everywhere, takes "
        "taps away at both ends: with 3 taps 2/3 is left, and every further layer spreads the "
        "loss. I3D still gained from it: 68.4 % on Kinetics without ImageNet weights, 71.1 % "
        "with them.",
        r"\begin{aligned} k_3(a, b, c) &= k_2(b, c) \,/\, k_T \\ "
        r"g(t) &= \#\{\text{taps inside at } t\} \,/\, k_T "
        r"\end{aligned}",
        conv3d.inflate,
        conv3d.compare_inflated,
        conv3d.temporal_gain,
    )


@st.fragment
def _inflation(clip: Clip) -> None:
    planes = conv3d.planes()
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            plane = planes[str(st.selectbox("2-D filter", list(planes), **_kit.bound(PLANE)))]
            how = _how()
        _stacked(how)
    with left:
        _inflated(clip, plane, how)


@st.fragment
def _inflated(clip: Clip, plane: Rows, how: Mapping[str, Any]) -> None:
    """Show both filters' answers; on its own, so that choosing a frame draws only this."""
    slot = st.container()
    with _kit.controls("when"):
        when = _when(len(clip.frames))
    result = _kit.compute(conv3d.compare_inflated, clip, plane, length=LENGTH, **how, **when)
    with slot:
        _kit.plot(
            figures.inflation_film(result),
            key="conv3d_inflation_film",
            alt="Answers of the 2-D filter, of its inflation, and their difference, frame by frame",
        )
        _kit.plot(
            figures.frame_gain(result),
            key="conv3d_inflation_gain",
            alt="Share of the 2-D answer that is left in each frame",
        )
    _kit.numbers(
        Largest_difference=f"{result.difference.max(initial=0):.1e}",
        Frames_that_differ=f"{result.frames_off} of {len(result.worst)}",
        Left_at_the_first=f"{result.gain[0]:.1%}",
    )


def _how() -> dict[str, Any]:
    """Ask how the filter is inflated."""
    a, b = st.columns(2)
    kT = a.segmented_control(
        "Frames", TIME_KERNELS, default=3, required=True, **_kit.bound("conv3d_inflate_to")
    )
    how = b.segmented_control(
        "Inflate by",
        ["mean", "centre"],
        default="mean",
        required=True,
        **_kit.bound("conv3d_how"),
    )
    padding = st.segmented_control(
        "Borders in time",
        list(conv3d.PADDINGS),
        default="zero",
        required=True,
        **_kit.bound("conv3d_inflate_padding"),
    )
    return {"kT": kT, "how": str(how), "padding": str(padding)}


def _when(T: int) -> dict[str, Any]:
    """Ask which frame of the clip stands still, or where it starts to run."""
    a, b = st.columns(2, vertical_alignment="bottom")
    frozen = a.toggle("Freeze the clip", True, **_kit.bound("conv3d_frozen"))
    with b:
        label, key = "at frame" if frozen else "from frame", _kit.ranged("conv3d_still", T - 1)
        return {"frozen": frozen, "t": _kit.slider(label, 0, T - 1, 0, key=key)}


def _stacked(how: Mapping[str, Any]) -> None:
    """Show how the border's loss grows with every layer."""
    gains = {
        n: _kit.run(conv3d.temporal_gain, DEPTH_FRAMES, layers=n, **how)
        for n in LAYERS
        if how["padding"] != "valid" or n * (how["kT"] - 1) < DEPTH_FRAMES
    }
    st.markdown(f"**Stacked:** the same border, up to {max(gains)} layers deep, on a still clip")
    _kit.plot(
        figures.stacked_gain(gains),
        key="conv3d_inflation_stack",
        alt="Share of the 2-D answer left after one, two, four and eight layers",
    )


# ---- pairs ------------------------------------------------------------------------------------
def factorise(clip: Clip) -> None:
    """Space, then time."""
    _kit.predict(
        "Split the detector of edges moving right into its best filter in space followed by "
        "its best filter in time. Shown a pattern that moves left, this pair answers…",
        ["less than to one moving right", "just as much", "not at all"],
        _pair_answers(),
        "The product of a filter in space and one in time cannot know which way.",
        key="conv3d_pairs",
    )
    _factorise(clip)
    _layer_costs()
    st.markdown(against_full(measured(("c3d", "r2plus1d"))))
    _kit.explain(
        "One pair without the ReLU is one kernel of rank 1, and blind to direction: its answer to "
        "a drift and to the reverse are equal, however it is trained. Two pairs can tell them "
        "apart. R(2+1)D is not cheaper: its middle width is chosen for equal weights, and its "
        "published cost is as high or a little higher. It used the same budget better: +3.0 points "
        "on Kinetics over R3D with 8 frames, +3.8 with 16 (18 layers, video top-1), and a lower "
        "training error too. How our own small networks compare is said above.",
        r"\begin{aligned} k &= \textstyle\sum_r \sigma_r\, u_r v_r^{\top} \\ M &= \left\lfloor "
        r"\frac{k_T\, k^2\, C_{in} C_{out}}{k^2\, C_{in} + k_T\, C_{out}} \right\rfloor "
        r"\end{aligned}",
        conv3d.separate,
        conv3d.r2plus1d,
        conv3d.midplanes,
        conv3d.tune,
        conv3d.compare_pairs,
    )


@st.fragment
def _factorise(clip: Clip) -> None:
    titles = [conv3d.title(named) for named in conv3d.offered()]
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            kernel = st.selectbox(
                "Kernel", titles, titles.index(OPENING), **_kit.bound("conv3d_split")
            )
        result = _kit.compute(conv3d.compare_pairs, clip, kernel=str(kernel))
        _kit.plot(
            figures.energy_kept(result.separation, result.affordable),
            key="conv3d_energy",
            alt="Share of the kernel's energy kept by one, two and three separable pairs",
        )
        st.caption(
            f"27 weights pay for {result.affordable} pairs of 12. This kernel needs "
            f"{result.separation.needed()} for 99 % of its energy; a random one keeps about 6 "
            "tenths in the first."
        )
    with left:
        _kit.plot(
            figures.direction_tuning(result.tunings),
            key="conv3d_tuning",
            alt="Answer to drifting gratings against their direction, for the kernel and its pairs",
        )
        _kit.plot(
            figures.film(result.answers, frames=result.frames.tolist()),
            key="conv3d_pairs_film",
            alt="Answers on your clip: the kernel, and one and two pairs without and with a ReLU",
        )
        even = result.even
        chosen = {name: f"{tuned.selectivity:.2f}" for name, tuned in result.tunings.items()}
        _kit.numbers(**{f"Selective, {name}": value for name, value in chosen.items()})
        _kit.numbers(
            **{
                f"Same on the negative: {FULL}": f"{even[FULL]:.0%}",
                f"{TWO}{BETWEEN}": f"{even[TWO + BETWEEN]:.0%}",
            }
        )
        st.caption(
            "What the ReLU adds, for two pairs, whose 24 weights are what one kernel's 27 pay "
            "for: a linear answer turns its sign with the picture's. With the ReLU between, part "
            "of it stays, and no sum of linear kernels can do that."
        )


@st.cache_data(show_spinner=False)
def _pair_answers() -> str:
    """Ask the pair itself."""
    pair = conv3d.separate(conv3d.kernel_of(OPENING)).kernel(1)
    blind = conv3d.tune(pair).selectivity < 1e-9
    return "just as much" if blind else "less than to one moving right"


@st.fragment
def _layer_costs() -> None:
    st.subheader("A whole layer, at equal weights", anchor=False)
    with _kit.controls("layer"):
        a, b = st.columns(2)
        with a:
            c_in = _kit.slider("Channels in", 8, 512, 64, 8, key="conv3d_c_in")
        with b:
            c_out = _kit.slider("Channels out", 8, 512, 64, 8, key="conv3d_c_out")
    middle = conv3d.midplanes(c_in, c_out)
    size = {"channels": c_in, "frames": LENGTH, "size": 56}
    full = _kit.run(conv3d.budget, [conv3d.Conv("3-D", c_out, norm=True)], **size)
    pair = _kit.run(
        conv3d.budget,
        [
            conv3d.Conv("space", middle, (1, 3, 3), norm=True),
            conv3d.Conv("time", c_out, (3, 1, 1), norm=True),
        ],
        **size,
    )
    _kit.numbers(
        **{
            "Middle width M": f"{middle:,}",
            "Weights, 3 × 3 × 3": f"{full.parameters - 2 * c_out:,}",
            "Weights, 1 × 3 × 3 and 3 × 1 × 1": f"{pair.parameters - 2 * c_out - 2 * middle:,}",
            "Multiply-adds (16 × 56 × 56)": f"{full.multiply_adds / BILLION:.2f} G",
            "of the pair": f"{pair.multiply_adds / BILLION:.2f} G",
            "ReLUs": "1 against 2",
        }
    )
