"""Alignment: clips and texts drawn together where they fit, apart where they do not.

Every batch holds each clip twice, forwards and backwards, because the partner of a throw is the
hardest negative there is. Besides a caption for every clip there are texts that are nearly right
(one part changed) and texts that say only a part. All that fits is a positive, however it came.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from training.data import SIZES, TRAIN, labelled, to_video
from training.data import pool as drawn
from training.recipe import Tensors
from vidcore.alignment.contrast_torch import info_nce
from vidcore.alignment.pair_torch import Pair
from vidcore.alignment.retrieve import ranking, recall
from vidcore.alignment.say import UNHEARD, UNSAID, Triple, say, says_of
from vidcore.alignment.vocabulary import LENGTH, tokenise
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, REVERSED, SHAPES

KINDS = (len(COLOURS), len(SHAPES), len(ACTIONS))
GALLERY, GALLERIES = 100, 200  # clips of a gallery, all of different triples; galleries averaged
WHILE_TRAINING = 700  # validation clips looked at between steps
CHUNK = 56
FIRST = 5  # answers looked at where a text says only a part


@dataclass(frozen=True, slots=True)
class Align:
    """Train the pair of encoders.

    Parameters
    ----------
    nearly
        Texts per clip that differ from its caption in one part.
    partial
        Share of further texts, per clip, that leave something unsaid.
    """

    nearly: int = 2
    partial: float = 0.5
    pool: int = TRAIN

    def network(self) -> nn.Module:
        """Return the pair with fresh weights."""
        return Pair()

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return clips, also backwards, and texts: which fits which lies in their triples."""
        batch = labelled(split, indices, seed, augment=split == "train")
        video = torch.cat([batch["video"], batch["video"].flip(2)])
        action = torch.cat([batch["action"], torch.tensor(REVERSED)[batch["action"]]])
        clips = torch.stack(
            [batch["colour"].repeat(2), batch["shape"].repeat(2), action], dim=1
        ).numpy()
        texts, ids = self.texts(clips, np.random.default_rng((seed, 13)))
        fits = says_of(texts, clips)
        return {"video": video, "ids": torch.from_numpy(ids), "fits": torch.from_numpy(fits)}

    def texts(self, clips: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw the texts of a batch: their triples `(M, 3)`, and their ids."""
        triples = [*clips]
        triples += [nearly(clip, rng) for clip in clips for _ in range(self.nearly)]
        some = rng.choice(len(clips), int(self.partial * len(clips)), replace=False)
        triples += [in_part(clips[k], rng) for k in some]
        said = [say(as_triple(triple), rng) for triple in triples]
        return np.stack(triples), ids_of(said)

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Return the symmetric contrastive loss of the batch."""
        clips, texts = network(batch["video"], batch["ids"])
        temperature: Tensor = network.temperature  # type: ignore[assignment]
        device = clips.device.type
        with torch.autocast(device, enabled=False):
            similarity = clips @ texts.T
            loss = info_nce(similarity[None], batch["fits"][None], temperature=temperature)[0]
        return loss, {"temperature": float(temperature.detach())}

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return retrieval over many galleries; of the test split also what was never said."""
        count = WHILE_TRAINING if split == "validation" else SIZES[split]
        found = embed(network, split, count)
        metrics = retrieval(network, *found, galleries=GALLERIES if split == "test" else 40)
        if split == "test":
            metrics |= unheard(network, *found) | partial(network, *found)
            metrics |= backwards(network, split, count)
        return metrics

    def one_clip(self) -> Tensors:
        """Return a clip and a caption, for their cost."""
        generator = torch.Generator().manual_seed(0)
        video = torch.rand(1, 3, 16, 48, 48, generator=generator)
        return {"video": video, "ids": torch.from_numpy(ids_of(["a red disc is thrown"]))}


def as_triple(labels: np.ndarray) -> Triple:
    """Turn a row of labels into plain integers."""
    colour, shape, action = (int(k) for k in labels)
    return colour, shape, action


def nearly(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change one part of a triple into another; the action into its partner half of the time."""
    changed, part = clip.copy(), int(rng.integers(3))
    partner = REVERSED[clip[2]]
    if part == 2 and partner != clip[2] and rng.random() < 0.5:
        changed[2] = partner
    else:
        changed[part] = (clip[part] + rng.integers(1, KINDS[part])) % KINDS[part]
    return changed


def in_part(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave one or two parts of a triple unsaid."""
    changed = clip.copy()
    changed[rng.choice(3, int(rng.integers(1, 3)), replace=False)] = UNSAID
    return changed


def ids_of(texts: list[str]) -> np.ndarray:
    """Return the ids of texts, `(N, LENGTH)`."""
    return np.stack([tokenise(text).ids for text in texts]) if texts else np.empty((0, LENGTH))


# ---- what it has learned ----------------------------------------------------------------------
@torch.inference_mode()
def embed(
    network: nn.Module, split: str, count: int, *, back: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the vectors of a split's first clips, and their triples."""
    of, device = drawn(split), next(network.parameters()).device
    parts = []
    for start in range(0, count, CHUNK):
        video = to_video(of.video[start : min(start + CHUNK, count)])
        shown = (video.flip(2) if back else video).to(device)
        parts.append(network.clips(shown).cpu().numpy())  # type: ignore[operator]
    labels = np.stack([of.labels[name][:count] for name in ("colour", "shape", "action")], axis=1)
    return np.concatenate(parts), labels


@torch.inference_mode()
def embed_texts(network: nn.Module, texts: list[str]) -> np.ndarray:
    """Return the vectors of texts."""
    device = next(network.parameters()).device
    vectors: np.ndarray = network.texts(torch.from_numpy(ids_of(texts)).to(device)).cpu().numpy()  # type: ignore[operator]
    return vectors


def gallery(triples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw `GALLERY` clips of as many different triples."""
    order = rng.permutation(len(triples))
    _, first = np.unique(triples[order], axis=0, return_index=True)
    return np.asarray(order[rng.permutation(first)[:GALLERY]])


def retrieval(
    network: nn.Module, clips: np.ndarray, triples: np.ndarray, *, galleries: int
) -> dict[str, float]:
    """Return recall over galleries of 100, both ways, and which part of the first answer is right.

    Each clip is asked for by a caption of its own, in one of the ways of training.
    """
    rng, found = np.random.default_rng(0), []
    for _ in range(galleries):
        chosen = gallery(triples, rng)
        said = embed_texts(network, [say(as_triple(t), rng) for t in triples[chosen]])
        similarity, same = clips[chosen] @ said.T, np.eye(len(chosen), dtype=bool)
        best = triples[chosen][ranking(similarity.T)[:, 0]] == triples[chosen]
        found.append(
            {
                "clip_to_text": recall(similarity, same),
                "text_to_clip": recall(similarity.T, same),
                "text_to_clip_at_5": recall(similarity.T, same, k=5),
                **dict(zip(("colour", "shape", "action"), best.mean(0), strict=True)),
            }
        )
    means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
    return {"recall": (means["clip_to_text"] + means["text_to_clip"]) / 2} | means


def unheard(network: nn.Module, clips: np.ndarray, triples: np.ndarray) -> dict[str, float]:
    """Return how often a phrasing that was never said in training is understood.

    For every clip of the three actions: is the unheard phrasing closer than the first phrasing of
    each of the other actions?
    """
    hits = []
    for action, phrase in UNHEARD.items():
        k = ACTIONS.index(action)
        of = triples[:, 2] == k
        for colour, shape in np.unique(triples[of, :2], axis=0):
            texts = [say((int(colour), int(shape), a)) for a in range(len(ACTIONS))]
            texts[k] = f"a {COLOURS[colour]} {SHAPES[shape]} {phrase}"
            shown = of & (triples[:, 0] == colour) & (triples[:, 1] == shape)
            hits.append((clips[shown] @ embed_texts(network, texts).T).argmax(1) == k)
    return {"unheard": float(np.concatenate(hits).mean())}


def partial(network: nn.Module, clips: np.ndarray, triples: np.ndarray) -> dict[str, float]:
    """Return the share of the first five that fit, for texts that say only a part."""
    asked = [(c, UNSAID, a) for c in range(KINDS[0]) for a in range(KINDS[2])]
    asked += [(UNSAID, s, a) for s in range(KINDS[1]) for a in range(KINDS[2])]
    asked += [(c, s, UNSAID) for c in range(KINDS[0]) for s in range(KINDS[1])]
    said = embed_texts(network, [say(triple) for triple in asked])
    first = ranking(said @ clips.T)[:, :FIRST]
    fits = says_of(np.array(asked), triples).T
    return {"partial_at_5": float(np.take_along_axis(fits, first, 1).mean())}


def backwards(network: nn.Module, split: str, count: int) -> dict[str, float]:
    """Return how often a clip played backwards is nearer to its partner's caption than its own."""
    clips, triples = embed(network, split, count, back=True)
    partner = triples.copy()
    partner[:, 2] = np.array(REVERSED)[triples[:, 2]]
    paired = partner[:, 2] != triples[:, 2]
    own, other = (
        embed_texts(network, [say(as_triple(t)) for t in of[paired]]) for of in (triples, partner)
    )
    nearer = (clips[paired] * other).sum(1) > (clips[paired] * own).sum(1)
    return {"backwards_to_partner": float(nearer.mean())}
