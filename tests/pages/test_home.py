"""The start page: its map names every page as the menu does, and its pictures are true."""

import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages import _clip, _previews
from pages._chapters.sampling import rows_of
from pages._ideas import BACKGROUND, GROUPS, IDEAS
from tests.pages.test_pages import PAGES, ROOT, SECONDS, open_page
from vidcore import sampling

HALF = _previews.SIDE


def halves(page: str) -> tuple[np.ndarray, np.ndarray]:
    picture = _previews.PREVIEWS[page]()
    return picture[:, :, :HALF], picture[:, :, HALF:]


def test_every_page_but_home_is_named_once() -> None:
    named = [f"{idea.page}.py" for idea in (*IDEAS, *BACKGROUND)]
    assert sorted(named) == [name for name in PAGES if name != "home.py"]
    assert [idea for group in GROUPS.values() for idea in group] == IDEAS


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.page)
def test_a_page_is_headed_in_the_words_of_the_menu(idea: Any) -> None:
    heading = open_page(f"{idea.page}.py").title[0].value
    assert set(idea.title.split()) <= set(heading.split())


def test_every_idea_has_a_picture_that_moves() -> None:
    pictures = _previews.previews().frames
    assert list(_previews.PREVIEWS) == [idea.page for idea in IDEAS]
    assert pictures.shape == (len(IDEAS) * _previews.MOMENTS, HALF, 2 * HALF, 3)
    for k, idea in enumerate(IDEAS):
        mine = pictures[k * _previews.MOMENTS :][: _previews.MOMENTS]
        assert abs(np.diff(mine, axis=0)).max() > 0.1, idea.page


def test_the_sampled_wheel_turns_backwards() -> None:
    every, sampled = halves("sampling")
    assert sampling.apparent_rotation(360 / 8 / 8, _previews.STRIDE, spokes=8) == -360 / 8 / 8
    np.testing.assert_allclose(sampled[1:], every[-1:0:-1], atol=1e-4)  # its frames from the end


def test_the_picture_of_order_is_its_own_reverse() -> None:
    forward, backward = halves("motion")
    np.testing.assert_array_equal(forward, backward[::-1])


def test_the_encoder_gets_a_tenth_of_the_catch() -> None:
    clip, given = halves("videomae")
    seen = (clip == given).all(-1)
    places = (HALF // _previews.PATCH) ** 2
    shown = places - int(_previews.HIDDEN * places)
    assert seen.all(axis=0).sum() == shown * _previews.PATCH**2
    assert (given[~seen] == _previews.SLATE).all()


def test_attention_follows_the_object_into_other_frames() -> None:
    _, lit = halves("attention")
    scene, patch = _clip.scene("learned_world"), _previews.PATCH
    places = lit[:, ::patch, ::patch, 0].reshape(len(lit), -1)
    y, x = np.divmod(places.argmax(-1), HALF // patch)
    middles = patch * np.stack([x, y], axis=-1) + (patch - 1) / 2
    away = np.linalg.norm(middles - scene.tracks["shape"], axis=-1)
    assert away.max() < 0.2 * HALF  # pixels: the shape's radius


@pytest.mark.parametrize(
    ("scene", "says"),
    [("Throw", "the throw becomes a catch"), ("Catch", "the catch becomes a throw"), ("Wheel", "")],
)
def test_the_question_is_about_the_clip_that_is_shown(scene: str, says: str) -> None:
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=SECONDS)
    at.query_params["scene"] = scene
    words = " ".join(m.value for m in at.run().markdown)
    assert says in words
    assert ("throw becomes" in words or "catch becomes" in words) == bool(says)


def test_a_row_says_how_many_frames_are_never_reached() -> None:
    flawed = sampling.plan(31, 30.0, sampling.Uniform(16, True))
    assert [row.unseen for row in rows_of(flawed)] == [sampling.lost_tail(31, 16)]


def test_the_sources_follow_the_menu_and_link_their_preprints() -> None:
    at = open_page("sources.py")
    headings = [header.value for header in at.header]
    assert headings[: len(IDEAS)] == [f"{idea.term} · {idea.title}" for idea in IDEAS]
    text = " ".join(m.value for m in at.markdown)
    unlinked, links = re.subn(r"\[arXiv (\d{4}\.\d{5})\]\(https://arxiv.org/abs/\1\)", "", text)
    assert links > 5
    assert re.findall(r"\d{4}\.\d{5}", unlinked) == []
