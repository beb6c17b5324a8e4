"""Optical flow: error and time of each method beside OpenCV's Farneback and DIS, and a plain loop.

Errors are endpoint errors over the pixels whose truth is known. Pairs: textured ones drawn here by
`vidcore.media.synthetic`, and, where they lie beside the checkout, those of `training.recorded`.

TV-L1 is in no current OpenCV wheel. Where all peers were measured together at 240 x 320 it took 47
times Farneback's CPU time and reached 0.157 pixels on RubberWhale; those two numbers stand for it.
"""

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np

from benchmarks.ratio import Ratio, compare
from training.recorded import Pair, pairs
from vidcore import flow
from vidcore.flow.peers import dis, farneback
from vidcore.media import synthetic
from vidcore.media.clip import grey

TVL1_TIME = 47.1  # of Farneback's, 612 ms / 13.0 ms
WARM = 3_000_000  # floats: freed once, as after decoding a clip, the allocator keeps its pages

Method = Callable[[np.ndarray, np.ndarray], np.ndarray]


def measure() -> list[Ratio]:
    """Compare times, then errors."""
    cv2.setNumThreads(1)
    np.ones(WARM)
    drawn, recorded = list(drawn_pairs()), pairs()
    rows = times(next(pair for pair in drawn if pair.name == "pan 0"))
    rows += errors("drawn", drawn)
    if recorded:
        rows += errors("recorded", recorded["ten textured pairs"])
        rows += rubber_whale(*recorded["RubberWhale"])
    return rows


def times(pair: Pair) -> list[Ratio]:
    """Compare CPU time at 240 x 320, and at 128 x 128 against the plain loop."""
    a, b = (cv2.resize(grey(image), (320, 240)) for image in (pair.prev, pair.next_))
    theirs = partial(farneback, a, b)
    small = (a[:128, :128].copy(), b[:128, :128].copy())
    against = "cv2 Farneback"
    return [
        compare(
            "Lucas-Kanade 1981, 128 x 128",
            partial(flow.lucas_kanade, *small),
            partial(plain_loop, *small),
            against="a loop over pixels",
            target=1 / 300,
            pairs=3,
        ),
        compare(
            "Lucas-Kanade 1981, 240 x 320",
            partial(flow.lucas_kanade, a, b),
            theirs,
            against=against,
            target=0.25,
            repeats=5,
        ),
        compare(
            "pyramidal Lucas-Kanade, 240 x 320",
            partial(flow.pyramidal_lucas_kanade, a, b),
            theirs,
            against=against,
            target=2,
            repeats=3,
        ),
        compare(
            "pyramidal Horn-Schunck, 240 x 320",
            partial(flow.pyramidal_horn_schunck, a, b),
            theirs,
            against=f"{against}; the target is 0.3 of TV-L1",
            target=0.3 * TVL1_TIME,
        ),
    ]


def errors(kind: str, pairs: list[Pair]) -> list[Ratio]:
    """Compare the error of both pyramidal methods with each peer's, pair by pair."""
    return [
        error_row(f"{name}, {kind} textured pairs", ours, theirs, pairs, against, target)
        for name, ours, target in (
            ("pyramidal Lucas-Kanade", pyramidal_lucas_kanade, 0.6),
            ("pyramidal Horn-Schunck", pyramidal_horn_schunck, None),
        )
        for against, theirs in (("cv2 Farneback", farneback), ("cv2 DIS MEDIUM", dis))
    ]


def error_row(
    what: str,
    ours: Method,
    theirs: Method,
    pairs: list[Pair],
    against: str,
    target: float | None,
) -> Ratio:
    """Compare two methods' errors: the median of the pairs' ratios."""
    mine, other = ([endpoint_error(method, pair) for pair in pairs] for method in (ours, theirs))
    ratios = [a / b for a, b in zip(mine, other, strict=True)]
    return Ratio(
        what,
        against,
        ours=statistics.median(mine),
        peer=statistics.median(other),
        ratio=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
        pairs=len(pairs),
        target=target,
        unit="px",
    )


def rubber_whale(pair: Pair) -> list[Ratio]:
    """Compare on the one recorded scene; targets in pixels become targets of the ratio to DIS."""
    theirs = endpoint_error(dis, pair)
    return [
        error_row(f"{name}, RubberWhale", ours, dis, [pair], "cv2 DIS MEDIUM", pixels / theirs)
        for name, ours, pixels in (
            ("pyramidal Lucas-Kanade", pyramidal_lucas_kanade, 0.16),
            ("pyramidal Horn-Schunck", pyramidal_horn_schunck, 0.157),
        )
    ]


def endpoint_error(method: Method, pair: Pair) -> float:
    """Return one method's error on one pair, in pixels."""
    return flow.endpoint_error(method(grey(pair.prev), grey(pair.next_)), pair.truth, pair.valid)


def pyramidal_lucas_kanade(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Ours, the field alone."""
    return flow.pyramidal_lucas_kanade(a, b).flow


def pyramidal_horn_schunck(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Ours, the field alone."""
    return flow.pyramidal_horn_schunck(a, b).flow


def plain_loop(prev: np.ndarray, next_: np.ndarray, window: int = 5) -> np.ndarray:
    """Solve Lucas-Kanade's system pixel by pixel, in the way of tutorials."""
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    Ix, Iy, It = plain_filter(prev, kernel), plain_filter(prev, kernel.T), next_ - prev
    field, half = np.zeros((*prev.shape, 2)), window // 2
    for y in range(half, prev.shape[0] - half):
        for x in range(half, prev.shape[1] - half):
            patch = np.s_[y - half : y + half + 1, x - half : x + half + 1]
            ix, iy, it = Ix[patch].flatten(), Iy[patch].flatten(), It[patch].flatten()
            S = np.array([[np.sum(ix * ix), np.sum(ix * iy)], [np.sum(ix * iy), np.sum(iy * iy)]])
            b = np.array([-np.sum(ix * it), -np.sum(iy * it)])
            if abs(S[0, 0] * S[1, 1] - S[0, 1] * S[1, 0]) > 1e-6:  # the tutorials' threshold
                field[y, x] = np.linalg.solve(S, b)
    return field


def plain_filter(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Correlate with a 3 x 3 kernel pixel by pixel."""
    padded, filtered = np.pad(image, 1), np.zeros_like(image)
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            filtered[y, x] = np.sum(padded[y : y + 3, x : x + 3] * kernel)
    return filtered


def drawn_pairs() -> Iterator[Pair]:
    """Draw textured scenes of 256 x 256: two layers, pans, a zoom, a disc."""
    scenes = {
        "two layers": synthetic.two_layers(size=256),
        "pan": synthetic.pan(size=256),
        "zoom": synthetic.zoom(size=256),
        "disc": synthetic.moving_circle(size=256, velocity=(4.0, -1.5)),
    }
    for name, scene in scenes.items():
        for t in (0, len(scene.flow) // 2):
            prev, next_ = scene.clip.frames[t : t + 2]
            yield Pair(f"{name} {t}", prev, next_, scene.flow[t], scene.valid[t])
