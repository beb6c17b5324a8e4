"""The app as a visitor meets it: first figure, step after a slider, scrub on the stage.

    python -m benchmarks.app

Starts the app, opens it in a headless Chromium, prints a table and writes `results/app.json`.
Milliseconds depend on the machine and on what else it does: compare runs on one machine only.
"""

import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/app.json"
LOADS, STEPS, SCRUBS = 5, 60, 60
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]

# The first stage that holds a picture, or the first Plotly drawing: in ms since navigation.
FIRST_FIGURE = """
(() => {
  const opaque = (c) => c && c.width > 1 && c.getContext('2d').getImageData(0, 0, 1, 1).data[3];
  const painted = () => {
    for (const host of document.querySelectorAll('[data-testid^=stBidiComponent]'))
      if (opaque(host.shadowRoot?.querySelector('canvas.picture'))) return true;
    return Boolean(document.querySelector('.js-plotly-plot .main-svg .plot'));
  };
  const look = () => requestAnimationFrame(() => {
    if (painted()) window.__first = performance.now(); else look();
  });
  look();
})();
"""

# Time from an input event on the stage's range to the next painted frame.
SCRUB = """
async (steps) => {
  const hosts = [...document.querySelectorAll('[data-testid^=stBidiComponent]')];
  const stage = hosts.map((e) => e.shadowRoot).find((r) => r?.querySelector('.scrub'));
  const range = stage.querySelector('.scrub'), times = [];
  stage.querySelector('.play').click();  // pause
  for (let k = 0; k < steps; k++) {
    const start = performance.now();
    range.value = k % (Number(range.max) + 1);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 20));
  }
  return times;
}
"""
IDLE = (
    "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
)
# A step is over when the server has answered and nothing in the page has changed for a while. The
# app's own "running" mark is no use: a quick run comes and goes between two of the page's updates.
MESSAGES = """
window.WebSocket = class extends window.WebSocket {
  constructor(...settings) {
    super(...settings);
    this.addEventListener('message', () => { window.__message = performance.now(); });
  }
};
"""
WATCH = """
() => {
  const main = document.querySelector('[data-testid=stMain]');
  const changed = () => requestAnimationFrame(() => { window.__changed = performance.now(); });
  const observer = new MutationObserver(changed);
  const kinds = { attributes: true, childList: true, characterData: true, subtree: true };
  observer.observe(main, kinds);
  for (const element of main.querySelectorAll('*'))
    if (element.shadowRoot) observer.observe(element.shadowRoot, kinds);
}
"""
AT_END = """
(input) => ({ [input.max]: 'ArrowLeft', [input.min]: 'ArrowRight' })[input.value]
"""  # the key that leads back
QUIET = 500  # milliseconds without a change
RESTS = f"""
() => window.__message > window.__start
  && performance.now() - Math.max(window.__message, window.__changed) > {QUIET}
"""


@contextmanager
def started() -> Iterator[str]:
    """Start the app on a free port and wait until it is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with subprocess.Popen(  # noqa: S603
        [*command, "--server.address", "127.0.0.1"], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as server:
        base = f"http://127.0.0.1:{port}"
        begun = time.monotonic()
        while True:
            try:
                urllib.request.urlopen(f"{base}/_stcore/health", timeout=1).close()  # noqa: S310
                break
            except OSError:
                if time.monotonic() - begun > 60:
                    raise
                time.sleep(0.05)
        print(f"healthy after {time.monotonic() - begun:.1f} s")
        try:
            yield base
        finally:
            server.terminate()


@contextmanager
def browsing() -> Iterator[tuple[str, Browser]]:
    """Start the app and a browser; yields the app's address and the browser."""
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    with started() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield base, browser
        browser.close()


def first_figure(browser: Browser, url: str) -> float:
    """Open `url` with an empty cache; milliseconds until its first figure is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(FIRST_FIGURE)
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.__first", timeout=60_000)
    milliseconds = float(page.evaluate("() => window.__first"))
    context.close()
    return milliseconds


def opened(browser: Browser, address: str) -> Page:
    """Open a page, its stages at rest, and wait until it rests as well."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.add_init_script(MESSAGES)
    page.goto(address)
    page.wait_for_function(IDLE)
    page.wait_for_timeout(2000)
    page.wait_for_function(IDLE)
    return page


def steps(page: Page, label: str) -> list[float]:
    """Move a slider by its keyboard; milliseconds from the key to the last change of the page."""
    thumb = page.locator("[data-testid=stMain] [data-testid=stSlider]", has_text=label).locator(
        "input[type=range], [role=slider]"
    )
    page.evaluate(WATCH)
    times, key = [], "ArrowRight"
    thumb.first.focus()
    for _ in range(STEPS):
        if ends := thumb.first.evaluate(AT_END):
            key = ends
        page.evaluate("() => { window.__changed = window.__start = performance.now(); }")
        page.keyboard.press(key)
        page.wait_for_function(RESTS, timeout=20_000, polling=100)
        times.append(float(page.evaluate("() => window.__changed - window.__start")))
    return times


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "n": len(ordered),
    }


def main() -> None:
    """Run everything, print it, and keep it."""
    rows: dict[str, dict[str, float]] = {}
    with browsing() as (base, browser):
        time.sleep(8)  # a server at rest: its background loading is over
        for name in ("", "motion", "sampling"):
            times = [first_figure(browser, f"{base}/{name}") for _ in range(LOADS)]
            rows[f"first figure, {name or 'home'}"] = summary(times)
        for name, label in (("motion", "Freeze at frame"), ("sampling", "Frames to take")):
            page = opened(browser, f"{base}/{name}")
            rows[f"step after slider, {name}"] = summary(steps(page, label))
            rows[f"scrub on the stage, {name}"] = summary(page.evaluate(SCRUB, SCRUBS))
            page.close()
    for name, row in rows.items():
        print(
            f"{name:32} median {row['median_ms']:8.1f} ms   p95 {row['p95_ms']:8.1f} ms   "
            f"n {row['n']}"
        )
    result = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}, "
        f"Streamlit {version('streamlit')}",
        "rows": rows,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
