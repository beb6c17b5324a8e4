"""What the stages draw, served once over HTTP and kept by the browser.

A component's data is sent again whenever any of it changes, so a clip does not travel there. It is
published here under the hash of its content, the component receives the address, and the browser
fetches it once: a slider that moves afterwards costs a few hundred bytes. The hash is the key to
the content: who does not have the clip cannot guess it.
"""

import gzip
import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vidcore.media import Clip

HELD_BYTES = (
    512 * 2**20
)  # all visitors together; the oldest go first and are published again on use
FASTEST = 1  # gzip level: higher ones cost more time here than they save on the way


@dataclass(slots=True, eq=False)
class _Asset:
    source: np.ndarray  # (T, ...) float32
    dtype: str
    packed: bytes | None = None

    @property
    def held(self) -> int:
        return self.source.nbytes


_assets: LRUCache[str, _Asset] = LRUCache(HELD_BYTES, getsizeof=lambda asset: asset.held)
_scripts: dict[str, str] = {}
_addresses: dict[str, str] = {}
_lock = threading.Lock()


def _publish(name: str, asset: _Asset) -> str:
    with _lock:
        if name not in _assets and asset.held <= HELD_BYTES:
            _assets[name] = asset
    return f"arrays/{name}"


def publish_clip(clip: Clip) -> dict[str, object]:
    """Offer a clip's frames; returns what the stage needs to fetch and draw them."""
    T, H, W, C = clip.frames.shape
    url = _publish(clip.digest, _Asset(clip.frames, "uint8"))
    return {
        "url": url,
        "dtype": "uint8",
        "step": H * W * C,
        "T": T,
        "H": H,
        "W": W,
        "fps": clip.fps,
    }


def publish_layer(name: str, label: str, volume: np.ndarray, *, key: str) -> dict[str, object]:
    """Offer a scalar volume `(T, H, W)` drawn as heat over a clip; `key` names its content."""
    url = _publish(f"{key}-{name}", _Asset(volume, "float16"))
    largest = float(volume.max()) if volume.size else 0.0
    return {
        "name": name,
        "label": label,
        "url": url,
        "dtype": "float16",
        "T": len(volume),
        "max": largest,
    }


def publish_values(
    name: str, values: np.ndarray, *, key: str, half: bool = False
) -> dict[str, object]:
    """Offer numbers as they are, in any shape, float32 or `half` of it; `key` names the content."""
    digest = hashlib.blake2b(f"{key} {name}".encode(), digest_size=16).hexdigest()
    dtype = "float16" if half else "float32"
    url = _publish(digest, _Asset(values.astype(np.float32, copy=False), dtype))
    return {"name": name, "url": url, "dtype": dtype, "shape": list(values.shape)}


def publish_script(name: str, text: str) -> str:
    """Offer a script under a name that holds its hash; returns the address."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    _scripts[f"{name}-{digest}.js"] = text
    _addresses[name] = f"scripts/{name}-{digest}.js"
    return _addresses[name]


def script_address(name: str) -> str:
    """Return where the newest script of that name is."""
    return _addresses[name]


def pack_scripts() -> None:
    """Compress every published script now: the largest takes a third of a second."""
    for name in list(_scripts):
        _packed_script(name)


@lru_cache(maxsize=256)
def _packed_script(name: str) -> bytes:
    return gzip.compress(_scripts[name].encode(), mtime=0)


def _pack(asset: _Asset) -> bytes:
    if asset.dtype == "float16":
        return gzip.compress(asset.source.astype("<f2").tobytes(), FASTEST, mtime=0)
    if asset.dtype == "float32":
        return gzip.compress(asset.source.astype("<f4").tobytes(), FASTEST, mtime=0)
    frames = np.round(asset.source * 255).astype(np.uint8)
    frames[1:] -= frames[:-1].copy()  # modulo 256; the browser adds them up again
    return gzip.compress(frames.tobytes(), FASTEST, mtime=0)


def _packed(content: bytes, kind: str) -> Response:
    """Answer with gzipped content that never changes under its name."""
    headers = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=86400, immutable"}
    return Response(content, media_type=kind, headers=headers)


def _send_script(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _scripts:
        return PlainTextResponse("not a script of this version", status_code=404)
    return _packed(_packed_script(name), "text/javascript")


def _send_array(request: Request) -> Response:
    with _lock:
        asset = _assets.get(request.path_params["name"])
    if asset is None:
        return PlainTextResponse("no longer held; reload the page", status_code=404)
    if asset.packed is None:
        asset.packed = _pack(asset)
    return _packed(asset.packed, "application/octet-stream")


ROUTES = [Route("/arrays/{name}", _send_array), Route("/scripts/{name}", _send_script)]
