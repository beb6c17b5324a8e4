"""A clip to H.264: for playback, and to see what a codec makes of redundancy.

An encoder keeps one frame as a picture (I) and writes the others as corrections to what it predicts
from their neighbours: from earlier ones (P), or from both sides (B). Where a prediction is good,
little is left to write. A frame's size in bytes is a measure of what was new in it.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    VideoReformatter,
)
from jaxtyping import Int

from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, read_only

CLOCK = 90_000  # ticks per second of the stream's time stamps
RATES = (Fraction(1, 1000), Fraction(1000))  # frames per second that x264 plans its bits for
FINEST_RATE = 1001  # largest denominator: 30000 / 1001 is television's 29.97
COARSEST = 51  # x264's scales of quality, crf and qp, run from 0 (best) to 51
PLAYBACK_CRF = 18  # hard to tell from the source
TEACHING_QP = 23  # about the quality of x264's default
PRESET = "veryfast"  # motion search and B-frames as usual, in a fraction of the default's time
SAME_FOR_ALL = "ipratio=1:pbratio=1"  # x264 would code P and B frames more coarsely than I
BARE = "filter_units=remove_types=6"  # takes out SEI: x264 signs the first frame with its settings


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
        Bytes of the same frames when each is coded alone, as finely.
    """

    predicted: Int[np.ndarray, " T"]
    kinds: tuple[str, ...]
    independent: Int[np.ndarray, " T"]


def encode_mp4(clip: Clip, *, crf: int = PLAYBACK_CRF) -> bytes:
    """Encode a clip as MP4 (H.264, yuv420p, BT.709), which every browser plays.

    Odd sizes are padded by repeating the last row or column. The clip's own times are kept.

    Parameters
    ----------
    crf
        x264's quality setting, 0 (nearly lossless) to 51.

    Raises
    ------
    ShapeError
        If `crf` is outside its scale.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = _stream(container, clip, crf=_quality("crf", crf))
        for packet in _coded(stream, _frames(clip)):
            container.mux(packet)
    return file.getvalue()


def frame_sizes(clip: Clip, *, qp: int = TEACHING_QP) -> FrameSizes:
    """Measure what each frame costs as a correction to a prediction, and alone.

    x264 codes the clip twice; the second time every frame is a key frame. Every frame is coded with
    the same quantiser, hence about equally well, so the sizes differ by what prediction saves.
    What belongs to the stream (parameter sets, the encoder's signature) is not counted.

    Parameters
    ----------
    qp
        The quantiser, 0 (lossless) to 51; six more double the step between the levels kept.

    Raises
    ------
    ShapeError
        If `qp` is outside its scale.
    """
    quality = _quality("qp", qp)
    frames = list(_frames(clip))
    predicted, kinds = _sizes(clip, frames, qp=quality)
    independent, _ = _sizes(clip, frames, qp=quality, g="1")
    return FrameSizes(read_only(predicted), kinds, read_only(independent))


def _quality(name: str, value: int) -> str:
    if not 0 <= value <= COARSEST:
        raise ShapeError(f"{name} needs a value from 0 (best) to {COARSEST}; got {value}.")
    return str(value)


def _sizes(
    clip: Clip, frames: list[VideoFrame], **options: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Encode, and return bytes and kind of every frame in display order."""
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = _stream(container, clip, **options, **{"x264-params": SAME_FOR_ALL})
        bare = av.BitStreamFilterContext(BARE, stream)
        packets = [p for coded in [*_coded(stream, frames), None] for p in bare.filter(coded)]
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = stream.codec_context.extradata
    pictures = [picture for packet in [*packets, None] for picture in decoder.decode(packet)]
    sizes = [packet.size for packet in sorted(packets, key=_shown_at)]
    kinds = [PictureType(picture.pict_type).name for picture in sorted(pictures, key=_shown_at)]
    return np.array(sizes), tuple(kinds)


def _shown_at(coded: Any) -> int:
    return int(coded.pts)


def _coded(stream: Any, frames: Iterable[VideoFrame]) -> Iterator[Any]:
    """Yield the packets of all frames, those held back for prediction included."""
    for frame in frames:
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _stream(container: Any, clip: Clip, **options: str) -> Any:
    H, W = clip.frames.shape[1:3]
    rate = min(max(Fraction(clip.fps), RATES[0]), RATES[1]).limit_denominator(FINEST_RATE)
    settings = {"preset": PRESET, **options}
    stream = container.add_stream("libx264", rate=rate, options=settings)
    stream.width, stream.height, stream.pix_fmt = W + W % 2, H + H % 2, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, CLOCK)
    context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.flags |= av.codec.context.Flags.global_header
    return stream


def _frames(clip: Clip) -> Iterator[VideoFrame]:
    """Yield the clip's frames as 8-bit pictures of even size, each with its time."""
    H, W = clip.frames.shape[1:3]
    padding, paint = ((0, H % 2), (0, W % 2), (0, 0)), VideoReformatter()
    for image, tick in zip(clip.frames, _ticks(clip.times).tolist(), strict=True):
        rgb = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
        frame = VideoFrame.from_ndarray(np.pad(rgb, padding, mode="edge"), format="rgb24")
        frame = paint.reformat(frame, format="yuv420p", dst_colorspace=Colorspace.ITU709)
        frame.pts, frame.time_base = tick, Fraction(1, CLOCK)
        yield frame


def _ticks(times: np.ndarray) -> np.ndarray:
    """Round to the clock; frames closer than a tick are moved apart."""
    order = np.arange(len(times))
    ticks: np.ndarray = np.maximum.accumulate(np.rint(times * CLOCK).astype(np.int64) - order)
    return ticks + order
