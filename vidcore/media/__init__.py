"""Bytes to clips and back; all distrust of input lives in this room.

`probe` says what a video holds, `decode` makes a `Clip` of it, `encode_mp4` writes one for
playback, `frame_sizes` weighs its frames, and `synthetic` makes scenes whose motion is known.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vidcore.media.clip import Clip
from vidcore.media.decode import decode, probe
from vidcore.media.limits import Info, Limits

if TYPE_CHECKING:
    from vidcore.media.encode import FrameSizes, encode_mp4, frame_sizes

__all__ = ["Clip", "FrameSizes", "Info", "Limits", "decode", "encode_mp4", "frame_sizes", "probe"]


def __getattr__(name: str) -> Any:
    """Load the encoder, which loads FFmpeg, and the scenes when they are first asked for."""
    if name in {"FrameSizes", "encode_mp4", "frame_sizes"}:
        return getattr(import_module("vidcore.media.encode"), name)
    if name == "synthetic":
        return import_module("vidcore.media.synthetic")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
