"""The map of ideas on the start page: a moving picture and a link for every page."""

from dataclasses import asdict

import streamlit as st

from pages._ideas import BACKGROUND, GROUPS, IDEAS
from pages._previews import MOMENTS, PREVIEWS, previews
from pages._stage import component
from pages._stage.assets import publish_clip

_MAP = component("ideas", js=["frames.js", "thumbs.js", "ideas.js"])


def ideas() -> None:
    """Show the map; a click opens the page, in this session."""
    groups = {**GROUPS, "What it all rests on": BACKGROUND}
    pictures = list(PREVIEWS)
    state = _MAP(
        key="ideas",
        data=[
            {
                "clip": publish_clip(previews()),
                "moments": MOMENTS,
                "pictures": pictures,
                "groups": [
                    {"question": question, "pages": [asdict(idea) for idea in group]}
                    for question, group in groups.items()
                ],
            }
        ],
        on_go_change=lambda: None,
    )
    if state.go in {idea.page for idea in (*IDEAS, *BACKGROUND)}:
        st.switch_page(f"{state.go}.py")
