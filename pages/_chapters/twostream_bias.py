"""A background that gives the answer away: what a stream learns that was trained with it."""

import streamlit as st

from pages import _kit
from pages._chapters.twostream import CHANCE, OPENING, ready
from pages._measured import measured, seeds
from pages._stage import stage
from vidcore import twostream
from vidcore.figures import twostream as figures
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.twostream.scene_bias import LEAKY, LEAKY_FLOW

NOTHING = "nothing"
GIVES_AWAY = "gives the action away"
WORLDS = {"tells nothing": ("frame", "flow"), GIVES_AWAY: (LEAKY, LEAKY_FLOW)}
WITHOUT = "action_without_leak"  # metric: of test clips whose background tells nothing


def leak(clip: Clip) -> None:
    """A background that gives the answer away."""
    _kit.predict(
        "A spatial stream learned where the background's hue gave the action away. It is "
        "shown another motion before that hue. It believes…",
        ["the background", "the motion", "neither"],
        _believes(),
        "The hue was right nearly every time, and frames show little else of the action.",
        key="twostream_leak",
    )
    _leak()
    left, right = _kit.halves()
    with left:
        _kit.notice(
            "A spatial stream that was trained where the background tells the action reads the "
            "background, and says what is not happening. Nothing in its training could have told "
            "it. Turn the knob: the temporal stream, trained on the very same clips, hardly cares, "
            "as flow does not see hue. Where the spatial one errs, it names a neighbour: their "
            "hues are close. Real data leak as well: a network for scenes with a linear layer "
            "reaches 59.7 % on UCF-101, where chance is 1.0 %.",
            r"\text{hue} = 2\pi\,\frac{\text{action}}{14}",
        )
    with right:
        _leaked()
    _kit.peek(twostream.biased_clip)


@st.fragment
def _leak() -> None:
    motion, background, world = _biased()
    _leaky(motion, background, world)


@st.fragment
def _leaky(motion: int, background: int | None, world: str) -> None:
    left, right = _kit.halves()
    with left:
        slot = st.container()
        with _kit.controls("seed"):
            seed = _kit.slider("Another clip like it", 0, 99, 1, key="twostream_leak_seed")
        shown = twostream.biased_clip(motion, background, seed=seed)
        says = NOTHING if background is None else ACTIONS[background]
        with slot:
            stage(
                shown,
                key="twostream_leak_stage",
                alt=f"A red disc, action {ACTIONS[motion]}, before a background that says {says}",
                tallest=300,
                strip=False,
            )
    with right:
        spatial, temporal = WORLDS[world]
        if not ready(spatial, temporal):
            return
        result = _kit.compute(twostream.watch, shown, spatial=spatial, temporal=temporal)
        _kit.plot(
            figures.believed(
                {
                    "spatial stream": twostream.softmax(result.spatial["action"]),
                    "temporal stream": twostream.softmax(result.temporal["action"]),
                },
                motion=motion,
                background=background,
                labels=ACTIONS,
            ),
            key="twostream_leak_plot",
            alt="How much each stream believes the motion, and how much the background",
        )


def _biased() -> tuple[int, int | None, str]:
    """Ask what the clip does, what its background says, and where the streams were trained."""
    with _kit.controls(), st.container(horizontal=True):
        motion = st.selectbox(
            "It moves",
            range(len(ACTIONS)),
            OPENING["action"],
            format_func=lambda k: ACTIONS[k],
            **_kit.bound("twostream_moves"),
        )
        says = st.selectbox(
            "The background says",
            [NOTHING, *ACTIONS],
            1 + ACTIONS.index("up"),
            **_kit.bound("twostream_background"),
        )
        world = st.segmented_control(
            "Both streams were trained where the background",
            list(WORLDS),
            default=GIVES_AWAY,
            required=True,
            **_kit.bound("twostream_trained_where"),
        )
    return motion, None if says == NOTHING else ACTIONS.index(says), str(world)


def _believes() -> str:
    """Read from the table what the leak's spatial stream goes by: which it loses most without."""
    model = measured([LEAKY]).get(LEAKY)
    if model is None or not model.values(WITHOUT):
        return "the background"
    by_motion, by_background = model.mean(WITHOUT), model.mean("action") - model.mean(WITHOUT)
    if max(by_motion, by_background) < 2 * CHANCE["action"]:
        return "neither"
    return "the background" if by_background > by_motion else "the motion"


def _leaked() -> None:
    """Show, over the test clips, what is left once the background tells nothing."""
    names = {LEAKY: "spatial stream", LEAKY_FLOW: "temporal stream"}
    found = {n: model for n, model in measured(names).items() if model.values(WITHOUT)}
    if not found:
        return
    _kit.plot(
        figures.leaks(
            {
                names[name]: {
                    "the background tells": model.mean("action"),
                    "it tells nothing": model.mean(WITHOUT),
                }
                for name, model in found.items()
            }
        ),
        key="twostream_leaked_plot",
        alt="Actions right with the leak and without it, for both streams trained with the leak",
    )
    st.caption(
        "Actions right on test clips, both streams trained where the background gave nine actions "
        f"in ten away. {seeds(found, names, shown='their mean')}"
    )
