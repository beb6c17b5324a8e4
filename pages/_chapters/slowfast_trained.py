"""SlowFast, chapter by chapter: what our small trained networks see, and lose."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._chapters.slowfast_stage import Screen, clocks_stage
from vidcore import slowfast, zoo
from vidcore.figures import slowfast as figures
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES

WORLD, YOURS = "from their world", "yours"
PAIRS = 24  # judged together, afresh
MEASURED = Path(__file__).parents[2] / "benchmarks" / "results" / "slowfast_cut.json"
TWO_PATHWAYS = {"slowfast": "α = 4: Slow 4, Fast 16", "slowfast_alpha8": "α = 8: Slow 2, Fast 16"}
ALONE = {
    "slow": "Slow alone",
    "fast": "Fast alone",
    "slowfast": "both, α = 4",
    "slowfast_alpha8": "both, α = 8",
}
WHIRL = f"pair {slowfast.WHIRL[0]}/{slowfast.WHIRL[1]}"  # its accuracy, on the cards


# ---- networks and clips -------------------------------------------------------------------------
def network() -> str | None:
    """Offer the two-pathway networks that are here; None, and a plain message, where none is."""
    here = [name for name in TWO_PATHWAYS if name in zoo.names("classify")]
    if not here:
        missing("slowfast")
        return None
    chosen = st.segmented_control(
        "Network",
        here,
        format_func=lambda name: TWO_PATHWAYS[name],
        default=here[0],
        required=True,
        **_kit.bound("slowfast_net_small"),
    )
    return str(chosen)


def missing(name: str) -> None:
    """Say that a trained network is not here, and how to make it."""
    st.info(
        f"The trained network `{name}` is not here yet, so this chapter cannot run it. "
        f"`python -m training.train {name}` makes it.",
        icon=":material/hourglass_empty:",
    )


def chosen_clip(clip: Clip) -> tuple[Clip, str]:
    """Offer a clip of the networks' world, or the visitor's as they read it; also name it."""
    if _clip.own_chosen("Clip", WORLD, YOURS, key="slowfast_on"):
        st.caption(f"Shown: {_clip.caption()}, as these networks read it.")
        return _kit.compute(as_read, clip), _clip.caption()
    one, two, three = st.columns([5, 4, 4])
    action = one.selectbox("Action", ACTIONS, 8, **_kit.bound("slowfast_action"))
    colour = two.selectbox("Colour", COLOURS, 0, **_kit.bound("slowfast_colour"))
    shape = three.selectbox("Shape", SHAPES, 0, **_kit.bound("slowfast_shape"))
    seed = _kit.slider("Example", 0, 99, 1, key="slowfast_seed")
    shown = _drawn(str(action), seed, COLOURS.index(colour), SHAPES.index(shape))
    says = f"{colour} {shape}, {action}"
    st.caption(f"Shown: {says}. *{YOURS.capitalize()}* shows them {_clip.caption()} instead.")
    return shown, says


def as_read(clip: Clip) -> Clip:
    """Return a clip as the small networks read it: 16 frames, the middle square, 48 pixels."""
    frames = zoo.prepare(clip)
    return Clip(frames, clip.fps * len(frames) / len(clip.frames))


@lru_cache(maxsize=64)
def _drawn(action: str, seed: int, colour: int, shape: int, panning: bool = True) -> Clip:
    return slowfast.draw(action, seed=seed, colour=colour, shape=shape, panning=panning)


def clock_of(name: str) -> dict[str, int]:
    """Return the sampling of a small network, for the stage: Fast reads all 16 frames."""
    alpha = int(zoo.card(name).settings.get("alpha", 4))
    return {"t": 0, "slow": 16 // alpha, "alpha": alpha, "tau": alpha, "start": 0}


# ---- what each fires on -------------------------------------------------------------------------
def fires_on(clip: Clip) -> None:
    """Features over time."""
    _fires_on(clip)
    _kit.explain(
        "Slow's maps stand still between its frames, Fast's move with the shape. Take the colour "
        "away, and Slow's features move most; play the clip backwards or stop it, and Fast's do. "
        "Nobody told the pathways to divide the work: channels and frame rates did.",
        r"\text{response} = \frac{\lVert f(x') - f(x) \rVert}{\lVert f(x) \rVert}",
        slowfast.fires,
        slowfast.respond,
    )


@st.fragment
def _fires_on(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            name = network()
            if name is None:
                return
            shown, says = chosen_clip(clip)
            stage = st.segmented_control(
                "After stage", [1, 2, 3], default=1, required=True, **_kit.bound("slowfast_stage_k")
            )
            how = st.segmented_control(
                "Show",
                ["the liveliest channel", "the mean of all"],
                default="the liveliest channel",
                required=True,
                **_kit.bound("slowfast_draw"),
            )
        fired = _kit.compute(slowfast.fires, shown, name)
        moved = _kit.compute(slowfast.respond, shown, name)
        _kit.plot(
            figures.responses(moved),
            key="slowfast_responses_plot",
            alt="How far each pathway's features move when colour, order or motion is taken away",
        )
        tested = measured(name)
        if tested:
            st.caption(f"Mean of {tested['followed']} test clips, Slow and Fast: {means(tested)}.")
    with left:
        clocks_stage(
            [
                Screen("Slow sees", "slow", shown, f"{says}, as Slow sees it"),
                Screen("Fast sees", "fast", shown, f"{says}, as Fast sees it"),
                *(
                    _heat(fired, pathway, int(stage), str(how), shown)
                    for pathway in ("slow", "fast")
                ),
            ],
            key=f"slowfast_fires_{name}",
            view=clock_of(name),
            tallest=230,
        )


def means(tested: dict[str, Any]) -> str:
    """Write the mean responses out."""
    return "; ".join(
        f"{change} {of['slow']:.0%} and {of['fast']:.0%}"
        for change, of in tested["responses"].items()
    )


def _heat(fired: slowfast.Fired, pathway: str, stage: int, how: str, shown: Clip) -> Screen:
    one = fired.liveliest(pathway, stage) if how.startswith("the liveliest") else None
    which = f"the mean of {fired.channels(pathway, stage)}" if one is None else f"channel {one}"
    title = f"{pathway.capitalize()} {stage}: {which}"
    heat = fired.heat(pathway, stage, one)
    return Screen(title, pathway, shown, f"{title}, brighter is stronger", heat)


# ---- cut it -------------------------------------------------------------------------------------
def cut(clip: Clip) -> None:
    """Stop a part, and see what is lost."""
    _cut(clip)
    _kit.explain(
        "The colour survives whatever is stopped: one frame of Slow's is enough for it. For the "
        "action this network leans on Fast: show Fast one frame, and it is mostly gone; show Slow "
        "one frame, and it mostly stays. Cut the links, and it is lost though Fast saw everything: "
        "it was trained with links, and lets Slow answer for both.",
        r"\text{slow} \leftarrow [\,\text{slow},\ \text{link}(\text{fast})\,] \quad"
        r"\text{or}\quad [\,\text{slow},\ 0\,]",
        slowfast.intervene,
    )


@st.fragment
def _cut(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            name = network()
            if name is None:
                return
            shown, says = chosen_clip(clip)
        result = _kit.compute(slowfast.intervene, shown, name)
        _kit.plot(
            figures.interventions(result, ACTIONS),
            key="slowfast_cut_plot",
            alt="Probability of the likeliest actions, whole and with parts stopped",
        )
        tested = measured(name)
        if tested:
            _kit.plot(
                figures.accuracies(tested["accuracy"], 1 / len(ACTIONS)),
                key="slowfast_cut_table",
                alt="Accuracy on unseen clips, whole and with parts stopped",
            )
            st.caption(
                f"{tested['clips']:,} test clips nobody trained on; the dotted line is chance "
                f"for the action.{slow_alone()}"
            )
    with left:
        clocks_stage(
            [
                Screen("Slow sees", "slow", shown, f"{says}, as Slow sees it"),
                Screen("Fast sees", "fast", shown, f"{says}, as Fast sees it"),
            ],
            key=f"slowfast_cut_{name}",
            view=clock_of(name),
            tallest=230,
        )
        said = ((way, *result.best(way)) for way in result.ways)
        st.markdown(
            "| | the network says |\n|---|---|\n"
            + "\n".join(f"| **{way}** | {colour}, {action} |" for way, colour, action in said)
        )


def slow_alone() -> str:
    """Say how far Slow gets when it is trained without Fast; nothing where it is not here."""
    if "slow" not in zoo.names("classify"):
        return ""
    of = zoo.card("slow").metrics
    return (
        f" Slow alone, trained without Fast: colour {of['colour']:.1%}, action {of['action']:.1%}."
    )


def measured(name: str) -> dict[str, Any]:
    """Return what was measured of a network on test clips; empty where not of these weights."""
    found: dict[str, Any] = _measured().get(name, {})
    return found if found.get("weights") == zoo.card(name).sha256 else {}


@lru_cache(maxsize=1)
def _measured() -> dict[str, Any]:
    return dict(json.loads(MEASURED.read_text())["networks"]) if MEASURED.exists() else {}


# ---- only Fast can tell -------------------------------------------------------------------------
def only_fast(clip: Clip) -> None:
    """A pair that is the same to Slow."""
    _only_fast(clip)
    _kit.explain(
        "The circle takes five frames, and Slow looks every five: the shape is always back where "
        "it was. No training helps against that, nor do more channels. Fast looks at every frame, "
        "and an eighth of the channels is enough. At α = 8 it is told less often; that a link "
        "then reads only five frames of eight may be why.",
        r"\begin{aligned} & x(t + 5) = x(t) \ \Rightarrow \\"
        r"& x(0) = x(5) = x(10) = x(15) \ \Rightarrow \\"
        r"& \text{slow}(\circlearrowright) = \text{slow}(\circlearrowleft) \end{aligned}",
        slowfast.apart,
        slowfast.judge,
    )


@st.fragment
def _only_fast(_: Clip) -> None:
    left, right = _kit.halves()
    with right, _kit.controls():
        one, two = st.columns(2)
        colour = one.selectbox("Colour", COLOURS, 4, **_kit.bound("slowfast_whirl_colour"))
        shape = two.selectbox("Shape", SHAPES, 1, **_kit.bound("slowfast_whirl_shape"))
        seed = _kit.slider("Pair", 0, 99, 3, key="slowfast_whirl_seed")
        panning = st.toggle("The camera moves", **_kit.bound("slowfast_whirl_pan"))
    looks = (seed, COLOURS.index(colour), SHAPES.index(shape), panning)
    a, b = (_drawn(action, *looks) for action in slowfast.WHIRL)
    slow, fast = _kit.run(slowfast.apart, (a, b))
    with left:
        clocks_stage(
            [
                Screen(f"{pathway.capitalize()}: clip {name}", pathway, shown, f"Whirl {name}")
                for pathway in ("slow", "fast")
                for name, shown in (("A", a), ("B", b))
            ],
            key="slowfast_whirl",
            view={"t": 0, "slow": 4, "alpha": 4, "tau": 4, "start": 0},
            tallest=210,
        )
        _kit.numbers(
            A_and_B_differ_to_Slow_by=f"{slow:.3f}",
            to_Fast_by=f"{fast:.3f}",
        )
    with right:
        _kit.predict(
            "Watch only the upper two screens. Which clip whirls clockwise?",
            ["A", "B", "Slow cannot tell"],
            "Slow cannot tell" if slow < fast else "A",
            "Its four frames show the shape at one place. The lower two screens tell: A does.",
            key="slowfast_whirl",
        )
        here = [name for name in ALONE if name in zoo.names("classify")]
        if not here:
            missing("slowfast")
            return
        _verdicts(here, looks)


def _verdicts(here: list[str], looks: tuple[int, int, int, bool]) -> None:
    """Show what each network says of this pair, of fresh pairs, and of the test clips."""
    judged = [_judged(name) for name in here]
    st.markdown(
        "| says clockwise | of A | of B | test clips |\n|---|---|---|---|\n"
        + "\n".join(_verdict(name, looks) for name in here)
    )
    _kit.plot(
        figures.verdicts(judged, [ALONE[name] for name in here]),
        key="slowfast_verdicts_plot",
        alt=f"What each network says of {PAIRS} pairs of whirls",
    )
    st.caption(
        f"{PAIRS} fresh pairs, judged here: "
        + ", ".join(f"{ALONE[of.name]} {of.accuracy:.0%} right" for of in judged)
        + ". A coin gets 50 %. The last column of the table is from the cards."
    )


@lru_cache(maxsize=8)
def _judged(name: str) -> slowfast.Verdicts:
    pairs = [
        slowfast.whirl(1000 + k, colour=k % len(COLOURS), shape=k % len(SHAPES))
        for k in range(PAIRS)
    ]
    return slowfast.judge(pairs, name)


@lru_cache(maxsize=128)
def _of_pair(name: str, looks: tuple[int, int, int, bool]) -> slowfast.Verdicts:
    a, b = (_drawn(action, *looks) for action in slowfast.WHIRL)
    return slowfast.judge([(a, b)], name)


def _verdict(name: str, looks: tuple[int, int, int, bool]) -> str:
    said = _of_pair(name, looks)
    a, b = (
        f"{share:.0%} {'✓' if right else '✗'}"
        for share, right in zip(said.clockwise[0], said.right[0], strict=True)
    )
    of = zoo.card(name).metrics
    test = f"{of[WHIRL]:.1%} right" if WHIRL in of else ""
    return f"| {ALONE[name]} | {a} | {b} | {test} |"
