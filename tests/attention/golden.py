"""Recorded outputs of independent implementations, beside the checkout; tests skip without them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file
from torch import Tensor

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"


def published(name: str, weights: str = "model.safetensors") -> tuple[dict[str, Tensor], Any]:
    """Return a recorded model's weights and its arrays."""
    folder = GOLDEN / name
    if not folder.is_dir():
        pytest.skip(f"needs ../shared/golden/{name}: outputs of the published code")
    return load_file(folder / weights), np.load(folder / "golden.npz")


def told(name: str, file: str = "config.json") -> dict[str, Any]:
    """Return a recorded model's settings."""
    settings: dict[str, Any] = json.loads((GOLDEN / name / file).read_text())
    return settings
