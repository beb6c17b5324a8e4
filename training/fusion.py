"""The two streams together: `python -m training.fusion`, once `frame` and `flow` are trained.

Both answer the validation and the test clips. On the first, the best share of the spatial stream is
chosen and a linear SVM is fitted, its C by cross-validation; on the second, every way of joining
the answers is measured. Simonyan & Zisserman (2014) found 86.9 % by averaging and 88.0 % by an SVM.
"""

import json
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from tqdm import tqdm

from training.data import SIZES, clips
from training.recipes import RECIPES
from training.tasks.classify import Classify
from vidcore.media import Clip
from vidcore.twostream.change import CHANGES, which_notices
from vidcore.twostream.fusion import both_answers, fuse_learned, softmax
from vidcore.twostream.svm import fit_svm
from vidcore.twostream.trained import FILE, METHODS
from vidcore.twostream.watch import SPATIAL, TEMPORAL
from vidcore.weights import card
from vidcore.weights.heads_torch import QUESTIONS
from vidcore.weights.load_torch import load

PRICES = (0.01, 0.1, 1.0, 10.0, 100.0)  # C, from loose to close
FOLDS = 5
WEIGHTS = np.linspace(0, 1, 101)
CHANGED = 70  # test clips that every change is made to
DIGITS = 5  # of what is written

Logits = dict[str, np.ndarray]


def answers(name: str, split: str) -> tuple[Logits, Logits]:
    """Return a trained stream's logits for all clips of a split, and the labels."""
    task = RECIPES[name].task
    assert isinstance(task, Classify)  # noqa: S101  # for the type checker: both recipes classify
    said, labels = task.answers(load(name), split, range(SIZES[split]))
    return {q: said[q].numpy() for q in QUESTIONS}, {q: labels[q].numpy() for q in QUESTIONS}


def fused(
    s: Float[np.ndarray, "N K"], t: Float[np.ndarray, "N K"], weight: float
) -> Int[np.ndarray, " N"]:
    """Return the winners of a weighted average of answers."""
    winners: np.ndarray = (weight * softmax(s) + (1 - weight) * softmax(t)).argmax(axis=1)
    return winners


def by_weight(
    s: Float[np.ndarray, "N K"], t: Float[np.ndarray, "N K"], y: Int[np.ndarray, " N"]
) -> Float[np.ndarray, " W"]:
    """Return the accuracy at every share of the spatial stream."""
    return np.array([(fused(s, t, w) == y).mean() for w in WEIGHTS])


def best_share(accuracy: Float[np.ndarray, " W"]) -> float:
    """Return the middle of the shares that are best: the edge of a plateau would be luck."""
    best = np.flatnonzero(accuracy == accuracy.max())
    return float(WEIGHTS[best[len(best) // 2]])


def choose_price(X: Float[np.ndarray, "N D"], y: Int[np.ndarray, " N"], *, classes: int) -> float:
    """Choose C by cross-validation; of equals, the smallest."""
    fold = np.arange(len(y)) % FOLDS

    def score(C: float) -> float:
        hits = []
        for k in range(FOLDS):
            fit = fit_svm(X[fold != k], y[fold != k], classes=classes, C=C)
            said = (X[fold == k] @ fit.weights.T + fit.bias).argmax(axis=1)
            hits.append(said == y[fold == k])
        return float(np.concatenate(hits).mean())

    return max(PRICES, key=score)


def question(name: str, data: dict[str, tuple[Logits, Logits, Logits]]) -> dict[str, Any]:
    """Fit on validation, measure on test: one of colour, shape and action."""
    (s, t, y), (S, T, Y) = ([part[name] for part in data[split]] for split in data)
    share = best_share(by_weight(s, t, y))
    X = both_answers(s, t)
    C = choose_price(X, y, classes=QUESTIONS[name])
    fit = fit_svm(X, y, classes=QUESTIONS[name], C=C)
    said = {
        "spatial": S.argmax(axis=1),
        "temporal": T.argmax(axis=1),
        "average": fused(S, T, 0.5),
        "weighted": fused(S, T, share),
        "logits": (S + T).argmax(axis=1),
        "learned": fuse_learned(S, T, fit).argmax(axis=1),
    }
    return {
        "accuracy": {
            method: round(float((said[method] == Y).mean()), DIGITS) for method in METHODS
        },
        "share": share,
        "by_weight": by_weight(S, T, Y).round(DIGITS).tolist(),
        "learned": {
            "C": C,
            "weights": fit.weights.round(DIGITS).tolist(),
            "bias": fit.bias.round(DIGITS).tolist(),
        },
        "confusion": {method: confusion(Y, said[method], QUESTIONS[name]) for method in METHODS},
    }


def confusion(true: np.ndarray, said: np.ndarray, classes: int) -> list[list[int]]:
    """Count clips by what they are and by what was said."""
    table = np.zeros((classes, classes), int)
    np.add.at(table, (true, said), 1)
    return [[int(n) for n in row] for row in table]


def changes() -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Make every change to many clips: who notices, and who is still right."""
    batch = clips("test", range(CHANGED))
    found: dict[str, dict[str, dict[str, list[tuple[float, bool]]]]] = {
        change: {q: {"spatial": [], "temporal": []} for q in QUESTIONS} for change in CHANGES
    }
    for k, video in enumerate(tqdm(batch.video, desc="changing clips")):
        for change in which_notices(Clip(video.astype(np.float32) / 255, fps=10.0)):
            for q in QUESTIONS:
                truth = int(getattr(batch, q)[k])
                for stream in ("spatial", "temporal"):
                    right = int(getattr(change.after, stream)[q].argmax()) == truth
                    noticed = getattr(change, stream)[q]
                    found[change.name][q][stream].append((noticed, right))
    return {
        change: {
            q: {stream: _means(pairs) for stream, pairs in streams.items()}
            for q, streams in questions.items()
        }
        for change, questions in found.items()
    }


def _means(pairs: list[tuple[float, bool]]) -> dict[str, float]:
    noticed, right = np.array(pairs, float).T
    return {"noticed": round(float(noticed.mean()), 4), "right": round(float(right.mean()), 4)}


def main() -> None:
    """Measure, print a table, and write the file that the library and the page read."""
    data = {}
    for split in ("validation", "test"):
        (s, labels), (t, _) = answers(SPATIAL, split), answers(TEMPORAL, split)
        data[split] = (s, t, labels)
    found = {name: question(name, data) for name in QUESTIONS}
    result = {
        "sha256": {name: card(name).sha256 for name in (SPATIAL, TEMPORAL)},
        "fitted": SIZES["validation"],
        "tested": SIZES["test"],
        "changed": CHANGED,
        **{
            part: {name: found[name][part] for name in QUESTIONS}
            for part in ("accuracy", "share", "by_weight", "learned")
        },
        "confusion": found["action"]["confusion"],
        "changes": changes(),
    }
    FILE.write_text(json.dumps(result, separators=(",", ":")) + "\n", encoding="utf-8")
    print("".ljust(10), *(method.rjust(9) for method in METHODS))
    for name in QUESTIONS:
        print(name.ljust(10), *(f"{found[name]['accuracy'][m]:9.4f}" for m in METHODS))


if __name__ == "__main__":
    main()
