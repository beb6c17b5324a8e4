"""Optical flow, chapter by chapter: the visualizer, and where the linear picture breaks."""

import streamlit as st

from pages import _kit
from pages._stage import flow as stages
from pages._stage.inspector import Symbol, equation, row
from vidcore import flow
from vidcore.figures import flow as figures
from vidcore.media import Clip

VIEW = {
    "u": "3.0",
    "v": "-1.0",
    "object": "disc",
    "show": "flow",
    "window": 9,
    "alpha": "0.1",
    "t": 0,
}
CURVES = 24  # held for all visitors, a few kB each
CONSTANCY = equation(
    row("{Ix} {u} + {Iy} {v} + {It} = {rest}"),
    [
        Symbol("Ix", "Ix: how much brighter it gets one pixel to the right, in grey levels"),
        Symbol("Iy", "Iy: how much brighter it gets one pixel down, in grey levels"),
        Symbol("It", "It: how much brighter this place is in frame 2, in grey levels"),
        Symbol("u", "u: motion to the right, in pixels, by the method you point at"),
        Symbol("v", "v: motion down, in pixels, by the method you point at"),
        Symbol(
            "rest",
            "0 is asked for; this is what the motion leaves, in grey levels",
            "<mn>0</mn>",
        ),
    ],
)


def visualizer(clip: Clip) -> None:
    """Drag a velocity; every method answers while it is dragged."""
    _stage(clip)
    st.divider()
    _breaking()
    _kit.explain(
        "Drag slowly outwards. Up to a pixel or two all agree; then one step falls back towards "
        "nothing, although brightness is constant to the last digit: not constancy breaks but the "
        "straight line through the brightness. Looking again where the answer points (iterated) "
        "goes further, and a halved image makes a fast motion slow (coarse to fine). On a plain "
        "disc only the edge speaks.",
        r"I_2(x + d) = I_1(x) \ \Rightarrow\ "
        r"\nabla I \cdot d + I_t = \underbrace{O(|d|^2)}_{\text{dropped}}",
        flow.lucas_kanade,
        flow.pyramidal_lucas_kanade,
        flow.horn_schunck,
        flow.speed_curve,
    )


@st.fragment
def _stage(clip: Clip) -> None:
    stages.visualizer(
        clip,
        CONSTANCY,
        key="flow_visualizer",
        view=_kit.opening_view("flow", VIEW),
        on_view=_kit.remember("flow", "flow_visualizer", VIEW),
    )


@st.fragment
def _breaking() -> None:
    left, right = _kit.halves()
    with right:
        st.subheader("Where does it break?", anchor=False)
        with _kit.controls():
            window = _kit.slider("Window (pixels)", 5, 31, 9, 2, key="flow_window_curve")
            blur = _kit.slider(
                "Blur both frames first (pixels)",
                0.0,
                6.0,
                0.0,
                0.5,
                key="flow_blur",
                help="Standard deviation of a Gaussian. A coarser image has longer waves.",
            )
        speeds = curve(window, blur)
        said = speeds.estimated["one step"][list(speeds.true).index(ASKED)]
        _kit.predict(
            f"A texture pans by {ASKED:.0f} pixels. One Lucas–Kanade step says about…",
            list(GUESSES),
            min(GUESSES, key=lambda guess: abs(GUESSES[guess] - said)),
            f"It finds {said:.2f}: a straight line through brightness is no longer the brightness.",
            key="flow_break",
        )
        _kit.numbers(
            **{
                f"{name} is right up to".capitalize(): f"{speeds.reach(name):.1f} px"
                for name in ("one step", "iterated", "coarse to fine")
            }
        )
        st.caption(
            "Right: within 0.2 pixels, or a fifth of the speed. A larger window moves the limit "
            "little; blur moves it far, which is what a pyramid lives on."
        )
    with left:
        _kit.plot(
            figures.speeds(speeds.true, speeds.estimated),
            key="flow_speeds_plot",
            alt="Estimated against true speed of a panning texture, one line for each method",
        )


ASKED = 6.0  # pixels per frame: well beyond one step
GUESSES = {"6 pixels": 6.0, "2 pixels": 2.0, "nothing": 0.0}


@st.cache_resource(max_entries=CURVES, show_spinner="Panning a texture at 25 speeds…")
def curve(window: int, blur: float) -> flow.Speeds:
    """Return the speed curves, computed once for each setting."""
    return flow.speed_curve(window=window, blur=blur)
