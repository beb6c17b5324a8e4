"""The RAFT page: every chapter runs, also without weights, without a truth, and on tiny clips."""

import sys
from pathlib import Path

import pytest

from tests.pages.test_pages import chapters, complaints, open_page
from vidcore.weights import card
from vidcore.weights.load_torch import load


def test_every_chapter_opens_on_a_textured_scene() -> None:
    at = open_page("raft.py", scene="Two layers")
    seen = []
    for name in chapters(at, "raft.py"):
        assert complaints(at) == [], name
        assert [error.value for error in at.error] == []
        seen.append(name)
    assert len(seen) == 5


def test_the_prediction_about_comparisons_is_checked() -> None:
    at = open_page("raft.py")
    group = next(g for g in at.button_group if g.key == "raft_pairs_guess")
    group.set_value("4 times").run()
    assert any("16 times" in warning.value for warning in at.warning)


def test_another_pair_of_frames_gives_another_run() -> None:
    at = open_page("raft.py", scene="Two layers")
    before = [caption.value for caption in at.caption]
    slider = next(s for s in at.slider if s.key.startswith("raft_t"))
    slider.set_value(3).run()
    assert complaints(at) == []
    assert [caption.value for caption in at.caption] != before


def test_without_weights_the_page_lives_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import streamlit as st

    monkeypatch.setattr(sys.modules["vidcore.weights.card"], "FILES", tmp_path)
    for cache in (card, load):
        cache.cache_clear()
    st.cache_resource.clear()
    try:
        at = open_page("raft.py")
        assert complaints(at) == []
        assert any("python -m training.train raft" in error.value for error in at.error)
    finally:
        for cache in (card, load):
            cache.cache_clear()
        st.cache_resource.clear()
