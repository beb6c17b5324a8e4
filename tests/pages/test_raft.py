"""The RAFT page: every chapter runs, also without weights, without a truth, and on tiny clips."""

import sys
from pathlib import Path

import pytest

from pages._chapters import raft, raft_measured, raft_pair
from tests.pages.test_pages import chapters, complaints, open_page
from vidcore.weights import card
from vidcore.weights.load_torch import load


@pytest.mark.parametrize("pair", ["a fast disc", "your clip"])
def test_every_chapter_opens_on_a_textured_scene(pair: str) -> None:
    at = open_page("raft.py", scene="Two layers", raft_pair=pair)
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
    at = open_page("raft.py", scene="Two layers", raft_pair="your clip")
    before = [caption.value for caption in at.caption]
    slider = next(s for s in at.slider if s.key.startswith("raft_t"))
    slider.set_value(3).run()
    assert complaints(at) == []
    assert [caption.value for caption in at.caption] != before


def test_it_opens_on_a_pair_that_the_pyramids_lose_and_raft_does_not() -> None:
    scene = raft_pair.fast(raft_pair.DISC)
    ours, *classics = raft_measured._shown(scene, 0)
    assert ours.name == raft_measured.SHOWN[0]
    assert ours.error is not None
    assert all(ours.error < 0.5 * (rival.error or 0) for rival in classics)


def test_the_verdict_counts_whom_raft_beats() -> None:
    said = raft.verdict(1.0, {"a": 0.5, "b": 2.0, "c": 3.0})
    assert "off by **1.00 px** and beats **2 of 3**" in said
    assert "the best of them, a, is off by **0.50 px**" in said


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
