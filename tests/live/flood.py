"""An ASGI application that sends as fast as it may, over a WebSocket or as a stream of HTTP.

`GET /` tells how many messages have gone.
"""

from __future__ import annotations

from typing import Any

MESSAGES, SIZE = 300, 100_000
sent = 0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve the three addresses."""
    if scope["path"] == "/ws":
        await _socket(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/stream":
        await _flood(send, {"type": "http.response.body", "body": b"x" * SIZE, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": str(sent).encode()})


async def _socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await _flood(send, {"type": "websocket.send", "text": "x" * SIZE})
    await send({"type": "websocket.close"})


async def _flood(send: Any, message: dict[str, Any]) -> None:
    global sent  # noqa: PLW0603 - one process, one test
    sent = 0
    for _number in range(MESSAGES):
        await send(message)
        sent += 1
