"""Bytes to a clip: in a child process, within limits, for any bytes whatever.

A decoder is a million lines of C that believe what a file says. So the bytes meet it in a process
of its own (`worker`) that can be killed, may not open anything, and dies with its mistakes; only
pixels and numbers come back. At most two such processes run at once; a third call waits its turn.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Thread, Timer
from time import monotonic
from typing import Any, BinaryIO, cast

import numpy as np

from vidcore.errors import DecodeError, LimitError, ShapeError
from vidcore.media.clip import CHANNELS, Clip
from vidcore.media.limits import Info, Limits

WORKER = Path(__file__).absolute().with_name("worker.py")  # whatever folder we are in by then
AT_ONCE = 2  # decoding processes; each takes up to 1 GB and a core
LENGTH_BYTES = 8  # the end of the worker's answer: the length of its report
DEFAULT = Limits()

_turns = BoundedSemaphore(AT_ONCE)


def probe(
    data: bytes, *, limits: Limits = DEFAULT, on_wait: Callable[[], None] | None = None
) -> Info:
    """Find out what a video holds, by decoding it once.

    Parameters
    ----------
    data
        The file's content; its name plays no part.
    limits
        What it may cost.
    on_wait
        Called once if two other videos are being read and this one has to wait.

    Raises
    ------
    DecodeError
        If the bytes are not a video that can be read.
    LimitError
        If it exceeds `bytes`, `pixels` or `wall_seconds`.
    """
    report, _ = _ask(data, limits, {"pictures": False, "wanted": None, "height": None}, on_wait)
    width, height = report["size"]
    return Info(
        frames=report["frames"],
        fps=report["rate"],
        seconds=report["frames"] / report["rate"],
        width=width,
        height=height,
        codec=report["codec"],
        container=report["container"],
        rotation=report["rotation"],
        truncated=report["truncated"],
        damaged=report["damaged"],
    )


def decode(
    data: bytes,
    *,
    limits: Limits = DEFAULT,
    indices: Sequence[int] | np.ndarray | None = None,
    height: int | None = None,
    on_wait: Callable[[], None] | None = None,
) -> Clip:
    """Decode a video into a clip, upright and with square pixels.

    Parameters
    ----------
    data
        The file's content; its name plays no part.
    limits
        What it may cost. Past `seconds` or `frames` the first part is returned, `truncated`.
    indices
        Shown frames to return, in any order, repeats allowed; found in one pass, without seeking.
        Their times are `k / fps`, fps being the mean rate up to the last of them. Left out: all
        frames, with their own times.
    height
        Scale down to this height; never up. The width follows.
    on_wait
        Called once if two other videos are being read and this one has to wait.

    Raises
    ------
    DecodeError
        If the bytes are not a video that can be read, or an index is beyond its end.
    LimitError
        If it exceeds `bytes`, `pixels`, `total_pixels` or `wall_seconds`; the message names the
        way out.
    ShapeError
        If `indices` is empty or holds anything but integers from 0, or `height` is below 1.
    """
    chosen = None if indices is None else _checked(indices)
    if height is not None and (not isinstance(height, int | np.integer) or height < 1):
        raise ShapeError(f"height needs a whole number of pixels from 1; got {height!r}.")
    if chosen is not None and len(chosen) > limits.total_pixels:
        raise LimitError(
            f"{len(chosen)} indices exceed {limits.total_pixels} pixels at any size. Ask for fewer."
        )
    unique = None if chosen is None else np.unique(chosen)
    request = {
        "pictures": True,
        "wanted": None if unique is None else unique[unique < limits.frames].tolist(),
        "height": None if height is None else int(height),
    }
    report, pixels = _ask(data, limits, request, on_wait)
    return _assemble(report, pixels, limits, chosen, unique)


def _checked(indices: Sequence[int] | np.ndarray) -> np.ndarray:
    chosen = np.asarray(indices)
    if chosen.ndim != 1 or chosen.size == 0 or chosen.dtype.kind not in "iu" or chosen.min() < 0:
        raise ShapeError(
            f"indices needs at least one whole number, all from 0; got {chosen.dtype} of shape "
            f"{chosen.shape}. Clamp them, or leave indices out for all frames."
        )
    return chosen


def _assemble(
    report: dict[str, Any],
    pixels: memoryview,
    limits: Limits,
    chosen: np.ndarray | None,
    unique: np.ndarray | None,
) -> Clip:
    width, height = report["sent"]
    frames = np.frombuffer(pixels, np.uint8).reshape(-1, height, width, CHANNELS)
    frames = np.rot90(frames, report["rotation"] // 90, axes=(1, 2))
    if chosen is None or unique is None:
        return Clip(_unit(frames), report["rate"], np.array(report["times"]), report["truncated"])
    if len(frames) < len(unique):
        held = "its first part, within the limits," if report["truncated"] else "the video"
        raise DecodeError(
            f"Frame {chosen.max()} was asked for; {held} has {report['frames']}, "
            f"0 to {report['frames'] - 1}. Clamp the indices, or ask probe for the count."
        )
    if len(chosen) * height * width > limits.total_pixels:  # repeats count as well
        raise LimitError(
            f"{len(chosen)} frames of {width} x {height} pixels exceed "
            f"{limits.total_pixels / 1e6:.1f} million. Ask for a smaller height, or fewer indices."
        )
    frames = frames[np.searchsorted(unique, chosen)]
    return Clip(_unit(frames), report["rate"], truncated=report["truncated"])


def _unit(frames: np.ndarray) -> np.ndarray:
    unit: np.ndarray = np.multiply(frames, np.float32(1 / 255), dtype=np.float32, order="C")
    return unit


# ---- the child --------------------------------------------------------------------------------
def _ask(
    data: bytes, limits: Limits, request: dict[str, Any], on_wait: Callable[[], None] | None
) -> tuple[dict[str, Any], memoryview]:
    """Let a worker read `data`; returns its report and the pixels it sent."""
    if not data:
        raise DecodeError("The file is empty. Upload a video.")
    if len(data) > limits.bytes:
        raise LimitError(
            f"The file has {len(data) / 2**20:.1f} MB; at most {limits.bytes / 2**20:.0f} MB are "
            "taken. Cut it, or compress it more."
        )
    line = json.dumps({**request, "limits": asdict(limits)}).encode() + b"\n"
    with _turn(on_wait):
        answer = memoryview(_run(line, data, limits.wall_seconds))  # up to 100 MB: never copied
    size = int.from_bytes(answer[-LENGTH_BYTES:], "big")
    report = json.loads(bytes(answer[-LENGTH_BYTES - size : -LENGTH_BYTES]))
    if "refused" in report:
        raise {"decode": DecodeError, "limit": LimitError}[report["refused"]](report["message"])
    return report, answer[: -LENGTH_BYTES - size]


def _run(line: bytes, data: bytes, seconds: int | float) -> bytes:
    """Run the worker on its input, and see it end: by itself or by us."""
    begun = monotonic()
    with subprocess.Popen(  # noqa: S603  # our own interpreter and file
        [sys.executable, "-I", str(WORKER), _home_of("av")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"MALLOC_ARENA_MAX": "2"},  # arenas cost address space, and every thread wants one
    ) as child:
        feeder = Thread(target=_feed, args=(child.stdin, line, data))
        clock = Timer(seconds, child.kill)
        feeder.start()
        try:
            clock.start()
            answer = cast(BinaryIO, child.stdout).read()
            child.wait()
        finally:
            clock.cancel()
            child.kill()
            feeder.join()
    if child.returncode == 0 and len(answer) > LENGTH_BYTES:
        return answer
    if monotonic() - begun >= seconds:
        raise LimitError(
            f"Reading it takes longer than {seconds:g} seconds. Use a shorter or smaller copy."
        )
    raise DecodeError("It breaks the decoder, which was stopped. Convert it to MP4 (H.264).")


def _feed(pipe: BinaryIO, *parts: bytes) -> None:
    """Write whole parts: `communicate` goes by 4 kB, at half a second for 100 MB."""
    with suppress(BrokenPipeError), pipe:  # a child that has seen enough hangs up
        pipe.writelines(parts)


def _home_of(package: str) -> str:
    """Return the folder a package would be imported from, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"vidcore.media needs {package}; pip install {package}.")
    return str(Path(spec.origin).absolute().parents[1])


@contextmanager
def _turn(on_wait: Callable[[], None] | None) -> Iterator[None]:
    """Wait for one of the places; says so once if there is none."""
    if not _turns.acquire(blocking=False):
        if on_wait is not None:
            on_wait()
        _turns.acquire()
    try:
        yield
    finally:
        _turns.release()
