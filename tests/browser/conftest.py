"""A real browser and a real netviz: Debian's Chromium, and `netviz serve` with its own data."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.world import Site

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "no Chromium found; Debian has it as the package chromium (apt install chromium)"

GONE = "/nothing-here"  # the page of an object that is not there, asked for on purpose
OFFLINE = "ERR_INTERNET_DISCONNECTED"

# Playwright's synchronous interface keeps an event loop in this thread, and Django would take
# every query of a test for one made inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of an installed Chromium; without one skip, or fail under CI."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path is not None:
            return path
    if os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_ONE)
    pytest.skip(HOW_TO_GET_ONE)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    """Start the installed Chromium; root, as in CI, has no sandbox."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def served(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run `netviz serve` on free ports with a data directory of its own, for the whole session.

    Tests that need objects load them with `Site.load`, into a cluster of their own.
    """
    if not (root / "staticfiles" / "staticfiles.json").exists():
        pytest.fail("static files are not collected; run `make frontend` first")
    port, https_port, dns_port = free_ports(3)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "netviz.settings",
        "NETVIZ_DATA": str(tmp_path_factory.mktemp("served") / "var"),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PORT": str(port),
        "HTTPS_PORT": str(https_port),
        "DNS_PORT": str(dns_port),
    }
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        password = ""
        for line in process.stdout:
            password = (
                line.strip().removeprefix("login: admin / ") if "login:" in line else password
            )
            if line.startswith("netviz is at "):
                break
        else:
            pytest.fail("netviz serve ended before it answered; its log is above")
        try:
            yield Site(f"http://127.0.0.1:{port}", password, environment)
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="session")
def shop(served: Site, root: Path) -> str:
    """Return the name of a cluster that holds the demo's manifests; tests do not change it."""
    served.load("shop", root / "demo")
    return "shop"


@pytest.fixture(scope="session")
def session(browser: Browser, served: Site) -> Any:
    """Return the cookies of `admin`, logged in once."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.url}/login")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", served.password)
        page.click("form:has(input[name=password]) button[type=submit]")
        page.wait_for_url(lambda address: "/login" not in address)
        return context.storage_state()


@pytest.fixture
def admin(browser: Browser, session: Any) -> Iterator[BrowserContext]:
    """Return a context of `admin`, in which no page may complain or leave the site."""
    with browser.new_context(
        storage_state=session, viewport={"width": 1440, "height": 900}
    ) as context:
        watched = Watch(context)
        yield context
        assert watched.complaints == []


@pytest.fixture
def tab(admin: BrowserContext) -> Page:
    """Return a page of `admin`."""
    return admin.new_page()


class Watch:
    """What pages of a context complain of, and requests that leave the machine."""

    def __init__(self, context: BrowserContext) -> None:
        """Listen to all its pages."""
        self.complaints: list[str] = []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:")):
            self.complaints.append(f"external: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        address = message.location["url"]
        if message.type == "error" and not (GONE in address or OFFLINE in message.text):
            self.complaints.append(f"{message.text} {address}")


def free_ports(count: int) -> list[int]:
    """Return that many different ports that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports
