"""Answers to HEAD: the headers of GET and no body (RFC 9110, section 9.3.2).

Daphne keeps back only the first part of a body; the parts of a long page would follow the headers
and be read as the next answer of a kept connection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def bodiless(send: Send) -> Send:
    """Return `send` of an ASGI answer to a HEAD request: one that sends no body."""

    async def headers_only(message: Mapping[str, Any]) -> None:
        if message["type"] != "http.response.body":
            await send(message)
        elif not message.get("more_body", False):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return headers_only
