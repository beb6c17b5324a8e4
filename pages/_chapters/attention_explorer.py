"""The temporal attention explorer: a clip, our trained transformers, and a patch to point at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages import _clip, _kit
from pages._stage import component
from pages._stage.assets import publish_clip, publish_layer
from vidcore import attention, sampling, zoo
from vidcore.attention import AttentionResult, Layer, Step
from vidcore.media import Clip
from vidcore.media.synthetic import Scene
from vidcore.media.synthetic.actions import ACTIONS

_EXPLORER = component(
    "attention",
    js=[
        *("frames.js", "paint.js", "numbers.js"),
        *("attention_math.js", "attention_paint.js", "attention.js"),
    ],
)
FRAMES, SIZE = 16, 48  # what the networks read
COLUMNS = list(range(0, FRAMES, 2))  # of those, the eight of the strip
SHOWN = 144  # pixels: the largest side of the frames on the screen
MIDDLE = (3, SIZE // 2, SIZE // 2)  # of the fourth frame shown
SMALL = 0.13  # radius of the object, share of the frame: about five per cent of the pixels

WORLD, YOURS = "from their world", "yours"
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
    "space": "its own frame only; played backwards, its eight are the same",
    "factorised": "its own frame, then whole frames meet",
}
LAYOUT = """<style>
.st-key-attention_bench [role=radiogroup] button { min-height: 2.5rem; } /* as a select box */
@media (max-width: 640px) {
  .st-key-attention_bench .st-key-attention_explorer { order: -1; } /* before the controls */
}
</style>"""
AT_HOME = (
    "Point at the moving shape: the networks that copy colour follow it through every frame. Point "
    "beside it: they look at the background. The classifiers look at the shape from everywhere."
)
ABROAD = (
    "Expect less here: these networks have some 100,000 parameters and have only seen one plain "
    "shape at a time, on a soft background, at 48 pixels. They find a part that stands out from "
    "what is around it; they do not know a face or a ball."
)
TEST = (
    "One patch is bright, the rest is dark, and a query here attends by brightness alone. So the "
    "answer is known: whoever can reach the bright patch must point at it, from wherever you ask. "
    "This checks the indexing of everything on this page: frames, rows, columns."
)


# ---- which clip ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The clip that is shown, its name, what to expect of it, and where the query opens."""

    clip: Clip
    name: str
    says: str
    start: tuple[int, int, int]


def ask_action() -> str:
    """Ask what happens in the clip of the networks' world."""
    return str(st.selectbox("What happens", ACTIONS, 8, **_kit.bound("attention_action")))


def known(action: str) -> Chosen:
    """Return a clip of the learned world, asked from its object."""
    scene = _clip.scene("learned_world", action=ACTIONS.index(action), radius=SMALL)
    says = (
        f"Shown: {action}, drawn like the clips these networks learned from, with another seed. "
        f"*{YOURS.capitalize()}* shows them {_clip.caption()} instead. {AT_HOME}"
    )
    return Chosen(scene.clip, f"Learned world: {action}", says, on_object(scene))


def yours(clip: Clip) -> Chosen:
    """Return the visitor's clip; a scene is asked from what moves in it."""
    scene, home = _clip.truth(), _clip.scene_name() == "learned_world"
    says = f"Shown: {_clip.caption()}. {AT_HOME if home else ABROAD}"
    return Chosen(clip, _clip.caption(), says, on_object(scene) if scene else MIDDLE)


def on_object(scene: Scene) -> tuple[int, int, int]:
    """Return where the first thing that moves is, in the frame of `MIDDLE`."""
    if not scene.tracks:
        return MIDDLE
    t = sampling.uniform(len(scene.clip.frames), FRAMES)[2 * MIDDLE[0]]
    place = next(iter(scene.tracks.values()))[t] * SIZE / scene.clip.frames.shape[1]
    x, y = np.clip(np.round(place), 0, SIZE - 1)
    return MIDDLE[0], int(y), int(x)


# ---- the explorer -------------------------------------------------------------------------------
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
    with st.container(key="attention_bench"):
        st.html(LAYOUT)
        _bench(clip)


def _bench(clip: Clip) -> None:
    with _kit.controls():
        left, middle, right, last = st.columns([5, 6, 4, 3], vertical_alignment="bottom")
        if last.toggle("Self-test", **_kit.bound("attention_test")):
            chosen = None
        else:
            with left:
                own = _clip.own_chosen("Clip", WORLD, YOURS, key="attention_on")
            learned = middle.segmented_control(
                "The networks learned to",
                list(LEARNED),
                default=COPY,
                required=True,
                **_kit.bound("attention_learned"),
            )
            with right:
                chosen = yours(clip) if own else known(ask_action())
    if chosen is None:
        st.caption(TEST)
        self_test()
        return
    st.caption(chosen.says)
    look(chosen, LEARNED[str(learned)])


def look(chosen: Chosen, names: Sequence[str]) -> None:
    """Run the networks on a clip and show whom its patches ask."""
    read = _kit.compute(as_read, chosen.clip)
    trained = set(zoo.names())
    with st.spinner("Running the networks on the clip…", show_time=False):
        rows = [
            row(_kit.compute(attention.explore, read, name), read.digest)
            if name in trained
            else missing(name)
            for name in names
        ]
    mount(
        _kit.compute(as_shown, chosen.clip),
        rows,
        at=[int(t) for t in sampling.uniform(len(chosen.clip.frames), FRAMES)],
        start=chosen.start,
        alt=f"Eight frames of the clip. {chosen.name}",
    )


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
    mount(
        tests[0].clip,
        [row(test.result, "hot") for test in tests],
        at=list(range(len(tests[0].clip.frames))),
        start=(1, 33, 9),
        alt="Eight dark frames, one of them with a single bright patch",
        hot=tests[0].at,
    )


def mount(
    clip: Clip,
    rows: Sequence[dict[str, Any]],
    *,
    at: Sequence[int],
    start: tuple[int, int, int],
    alt: str,
    hot: tuple[int, int, int] | None = None,
) -> None:
    """Mount the client's side; the view it reports is kept in the link.

    `at` is the number of each of the clip's frames in the clip it was taken from.
    """
    t, y, x = start
    defaults = {"t": t, "y": y, "x": x, "show": "weights", "picks": ""}
    view = _kit.opening_view("attention", defaults)
    data = {
        "clip": publish_clip(clip),
        "rows": [_dated(row, at) for row in rows],
        "columns": COLUMNS,
        "at": list(at),
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


def _dated(row: dict[str, Any], at: Sequence[int]) -> dict[str, Any]:
    """Say which frames a row has, where they are not those of the strip above it."""
    if row.get("columns", COLUMNS) == COLUMNS:
        return row
    numbers = ", ".join(str(at[t]) for t in row["columns"])
    return row | {"about": f"{row['about']}: {numbers}"}


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
        "columns": list(result.frames),
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
