"""Two streams: appearance and motion, apart and fused."""

import streamlit as st

from pages import _kit
from pages._chapters import twostream as chapters
from pages._chapters import twostream_bias, twostream_changes, twostream_cost, twostream_learned
from vidcore.media import Clip

CHAPTERS = {
    "Two opinions": chapters.opinions,
    "Flow as an image": chapters.stack,
    "Who knows what": twostream_learned.matrix,
    "Break it": twostream_changes.break_it,
    "Scene bias": twostream_bias.leak,
    "First filters": twostream_learned.filters,
    "Cost and facts": twostream_cost.cost,
}


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    CHAPTERS[_kit.chapters(list(CHAPTERS), key="twostream")](clip)


_kit.opening(
    "What it is, and how it moves",
    "One network sees single frames, another only motion. Whom do you believe?",
)
body(_kit.pick_clip())
_kit.sources(
    "two streams: Simonyan and Zisserman 2014, Tables 1 and 4",
    "layers: Chatfield et al. 2014",
    "flow for 3D networks: Carreira and Zisserman 2017, Feichtenhofer et al. 2019, Table 2",
    "scene bias: Choi et al. 2019",
)
