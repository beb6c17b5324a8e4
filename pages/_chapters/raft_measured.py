"""RAFT measured: against the classics, by displacement, and how it learned."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._chapters import raft_pair
from pages._chapters.raft import COMPARED
from vidcore import flow, weights
from vidcore.errors import WeightsError
from vidcore.figures import raft as figures
from vidcore.media import Clip, synthetic

SHOWN = ("RAFT, our own", *COMPARED[:1], "OpenCV Farneback", "OpenCV DIS")
SMALLEST = 16  # pixels
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "raft.json"


def against(clip: Clip) -> None:
    """Two fast pairs and every scene of the gallery, every method."""
    del clip  # every visitor sees the same table
    scenes = scoreboard()
    if ours_missing(scenes):
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _kit.plot(
            figures.scoreboard(scenes),
            key="raft_scoreboard",
            alt="Mean error of four methods on every scene of the gallery",
        )
    with right:
        won, lost = verdicts(scenes)
        st.markdown(
            f"Of {len(scenes)} scenes our RAFT is best on **{len(won)}**"
            + (f" ({', '.join(won)})" if won else "")
            + f", and beaten on **{len(lost)}**"
            + (f" ({', '.join(lost)})" if lost else "")
            + "."
        )
        st.caption(
            "First the two fast pairs of this page, then the gallery's scenes at their usual "
            "settings and size, the pair of frames in which most moves; the mean over the pixels "
            "whose true motion is known. None of them was trained on."
        )
        _recorded()
    _kit.explain(
        "Coarse to fine halves the picture until a motion is small; a small fast thing is gone "
        "before that, as on the fast disc. All pairs see it wherever it went: that is what RAFT is "
        "about. A slow pan or zoom of soft texture is what least squares are best at. "
        "Without texture every method guesses, and the guess that nothing moves is often "
        "right.",
        r"\text{error} = \operatorname{mean}_{\text{valid}} \lVert f - f_{\text{true}} \rVert",
        flow.rivals,
        flow.endpoint_error,
    )


@st.cache_resource(show_spinner="Every method on every scene…")
def scoreboard() -> dict[str, list[flow.Rival]]:
    """Run the methods that are shown on the fastest pair of every scene; once for all visitors."""
    board = {
        name.capitalize(): _shown(raft_pair.fast(name), 0)
        for name in (raft_pair.DISC, raft_pair.LAYERS)
    }
    for name in synthetic.GALLERY:
        scene = _clip.scene(name)
        if min(scene.clip.frames.shape[1:3]) < SMALLEST or not len(scene.flow):
            continue
        t = raft_pair.fastest(scene)
        if scene.valid[t].any():
            board[_clip.title(name)] = _shown(scene, t)
    return board


def _shown(scene: synthetic.Scene, t: int) -> list[flow.Rival]:
    found = flow.rivals(scene.clip, t, scene.flow[t], scene.valid[t])
    return [r for label in SHOWN for r in found if r.name == label]


def ours_missing(scenes: Mapping[str, list[flow.Rival]]) -> bool:
    """Whether our network did not run; if so, say why."""
    trouble = next((r.trouble for rivals in scenes.values() for r in rivals if r.trouble), "")
    if trouble:
        st.info(trouble, icon=":material/hourglass_empty:")
    return bool(trouble)


def verdicts(scenes: Mapping[str, list[flow.Rival]]) -> tuple[list[str], list[str]]:
    """Return the scenes on which ours is best, and the others."""
    won: list[str] = []
    lost: list[str] = []
    for scene, (ours, *others) in scenes.items():
        best = min(r.error for r in others if r.error is not None)
        (won if ours.error is not None and ours.error <= best else lost).append(scene)
    return won, lost


def _recorded() -> None:
    """Quote the benchmark: pairs of others, whose truth is known."""
    if not RESULTS.exists():
        return
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = [row for row in result["rows"] if row["against"] == "cv2 DIS MEDIUM"]
    time = next(row for row in result["rows"] if row["unit"] != "px")
    st.markdown("**Measured on pairs of others**, against OpenCV's DIS:")
    lines = [
        f"| {row['what'].removeprefix('RAFT, ')} | {row['ours']:.3f} | {row['peer']:.3f} "
        f"| {row['ratio']:.2f} |"
        for row in rows
    ]
    header = ["| pairs | ours (px) | DIS (px) | ratio |", "|---|---|---|---|"]
    st.markdown("\n".join([*header, *lines]))
    st.caption(
        f"Its CPU time at 240 × 320 and 12 corrections is {time['ratio']:.2f} of that of the "
        f"published small network's layout; measured {result['when']}, {result['machine']}."
    )


# ---- how it learned --------------------------------------------------------------------------
def learned(clip: Clip) -> None:
    """What it was trained on, how long, and what it can do by displacement."""
    del clip  # the card is the same for all
    try:
        card = weights.card("raft")
    except WeightsError as error:
        st.info(str(error), icon=":material/hourglass_empty:")
        return
    begun = weights.card(card.recipe["starts_from"]) if card.recipe["starts_from"] else None
    _groups(card, begun)
    _runs(card, begun)
    _kit.explain(
        "It never saw a recording: every pair was drawn from a seed, layers of noise, waves and "
        "fallen leaves on exactly known motion, small motions first. Before it could correct, it "
        "had to match: a second loss asks each cell to be most like the cell it moved to. The "
        "longest motions come last. How it fares on recorded cloth (RubberWhale), which it never "
        "met, stands under *Against the classics*.",
        r"\begin{aligned} \mathcal L = &\textstyle\sum_{k} 0.8^{\,n-1-k}\, "
        r"\lVert f_k - f_{\text{true}} \rVert_1 \\"
        r"&- a \log \operatorname{softmax}(C)_{\text{true match}} \end{aligned}",
        flow.raft,
    )


def _groups(card: weights.ModelCard, begun: weights.ModelCard | None) -> None:
    metrics = card.metrics
    runs = [card] if begun is None else [begun, card]
    groups = [name.removeprefix("gain_") for name in metrics if name.startswith("gain_")]
    ours = {_words(g): metrics[f"epe_{g}"] for g in groups}
    still = {_words(g): metrics[f"epe_{g}"] / (1 - metrics[f"gain_{g}"]) for g in groups}
    left, right = _kit.halves()
    with left:
        _kit.plot(
            figures.displacements(ours, still),
            key="raft_displacements",
            alt="Mean error on fresh pairs by true motion, beside that of zero flow",
        )
    with right:
        _kit.numbers(
            Parameters=f"{card.parameters:,}",
            Training_steps=" + ".join(f"{run.recipe['steps']:,}" for run in runs),
            Pairs_a_step=f"{card.recipe['batch']}",
            Minutes_on_one_shared_CPU_thread=f"{sum(run.minutes for run in runs):.0f}",
            Seed=f"{card.seed}",
        )
        st.caption(f"{card.about} {card.data} {card.notes}")
        least = min(groups, key=lambda g: metrics[f"gain_{g}"])
        _kit.predict(
            "A field of zeros is the cheapest estimate. In which group does the network gain least "
            "over it, as a share?",
            list(ours),
            _words(least),
            f"{metrics[f'gain_{least}']:.0%} there, {max(metrics[f'gain_{g}'] for g in groups):.0%}"
            " at best.",
            key="raft_least",
        )


def _words(group: str) -> str:
    return group.replace("px", " px").replace("-", "–")


def _runs(card: weights.ModelCard, begun: weights.ModelCard | None) -> None:
    """Draw the run: the error on validation pairs over its steps, and after each correction."""
    left, right = _kit.halves(even=True)
    curve: list[dict[str, Any]] = [] if begun is None else list(begun.extra.get("curve", []))
    before = curve[-1]["step"] if curve else 0
    curve += [e | {"step": before + e["step"]} for e in card.extra.get("curve", [])]
    if curve:
        groups = [name.removeprefix("epe_") for name in curve[0] if name.startswith("epe_")]
        with left:
            st.markdown("**While it trained**, on validation pairs")
            _kit.plot(
                figures.learning(curve, groups),
                key="raft_learning",
                alt="Mean error on validation pairs over the training run, by true motion",
            )
    after = {n: v for n, v in card.metrics.items() if n.startswith("after_")}
    if after:
        with right:
            st.markdown("**What each correction gains**, on fresh pairs")
            _kit.plot(
                figures.corrections([card.metrics["zero"], *after.values()], {}),
                key="raft_gains",
                alt="Mean error on fresh pairs after each correction",
            )
