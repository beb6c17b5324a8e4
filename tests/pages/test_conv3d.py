"""The page on convolution through time: its numbers are the library's, and links rebuild it."""

import base64

import numpy as np
import pytest
import torch  # noqa: F401  # before a page is timed
from streamlit.testing.v1 import AppTest

from pages._chapters import conv3d as conv3d_chapter
from pages._chapters import conv3d_trained, conv3d_workshop
from pages._kit import signed
from tests.pages.test_pages import complaints, figures, open_page
from vidcore import conv3d, zoo
from vidcore.conv3d.workshop import OPENING
from vidcore.media import Clip
from vidcore.weights.card import names

needs_weights = pytest.mark.skipif(
    "c3d" not in names("classify"), reason="c3d is not in vidcore/weights/files"
)


def open_chapter(chapter: str, **link: str) -> AppTest:
    at = open_page("conv3d.py", conv3d_chapter=chapter, **link)
    assert complaints(at) == []
    return at


def text(at: AppTest) -> str:
    return "\n".join(m.value for m in [*at.markdown, *at.caption, *at.get("html")] if m.value)


def sent(values: dict[str, str]) -> np.ndarray:
    """Read numbers as Plotly sends them: base64 with their dtype."""
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])


def test_every_chapter_draws_without_a_click() -> None:
    charts = {"Kernel workshop": 0, "Inflation": 3, "Factorise": 3, "Budget": 2}
    for chapter, count in charts.items():
        assert len(figures(open_chapter(chapter))) == count


@pytest.mark.parametrize("how", ["mean", "centre"])
def test_the_stacked_loss_is_that_of_the_way_chosen(how: str) -> None:
    at = open_chapter("Inflation", conv3d_how=how)
    stacked = next(f["data"] for f in figures(at) if f["data"][0].get("name") == "1 layer")
    for trace, layers in zip(stacked, (1, 2, 4, 8), strict=True):
        gain = conv3d.temporal_gain(conv3d_chapter.DEPTH_FRAMES, 3, "zero", layers=layers, how=how)
        np.testing.assert_allclose(sent(trace["y"]), 100 * gain)


@needs_weights
def test_what_is_often_read_stands_beside_the_sources() -> None:
    said = text(open_chapter("Trained"))
    assert all(f"| {claim} | {source} |" in said for claim, source in conv3d_trained.FACTS)
    assert "**no captioning**" in said


def test_the_workshop_says_numpys_sum_at_the_place_in_the_link() -> None:
    kernel = "time: change over time"
    at = open_chapter(
        "Kernel workshop", conv3d_kernel=kernel, conv3d_at="3,4,5", conv3d_padding="valid"
    )
    clip = conv3d_workshop._clip.scene("throw").clip
    seen = conv3d.inspect(clip, kernel=kernel, at=(3, 4, 5), padding="valid")
    assert seen.voxel is not None
    assert signed(seen.voxel.total, "+.6f") in text(at)


@pytest.mark.parametrize("padding", ["valid", "replicate"])
def test_a_link_with_a_padding_opens_the_same_place_of_the_clip(padding: str) -> None:
    at = open_chapter("Kernel workshop", conv3d_padding=padding)
    clip = conv3d_workshop._clip.scene("throw").clip
    place = conv3d.workbench(clip).place
    seen = conv3d.inspect(clip, at=place)
    assert seen.voxel is not None
    assert signed(seen.voxel.total, "+.6f") in text(at)


@pytest.mark.parametrize("junk", ["", "1,2", "a,b,c", "-1,2,3", "1,2,999999"])
def test_a_junk_place_in_the_link_opens_the_usual_one(junk: str) -> None:
    at = open_chapter("Kernel workshop", conv3d_at=junk, conv3d_kernel="junk")
    clip = conv3d_workshop._clip.scene("throw").clip
    bench = conv3d.workbench(clip)
    seen = conv3d.inspect(clip, kernel=OPENING, at=bench.place)
    assert seen.voxel is not None
    assert signed(seen.voxel.total, "+.6f") in text(at)


def test_predictions_are_checked_against_what_is_computed() -> None:
    at = open_chapter("Kernel workshop", conv3d_workshop_guess="left")
    assert at.success
    at = open_chapter("Factorise", conv3d_pairs_guess="not at all")
    assert "just as much" in at.warning[0].value
    at = open_chapter("Budget", conv3d_budget_guess="two thirds")
    assert at.success
    at = open_chapter("Inflation", conv3d_inflation_guess="2")
    assert at.success


def test_inflation_is_exact_with_replicated_borders() -> None:
    at = open_chapter("Inflation", conv3d_inflate_padding="replicate")
    assert "0 of 16" in text(at)
    at = open_chapter("Inflation", conv3d_inflate_to="7")
    assert "6 of 16" in text(at)


def test_c3ds_two_dense_layers_are_counted_out() -> None:
    assert "fc6 and fc7 hold 50.3 of 78.4 million" in text(open_chapter("Budget"))
    at = open_chapter("Budget", conv3d_stack="R(2+1)D-18")
    assert "31.51 M" in text(at)


def test_a_clip_too_short_for_the_stack_is_refused_kindly() -> None:
    at = open_chapter("Budget", conv3d_frames="4")
    assert "nothing is left" in at.error[0].value


def test_without_weights_the_chapter_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zoo, "names", lambda task: [])
    at = open_chapter("Trained")
    assert "python -m training.train c3d" in at.info[0].value


@needs_weights
def test_a_throw_played_backwards_is_a_catch() -> None:
    at = open_chapter("Trained", conv3d_action="throw", conv3d_network="c3d")
    said = text(at)
    assert "<dd>throw</dd>" in said
    assert "<dd>catch</dd>" in said


@needs_weights
def test_told_shows_the_frames_in_the_order_it_says() -> None:
    rng = np.random.default_rng(0)
    clip = Clip(rng.random((16, 48, 48, 3), dtype=np.float32), 10.0)
    backwards = conv3d_trained.told(clip, "c3d", "reversed").of["action"].scores
    turned = Clip(np.ascontiguousarray(clip.frames[::-1]), 10.0)
    forwards = zoo.answer(turned, "c3d").of["action"].scores
    np.testing.assert_allclose(backwards, forwards, atol=1e-6)
