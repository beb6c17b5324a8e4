"""A started app and a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PATIENCE = 60_000  # milliseconds: other tests run beside these
expect.set_options(timeout=PATIENCE / 2)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Streamlit probes <page>/_stcore/... on deep links and gets 404; the browser asks for a favicon
NOISE = ("_stcore/health", "_stcore/host-config", "favicon", "status of 404")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started_app() -> Iterator[str]:
    """Start the app as `run.sh` does, on a free port; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with subprocess.Popen(  # noqa: S603
        [*command, "--server.address", "127.0.0.1"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(lambda: healthy(base), START_SECONDS, "the app did not become healthy")
            yield base
        finally:
            server.terminate()
            server.wait(20)


def healthy(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/_stcore/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, complaint
        time.sleep(0.1)


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    with started_app() as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=named, args=FLAGS)
        yield engine
        engine.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return `visit(url, **context)`: a fresh visitor whose console must stay free of errors."""
    contexts, errors = [], []

    def go(url: str, **context: object) -> Page:
        settings = {"viewport": {"width": 1280, "height": 900}, **context}
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: (
                errors.append(line.text)
                if line.type == "error"
                and not any(n in line.text + str(line.location) for n in NOISE)
                else None
            ),
        )
        page.goto(url)
        settle(page)
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Page) -> None:
    """Wait until the script has run and nothing on the page is loading."""
    page.wait_for_selector("[data-testid=stMainBlockContainer] h1")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState"
        " === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')"
    )
    page.wait_for_timeout(300)  # the last figure is drawn a moment after its message
