"""What the stages are served: arrays that survive the way, under names that hold their content."""

import gzip
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages._stage import assets
from vidcore.media import Clip


@pytest.fixture
def server() -> TestClient:
    return TestClient(Starlette(routes=assets.ROUTES))


def frames_of(server: TestClient, spec: dict[str, Any]) -> np.ndarray:
    """Fetch frames as the browser does: unzip, then add up along time modulo 256."""
    answer = server.get(f"/{spec['url']}")
    assert answer.headers["content-encoding"] == "gzip"
    steps = np.frombuffer(answer.content, np.uint8).reshape(spec["T"], -1)
    return np.cumsum(steps, axis=0, dtype=np.uint8).reshape(spec["T"], spec["H"], spec["W"], 3)


def test_frames_arrive_as_they_left(server: TestClient, rng: np.random.Generator) -> None:
    bytes_ = rng.integers(0, 256, (5, 7, 6, 3), dtype=np.uint8)  # wraps in both directions
    spec = assets.publish_clip(Clip(bytes_.astype(np.float32) / 255, 10.0))
    np.testing.assert_array_equal(frames_of(server, spec), bytes_)


def test_a_layer_arrives_in_half_precision(server: TestClient, rng: np.random.Generator) -> None:
    volume = rng.random((4, 5, 6), dtype=np.float32)
    spec = assets.publish_layer("difference", "Differences", volume, key="test")
    values = np.frombuffer(server.get(f"/{spec['url']}").content, "<f2").reshape(4, 5, 6)
    np.testing.assert_allclose(values, volume, atol=5e-4)
    assert spec["max"] == volume.max()


def test_what_is_not_held_is_not_found(server: TestClient) -> None:
    assert server.get("/arrays/0123").status_code == 404
    assert server.get("/scripts/stage-0123.js").status_code == 404


def test_a_script_has_a_new_name_when_it_changes(server: TestClient) -> None:
    old, new = (assets.publish_script("probe", text) for text in ("let a = 1", "let a = 2"))
    assert old != new
    assert server.get(f"/{new}").text == "let a = 2"
    assert server.get(f"/{new}").headers["content-type"].startswith("text/javascript")


def test_no_more_is_held_than_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    small = assets.LRUCache(4 * 3 * 64, getsizeof=lambda asset: asset.held)  # four frames of 8 x 8
    monkeypatch.setattr(assets, "_assets", small)
    for shade in range(6):
        assets.publish_clip(Clip(np.full((1, 4, 4, 3), shade / 10, np.float32), 1.0))
    assert small.currsize <= small.maxsize
    assert 0 < len(small) < 6


def test_packing_a_still_clip_costs_little(server: TestClient) -> None:
    noise = np.random.default_rng(0).random((1, 32, 32, 3), dtype=np.float32)
    clip = Clip(np.repeat(noise, 20, axis=0), 10.0)
    spec = assets.publish_clip(clip)
    server.get(f"/{spec['url']}")
    packed = assets._assets[clip.digest].packed
    assert packed is not None
    assert len(packed) < 1.2 * len(gzip.compress((noise * 255).astype(np.uint8).tobytes()))
