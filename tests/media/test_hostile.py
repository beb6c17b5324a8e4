"""Bytes that mean harm, and bytes that are merely broken: a clip or a refusal, and nothing left."""

import ast
import importlib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.media import barcode
from vidcore.errors import DecodeError, LimitError, VidcoreError
from vidcore.media import Limits, decode, probe

ROOT = Path(__file__).resolve().parents[2]
MEDIA = importlib.import_module("vidcore.media.decode")  # the package's `decode` is the function
SMALL = (96, 64)
BASES = [
    ("libx264", "mp4"),
    ("libx264", "matroska"),
    ("libx264", "mpegts"),
    ("libx264", "flv"),
    ("libx265", "mp4"),
    ("libvpx-vp9", "webm"),
    ("libsvtav1", "mp4"),
    ("mpeg4", "avi"),
    ("mjpeg", "avi"),
    ("wmv2", "asf"),
    ("mpeg2video", "mpeg"),
    ("gif", "gif"),
    ("apng", "apng"),
]
MUTATIONS = 39  # of each: 507 in all
SECRET = (255, 0, 255)  # the colour of what must not be seen


def children() -> set[int]:
    """Processes whose parent is this one, the dead but unburied included."""
    own = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if int(after_name[1]) == PID:
            own.append(int(stat.parent.name))
    return set(own)


PID = int(Path("/proc/self").resolve().name)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = children()
    yield
    assert children() == before


# ---- mutations --------------------------------------------------------------------------------
def flip_bits(data: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, len(data), rng.integers(1, 64)):
        data[at] ^= 1 << int(rng.integers(8))
    return data


def cut(data: bytearray, rng: np.random.Generator) -> bytearray:
    return data[: rng.integers(1, len(data))]


def splice(data: bytearray, rng: np.random.Generator) -> bytearray:
    a, b, c = np.sort(rng.integers(0, len(data), 3))
    return data[:a] + data[b:c] + data[a:]


def damage_header(data: bytearray, rng: np.random.Generator) -> bytearray:
    at = int(rng.integers(0, min(512, len(data))))
    data[at : at + 8] = rng.bytes(8)
    return data


def put_extremes(data: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, len(data), 6):
        data[at : at + 4] = rng.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"])
    return data


MUTATORS = [flip_bits, cut, splice, damage_header, put_extremes]


def outcome(data: bytes) -> str:
    """Decode it; returns what came of it. Anything but a clip or a refusal is raised."""
    try:
        clip = decode(data, height=32)
    except VidcoreError as refused:
        return str(refused)
    assert clip.frames.min() >= 0
    assert clip.frames.max() <= 1
    return "a clip"


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "container"), BASES)
def test_damaged_files_never_crash_hang_or_leak(codec: str, container: str) -> None:
    base = barcode.video(codec, container, size=SMALL)
    rng = np.random.default_rng([*codec.encode(), *container.encode()])
    files = [bytes(MUTATORS[k % 5](bytearray(base), rng)) for k in range(MUTATIONS)]
    with ThreadPoolExecutor(2) as two:
        outcomes = Counter(two.map(outcome, files))
    assert outcomes["a clip"] > 0
    assert outcomes.total() == MUTATIONS
    assert not [o for o in outcomes if "breaks the decoder" in o or "takes longer" in o]


# ---- not a video ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"\0" * 2**20,
        bytes(range(256)) * 512,
        b"<html><video src=x></html>",
        b"GIF89a" + b"\xff" * 32,
        b"\0\0\0\x18ftypmp42" + b"\0" * 64,
        b"RIFF\xff\xff\xff\xffAVI LIST",
        "\N{CLAPPER BOARD}".encode() * 100,
    ],
)
def test_what_is_no_video_is_refused(data: bytes) -> None:
    for ask in (probe, decode):
        with pytest.raises(DecodeError, match=r"can be read|can be decoded"):
            ask(data)


def test_nothing_is_refused() -> None:
    with pytest.raises(DecodeError, match="empty"):
        decode(b"")


def test_a_still_picture_is_refused() -> None:
    png = barcode.video("png", "image2pipe", T=1)
    assert png.startswith(b"\x89PNG")
    with pytest.raises(DecodeError):
        decode(png)


def test_a_header_that_promises_too_much_is_refused_before_decoding() -> None:
    apng = barcode.video("apng", "apng", size=SMALL)
    at = apng.index(b"IHDR") + 4
    for side in (4_000, 30_000):
        with pytest.raises((LimitError, DecodeError)):
            decode(apng[:at] + side.to_bytes(4, "big") * 2 + apng[at + 8 :])


# ---- what would like to open something else ---------------------------------------------------
@pytest.fixture
def web(request: pytest.FixtureRequest) -> Iterator[tuple[int, list[str]]]:
    """A web server: its port and the requests it got."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    port = getattr(request, "param", 0)
    with ThreadingHTTPServer(("127.0.0.1", port), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A video in the current folder that no other file may lead to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.ts").write_bytes(barcode.video(container="mpegts", size=SMALL))
    return "secret.ts"


def playlist(target: str) -> str:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"


LURES: dict[str, Callable[[str], str]] = {
    "ffconcat": lambda target: f"ffconcat version 1.0\nfile {target}\n",
    "hls": playlist,
    "hls key": lambda target: playlist(target).replace(
        "#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF'
    ),
    "hls map": lambda target: playlist(target).replace(
        "#EXTINF", f'#EXT-X-MAP:URI="{target}"\n#EXTINF'
    ),
    "dash": lambda target: (
        f'<?xml version="1.0"?><MPD><Period><BaseURL>{target}</BaseURL></Period></MPD>'
    ),
    "image list": lambda target: f"{target}\n",
}


@pytest.mark.parametrize("lure", LURES)
def test_no_neighbour_is_opened(lure: str, bait: str) -> None:
    for target in (bait, f"./{bait}", str(Path(bait).resolve()), f"file:{Path(bait).resolve()}"):
        with pytest.raises(DecodeError, match="not a video that can be read"):
            decode(LURES[lure](target).encode())


@pytest.mark.parametrize("lure", LURES)
def test_no_request_is_made(lure: str, web: tuple[int, list[str]]) -> None:
    port, asked = web
    for scheme in ("http:", "concat:http:", "crypto+http:"):
        target = f"{scheme}//127.0.0.1:{port}/secret.ts"
        with pytest.raises(DecodeError, match="not a video that can be read"):
            decode(LURES[lure](target).encode())
    assert asked == []


def test_no_socket_is_waited_for() -> None:
    sdp = (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 18766 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )
    with pytest.raises(DecodeError, match="not a video that can be read"):
        decode(sdp.encode(), limits=Limits(wall_seconds=5))


@pytest.mark.parametrize("web", [18765], indirect=True)
@pytest.mark.parametrize(
    "file", ["ffconcat_unsafe_off.mp4", "hls_http.m3u8", "hls_rel.m3u8", "sdp.mp4"]
)
def test_no_recorded_lure_is_followed(
    file: str, clips: Path, web: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clips)
    with pytest.raises(DecodeError, match="not a video that can be read"):
        decode((clips / file).read_bytes())
    assert web[1] == []


# ---- the child --------------------------------------------------------------------------------
def test_the_worker_imports_nothing_but_the_decoder() -> None:
    tree = ast.parse(Path(MEDIA.WORKER).read_text())
    roots = {
        a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    }
    roots |= {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert roots - sys.stdlib_module_names == {"av"}


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        ("bytearray(2**30)", "MemoryError"),
        ("[open('/dev/null') for _ in range(20)]", "Too many open files"),
        ("open('{tmp}/x', 'wb', 0).write(b'x')", "File too large"),
        (
            "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))",
            "not allowed to raise maximum limit",
        ),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep their address space")
def test_the_worker_confines_itself(deed: str, error: str, tmp_path: Path) -> None:
    code = f"import resource\nfrom vidcore.media import worker\nworker.confine(5)\n{deed}"
    command = [sys.executable, "-c", code.format(tmp=tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert run.returncode == 1
    assert error in run.stderr


def test_a_relative_import_path_does_not_lose_the_worker(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(barcode.video(size=SMALL))
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from vidcore.media import decode\n"
        "import os; os.chdir(sys.argv[1])\n"
        "print(len(decode(open('video.mp4', 'rb').read()).frames))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert run.stdout == "12\n", run.stderr


def test_the_decoder_is_looked_for_where_the_parent_finds_it() -> None:
    assert (Path(MEDIA._home_of("av")) / "av/__init__.py").exists()
    with pytest.raises(ModuleNotFoundError, match="pip install no_such_package"):
        MEDIA._home_of("no_such_package")


@pytest.mark.parametrize("seconds", [0.01, 0.25])
def test_a_child_that_is_late_is_killed(
    seconds: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import time; time.sleep(600)")  # late on any machine, however fast
    monkeypatch.setattr(MEDIA, "WORKER", worker)
    for ask in (probe, decode):
        with pytest.raises(LimitError, match=f"longer than {seconds:g} seconds"):
            ask(bytes(2**22), limits=Limits(wall_seconds=seconds))


def test_a_child_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for deed in ("import os; os.abort()", "raise SystemExit(3)", "pass"):
        worker = tmp_path / "worker.py"
        worker.write_text(deed)
        monkeypatch.setattr(MEDIA, "WORKER", worker)
        with pytest.raises(DecodeError, match="breaks the decoder"):
            decode(bytes(2**22))  # more than a pipe holds: the writer must not wait for a reader


# ---- two at once ------------------------------------------------------------------------------
def test_a_third_call_waits_and_says_so_once() -> None:
    video, said = barcode.video(size=SMALL), []

    def leave() -> None:
        said.append("waiting")
        MEDIA._turns.release()

    MEDIA._turns.acquire()
    assert len(decode(video, on_wait=leave).frames) == 12  # one place is free: no word
    assert said == []
    MEDIA._turns.acquire()
    assert len(decode(video, on_wait=leave).frames) == 12
    assert said == ["waiting"]
    MEDIA._turns.release()


def test_at_most_two_children_work_for_any_number_of_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video, run, counts = barcode.video(size=SMALL), MEDIA._run, []

    def counted(*given: object) -> bytes:
        running.append(None)
        counts.append(len(running))
        try:
            return bytes(run(*given))
        finally:
            running.pop()

    running: list[None] = []
    monkeypatch.setattr(MEDIA, "_run", counted)
    with ThreadPoolExecutor(6) as threads:
        clips = list(threads.map(decode, [video] * 12))
    assert max(counts) == 2
    assert len({clip.digest for clip in clips}) == 1


def test_a_refusal_frees_its_place() -> None:
    for _ in range(3):
        with pytest.raises(DecodeError):
            decode(b"no video")
        with pytest.raises(LimitError):
            decode(barcode.video(size=SMALL), limits=Limits(wall_seconds=0.001))
