"""Text finds video: where it goes, and InternVideo2's second stage live, in small."""

import streamlit as st

from pages import _kit
from pages._chapters import alignment as chapters
from pages._chapters import alignment_space as space
from pages._chapters import alignment_stages
from vidcore.media import Clip

CHAPTERS = {
    "Find a clip": chapters.find,
    "Say what it shows": chapters.describe,
    "What the space knows": space.actions,
    "The loss": space.loss,
    "Three stages": alignment_stages.stages,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="alignment")](clip)


_kit.opening(
    "Text finds video",
    "A clip and a sentence are numbers of different kinds. How do they get to be compared?",
)
body(_kit.pick_clip())
_kit.sources(
    "InternVideo2: Wang et al. 2024, sections 1 and 3",
    "contrastive pairs: van den Oord et al. 2018, Radford et al. 2021",
    "all that fits is right: Khosla et al. 2020",
    "recall: our model card, on our generated test clips",
)
