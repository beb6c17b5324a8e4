"""The map of ideas on the start page: a moving picture and a link for every page."""

from dataclasses import asdict

import streamlit as st

from pages._ideas import BACKGROUND, GROUPS, IDEAS
from pages._previews import MOMENTS, PREVIEWS, previews
from pages._stage import component
from pages._stage.assets import publish_clip, script_address

_MAP = component("ideas", js=["frames.js", "thumbs.js", "ideas.js"])


def ideas() -> None:
    """Show the map. A card clicks Streamlit's own link, which stays in this session; see `_kit`."""
    groups = {**GROUPS, "What it all rests on": BACKGROUND}
    _MAP(
        key="ideas",
        data=[
            {
                "clip": publish_clip(previews()),
                "moments": MOMENTS,
                "pictures": list(PREVIEWS),
                "soon": script_address("plot"),
                "groups": [
                    {"question": question, "pages": [asdict(idea) for idea in group]}
                    for question, group in groups.items()
                ],
            }
        ],
    )
    with st.container(key="map_links"):  # not shown
        for idea in (*IDEAS, *BACKGROUND):
            st.page_link(f"{idea.page}.py")
