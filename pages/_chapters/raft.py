"""RAFT opened, chapter by chapter: what it compares, how it corrects, how it enlarges."""

import numpy as np
import streamlit as st

from pages import _kit
from pages._chapters.raft_pair import Pair, chosen, first_point
from pages._stage import raft as stages
from vidcore import flow
from vidcore.figures import raft as figures
from vidcore.flow.raft_parts import (
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


# ---- all pairs -------------------------------------------------------------------------------
def matching(clip: Clip) -> None:
    """Click a pixel; see what it is like, everywhere."""
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
    pair = chosen(clip)
    if pair is None:
        return
    inside = _kit.compute(flow.raft_inside, pair.clip, pair.t)
    stages.match(
        pair.clip,
        pair.t,
        inside,
        pair.truth,
        point=first_point(pair),
        view=_kit.opening_view("raft", VIEW),
        on_view=_kit.remember("raft", "raft_match", VIEW),
    )
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
    with left:
        h, w, D = inside.features1.shape
        side = (2 * inside.radius + 1) ** 2
        _kit.numbers(
            Cells=f"{h} × {w}",
            Features=f"{D}",
            Comparisons=f"{(h * w) ** 2:,}",
            Read_at_each_correction=f"{inside.levels} × {side} per cell",
        )
        st.caption(
            f"{pair.caption}. The pictures are products of the features that the network computed "
            "from these frames, worked out here as you click."
        )


# ---- corrections -----------------------------------------------------------------------------
def corrections(clip: Clip) -> None:
    """Watch the field come about."""
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
    if pair is None:
        return
    inside = _kit.compute(flow.raft_inside, pair.clip, pair.t)
    stages.fields(f"{pair.clip.digest} {pair.t}", inside, pair.truth, pair.valid)
    if pair.truth is None:
        st.caption("Nobody knows the true motion of a recording: choose a scene for the errors.")
        return
    errors, classics = error_path(inside, pair), others(pair)
    left, right = _kit.halves()
    with left:
        _kit.plot(
            figures.corrections(errors, classics),
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
        st.markdown(verdict(errors[-1], classics))


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


def others(pair: Pair) -> dict[str, float]:
    """Return the errors of the classical methods on the pair."""
    found = _rivals(pair.clip.digest, pair.t, pair)
    return {r.name: r.error for r in found if r.name in COMPARED and r.error is not None}


@st.cache_data(max_entries=64, show_spinner="Running the classical methods…")
def _rivals(digest: str, t: int, _pair: Pair) -> tuple[flow.Rival, ...]:
    return flow.rivals(_pair.clip, t, _pair.truth, _pair.valid)


def verdict(error: float, classics: dict[str, float]) -> str:
    """Say where RAFT stands among the classical methods on this pair."""
    best = min(classics, key=lambda name: classics[name])
    beaten = sum(error < other for other in classics.values())
    return (
        f"On this pair RAFT is off by **{error:.2f} px** and beats **{beaten} of {len(classics)}** "
        f"classical methods; the best of them, {best}, is off by **{classics[best]:.2f} px**."
    )


# ---- enlarging -------------------------------------------------------------------------------
def enlarging(clip: Clip) -> None:
    """A boundary finer than the grid it is computed on."""
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
    pair = chosen(clip)
    if pair is None:
        return
    inside = _kit.compute(flow.raft_inside, pair.clip, pair.t)
    stages.upsample(f"{pair.clip.digest} {pair.t}", inside, pair.truth, pair.valid)
    _kit.predict(
        "Nine cells around a pixel move left by 3 or stand still. Which of these can a convex "
        "mixture of them say?",
        ["left by 4", "left by 2", "up by 1"],
        "left by 2",
        "A mixture with shares from 0 to 1 stays between what it mixes.",
        key="raft_convex",
    )
