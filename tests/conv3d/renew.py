"""Renew tests/golden/conv3d_full.npz from ../shared/golden."""

import gzip
import json
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "golden"
NAMES = ("r3d_18", "mc3_18", "r2plus1d_18", "c3d_sports1m", "i3d_inception_rgb")


def main() -> None:
    kept = {}
    for name in NAMES:
        layout = json.loads(gzip.decompress(packed(name)))["keys"]
        kept[f"{name}/keys"] = np.array(list(layout))
        kept[f"{name}/shapes"] = np.array([" ".join(map(str, s)) for s, _ in layout.values()])
        kept[f"{name}/gain2"] = np.array(
            json.loads((SHARED / f"full/{name}.json").read_text())["gain2"]
        )
        kept[f"{name}/logits"] = np.load(SHARED / f"full/{name}.npz")["logits"][:1]
    np.savez_compressed(ROOT / "tests" / "golden" / "conv3d_full.npz", **kept)


def packed(name: str) -> bytes:
    return (SHARED / "layouts" / f"{name}.keys.json.gz").read_bytes()


if __name__ == "__main__":
    main()
