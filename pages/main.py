"""Page configuration and the order of pages; runs at every interaction, so nothing else."""

import streamlit as st

from pages import _kit

st.set_page_config(page_title="Video Understanding from Scratch", page_icon="▶️", layout="wide")
page = st.navigation(
    [
        st.Page("home.py", title="Start", icon=":material/play_circle:", default=True),
        st.Page("motion.py", title="What makes video hard", icon=":material/swap_horiz:"),
        st.Page(
            "sampling.py", title="Which frames does a model see?", icon=":material/view_timeline:"
        ),
        st.Page("flow.py", title="Where did every pixel go?", icon=":material/near_me:"),
        st.Page("raft.py", title="RAFT, from the inside", icon=":material/all_inclusive:"),
        st.Page("conv3d.py", title="A kernel through time", icon=":material/view_in_ar:"),
        st.Page("twostream.py", title="What it is, and how it moves", icon=":material/call_split:"),
        st.Page("slowfast.py", title="Two clocks", icon=":material/schedule:"),
        st.Page("attention.py", title="Which patches look at which?", icon=":material/hub:"),
        st.Page(
            "videomae.py",
            title="Hide nine tenths, predict the rest",
            icon=":material/visibility_off:",
        ),
        st.Page("alignment.py", title="Text finds video", icon=":material/manage_search:"),
        st.Page("sources.py", title="Sources", icon=":material/menu_book:"),
        st.Page("about.py", title="About", icon=":material/info:"),
    ],
    expanded=True,  # else all beyond ten hide behind a click
    position="hidden" if _kit.presenting() else "sidebar",
)
page.run()
