"""Our own RAFT: its time beside `raft_small`'s, its errors beside OpenCV's DIS and Farneback.

`raft_small` is torchvision's published layout, 990 162 parameters, built here with random weights:
its time does not depend on them, and torchvision's own takes as long. Errors are means over the
pixels whose truth is known, on the pairs of `training.recorded`. Where they are absent only times
are measured.
"""

import statistics
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import torch

from benchmarks.ratio import Ratio, compare
from training.recorded import Pair, pairs
from training.tasks.flow import ITERATIONS, estimated
from vidcore import flow
from vidcore.flow.peers import dis, farneback
from vidcore.flow.raft_blocks_torch import RAFT_SMALL
from vidcore.flow.raft_torch import Raft, infer, trained
from vidcore.media.clip import grey

SIZE = (240, 320, 3)
Errors = dict[str, list[float]]  # by method, pair by pair


def measure() -> list[Ratio]:
    """Compare the time, then the errors."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rows = [time_row(trained())]
    targets = {"ten textured pairs": (0.5, None), "FlyingChairs, three examples": (None, 3.2)}
    for what, found in pairs().items():
        beyond, pixels = targets.get(what, (None, None))
        rows += error_rows(what, found, beyond=beyond, pixels=pixels)
    return rows


def time_row(network: Raft) -> Ratio:
    """Compare CPU time at 240 x 320 and 12 corrections, one thread."""
    prev, next_ = np.random.default_rng(0).random((2, *SIZE), np.float32)
    small = Raft(RAFT_SMALL).eval()
    ours, theirs = (
        partial(infer, each, prev, next_, iterations=ITERATIONS, every=False)
        for each in (network, small)
    )
    return compare(
        "RAFT, 240 x 320, 12 corrections",
        ours,
        theirs,
        against="raft_small",
        target=0.5,
        pairs=5,
    )


def error_rows(
    what: str, recorded: list[Pair], *, beyond: float | None = None, pixels: float | None = None
) -> list[Ratio]:
    """Compare our mean error with each peer's; a target in pixels becomes one of the ratio."""
    found = errors(recorded)
    rows = []
    for name, against in (("dis", "cv2 DIS MEDIUM"), ("farneback", "cv2 Farneback")):
        ours, peer = (statistics.mean(found[key]) for key in ("raft", name))
        ratios = [a / b for a, b in zip(found["raft"], found[name], strict=True)]
        goal = None if name != "dis" else beyond if pixels is None else pixels / peer
        rows.append(
            Ratio(
                f"RAFT, {what}",
                against,
                ours=ours,
                peer=peer,
                ratio=ours / peer,
                low=min(ratios),
                high=max(ratios),
                pairs=len(recorded),
                target=goal,
                unit="px",
            )
        )
    return rows


def errors(recorded: list[Pair]) -> Errors:
    """Return every method's error on every pair, in pixels."""
    methods: dict[str, Callable[[Pair], np.ndarray]] = {
        "raft": partial(estimated, trained()),
        "dis": lambda pair: dis(grey(pair.prev), grey(pair.next_)),
        "farneback": lambda pair: farneback(grey(pair.prev), grey(pair.next_)),
    }
    return {
        name: [flow.endpoint_error(method(pair), pair.truth, pair.valid) for pair in recorded]
        for name, method in methods.items()
    }
