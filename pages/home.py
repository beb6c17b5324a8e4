"""Start: a clip that plays at once, one question, and the map of ideas."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, stage

IDEAS = [
    (
        "motion.py",
        "What makes video hard",
        "Order, redundancy, frame differences, and the space-time slice.",
    ),
    (
        "sampling.py",
        "Which frames does a model see?",
        "Dense, uniform, TSN and SlowFast on one timeline; what falls between.",
    ),
]
COMING = [
    ("Optical flow", "from one equation to RAFT"),
    ("3D convolution", "C3D, I3D inflation, R(2+1)D"),
    ("Two streams", "appearance and motion, apart and fused"),
    ("Video transformers", "click a patch, see what it attends to"),
    ("SlowFast", "two clocks over one clip"),
    ("VideoMAE", "hide nine tenths, predict the rest"),
]

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

st.header("The ideas", anchor=False)
for column, (page, name, about) in zip(st.columns(len(IDEAS)), IDEAS, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(page, label=f"**{name}**", icon=":material/play_circle:")
        st.markdown(about)
st.caption("In the making: " + " · ".join(f"**{name}**, {about}" for name, about in COMING))
