"""RAFT opened, chapter by chapter: what it compares, how it corrects, how it enlarges."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from pages import _clip, _kit
from pages._stage import raft as stages
from vidcore import flow
from vidcore.figures import raft as figures
from vidcore.flow.raft import (
    SMALLEST,
    convex_upsample,
    correlation_pyramid,
    correlation_volume,
    gru_step,
    lookup,
)
from vidcore.media import Clip

VIEW = {"x": -1, "y": -1}
ENOUGH = 3  # corrections that the prediction asks about
COMPARED = (
    "Lucas–Kanade, coarse to fine",
    "Horn–Schunck, coarse to fine",
    "OpenCV Farneback",
    "OpenCV DIS",
)


class Pair(NamedTuple):
    """Two frames, and their true flow where it is known."""

    t: int
    truth: np.ndarray | None
    valid: np.ndarray | None


def fits(clip: Clip) -> bool:
    """Whether there is a pair of frames large enough; where there is none, say so."""
    T, H, W, _ = clip.frames.shape
    if T >= 2 and min(H, W) >= SMALLEST:
        return True
    st.info(f"RAFT needs two frames from {SMALLEST} × {SMALLEST} pixels. Choose another clip.")
    return False


def chosen(clip: Clip) -> Pair:
    """Ask for a pair of frames; the first one offered is where most moves."""
    last = len(clip.frames) - 2
    scene = _clip.truth()
    known = scene is not None and len(scene.flow) > 0
    with _kit.controls("pair"):
        t = _kit.slider(
            "First frame of the pair (t)",
            0,
            last,
            usual_pair(clip),
            key=_kit.ranged("raft_t", last),
        )
    if scene is None or not known or not scene.valid[t].any():
        return Pair(t, None, None)
    return Pair(t, scene.flow[t], scene.valid[t])


def usual_pair(clip: Clip) -> int:
    """Return the pair a page starts at: the fastest of a scene, the middle one of a recording."""
    scene = _clip.truth()
    if scene is None or not len(scene.flow):
        return (len(clip.frames) - 2) // 2
    return int(np.abs(scene.flow).sum(-1).mean((1, 2)).argmax())


def first_point(pair: Pair, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the pixel that is looked at first: the fastest that stays in sight."""
    if pair.truth is None or pair.valid is None:
        return shape[1] // 2, shape[0] // 2
    speed = np.where(pair.valid, np.linalg.norm(pair.truth, axis=-1), -1)
    y, x = np.unravel_index(speed.argmax(), speed.shape)
    return int(x), int(y)


# ---- all pairs -------------------------------------------------------------------------------
def matching(clip: Clip) -> None:
    """Click a pixel; see what it is like, everywhere."""
    if not fits(clip):
        return
    _matching(clip)
    _kit.explain(
        "One small picture holds every comparison of one place with the whole other frame. Level "
        "0 is exact and reads 7 × 7 cells around where the flow points; each level above averages "
        "2 × 2, so the same 49 dots reach twice as far. Where the texture repeats there are "
        "several bright cells, and on a flat area no place is better than another: the context "
        "and the neighbours decide there.",
        r"\begin{aligned} C^0_{ijkl} &= \tfrac{1}{\sqrt D}\textstyle\sum_d f^1_{ijd}\, f^2_{kld} \\"
        r"C^{\ell+1} &= \text{means of } 2 \times 2 \text{ in } C^\ell \end{aligned}",
        flow.raft_inside,
        correlation_volume,
        correlation_pyramid,
        lookup,
    )


@st.fragment
def _matching(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        _kit.predict(
            "The frames are compared at an eighth of their width and height. Twice the width and "
            "twice the height: how many more comparisons?",
            ["4 times", "8 times", "16 times"],
            "16 times",
            "Every cell with every cell: the square of the number of cells.",
            key="raft_pairs",
        )
        pair = chosen(clip)
        inside = _kit.compute(flow.raft_inside, clip, pair.t)
        h, w, D = inside.features1.shape
        side = (2 * inside.radius + 1) ** 2
        _kit.numbers(
            Cells=f"{h} × {w}",
            Features=f"{D}",
            Comparisons=f"{(h * w) ** 2:,}",
            Read_at_each_correction=f"{inside.levels} × {side} per cell",
        )
        st.caption(
            f"{_clip.caption()}, frames {pair.t} and {pair.t + 1}. The pictures on the left are "
            "products of the features that the network computed from these frames, worked out "
            "here as you click."
        )
    with left:
        stages.match(
            clip,
            pair.t,
            inside,
            pair.truth,
            point=first_point(pair, clip.frames.shape[1:3]),
            view=_kit.opening_view("raft", VIEW),
            on_view=_kit.remember("raft", "raft_match", VIEW),
        )


# ---- corrections -----------------------------------------------------------------------------
def corrections(clip: Clip) -> None:
    """Watch the field come about."""
    if not fits(clip):
        return
    _corrections(clip)
    _kit.explain(
        "The first corrections carry the field most of the way; the later ones move it by "
        "fractions of a pixel. The same weights do both. Far away the correlations speak; near, a "
        "Lucas–Kanade step on learned features: the last picture is how much of that step each "
        "place took. This step is ours; the published network has none.",
        r"\begin{aligned} h &\leftarrow \text{GRU}(h,\ \text{lookup}(C, f),\ f,\ \text{context})\\"
        r"f &\leftarrow f + \text{head}(h) + \sigma(h)\, S^{-1} b \end{aligned}",
        flow.raft,
        gru_step,
    )


@st.fragment
def _corrections(clip: Clip) -> None:
    pair = chosen(clip)
    inside = _kit.compute(flow.raft_inside, clip, pair.t)
    stages.fields(f"{clip.digest} {pair.t}", inside, pair.truth, pair.valid)
    if pair.truth is None:
        st.caption("Nobody knows the true motion of a recording: choose a scene for the errors.")
        return
    errors = error_path(inside, pair)
    left, right = _kit.halves()
    with left:
        _kit.plot(
            figures.corrections(errors, others(clip, pair)),
            key="raft_corrections_plot",
            alt="Mean error after each correction, with the classical methods' errors as lines",
        )
    with right:
        share = first_share(inside)
        _kit.predict(
            f"Twelve corrections move the field. How much of all that moving is done by the first "
            f"{ENOUGH}?",
            ["a quarter, three of twelve", "about half", "most of it"],
            "most of it"
            if share > 0.65
            else "about half"
            if share > 0.35
            else "a quarter, three of twelve",
            f"{share:.0%} on this pair. Each correction is made by the same weights.",
            key="raft_steps",
        )
        _kit.numbers(
            Before=f"{errors[0]:.2f} px",
            After_one=f"{errors[1]:.3f} px",
            After_all=f"{errors[-1]:.3f} px",
        )


def error_path(inside: flow.RaftInside, pair: Pair) -> list[float]:
    """Return the mean error before the first correction, and after each."""
    if pair.truth is None:
        return []
    still = np.zeros_like(inside.iterates[:1])
    fields = np.concatenate([still, inside.iterates])
    return [flow.endpoint_error(field, pair.truth, pair.valid) for field in fields]


def first_share(inside: flow.RaftInside) -> float:
    """Return the first corrections' share of all the movement of the field."""
    still = np.zeros_like(inside.iterates[:1])
    steps = np.diff(np.concatenate([still, inside.iterates]), axis=0)
    moved = np.linalg.norm(steps, axis=-1).mean((1, 2))
    return float(moved[:ENOUGH].sum() / max(moved.sum(), 1e-9))


def others(clip: Clip, pair: Pair) -> dict[str, float]:
    """Return the errors of the classical methods on the pair."""
    found = _rivals(clip.digest, pair.t, clip)
    return {r.name: r.error for r in found if r.name in COMPARED and r.error is not None}


@st.cache_data(max_entries=64, show_spinner="Running the classical methods…")
def _rivals(digest: str, t: int, _clip_: Clip) -> tuple[flow.Rival, ...]:
    scene = _clip.truth()
    known = scene is not None and len(scene.flow) > t
    truth, valid = (scene.flow[t], scene.valid[t]) if scene is not None and known else (None, None)
    return flow.rivals(_clip_, t, truth, valid)


# ---- enlarging -------------------------------------------------------------------------------
def enlarging(clip: Clip) -> None:
    """A boundary finer than the grid it is computed on."""
    if not fits(clip):
        return
    _enlarging(clip)
    _kit.explain(
        "Between a cell of the disc and a cell of the ground, bilinear upsampling invents motions "
        "that nothing has. A convex mixture can take one side whole, pixel by pixel: compare the "
        "two errors near a boundary to see how much of that our small network has learned. It "
        "cannot take what no cell around it has: a shape thinner than a cell may get lost.",
        r"\begin{aligned} f(8i + a,\ 8j + c) &= \textstyle\sum_n s_{ijnac}\; 8 f_n \\"
        r"s \ge 0, &\quad \textstyle\sum_n s = 1 \end{aligned}",
        convex_upsample,
    )


@st.fragment
def _enlarging(clip: Clip) -> None:
    left, right = _kit.halves()
    with left:
        pair = chosen(clip)
    with right:
        _kit.predict(
            "Nine cells around a pixel move left by 3 or stand still. Which of these can a convex "
            "mixture of them say?",
            ["left by 4", "left by 2", "up by 1"],
            "left by 2",
            "A mixture with shares from 0 to 1 stays between what it mixes.",
            key="raft_convex",
        )
    inside = _kit.compute(flow.raft_inside, clip, pair.t)
    stages.upsample(f"{clip.digest} {pair.t}", inside, pair.truth, pair.valid)
