"""Clips of the learned world to search, to compare and to learn from; none was in training.

A clip of training has a seed that starts with 0 to 2, for its split. These start with 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64

from vidcore.alignment.contrast import cosine, info_nce, pull
from vidcore.alignment.find import NAME, embed_clips, embed_texts, temperature
from vidcore.alignment.say import Triple, say, says_of
from vidcore.alignment.vocabulary import tokenise
from vidcore.media.clip import read_only
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, PAIRS, REVERSED, SHAPES, Spec, render

OWN = 3  # first part of the seed: the splits of training are 0, 1 and 2
FAMILIES = (*PAIRS[:5], (10, 11), PAIRS[5])  # two actions each: a pair, or bounce and oscillate
OBJECTS = 12  # of the gallery: each shows two families, so every clip's partner is there as well
EIGHT: tuple[Triple, ...] = (  # colour, shape, action; the last one is there twice
    (0, 0, 8), (0, 0, 9), (4, 4, 2), (4, 4, 3), (1, 1, 12), (2, 3, 6), (5, 2, 0), (5, 2, 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Clips with what they show.

    Parameters
    ----------
    frames
        `(N, 16, 48, 48, 3)` float32, RGB in [0, 1].
    triples
        `(N, 3)`: colour, shape and action of each.
    labels
        The same in words.
    """

    frames: Float32[np.ndarray, "N T H W 3"]
    triples: Int64[np.ndarray, "N 3"]
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        named = (say((int(c), int(s), int(a))) for c, s, a in self.triples)
        object.__setattr__(self, "labels", tuple(named))
        for name in ("frames", "triples"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def draw(triples: Sequence[Triple], *, seed: int = 0) -> Gallery:
    """Draw one clip of each triple; the same seed draws the same clips."""
    specs = [
        Spec(action, colour, shape, (OWN, seed, k))
        for k, (colour, shape, action) in enumerate(triples)
    ]
    drawn = render(specs, flow=False)
    return Gallery(drawn.video.astype(np.float32) / 255, np.array(triples, dtype=np.int64))


def gallery() -> Gallery:
    """Draw the 48 clips that the page searches: twelve objects, four actions each."""
    triples = []
    for k in range(OBJECTS):
        for family in (FAMILIES[(k + 4) % len(FAMILIES)], FAMILIES[k % len(FAMILIES)]):
            triples += [(k % len(COLOURS), k % len(SHAPES), action) for action in family]
    return draw(triples)


# ---- every action of one object ----------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class ActionMatrix:
    """Clips of one object against their captions: fourteen actions each way.

    Parameters
    ----------
    clips
        In the order of the actions.
    forward, backward
        `(14, 14)` cosines: clips in rows, captions in columns; played forwards, and backwards.
    partner
        The action of each clip played backwards.
    """

    clips: Gallery
    forward: Float[np.ndarray, "N N"]
    backward: Float[np.ndarray, "N N"]
    partner: tuple[int, ...] = REVERSED

    @property
    def own(self) -> int:
        """How many clips are nearest to their own caption."""
        return int((self.forward.argmax(1) == np.arange(len(self.forward))).sum())

    @property
    def turned(self) -> int:
        """How many clips of a time-reversal pair, played backwards, are nearest to the partner."""
        partner = np.array(self.partner)
        paired = partner != np.arange(len(partner))
        return int((self.backward.argmax(1) == partner)[paired].sum())


def every_action(colour: int, shape: int, *, seed: int = 0) -> ActionMatrix:
    """Compare clips of one object, in every action, with their captions.

    Raises
    ------
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    clips = draw([(colour, shape, action) for action in range(len(ACTIONS))], seed=seed + 1)
    texts = embed_texts(clips.labels)
    forward = cosine(embed_clips(clips.frames), texts)
    backward = cosine(embed_clips(np.ascontiguousarray(clips.frames[:, ::-1])), texts)
    return ActionMatrix(clips, read_only(forward), read_only(backward))


# ---- a batch of the loss -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Eight pairs as training meets them, before and after it.

    Parameters
    ----------
    clips
        The eight; the last two show the same, so either caption fits both.
    captions
        One for each, in a way of training.
    fits
        `(8, 8)`: True where the caption is true of the clip.
    before, after
        `(8, 8)` cosines of clips and captions, with fresh and with trained weights.
    temperature
        As learned.
    """

    clips: Gallery
    captions: tuple[str, ...]
    fits: Bool[np.ndarray, "N N"]
    before: Float[np.ndarray, "N N"]
    after: Float[np.ndarray, "N N"]
    temperature: float

    def loss(self, *, trained: bool = True, only_own: bool = False) -> float:
        """Return the contrastive loss of the batch, in nats.

        Parameters
        ----------
        trained
            After training, or before.
        only_own
            Count a clip's own caption alone as right, also where another one is true of it.
        """
        return info_nce(*self._asked(trained, only_own), temperature=self.temperature)

    def pull(self, *, trained: bool = True, only_own: bool = False) -> Float[np.ndarray, "N N"]:
        """Return where the loss moves each similarity; see `contrast.pull`."""
        return pull(*self._asked(trained, only_own), temperature=self.temperature)

    def _asked(self, trained: bool, only_own: bool) -> tuple[np.ndarray, np.ndarray]:
        fits = np.eye(len(self.fits), dtype=bool) if only_own else self.fits
        return (self.after if trained else self.before), fits


def lesson() -> Lesson:
    """Compare eight clips with their captions, before training and after it.

    Raises
    ------
    WeightsError
        If the pair has not been trained, or its file is damaged.
    """
    from vidcore.alignment.run_torch import untrained  # torch is heavy: only where it is used

    clips = draw(EIGHT)
    rng = np.random.default_rng(2)  # a draw in which the last two captions differ
    texts = tuple(say(triple, rng) for triple in EIGHT)
    fits = says_of(clips.triples, clips.triples)
    after = cosine(embed_clips(clips.frames), embed_texts(texts))
    ids = np.stack([tokenise(text).ids for text in texts])
    before = cosine(*untrained(NAME, clips.frames, ids))
    return Lesson(clips, texts, fits, read_only(before), read_only(after), temperature())
