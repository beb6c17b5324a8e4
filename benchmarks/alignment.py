"""Text and video in one space: what a question costs, by the size of the gallery."""

from functools import partial

import numpy as np
import torch

from benchmarks.ratio import Ratio, compare
from vidcore import alignment

DIM = 64  # numbers of a vector
GALLERIES = (100, 10_000, 100_000)  # clips already embedded


def measure() -> list[Ratio]:
    """Compare reading, comparing and ranking with their parts, and with torch's own sort."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    weights, ids = alignment.text_weights(), alignment.tokenise("a blue ring falls").ids
    clip = alignment.gallery().frames[:1]
    rows = [
        compare(
            "a sentence read in NumPy",
            partial(alignment.read_sentence, ids, weights),
            partial(alignment.embed_texts, ["a blue ring falls"]),
            against="the same in torch",
            repeats=10,
        ),
        compare(
            "a sentence embedded",
            partial(alignment.embed_texts, ["a blue ring falls"]),
            partial(alignment.embed_clips, clip),
            against="a clip embedded",
            repeats=10,
        ),
    ]
    for size in GALLERIES:
        vectors = rng.standard_normal((size, DIM)).astype(np.float32)
        rows.append(
            compare(
                f"a question to {size:,} clips",
                partial(alignment.find, "a blue ring falls", vectors),
                partial(alignment.embed_texts, ["a blue ring falls"]),
                against="its sentence embedded, nothing compared",
                repeats=max(1, 10_000 // size),
            )
        )
    return rows
