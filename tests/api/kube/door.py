"""A client of the whole ASGI application, for the Kubernetes API of the cluster `shop`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from cluster.machinery.manifest import Manifest
from netviz.asgi import application

HERE, ELSEWHERE = ("127.0.0.1", 50000), ("198.51.100.7", 50000)
SECONDS = 10
PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"


@dataclass
class Response:
    """A whole answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def version(self) -> str:
        return str(self.json["metadata"]["resourceVersion"])


@dataclass
class Lines:
    """A watch that goes on."""

    received: asyncio.Queue[dict[str, Any]]
    buffer: bytes = b""
    status: int = 0
    ended: bool = False
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def next(self, seconds: float = SECONDS) -> dict[str, Any] | None:
        """Return the next event, None at the end."""
        while b"\n" not in self.buffer:
            if self.ended:
                return None
            async with asyncio.timeout(seconds):
                message = await self.received.get()
            if message["type"] == "http.response.start":
                self.status = message["status"]
                continue
            self.buffer += message.get("body", b"")
            self.ended = not message.get("more_body", False)
        line, _newline, self.buffer = self.buffer.partition(b"\n")
        event: dict[str, Any] = orjson.loads(line)
        self.seen.append(event)
        return event

    async def some(self, count: int) -> list[tuple[str, str]]:
        """Return type and name of the next events."""
        found = [await self.next() for _ in range(count)]
        return [
            (event["type"], event["object"]["metadata"].get("name", ""))
            for event in found
            if event
        ]

    async def is_quiet(self) -> bool:
        """Whether nothing comes for a while."""
        try:
            return await self.next(0.3) is None
        except TimeoutError:
            return True


@dataclass
class Door:
    """Who asks: a token, and from where."""

    token: str = ""
    client: tuple[str, int] = HERE
    cluster: str = "shop"

    def scope(self, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        address, _mark, query = f"/clusters/{self.cluster}{path}".partition("?")
        sent = {"host": "localhost"} | headers
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "https", "path": address, "raw_path": address.encode(), "root_path": "",
            "query_string": query.encode(), "client": self.client, "server": ("localhost", 8443),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        """Send a request; names of headers come with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        if body is not None:
            sent.setdefault("content-type", "application/json")
        incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        incoming.put_nowait({"type": "http.request", "body": raw})
        outgoing: list[Any] = []

        async def send(message: Any) -> None:
            outgoing.append(message)

        async with asyncio.timeout(30):
            await application(self.scope(method, path, sent), incoming.get, send)
        start = outgoing[0]
        pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
        return Response(start["status"], pairs, b"".join(m["body"] for m in outgoing[1:]))

    async def get(self, path: str, **headers: str) -> Response:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: object, **headers: str) -> Response:
        return await self.ask("POST", path, body, **headers)

    async def merge(self, path: str, change: Manifest) -> Response:
        return await self.ask("PATCH", path, change, content_type="application/merge-patch+json")

    async def make(self, *names: str, **labels: str) -> None:
        """Make ConfigMaps."""
        for name in names:
            made = await self.post(MAPS, {"metadata": {"name": name, "labels": labels}})
            assert made.status == 201, made.body

    @asynccontextmanager
    async def watch(self, path: str, **headers: str) -> AsyncIterator[Lines]:
        """Open a watch, and leave it at the end."""
        mark = "&" if "?" in path else "?"
        scope = self.scope("GET", f"{path}{mark}watch=1", headers)
        incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        incoming.put_nowait({"type": "http.request", "body": b""})
        received: asyncio.Queue[Any] = asyncio.Queue()
        task = asyncio.ensure_future(application(scope, incoming.get, received.put))
        try:
            yield Lines(received)
        finally:
            incoming.put_nowait({"type": "http.disconnect"})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await task
            assert task.done(), "a watch goes when its client goes"
