"""Start: a clip that plays at once, one question, and the map of ideas."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, stage

IDEAS = {  # what a question is about -> page, name, what there is to do
    "What is in a video?": [
        (
            "motion.py",
            "What makes video hard",
            "Reverse a throw into a catch; read speed off a slice.",
        ),
        (
            "sampling.py",
            "Which frames does a model see?",
            "Four ways to choose, on one timeline.",
        ),
    ],
    "Where did every pixel go?": [
        (
            "flow.py",
            "Optical flow",
            "Drag a motion; Lucas–Kanade and Horn–Schunck answer live.",
        ),
        (
            "raft.py",
            "RAFT, from the inside",
            "Click a pixel: what it compared, corrected and mixed.",
        ),
    ],
    "How can a network see time?": [
        (
            "conv3d.py",
            "3D convolution",
            "Edit a kernel through time, click a voxel, see 27 products.",
        ),
        (
            "twostream.py",
            "Two streams",
            "What it is, and how it moves: apart, then fused.",
        ),
        (
            "slowfast.py",
            "SlowFast",
            "Two clocks over one clip; cut the links between them.",
        ),
        (
            "attention.py",
            "Video transformers",
            "Point at a patch: which patches does it look at?",
        ),
    ],
    "What can it learn without labels?": [
        (
            "videomae.py",
            "VideoMAE",
            "Hide nine tenths of your clip, and see it predicted.",
        ),
        (
            "alignment.py",
            "Text finds video",
            "Type a sentence; the clips rank themselves.",
        ),
    ],
}

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
    st.header("Throw, or catch?", anchor=False)
    st.markdown(
        "Press **Backward**. Every single picture stays the same, yet the throw becomes a catch. "
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

for question, ideas in IDEAS.items():
    st.header(question, anchor=False)
    for column, (page, name, about) in zip(st.columns(len(ideas)), ideas, strict=True):
        with column.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{name}**", icon=":material/play_circle:")
            st.markdown(about)
