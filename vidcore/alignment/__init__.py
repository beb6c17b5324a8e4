"""Text and video in one space: find clips by a sentence, and sentences by a clip.

vectors = alignment.embed_clips(gallery)                 a gallery, once
alignment.find("a blue ring falls", vectors).order       the best clip first
alignment.describe(clip).best                            the best of all captions
"""

from vidcore.alignment.contrast import cosine, info_nce, log_softmax, one_way, pull
from vidcore.alignment.find import (
    TRIPLES,
    Described,
    Found,
    caption_vectors,
    captions,
    describe,
    embed_clips,
    embed_texts,
    find,
    temperature,
    text_weights,
)
from vidcore.alignment.retrieve import ranking, recall
from vidcore.alignment.say import UNHEARD, UNSAID, say, says_of
from vidcore.alignment.sentence import read_sentence
from vidcore.alignment.vocabulary import VOCABULARY, Tokens, tokenise
from vidcore.alignment.world import (
    ActionMatrix,
    Gallery,
    Lesson,
    every_action,
    gallery,
    lesson,
)
from vidcore.media.prepare import prepare

__all__ = [
    "TRIPLES",
    "UNHEARD",
    "UNSAID",
    "VOCABULARY",
    "ActionMatrix",
    "Described",
    "Found",
    "Gallery",
    "Lesson",
    "Tokens",
    "caption_vectors",
    "captions",
    "cosine",
    "describe",
    "embed_clips",
    "embed_texts",
    "every_action",
    "find",
    "gallery",
    "info_nce",
    "lesson",
    "log_softmax",
    "one_way",
    "prepare",
    "pull",
    "ranking",
    "read_sentence",
    "recall",
    "say",
    "says_of",
    "temperature",
    "text_weights",
    "tokenise",
]
