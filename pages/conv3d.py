"""A kernel with a third axis: convolution through time, inflation, pairs, and the bill."""

import streamlit as st

from pages import _kit
from pages._chapters import conv3d as chapters
from pages._chapters import conv3d_budget as bill
from pages._chapters import conv3d_trained as trained
from pages._chapters import conv3d_workshop as workshop
from vidcore.media import Clip

CHAPTERS = {
    "Kernel workshop": workshop.workshop,
    "Inflation": chapters.inflation,
    "Factorise": chapters.factorise,
    "Budget": bill.budget,
    "Trained": trained.trained,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="conv3d")](clip)


_kit.opening(
    "A kernel through time",
    "An image filter sees one frame. What can it find once it sees three?",
)
body(_kit.pick_clip())
_kit.sources(
    "C3D: Tran et al. 2015",
    "inflation: Carreira & Zisserman 2017, third version of 1705.07750",
    "Kinetics: Kay et al. 2017",
    "R(2+1)D: Tran et al. 2018 and the released models of facebookresearch/VMZ",
    "TSM: Lin et al. 2019",
    "direction from two pairs: Adelson & Bergen 1985",
)
