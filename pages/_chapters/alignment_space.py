"""What the space knows: clips against captions, backwards too; and the loss that made it."""

from typing import Any

import streamlit as st

from pages import _kit
from pages._chapters.alignment import filmstrip, missing
from pages._stage import component
from pages._stage.assets import publish_clip
from vidcore import alignment
from vidcore.errors import WeightsError
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, CAPTIONS, COLOURS, SHAPES

HELD = 12  # matrices kept for all visitors
LEAST_PULL = 0.05  # of one pair; less is as good as none
ACTIONS_VIEW = {"set": "forward"}
LOSS_VIEW = {"set": "after", "cells": "cosine", "rule": "all", "at": -1}  # -1: as learned

_MATRIX = component(
    "align_matrix",
    js=["frames.js", "numbers.js", "radios.js", "align_thumbs.js", "align_matrix.js"],
)


def rounded(values: Any) -> list[list[float]]:
    """Return a matrix as the browser is sent it."""
    rows: list[list[float]] = values.round(5).tolist()
    return rows


# ---- every action ------------------------------------------------------------------------------
def actions(clip: Clip) -> None:
    """Fourteen clips of one object against fourteen captions."""
    _actions()
    _kit.explain(
        "The object is the same in every row, so only the motion can tell the captions apart. "
        "Forwards, the framed cells lie on the diagonal. Backwards, the frames are the same and "
        "the cells move: within each pair the two change places, while bounce and oscillate, which "
        "are their own reverse, stay. Near the diagonal are the nearest neighbours: a spin and "
        "its reverse are harder to tell apart than a fall and a rise.",
        r"S_{ij} = f(\text{clip}_i) \cdot g(\text{caption}_j)",
        alignment.every_action,
        alignment.cosine,
    )


@st.cache_resource(max_entries=HELD, show_spinner="Drawing fourteen clips…")
def compared(colour: int, shape: int, seed: int) -> alignment.ActionMatrix:
    """Compare every action of one object with its captions, once for all visitors."""
    return alignment.every_action(colour, shape, seed=seed)


@st.fragment
def _actions() -> None:
    with _kit.controls():
        asked = ask_object()
    try:
        result = compared(*asked)
    except WeightsError as error:
        missing(error)
        return
    view = _kit.opening_view("alignment_actions", ACTIONS_VIEW)
    _MATRIX(
        key="alignment_matrix",
        data=[{"key": "{} {} {}".format(*asked), **matrix(result), "view": view}],
        default={"view": view},
        on_view_change=_kit.remember("alignment_actions", "alignment_matrix", ACTIONS_VIEW),
    )
    N = len(ACTIONS)
    paired = sum(k != partner for k, partner in enumerate(result.partner))
    _kit.numbers(
        Forwards_nearest_to_their_own=f"{result.own} of {N}",
        Backwards_nearest_to_the_partner=f"{result.turned} of the {paired} in pairs",
    )


def ask_object() -> tuple[int, int, int]:
    """Ask for the colour and the shape of the object, and for the seed of its clips."""
    first, second, third = st.columns(3)
    colour = first.selectbox(
        "Colour",
        range(len(COLOURS)),
        4,
        format_func=lambda k: COLOURS[k],
        **_kit.bound("alignment_matrix_colour"),
    )
    shape = second.selectbox(
        "Shape",
        range(len(SHAPES)),
        4,
        format_func=lambda k: SHAPES[k],
        **_kit.bound("alignment_matrix_shape"),
    )
    with third:
        seed = _kit.slider("Other clips like these", 0, 9, 0, key="alignment_matrix_seed")
    return int(colour), int(shape), int(seed)


def matrix(result: alignment.ActionMatrix) -> dict[str, Any]:
    """Write every action's clip against every action's caption, both ways, for the browser."""
    N = len(ACTIONS)
    forward, backward = rounded(result.forward), rounded(result.backward)
    return {
        "clip": publish_clip(filmstrip(result.clips)),
        "moments": result.clips.frames.shape[1],
        "captions": list(result.clips.labels),
        "heads": [CAPTIONS[action][0] for action in ACTIONS],
        "labels": list(result.clips.labels),
        "sets": [
            {"name": "forward", "label": "Clips forwards", "values": forward},
            {"name": "backward", "label": "Clips backwards", "values": backward, "backwards": True},
        ],
        "fits": [[i == j for j in range(N)] for i in range(N)],
        "partner": list(result.partner),
        "temperature": 1.0,
        "loss": False,
    }


# ---- the loss ----------------------------------------------------------------------------------
def loss(clip: Clip) -> None:
    """Eight pairs, and what they cost."""
    _loss()
    _kit.explain(
        "Every row is a question with eight answers: which caption belongs to this clip? Every "
        "column asks back. The loss is low when each softmax lies on what fits (framed). Make the "
        "temperature small, and only the hardest wrong answer counts; make it large, and all "
        "answers look alike. The last two clips show the same thing: if only its own partner "
        "counted as right, the loss would drive apart what belongs together: see where it pulls.",
        r"L = -\tfrac1{2N} \sum_i \Big( \log \tfrac{e^{S_{ii}/\tau}}{\sum_j e^{S_{ij}/\tau}}"
        r" + \log \tfrac{e^{S_{ii}/\tau}}{\sum_j e^{S_{ji}/\tau}} \Big)",
        alignment.info_nce,
        alignment.one_way,
        alignment.pull,
        alignment.lesson,
    )


@st.cache_resource(show_spinner="Drawing eight clips…")
def taught() -> alignment.Lesson:
    """Compare the eight pairs, once for all visitors."""
    return alignment.lesson()


@st.fragment
def _loss() -> None:
    try:
        result = taught()
    except WeightsError as error:
        missing(error)
        return
    strict = len(result.captions) * result.pull(only_own=True)[-2, -1]
    _kit.predict(
        "The last two clips show the same thing, and have a caption each. If only a clip’s own "
        "caption counted as right, what would the loss do with the last clip but one and the last "
        "caption?",
        ["bring them together", "leave them alone", "drive them apart"],
        "drive them apart"
        if strict < -LEAST_PULL
        else "bring them together"
        if strict > LEAST_PULL
        else "leave them alone",
        f"The pull is {_kit.signed(strict)}; where all that fits is right it is "
        f"{_kit.signed(len(result.captions) * result.pull()[-2, -1])}. Choose “Where the loss "
        "pulls”, and change the rule.",
        key="alignment_duplicates",
    )
    view = _kit.opening_view("alignment_loss", LOSS_VIEW)
    _MATRIX(
        key="alignment_loss",
        data=[
            {
                "key": "lesson",
                "clip": publish_clip(filmstrip(result.clips)),
                "moments": result.clips.frames.shape[1],
                "captions": list(result.captions),
                "labels": list(result.clips.labels),
                "sets": [
                    {
                        "name": "before",
                        "label": "Before training",
                        "values": rounded(result.before),
                    },
                    {"name": "after", "label": "After training", "values": rounded(result.after)},
                ],
                "fits": result.fits.tolist(),
                "partner": [],
                "temperature": round(result.temperature, 5),
                "loss": True,
                "view": view,
            }
        ],
        default={"view": view},
        on_view_change=_kit.remember("alignment_loss", "alignment_loss", LOSS_VIEW),
    )
    _kit.numbers(
        Loss_before_training=f"{result.loss(trained=False):.3f}",
        After=f"{result.loss():.3f}",
        Temperature_as_learned=f"{result.temperature:.3f}",
    )
