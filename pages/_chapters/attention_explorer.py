"""The temporal attention explorer: a clip, our trained transformers, and a patch to point at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages import _clip, _kit
from pages._stage import component
from pages._stage.assets import publish_clip, publish_layer
from vidcore import attention, sampling, zoo
from vidcore.attention import AttentionResult, Layer, Step
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS

_EXPLORER = component(
    "attention",
    js=["frames.js", "paint.js", "attention_math.js", "attention_paint.js", "attention.js"],
)
FRAMES, SIZE = 16, 48  # what the networks read
SHOWN = 144  # pixels: the largest side of the frames on the screen
SMALL = 0.13  # radius of the object, share of the frame: about five per cent of the pixels

KNOWN, YOURS, TEST = "a clip like those they learned from", "your clip", "self-test"
COPY, CLASSIFY, BOTH = "copy colour", "classify", "both"
LEARNED = {
    COPY: ("track_joint", "track_divided"),
    CLASSIFY: ("joint", "divided", "space", "factorised"),
    BOTH: ("track_joint", "track_divided", "joint", "divided", "space", "factorised"),
}
LABEL = {"joint": "Joint", "divided": "Divided", "space": "Space only", "factorised": "Factorised"}
TAG = {"copy": "copies colour: tracks", "classify": "classifies: saliency", "test": "by brightness"}
ABOUT = {
    "joint": "every patch meets every patch",
    "divided": "along time at its own place, and across its own frame",
    "space": "its own frame only",
    "factorised": "its own frame, then whole frames meet",
}
EXPECT = {
    KNOWN: "This clip is drawn like those the networks learned from, with another seed. Point at "
    "the moving shape: the networks that copy colour follow it through every frame. Point beside "
    "it: they look at the background. The classifiers look at the shape from everywhere.",
    YOURS: "On a clip of your own, expect less: these networks have some 100,000 parameters and "
    "have only seen one plain shape at a time, on a soft background, at 48 pixels. They find a "
    "part that stands out from what is around it; they do not know a face or a ball.",
    TEST: "One patch is bright, the rest is dark, and a query here attends by brightness alone. So "
    "the answer is known: whoever can reach the bright patch must point at it, from wherever you "
    "ask. This checks the indexing of everything on this page: frames, rows, columns.",
}


def explorer(clip: Clip) -> None:
    """Point at a patch: where does it attend?"""
    _explorer(clip)
    _kit.explain(
        "The networks that copy colour have never been told what an object is, and follow it, also "
        "when it jumps. The classifier's attention is saliency: the background looks at the object "
        "too. Divided attention reaches another frame only through a place: its map is a product. "
        "Space-only cannot leave its frame at all. A map shows what is mixed, not why.",
        r"\begin{aligned} A_{ij} &= \operatorname{softmax}_j\,(q_i \cdot k_j / \sqrt d) \\"
        r"\text{divided: } A &= S_t[n, m]\; T_m[t, t'] \end{aligned}",
        attention.attends,
        attention.scaled_dot_product,
        attention.two_steps,
    )


@st.fragment
def _explorer(clip: Clip) -> None:
    with _kit.controls():
        left, middle, right = st.columns(3)
        which = left.selectbox("Clip", [KNOWN, YOURS, TEST], **_kit.bound("attention_clip"))
        learned, action = COPY, ACTIONS[8]
        if which != TEST:
            learned = middle.segmented_control(
                "The networks learned to",
                list(LEARNED),
                default=COPY,
                required=True,
                **_kit.bound("attention_learned"),
            )
        if which == KNOWN:
            action = right.selectbox("What happens", ACTIONS, 8, **_kit.bound("attention_action"))
    st.caption(EXPECT[str(which)])
    if which == TEST:
        self_test()
        return
    shown, start = known(str(action)) if which == KNOWN else (clip, (3, SIZE // 2, SIZE // 2))
    read = _kit.compute(as_read, shown)
    names = LEARNED[str(learned)]
    trained = set(zoo.names())
    with st.spinner("Running the networks on the clip…", show_time=False):
        rows = [
            row(_kit.compute(attention.explore, read, name), read.digest)
            if name in trained
            else missing(name)
            for name in names
        ]
    at = sampling.uniform(len(shown.frames), FRAMES)
    mount(
        _kit.compute(as_shown, shown),
        rows,
        columns=list(range(0, FRAMES, 2)),
        labels=[int(t) for t in at[::2]],
        start=start,
        alt=f"Eight frames of the clip, {which}",
    )


def known(action: str) -> tuple[Clip, tuple[int, int, int]]:
    """Return a clip of the learned world, and where its object is in the fourth shown frame."""
    scene = _clip.scene("learned_world", action=ACTIONS.index(action), radius=SMALL)
    x, y = np.clip(np.round(scene.tracks["shape"][6]), 0, SIZE - 1)
    return scene.clip, (3, int(y), int(x))


def as_read(clip: Clip) -> Clip:
    """Return the clip as the networks read it: 16 frames of 48 x 48."""
    return Clip(zoo.prepare(clip, frames=FRAMES, size=SIZE), clip.fps)


def as_shown(clip: Clip) -> Clip:
    """Return the same frames as sharp as the screen can use."""
    side = min(SHOWN, *clip.frames.shape[1:3])
    return Clip(zoo.prepare(clip, frames=FRAMES, size=side), clip.fps)


def self_test() -> None:
    """Show the clip with one hot patch, and three schemes that look for it."""
    tests = [attention.hot_patch(scheme=scheme) for scheme in ("joint", "divided", "space")]
    columns = list(tests[0].result.frames)
    mount(
        tests[0].clip,
        [row(test.result, "hot") for test in tests],
        columns=columns,
        labels=columns,
        start=(1, 33, 9),
        alt="Eight dark frames, one of them with a single bright patch",
        hot=tests[0].at,
    )


def mount(
    clip: Clip,
    rows: Sequence[dict[str, Any]],
    *,
    columns: Sequence[int],
    labels: Sequence[int],
    start: tuple[int, int, int],
    alt: str,
    hot: tuple[int, int, int] | None = None,
) -> None:
    """Mount the client's side; the view it reports is kept in the link."""
    t, y, x = start
    defaults = {"t": t, "y": y, "x": x, "show": "weights", "picks": ""}
    view = _kit.opening_view("attention", defaults)
    data = {
        "clip": publish_clip(clip),
        "rows": list(rows),
        "columns": list(columns),
        "labels": list(labels),
        "view": view,
        "hot": hot,
        "alt": alt,
    }
    _EXPLORER(
        key="attention_explorer",
        data=[data],
        default={"view": view},
        on_view_change=_kit.remember("attention", "attention_explorer", defaults),
    )


def missing(name: str) -> dict[str, Any]:
    """Describe a row whose network is not there."""
    scheme = name.removeprefix("track_")
    objective = "copy" if name.startswith("track_") else "classify"
    return {
        **_words(name, scheme, objective),
        "error": f"The weights of `{name}` are not here. "
        f"Train them with: python -m training.train {name}",
    }


def _words(name: str, scheme: str, objective: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": LABEL[scheme],
        "scheme": scheme,
        "objective": objective,
        "tag": TAG[objective],
        "about": ABOUT[scheme],
    }


def row(result: AttentionResult, digest: str) -> dict[str, Any]:
    """Publish a network's queries and keys; returns what the client needs to read them."""
    packed = Packed()
    layers = [packed.layer(layer) for layer in result.layers]
    values = np.concatenate(packed.parts)[None]
    return {
        **_words(result.model, result.scheme, result.objective),
        "grid": result.grid,
        "layers": layers,
        "opens": len(layers) - 1,
        "volume": publish_layer("queries and keys", "", values, key=f"{digest}-{result.model}"),
    }


class Packed:
    """All numbers of a row in one array, and where each tensor begins."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []
        self.length = 0

    def add(self, array: np.ndarray) -> int:
        """Append an array; returns where it begins."""
        begins = self.length
        self.parts.append(np.ascontiguousarray(array, dtype=np.float32).ravel())
        self.length += array.size
        return begins

    def layer(self, layer: Layer) -> dict[str, Any]:
        """Append a layer's tensors."""
        return {
            "name": layer.name,
            "paired": layer.paired,
            "gate": None if layer.gate is None else self.add(layer.gate),
            "steps": [self.step(step) for step in layer.steps.values()],
        }

    def step(self, step: Step) -> dict[str, Any]:
        """Append a step's queries and keys."""
        heads, _, places, d = step.q.shape
        return {
            "pattern": step.pattern,
            "tensor": step.tensor,
            "own": step.own,
            "heads": heads,
            "places": places,
            "d": d,
            "q": self.add(step.q),
            "k": self.add(step.k),
        }
