"""What a video may cost, and what was found in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one video. Beyond `seconds` or `frames` its first part is used; beyond the others
    it is refused.

    Parameters
    ----------
    bytes
        Size of the file.
    pixels
        Of one source frame: 4096 x 2304.
    seconds
        Shown time that is read, by time stamps; a header may say anything.
    frames
        Frames that are decoded: a minute at 120 per second.
    total_pixels
        T x H x W of what is returned: 403 MB as float32 RGB.
    wall_seconds
        Time for one call; the decoding process is killed after it.
    """

    bytes: int = 100 * 2**20
    pixels: int = 9_437_184
    seconds: int | float = 120
    frames: int = 7_500
    total_pixels: int = 2**25
    wall_seconds: int | float = 15


@dataclass(frozen=True, slots=True)
class Info:
    """What a video holds, found by decoding it once; its header is not believed.

    Parameters
    ----------
    frames
        Shown frames, at most `Limits.frames`.
    fps
        Mean rate between the first and the last frame shown.
    seconds
        `frames / fps`.
    width, height
        As displayed, in pixels: rotation and pixel aspect applied.
    codec, container
        FFmpeg's names.
    rotation
        Degrees by which the stored picture is turned counter-clockwise to be shown.
    truncated
        True where the video goes on beyond the limits.
    damaged
        Packets that could not be decoded and were skipped.
    """

    frames: int
    fps: float
    seconds: float
    width: int
    height: int
    codec: str
    container: str
    rotation: int
    truncated: bool
    damaged: int = 0
