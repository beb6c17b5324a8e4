"""The page on two streams: what it sends to its stages, and what it says without weights."""

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages import _kit
from pages._chapters import twostream as chapters
from pages._chapters import twostream_bias, twostream_changes, twostream_learned
from pages._chapters.twostream_cost import FACTS
from tests.pages.test_pages import complaints, figures, open_page
from tests.twostream.pair import nothing_trained, pair
from vidcore import twostream
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.twostream.scene_bias import LEAKY, LEAKY_FLOW

__all__ = ["nothing_trained", "pair"]
PAIR, LEAKY_PAIR = ("frame", "flow"), (LEAKY, LEAKY_FLOW)
LEARNED = {  # chapter -> the models it needs
    **dict.fromkeys(["Two opinions", "Who knows what", "Break it", "First filters"], PAIR),
    "Scene bias": LEAKY_PAIR,
}


def open_chapter(chapter: str, **link: str) -> AppTest:
    at = open_page("twostream.py", twostream_chapter=chapter, **link)
    assert complaints(at) == []
    return at


def sent(at: AppTest, name: str) -> dict[str, Any]:
    """Return what a component was sent."""
    found = [
        c.proto for c in at.get("bidi_component") if c.proto.component_name == f"vidcore_{name}"
    ]
    assert len(found) == 1
    message: list[dict[str, Any]] = json.loads(found[0].json)
    return message[0]


def words(at: AppTest) -> str:
    return "\n".join(m.value for m in [*at.markdown, *at.caption, *at.info])


@pytest.fixture(autouse=True)
def fresh_results() -> None:
    _kit._compute.clear()  # results of other weights, under the same clip
    twostream_learned._first_layers.clear()


@pytest.mark.parametrize("chapter", LEARNED)
def test_without_weights_a_chapter_says_how_to_make_them(
    chapter: str, nothing_trained: Path
) -> None:
    at = open_chapter(chapter)
    for name in LEARNED[chapter]:
        assert f"`python -m training.train {name}`" in words(at)


def test_the_panel_is_sent_what_the_streams_said_and_the_exact_turning_points(pair: Path) -> None:
    at = open_chapter("Two opinions", twostream_action="up", twostream_seed="2")
    clip = chapters.generated(ACTIONS.index("up"), 0, 0, 2)
    result = twostream.watch(clip)
    for asked in sent(at, "streams_fusion")["questions"]:
        s, t = result.spatial[asked["name"]], result.temporal[asked["name"]]
        np.testing.assert_allclose(asked["spatial"], s, atol=6e-5)
        np.testing.assert_allclose(asked["temporal"], t, atol=6e-5)
        curve = twostream.fusion_curve(s, t)
        ends = [[part.start, part.stop, part.label] for part in curve.stretches]
        assert asked["stretches"]["answers"] == ends
    assert sent(at, "streams_fusion")["questions"][0]["truth"] == ACTIONS.index("up")


def test_a_clip_of_the_visitor_has_no_known_answer(pair: Path) -> None:
    at = open_chapter("Two opinions", twostream_source=chapters.OWN)
    assert all(asked["truth"] is None for asked in sent(at, "streams_fusion")["questions"])
    assert "they guess" in words(at)


def test_the_stack_is_sent_once_by_address_with_its_means() -> None:
    at = open_chapter("Flow as an image")
    message = sent(at, "streams")
    found = twostream.fields(chapters.generated(8, 0, 0, 0))
    np.testing.assert_allclose(message["means"], found.means, atol=1e-4)
    assert message["flow"]["T"] == 15
    assert message["flow"]["url"].startswith("arrays/")
    assert len(json.dumps(message)) < 3000  # bytes: no pixel travels with a control


def answers(at: AppTest) -> str:
    """Return the table of what both streams say, and what they said."""
    return next(str(e.proto.body) for e in at.get("html") if "class=answers" in e.proto.body)


def test_every_change_can_be_chosen_and_the_answers_follow(pair: Path) -> None:
    at = open_chapter("Break it")
    before = answers(at)
    group = next(g for g in at.button_group if g.key == "twostream_change")
    assert list(group.options) == list(twostream.CHANGES)[1:]
    group.set_value("negative").run()
    assert complaints(at) == []
    assert answers(at) != before


def believed(at: AppTest) -> dict[str, list[float]]:
    """Return the probabilities drawn, by part and in the order spatial, temporal."""
    spec = figures(at)[0]
    return {trace["name"]: trace["x"] for trace in spec["data"]}


def test_the_knob_shows_the_pair_that_was_trained_with_the_leak(pair: Path) -> None:
    link = {"twostream_moves": "down", "twostream_background": "up"}
    shown = twostream.biased_clip(ACTIONS.index("down"), ACTIONS.index("up"), seed=1)
    for world, (spatial, temporal) in twostream_bias.WORLDS.items():
        at = open_chapter("Scene bias", twostream_trained_where=world, **link)
        result = twostream.watch(shown, spatial=spatial, temporal=temporal)
        says = [twostream.softmax(s["action"]) for s in (result.spatial, result.temporal)]
        drawn = believed(at)
        np.testing.assert_allclose(
            drawn["the background: up"], [p[ACTIONS.index("up")] for p in says]
        )
        np.testing.assert_allclose(
            drawn["the motion: down"], [p[ACTIONS.index("down")] for p in says]
        )


def test_the_change_chosen_is_compared_with_the_clip_as_it_is(pair: Path) -> None:
    at = open_chapter("Break it", twostream_change="stopped")
    clip = chapters.generated(ACTIONS.index("throw"), 0, 0, 0)
    moved = next(c for c in twostream.which_notices(clip) if c.name == "stopped")
    cell = r"<td style=[^>]*?(\d+)%, transparent.*?>(.*?)<small>(\d+)\u00a0% moved"
    cells = re.findall(cell, answers(at))
    values = [*moved.spatial.values(), *moved.temporal.values()]
    assert [int(shown) for _, _, shown in cells] == [round(100 * v) for v in values]
    assert [int(shade) for shade, _, _ in cells] == [round(60 * v) for v in values]
    before = twostream.watch(clip)
    for (_, said, _), (stream, question) in zip(
        cells, product(("spatial", "temporal"), chapters.LABELS), strict=True
    ):
        was, now = (
            chapters.LABELS[question][int(getattr(result, stream)[question].argmax())]
            for result in (before, moved.after)
        )
        assert said == (now if now == was else f"{was} → <b>{now}</b>")


def test_predictions_are_answered_from_what_was_computed(pair: Path) -> None:
    assert chapters._left_of_a_pan() == "nearly nothing"
    assert chapters._told_from_frames() in {"the colour", "both"}
    assert twostream_changes._noticing("shuffled") == "the temporal"


@pytest.mark.parametrize("chapter", ["Scene bias", "First filters", "Cost and facts"])
def test_a_chapter_with_weights_draws_its_figures(chapter: str, pair: Path) -> None:
    at = open_chapter(chapter)
    assert len(figures(at)) >= 1
    assert "training.train" not in words(at)


def test_the_facts_pair_each_number_with_its_method() -> None:
    said = words(open_chapter("Cost and facts"))
    assert all(f"| {claim} | {source} |" in said for claim, source in FACTS)
    assert "88.0 is the **SVM** fusion" in said
    assert "averaging gave **86.9**" in said
