"""VideoMAE, chapter by chapter: hide and predict, and what leaks."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._chapters.videomae_stage import VIEW, bench, settings
from vidcore import videomae
from vidcore.figures import videomae as figures
from vidcore.media import Clip
from vidcore.weights import card

STAGE = "videomae_stage"
UNTRAINED_GRID = (8, 8, 8)  # where no network is shipped: the masks can be played with all the same
NETWORKS = {"the one for this mask": "", "tube": "masked", "random": "masked_random"}
WORLD, YOURS, HOME = "from its world", "yours", "Scene: Learned world"
WITHOUT = (
    "The network is not here yet: `python -m training.train masked` makes it. Masks, leakage and "
    "the two baselines work without it."
)


def predict(clip: Clip) -> None:
    """Hide nine tenths of the clip; a small network fills in the rest."""
    _predict(clip)
    _kit.explain(
        "Drag the share: the encoder never sees what is hidden, not even as an empty token. Play "
        "the clip: where the shape crosses a visible place the network knows its colour and "
        "follows it; where nothing visible tells, it says the average of what might be there, "
        "and that is a blur. It learned from pixels alone, without a single label.",
        r"\min_\theta\ \frac{1}{|\text{hidden}|} \sum_{n\ \text{hidden}} "
        r"\lVert f_\theta(\text{visible})_n - x_n \rVert^2",
        videomae.reconstruct,
        videomae.tube_mask,
        videomae.first_hidden,
        videomae.reconstruction_loss,
    )


@st.fragment
def _predict(clip: Clip) -> None:
    grid = videomae.grid_of() if videomae.shipped() else UNTRAINED_GRID
    view = settings(_kit.opening_view("videomae", VIEW), grid)
    above = st.container()
    with _kit.controls("clip"):
        clip, name = chosen(clip)
    if not videomae.shipped():
        with above:
            show(clip, name, None, grid, view)
        st.info(WITHOUT, icon=":material/model_training:")
        return
    left, right = _kit.halves()
    with left, _kit.controls():
        network = ask_network()
    hide = videomae.Hide(view["kind"], view["ratio"] / 100, view["seed"], view["painted"], network)
    result = _kit.compute(videomae.reconstruct, clip, hide)
    with above:
        show(clip, name, result, grid, view)
    with left:
        _kit.plot(
            figures.errors(result),
            key="videomae_errors_plot",
            alt="Squared error where hidden: the network, the mean colour, the nearest copy",
        )
    with right:
        _harder()
        _kit.numbers(
            Encoder_sees=f"{result.visible:,} of {result.tokens:,} cubes",
            Error_against_the_better_guess=f"{result.against_better:.2f} ×",
            Whole_network=f"{1e3 * result.seconds:.0f} ms",
        )
        st.caption(expectation(result, at_home=name == HOME))


def chosen(clip: Clip) -> tuple[Clip, str]:
    """Offer a clip of the network's world, or the visitor's; also name it."""
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    with left:
        own = _clip.own_chosen("Clip", WORLD, YOURS, key="videomae_on")
    if own:
        right.caption(f"Shown: {_clip.caption()}.")
        return clip, _clip.caption()
    right.caption(
        "Shown: a clip like those the network learned from, with another seed. "
        f"*{YOURS.capitalize()}* shows {_clip.caption()} instead."
    )
    return _clip.scene("learned_world").clip, HOME


def ask_network() -> str:
    """Ask which network fills in; empty is the one trained for the mask."""
    if len(videomae.shipped()) < 2:
        return ""
    network = st.segmented_control(
        "Network trained on masks of the kind",
        list(NETWORKS),
        default=next(iter(NETWORKS)),
        required=True,
        **_kit.bound("videomae_network"),
    )
    return NETWORKS[str(network)]


def show(
    clip: Clip,
    name: str,
    result: videomae.Reconstruction | None,
    grid: tuple[int, int, int],
    view: Mapping[str, Any],
) -> None:
    """Mount the stage with a result, or without one."""
    fps = len(videomae.prepare(clip)) * clip.fps / len(clip.frames)
    truth = Clip(videomae.prepare(clip), fps)
    bench(
        truth,
        None if result is None else Clip(result.filled, fps),
        grid,
        key=STAGE,
        alt=f"{name}, 16 frames of 48 × 48 pixels",
        view=view,
        missing="" if result else "No network is here to ask: choose another way to fill.",
        on_view=_kit.remember("videomae", STAGE, VIEW),
    )


def _harder() -> None:
    """Ask which mask is harder; the card answers."""
    if len(videomae.shipped()) < 2:
        return
    tube, scattered = (card(name).metrics for name in ("masked", "masked_random"))
    harder = "tube" if tube["tube_90_mse"] > scattered["random_90_mse"] else "random"
    _kit.predict(
        "Nine tenths are hidden either way. Which clip is harder to fill in: one with the same "
        "places hidden in every slice (tube), or one with cubes hidden anywhere (random)?",
        ["tube", "random"],
        harder,
        f"On {tube['clips']} test clips the networks err by {tube['tube_90_mse']:.4f} under tubes "
        f"and {scattered['random_90_mse']:.4f} under random masks: a cube whose place is visible a "
        "moment later can be copied.",
        key="videomae_harder",
    )


def expectation(result: videomae.Reconstruction, *, at_home: bool) -> str:
    """Say what can be expected of the network on this clip."""
    known = card(result.model).metrics
    tube = f"{known['tube_90_mse']:.4f}"
    if at_home:
        return (
            "This clip is of the world the network learned: one textured shape, a smooth ground, a "
            f"hand-held camera. On {known['clips']} such clips it has not seen, under tubes at "
            f"90 %, its squared error is {tube}, "
            f"{known['tube_90_ratio']:.2f} of the better of the two guesses."
        )
    return (
        "The network has seen generated clips of one moving shape, and nothing else. Of this clip "
        "expect the colours of what is visible, spread smoothly, and no detail it has never met. "
        f"On its own world its squared error is {tube} at 90 %; here it is "
        f"{result.errors['model']:.4f}. Choose *{WORLD}* to see it at home."
    )


def leaks(clip: Clip) -> None:
    """How many hidden cubes can be copied from another time."""
    _leaks(clip)
    _kit.explain(
        "A hidden cube whose place is visible in another slice can be filled in by copying, and "
        "copying teaches nothing. Tubes leave nothing to copy at any ratio. Random masks leak less "
        "the more they hide, one reason to hide so much; whole frames always leak.",
        r"\begin{aligned} \text{leakage} &= \frac{\#\ \text{hidden, seen elsewhere}}"
        r"{\#\ \text{hidden}} \\ \text{random} &\approx 1 - r^{\,T-1} \end{aligned}",
        videomae.leakage,
        videomae.expected_random_leakage,
        videomae.nearest_visible,
        videomae.copy_nearest,
    )


@st.fragment
def _leaks(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            ratio = _kit.slider("Share hidden (%)", 5, 98, 90, key="videomae_leak_ratio") / 100
        T = videomae.PAPER.grid[0]
        expected = videomae.expected_random_leakage(videomae.PAPER.grid, ratio=0.9)
        near = min(LEAKED, key=lambda words: abs(LEAKED[words] - expected))
        _kit.predict(
            f"A clip of {T} slices; nine tenths of its cubes are hidden at random. Of the hidden "
            "ones, how many have their place visible in another slice?",
            list(LEAKED),
            near,
            f"{expected:.0%}: each of the {T - 1} other slices shows the place with a chance of "
            "one in ten. Under tubes it is none.",
            key="videomae_leaked",
        )
        shape = videomae.PAPER.grid
        masks = {k: videomae.mask_of(videomae.Hide(k, ratio), shape) for k in videomae.KINDS}
        average = videomae.expected_random_leakage(shape, ratio=ratio)
        _kit.numbers(
            **{kind.capitalize(): f"{videomae.leakage(m):.1%}" for kind, m in masks.items()},
            Random_on_average=f"{average:.1%}",
        )
        st.caption(
            "Measured on masks of the paper's grid, 8 × 14 × 14 cubes. Paint your own on the first "
            "chapter's stage: hover a cube to read whether its place is visible at another time."
        )
    with left:
        curve = _kit.run(videomae.leakage_curve)
        _kit.plot(
            figures.leakage_curve(curve, ratio=ratio),
            key="videomae_leak_plot",
            alt="Share of hidden cubes seen at another time, against the share hidden",
        )
        if videomae.shipped():
            _kit.plot(
                figures.card_errors(best_metrics()),
                key="videomae_card_plot",
                alt="Squared error on test clips under tube, random and frame masks, three ways",
            )
            st.caption(
                f"On {card('masked').metrics['clips']} test clips of the learned world: each "
                "kind of mask with the network trained for it. A copy gains most where places leak."
            )
        else:
            st.info(WITHOUT, icon=":material/model_training:")


LEAKED = {"almost none": 0.05, "about half": 0.5, "nearly all": 0.95}


def best_metrics() -> dict[str, Any]:
    """Return each kind's metrics from the card of the network trained for it."""
    metrics = dict(card("masked").metrics)
    if "masked_random" in videomae.shipped():
        other = card("masked_random").metrics
        metrics |= {k: v for k, v in other.items() if k.startswith(("random", "frame"))}
    return metrics
