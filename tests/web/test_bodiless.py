"""HEAD is answered with headers alone, however many parts a body has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from cluster.web.bodiless import bodiless


def test_no_part_of_a_body_is_sent_and_the_answer_ends_once() -> None:
    sent: list[Mapping[str, Any]] = []

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    async def answer() -> None:
        out = bodiless(send)
        headers = [(b"content-length", b"6")]
        await out({"type": "http.response.start", "status": 200, "headers": headers})
        for part, more in ((b"abc", True), (b"def", True), (b"", False)):
            await out({"type": "http.response.body", "body": part, "more_body": more})

    asyncio.run(answer())

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["headers"] == [(b"content-length", b"6")]
    assert sent[1] == {"type": "http.response.body", "body": b"", "more_body": False}
