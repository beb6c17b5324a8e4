"""Optical flow: Horn-Schunck as it converges."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import flow as stages
from pages._stage.inspector import Symbol, equation, fraction, power, row
from vidcore import flow
from vidcore.figures import flow as figures
from vidcore.media import Clip, synthetic

CURVES = 24  # held for all visitors, a few kB each
UPDATE = equation(
    row(
        "{u} = {ubar} − {Ix}",
        fraction(
            "{Ix} {ubar} + {Iy} {vbar} + {It}",
            row(power("{alpha}"), "+", power("{Ix}"), "+", power("{Iy}")),
        ),
    ),
    [
        Symbol("u", "u after this sweep: motion right, in pixels"),
        Symbol("ubar", "The mean of u over the eight neighbours: what smoothness asks for"),
        Symbol("vbar", "The mean of v over the eight neighbours"),
        Symbol("Ix", "Ix: how much brighter it gets one pixel to the right; where 0, u = mean"),
        Symbol("Iy", "Iy: how much brighter it gets one pixel down, in grey levels"),
        Symbol("It", "It: how much brighter this place is in the next frame, in grey levels"),
        Symbol(
            "alpha", "α, one number: how much smoothness weighs against brightness", "<mi>α</mi>"
        ),
    ],
)


def smooth(clip: Clip) -> None:
    """Play the sweeps; weigh smoothness against brightness."""
    _smooth(clip)
    _kit.explain(
        "News travels one pixel a sweep: textured places know their motion at once, flat ones "
        "wait for it to arrive from their edges. The energy falls at every sweep, fast at first. "
        "The same smoothness runs across the boundary of what moves, where it is wrong: the true "
        "step becomes a slope, and a larger α makes it longer.",
        r"\begin{aligned} E = &\sum (I_x u + I_y v + I_t)^2 \\"
        r"&+ \alpha^2 \sum \left(|\nabla u|^2 + |\nabla v|^2\right) \end{aligned}",
        flow.horn_schunck,
    )


@st.fragment
def _smooth(clip: Clip) -> None:
    last = len(clip.frames) - 2
    with _kit.controls():
        first, second, third = st.columns(3)
        with first:
            alpha = st.select_slider(
                "Smoothness α", flow.ALPHAS, 0.1, **_kit.bound("flow_smoothness")
            )
        with second:
            sweeps = _kit.slider("Sweeps", 20, 300, 160, 20, key="flow_sweeps")
        with third:
            t = _kit.slider(
                "First frame", 0, last, last // 2, key=_kit.ranged("flow_smooth_t", last)
            )
    settings = flow.HornSchunck(alpha, sweeps)
    result = _kit.compute(flow.estimate, clip, t, settings, iterates=True)
    scene = _clip.truth()
    truth = None if scene is None else scene.flow[t]
    stages.sweeps(
        clip,
        t,
        result,
        settings,
        UPDATE,
        key="flow_sweeps_stage",
        truth=truth,
        point=flow.telling_point(result.flow if truth is None else truth),
    )
    left, right = _kit.halves(even=True)
    with left:
        _kit.plot(
            figures.energy_curve(result),
            key="flow_energy_plot",
            alt="The energy that Horn–Schunck minimises, falling with each sweep",
        )
    with right:
        if scene is None:
            st.info("The error for each α needs a scene whose true motion is known.")
        else:
            curve = errors(clip.digest, t, sweeps, scene)
            _kit.plot(
                figures.smoothness(curve, chosen=alpha),
                key="flow_alpha_plot",
                alt="The error for each smoothness, at motion boundaries and elsewhere",
            )


@st.cache_resource(max_entries=CURVES, show_spinner="Trying seven values of α…")
def errors(digest: str, t: int, sweeps: int, _scene: synthetic.Scene) -> flow.Smoothness:
    """Return the error for each alpha, computed once for each pair and number of sweeps."""
    prev, next_ = _scene.clip.frames[t : t + 2]
    return flow.smoothness_curve(prev, next_, _scene.flow[t], _scene.valid[t], iterations=sweeps)
