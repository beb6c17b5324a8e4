"""The process that touches hostile bytes; started by `decode`, one per video, then gone.

It runs as a script of its own, not as a module: it imports the decoder and nothing else of ours,
knows no path, and gives itself limits before it looks at the first byte. The bytes come on standard
input behind one line of JSON; pictures leave on standard output as they are decoded, and behind
them a JSON report with its length in the last eight bytes.

What closes which door, each seen to be needed: the format whitelist keeps playlists, scripts and
session descriptions from being read at all; the empty protocol whitelist and the refusing `io_open`
keep any format from opening a second file or a socket; a buffer without a name keeps FFmpeg from
guessing a format, or a neighbour, from it.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, BinaryIO

if __name__ == "__main__":
    sys.path.append(sys.argv[1])  # where the parent found PyAV: isolated mode forgets some places

import av
import av.logging
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,mpegts,mpeg,ogg,flv,asf"
ATTACHED_PICTURE = 0x400  # disposition of a cover: a picture in a music file, not a video
ADDRESS_SPACE = 2**30  # bytes; decoding 1080p needs 83 MB, 4K under half of this
THREADS = 2  # of the decoder; scaling has one, since by itself it would take every core
OPEN_FILES = 16  # standard streams and the libraries; nothing else is ever opened
PADDING = 2**20  # pixels; decoders round sizes up, to blocks of at most 128, before they compare
MOST_DAMAGED = 200  # packets; beyond it the rest is noise
ASPECTS = (Fraction(1, 4), Fraction(4))  # pixel aspects believed
RATES = (Fraction(1, 10), Fraction(1000))  # frame rates believed, per second
FALLBACK_RATE = Fraction(25)
DAMAGE = (av.FFmpegError, OSError, ValueError)  # what PyAV raises on damaged bytes, all seen


class Refused(Exception):  # noqa: N818  # ends the work with a word for the visitor
    """The video cannot be used: `kind` is "decode" or "limit"."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(slots=True)
class Report:
    """What was found, sent after the pictures."""

    frames: int = 0
    times: list[float] = field(default_factory=list)
    rate: float = 0.0
    size: tuple[int, int] = (0, 0)  # (width, height) as displayed
    sent: tuple[int, int] = (0, 0)  # (width, height) of the pictures sent, before rotation
    rotation: int = 0
    codec: str = ""
    container: str = ""
    truncated: bool = False
    damaged: int = 0


def main() -> None:
    """Read one request, answer it."""
    request = json.loads(sys.stdin.buffer.readline())
    confine(request["limits"]["wall_seconds"])
    av.logging.set_level(None)
    data, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        answer = asdict(read(data, request, out))
    except Refused as refusal:
        answer = {"refused": refusal.kind, "message": str(refusal)}
    except MemoryError:
        message = "It needs more memory than one video may take. Use a smaller copy."
        answer = {"refused": "limit", "message": message}
    trailer = json.dumps(answer).encode()
    out.write(trailer + len(trailer).to_bytes(8, "big"))
    out.flush()


def confine(wall_seconds: float) -> None:
    """Give up memory, time, files and disk beyond what one video needs."""
    cpu_seconds = ceil(THREADS * wall_seconds) + 1  # the clock of `decode` strikes first
    bounds = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # macOS refuses a limit below what is already mapped
        bounds[resource.RLIMIT_AS] = ADDRESS_SPACE
    for what, bound in bounds.items():
        _, most = resource.getrlimit(what)
        bound = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(what, (bound, bound))


def read(data: bytes, request: dict[str, Any], out: BinaryIO) -> Report:
    """Decode `data` once, send the pictures asked for, and report what was there."""
    limits, report = request["limits"], Report()
    wanted = None if request["wanted"] is None else set(request["wanted"])
    painter = Painter(report, request["height"], limits["total_pixels"], out)
    last = max(wanted) if wanted else limits["frames"]  # nothing after it is of interest
    with open_video(data) as container:
        stream = pick_stream(container, limits["pixels"])
        report.codec, report.container = stream.codec_context.name, container.format.name
        rate = believable_rate(stream)
        stamps: list[float | None] = []
        for k, frame in enumerate(decoded(container, stream, report)):
            refuse_large(frame.width, frame.height, limits["pixels"])
            stamps.append(stamp(frame))
            if k >= limits["frames"] or seconds_shown(stamps, rate) >= limits["seconds"]:
                report.truncated = True
                stamps.pop()
                break
            if k == 0:
                painter.fit(frame, stream.sample_aspect_ratio)
                painter.check(len(wanted or ()))
            asked = request["pictures"] and (wanted is None or k in wanted)
            if asked and not painter.send(frame):
                painter.check(max(painter.pictures, promised(data, limits)))
            if k == last and request["pictures"]:
                break
    if not stamps:
        raise Refused(
            "decode", "No frame of its video track can be decoded. Convert it to MP4 (H.264)."
        )
    report.frames = len(stamps)
    report.times, report.rate = true_times(stamps, rate)
    return report


def stamp(frame: VideoFrame) -> float | None:
    """Return a frame's own time in seconds, if it carries one."""
    return (
        None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
    )


def seconds_shown(stamps: list[float | None], rate: float) -> float:
    """Return how long the video has run when its latest frame is shown."""
    first, latest = stamps[0], stamps[-1]
    return (len(stamps) - 1) / rate if first is None or latest is None else latest - first


# ---- opening ----------------------------------------------------------------------------------
def refuse(*_: Any, **__: Any) -> Any:
    """Answer every attempt to open something else."""
    raise PermissionError("a video may not open anything else")


def open_video(data: bytes) -> Any:
    """Open the bytes as one of the known formats, or say that they are none."""
    try:
        return av.open(
            io.BytesIO(data),
            mode="r",
            io_open=refuse,
            metadata_errors="ignore",
            options={"format_whitelist": FORMATS, "protocol_whitelist": ""},
        )
    except (av.FFmpegError, OSError, ValueError, AttributeError, LookupError) as error:
        raise Refused(
            "decode", "It is not a video that can be read. Use MP4, WebM, MOV, MKV, AVI or GIF."
        ) from error


def pick_stream(container: Any, pixels: int) -> VideoStream:
    """Choose the default video stream, covers left out, and bound what it may decode."""
    streams = [s for s in container.streams.video if not int(s.disposition) & ATTACHED_PICTURE]
    if not streams:
        raise Refused("decode", "It has no picture: there is no video track in it. Upload a video.")
    best = container.streams.best("video")
    stream: VideoStream = best if best in streams else streams[0]
    context = stream.codec_context
    if context is None:
        raise Refused("decode", "Its video codec is unknown here. Convert it to MP4 (H.264).")
    refuse_large(context.width, context.height, pixels)
    context.options = {"max_pixels": str(2 * pixels + PADDING)}  # where the header says less
    context.thread_type = "SLICE"  # by frame loses those behind a damaged one
    context.thread_count = THREADS
    return stream


def refuse_large(width: int, height: int, pixels: int) -> None:
    """Refuse pictures of more than `pixels`."""
    if width * height > pixels:
        raise Refused(
            "limit",
            f"Its pictures have {width} x {height} pixels; at most {pixels / 1e6:.1f} million "
            "are taken. Make a smaller copy.",
        )


def promised(data: bytes, limits: dict[str, Any]) -> int:
    """Count the packets within the limits, undecoded: about as many frames would be shown."""
    count, first = 0, None
    with open_video(data) as container, suppress(*DAMAGE):
        for packet in container.demux(pick_stream(container, limits["pixels"])):
            seconds = 0.0 if packet.pts is None else float(packet.pts * packet.time_base)
            first = seconds if first is None else first
            count += packet.size > 0 and seconds - first < limits["seconds"]
    return min(count, int(limits["frames"]))


def believable_rate(stream: VideoStream) -> float:
    """Return the stream's stated frame rate if it can be one."""
    for rate in (stream.average_rate, stream.base_rate, stream.guessed_rate):
        if rate and RATES[0] <= rate <= RATES[1]:
            return float(rate)
    return float(FALLBACK_RATE)


# ---- decoding ---------------------------------------------------------------------------------
def decoded(container: Any, stream: VideoStream, report: Report) -> Iterator[VideoFrame]:
    """Yield every frame that can be decoded, in display order; damaged packets are counted."""
    packets = container.demux(stream)
    while report.damaged <= MOST_DAMAGED:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except DAMAGE:  # the container ends here; what the decoder still holds is wanted
            report.damaged += 1
            with suppress(*DAMAGE):
                yield from stream.decode(None)
            return
        try:
            frames = packet.decode()
        except DAMAGE:
            report.damaged += 1
            continue
        yield from frames


class Painter:
    """Turns frames into RGB of the size asked for, and sends them, within the total budget."""

    def __init__(self, report: Report, height: int | None, budget: int, out: BinaryIO) -> None:
        self.report, self.height, self.budget, self.out = report, height, budget, out
        self.pictures = 0  # sent, or refused, so far
        self.reformatter = VideoReformatter()  # keeps its tables from frame to frame

    def fit(self, frame: VideoFrame, pixel_aspect: Fraction | None) -> None:
        """Fix rotation and size at the first frame; later frames are scaled to it."""
        report = self.report
        aspect = min(max(pixel_aspect or Fraction(1), ASPECTS[0]), ASPECTS[1])
        report.rotation = quarter_turns(frame.rotation) * 90
        self.turned = report.rotation % 180 == 90
        width, height = max(1, round(frame.width * aspect)), frame.height
        report.size = width, height = (height, width) if self.turned else (width, height)
        goal = height if self.height is None else min(self.height, height)
        self.shown = max(1, round(width * goal / height)), goal
        report.sent = self.shown[::-1] if self.turned else self.shown

    def check(self, pictures: int) -> None:
        """Refuse more pixels than the budget, naming a height that fits."""
        width, height = self.shown
        if pictures * width * height <= self.budget:
            return
        fits = max(1, int((self.budget / pictures * height / width) ** 0.5))
        while fits > 1 and pictures * fits * max(1, round(width * fits / height)) > self.budget:
            fits -= 1
        raise Refused(
            "limit",
            f"{pictures} frames of {width} x {height} are {pictures * width * height / 1e6:.1f} "
            f"million pixels; {self.budget / 1e6:.1f} million fit. Ask for height={fits}, or for "
            "fewer indices.",
        )

    def send(self, frame: VideoFrame) -> bool:
        """Convert one frame in one pass and write its rows; False if the budget is used up."""
        width, height = self.report.sent
        self.pictures += 1
        if self.pictures * width * height > self.budget:
            return False
        rgb = self.reformatter.reformat(
            frame, width, height, "rgb24", interpolation="AREA", threads=1
        )
        plane = rgb.planes[0]
        rows, step, used = memoryview(plane), plane.line_size, 3 * width
        if step == used:
            self.out.write(rows)
        else:  # rows are padded
            self.out.writelines(rows[y * step : y * step + used] for y in range(height))
        return True


def quarter_turns(degrees: int) -> int:
    """Return a rotation in quarter turns, -1 to 2; a degenerate matrix reads as INT_MIN: none."""
    return (round(degrees / 90) + 1) % 4 - 1 if abs(degrees) <= 180 else 0


def true_times(stamps: list[float | None], rate: float) -> tuple[list[float], float]:
    """Return seconds from the first frame, and the mean rate.

    Stamps are trusted where they are all there and increase; an AVI with B-frames has them in
    decoding order, some streams have none, some are a thousandth of what they should be. Then the
    stated rate counts.
    """
    known = [s for s in stamps if s is not None]
    times = [s - known[0] for s in known]
    if len(times) == len(stamps) > 1 and all(a < b for a, b in pairwise(times)):
        mean = (len(times) - 1) / times[-1]
        if mean <= RATES[1]:
            return times, mean
    return [k / rate for k in range(len(stamps))], rate


if __name__ == "__main__":
    main()
