"""Few labels: `python -m training.few_labels [LEARNER ...]`: what is pretraining worth then?

Four learners, each from 5, 10, 20 and 100 labelled clips of each of 14 actions, three seeds:

    probe            a linear layer on the frozen, pretrained encoder's mean token
    probe_random     the same on an encoder that was never trained
    finetune         encoder and linear layer trained together, from the pretrained encoder
    scratch          the same from a fresh one

All are tested on the same test clips. The two that train see a quarter of the cubes, drawn anew
each step, and are tested on a fixed quarter: a whole clip would cost four times as much, and both
sides of the comparison are treated alike. The table lies in `results` and on the card of `masked`.
"""

import json
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.data import labelled
from training.evaluate import RESULTS
from training.recipes import RECIPES
from training.tasks.masked import hide
from vidcore.media.synthetic.actions import ACTIONS, COLOURS
from vidcore.videomae.small_torch import SmallMasked
from vidcore.weights.card import FILES, card
from vidcore.weights.load_torch import load

NAME = "masked"
COUNTS = (5, 10, 20, 100)  # labelled clips per action
SEEDS = (0, 1, 2)
QUESTIONS = {"action": len(ACTIONS), "colour": len(COLOURS)}
LABELLED, TESTED, TUNED = 1400, 560, 560  # clips: of training, tested by probes, by trained ones
CHUNK = 28
STEPS, BATCH, RATE, HEAD_RATE = 400, 28, 1e-3, 3e-3  # of what trains
KEPT = 0.75  # share hidden from what trains
DECAY = 1e-2  # of the probe's weights
ABOUT = (
    f"{len(ACTIONS)} actions, {len(COLOURS)} colours; labels per action, so that 5 are "
    f"{5 * len(ACTIONS)} clips. Means of {len(SEEDS)} seeds, bars one standard deviation. Probes: "
    f"{TESTED} test clips. Trained networks: {STEPS} steps of {BATCH} clips, a quarter of their "
    f"cubes; {TUNED} test clips."
)


def main(learners: list[str]) -> None:
    """Measure the learners named, or all; keep the table, and put it on the card when whole."""
    path = RESULTS / "few_labels.json"
    table = json.loads(path.read_text()) if path.exists() else {"cpu_minutes": 0.0, "rows": []}
    for learner in learners or LEARNERS:
        start = time.process_time()
        measured = LEARNERS[learner](learner)
        for each in measured:
            print("{learner:13} {question:7} {labels:4}  {mean:.3f} +- {spread:.3f}".format(**each))
        table["rows"] = [r for r in table["rows"] if r["learner"] != learner] + measured
        table["cpu_minutes"] += (time.process_time() - start) / 60
        table["about"] = ABOUT
        RESULTS.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    if {r["learner"] for r in table["rows"]} == LEARNERS.keys():
        put_on_card(table)


def put_on_card(table: dict[str, Any]) -> None:
    """Write the table into the card's `extra`; nothing else of it changes."""
    extra = {"few_labels": table["rows"], "few_labels_about": table["about"]}
    of = card(NAME)
    made = replace(of, extra={**of.extra, **extra})
    (FILES / f"{NAME}.json").write_text(made.to_json(), encoding="utf-8")


def row(learner: str, question: str, count: int, scores: list[float]) -> dict[str, Any]:
    """Summarise the seeds of one learner."""
    return {
        "learner": learner,
        "question": question,
        "labels": count,
        "mean": round(float(np.mean(scores)), 4),
        "spread": round(float(np.std(scores, ddof=1)), 4),
        "chance": round(1 / QUESTIONS[question], 4),
        "seeds": [round(score, 4) for score in scores],
    }


def fresh(seed: int) -> SmallMasked:
    """Return a network that has learned nothing."""
    torch.manual_seed(seed)
    network = RECIPES[NAME].task.network()
    assert isinstance(network, SmallMasked)  # noqa: S101  (for the type checker)
    return network.eval()


# ---- the probe ---------------------------------------------------------------------------------
def probe(learner: str) -> list[dict[str, Any]]:
    """Train a linear layer on the frozen features of an encoder, pretrained or not."""
    network = load(NAME) if learner == "probe" else fresh(0)
    x, labels = features(network, "train", LABELLED)
    x_test, labels_test = features(network, "test", TESTED)
    x_test, x = (x_test - x.mean(0)) / x.std(0), (x - x.mean(0)) / x.std(0)
    rows = []
    for question, classes in QUESTIONS.items():
        for count in COUNTS:
            scores = []
            for seed in SEEDS:
                mine = chosen(count, seed)
                layer = linear(x[mine], labels[question][mine], classes)
                hits = layer(x_test).argmax(1) == labels_test[question]
                scores.append(float(hits.float().mean()))
            rows.append(row(learner, question, count, scores))
    return rows


def chosen(count: int, seed: int) -> np.ndarray:
    """Return the labelled clips: `count` of each action, others for each seed."""
    each = LABELLED // len(ACTIONS)
    blocks = np.random.default_rng((seed, count)).permutation(each)[:count]
    return (blocks[:, None] * len(ACTIONS) + np.arange(len(ACTIONS))).ravel()


@torch.inference_mode()
def features(network: nn.Module, split: str, count: int) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the mean token of each clip, and the labels."""
    parts, labels = [], {name: [] for name in QUESTIONS}
    for start in range(0, count, CHUNK):
        batch = labelled(split, np.arange(start, min(start + CHUNK, count)), 0, augment=False)
        parts.append(network.encode(batch["video"]).mean(dim=1))
        for name, found in labels.items():
            found.append(batch[name])
    return torch.cat(parts), {name: torch.cat(found) for name, found in labels.items()}


def linear(x: Tensor, y: Tensor, classes: int) -> nn.Linear:
    """Fit a softmax regression to the end."""
    layer = nn.Linear(x.shape[1], classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    fit = torch.optim.LBFGS(layer.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        fit.zero_grad()
        value = F.cross_entropy(layer(x), y) + DECAY * layer.weight.square().sum() / 2
        value.backward()
        return value

    with torch.enable_grad():
        fit.step(loss)
    return layer.requires_grad_(False)


# ---- training all of it ------------------------------------------------------------------------
class Tuned(nn.Module):
    """Encoder and one linear layer for each question."""

    def __init__(self, masked: SmallMasked) -> None:
        super().__init__()
        self.masked = masked
        width = masked.sizes.encoder.width
        self.heads = nn.ModuleDict({name: nn.Linear(width, n) for name, n in QUESTIONS.items()})

    def forward(self, video: Tensor, hidden: Tensor) -> dict[str, Tensor]:
        """Answer the questions from the visible cubes."""
        pooled = self.masked.encode(video, hidden).mean(dim=1).float()
        return {name: head(pooled) for name, head in self.heads.items()}


def training(learner: str) -> list[dict[str, Any]]:
    """Train encoder and heads, from the pretrained encoder or from a fresh one."""
    rows = []
    for count in COUNTS:
        found: dict[str, list[float]] = {question: [] for question in QUESTIONS}
        for seed in SEEDS:
            network = fresh(seed)
            if learner == "finetune":
                network.load_state_dict(load(NAME).state_dict())
            for question, score in tuned(network, count, seed).items():
                found[question].append(score)
        rows += [row(learner, question, count, scores) for question, scores in found.items()]
    return rows


def tuned(network: SmallMasked, count: int, seed: int) -> dict[str, float]:
    """Train on a few labelled clips, test, and return the accuracies."""
    model, mine = Tuned(network).train(), chosen(count, seed)
    rng = np.random.default_rng((seed, 17))
    groups = [
        {"params": model.masked.network.encoder.parameters(), "lr": RATE},
        {"params": model.heads.parameters(), "lr": HEAD_RATE},
    ]
    fit = torch.optim.AdamW(groups, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(fit, [RATE, HEAD_RATE], total_steps=STEPS)
    for step in range(STEPS):
        batch = labelled("train", rng.choice(mine, BATCH), seed * STEPS + step, augment=True)
        hidden = hide(network.sizes.grid, "random", KEPT, BATCH, rng)
        with torch.autocast("cpu", torch.bfloat16):
            said = model(batch["video"], hidden)
            loss = torch.stack([F.cross_entropy(said[q], batch[q]) for q in QUESTIONS]).sum()
        fit.zero_grad()
        loss.backward()
        fit.step()
        schedule.step()
    return tested(model.eval())


@torch.inference_mode()
def tested(model: Tuned) -> dict[str, float]:
    """Return accuracies on test clips, each seen through a fixed quarter of its cubes."""
    hits = dict.fromkeys(QUESTIONS, 0)
    for start in range(0, TUNED, CHUNK):
        batch = labelled("test", np.arange(start, start + CHUNK), 0, augment=False)
        rng = np.random.default_rng((23, start))
        said = model(batch["video"], hide(model.masked.sizes.grid, "random", KEPT, CHUNK, rng))
        for name in QUESTIONS:
            hits[name] += int((said[name].argmax(1) == batch[name]).sum())
    return {name: right / TUNED for name, right in hits.items()}


LEARNERS = {"probe": probe, "probe_random": probe, "finetune": training, "scratch": training}

if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
