"""A DNS server on UDP and TCP, for real clients: `dig`, `host`, resolvers.

The loop only moves bytes; answers are worked out in threads, because reading a replica may wait
for it to take something in. There is no cache: every answer is as new as what it is read from.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.response import Response
from cluster.domains.dns.upstream import ask_upstream
from cluster.domains.dns.zones import parse_query
from cluster.machinery.errors import NotFound
from cluster.machinery.snapshot import Snapshot
from cluster.runtime.dnswire import Answer, NotReady, reply
from cluster.runtime.replica import replicas
from cluster.runtime.workers import end_workers

logger = logging.getLogger(__name__)

WORKERS = 4  # Python works out one answer at a time; the others wait for a replica or a database
MOST_PENDING = 2_000  # datagrams; a client asks again for those beyond
MOST_CONNECTIONS = 256
IDLE_SECONDS = 10.0  # CoreDNS closes a connection after as long
PORT_ATTEMPTS = 20


def answer_from(snapshot: Snapshot, name: str, type_: str) -> Response:
    """Return what the server says: of its zones what they hold, of the rest what is configured.

    Nothing is ever forwarded: names that neither the zones nor the setting `upstream_dns` hold are
    refused.
    """
    settings = snapshot.settings
    if parse_query(settings, name) is None and ask_upstream(settings, name, type_) is None:
        return Response("REFUSED")
    return resolve(snapshot, name, type_)


def answers_of_cluster(cluster: str) -> Answer:
    """Return the answers of a stored cluster, also when it is made later."""

    def answer(name: str, type_: str) -> Response:
        try:
            with replicas[cluster].reading(at_least=0) as reading:
                return answer_from(reading.snapshot, name, type_)
        except NotFound as error:
            raise NotReady(error.message) from error
        except DatabaseError as error:
            connection.close()
            raise NotReady(f"the database does not answer: {error}") from error

    return answer


class NameServer:
    """Listens at one address and port, UDP and TCP, between `start` and `close`.

    Port 0 takes a free one; `port` then says which.
    """

    def __init__(self, answer: Answer, address: str, port: int) -> None:
        """Answer with what `answer` says, which may take its time."""
        self.address = address
        self.port = port
        self._answer = answer
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="dns")
        self._datagrams: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections = 0

    async def start(self) -> None:
        """Listen; raises OSError where the port is taken or not ours to use."""
        for attempt in range(PORT_ATTEMPTS):
            try:
                await self._listen()
            except OSError:
                if self.port or attempt == PORT_ATTEMPTS - 1:
                    raise
            else:
                return

    async def _listen(self) -> None:
        """Take a UDP port, and the TCP port of the same number."""
        loop = asyncio.get_running_loop()
        made, _protocol = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._received), local_addr=(self.address, self.port)
        )
        number = made.get_extra_info("sockname")[1]
        try:
            self._server = await asyncio.start_server(self._connected, self.address, number)
        except OSError:
            made.close()
            raise
        self._datagrams, self.port = made, number

    async def close(self) -> None:
        """Stop listening; what is being answered is dropped."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, end_workers, self._workers, WORKERS)

    async def _reply(self, wire: bytes, *, is_tcp: bool) -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._workers, lambda: reply(wire, self._answer, is_tcp=is_tcp)
        )

    def _received(self, wire: bytes, sender: Any) -> None:
        if len(self._tasks) >= MOST_PENDING:
            return
        self._keep(asyncio.get_running_loop().create_task(self._answer_datagram(wire, sender)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_datagram(self, wire: bytes, sender: Any) -> None:
        answer = await self._reply(wire, is_tcp=False)
        if answer is not None and self._datagrams is not None:
            self._datagrams.sendto(answer, sender)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "callbacks of a server are tasks"  # noqa: S101
        self._keep(task)
        self._connections += 1
        try:
            if self._connections <= MOST_CONNECTIONS:
                await self._converse(reader, writer)
        except (OSError, EOFError, TimeoutError):
            logger.debug("a connection ended early", exc_info=True)
        finally:
            self._connections -= 1
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one query after the other, each with its length before it (RFC 1035 4.2.2)."""
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                wire = await reader.readexactly(length)
            answer = await self._reply(wire, is_tcp=True)
            if answer is None:
                return
            writer.write(struct.pack("!H", len(answer)) + answer)
            async with asyncio.timeout(IDLE_SECONDS):
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Any], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Hand a datagram on with its sender."""
        self._received(data, addr)

    def error_received(self, exc: Exception) -> None:
        """Go on: a client that has left answers with an ICMP message."""
        logger.debug("a datagram was not delivered: %s", exc)
