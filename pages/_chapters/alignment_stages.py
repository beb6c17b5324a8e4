"""Where it goes: InternVideo2's three stages as a map, in the facts' own words."""

import streamlit as st

from pages import _kit
from pages._chapters.alignment import OPENING, generated
from pages._stage import component
from pages._stage.assets import publish_clip
from vidcore import alignment
from vidcore.media import Clip

_MAP = component("align_map", js=["frames.js", "align_map.js"])

STAGES = (
    {
        "label": "Learn to see",
        "title": "Stage 1: masked feature distillation",
        "says": "No pixel is predicted. Four fifths of the tokens are dropped, and for those that "
        "are left the student has to say what two trained teachers say about them, by squared "
        "error. It borrows VideoMAE’s economy, not its task. Choose a box.",
        "flow": [
            [
                {
                    "tokens": True,
                    "name": "80 % of the tokens are dropped",
                    "says": "Four frames of a clip cut into tokens, four fifths of them hidden",
                }
            ],
            [
                {
                    "name": "The student",
                    "brief": "learns, from the visible tokens only",
                    "says": "A video transformer of six billion weights, or of one billion. It "
                    "never computes what was dropped, as in VideoMAE’s encoder.",
                },
                {
                    "name": "InternVL-6B",
                    "brief": "a teacher: images and text",
                    "says": "The features of a large image-text model, at the visible tokens.",
                },
                {
                    "name": "VideoMAEv2-g",
                    "brief": "a teacher: video",
                    "says": "The features of a large masked video model, at the same tokens.",
                },
            ],
            [
                {
                    "name": "Squared error",
                    "brief": "student against teachers, token by token",
                    "says": "Features are matched, not pixels: to call it masked reconstruction "
                    "in VideoMAE’s manner is wrong.",
                }
            ],
        ],
    },
    {
        "label": "Learn what it is called",
        "title": "Stage 2: video, audio, speech and text, brought together",
        "says": "Not only clips and captions, and not only a contrastive loss: audio and speech "
        "take part, and there are three losses. The first of them is what this page trains, in "
        "small. Choose a box.",
        "flow": [
            [
                {
                    "name": name,
                    "brief": brief,
                    "says": f"{name} is one of the four kinds that take part, text among them.",
                }
                for name, brief in (
                    ("Video", "the encoder of stage 1"),
                    ("Audio", "what is heard"),
                    ("Speech", "what is spoken"),
                )
            ],
            [
                {
                    "name": "Text",
                    "brief": "what is said of them",
                    "says": "The text is what the others are brought together by.",
                }
            ],
            [
                {
                    "name": "Contrastive",
                    "brief": "live on this page",
                    "here": True,
                    "says": "Of all texts in the batch, which belongs to this clip; and of all "
                    "clips, which to this text? The chapter “The loss” has it with every number.",
                },
                {
                    "name": "Matching",
                    "brief": "yes or no, for one pair",
                    "says": "Yes or no: do this clip and this text belong together?",
                },
                {
                    "name": "Masked language",
                    "brief": "fill in the hidden word",
                    "says": "A word of the caption is hidden and has to be told from the rest and "
                    "from the video.",
                },
            ],
        ],
    },
    {
        "label": "Learn to talk about it",
        "title": "Stage 3: next-token prediction with a language model",
        "says": "The video encoder is joined to a large language model and trained on "
        "instructions: predict the next word of the answer. Choose a box.",
        "flow": [
            [
                {
                    "name": "The video encoder",
                    "brief": "of stages 1 and 2",
                    "says": "It has learned to see, and what things are called.",
                }
            ],
            [
                {
                    "name": "Q-Former",
                    "brief": "asks a fixed number of questions",
                    "says": "A small transformer whose learned queries attend to the video’s many "
                    "tokens and hand a few on.",
                }
            ],
            [
                {
                    "name": "Language model",
                    "brief": "reads them beside the instruction",
                    "says": "To it, the Q-Former’s answers are further tokens in its context.",
                }
            ],
            [
                {
                    "name": "Next token",
                    "brief": "of the answer",
                    "says": "The loss is that of every language model, on instruction data.",
                }
            ],
        ],
    },
)
STAGE = {"stage": 1}


def stages(clip: Clip) -> None:
    """Where it goes: InternVideo2's three stages."""
    _stages()
    _kit.explain(
        "InternVideo2 (Wang et al., March 2024; encoders of 1 and 6 billion weights) is a recipe "
        "of three losses, one after the other. Its authors reported, at release, the best results "
        "on over 60 video and audio tasks, and 92.1 % on Kinetics-400. It is not the last word: in "
        "November 2026 the same repository also holds InternVideo2.5, InternVideo-Next and "
        "InternVideo3.",
        r"\begin{aligned} 1:&\ \textstyle\sum_{\text{visible}} |\,s - t\,|^2 \\"
        r"2:&\ L_{\text{contrast}} + L_{\text{match}} + L_{\text{words}} \\"
        r"3:&\ -\textstyle\sum_k \log p(w_k \mid w_{<k}, \text{video}) \end{aligned}",
        alignment.info_nce,
        alignment.one_way,
    )


@st.fragment
def _stages() -> None:
    view = _kit.opening_view("alignment_map", STAGE)
    _MAP(
        key="alignment_map",
        data=[
            {
                "clip": publish_clip(generated(**OPENING, seed=0)),
                "stages": list(STAGES),
                "view": view,
            }
        ],
        default={"view": view},
        on_view_change=_kit.remember("alignment_map", "alignment_map", STAGE),
    )
