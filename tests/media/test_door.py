"""The door of the room: everything is there by name, and nothing heavy comes with it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def fresh(code: str) -> None:
    run = [sys.executable, "-c", code]
    subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603


def test_the_room_is_light_until_something_is_encoded() -> None:
    fresh("import sys; from vidcore import media; assert 'av' not in sys.modules")
    fresh("import sys; from vidcore import media; media.encode_mp4; assert 'av' in sys.modules")


def test_scenes_are_reached_through_the_room() -> None:
    fresh("from vidcore import media; assert len(media.synthetic.throw().clip.frames) == 32")


def test_an_unknown_name_is_an_attribute_error() -> None:
    from vidcore import media

    with pytest.raises(AttributeError, match="has no attribute 'decoder'"):
        _ = media.decoder
