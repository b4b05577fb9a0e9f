"""The ASGI application of the Kubernetes API: reads a request, writes its answer or its stream.

Every path below `/clusters/<cluster>/` is answered here, and every failure with a `Status`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from django.db import Error as DatabaseError

from cluster.api.kube import bodies
from cluster.api.kube.access import SAFE
from cluster.api.kube.process import process
from cluster.api.kube.verbs import answer
from cluster.api.kube.wire import (
    Answer,
    Reply,
    Request,
    Stream,
    of_error,
    of_text,
    parse_query,
)
from cluster.machinery.errors import ApiError, InternalError

logger = logging.getLogger(__name__)

PREFIX = "/clusters/"
UNNAMED = (
    "the address names no cluster: each has its Kubernetes API at /clusters/<name>, which the "
    "kubeconfig of `netviz kubeconfig` writes down"
)
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class ClientGone(Exception):
    """The client went before its answer."""


def serves(scope: Scope) -> bool:
    """Return whether a request is for this application: of a cluster, or of an unnamed one."""
    path = str(scope["path"])
    return bool(scope["type"] == "http") and (path.startswith(PREFIX) or _is_unnamed(path))


def _is_unnamed(path: str) -> bool:
    """Whether a client asks as if there were one cluster, right below the host."""
    first, _slash, rest = path.strip("/").partition("/")
    return first in {"apis", "openapi", "version"} or (
        first == "api" and rest.partition("/")[0] in {"", "v1"}
    )


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one HTTP request."""
    try:
        reply = await _reply(scope, receive)
    except ClientGone:
        return
    except ApiError as error:
        reply = of_error(error)
    except Exception as error:
        reply = of_error(_broken(scope, error))
    if isinstance(reply, Answer):
        await _send(reply, send)
    else:
        await _stream(reply, scope, receive, send)


async def _reply(scope: Scope, receive: Receive) -> Reply:
    body = await _body(receive)
    if not str(scope["path"]).startswith(PREFIX):
        return of_text(UNNAMED, 403)  # while it looks for kinds, kubectl prints no other answer
    request = _request(scope, body)
    shared = process()
    run = shared.read if request.method in SAFE else shared.write
    return await run(answer, request)


async def _body(receive: Receive) -> bytes:
    """Return the whole body; raises TooLarge, ClientGone."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        bodies.check_size(size)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _request(scope: Scope, body: bytes) -> Request:
    raw = scope.get("raw_path") or str(scope["path"]).encode()
    path = raw.decode("ascii", "replace").removeprefix(PREFIX)
    cluster, _slash, rest = path.partition("/")
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    client = scope.get("client") or [None]
    return Request(
        unquote(cluster), str(scope["method"]).upper(), f"/{rest}",
        parse_query(scope.get("query_string", b"")), headers, body, client[0],
    )  # fmt: skip


def _broken(scope: Scope, error: Exception) -> InternalError:
    logger.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
    if isinstance(error, DatabaseError):
        return InternalError("the database does not answer; try again")
    return InternalError("netviz failed on this request; its log says why")


def _headers(type_: str, extra: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    found = [
        (b"content-type", type_.encode("latin-1")),
        (b"cache-control", b"no-cache, private"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return found + [(name.lower().encode(), value.encode()) for name, value in extra]


async def _send(reply: Answer, send: Send) -> None:
    headers = _headers(reply.type, reply.headers)
    headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _stream(reply: Stream, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a stream until it ends or the client goes, whichever comes first."""
    headers = _headers(reply.type, reply.headers)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    sending = asyncio.ensure_future(_send_chunks(reply, send))
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        ended = await asyncio.gather(sending, leaving, return_exceptions=True)
    if isinstance(ended[0], Exception):
        _broken(scope, ended[0])
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": b""})


async def _send_chunks(reply: Stream, send: Send) -> None:
    chunks = reply.open()
    try:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        await chunks.aclose()  # type: ignore[attr-defined]  # they are generators


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
