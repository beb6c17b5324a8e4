"""SlowFast: two clocks."""

import streamlit as st

from pages import _kit
from pages._chapters import slowfast as chapters
from pages._chapters import slowfast_trained as trained
from vidcore.media import Clip

CHAPTERS = {
    "Two clocks": chapters.two_clocks,
    "What each costs": chapters.what_each_costs,
    "One-way links": chapters.links,
    "What each fires on": trained.fires_on,
    "Cut it": trained.cut,
    "Only Fast can tell": trained.only_fast,
    "As published": chapters.published,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="slowfast")](clip)


_kit.opening(
    "Two clocks",
    "What a thing is changes slowly, how it moves changes fast. So look twice: seldom with many "
    "channels, often with few.",
)
body(_kit.pick_clip())
_kit.sources(
    "Feichtenhofer, Fan, Malik, He 2019, sections 3 and 4, Tables 1, 2 and 5",
    "facebookresearch/SlowFast: configs, MODEL_ZOO, loader",
    "trained networks: their cards",
)
