"""The pages in the order of the menu: the menu, the start page and the sources name them alike."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """A page: its file's name, its title and icon in the menu, the field's word, what to do."""

    page: str
    title: str
    icon: str
    term: str
    about: str


GROUPS = {  # what a question is about -> its pages
    "What is in a video?": [
        Idea(
            "motion",
            "What makes video hard",
            "swap_horiz",
            "Order and change",
            "Reverse a throw into a catch; read speed off a slice.",
        ),
        Idea(
            "sampling",
            "Which frames does a model see?",
            "view_timeline",
            "Frame sampling",
            "Four ways to choose; a wheel that turns backwards.",
        ),
    ],
    "What moved, and where to?": [
        Idea(
            "flow",
            "Where did every pixel go?",
            "near_me",
            "Optical flow",
            "Drag a motion; Lucas–Kanade and Horn–Schunck answer live.",
        ),
        Idea(
            "raft",
            "RAFT, from the inside",
            "all_inclusive",
            "Learned flow",
            "Click a pixel: what it compared, corrected and mixed.",
        ),
    ],
    "How can a network see time?": [
        Idea(
            "conv3d",
            "A kernel through time",
            "view_in_ar",
            "3D convolution",
            "Edit a kernel, click a voxel, see its 27 products.",
        ),
        Idea(
            "twostream",
            "What it is, and how it moves",
            "call_split",
            "Two streams",
            "One network sees frames, one sees flow; then they are fused.",
        ),
        Idea(
            "slowfast",
            "Two clocks",
            "schedule",
            "SlowFast",
            "A slow and a fast look at one clip; cut the links between them.",
        ),
        Idea(
            "attention",
            "Which patches look at which?",
            "hub",
            "Video transformers",
            "Point at a patch of your own clip, and see what it attends to.",
        ),
    ],
    "What can it learn without class labels?": [
        Idea(
            "videomae",
            "Hide nine tenths, predict the rest",
            "visibility_off",
            "VideoMAE",
            "Hide most of your clip, and see it predicted.",
        ),
        Idea(
            "alignment",
            "Text finds video",
            "manage_search",
            "Text and video",
            "Type a sentence; the clips rank themselves.",
        ),
    ],
}
BACKGROUND = [
    Idea("sources", "Sources", "menu_book", "", "Every fact, and where it was read."),
    Idea("about", "About", "info", "", "Limits, privacy, and what becomes of your clip."),
]
IDEAS = [idea for group in GROUPS.values() for idea in group]
