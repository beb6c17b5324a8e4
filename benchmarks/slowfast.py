"""SlowFast: Fast's share of time beside its share of compute, and what stopping a part costs.

    python -m benchmarks.rooms slowfast     the shares, the link, the formula
    python -m benchmarks.slowfast           accuracy with parts stopped, on the test clips

The second writes `results/slowfast_cut.json`, which the page quotes: every trained two-pathway
network, whole, with its links cut, and with either pathway shown its first frame again and again.
"""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from einops import rearrange
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.ratio import Ratio, compare
from benchmarks.rooms import RESULTS, machine, versions
from training.data import clips
from vidcore import slowfast
from vidcore.media import Clip
from vidcore.slowfast import lateral_torch, slowfast_torch
from vidcore.slowfast.trained import FPS
from vidcore.slowfast.trained_torch import run
from vidcore.weights.card import card, names

SIDE = 112  # pixels: a forward pass of the whole network takes half a second
CLIPS, CHUNK = 840, 56  # 60 of each action
RESPONSES = 140  # clips whose changes are followed
NETWORKS = ("slowfast", "slowfast_alpha8")


def measure() -> list[Ratio]:
    """Compare shares of compute and of time, the link with its reference, formula with count."""
    torch.set_num_threads(1)
    return [*shares(), link(), formula()]


def shares() -> list[Ratio]:
    """What Fast and Slow take of the whole, by formula and by the clock."""
    layout = replace(slowfast.PUBLISHED["4×16, R50"], side=SIDE)
    bill, whole = slowfast.cost(layout), "the whole network"
    net = slowfast_torch.SlowFast(slowfast.widths(layout), alpha=layout.alpha).eval()
    fast = torch.rand(1, 3, layout.fast, SIDE, SIDE)
    slow = fast[:, :, torch.from_numpy(slowfast.slow_index(layout.fast, layout.alpha))]

    @torch.inference_mode()
    def fast_alone() -> torch.Tensor:
        x: torch.Tensor = net.s1.pathway1_stem(fast)
        for k in range(2, 6):
            x = net.get_submodule(f"s{k}").along(1, x)  # type: ignore[operator]
        return x

    @torch.inference_mode()
    def both() -> torch.Tensor:
        logits: torch.Tensor = net(slow, fast)
        return logits

    part, total = bill.multiply_adds("Fast"), bill.multiply_adds()
    counted = part / total
    return [
        Ratio(
            *(f"Fast's share of multiply-adds, 4×16, {SIDE} px", whole, part, total, counted),
            *(counted, counted, 1, 0.25, "MACs"),
        ),
        compare(f"Fast's share of time, 4×16, {SIDE} px", fast_alone, both, against=whole, pairs=5),
    ]


def link() -> Ratio:
    """The link of pool1 on 32 frames of 28 x 28, against the reference."""
    rng = np.random.default_rng(0)
    fast = rng.random((32, 28, 28, 8), dtype=np.float32)
    kernel = rng.random((16, 8, 5), dtype=np.float32)
    batch = torch.from_numpy(rearrange(fast, "t h w c -> 1 c t h w").copy())
    return compare(
        "link after pool1, torch",
        partial(lateral_torch.lateral, batch, torch.from_numpy(kernel), alpha=8),
        partial(slowfast.lateral, fast, kernel, alpha=8),
        against="its NumPy reference",
        target=1.0,
        repeats=20,
    )


def formula() -> Ratio:
    """The bill by formula, against counting while the network runs without data."""
    layout = slowfast.Layout()

    def count() -> int:
        with torch.device("meta"), FlopCounterMode(display=False) as counter:
            net = slowfast_torch.SlowFast(slowfast.widths(layout), alpha=layout.alpha).eval()
            fast = torch.empty(1, 3, layout.fast, layout.side, layout.side)
            net(fast[:, :, :: layout.alpha], fast)
        return int(counter.get_total_flops()) // 2

    if count() != slowfast.cost(layout).multiply_adds():
        raise ValueError("the formula and the count differ")
    return compare(
        "bill of 4×16 by formula",
        lambda: slowfast.cost(layout).multiply_adds(),
        count,
        against="counting a pass without data",
        target=0.1,
        pairs=3,
    )


# ---- parts stopped ------------------------------------------------------------------------------
def main() -> None:
    """Measure every network that is here, print and write."""
    torch.set_num_threads(1)
    here = [name for name in NETWORKS if name in names("classify")]
    accuracy = {name: stopped(name) for name in here}
    networks = {
        name: {
            "weights": card(name).sha256,
            "clips": CLIPS,
            "accuracy": accuracy[name],
            "followed": RESPONSES,
            "responses": responses(name),
        }
        for name in here
    }
    result = {
        "machine": machine(),
        "versions": versions(),
        "split": "test",
        "networks": networks,
    }
    (RESULTS / "slowfast_cut.json").write_text(
        json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    )
    for name in here:
        for way, row in accuracy[name].items():
            print(f"{name:16} {way:12} " + "  ".join(f"{q} {v:.3f}" for q, v in row.items()))


def stopped(name: str) -> dict[str, dict[str, float]]:
    """Return the accuracy of each question, by way of stopping."""
    hits: dict[str, dict[str, list[np.ndarray]]] = {way: {} for way in slowfast.WAYS}
    for start in range(0, CLIPS, CHUNK):
        batch = clips("test", np.arange(start, start + CHUNK))
        frames = batch.video.astype(np.float32) / 255
        for way, how in slowfast.WAYS.items():
            said = run(name, frames, **how)
            for question in ("colour", "action"):
                right = said[question].argmax(1) == getattr(batch, question)
                hits[way].setdefault(question, []).append(right)
    return {
        way: {q: round(float(np.concatenate(rights).mean()), 4) for q, rights in of.items()}
        for way, of in hits.items()
    }


def responses(name: str) -> dict[str, dict[str, float]]:
    """Return the mean response of each pathway to each change of a clip."""
    video = clips("test", np.arange(RESPONSES)).video.astype(np.float32) / 255
    found = [slowfast.respond(Clip(frames, FPS), name) for frames in video]
    mean = {path: np.mean([getattr(of, path) for of in found], 0) for path in ("slow", "fast")}
    return {
        change: {path: round(float(values[k]), 4) for path, values in mean.items()}
        for k, change in enumerate(slowfast.CHANGES)
    }


if __name__ == "__main__":
    main()
