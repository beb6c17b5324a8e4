"""The RAFT page in a browser: a clicked pixel, its correlations, the fields as they come about."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pages import _clip
from vidcore import flow
from vidcore.flow.raft_parts import correlation_volume

pytestmark = pytest.mark.browser

SCENE = "two_layers"
Visit = Callable[..., Page]


def opened(app: str, visit: Visit, chapter: str) -> tuple[Page, Any, int]:
    """Open a chapter on the two layers; returns the page, our own run, and the pair's t."""
    scene = _clip.scene(SCENE)
    t = int(np.abs(scene.flow).sum(-1).mean((1, 2)).argmax())
    name = chapter.replace(" ", "+")
    link = f"raft_pair=your+clip&scene=Two+layers&raft_chapter={name}"
    page = visit(f"{app}/raft?{link}", reduced_motion="reduce")
    return page, flow.raft_inside(scene.clip, t), t


def test_a_clicked_pixel_shows_its_own_correlations(app: str, visit: Visit) -> None:
    page, inside, _ = opened(app, visit, "All pairs")
    pane = page.locator(".raft .pair .pane").first
    expect(page.locator(".raft .readout")).to_contain_text("Most alike")
    box = pane.bounding_box()
    assert box is not None
    scale = box["width"] / 96
    pane.click(position={"x": 40.5 * scale, "y": 24.5 * scale})  # pixel (40, 24): cell (3, 5)
    expect(page.locator(".raft .readout")).to_contain_text("Cell at (y, x) = (24, 40)")
    shown = page.locator("section.raft").evaluate("s => Array.from(s.stage.maps[0])")
    volume = correlation_volume(inside.features1, inside.features2)
    np.testing.assert_allclose(shown, volume[3, 5].ravel(), atol=1e-3)
    page.wait_for_function("() => location.search.includes('raft_x=40')")


def test_the_corrections_slider_shows_the_fields_and_their_errors(app: str, visit: Visit) -> None:
    page, inside, t = opened(app, visit, "Corrections")
    scene = _clip.scene(SCENE)
    slider = page.locator(".fields .scrub")
    for k in (1, len(inside.iterates)):
        slider.fill(str(k))
        error = flow.endpoint_error(inside.iterates[k - 1], scene.flow[t], scene.valid[t])
        note = page.locator(".fields .panel-cell .beside").nth(2)
        expect(note).to_contain_text("mean")
        shown = float((note.text_content() or "").removeprefix("mean ").removesuffix(" px"))
        assert shown == pytest.approx(error, abs=0.005)


def test_enlarging_in_the_browser_is_the_networks_own(app: str, visit: Visit) -> None:
    page, inside, _ = opened(app, visit, "Enlarging")
    expect(page.locator(".upsample .readout")).to_contain_text("convex")
    shown = page.locator("section.upsample").evaluate("s => Array.from(s.stage.sharp.u)")
    np.testing.assert_allclose(shown, inside.iterates[-1, ..., 0].ravel(), atol=0.02)
