"""Bytes to clips and back; all distrust of input lives in this room."""

from vidcore.media.clip import Clip

__all__ = ["Clip"]
