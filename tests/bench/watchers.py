"""Many watches of one list in one process: `python -m tests.bench.watchers URL ADDRESS COUNT`.

Prints `open` once all are, then a line per watcher and event: the object's name, and when.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit


async def watch(host: str, port: int, address: str, opened: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {address} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    opened.set()
    while True:
        size = int((await reader.readline()).strip() or b"0", 16)
        if not size:
            return
        chunk = await reader.readexactly(size + 2)
        now = time.perf_counter()
        for line in chunk.splitlines():
            if line:
                print(json.loads(line)["object"]["metadata"]["name"], now, flush=False)  # noqa: T201
        sys.stdout.flush()


async def main(url: str, address: str, count: int) -> None:
    host, _colon, port = urlsplit(url).netloc.partition(":")
    opened = [asyncio.Event() for _watcher in range(count)]
    tasks = []
    for event in opened:
        tasks.append(asyncio.ensure_future(watch(host, int(port), address, event)))
        await asyncio.sleep(0.002)
    for event in opened:
        await event.wait()
    print("open", flush=True)  # noqa: T201
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
