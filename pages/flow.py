"""Optical flow: where did every pixel go? The classical methods, each beside the truth."""

import streamlit as st

from pages import _kit
from pages._chapters import flow as chapters
from pages._chapters import flow_aperture, flow_clip, flow_smooth
from vidcore.media import Clip

CHAPTERS = {
    "Drag the motion": chapters.visualizer,
    "The aperture": flow_aperture.aperture,
    "Horn–Schunck": flow_smooth.smooth,
    "Your clip": flow_clip.own,
    "Measured": flow_clip.measured,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="flow")](clip)


_kit.opening(
    "Where did every pixel go?",
    "One equation for each pixel, two unknowns. Every method below is a way out of that: drag the "
    "arrow, and see how far each of them follows.",
)
body(_kit.pick_clip())
_kit.sources(
    "Lucas & Kanade 1981",
    "Horn & Schunck 1981",
    "pyramids: Bouguet 2000",
    "colours and RubberWhale: Baker et al. 2011",
    "forward-backward: Sundaram et al. 2010",
)
