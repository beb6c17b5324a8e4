"""The stages' promises in a browser: answers while the hand moves, and steps after a slider.

    python -m benchmarks.stages

Starts the app and writes `results/stages.json`. What the client computes is timed inside the page
by `performance.now()`: from the event to the end of the script that computes and paints ("script"),
and to the frame after it ("painted"). A step is timed from the key that moves a slider to the last
change of the page, as in `benchmarks.app`. Milliseconds depend on the machine and on what else it
does; the load average is kept beside them.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.app import browsing, opened, steps, summary

RESULT = Path(__file__).with_name("results") / "stages.json"
MOVES = 60
PAUSE = 20  # milliseconds between two
COLD = 120_000  # milliseconds that the first network may take to load
TIMED = """async (element, [moves, pause]) => {
  const script = [], painted = [], act = (%s)(element);
  for (let k = 0; k < moves; k++) {
    const start = performance.now();
    const drawn = act(k);  // some draw with the next frame: then the promise ends with the script
    script.push(((await drawn) ?? performance.now()) - start);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    painted.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, pause));
  }
  return { script, painted };
}"""


@dataclass(frozen=True, slots=True)
class Move:
    """Something a hand does on a stage.

    Parameters
    ----------
    what
        In words.
    address
        The page.
    ready, element
        Selectors of what is there once the stage has its data, and of what is moved.
    act
        JavaScript: from the element to a function that makes move k, and returns nothing or the
        promise of the time at which its script ended.
    """

    what: str
    address: str
    ready: str
    element: str
    act: str


MOVED = (
    Move(
        "an edit of the kernel",
        "conv3d?scene=Throw",
        ".kernel .total[data-total]",
        ".kernel .planes input >> nth=4",
        "(input) => (k) => { input.value = k / 100; input.dispatchEvent(new Event('input')); }",
    ),
    Move(
        "the velocity is dragged, one step solved",
        "flow",
        ".flow canvas >> nth=0",
        ".flow",
        """(box) => (k) => {
          box.stage.aim(4 * Math.cos(k / 9), 4 * Math.sin(k / 9));
          return new Promise((done) => requestAnimationFrame(() => done(performance.now())));
        }""",
    ),
    Move(
        "the velocity is dragged, all methods solved",
        "flow",
        ".flow canvas >> nth=0",
        ".flow",
        """(box) => (k) => {
          const stage = box.stage;
          stage.aim(4 * Math.cos(k / 9), 4 * Math.sin(k / 9));
          return new Promise((done) => {
            const look = () => stage.changed || stage.busy || stage.due
              ? setTimeout(look, 0) : done(performance.now());
            setTimeout(look, 0);
          });
        }""",
    ),
    Move(
        "a patch is pointed at, six networks",
        "attention?attention_learned=both",
        ".explorer .row.map canvas[data-best] >> nth=0",
        "canvas.clip",
        """(canvas) => (k) => {
          const box = canvas.getBoundingClientRect(), pointerType = 'mouse';
          const clientX = box.left + 5 + ((k * 37) % (box.width - 10));
          const clientY = box.top + 5 + ((k * 13) % 60);
          canvas.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, pointerType }));
          return new Promise((done) => requestAnimationFrame(() => done(performance.now())));
        }""",
    ),
    Move(
        "the share of hidden places is dragged",
        "videomae?scene=Learned+world",
        ".masks:not(.waiting) canvas.filled",
        "input.ratio",
        "(input) => (k) => { input.value = 40 + (k % 50); input.oninput({ target: input }); }",
    ),
)
TARGETS = {"step: ": 150, "an edit of the kernel: painted": 50}  # start of a name -> ms, p95
SLIDERS = {  # page and chapter -> a slider of it
    "conv3d?conv3d_chapter=Inflation": "at frame",
    "conv3d?conv3d_chapter=Factorise": "Channels in",
    "conv3d?conv3d_chapter=Budget": "Frames in",
    "twostream?twostream_chapter=Two+opinions": "Another clip like it",
    "twostream?twostream_chapter=Break+it": "Another clip like it",
    "twostream?twostream_chapter=Scene+bias": "Another clip like it",
}


def moved(page: Page, move: Move) -> dict[str, list[float]]:
    """Make the moves; milliseconds of each, to the end of its script and to the frame after."""
    page.locator(move.ready).wait_for(state="attached", timeout=COLD)
    page.wait_for_timeout(1000)
    times: dict[str, list[float]] = page.locator(move.element).first.evaluate(
        TIMED % move.act, [MOVES, PAUSE]
    )
    return times


def main() -> None:
    """Measure, print, keep."""
    rows: dict[str, dict[str, float]] = {}
    with browsing() as (base, browser):
        for move in MOVED:
            page = opened(browser, f"{base}/{move.address}")
            for what, times in moved(page, move).items():
                rows[f"{move.what}: {what}"] = summary(times)
            page.close()
        for address, label in SLIDERS.items():
            page = opened(browser, f"{base}/{address}")
            rows[f"step: {address.replace('+', ' ').split('=')[1]}, {label}"] = summary(
                steps(page, label)
            )
            page.close()
    judged = {name: row | _judged(name, row["p95_ms"]) for name, row in rows.items()}
    for name, row in judged.items():
        goal = f"<= {row['target_ms']} {'met' if row['met'] else 'MISSED'}" if "met" in row else ""
        times = f"median {row['median_ms']:7.1f} ms   p95 {row['p95_ms']:7.1f} ms"
        print(f"{name:56} {times}   {goal}")
    result = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "load": os.getloadavg()[0],
        "rows": judged,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _judged(name: str, p95: float) -> dict[str, float | bool]:
    """Return the target of a row's p95 and whether it is met, where there is one."""
    target = next((t for start, t in TARGETS.items() if name.startswith(start)), None)
    return {} if target is None else {"target_ms": target, "met": p95 <= target}


if __name__ == "__main__":
    main()
