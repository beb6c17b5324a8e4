"""The two pages' promises in a browser: an edited kernel, and a step after a control is let go.

    python -m benchmarks.conv3d_page

Starts the app and writes `results/conv3d_page.json`. An edit is timed inside the page by
`performance.now()`: from before the input event to the end of the script that convolves and paints
("script"), and to the frame after it ("painted"). A step is timed from the key that moves a slider
to the last change of the page, as in `benchmarks.app`. Milliseconds depend on the machine and what
else it does; the load average is kept beside them.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.app import browsing, opened, steps, summary

RESULT = Path(__file__).with_name("results") / "conv3d_page.json"
EDITS = 60
SLIDERS = {  # page and chapter -> a slider of it
    "conv3d?conv3d_chapter=Inflation": "at frame",
    "conv3d?conv3d_chapter=Factorise": "Channels in",
    "conv3d?conv3d_chapter=Budget": "Frames in",
    "twostream?twostream_chapter=Two+opinions": "Another clip like it",
    "twostream?twostream_chapter=Break+it": "Another clip like it",
    "twostream?twostream_chapter=Scene+bias": "Another clip like it",
}
EDIT = """async (bench, edits) => {
  const input = bench.querySelectorAll('.planes input')[4], script = [], painted = [];
  for (let k = 0; k < edits; k++) {
    const start = performance.now();
    input.value = k / 100;
    input.dispatchEvent(new Event('input'));
    script.push(performance.now() - start);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    painted.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 20));
  }
  return { script, painted };
}"""


def main() -> None:
    """Measure, print, keep."""
    rows: dict[str, dict[str, float]] = {}
    with browsing() as (base, browser):
        page = opened(browser, f"{base}/conv3d?scene=Throw")
        page.locator(".kernel .total[data-total]").wait_for()  # the clip has come
        for what, times in page.locator(".kernel").first.evaluate(EDIT, EDITS).items():
            rows[f"an edit of the kernel, {what}"] = summary(times)
        page.close()
        for address, label in SLIDERS.items():
            page = opened(browser, f"{base}/{address}")
            rows[f"step: {address.replace('+', ' ').split('=')[1]}, {label}"] = summary(
                steps(page, label)
            )
            page.close()
    for name, row in rows.items():
        print(f"{name:48} median {row['median_ms']:7.1f} ms   p95 {row['p95_ms']:7.1f} ms")
    result = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "load": os.getloadavg()[0],
        "rows": rows,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
