"""The ASGI entry: what happens once per process, and what every answer passes through.

`streamlit run app.py` finds `app`. The script visitors run is `pages/main.py`; it runs again at
every interaction, so nothing that should happen once may live there.

Why `gc.freeze`: Streamlit collects garbage after every script run, and a full collection walks
every object of every library. Frozen objects are not walked; what was imported never is garbage.
"""

import gc
import gzip
import importlib
import logging
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Before torch is here: several threads for one small network wait for each other as soon as anybody
# else uses the machine, another visitor or, at home, the browser. A step takes a sixth longer then.
os.environ.setdefault("OMP_NUM_THREADS", "1")

QUIET = 3.0  # seconds without a request: nobody waits while torch takes the interpreter
LATEST = 120.0  # seconds after the start: from here on it loads, quiet or not
TICK = 1.0  # seconds between two freezes
TIDY = 60.0  # seconds between two full collections, about 0.1 s each

HEADERS = {  # sent with every answer
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    # Streamlit needs inline styles, blob modules (its components) and eval (its chart bundles)
    b"content-security-policy": (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' ws: wss:; media-src 'self' blob: data:; worker-src 'self' blob:; "
        b"object-src 'none'; base-uri 'self'"
    ),
}

log = logging.getLogger("vidcore.app")
last_request = [time.monotonic()]


def _pack_bundles() -> dict[str, bytes]:
    """Compress Streamlit's own JavaScript and styles once: it serves them uncompressed."""
    static = Path(st.__file__).parent / "static"
    files = [f for kind in ("js", "css") for f in (static / "static" / kind).glob(f"*.{kind}")]
    return {f"/{f.relative_to(static)}": gzip.compress(f.read_bytes(), 6, mtime=0) for f in files}


class Envelope:
    """Adds the security headers, and answers for the bundles in compressed form."""

    def __init__(self, app: ASGIApp, bundles: Mapping[str, bytes]) -> None:
        self.app = app
        self.bundles = bundles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it from the compressed bundles."""

        async def noted() -> Message:
            message = await receive()
            last_request[0] = time.monotonic()
            return message

        if scope["type"] != "http":
            return await self.app(scope, noted, send)
        packed = self.bundles.get(scope["path"][scope["path"].find("/static/") :])

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS.items()]
            await send(message)

        wants = dict(scope["headers"]).get(b"accept-encoding", b"")
        if packed is None or scope["method"] != "GET" or b"gzip" not in wants:
            return await self.app(scope, noted, sealed)
        return await _answer(packed, scope["path"], sealed)


async def _answer(packed: bytes, path: str, send: Send) -> None:
    kind = b"text/css" if path.endswith(".css") else b"text/javascript"
    headers = [
        (b"content-type", kind + b"; charset=utf-8"),
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(packed)).encode()),
        (b"vary", b"Accept-Encoding"),
        (b"cache-control", b"public, immutable, max-age=31536000"),  # the names carry a hash
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": packed})


def tidy() -> None:
    """Collect everything once, frozen objects included, and freeze what is alive."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _background() -> None:
    """Keep the collections after every script run short; load torch in a quiet moment.

    A hundred sessions leave tens of thousands of objects, and walking them took half of a step's
    time. To freeze what is there costs nothing; garbage that is frozen with it waits for `tidy`.
    """
    start = tidied = time.monotonic()
    torch_is_here = False
    while True:
        time.sleep(TICK)
        now = time.monotonic()
        if not torch_is_here and (now > last_request[0] + QUIET or now > start + LATEST):
            importlib.import_module("vidcore.bridge_torch")
            torch_is_here = True
        if now > tidied + TIDY:
            tidy()
            tidied = now
        gc.freeze()


def send_at_once() -> None:
    """Turn off Nagle's algorithm, which made every step wait 40 ms for an acknowledgement.

    asyncio does so for sockets whose protocol is TCP; Streamlit 1.67 binds its own with protocol 0,
    and its connections are left out. They inherit the option from the socket that listens.
    """
    for name in os.listdir("/dev/fd"):
        try:
            copy = socket.socket(fileno=os.dup(int(name)))
        except OSError:  # not a socket, or the listing's own descriptor, closed by now
            continue
        with copy:
            if copy.family in {socket.AF_INET, socket.AF_INET6} and copy.type == socket.SOCK_STREAM:
                copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Import what the pages use, make their first results, and freeze all of it."""
    importlib.import_module("pages._warm").warm()
    send_at_once()
    threading.Thread(target=lambda: bundles.update(_pack_bundles()), daemon=True).start()
    tidy()
    threading.Thread(target=_background, daemon=True).start()
    yield


bundles: dict[str, bytes] = {}
routes = importlib.import_module("pages._stage.assets").ROUTES
app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    routes=routes,
    middleware=[Middleware(Envelope, bundles=bundles)],
)
