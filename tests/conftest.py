"""Fixtures and hypothesis profile shared by the whole suite."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).resolve().parents[2] / "shared"  # recordings that may not be committed

settings.register_profile(
    "suite",
    deadline=None,  # a shared two-core machine: a timed assertion would test the neighbours
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


@pytest.fixture
def rng() -> np.random.Generator:
    """Seeded, so that a failure can be repeated."""
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of real and hostile clips beside the checkout; skip where it is absent."""
    folder = SHARED / "clips"
    if not folder.is_dir():
        pytest.skip("needs ../shared/clips, which is not part of the repository (licences)")
    return folder
