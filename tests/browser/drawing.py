"""The drawing alone, on pages without a server: very large views, moved and changed.

`tests/js/harness/server.mjs` makes the pages: `huge` has about 600 cards and lines, `stress` has
20,000 cards. Tests hold what can be counted; `tests/bench` times the same.
"""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.browser.world import ROOT

ZOOMS = (1.0, 0.45, 0.2)
START_SECONDS = 60
PAINT = """() => {
  const json = Response.prototype.json;
  Response.prototype.json = async function () {
    const value = await json.call(this);
    window.gotJson ??= performance.now();
    return value;
  };
  document.addEventListener('nv:graph', () => requestAnimationFrame(() => setTimeout(() => {
    window.painted ??= performance.now();
  })), { once: true });
}"""
ELEMENTS = "document.querySelectorAll('nv-diagram > svg *').length"
LOOK = """(k) => document.querySelector('nv-diagram').canvas.viewport.set({ x: 40, y: 0, k })"""
WATCH = """() => {
  const frames = [];
  const seen = { frames, most: 0 };
  window.watched = seen;
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (window.watched === seen) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
COUNT = f"() => {{ window.watched.most = Math.max(window.watched.most, {ELEMENTS}); }}"
FREE = """() => {
  for (let y = 260; y < 640; y += 4)
    for (let x = 400; x < 1100; x += 4)
      if (!document.elementFromPoint(x, y)?.closest('a, [data-edge]')) return [x, y];
  return [900, 500];
}"""
DONE = "() => { const found = window.watched; window.watched = null; return found; }"
PLACES = """() => Object.fromEntries([...document.querySelector('nv-diagram').canvas.layout.cards]
  .map(([id, { x, y }]) => [id, [x, y]]))"""
BEYOND = """(share) => {
  const own = document.querySelector('nv-diagram > svg').getBoundingClientRect();
  const [mx, my] = [own.width * share, own.height * share];
  const drawn = [...document.querySelectorAll('nv-diagram .nv-card > [aria-hidden] > *')]
    .map((part) => part.closest('.nv-card'));
  const outside = [...new Set(drawn)].filter((card) => {
    const box = card.getBoundingClientRect();
    return box.right < own.left - mx || box.left > own.right + mx
      || box.bottom < own.top - my || box.top > own.bottom + my;
  });
  return { drawn: drawn.length, outside: outside.map((card) => card.textContent) };
}"""
DELTA = """(count) => {
  const view = document.querySelector('nv-diagram');
  const graph = view.graph;
  const pods = graph.nodes.filter((node) => node.kind === 'Pod').slice(0, count);
  const change = pods.slice(0, count - 2)
    .map((node) => ({ ...node, state: 'warn', word: 'draining', variant: 'draining' }));
  const add = [{ ...pods[0], id: 'Pod/load/late', name: 'late', label: 'Pod late', order: '~' }];
  const delta = {
    prev: graph.rev, rev: graph.rev + 1, time: graph.time, head: {},
    add: { nodes: add }, change: { nodes: change }, remove: { nodes: [pods.at(-1).id] },
  };
  const started = performance.now();
  const changes = view.store.apply(delta, Date.now());
  view.canvas.update(changes);
  document.body.getBoundingClientRect();
  const ms = performance.now() - started;
  return { ms, removed: pods.at(-1).id, changed: changes.changed.length };
}"""


class Pan(NamedTuple):
    """A pan over the drawing: the frame time that 95 of 100 frames keep, and most SVG elements."""

    p95_ms: float
    frames: int
    most_elements: int


@contextmanager
def pages(port: int) -> Iterator[str]:
    """Serve the pages on a port; gives their address."""
    address = f"http://127.0.0.1:{port}"
    command = ["scripts/node.sh", "node", "tests/js/harness/server.mjs", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(address)
            yield address
        finally:
            process.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/endpoints", timeout=5).close()  # noqa: S310 - ours
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def opened(page: Page, address: str) -> float:
    """Open a page; returns the ms from the graph's JSON to its first paint."""
    page.add_init_script(f"({PAINT})()")
    page.goto(f"{address}?tab=diagram")
    page.wait_for_function("() => 'painted' in window", timeout=60_000)
    return float(page.evaluate("window.painted - window.gotJson"))


def pan(page: Page, zoom: float, *, steps: int = 60) -> Pan:
    """Move over the drawing by the pointer at a zoom."""
    page.evaluate(LOOK, zoom)
    page.wait_for_timeout(300)
    x, y = page.evaluate(FREE)
    page.evaluate(WATCH)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(steps):
        page.mouse.move(x - step * 12, y - step * 5)
        if step % 10 == 0:
            page.evaluate(COUNT)
    page.mouse.up()
    page.evaluate(COUNT)
    found: dict[str, Any] = page.evaluate(DONE)
    frames = sorted(found["frames"][2:])
    return Pan(frames[int(len(frames) * 0.95)], len(frames), found["most"])


def places(page: Page) -> dict[str, list[float]]:
    """Return where every card lies, drawn or not."""
    found: dict[str, list[float]] = page.evaluate(PLACES)
    return found


def changed(page: Page, count: int) -> dict[str, Any]:
    """Apply a delta of `count` cards: one added, one removed, the others changed."""
    found: dict[str, Any] = page.evaluate(DELTA, count)
    return found
