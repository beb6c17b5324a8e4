"""The attention page under AppTest: what the server sends is what the library counts and knows."""

from typing import Any

import numpy as np
import pytest

from pages._chapters import attention_explorer as page
from tests.pages.test_pages import complaints, open_page
from vidcore import attention


def test_what_is_packed_for_the_client_can_be_found_again() -> None:
    test = attention.hot_patch(scheme="divided")
    packed = page.Packed()
    described = packed.layer(test.result.layers[0])
    values = np.concatenate(packed.parts)
    for step, told in zip(test.result.layers[0].steps.values(), described["steps"], strict=True):
        heads, T, N, d = step.q.shape
        assert (told["heads"], told["places"], told["d"]) == (heads, N, d)
        for name in ("q", "k"):
            size = step.q.size
            found = values[told[name] : told[name] + size].reshape(heads, T, N, d)
            np.testing.assert_array_equal(found, getattr(step, name))


def test_every_action_opens_with_the_query_on_its_object() -> None:
    for action in page.ACTIONS:
        chosen = page.known(action)
        t, y, x = chosen.start
        frame = chosen.clip.frames[2 * t]
        chroma = frame.max(-1) - frame.min(-1)
        around = chroma[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5]
        assert around.max() > 3 * np.median(chroma), action  # the only thing with a colour


def test_a_network_that_is_not_trained_is_named_and_the_page_goes_on() -> None:
    row = page.missing("track_divided")
    assert "training.train track_divided" in row["error"]
    assert row["scheme"] == "divided"


def test_the_complexity_chapter_counts_the_articles_example() -> None:
    at = open_page("attention.py", attention_chapter="Complexity")
    preset = next(box for box in at.selectbox if box.key == "attention_preset")
    preset.set_value(next(o for o in preset.options if "article" in o)).run()
    assert complaints(at) == []
    table = next(m.value for m in at.markdown if "| joint |" in m.value)
    assert "| joint | 1,296 |" in table
    assert "| divided | 468 |" in table
    at.slider(key="attention_1_T").set_value(8).run()
    table = next(m.value for m in at.markdown if "| joint |" in m.value)
    assert f"| joint | {attention.pairs('joint', 8, 9):,} |" in table


def test_the_self_test_sends_the_hot_patch_and_three_schemes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(page, "mount", lambda clip, rows, **more: sent.append((rows, more)))
    at = open_page("attention.py", attention_test="true")
    assert complaints(at) == []
    rows, more = sent[-1]
    assert [row["scheme"] for row in rows] == ["joint", "divided", "space"]
    assert more["hot"] == (5, 2, 6)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[page.Chosen]:
    """Collect the clips that the explorer is asked to show, without running a network."""
    seen: list[page.Chosen] = []
    monkeypatch.setattr(page, "look", lambda chosen, names: seen.append(chosen))
    return seen


def test_a_scene_that_the_visitor_chooses_is_the_one_shown(shown: list[page.Chosen]) -> None:
    at = open_page("attention.py")
    assert shown[-1].name == "Learned world: throw"
    assert any("shows them Scene: Throw instead" in c.value for c in at.caption)
    at.selectbox(key="scene").set_value("wheel").run()
    assert complaints(at) == []
    assert shown[-1].name == "Scene: Wheel"
    assert any("Shown: Scene: Wheel" in c.value for c in at.caption)


def test_the_link_chooses_the_clip(shown: list[page.Chosen]) -> None:
    open_page("attention.py", scene="Pan").run()  # a link's scene arrives with the second run
    assert shown[-1].name == "Scene: Pan"
    open_page("attention.py", attention_on=page.YOURS)
    assert shown[-1].name == "Scene: Throw"


def test_a_scene_of_the_gallery_opens_with_the_query_on_what_moves(
    shown: list[page.Chosen],
) -> None:
    open_page("attention.py", scene="Bouncing balls").run()
    assert shown[-1].name == "Scene: Bouncing balls"
    t, y, x = shown[-1].start
    assert t == 3
    shown_frame = 13  # of 32 frames, the seventh of the 16 that are read: 6.5 * 32 / 16
    ball = page._clip.scene("bouncing_balls").tracks["ball 1"][shown_frame]
    np.testing.assert_allclose([x, y], ball * page.SIZE / 96, atol=0.5)


def test_the_tables_are_the_published_ones() -> None:
    at = open_page("attention.py", attention_chapter="What the papers report")
    words = " ".join(m.value for m in at.markdown)
    for fact in ("76.9", "36.6", "59.5", "45.8", "52.5", "80.0", "43.7", "81.7", "64.8"):
        assert fact in words
