"""Which frames does a model see?"""

import streamlit as st

from pages import _kit
from pages._chapters import sampling as chapters
from vidcore.media import Clip

CHAPTERS = {
    "Timeline": chapters.timeline,
    "Aliasing": chapters.aliasing,
    "What falls between": chapters.hits,
    "Views": chapters.views,
    "Consensus": chapters.consensus,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="sampling")](clip)


_kit.opening(
    "Which frames does a model see?",
    "Before any network runs, somebody decides which frames it gets. The rest never happened.",
)
body(_kit.pick_clip())
_kit.sources(
    "C3D: Tran et al. 2015",
    "TSN: Wang et al. 2016, Tables 3 and 6; tsn-pytorch",
    "SlowFast: Feichtenhofer et al. 2019, sections 3.1 and 3.2, Table 1",
)
