"""Pairs with known flow that others made: measured on, never trained on.

They lie beside the checkout, in ../shared/flow, and may not be committed: ten textured pairs,
RubberWhale (Baker et al., IJCV 2011) and three examples of FlyingChairs (Dosovitskiy et al., ICCV
2015). Where they are absent there are none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from vidcore import flow

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "flow"
UNTEXTURED = ("08_white_square", "10_circle_flat")


class Pair(NamedTuple):
    """Two frames, RGB in [0, 1], and where each pixel went."""

    name: str
    prev: np.ndarray
    next_: np.ndarray
    truth: np.ndarray
    valid: np.ndarray


def pairs() -> dict[str, list[Pair]]:
    """Return them by their kind; empty where they are absent."""
    if not FOLDER.is_dir():
        return {}
    return {
        "ten textured pairs": list(_textured()),
        "RubberWhale": [_rubber_whale()],
        "FlyingChairs, three examples": list(_chairs()),
    }


def _textured() -> Iterator[Pair]:
    for path in sorted((FOLDER / "synthetic").glob("*.npz")):
        if path.stem not in UNTEXTURED:
            d = np.load(path)
            prev, next_ = (d[key] / np.float32(255) for key in ("im1", "im2"))
            yield Pair(path.stem, prev, next_, d["flow"], d["valid"])


def _rubber_whale() -> Pair:
    folder = FOLDER / "real" / "middlebury"
    prev, next_ = (_image(folder / f"RubberWhale{k}.png") for k in (1, 2))
    truth, valid = flow.read_flo((folder / "RubberWhale.flo").read_bytes())
    return Pair("RubberWhale", prev, next_, truth, valid)


def _chairs() -> Iterator[Pair]:
    for path in sorted((FOLDER / "real" / "chairs").glob("*-gt.flo")):
        stem = path.name.removesuffix("-gt.flo")
        prev, next_ = (_image(path.with_name(f"{stem}-img{k}.ppm")) for k in (0, 1))
        yield Pair(f"chairs {stem}", prev, next_, *flow.read_flo(path.read_bytes()))


def _image(path: Path) -> np.ndarray:
    found = cv2.imread(str(path))
    if found is None:
        raise FileNotFoundError(f"{path} is missing or no image; lay the recordings anew.")
    return found[..., ::-1] / np.float32(255)
