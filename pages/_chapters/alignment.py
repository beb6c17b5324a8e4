"""Text finds video: the live search, and captions for a clip."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, component, stage
from pages._stage.assets import publish_clip, publish_values
from vidcore import alignment
from vidcore.alignment.sentence import HEADS
from vidcore.alignment.vocabulary import LENGTH
from vidcore.errors import VidcoreError, WeightsError
from vidcore.figures import alignment as figures
from vidcore.media import Clip, synthetic
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, REVERSED, SHAPES
from vidcore.weights import card

LABELS = {"colour": COLOURS, "shape": SHAPES, "action": ACTIONS}
OPENING = {"action": 8, "colour": 0, "shape": 0}  # a red disc is thrown
KNOWN, OWN = "a clip of their world", "your clip"
QUERY = {"query": "a blue ring falls"}
MOST_LETTERS = 120  # of a query that a link may bring
FPS = 10.0  # of the learned world
HELD = 16  # generated clips kept for all visitors
CANDIDATES = 100  # clips of a gallery on the card

_SEARCH = component(
    "align_search",
    js=["frames.js", "numbers.js", "align_text.js", "align_thumbs.js", "align_search.js"],
)


def missing(error: WeightsError) -> None:
    """Say plainly that the trained pair is not there, and how to make it."""
    st.info(f"This part needs trained weights. {error}", icon=":material/hourglass_empty:")


# ---- find a clip -------------------------------------------------------------------------------
@st.cache_resource(show_spinner="Drawing the gallery…")
def searched() -> tuple[alignment.Gallery, np.ndarray]:
    """Draw the gallery and embed it, once for all visitors."""
    drawn = alignment.gallery()
    return drawn, alignment.embed_clips(drawn.frames)


@st.cache_resource(show_spinner=False)
def wall() -> dict[str, Any]:
    """Publish what the search needs in the browser: frames, vectors, and the text encoder."""
    drawn, vectors = searched()
    flat, layout = packed(alignment.text_weights())
    key = card("align").sha256
    return {
        "clip": publish_clip(filmstrip(drawn)),
        "moments": drawn.frames.shape[1],
        "labels": list(drawn.labels),
        "captions": list(alignment.captions()),
        "vectors": publish_values("vectors", vectors, key=key),
        "captionVectors": publish_values("captions", alignment.caption_vectors(), key=key),
        "weights": publish_values("text", flat, key=key),
        "text": {
            "vocabulary": list(alignment.VOCABULARY),
            "length": LENGTH,
            "heads": HEADS,
            "dim": vectors.shape[1],
            "layout": layout,
        },
    }


def filmstrip(clips: alignment.Gallery) -> Clip:
    """Put all clips one after the other, to be published as one."""
    return Clip(np.concatenate(clips.frames), fps=FPS)


def packed(weights: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[list[Any]]]:
    """Lay weights in a row; returns it, and name, shape and offset of each."""
    layout, at = [], 0
    for name, values in weights.items():
        layout.append([name, list(values.shape), at])
        at += values.size
    return np.concatenate([values.ravel() for values in weights.values()]), layout


def find(clip: Clip) -> None:
    """Type, and clips are ranked."""
    _find()
    _kit.explain(
        "A clip and a text each become one direction; the wall is sorted by the cosine between "
        "them. All 48 clips were embedded once, so a new question costs one sentence: the text "
        "encoder runs in your browser at every key. Leave words out, and see what each was worth. "
        "Ask for something outside this little world: it answers all the same, for the nearest "
        "clip is always somewhere.",
        r"\text{score} = \frac{f(\text{clip}) \cdot g(\text{text})}{|f|\,|g|}",
        alignment.find,
        alignment.tokenise,
        alignment.read_sentence,
        alignment.ranking,
    )


@st.fragment
def _find() -> None:
    try:
        drawn, vectors = searched()
        data = wall()
    except WeightsError as error:
        missing(error)
        return
    view = _kit.opening_view("alignment_find", QUERY)
    _SEARCH(
        key="alignment_search",
        data=[data | {"view": view}],
        default={"view": view},
        on_view_change=_kit.remember("alignment_find", "alignment_search", QUERY),
    )
    left, right = _kit.halves()
    with left:
        _predict_order(vectors)
        query = str((st.session_state["alignment_search"].view or view)["query"])[:MOST_LETTERS]
        checked(query, drawn, vectors)
    with right:
        scores()


def _predict_order(vectors: np.ndarray) -> None:
    """Ask whether the order of words matters; the answer is measured."""
    first, second = (
        int(_kit.run(alignment.find, text, vectors).order[0])
        for text in ("something slides from left to right", "something slides from right to left")
    )
    _kit.predict(
        "“Slides from left to right” and “slides from right to left” are the same words. What "
        "comes first for the two?",
        ["the same clip", "different clips"],
        "different clips" if first != second else "the same clip",
        "The encoder adds a vector for its place to every word, as a video transformer does for "
        "every frame. Without, a text is a bag of words and a clip a bag of frames.",
        key="alignment_words",
    )


def checked(query: str, drawn: alignment.Gallery, vectors: np.ndarray) -> None:
    """Say what the server finds for the query, with torch: the same as the browser, or a fault."""
    try:
        found = _kit.run(alignment.find, query, vectors)
    except VidcoreError as error:
        st.warning(str(error), icon=":material/help:")
        return
    best = int(found.order[0])
    _kit.numbers(
        First=drawn.labels[best],
        Cosine=_kit.signed(found.similarity[best], ".3f"),
        Second=_kit.signed(found.similarity[found.order[1]], ".3f"),
        Not_known=", ".join(found.tokens.unknown)[:60] or "none",
    )
    st.caption("Computed again on the server, by torch, once you pause.")


def scores() -> None:
    """Show what the card says about the pair."""
    of = card("align")
    _kit.plot(
        figures.recall_bars(of.metrics, gallery=CANDIDATES),
        key="alignment_recall",
        alt="Recall at one over galleries of a hundred test clips, and each part of the answer",
    )
    said = of.metrics
    st.caption(
        f"From the model card: galleries of {CANDIDATES} test clips that all show something else, "
        f"where chance is {1 / CANDIDATES:.0%}; {of.parameters:,} weights, "
        f"{of.minutes:.0f} minutes of training on one shared CPU core. Three phrasings were kept "
        f"out of training, “{'”, “'.join(alignment.UNHEARD.values())}”, though all their words "
        f"occur elsewhere: understood for {said['unheard']:.0%} of the clips, where chance is "
        f"{1 / len(ACTIONS):.0%}. Of the first five clips for a text that says only a part, "
        f"{said['partial_at_5']:.0%} fit."
    )


# ---- say what it shows -------------------------------------------------------------------------
@st.cache_resource(max_entries=HELD, show_spinner=False)
def generated(action: int, colour: int, shape: int, seed: int) -> Clip:
    """Draw a clip of the world that the pair learned."""
    labels = {"action": action, "colour": colour, "shape": shape}
    return synthetic.make("learned_world", labels, seed=seed).clip


def describe(clip: Clip) -> None:
    """Rank captions for a clip."""
    _describe(clip)
    _kit.explain(
        "The same cosines, the other way round: one clip against all 420 captions. Played "
        "backwards the clip has the same frames, and its place in the space moves to the caption "
        "of the reversed action. On a clip of another world the answer is a guess, and nothing in "
        "the ranking says so: look at how low the first cosine is.",
        r"\hat{\text{text}} = \arg\max_{\text{text}}\ f(\text{clip}) \cdot g(\text{text})",
        alignment.describe,
        alignment.cosine,
    )


@st.fragment
def _describe(clip: Clip) -> None:
    left, right = _kit.halves()
    with left:
        slot = st.container()
        shown, truth = watched(clip)
        T = len(shown.frames)
        with slot:
            stage(
                shown,
                key="alignment_stage",
                alt=said(truth) if truth else f"{_clip.caption()}, to be described",
                orders=[
                    Order("forward", "Forwards"),
                    Order("backward", "Backwards", list(range(T))[::-1]),
                ],
                tallest=300,
                strip=False,
            )
    with right:
        try:
            result = _kit.compute(_described, shown)
        except WeightsError as error:
            missing(error)
            return
        _predict_backwards(truth, result)
        _kit.plot(
            figures.caption_bars(result),
            key="alignment_captions",
            alt=f"Nearest captions: forwards {result.best}, backwards {result.best_backward}",
        )
        _kit.numbers(Forwards=result.best, Backwards=result.best_backward)
        if truth:
            right = card("align").metrics
            st.caption(
                f"It shows: {said(truth)}. Among a hundred test clips the first answer is right in "
                f"colour for {right['colour']:.0%}, in action for {right['action']:.0%}, and in "
                f"shape, the hardest at 48 pixels, for {right['shape']:.0%}."
            )


def _described(clip: Clip) -> alignment.Described:
    return alignment.describe(clip)


def _predict_backwards(truth: Mapping[str, int] | None, result: alignment.Described) -> None:
    if truth is None or REVERSED[truth["action"]] == truth["action"]:
        return
    options = [said(truth), said({**truth, "action": REVERSED[truth["action"]]})]
    own, partner = (result.backward[result.captions.index(option)] for option in options)
    _kit.predict(
        "The clip is played backwards. Which of the two captions is nearer now?",
        options,
        options[int(partner > own)],
        f"Cosines {_kit.signed(own, '.2f')} and {_kit.signed(partner, '.2f')}, measured on this "
        "clip. No frame has changed; only their order has.",
        key="alignment_backwards",
    )


def said(truth: Mapping[str, int]) -> str:
    """Say what a clip shows."""
    return alignment.say((truth["colour"], truth["shape"], truth["action"]))


def watched(clip: Clip) -> tuple[Clip, dict[str, int] | None]:
    """Ask which clip to describe; return it, and its labels where they are known."""
    with _kit.controls():
        if _clip.own_chosen("Describe", KNOWN, OWN, key="alignment_source"):
            st.caption(
                f"{_clip.caption()}. The pair knows 67 words and its own small world. On anything "
                "else it names what is nearest."
            )
            return clip, None
        truth = {
            name: _label(name, column) for name, column in zip(LABELS, st.columns(3), strict=True)
        }
        seed = _kit.slider("Another clip like it", 0, 99, 0, key="alignment_seed")
        st.caption(f"Shown: {said(truth)}. *{OWN.capitalize()}* is {_clip.caption()}.")
    return generated(truth["action"], truth["colour"], truth["shape"], seed), truth


def _label(name: str, column: Any) -> int:
    names = LABELS[name]
    chosen: int = column.selectbox(
        name.capitalize(),
        range(len(names)),
        OPENING[name],
        format_func=lambda k: names[k],
        **_kit.bound(f"alignment_{name}"),
    )
    return chosen
