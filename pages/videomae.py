"""VideoMAE: hide nine tenths, predict the rest."""

import streamlit as st

from pages import _kit
from pages._chapters import videomae as chapters
from pages._chapters import videomae_gains as gains
from vidcore.media import Clip

CHAPTERS = {
    "Hide and predict": chapters.predict,
    "What leaks": chapters.leaks,
    "Time saved": gains.savings,
    "Targets": gains.targets,
    "Few labels": gains.labels,
    "As published": gains.published,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="videomae")](clip)


_kit.opening(
    "Hide nine tenths, predict the rest",
    "No labels, only pixels: what must a network know about a clip to fill in what it cannot see?",
)
body(_kit.pick_clip())
_kit.sources(
    "Tong et al. 2022, arXiv 2203.12602",
    "MCG-NJU/VideoMAE for the masks and the layout",
    "masked images at 75 %: He et al. 2022",
)
