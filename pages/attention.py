"""Which patches look at which: the attention of video transformers, to point at."""

import streamlit as st

from pages import _kit
from pages._chapters import attention as chapters
from pages._chapters.attention_explorer import explorer
from vidcore.media import Clip

CHAPTERS = {
    "Explorer": explorer,
    "Complexity": chapters.complexity,
    "What it learned": chapters.objectives,
    "What the papers report": chapters.published,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="attention")](clip)


_kit.opening(
    "Which patches look at which?",
    "A transformer lets every patch of a clip ask all the others. Point at one, and see whom it "
    "asks.",
)
body(_kit.pick_clip())
_kit.sources(
    "TimeSformer: Bertasius et al. 2021, Tables 1 and 4",
    "ViViT: Arnab et al. 2021, Tables 2, 4 and 5a",
    "copying colour: Vondrick et al. 2018",
    "rollout: Abnar & Zuidema 2020",
)
