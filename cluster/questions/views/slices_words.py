"""The sentence that opens the slices diagram, its counters, Table and Text."""

from __future__ import annotations

from cluster.machinery.drawing import Cell, Column, Counter, Line, Row, State, Verdict, node_id
from cluster.questions.slices import port_text
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import path_of
from cluster.questions.views.slices_reading import (
    LEGACY_MOST,
    READY,
    Bin,
    SlicesReading,
    Watchers,
    manager_word,
)
from cluster.questions.views.words import counted

GUIDE = (
    "A bin is an EndpointSlice, a cell an endpoint: filled ready, hollow not ready, faint free.",
    "A change of one Pod rewrites only the slices it stands in: that bin flashes, others rest.",
    "Whoever watches gets each changed slice whole. Switch to one Endpoints object to see why.",
)
_KILO = 1024


def size_word(size: int) -> str:
    """Return `812 B`, `2.1 KB`, `1.4 MB`."""
    if size < _KILO:
        return f"{size} B"
    if size < _KILO * _KILO:
        return f"{size / _KILO:.1f} KB"
    return f"{size / _KILO / _KILO:.1f} MB"


def verdict(reading: SlicesReading, *, as_endpoints: bool) -> Verdict:
    """Return the answer to "what does a change of one Pod cost?"."""
    service = reading.service
    name = path_of(service)
    if service.is_external_name:
        return Verdict("unknown", f"{name} is a DNS alias: it has no slices",
                       "Nothing is watched, nothing is sent.")  # fmt: skip
    if not reading.bins:
        why = ("It selects nothing." if service.pod_selector is not None
               else "It has no selector, and nobody wrote a slice for it.")  # fmt: skip
        return Verdict("warn", f"{name} has no EndpointSlice", why)
    audience = counted(reading.audience, "watcher")
    if as_endpoints:
        return _legacy(reading, name, audience)
    slices = len(reading.bins)
    under = sum(1 for found in reading.bins if 2 * len(found.cells) < reading.maximum)
    of = f"{reading.per_change} of {counted(slices, 'slice')}"
    text = f"One Pod's change resends {of} of {name} to {audience}"
    ready = sum(found.cells.count(READY) for found in reading.bins)
    state: State = "ok" if ready else "deny"
    sent = reading.largest * reading.per_change * reading.audience
    why = (
        f"{under} {'is' if under == 1 else 'are'} under half full; a slice is "
        f"{size_word(reading.largest)} at most, so about {size_word(sent)} in all."
    )
    return Verdict(state, text, why if ready else f"No endpoint is ready. {why}")


def _legacy(reading: SlicesReading, name: str, audience: str) -> Verdict:
    legacy = reading.legacy
    sent = legacy.size * reading.audience
    text = (
        f"As one Endpoints object, every change of {name} would resend all "
        f"{counted(len(legacy.cells), 'address', 'addresses')} to {audience}"
    )
    why = f"{size_word(legacy.size)} each time, {size_word(sent)} in all."
    if legacy.cut:
        over = counted(legacy.cut, "address", "addresses")
        return Verdict("deny", text, f"{over} beyond {LEGACY_MOST:,} would be cut. {why}")
    return Verdict("unknown", text, f"{why} Hypothetical: netviz writes slices.")


def counters(reading: SlicesReading) -> tuple[Counter, ...]:
    """Return slices, how full they are, endpoints, and who watches."""
    if not reading.bins:
        return ()
    room = len(reading.bins) * reading.maximum
    ready = sum(found.cells.count(READY) for found in reading.bins)
    return (
        Counter(len(reading.bins), "slice" if len(reading.bins) == 1 else "slices"),
        Counter(ready, "entries ready", "ok" if ready == reading.endpoints else "warn",
                f"of {reading.endpoints}"),
        Counter(round(100 * reading.endpoints / room), "percent full", None,
                f"of {counted(room, 'place')}"),
        Counter(reading.audience, "watchers", "unknown", "partly assumed"),
    )  # fmt: skip


COLUMNS = (
    Column("name", "Slice or watcher"), Column("family", "Family"), Column("ports", "Ports"),
    Column("fill", "Full", "right"), Column("ready", "Ready", "right"),
    Column("size", "Size", "right"), Column("manager", "Managed by"), Column("known", "Known"),
)  # fmt: skip


def slice_row(found: Bin, reading: SlicesReading, request: ViewRequest) -> Row:
    """Return a slice as a row of the Table."""
    meta = found.item.meta
    ready = found.cells.count(READY)
    return Row(node_id("EndpointSlice", meta.namespace, meta.name), (
        Cell(meta.name, request.object_href("EndpointSlice", meta.namespace, meta.name)),
        Cell(found.item.address_type),
        Cell(", ".join(port_text(port) for port in found.item.ports) or "none", mono=True),
        Cell(f"{len(found.cells)}/{reading.maximum}", mono=True),
        Cell(str(ready), state="ok" if ready == len(found.cells) else "warn"),
        Cell(size_word(found.size)), Cell(manager_word(found.manager)),
        Cell("stored", state="ok"),
    ))  # fmt: skip


def watcher_row(watchers: Watchers) -> Row:
    """Return a group of watchers as a row of the Table."""
    blank = Cell("")
    count = "not known" if watchers.count is None else counted(watchers.count, "watcher")
    return Row(f"Watchers//{watchers.id}", (
        Cell(watchers.name), blank, blank, blank, blank, blank, Cell(count),
        Cell("seen", state="ok") if watchers.is_seen else Cell("assumed", state="unknown"),
    ))  # fmt: skip


def describe(reading: SlicesReading, *, as_endpoints: bool) -> tuple[Line, ...]:
    """Return the Text form: the verdict, each slice, each group of watchers."""
    opening = verdict(reading, as_endpoints=as_endpoints)
    lines = [Line(f"{opening.text}. {opening.why}")]
    if reading.bins and not as_endpoints:
        lines.append(Line(f"Its slices, {reading.maximum} endpoints at most in each:", tuple(
            Line(f"{found.item.meta.name}, {found.item.address_type}: {len(found.cells)} entries, "
                 f"{found.cells.count(READY)} ready, {size_word(found.size)}, "
                 f"{manager_word(found.manager)}")
            for found in reading.bins
        )))  # fmt: skip
    if reading.bins:
        lines.append(Line("Who gets each change:", tuple(
            Line(f"{w.name}: {'not known' if w.count is None else w.count}"
                 f"{'' if w.is_seen else ', assumed'}; {w.what}")
            for w in reading.watchers
        )))  # fmt: skip
    return tuple(lines)
