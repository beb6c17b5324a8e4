"""The pair that ships: what its card says is found again, on clips drawn here."""

import numpy as np
import pytest

from training.data import specs
from training.tasks.align import gallery
from vidcore import alignment
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip, synthetic
from vidcore.media.synthetic.actions import ACTIONS, REVERSED, render
from vidcore.weights import card

CLIPS, GALLERIES = 280, 6  # of the test split; standard error of recall about 2 points
WITHIN = 0.08  # of the card's numbers: four standard errors


@pytest.fixture(scope="module")
def tested() -> tuple[np.ndarray, np.ndarray]:
    """Vectors and triples of test clips."""
    drawn = render(specs("test", range(CLIPS)), flow=False)
    frames = drawn.video.astype(np.float32) / 255
    triples = np.stack([drawn.colour, drawn.shape, drawn.action], axis=1)
    return alignment.embed_clips(frames), triples


def test_recall_over_a_hundred_is_what_the_card_says(tested: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, triples = tested
    rng, found = np.random.default_rng(1), []
    for _ in range(GALLERIES):
        chosen = gallery(triples, rng)
        texts = [alignment.say(tuple(triple.tolist()), rng) for triple in triples[chosen]]
        S = alignment.cosine(vectors[chosen], alignment.embed_texts(texts))
        own = np.eye(len(chosen), dtype=bool)
        found.append([alignment.recall(S, own), alignment.recall(S.T, own)])
    said = card("align").metrics
    means = np.mean(found, axis=0)
    np.testing.assert_allclose(means, [said["clip_to_text"], said["text_to_clip"]], atol=WITHIN)
    assert means.mean() >= 0.6


def test_a_gallery_is_a_hundred_clips_of_a_hundred_triples(
    tested: tuple[np.ndarray, np.ndarray],
) -> None:
    chosen = gallery(tested[1], np.random.default_rng(2))
    assert len(chosen) == 100
    assert len(np.unique(tested[1][chosen], axis=0)) == 100


def test_a_typed_sentence_finds_what_it_says() -> None:
    drawn = alignment.gallery()
    vectors = alignment.embed_clips(drawn.frames)
    hits = [alignment.find(label, vectors).order[0] == k for k, label in enumerate(drawn.labels)]
    assert np.mean(hits) >= 0.8
    assert (
        drawn.labels[alignment.find("a blue ring falls", vectors).order[0]] == "a blue ring falls"
    )


def test_clips_played_backwards_move_to_the_caption_of_their_partner() -> None:
    captions = alignment.captions()
    thrown, caught = (captions.index(f"a red disc is {way}") for way in ("thrown", "caught"))
    values, moved = {"action": ACTIONS.index("throw")}, []
    for seed in range(12):
        result = alignment.describe(synthetic.make("learned_world", values, seed=seed).clip)
        ahead = result.forward[thrown] > result.forward[caught]
        moved.append(ahead and result.backward[caught] > result.backward[thrown])
    assert sum(moved) >= 9  # the card says 93 % of test clips move


def test_within_one_object_the_diagonal_is_dark_and_turns_with_time() -> None:
    result = alignment.every_action(4, 4)
    paired = sum(k != partner for k, partner in enumerate(REVERSED))
    assert result.own >= 11
    assert result.turned >= paired - 3


def test_training_has_made_the_eight_pairs_cheaper() -> None:
    result = alignment.lesson()
    assert result.loss() < 0.7 * result.loss(trained=False)
    assert result.fits.sum() == 10  # the last two clips fit each other's captions
    assert len(set(result.captions)) == len(result.captions)
    assert 8 * result.pull(only_own=True)[-2, -1] < -0.2  # drives apart what belongs together
    assert abs(result.pull()[-2, -1]) < abs(result.pull(only_own=True)[-2, -1]) / 2


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours() -> None:
    frames = alignment.gallery().frames[:5]
    together = alignment.embed_clips(frames)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(alignment.embed_clips(frames[2:3]), together[2:3], atol=1e-5)


def test_a_clip_of_any_length_and_size_is_described(rng: np.random.Generator) -> None:
    for shape in ((1, 20, 30, 3), (40, 90, 64, 3)):
        result = alignment.describe(Clip(rng.random(shape, dtype=np.float32), 25.0))
        assert len(result.captions) == len(result.forward) == len(alignment.TRIPLES)
        assert np.isfinite(result.forward).all()


def test_the_doors_say_what_they_need() -> None:
    with pytest.raises(ShapeError, match="prepare"):
        alignment.embed_clips(np.zeros((1, 8, 48, 48, 3), dtype=np.float32))
    with pytest.raises(ShapeError, match="Split them"):
        alignment.embed_clips(np.zeros((513, 16, 48, 48, 3), dtype=np.float32))
    with pytest.raises(ShapeError, match="one text"):
        alignment.embed_texts([])
    with pytest.raises(WeightsError, match="no trained model"):
        alignment.embed_texts(["a ring"], name="nonesuch")
    with pytest.raises(WeightsError, match="does not align"):
        alignment.embed_texts(["a ring"], name="frame")
