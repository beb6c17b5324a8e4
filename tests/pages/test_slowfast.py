"""The page on SlowFast: what it draws, what it counts, what it says without weights."""

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._chapters import slowfast as chapters
from pages._chapters.slowfast_stage import ALPHAS, BETAS, bills
from tests.pages.test_pages import complaints, figures, open_page
from vidcore import slowfast
from vidcore.weights.card import ModelCard, card, names

cards = sys.modules[ModelCard.__module__]
needs_weights = pytest.mark.skipif(
    "slowfast" not in names("classify"), reason="slowfast is not in vidcore/weights/files"
)


def open_chapter(chapter: str, **link: str) -> AppTest:
    at = open_page("slowfast.py", slowfast_chapter=chapter, **link)
    assert complaints(at) == []
    return at


def text(at: AppTest) -> str:
    return "\n".join(m.value for m in [*at.markdown, *at.caption, *at.get("html")] if m.value)


@pytest.mark.parametrize("chapter", ["What each fires on", "Cut it", "Only Fast can tell"])
def test_without_weights_a_chapter_says_how_to_make_them(
    chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "FILES", tmp_path)
    card.cache_clear()
    at = open_chapter(chapter)
    assert any("python -m training.train slowfast" in i.value for i in at.info)
    card.cache_clear()


def test_the_first_sampling_fits_the_clip_and_says_its_frames() -> None:
    at = open_chapter("Two clocks")
    assert "0, 10, 20, 31" in text(at)
    assert not at.warning


@pytest.mark.parametrize(("T", "stride"), [(1, 8), (16, 8), (32, 8), (63, 8), (64, 16), (300, 16)])
def test_the_usual_stride_fits_four_slow_frames_where_it_can(T: int, stride: int) -> None:
    assert chapters.usual_stride(T) == stride


def test_a_junk_view_still_makes_a_layout() -> None:
    assert chapters.layout_of({"slow": 4, "alpha": 8, "tau": 13}).stride == 16
    assert chapters.layout_of({"slow": 4, "alpha": 8, "tau": 1}).stride == 8


def test_the_bills_on_the_grid_are_the_formulas() -> None:
    grid = bills(256, 5, (3, 4, 6, 3))
    assert len(grid) == len(ALPHAS) * len(BETAS)
    slow, fast, link = grid[ALPHAS.index(8) * len(BETAS) + BETAS.index(8)]
    whole = slowfast.cost(slowfast.Layout(side=256))
    assert 4 * sum(slow[1:]) == whole.multiply_adds("Slow")  # counted for one Slow frame
    assert 4 * sum(fast[1:]) == whole.multiply_adds("Fast")
    assert 4 * sum(link[1:]) == whole.multiply_adds("Link")
    assert [slow[0], fast[0], link[0]] == [whole.parameters(p) for p in ("Slow", "Fast", "Link")]


def test_the_cost_chapter_prints_what_the_paper_does() -> None:
    said = text(open_chapter("What each costs"))
    assert "comes to 36.1 G" in said
    assert "Slow alone to 27.3 G" in said
    assert "Thin layers do not fill it" in said  # measured: benchmarks/results/slowfast.json


def test_the_published_table_holds_every_variant_with_its_frames() -> None:
    said = text(open_chapter("As published"))
    assert "| 4×16, R50 | 64 | 4 | 32 | 8 | 75.6 | **36.1** |" in said
    assert "| 8×8, R50 | 64 | 8 | 32 | 4 | 77.0 | 65.7 |" in said
    assert "| 16×8, R101 + non-local | 128 | 16 | 64 | 4 | 79.8 | **234** |" in said
    head, *rows = said[said.index("| variant |") :].splitlines()[: 2 + len(slowfast.VARIANTS)]
    assert {row.count("|") for row in rows} == {head.count("|")}  # cells stand under their heads


def test_the_links_answer_to_their_controls() -> None:
    at = open_chapter("One-way links")
    assert "14 of 32" in text(at)
    next(g for g in at.button_group if g.key == "slowfast_link_kernel").set_value(9).run()
    assert complaints(at) == []
    assert "14 of 32" not in text(at)


@needs_weights
def test_the_trained_chapters_run_on_their_world_and_on_yours() -> None:
    for chapter in ("What each fires on", "Cut it"):
        at = open_chapter(chapter, scene="Throw")
        assert len(figures(at)) >= 1
        next(g for g in at.button_group if g.key == "slowfast_on").set_value("yours").run()
        assert complaints(at) == []
        assert "Shown: Scene: Throw" in text(at)


@needs_weights
def test_a_scene_that_the_visitor_picks_is_the_one_the_networks_see() -> None:
    at = open_chapter("What each fires on")
    assert "shows them Scene: Throw instead" in text(at)
    at.selectbox(key="scene").set_value("wheel").run()
    assert complaints(at) == []
    assert "Shown: Scene: Wheel" in text(at)


@needs_weights
def test_a_pair_is_judged_by_every_network_that_is_here() -> None:
    said = text(open_chapter("Only Fast can tell"))
    assert "| both, α = 4 |" in said
