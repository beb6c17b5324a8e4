"""Optical flow: the aperture, made visible."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import flow as stages
from pages._stage.inspector import Symbol, equation, matrix, row
from vidcore import flow
from vidcore.media import Clip

VIEW = {"x": -1, "y": -1, "window": 5}
LESSON, OWN = "the article's square", "your clip"
CASES = ("Flat", "Edge", "Corner")
OWN_CASES = ("Flattest", "Most like an edge", "Most like a corner")  # a clip may have no flat one
NORMAL = equation(
    row(
        matrix(["{Sxx}", "{Sxy}"], ["{Sxy}", "{Syy}"]),
        matrix(["{u}"], ["{v}"]),
        "= −",
        matrix(["{Sxt}"], ["{Syt}"]),
    ),
    [
        Symbol("Sxx", "Sum of Ix Ix over the window: gradient to the right"),
        Symbol("Sxy", "Sum of Ix Iy over the window: whether the two gradients go together"),
        Symbol("Syy", "Sum of Iy Iy over the window: gradient down"),
        Symbol("Sxt", "Sum of Ix It over the window"),
        Symbol("Syt", "Sum of Iy It over the window"),
        Symbol("u", "u: the solution, motion right in pixels; blank where there is none"),
        Symbol("v", "v: the solution, motion down in pixels; blank where there is none"),
    ],
)


def aperture(clip: Clip) -> None:
    """Click a pixel: its window's constraints, where they meet, and what they cannot tell."""
    _aperture(clip)
    _kit.explain(
        "Every pixel of the window allows a line of motions. Flat: there is no line. Edge: all "
        "lines are the same one, and only the motion across the edge is known. Corner: the lines "
        "cross. A larger window turns edges into corners once it reaches around one, and then "
        "mixes what moves differently.",
        r"\begin{aligned} S &= \sum \nabla I\, \nabla I^\top \\"
        r"S\, e_i &= \lambda_i\, e_i, \quad \lambda_1 \ge \lambda_2 \ge 0 \end{aligned}",
        flow.apertures,
        flow.structure_tensor,
        flow.eigenvalues,
        flow.normal_flow,
    )


@st.fragment
def _aperture(clip: Clip) -> None:
    with _kit.controls(), st.container(horizontal=True, vertical_alignment="bottom"):
        own = _clip.own_chosen("Pair of frames", LESSON, OWN, key="flow_pair")
        last = len(clip.frames) - 2
        t = 0
        if own:
            t = _kit.slider("First frame", 0, last, last // 2, key=_kit.ranged("flow_pair_t", last))
    lesson = not own
    scene = flow.first_lesson() if lesson else _clip.truth()
    shown = flow.first_lesson().clip if lesson else clip
    windows = _kit.compute(flow.apertures, shown, t)
    cases = zip(CASES if lesson else OWN_CASES, windows.cases, strict=True)
    presets = ({"The article's pixel": flow.LESSON_POINT} if lesson else {}) | dict(cases)
    stages.aperture(
        windows,
        NORMAL,
        key="flow_aperture",
        content=f"{shown.digest} {t}",
        presets=presets,
        truth=None if scene is None else scene.flow[t],
        alt="A white square that moves right by 3 pixels" if lesson else _clip.caption(),
        view=_kit.opening_view("aperture", VIEW),
        on_view=_kit.remember("aperture", "flow_aperture", VIEW),
    )
    if lesson:
        st.info(
            "**The article's pixel (15, 17)**, row 15 and column 17, is called an object's edge "
            "where *u* should be positive. Its code prints *u* = 0.00, *v* = 0.00: the window lies "
            "on a straight edge, the determinant is exactly 0, the pixel is skipped and keeps the "
            "zero it was given. Zero then means both *still* and *unknown*; here such pixels are "
            "marked. Nor is it right elsewhere on this pair: of the 100 pixels the article's code "
            "decides, none lies within half a pixel of the true (3, 0), for one solve cannot reach "
            "3 pixels on a step edge. Try the corner.",
            icon=":material/fact_check:",
        )
