"""A clip to H.264: for playback, and to see what a codec makes of redundancy."""

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from jaxtyping import Int

from vidcore.media.clip import Clip, read_only

RATE_STEPS = 1_000  # a frame rate is written as a fraction with this denominator
CLOCK = 90_000  # ticks per second of the stream's time stamps
PLAYBACK_CRF = 18  # x264's own scale, 0 to 51; 18 is hard to tell from the source
TEACHING_CRF = 23  # x264's default
PRESET = "veryfast"  # a tenth of the default's time; sizes differ by some percent


@dataclass(frozen=True, slots=True, eq=False)
class FrameSizes:
    """What each frame costs in an H.264 stream, and alone.

    Parameters
    ----------
    predicted
        Bytes of each frame, in display order, in a stream that may refer to other frames.
    kinds
        "I", "P" or "B" of each of them: alone, from the past, from both sides.
    independent
        Bytes of the same frames when each is coded alone, at the same quality setting.
    """

    predicted: Int[np.ndarray, " T"]
    kinds: tuple[str, ...]
    independent: Int[np.ndarray, " T"]


def encode_mp4(clip: Clip, *, crf: int = PLAYBACK_CRF) -> bytes:
    """Encode a clip as MP4 (H.264, yuv420p), which every browser plays.

    Odd sizes are padded by repeating the last row or column.

    Parameters
    ----------
    crf
        x264's quality setting, 0 (lossless) to 51.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = _stream(container, clip, {"crf": str(crf), "preset": PRESET})
        for frame in _frames(clip):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def frame_sizes(clip: Clip, *, crf: int = TEACHING_CRF) -> FrameSizes:
    """Measure what each frame costs as a difference to others, and alone.

    Both streams are coded by x264 with the same quality setting and preset; in the second every
    frame is a key frame. Parameter sets are kept outside the frames.
    """
    predicted, kinds = _sizes(clip, {"crf": str(crf), "preset": PRESET})
    independent, _ = _sizes(clip, {"crf": str(crf), "preset": PRESET, "g": "1"})
    return FrameSizes(read_only(predicted), kinds, read_only(independent))


def _sizes(clip: Clip, options: dict[str, str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Encode, and return bytes and kind of every frame in display order."""
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = _stream(container, clip, options)
        packets = [p for frame in [*_frames(clip), None] for p in stream.encode(frame)]
    shown = sorted(packets, key=_shown_at)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = stream.codec_context.extradata
    pictures = [f for packet in [*packets, None] for f in decoder.decode(packet)]
    kinds = tuple(PictureType(f.pict_type).name for f in sorted(pictures, key=_shown_at))
    return np.array([packet.size for packet in shown]), kinds


def _shown_at(coded: Any) -> int:
    return int(coded.pts)


def _stream(container: Any, clip: Clip, options: dict[str, str]) -> Any:
    rate = Fraction(clip.fps).limit_denominator(RATE_STEPS)
    H, W = clip.frames.shape[1:3]
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.width, stream.height, stream.pix_fmt = W + W % 2, H + H % 2, "yuv420p"
    stream.codec_context.time_base = Fraction(1, CLOCK)
    stream.codec_context.flags |= av.codec.context.Flags.global_header
    return stream


def _frames(clip: Clip) -> Any:
    H, W = clip.frames.shape[1:3]
    for image, seconds in zip(clip.frames, clip.times, strict=True):
        rgb = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(
            np.pad(rgb, ((0, H % 2), (0, W % 2), (0, 0)), mode="edge"), format="rgb24"
        )
        frame.pts, frame.time_base = round(seconds * CLOCK), Fraction(1, CLOCK)
        yield frame
