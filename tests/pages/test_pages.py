"""Every page under AppTest: it runs, has one title, and survives every control at its extremes."""

import gc
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._clip import title
from vidcore.media.synthetic import GALLERY, knobs

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [p for p in (ROOT / "pages").glob("*.py") if p.stem[0] != "_"]
PAGES = sorted(p.name for p in SCRIPTS if p.stem != "main")
IDEAS = [name for name in PAGES if name not in {"home.py", "about.py", "sources.py"}]
SECONDS = 30  # generous: a shared two-core machine


def open_page(name: str, **link: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=SECONDS)
    for key, value in link.items():
        at.query_params[key] = value
    at.run()
    return at.switch_page(name).run() if name != "home.py" else at


def complaints(at: AppTest) -> list[str]:
    return [e.message for e in at.exception]


def figures(at: AppTest) -> list[dict[str, Any]]:
    """Return the figures that the page sends, as Plotly reads them."""
    stages = (element.proto for element in at.get("bidi_component"))
    return [
        json.loads(json.loads(stage.json)[0])
        for stage in stages
        if stage.component_name == "vidcore_plot"
    ]


def hyphened(at: AppTest) -> list[str]:
    """Return the texts in which a number has a hyphen for a minus sign."""
    kinds = (at.markdown, at.caption, at.info, at.success, at.warning)
    texts = [e.value for kind in kinds for e in kind] + [e.proto.body for e in at.get("html")]
    return [t for t in texts if re.search(r"(^|[\s>(,])-\d", t) and "<style>" not in t]


def extremes(at: AppTest) -> Iterator[tuple[str, Any]]:
    """Yield the key of every control with each value at the end of its range."""
    for slider in at.slider:
        ends = (slider.min, slider.max)
        pair = isinstance(slider.value, tuple | list)
        yield from ((slider.key, (end, end) if pair else end) for end in ends)
    for select in at.select_slider:
        yield from ((select.key, option) for option in (select.options[0], select.options[-1]))
    for box in at.selectbox:
        yield from ((box.key, option) for option in box.options)
    for toggle in at.toggle:
        yield from ((toggle.key, value) for value in (True, False))
    for number in at.number_input:
        yield from ((number.key, value) for value in (number.min, number.max))
    for group in at.button_group:
        yield from ((group.key, option) for option in group.options)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_and_has_one_title(name: str) -> None:
    at = open_page(name)
    assert complaints(at) == []
    assert len(at.title) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_survives_every_control_at_its_extremes(name: str) -> None:
    at = open_page(name)
    for chapter in chapters(at, name):
        for key, value in list(extremes(at)):
            control = next((c for c in controls(at) if c.key == key), None)
            if control is None or key.endswith("_chapter"):
                continue  # another control has hidden it; or the outer loop turns it
            control.set_value(value).run()
            assert complaints(at) == [], f"{name}, {chapter}: {key} = {value!r}"
            assert hyphened(at) == [], f"{name}, {chapter}: {key} = {value!r}"


@pytest.mark.parametrize("scene", GALLERY)
def test_a_scene_survives_every_knob_at_its_extremes(scene: str) -> None:
    at = open_page("home.py", scene=title(scene), seed="1")  # a changed scene shows its knobs
    for knob in knobs(scene):
        for value in (knob.low, knob.high):
            control = next(c for c in controls(at) if c.key == f"{scene}_{knob.name}")
            control.set_value(value).run()
            assert complaints(at) == [], f"{scene}: {knob.name} = {value!r}"


def test_reruns_never_freeze_the_garbage_collector() -> None:
    at = open_page("motion.py")
    before = gc.get_freeze_count()
    for k in range(20):
        at.slider(key="motion_freeze_31").set_value(k).run()
    assert gc.get_freeze_count() == before  # frozen in a script body, every rerun's garbage stays


def passes(code: str) -> None:
    """Run code in a process of its own: it changes the collector, or needs to import anew."""
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_starting_the_app_freezes_what_was_imported() -> None:
    passes(
        """
import asyncio, gc, app

async def start():
    async with app.lifespan(None):
        return gc.get_freeze_count()

app._background = lambda: None
assert asyncio.run(start()) > 50_000
"""
    )


def test_tidying_collects_cycles_that_were_frozen() -> None:
    passes(
        """
import gc, weakref, app

class Node:
    def __init__(self):
        self.me = self

node = Node()
gone = weakref.ref(node)
gc.freeze()
del node
gc.collect()
assert gone() is not None  # frozen: an ordinary collection passes it by
app.tidy()
assert gone() is None
"""
    )


@pytest.mark.parametrize(("said", "threads"), [("", 1), ("OMP_NUM_THREADS=2", 2)])
def test_a_network_runs_on_one_thread_unless_told_otherwise(said: str, threads: int) -> None:
    passes(
        f"""
import os
os.environ.pop("OMP_NUM_THREADS", None)
os.environ.update(pair.split("=") for pair in {said!r}.split())
import app, torch
assert torch.get_num_threads() == {threads}
"""
    )


def test_the_first_page_loads_no_torch() -> None:
    passes(
        """
import sys
from streamlit.testing.v1 import AppTest
at = AppTest.from_file("pages/main.py", default_timeout=60).run()
assert not at.exception
assert "torch" not in sys.modules
"""
    )


def controls(at: AppTest) -> list[Any]:
    kinds = (at.slider, at.select_slider, at.selectbox, at.toggle, at.number_input, at.button_group)
    return [control for kind in kinds for control in kind]


def chapters(at: AppTest, name: str) -> Iterator[str]:
    """Turn the page's chapters one by one; a page without chapters has one."""
    key = f"{Path(name).stem}_chapter"
    group = next((g for g in at.button_group if g.key == key), None)
    if group is None:
        yield "the page"
        return
    for option in group.options:
        next(g for g in at.button_group if g.key == key).set_value(option).run()
        yield option
