"""Optical flow of the visitor's clip: played, checked, and every method's time and error."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._chapters.raft_pair import usual_pair
from pages._stage import flow as stages
from pages._stage.inspector import Symbol, inspector, row
from vidcore import flow
from vidcore.flow.estimate import Settings
from vidcore.media import Clip, synthetic

VIEW = {"t": -1}  # where the link says nothing: the pair in which most moves
PAIRS_HELD = 24
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "flow.json"
METHODS: dict[str, Settings] = {
    "Lucas–Kanade, coarse to fine": flow.PyramidalLucasKanade(),
    "Lucas–Kanade, one step": flow.LucasKanade(window=9),
    "Horn–Schunck": flow.HornSchunck(),
    "Horn–Schunck, coarse to fine": flow.PyramidalHornSchunck(),
}
I1, I2 = (f"<msub><mi>I</mi><mn>{k}</mn></msub>" for k in (1, 2))
SYMBOLS = [
    Symbol("left", "What is left, in grey levels: 0 where the motion explains it", "<mi>r</mi>"),
    Symbol("warped", "Frame t + 1, looked up where the flow points", I2, signed=False),
    Symbol("u", "u: motion right, in pixels"),
    Symbol("v", "v: motion down, in pixels"),
    Symbol("prev", "Frame t: its brightness", I1, signed=False),
]
LEFT = row("{left} = {warped} ( x + {u} , y + {v} ) − {prev} ( x , y )")


def own(clip: Clip) -> None:
    """Play the flow of the whole clip; compare the methods on one pair."""
    if len(clip.frames) < 2:
        st.info("Flow needs two frames; this clip has one. Choose another part, or a scene.")
        return
    _own(clip)
    _kit.explain(
        "Where the camera moves, everything does: taking out the six numbers that most of the "
        "picture agrees with leaves what moved by itself. Going there and back again finds many, "
        "not all, of the pixels that got covered. No truth is needed for the last column, but a "
        "flat area forgives every flow.",
        r"\begin{bmatrix} u \\ v \end{bmatrix} \approx"
        r"\begin{bmatrix} a & b & c \\ d & e & f \end{bmatrix}"
        r"\begin{bmatrix} x \\ y \\ 1 \end{bmatrix}",
        flow.film,
        flow.remove_camera_motion,
        flow.forward_backward,
        flow.rivals,
    )


@st.fragment
def _own(clip: Clip) -> None:
    with _kit.controls():
        method = st.selectbox("Method", list(METHODS), **_kit.bound("flow_method"))
    settings = METHODS[method]
    with st.spinner("Following every pixel through the clip, there and back…"):
        whole = _kit.compute(flow.film, clip, settings)
    view = _kit.opening_view("film", VIEW)
    view["t"] = usual_pair(clip) if view["t"] < 0 else view["t"]
    stages.film(
        clip,
        whole,
        key="flow_film",
        content=f"{clip.digest} {settings}",
        view=view,
        on_view=_kit.remember("film", "flow_film", VIEW),
    )
    if whole.shrunk > 1:
        st.caption(
            f"Computed on frames {whole.shrunk:.2g} times smaller, to keep the wait short; lengths "
            "are in pixels of that size. A shorter part of the clip keeps its size."
        )
    t = min(int((st.session_state["flow_film"].view or view)["t"] or 0), len(clip.frames) - 2)
    st.subheader(f"Every method on frames {t} and {t + 1}", anchor=False)
    scene = _clip.truth()
    with st.spinner("Timing every method…"):
        runs = race(clip.digest, t, clip, scene)
    show_table(table(runs), key="flow_race")
    st.caption(
        "Timed on this server when first asked, the faster of two runs; a busy server is slower. "
        + (
            "Error: mean distance from the true flow over the pixels that can be followed. "
            if scene
            else "Nobody knows the true flow of an upload, so there is no error to print. "
        )
        + "Left over: root mean square of what differs after warping back, in grey levels of 0–1."
    )
    st.subheader("Does the motion explain the picture?", anchor=False)
    explained = _kit.compute(flow.residual, clip, t, settings)
    inspector(
        LEFT,
        SYMBOLS,
        clip.take([t]),
        {s.name: getattr(explained, s.name) for s in SYMBOLS},
        key="flow_inspector",
        content=f"{clip.digest} {t} {settings}",
        alt=f"{_clip.caption()}, frame {t}",
        start="left",
    )


@st.cache_resource(max_entries=PAIRS_HELD, show_spinner=False)
def race(
    digest: str, t: int, _clip_: Clip, _scene: synthetic.Scene | None
) -> tuple[flow.Rival, ...]:
    """Time every method on one pair, once."""
    if _scene is None:
        return flow.rivals(_clip_, t)
    return flow.rivals(_clip_, t, _scene.flow[t], _scene.valid[t])


def table(runs: tuple[flow.Rival, ...]) -> str:
    """Lay the runs out as a table; who did not run says why below."""
    lines = ["| method | time | error | left over |", "|---|--:|--:|--:|"]
    for run in runs:
        ran = (
            (run.milliseconds, ".1f", "ms"),
            (run.error, ".3f", "px"),
            (run.unlike, ".4f", ""),
        )
        cells = [
            "–" if n is None else f"{n:{form}}\N{NO-BREAK SPACE}{unit}" for n, form, unit in ran
        ]
        lines.append(f"| {run.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(f"{run.name}: {run.trouble}" for run in runs if run.trouble)])


def show_table(text: str, *, key: str) -> None:
    """Draw a markdown table that scrolls within itself on a phone."""
    st.html(f"<style>.st-key-{key} {{ overflow-x: auto; }}</style>")
    st.container(key=key).markdown(text)


def measured(clip: Clip) -> None:
    """Quote the benchmark beside its targets."""
    results = json.loads(RESULTS.read_text())
    st.markdown(
        "Each method against its peer on the same pairs, in one run, one thread, in turns. A ratio "
        "below 1 is cheaper, or more accurate, than the peer; it travels between machines where a "
        "time does not."
    )
    show_table(benchmark(results["rows"]), key="flow_measured")
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    st.caption(
        f"Measured on {results['when']}: {results['machine']}; {versions}. TV-L1 is in no current "
        "OpenCV wheel, so its time is derived: 47 times Farneback's, as where all peers were "
        "measured together; there it reached 0.157 px on RubberWhale (Baker et al. 2011). "
        "Repeat with `python -m benchmarks.rooms flow`."
    )


def benchmark(rows: list[dict[str, Any]]) -> str:
    """Lay the benchmark's rows out as a table."""
    lines = ["| what | ours | peer | ratio | target | against |", "|---|--:|--:|--:|--:|---|"]
    for r in rows:
        goal = (
            "–"
            if r["target"] is None
            else f"≤ {r['target']:.3g} {'✓' if r['met'] else '✗'}".replace(
                " ", "\N{NO-BREAK SPACE}"
            )
        )
        unit = "ms" if r["unit"] == "CPU s" else r["unit"]
        ours, peer = (
            f"{r[side] * (1e3 if unit == 'ms' else 1):.3g}\N{NO-BREAK SPACE}{unit}"
            for side in ("ours", "peer")
        )
        lines.append(
            f"| {r['what']} | {ours} | {peer} | {r['ratio']:.3g} | {goal} | {r['against']} |"
        )
    return "\n".join(lines)
