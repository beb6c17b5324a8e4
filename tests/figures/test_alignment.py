"""The figures of text and video in one space."""

import numpy as np

from vidcore.alignment import Described, captions
from vidcore.figures.alignment import PARTS, caption_bars, recall_bars
from vidcore.weights import card


def described(rng: np.random.Generator) -> Described:
    names = captions()
    return Described(names, *rng.uniform(-1, 1, (2, len(names))))


def test_the_nearest_caption_is_on_top_with_its_cosine(rng: np.random.Generator) -> None:
    result = described(rng)
    backward, forward = caption_bars(result, count=4).data
    assert forward.name == "Forwards"
    assert forward.y[-1] == result.best
    assert forward.x[-1] == result.forward.max()
    assert backward.x[list(backward.y).index(result.best_backward)] == result.backward.max()


def test_a_caption_near_in_both_directions_is_shown_once(rng: np.random.Generator) -> None:
    result = described(rng)
    same = Described(result.captions, result.forward, result.forward)
    assert len(caption_bars(same, count=4).data[0].y) == 4
    assert len(set(caption_bars(result, count=4).data[0].y)) == 8


def test_recall_is_drawn_as_the_card_has_it() -> None:
    of = card("align").metrics
    (bars,) = recall_bars(of, gallery=100).data
    assert list(bars.x)[::-1] == [of[name] for name in PARTS]
    assert "among 100" in recall_bars(of, gallery=100).layout.xaxis.title.text
