"""Page configuration and the order of pages; runs at every interaction, so nothing else."""

import streamlit as st

from pages import _controls, _kit
from pages._ideas import BACKGROUND, IDEAS

st.set_page_config(page_title="Video Understanding from Scratch", page_icon="▶️", layout="wide")
page = st.navigation(
    [
        st.Page("home.py", title="Start", icon=":material/play_circle:", default=True),
        *(
            st.Page(f"{idea.page}.py", title=idea.title, icon=f":material/{idea.icon}:")
            for idea in (*IDEAS, *BACKGROUND)
        ),
    ],
    expanded=True,  # else all beyond ten hide behind a click
    position="hidden" if _kit.presenting() else "sidebar",
)
_controls.carry(page.url_path)
page.run()
