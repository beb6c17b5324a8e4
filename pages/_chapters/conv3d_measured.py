"""What our networks with a third axis scored, over their seeds, and how they learned."""

from collections.abc import Mapping

import streamlit as st

from pages import _kit
from pages._measured import Measured, compared, measured, seeds
from vidcore import zoo
from vidcore.figures import conv3d as figures

MODELS = {"c3d": "C3D", "inflated": "inflated", "r2plus1d": "R(2+1)D"}
BASELINE = {"frame": "one frame at a time"}
TURNING = "pair clockwise/counter-clockwise"
METRICS = {  # of the table -> its heading
    "action": "action",
    TURNING: "turning pair",
    "colour": "colour",
    "shape": "shape",
    "reversed_to_partner": "backwards: the partner",
    "action_shuffled": "shuffled",
    "action_frozen": "frozen",
}
ADAMW = "_adamw"  # ends the names of the runs with the other optimiser
JUDGED = {"action": "of all actions", TURNING: "of the turning pair"}


def report() -> None:
    """Show what was measured on test clips, and the learning curves."""
    labels = MODELS | BASELINE
    found = measured(labels)
    st.subheader("On test clips that no training has seen", anchor=False)
    st.markdown(table(found))
    st.caption(
        f"Right answers in percent. {seeds(found, labels)} The turning pair: clockwise told from "
        "counter-clockwise, where guessing gets half."
    )
    for said in (against_full(found), by_adamw(found)):
        if said:
            st.markdown(said)
    curves = {labels[name]: model.runs for name, model in found.items() if _learned(model)}
    if curves:
        st.subheader("How they learned", anchor=False)
        _kit.plot(
            figures.learning_curves(curves),
            key="conv3d_curves",
            alt="Share of validation clips whose action is right, against training steps",
        )


def table(found: dict[str, Measured]) -> str:
    """Lay out the metrics as Markdown, a row for each network."""
    labels = MODELS | BASELINE
    lines = [
        f"| | weights | {' | '.join(METRICS.values())} |",
        "|---|" + "---:|" * (len(METRICS) + 1),
    ]
    for name, model in found.items():
        cells = " | ".join(model.said(metric, unit="") for metric in METRICS)
        lines.append(f"| **{labels[name]}** | {zoo.card(name).parameters:,} | {cells} |")
    return "\n".join(lines)


def against_full(found: dict[str, Measured]) -> str:
    """Say whether the split kernels beat the full ones here; empty where one of them is missing."""
    if not {"c3d", "r2plus1d"} <= set(found):
        return ""
    full, split = found["c3d"], found["r2plus1d"]
    said = [
        f"{split.said(metric)} {what} against {full.said(metric)}"
        for metric, what in JUDGED.items()
        if split.values(metric) and full.values(metric)
    ]
    unsettled = " One seed does not settle it." if 1 in (len(full.runs), len(split.runs)) else ""
    return (
        f"**R(2+1)D against C3D, here:** {outcome(split, full)}: {', '.join(said)}.{unsettled} "
        "The published gain is that of far larger networks, on Kinetics."
    )


def by_adamw(found: Mapping[str, Measured]) -> str:
    """Say what the same networks scored with another optimiser; empty where nobody tried."""
    labels = {f"{name}{ADAMW}": label for name, label in MODELS.items() if name in found}
    said = [
        f"{labels[name]} {model.said('action')} ({model.said(TURNING)})"
        for name, model in compared(labels).items()
    ]
    if not said:
        return ""
    return (
        "**How the kernels are stepped decides more than how they are cut.** Here Muon steps them: "
        "it makes each step orthogonal, so that directions the data rarely asks for are learned as "
        "fast as the others. With AdamW, the same clips and as many steps gave, of all actions "
        f"(and of the turning pair): {', '.join(said)}."
    )


def outcome(split: Measured, full: Measured, metric: str = "action") -> str:
    """Compare two models by a metric; less than their spreads together is no difference."""
    gain = split.mean(metric) - full.mean(metric)
    if abs(gain) <= split.spread(metric) + full.spread(metric):
        return "no difference beyond the spread"
    return "the split is better" if gain > 0 else "the split is worse"


def _learned(model: Measured) -> bool:
    return any(run.get("curve") for run in model.runs)
