"""What makes video hard: order, redundancy, differences, space-time slices."""

import streamlit as st

from pages import _kit
from pages._chapters import motion as chapters
from vidcore.media import Clip

CHAPTERS = {
    "Order": chapters.order,
    "Differences": chapters.differences,
    "Redundancy": chapters.redundancy,
    "Space-time slice": chapters.space_time,
    "Long range": chapters.long_range,
    "Layout": chapters.layout,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="motion")](clip)


_kit.opening(
    "What makes video hard",
    "A throw and a catch can hold the same pictures. What is in a video that is in no frame?",
)
body(_kit.pick_clip())
_kit.sources(
    "order tests: Wei et al. 2018, Sevilla-Lara et al. 2021",
    "attention over time: Bertasius et al. 2021, Table 1",
    "16-frame clips: Tran et al. 2015",
)
