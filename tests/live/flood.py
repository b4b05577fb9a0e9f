"""An ASGI application that sends as fast as it may; `GET /` tells how many messages have gone."""

from __future__ import annotations

from typing import Any

MESSAGES, SIZE = 300, 100_000
sent = 0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve the two addresses."""
    global sent  # noqa: PLW0603 - one process, one test
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(sent).encode()})
        return
    await receive()
    await send({"type": "websocket.accept"})
    sent = 0
    for _number in range(MESSAGES):
        await send({"type": "websocket.send", "text": "x" * SIZE})
        sent += 1
    await send({"type": "websocket.close"})
