"""Two streams on one clip: what each says, the stack of flow, and what each fails to notice."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._measured import measured
from pages._stage import component, publish_layer, stage
from pages._stage.assets import publish_clip
from vidcore import twostream
from vidcore.figures import twostream as figures
from vidcore.media import Clip, synthetic
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES
from vidcore.weights import names

LABELS = {"colour": COLOURS, "shape": SHAPES, "action": ACTIONS}
CHANCE = {question: 1 / len(labels) for question, labels in LABELS.items()}
QUESTIONS = {"action": "How does it move?", "colour": "Which colour?", "shape": "Which shape?"}
KNOWN, OWN = "a clip of their world", "your clip"
OPENING = {"action": 8, "colour": 0, "shape": 0}  # a red disc is thrown
FUSION_VIEW = {"weight": 50, "question": "action", "rule": "answers"}
STACK_VIEW = {"t": 0, "fields": 10, "channel": 0, "mean": 0}
TOLD = 0.75  # of the clips right, where guessing one of a pair gets half
HELD = 16  # generated clips kept for all visitors

Truth = Mapping[str, int]  # question -> label

_FUSION = component("streams_fusion", js=["radios.js", "streams_fusion.js"])
_STACK = component("streams", js=["frames.js", "paint.js", "player.js", "streams.js"])


@st.cache_resource(max_entries=HELD, show_spinner=False)
def generated(action: int, colour: int, shape: int, seed: int) -> Clip:
    """Draw a clip of the world that the streams learned."""
    labels = {"action": action, "colour": colour, "shape": shape}
    return synthetic.make("learned_world", labels, seed=seed).clip


def chosen() -> Truth | None:
    """Ask what both streams watch: the labels of a clip of their world, or None, the visitor's own.

    Drawn around a fragment of its own with the slider in it, which then does not draw this again.
    """
    with _kit.controls("clip"), st.container(horizontal=True):
        if not _clip.own_chosen("Both streams watch", KNOWN, OWN, key="twostream_source"):
            return {name: _label(name) for name in LABELS}
    st.caption(
        f"{_clip.caption()}. They only know their own small world: {len(SHAPES)} shapes, "
        f"{len(COLOURS)} colours, {len(ACTIONS)} motions. On anything else they guess, often with "
        "confidence."
    )
    return None


def _label(name: str) -> int:
    known = LABELS[name]
    label: int = st.selectbox(
        name.capitalize(),
        range(len(known)),
        OPENING[name],
        format_func=lambda k: known[k],
        **_kit.bound(f"twostream_{name}"),
    )
    return label


def watched(clip: Clip, truth: Truth | None) -> Clip:
    """Return the visitor's clip, or one of those with these labels, by a slider."""
    if truth is None:
        return clip
    with _kit.controls("seed"):
        seed = _kit.slider("Another clip like it", 0, 99, 0, key="twostream_seed")
        st.caption(f"Shown: {described(truth)}. *{OWN}* shows them {_clip.caption()} instead.")
    return generated(truth["action"], truth["colour"], truth["shape"], seed)


def ready(*models: str) -> bool:
    """Whether trained models are there; where they are not, say so, and how to make them."""
    absent = [name for name in models if name not in names("classify")]
    if absent:
        commands = ", ".join(f"`python -m training.train {name}`" for name in absent)
        st.info(
            f"This part needs trained weights that are not here yet: {', '.join(absent)}. "
            f"Make them with {commands}.",
            icon=":material/hourglass_empty:",
        )
    return not absent


# ---- two opinions ------------------------------------------------------------------------------
def opinions(clip: Clip) -> None:
    """What each says, and what they say together."""
    _kit.predict(
        "A network sees single frames of a throw, in no order, and averages what it thinks. "
        "Which of these can it tell?",
        ["the colour", "throw or catch", "both"],
        _told_from_frames(),
        "A catch is the throw played backwards: the same frames. An average over frames is "
        "the same for both.",
        key="twostream_throw",
    )
    _opinions(clip)
    _kit.explain(
        "The spatial stream knows colour and shape. Of the action it can at best say that this is "
        "a throw or a catch, never which: it sees the same frames. The temporal stream is the "
        "reverse. Together they know both, at nearly any weight: who knows nothing spreads its "
        "answer thin, and is outvoted.",
        r"p = w\,\operatorname{softmax}(s) + (1 - w)\,\operatorname{softmax}(t)",
        twostream.fuse,
        twostream.fusion_curve,
        twostream.stretches,
    )


@st.fragment
def _opinions(clip: Clip) -> None:
    _told(clip, chosen())


@st.fragment
def _told(clip: Clip, truth: Truth | None) -> None:
    left, right = _kit.halves()
    with left:
        slot = st.container()
        shown = watched(clip, truth)
        with slot:
            stage(
                shown,
                key="twostream_stage",
                alt=described(truth),
                tallest=300,
                strip=False,
            )
    with right:
        if not ready("frame", "flow"):
            return
        result = _kit.compute(twostream.watch, shown)
        _FUSION(
            key="twostream_fusion",
            data=[_asked(result, truth)],
            default={"view": _kit.opening_view("twostream_fusion", FUSION_VIEW)},
            on_view_change=_kit.remember("twostream_fusion", "twostream_fusion", FUSION_VIEW),
        )
        _kit.on_demand(
            "What the spatial stream thinks of each frame",
            partial(_frame_by_frame, result),
            key="twostream_each",
        )


def _told_from_frames() -> str:
    """Read from the table what the spatial stream can tell, by more than half of the way up."""
    frame = measured(["frame"]).get("frame")
    known = {"the colour": "colour", "throw or catch": "pair throw/catch"}
    if frame is None or not frame.values("pair throw/catch"):
        return "the colour"
    told = [what for what, metric in known.items() if frame.mean(metric) > TOLD]
    return "both" if len(told) == len(known) else "".join(told)


def _frame_by_frame(result: twostream.TwoStreamResult) -> None:
    _kit.plot(
        figures.per_frame(result, "action", ACTIONS),
        key="twostream_frames_plot",
        alt="Probability of each action, frame by frame, by the spatial stream",
    )


def described(truth: Truth | None) -> str:
    if truth is None:
        return f"{_clip.caption()}, as both streams are shown it"
    named = {name: LABELS[name][k] for name, k in truth.items()}
    return f"A {named['colour']} {named['shape']}, action: {named['action']}"


def _asked(result: twostream.TwoStreamResult, truth: Truth | None) -> dict[str, Any]:
    """Lay out what the fusion panel draws: logits, and the exact stretches of every rule."""
    questions = []
    for name, label in QUESTIONS.items():
        s, t = result.spatial[name], result.temporal[name]
        curves = {rule: twostream.fusion_curve(s, t, rule=rule) for rule in ("answers", "logits")}
        questions.append(
            {
                "name": name,
                "label": label,
                "labels": LABELS[name],
                "truth": None if truth is None else truth[name],
                "spatial": [round(float(v), 4) for v in s],
                "temporal": [round(float(v), 4) for v in t],
                "stretches": {
                    rule: [[part.start, part.stop, part.label] for part in curve.stretches]
                    for rule, curve in curves.items()
                },
            }
        )
    return {"questions": questions, "view": _kit.opening_view("twostream_fusion", FUSION_VIEW)}


# ---- the flow stack ----------------------------------------------------------------------------
def stack(clip: Clip) -> None:
    """What the temporal stream is given."""
    _kit.predict(
        "The camera pans to the right over a still scene. What is left of the stack once each "
        "field's mean is taken away?",
        ["the pan, doubled", "nearly nothing", "the edges of objects"],
        _left_of_a_pan(),
        "Everything moves by the same arrow, and that arrow is the mean. Whatever moves against "
        "the camera stays.",
        key="twostream_mean",
    )
    _stack(clip)
    _kit.explain(
        "Ten fields are one image of twenty channels. Point at the thing that moves and read its "
        "time course in the bars: a throw rises and falls in v. Now subtract the means: a panning "
        "camera adds one arrow to a whole field, and it is gone. A filter of the first layer sees "
        "all channels of a 3 × 3 patch at once, so it can tell a turn from a straight line.",
        r"\begin{aligned} I(y, x, 2k) &= u_k(y, x) \\ I(y, x, 2k + 1) &= v_k(y, x) \end{aligned}",
        twostream.stack_flow,
        twostream.temporal_features,
    )


@st.fragment
def _stack(clip: Clip) -> None:
    _stacked(clip, chosen())


@st.fragment
def _stacked(clip: Clip, truth: Truth | None) -> None:
    left, right = _kit.halves()
    with right:
        shown = watched(clip, truth)
        result = _kit.compute(twostream.fields, shown)
        _kit.numbers(
            Fields=f"{len(result.channels)}",
            Largest_mean=f"{abs(result.means).max():.2f} px",
            Nearly_all_below=f"{result.reach:.2f} px",
        )
        st.caption(
            "Published: L = 10 fields, 20 channels, 224 × 224 pixels, means subtracted. Our "
            "small stream reads all 15 fields of its 16 frames, and no mean is subtracted."
        )
    with left:
        layer = publish_layer("stack", "Flow", result.channels, key=shown.digest)
        view = _kit.opening_view("twostream_stack", STACK_VIEW)
        _STACK(
            key="twostream_stack",
            data=[
                {
                    "clip": publish_clip(result.clip),
                    "flow": layer,
                    "means": result.means.round(4).tolist(),
                    "reach": round(result.reach, 4),
                    "start": result.start,
                    "most": 15,
                    "autoplay": True,
                    "alt": f"{described(truth)}, first frame of the stack",
                    "view": view,
                }
            ],
            default={"view": view},
            on_view_change=_kit.remember("twostream_stack", "twostream_stack", STACK_VIEW),
        )


@st.cache_data(show_spinner=False)
def _left_of_a_pan() -> str:
    """Pan over a still scene and look."""
    left = twostream.left_without_mean(synthetic.make("pan", {}, seed=0).flow)
    names = {"nearly nothing": 0.0, "the edges of objects": 0.5, "the pan, doubled": 2.0}
    return min(names, key=lambda name: abs(names[name] - left))
