"""Words to numbers: a vocabulary of what can be said about the learned world, and nothing else.

A caption becomes the start mark, its words, and padding up to a fixed length. A word outside the
vocabulary is left out and named: the network has no number for it, so it cannot know it.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Int64

from vidcore.errors import ShapeError
from vidcore.media.synthetic.actions import CAPTIONS, COLOURS, SHAPES

PAD, START = "<pad>", "<start>"
SOMETHING = "something"  # said where the shape is not
LENGTH = 12  # tokens of a caption; the longest of the world has eleven with its start mark
LETTERS = re.compile(r"[a-z]+(?:-[a-z]+)*")  # "counter-clockwise" is one word


def _words() -> tuple[str, ...]:
    verbs = " ".join(way for ways in CAPTIONS.values() for way in ways)
    return (PAD, START, *sorted({"a", SOMETHING, *COLOURS, *SHAPES, *verbs.split()}))


VOCABULARY = _words()
NUMBERS = MappingProxyType({word: k for k, word in enumerate(VOCABULARY)})


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A text as the network reads it.

    Parameters
    ----------
    ids
        `(LENGTH,)` int64, padded.
    words
        Those that are read, in order.
    unknown
        Those outside the vocabulary, in order: left out.
    cut
        Those after the last that fits: left out too.
    """

    ids: Int64[np.ndarray, " L"]
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    cut: tuple[str, ...]


def tokenise(text: str) -> Tokens:
    """Split a text into words and number those that are known; case and punctuation do not count.

    Raises
    ------
    ShapeError
        If no word is known: there is nothing to read.
    """
    said = LETTERS.findall(text.lower())
    known = [word for word in said if word in NUMBERS]
    if not known:
        raise ShapeError(
            f"A text needs at least one of the {len(VOCABULARY) - 2} words the network knows, such "
            f"as {', '.join(COLOURS[:2] + SHAPES[:2])}; got {text[:60]!r}."
        )
    read, cut = known[: LENGTH - 1], known[LENGTH - 1 :]
    ids = np.full(LENGTH, NUMBERS[PAD], dtype=np.int64)
    ids[: len(read) + 1] = [NUMBERS[word] for word in (START, *read)]
    unknown = tuple(word for word in said if word not in NUMBERS)
    return Tokens(ids, tuple(read), unknown, tuple(cut))
