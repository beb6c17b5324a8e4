"""Words, captions, and the text encoder read in NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore.alignment import UNHEARD, UNSAID, VOCABULARY, read_sentence, say, says_of, tokenise
from vidcore.alignment.pair_torch import Pair, TextEncoder
from vidcore.alignment.vocabulary import LENGTH, LETTERS
from vidcore.errors import ShapeError
from vidcore.media.synthetic.actions import ACTIONS, CAPTIONS, COLOURS, SHAPES


def test_every_caption_of_the_world_is_read_whole() -> None:
    for ways in CAPTIONS.values():
        for way in ways:
            tokens = tokenise(f"a {COLOURS[0]} {SHAPES[0]} {way}")
            assert tokens.words == ("a", COLOURS[0], SHAPES[0], *way.split())
            assert tokens.unknown == tokens.cut == ()


@given(
    text=st.one_of(st.text(max_size=200), st.text(st.sampled_from("aringdup- <>"), max_size=200))
)
def test_any_text_is_read_or_refused(text: str) -> None:
    if not set(LETTERS.findall(text.lower())) & set(VOCABULARY):
        with pytest.raises(ShapeError, match="at least one"):
            tokenise(text)
        return
    tokens = tokenise(text)
    assert tokens.ids.shape == (LENGTH,)
    assert tokens.ids.max() < len(VOCABULARY)
    assert [VOCABULARY[k] for k in tokens.ids[1 : len(tokens.words) + 1]] == list(tokens.words)


def test_unknown_words_are_named_and_left_out() -> None:
    tokens = tokenise("A HUGE blue ring, gently: falls!")
    assert tokens.unknown == ("huge", "gently")
    np.testing.assert_array_equal(tokens.ids, tokenise("a blue ring falls").ids)


def test_a_text_is_cut_at_the_last_place_and_not_before() -> None:
    assert tokenise(" ".join(["ring"] * (LENGTH - 1))).cut == ()
    longer = tokenise(" ".join(["ring"] * LENGTH))
    assert longer.cut == ("ring",)
    assert longer.words == ("ring",) * (LENGTH - 1)


def test_marks_cannot_be_typed() -> None:
    assert tokenise("<pad> <start> ring").words == ("ring",)


def test_what_is_unsaid_is_true_of_every_clip() -> None:
    clips = np.array([(0, 1, 2), (0, 2, 3), (1, 1, 3)])
    texts = np.array([(0, UNSAID, UNSAID), (UNSAID, 1, 3), (0, 1, 2), (2, 1, 2)])
    wanted = [[1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    np.testing.assert_array_equal(says_of(texts, clips), np.array(wanted, dtype=bool))
    assert say((UNSAID, 4, UNSAID)) == "a ring"
    assert say((4, UNSAID, 2)) == "something blue falls"


def test_an_unheard_phrasing_is_never_said_but_all_its_words_are() -> None:
    rng = np.random.default_rng(0)
    heard = {say((0, 0, a), rng) for a in range(len(ACTIONS)) for _ in range(60)}
    words = {word for text in heard for word in text.split()}
    for action, phrase in UNHEARD.items():
        assert phrase in CAPTIONS[action]
        assert not any(phrase in text for text in heard)
        assert set(phrase.split()) <= words


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    torch.manual_seed(0)
    return Pair().text.double().eval()


def test_numpy_reads_a_sentence_as_torch_does(encoder: TextEncoder) -> None:
    weights = {name: w.numpy() for name, w in encoder.state_dict().items()}
    for text in ("a blue ring falls", "something slides from left to right"):
        ids = tokenise(text).ids
        with torch.no_grad():
            wanted = encoder(torch.from_numpy(ids)[None])[0].numpy()
        found, maps = read_sentence(ids, weights)
        np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted), atol=1e-9)
        np.testing.assert_allclose(maps.sum(-1), 1, atol=1e-12)


def test_the_order_of_words_is_read_by_their_places_alone(encoder: TextEncoder) -> None:
    weights = {name: w.numpy() for name, w in encoder.state_dict().items()}
    texts = ("slides from left to right", "slides from right to left")
    first, second = (tokenise(text).ids for text in texts)
    assert not np.allclose(read_sentence(first, weights)[0], read_sentence(second, weights)[0])
    nowhere = weights | {"places": np.zeros_like(weights["places"])}
    a, b = (read_sentence(ids, nowhere)[0] for ids in (first, second))
    np.testing.assert_allclose(a, b, atol=1e-12)
