"""Change one thing about a clip, and see which of the two streams notices."""

from functools import partial

import streamlit as st

from pages import _kit
from pages._chapters.twostream import LABELS, Truth, chosen, described, ready, watched
from pages._stage import stage
from vidcore import twostream
from vidcore.figures import theme
from vidcore.figures import twostream as figures
from vidcore.media import Clip

MOVED, RIGHT = "how much the answers moved", "who is still right"
CHANGES = tuple(twostream.CHANGES)[1:]  # the first is none
UNMOVED = 0.01  # of an answer
DEEPEST = 0.6  # opacity of a cell whose answer moved entirely: text on it can be read
LAYOUT = """<style>
table.answers { width: 100%; border-spacing: 2px; border-collapse: separate; }
.answers th { font-weight: 400; text-align: left; padding: 0.2rem 0.5rem; font-size: 0.85rem; }
.answers td { padding: 0.4rem 0.5rem; border-radius: 4px; }
.answers small { display: block; font-size: 0.8rem; white-space: nowrap; }
</style>"""


def break_it(clip: Clip) -> None:
    """Change one thing, and see who notices."""
    _kit.predict(
        "The frames are shown in no order. Which stream notices?",
        ["the spatial", "the temporal", "both"],
        _noticing("shuffled"),
        "The spatial stream averages over frames, and a sum does not know the order of its "
        "terms. Flow between frames that were no neighbours is another flow.",
        key="twostream_shuffled",
    )
    _break_it(clip)
    left, right = _kit.halves()
    with left:
        _kit.notice(
            "Take the colour away, or turn light into dark: the flow is the same, and the temporal "
            "stream says what it said. Shuffle or reverse: the frames are the same, and the "
            "spatial stream says what it said. Backwards, the temporal stream "
            "names the partner: throw becomes catch. Flow is not free of appearance, though: it "
            "shows the silhouette, so the temporal stream knows something of the shape.",
            r"\text{noticed} = \tfrac12 \sum_k "
            r"\left|\,p_k^{\text{before}} - p_k^{\text{after}}\right|",
        )
    with right:
        if ready("frame", "flow") and not twostream.trained_trouble():
            _usually(twostream.trained_fusion())
    _kit.peek(twostream.which_notices, twostream.watch_frames)


@st.fragment
def _break_it(clip: Clip) -> None:
    _broken(clip, chosen())


@st.fragment
def _broken(clip: Clip, truth: Truth | None) -> None:
    left, right = _kit.halves()
    with left:
        slot = st.container()
        shown = watched(clip, truth)
    with right, _kit.controls():
        name = str(
            st.pills(
                "Change the clip",
                CHANGES,
                default="backwards",
                required=True,
                **_kit.bound("twostream_change"),
            )
        )
    with slot:  # first, so that the browser fetches the clip while the streams watch it
        stage(
            twostream.changed_clip(shown, name),
            key="twostream_changed",
            alt=f"{described(truth)}; {name}",
            tallest=300,
            strip=False,
        )
    with right:
        if ready("frame", "flow"):
            _noticed(shown, name)


def _noticing(name: str) -> str:
    """Read from many clips which stream notices a change."""
    if twostream.trained_trouble():
        return "the temporal"
    by_question = twostream.trained_fusion().changes[name]
    moved = {
        stream: max(by[stream]["noticed"] for by in by_question.values())
        for stream in ("spatial", "temporal")
    }
    noticing = [stream for stream, share in moved.items() if share > UNMOVED]
    return "both" if len(noticing) == len(moved) else f"the {''.join(noticing)}"


def _noticed(shown: Clip, name: str) -> None:
    """Show what one change did to both answers, and offer what every other would do."""
    (change,) = _kit.compute(twostream.which_notices, shown, name)
    st.html(_table(change))
    _kit.on_demand(
        "Every change of this clip", partial(_every_change, shown), key="twostream_every"
    )


def _table(change: twostream.Change) -> str:
    """Write what each stream says now, what it said before, and how much of its answer moved.

    As a table and not as a figure: it is drawn again at every step of the slider.
    """
    head = "".join(f"<th scope=col>{question}</th>" for question in LABELS)
    rows = "".join(
        f"<tr><th scope=row>{stream} stream</th>"
        + "".join(_cell(question, stream, change) for question in LABELS)
        + "</tr>"
        for stream in ("spatial", "temporal")
    )
    return f"{LAYOUT}<table class=answers><tr><td></td>{head}</tr>{rows}</table>"


def _cell(question: str, stream: str, change: twostream.Change) -> str:
    known = LABELS[question]
    was = known[int(getattr(change.before, stream)[question].argmax())]
    now = known[int(getattr(change.after, stream)[question].argmax())]
    said = now if now == was else f"{was} → <b>{now}</b>"
    moved = getattr(change, stream)[question]
    shade = f"color-mix(in srgb, {theme.CORAL} {DEEPEST * moved:.0%}, transparent)"
    how_much = f"{100 * moved:.0f}\N{NO-BREAK SPACE}% moved"
    return f'<td style="background: {shade}">{said}<small>{how_much}</small></td>'


def _every_change(shown: Clip) -> None:
    """Show all changes of this clip; each needs its own flow."""
    _kit.plot(
        figures.noticed(_kit.compute(twostream.which_notices, shown, *CHANGES)),
        key="twostream_every_plot",
        alt="How much each stream's answers moved with every change of the clip",
    )


@st.fragment
def _usually(trained: twostream.TrainedFusion) -> None:
    """Show what every change does to many clips; on its own, for no slider changes it."""
    drawn = {MOVED: figures.usually_noticed, RIGHT: figures.still_right}
    with _kit.controls("usually"):
        asked = st.segmented_control(
            f"Over {trained.changed} test clips",
            list(drawn),
            default=MOVED,
            required=True,
            **_kit.bound("twostream_usually"),
        )
    _kit.plot(
        drawn[str(asked)](trained),
        key="twostream_usually_plot",
        alt=f"{str(asked).capitalize()}, after every change, by stream and question",
    )
