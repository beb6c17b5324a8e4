"""Start: a clip that plays at once, one question, and the map of ideas."""

import streamlit as st

from pages import _clip, _kit, _map
from pages._stage import Order, stage

STORIES = {  # scene -> heading, and what reversing makes of it
    "throw": ("Throw, or catch?", "the throw becomes a catch"),
    "catch": ("Catch, or throw?", "the catch becomes a throw"),
}
OTHERS = ("Forwards, or backwards?", "they tell another story")

_kit.opening(
    "Video Understanding from Scratch",
    "How machines watch video: every idea built in front of you, on any clip you like.",
)
clip = _kit.pick_clip()

left, right = st.columns([3, 2], gap="large")
T = len(clip.frames)
with left:
    stage(
        clip,
        key="home_stage",
        alt=f"{_clip.caption()}, playing; forwards or backwards as chosen",
        orders=[Order("forward", "Forward"), Order("reversed", "Backward", list(range(T))[::-1])],
        view=_kit.opening_view("home", {"order": "forward"}),
        on_view=_kit.remember("home", "home_stage", {"order": "forward"}),
    )
with right:
    title, turned = STORIES.get(_clip.scene_name(), OTHERS)
    st.header(title, anchor=False)
    st.markdown(
        f"Press **Backward**. Every single picture stays the same, yet {turned}. "
        "What happened is written in the *order* of the frames, and a model that looks at each "
        "frame alone and averages its answers cannot read it."
    )
    guess = st.pills(
        "A model scores every frame alone and averages. Played backwards, its answer…",
        ["changes", "stays the same", "becomes random"],
        wrap=True,
        **_kit.bound("home_guess"),
    )
    if guess == "stays the same":
        st.success("Yes. An average does not know in which order it was fed.")
    elif guess:
        st.warning("Not quite: an average does not know in which order it was fed, so it stays.")
    st.page_link("motion.py", label="See it measured", icon=":material/arrow_forward:")

_map.ideas()
