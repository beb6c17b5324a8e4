"""The VideoMAE page: chapters run, the link drives the mask, words follow what was measured."""

import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._chapters.videomae_stage import SEEDS, VIEW, settings
from tests.pages.test_pages import figures
from vidcore import videomae
from vidcore.weights.card import card

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = videomae.shipped()
needs_network = pytest.mark.skipif(
    "masked" not in SHIPPED, reason="needs the trained network `masked`"
)


def open_page(**link: str) -> AppTest:
    """Open the page by a link; a link's scene arrives with the run after the page's first."""
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=60)
    for key, value in {"scene": "Learned world", **link}.items():
        at.query_params[key] = value
    at.run()
    return at.switch_page("videomae.py").run().run()


def words(at: AppTest) -> str:
    shown = [*at.markdown, *at.caption, *at.info, *at.error, *at.get("html")]
    return " ".join(str(getattr(e, "value", "") or e.proto.body) for e in shown)


@needs_network
def test_the_first_view_is_a_tube_at_ninety_percent_filled_in() -> None:
    at = open_page()
    assert not at.exception
    assert "56 of 512 cubes" in words(at)  # floor(0.9 * 64) = 57 of 64 places hidden
    assert "world the network learned" in words(at)


@needs_network
def test_the_link_chooses_the_mask() -> None:
    at = open_page(videomae_kind="random", videomae_ratio="75", videomae_seed="3")
    assert not at.exception
    assert "128 of 512 cubes" in words(at)
    at = open_page(videomae_kind="painted", videomae_painted="ffffffff00000000")
    assert "256 of 512 cubes" in words(at)


@needs_network
def test_a_clip_from_elsewhere_is_announced_as_such() -> None:
    assert "generated clips of one moving shape, and nothing else" in words(open_page(scene="Pan"))


@needs_network
def test_the_page_opens_in_the_networks_world_until_a_clip_is_chosen() -> None:
    at = open_page(scene="Throw")
    assert "world the network learned" in words(at)
    assert "shows Scene: Throw instead" in words(at)
    at.selectbox(key="scene").set_value("pan").run()
    assert not at.exception
    assert "Shown: Scene: Pan." in words(at)
    assert "generated clips of one moving shape, and nothing else" in words(at)


@needs_network
@pytest.mark.parametrize("chapter", ["What leaks", "Time saved", "Targets", "Few labels"])
def test_a_chapter_draws_and_explains(chapter: str) -> None:
    at = open_page(videomae_chapter=chapter)
    assert not at.exception
    assert not at.error
    assert "What to notice" in words(at)
    assert figures(at) or chapter == "Few labels"


def test_the_published_chapter_keeps_two_results_apart() -> None:
    at = open_page(videomae_chapter="As published")
    assert not at.exception
    text = words(at)
    assert "often merged" in text
    assert "neither the paper nor its repository" in text


def test_without_a_network_masks_can_still_be_played_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys.modules[card.__module__], "FILES", tmp_path)
    card.cache_clear()
    try:
        for chapter in ("Hide and predict", "What leaks", "Time saved", "Few labels"):
            at = open_page(videomae_chapter=chapter)
            assert not at.exception
            assert "training" in words(at)
    finally:
        card.cache_clear()


GRID = (8, 8, 8)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "nonsense"}, {"kind": "tube"}),
        ({"ratio": 99999}, {"ratio": 98}),
        ({"seed": 17}, {"seed": 17 % SEEDS}),
        ({"t": 400}, {"t": 15}),
        ({"kind": "painted", "painted": "zz"}, {"kind": "tube", "painted": ""}),
        ({"kind": "painted", "painted": "f" * 16}, {"kind": "tube", "painted": ""}),  # all hidden
        ({"kind": "painted", "painted": "0f" * 8}, {"kind": "painted", "painted": "0f" * 8}),
        ({"painted": "0f" * 8}, {"kind": "tube", "painted": ""}),
    ],
)
def test_junk_in_a_link_becomes_a_mask_that_works(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    fixed = settings({**VIEW, **given}, GRID)
    assert fixed == {**VIEW, **expected}
    masked = videomae.mask_of(
        videomae.Hide(fixed["kind"], fixed["ratio"] / 100, fixed["seed"], fixed["painted"]), GRID
    )
    assert not masked.all()
