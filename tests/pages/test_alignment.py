"""The page Text finds video under AppTest: what it says is what the room finds."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import complaints, open_page
from vidcore import alignment
from vidcore.weights import card

CHAPTERS = ("Find a clip", "Say what it shows", "What the space knows", "The loss", "Three stages")


def said(at: AppTest) -> str:
    return " ".join(element.proto.body for element in at.get("html"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_opens_from_its_link(chapter: str) -> None:
    at = open_page("alignment.py", alignment_chapter=chapter)
    assert complaints(at) == []
    assert at.button_group(key="alignment_chapter").value == chapter


def test_the_search_says_what_the_room_finds_and_names_what_is_unknown() -> None:
    at = open_page("alignment.py", alignment_find_query="a huge blue ring rises")
    assert complaints(at) == []
    drawn = alignment.gallery()
    found = alignment.find("a blue ring rises", alignment.embed_clips(drawn.frames))
    best = found.order[0]
    assert drawn.labels[best] in said(at)
    assert f"{found.similarity[best]:.3f}" in said(at)
    assert "huge" in said(at)


@pytest.mark.parametrize("query", ["qwertz", "", "<b>ring</b>" * 90, "ring\u202e\x00 %s"])
def test_any_query_of_a_link_is_answered(query: str) -> None:
    at = open_page("alignment.py", alignment_find_query=query)
    assert complaints(at) == []


def test_the_order_of_words_is_asked_and_answered_from_a_measurement() -> None:
    at = open_page("alignment.py")
    at.button_group(key="alignment_words_guess").set_value("different clips").run()
    assert "different clips" in at.success[0].value


def test_another_action_is_described_anew() -> None:
    at = open_page("alignment.py", alignment_chapter="Say what it shows")
    before = said(at)
    at.selectbox(key="alignment_action").set_value(2).run()
    assert complaints(at) == []
    assert said(at) != before
    assert re.search("Forwards</dt><dd>a red [a-z]+ falls<", said(at))
    assert "It shows: a red disc falls." in " ".join(c.value for c in at.caption)


def test_the_loss_on_the_page_is_the_rooms() -> None:
    at = open_page("alignment.py", alignment_chapter="The loss")
    result = alignment.lesson()
    assert f"{result.loss():.3f}" in said(at)
    assert f"{result.loss(trained=False):.3f}" in said(at)


def test_the_numbers_of_the_search_are_the_cards() -> None:
    at = open_page("alignment.py")
    of = card("align")
    assert any(f"{of.parameters:,} weights" in caption.value for caption in at.caption)
