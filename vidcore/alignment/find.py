"""The front door: find clips by a text, and texts by a clip, with the trained pair.

    vectors = embed_clips(gallery)
    found = find("a blue ring falls", vectors)
    found.order[0], found.similarity[found.order[0]]
    describe(clip).best                                 # the caption that fits best, of all 420

Both ways are the same product of unit vectors: a gallery is embedded once, whatever is asked of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from jaxtyping import Float, Float32, Int64

from vidcore.alignment.contrast import cosine
from vidcore.alignment.retrieve import ranking
from vidcore.alignment.say import say
from vidcore.alignment.vocabulary import Tokens, tokenise
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.prepare import prepare
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES

NAME = "align"  # among the trained models
FRAMES, SIDE = 16, 48  # what the video encoder reads
MOST_CLIPS = 512  # embedded in one call: 2 s on one thread
TRIPLES = np.array(
    list(product(range(len(COLOURS)), range(len(SHAPES)), range(len(ACTIONS)))), dtype=np.int64
)  # all that the world can show: (420, 3) colour, shape, action


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Clips by how well a text fits them.

    Parameters
    ----------
    tokens
        How the text was read, and which words were not.
    similarity
        `(N,)` cosines, in the gallery's order.
    order
        `(N,)` indices, the best first.
    """

    tokens: Tokens
    similarity: Float[np.ndarray, " N"]
    order: Int64[np.ndarray, " N"]


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Captions by how well they fit a clip.

    Parameters
    ----------
    captions
        All 420, in the order of `TRIPLES`.
    forward, backward
        `(420,)` cosines of the clip, and of the clip played backwards.
    """

    captions: tuple[str, ...]
    forward: Float[np.ndarray, " M"]
    backward: Float[np.ndarray, " M"]

    @property
    def best(self) -> str:
        """The caption nearest to the clip."""
        return self.captions[int(self.forward.argmax())]

    @property
    def best_backward(self) -> str:
        """The caption nearest to the clip played backwards."""
        return self.captions[int(self.backward.argmax())]


def find(text: str, vectors: Float[np.ndarray, "N D"]) -> Found:
    """Rank a gallery by a text.

    Parameters
    ----------
    vectors
        Of `embed_clips`.

    Raises
    ------
    ShapeError
        If no word of the text is known.
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    tokens = tokenise(text)
    similarity = cosine(embed_texts([text]), vectors)
    return Found(tokens, read_only(similarity[0]), read_only(ranking(similarity)[0]))


def describe(clip: Clip) -> Described:
    """Rank every caption of the world for a clip, forwards and backwards.

    Parameters
    ----------
    clip
        Of any length and size; 16 frames are taken evenly, their middle square, scaled to 48.

    Raises
    ------
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    frames = prepare(clip)
    both = embed_clips(np.stack([frames, frames[::-1]]))
    forward, backward = cosine(both, caption_vectors())
    return Described(captions(), read_only(forward), read_only(backward))


def captions() -> tuple[str, ...]:
    """Return one caption for everything that the world can show, in the order of `TRIPLES`."""
    return tuple(say((int(c), int(s), int(a))) for c, s, a in TRIPLES)


@lru_cache(maxsize=1)
def caption_vectors() -> Float32[np.ndarray, "M D"]:
    """Return the vectors of `captions`."""
    return embed_texts(captions())


def embed_clips(frames: np.ndarray, *, name: str = NAME) -> Float32[np.ndarray, "N D"]:
    """Return clips as vectors of length 1.

    Parameters
    ----------
    frames
        `(N, 16, 48, 48, 3)` float32, RGB in [0, 1]: what `prepare` returns, stacked.

    Raises
    ------
    ShapeError
        If the frames are of another shape or dtype, or there are more than 512 clips.
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    wanted = (FRAMES, SIDE, SIDE, 3)
    if frames.shape[1:] != wanted or frames.dtype != np.float32:
        raise ShapeError(
            f"The video encoder reads (N, {FRAMES}, {SIDE}, {SIDE}, 3) float32; got "
            f"{frames.shape} {frames.dtype}. Call prepare(clip), which takes and scales."
        )
    if not 1 <= len(frames) <= MOST_CLIPS:
        raise ShapeError(f"Needs 1 to {MOST_CLIPS} clips at once; got {len(frames)}. Split them.")
    from vidcore.alignment.run_torch import clip_vectors  # torch is heavy: only where it is used

    return read_only(clip_vectors(name, frames))


def embed_texts(texts: Sequence[str], *, name: str = NAME) -> Float32[np.ndarray, "N D"]:
    """Return texts as vectors of length 1.

    Raises
    ------
    ShapeError
        If there is no text, or one of them has no known word.
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    if not texts:
        raise ShapeError("Needs one text or more; got none.")
    from vidcore.alignment.run_torch import text_vectors

    return read_only(text_vectors(name, np.stack([tokenise(text).ids for text in texts])))


def text_weights(*, name: str = NAME) -> dict[str, np.ndarray]:
    """Return the weights of the trained text encoder, for `sentence` and for the browser.

    Raises
    ------
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    from vidcore.alignment.run_torch import weights_of_text

    return weights_of_text(name)


def temperature(*, name: str = NAME) -> float:
    """Return the temperature that the pair has learned.

    Raises
    ------
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    from vidcore.alignment.run_torch import learned_temperature

    return learned_temperature(name)
