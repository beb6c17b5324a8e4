"""Decoding beside OpenCV, which reads every frame at full size and then scales it down.

Our side is the public `decode`, all of it: the start of the child process, its CPU seconds, the
pipe, and the float32 clip. OpenCV's side reads from a file and stops at 8-bit pictures.
"""

import io
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.ratio import Ratio, compare
from vidcore import media, sampling

FPS, FRAMES = 30, 300  # ten seconds
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
HEIGHT = 128  # pixels: what a page works on
PICKED = 16  # frames: what a model looks at
SPEED = 3  # pixels per frame of the panning background
DISC_SPEED = 7  # pixels per frame of the disc before it
DETAIL = 8  # pixels: size of the background's grains


def measure() -> list[Ratio]:
    """Compare reading all frames, and reading a few of them."""
    return [ratio for name, size in SIZES.items() for ratio in of_size(name, *size)]


def of_size(name: str, width: int, height: int) -> Iterator[Ratio]:
    """Compare on one video of that size."""
    data = moving_video(width, height)
    few = sampling.uniform(FRAMES, PICKED)
    ours = partial(media.decode, data, height=HEIGHT)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        yield compare(
            f"{name}, all {FRAMES} frames to {HEIGHT} px",
            ours,
            partial(opencv_all, Path(file.name)),
            against="cv2.VideoCapture and cv2.resize",
            target=0.55,
        )
        yield compare(
            f"{name}, {PICKED} of {FRAMES} frames to {HEIGHT} px",
            partial(media.decode, data, height=HEIGHT, indices=few),
            ours,
            against="our decode of all frames",
            target=0.8,
        )


def opencv_all(path: Path) -> list[np.ndarray]:
    """Read and scale every frame, as 8-bit BGR."""
    pictures: list[np.ndarray] = []
    capture = cv2.VideoCapture(str(path))
    while True:
        shown, picture = capture.read()
        if not shown:
            return pictures
        width = round(picture.shape[1] * HEIGHT / picture.shape[0])
        pictures.append(cv2.resize(picture, (width, HEIGHT), interpolation=cv2.INTER_AREA))


def moving_video(width: int, height: int) -> bytes:
    """Encode a disc moving before a panning, grainy background, as H.264 in MP4."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in moving_pictures(width, height):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def moving_pictures(width: int, height: int) -> Iterator[np.ndarray]:
    """Draw the frames of `moving_video`."""
    span = width + SPEED * FRAMES
    grains = np.random.default_rng(7).integers(
        0, 256, (height // DETAIL, span // DETAIL, 3), dtype=np.uint8
    )
    background = cv2.resize(grains, (span, height), interpolation=cv2.INTER_CUBIC)
    for k in range(FRAMES):
        picture = background[:, SPEED * k : SPEED * k + width].copy()
        yield cv2.circle(
            picture, (DISC_SPEED * k % width, height // 2), height // 8, (255, 180, 60), -1
        )
