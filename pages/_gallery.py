"""The gallery: every scene as a small moving picture to click."""

import streamlit as st

from pages._stage import component
from pages._stage.assets import publish_clip
from vidcore.media import Clip

MOMENTS = 12  # frames of each thumbnail
SIDE = 48  # pixels

_GRID = component("gallery", js=["frames.js", "thumbs.js", "gallery.js"])


def grid(thumbnails: Clip, titles: list[str], names: list[str], chosen: str) -> None:
    """Show the scenes; a click writes the choice into the scene's control."""

    def picked() -> None:
        name = st.session_state["gallery"].pick
        if name in names:
            st.session_state["scene"] = name

    _GRID(
        key="gallery",
        data=[
            {
                "clip": publish_clip(thumbnails),
                "moments": MOMENTS,
                "titles": titles,
                "names": names,
                "chosen": chosen,
            }
        ],
        on_pick_change=picked,
    )
