"""RAFT inside: compare everything once, then correct again and again."""

import streamlit as st

from pages import _kit
from pages._chapters import raft as chapters
from pages._chapters import raft_measured as measured
from vidcore.media import Clip

CHAPTERS = {
    "All pairs": chapters.matching,
    "Corrections": chapters.corrections,
    "Enlarging": chapters.enlarging,
    "Against the classics": measured.against,
    "How it learned": measured.learned,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="raft")](clip)


_kit.opening(
    "RAFT, from the inside",
    "Compare every place with every place once, then correct one field again and again: the loop "
    "of the classics stays, its parts are learned. Look at what it sees.",
)
body(_kit.pick_clip())
_kit.sources(
    "RAFT: Teed & Deng 2020, and their code for 12 corrections",
    "the step inside: Lucas & Kanade 1981",
    "FlyingChairs: Dosovitskiy et al. 2015",
    "RubberWhale: Baker et al. 2011",
)
