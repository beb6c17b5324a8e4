"""Which clip the trained networks watch: theirs at first, the visitor's once one is picked."""

import pytest
from streamlit.testing.v1 import AppTest

from pages._clip import title
from tests.pages.test_pages import SECONDS, complaints, open_page

PLACES = {  # page -> its chapter, the control, and its two answers
    "conv3d.py": ({"conv3d_chapter": "Trained"}, "conv3d_on", "from their world", "yours"),
    "twostream.py": (
        {"twostream_chapter": "Flow as an image"},
        "twostream_source",
        "a clip of their world",
        "your clip",
    ),
    "flow.py": (
        {"flow_chapter": "The aperture"},
        "flow_pair",
        "the article's square",
        "your clip",
    ),
    "raft.py": ({}, "raft_pair", "a fast disc", "your clip"),
}


def panel() -> None:
    """Draw the panel and the choice, as a page does."""
    from pages import _clip

    _clip.pick_clip()
    _clip.own_chosen("Watch", "world", "own", key="place")


def arrive(**link: str) -> AppTest:
    at = AppTest.from_function(panel, default_timeout=SECONDS)
    for key, value in link.items():
        at.query_params[key] = value
    at.run()
    assert complaints(at) == []
    return at


def watched(at: AppTest, key: str = "place") -> str:
    return str(next(g for g in at.button_group if g.key == key).value)


def test_an_untouched_panel_leaves_their_world() -> None:
    assert watched(arrive()) == "world"


def test_a_scene_in_the_link_is_watched() -> None:
    assert watched(arrive(scene=title("wheel"))) == "own"
    assert watched(arrive(seed="3")) == "own"


@pytest.mark.parametrize("choice", ["world", "own"])
def test_a_choice_in_the_link_stands_whatever_the_scene(choice: str) -> None:
    assert watched(arrive(scene=title("wheel"), place=choice)) == choice
    assert watched(arrive(place=choice)) == choice


@pytest.mark.parametrize("page", PLACES)
def test_the_last_act_wins(page: str) -> None:
    chapter, key, world, own = PLACES[page]
    at = open_page(page, **chapter)
    assert watched(at, key) == world
    at.selectbox(key="scene").set_value("wheel").run()
    assert watched(at, key) == own
    next(g for g in at.button_group if g.key == key).set_value(world).run()
    assert watched(at, key) == world
    at.run()
    assert watched(at, key) == world  # a rerun is no act
    at.selectbox(key="scene").set_value("throw").run()
    assert watched(at, key) == own
    assert complaints(at) == []
