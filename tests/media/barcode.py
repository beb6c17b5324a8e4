"""Videos whose frames carry their own index, and whose corners tell which way is up.

Twelve blocks along the bottom edge spell the index, least significant left, white is 1. Corners
before rotation: top-left red, top-right green, bottom-left blue, bottom-right white.
"""

import io
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.stream import Disposition

BLOCKS = 12
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
UNIT = 2**16  # 1 in a track's display matrix
LAST = 2**30  # 1 in its last column
QUIET = {  # settings that keep an encoder fast and silent
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
PIXELS = {
    "mjpeg": "yuvj420p",
    "gif": "rgb8",
    "apng": "rgb24",
    "png": "rgb24",
    "prores_ks": "yuv422p10le",
}


def corner(height: int) -> int:
    return height // 10


def block_centres(width: int, height: int) -> np.ndarray:
    """Columns of the blocks' middles, in a stored picture of that size."""
    block = (width - 2 * corner(height)) // BLOCKS
    return corner(height) + block * (np.arange(BLOCKS) + 0.5)


def picture(k: int, width: int, height: int) -> np.ndarray:
    """Frame k: a moving ramp, the corners, the blocks; (H, W, 3) uint8."""
    c, block = corner(height), (width - 2 * corner(height)) // BLOCKS
    ramp = (np.arange(width) * 2 + np.arange(height)[:, None] + 3 * k) % 128 + 64
    image = np.repeat(ramp[..., None], 3, axis=-1).astype(np.uint8)
    bits = k >> np.arange(BLOCKS) & 1
    image[-c:, c : c + BLOCKS * block] = np.repeat(255 * bits, block)[:, None]
    image[:c, :c], image[:c, -c:], image[-c:, :c], image[-c:, -c:] = RED, GREEN, BLUE, WHITE
    return image


def indices(frames: np.ndarray, stored: tuple[int, int]) -> list[int]:
    """Read the index of each unrotated frame (T, H, W, 3); `stored` is (W, H) in the file."""
    _, H, W, _ = frames.shape
    columns = (block_centres(*stored) * W / stored[0]).astype(int)
    row = H - 1 - corner(stored[1]) * H // stored[1] // 2
    bits = frames[:, row, columns].mean(axis=-1) > 0.5
    return [int(bits_of_frame @ 2 ** np.arange(BLOCKS)) for bits_of_frame in bits]


def corners(frame: np.ndarray) -> list[str]:
    """Name the colours in the corners: top-left, top-right, bottom-left, bottom-right."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    inset = min(frame.shape[:2]) // 40 + 1
    seen = [frame[y, x] for y in (inset, -1 - inset) for x in (inset, -1 - inset)]
    return [min(names, key=lambda n: np.abs(np.divide(names[n], 255) - rgb).sum()) for rgb in seen]


def video(
    codec: str = "libx264",
    container: str = "mp4",
    *,
    T: int = 12,
    size: tuple[int, int] = (160, 120),
    rate: int = 25,
    pixel_aspect: Fraction | None = None,
    ticks: Sequence[int] | None = None,
    **options: str,
) -> bytes:
    """Encode T barcoded frames; `ticks` are their times in units of 1 / rate."""
    file = io.BytesIO()
    with _no_faster_than_others(), av.open(file, "w", format=container) as output:
        stream = _stream(output, codec, size, rate, QUIET.get(codec, {}) | options)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        for packet in _packets(stream, ticks or range(T)):
            output.mux(packet)
    return file.getvalue()


@contextmanager
def _no_faster_than_others() -> Iterator[None]:
    """Keep the thread's place among others.

    SVT-AV1, called by root, makes the calling thread a real-time one. Browsers and servers started
    by later tests would inherit that, and two busy pages then starve all else on two cores.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, priority)


def two_tracks(*, default: int, sizes: Sequence[tuple[int, int]]) -> bytes:
    """Encode two video tracks of five frames, one of them the default."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        streams = [_stream(output, "libx264", size, 25, QUIET["libx264"]) for size in sizes]
        for k, stream in enumerate(streams):
            stream.disposition = Disposition.default if k == default else Disposition(0)
        for stream in streams:
            for packet in _packets(stream, range(5)):
                output.mux(packet)
    return file.getvalue()


def sound(*, cover: bool) -> bytes:
    """Encode a second of silence as AAC in MP4, with or without a picture on its cover."""
    file, rate = io.BytesIO(), 8_000
    with av.open(file, "w", format="mp4") as output:
        track = output.add_stream("aac", rate=rate)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, rate), np.float32), "fltp", "mono")
        silence.rate = rate
        if cover:
            art = _stream(output, "png", (96, 64), 25, {})
            art.disposition = Disposition.attached_pic
            output.mux([*_packets(art, range(1))])
        output.mux([*track.encode(silence), *track.encode(None)])
    return file.getvalue()


def with_matrix(mp4: bytes, *entries: int) -> bytes:
    """Put the 3 x 3 display matrix of the first track header in an MP4 file."""
    at = mp4.index(b"tkhd") + 4 + 4 + 5 * 4 + 2 * 4 + 4 * 2  # version, times and ids, spare, layer
    return mp4[:at] + struct.pack(">9i", *entries) + mp4[at + 9 * 4 :]


def turned(mp4: bytes, degrees: int) -> bytes:
    """Say in the file that its pictures are shown turned counter-clockwise by 90, -90 or 180."""
    cos, sin = {90: (0, UNIT), -90: (0, -UNIT), 180: (-UNIT, 0)}[degrees]
    return with_matrix(mp4, cos, -sin, 0, sin, cos, 0, 0, 0, LAST)


def _stream(output: Any, codec: str, size: tuple[int, int], rate: int, options: Any) -> Any:
    stream = output.add_stream(codec, rate=rate, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = PIXELS.get(codec, "yuv420p")
    return stream


def _packets(stream: Any, ticks: Sequence[int]) -> Iterator[Any]:
    for k, tick in enumerate(ticks):
        image = picture(k, stream.width, stream.height)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = tick, 1 / Fraction(stream.codec_context.rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)
