"""The sentence that opens the slices diagram, its counters, Table and Text."""

from __future__ import annotations

from cluster.machinery.drawing import Cell, Column, Counter, Line, Row, State, Verdict, node_id
from cluster.machinery.texts import joined, say, say_n
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
from cluster.questions.views.words import stated

GUIDE = (
    say(
        "A bin is an EndpointSlice, a cell an endpoint: filled ready, hollow not ready, faint "
        "free."
    ),
    say(
        "A change of one Pod rewrites only the slices it stands in: that bin flashes, others rest."
    ),
    say(
        "Whoever watches gets each changed slice whole. Switch to one Endpoints object to see why."
    ),
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
        return Verdict("unknown", say("{name} is a DNS alias: it has no slices", name=name),
                       say("Nothing is watched, nothing is sent."))  # fmt: skip
    if not reading.bins:
        why = (say("It selects nothing.") if service.pod_selector is not None
               else say("It has no selector, and nobody wrote a slice for it."))  # fmt: skip
        return Verdict("warn", say("{name} has no EndpointSlice", name=name), why)
    audience = say_n("{n:,} watcher", "{n:,} watchers", reading.audience)
    if as_endpoints:
        return _legacy(reading, name, audience)
    slices = len(reading.bins)
    if not reading.endpoints:
        return Verdict(
            "deny",
            say_n("{name} has {n:,} slice without endpoints: no Pod's change is sent",
                  "{name} has {n:,} slices without endpoints: no Pod's change is sent",
                  slices, name=name),
            say("The first endpoint will be sent to {audience}.", audience=audience),
        )  # fmt: skip
    under = sum(1 for found in reading.bins if 2 * len(found.cells) < reading.maximum)
    of = say(
        "{per_change} of {slices}",
        per_change=reading.per_change,
        slices=say_n("{n:,} slice", "{n:,} slices", slices),
    )
    text = say(
        "One Pod's change resends {of} of {name} to {audience}",
        of=of,
        name=name,
        audience=audience,
    )
    ready = sum(found.cells.count(READY) for found in reading.bins)
    state: State = "ok" if ready else "deny"
    sent = reading.largest * reading.per_change * reading.audience
    if not under:
        why = say("None is under half full; a slice is {size} at most, so about {sum} in all.",
                  size=size_word(reading.largest), sum=size_word(sent))  # fmt: skip
        return Verdict(state, text, why if ready else joined(" ", (say("No endpoint is ready."),
                                                                   why)))  # fmt: skip
    why = say_n(
        "{n} is under half full; a slice is {size} at most, so about {sum} in all.",
        "{n} are under half full; a slice is {size} at most, so about {sum} in all.",
        under,
        size=size_word(reading.largest),
        sum=size_word(sent),
    )
    return Verdict(state, text, why if ready else joined(" ", (say("No endpoint is ready."), why)))


def _legacy(reading: SlicesReading, name: str, audience: str) -> Verdict:
    legacy = reading.legacy
    sent = legacy.size * reading.audience
    text = say(
        "As one Endpoints object, every change of {name} would resend all {addresses} to "
        "{audience}",
        name=name,
        addresses=say_n("{n:,} address", "{n:,} addresses", len(legacy.cells)),
        audience=audience,
    )
    why = say(
        "{size} each time, {size_2} in all.", size=size_word(legacy.size), size_2=size_word(sent)
    )
    if legacy.cut:
        over = say_n("{n:,} address", "{n:,} addresses", legacy.cut)
        return Verdict(
            "deny",
            text,
            say(
                "{over} beyond {most:,} would be cut. {why}",
                over=over,
                most=LEGACY_MOST,
                why=why,
            ),
        )
    return Verdict("unknown", text, joined(" ", (why, say("Hypothetical: netviz writes slices."))))


def counters(reading: SlicesReading, *, as_endpoints: bool = False) -> tuple[Counter, ...]:
    """Return slices, how full they are, endpoints, and who watches."""
    if not reading.bins:
        return ()
    watchers = Counter(reading.audience, say("watchers"), "unknown", say("partly assumed"))
    if as_endpoints:
        legacy = reading.legacy
        most = say("of {most} at most", most=f"{LEGACY_MOST:,}")
        kept = Counter(len(legacy.cells), say("addresses"), "unknown", most)
        cut = (Counter(legacy.cut, say("cut"), "deny"),) if legacy.cut else ()
        return (kept, *cut, watchers)
    room = len(reading.bins) * reading.maximum
    ready = sum(found.cells.count(READY) for found in reading.bins)
    return (
        Counter(len(reading.bins), say("slice") if len(reading.bins) == 1 else say("slices")),
        Counter(ready, say("entries ready"), "ok" if ready == reading.endpoints else "warn",
                say("of {endpoints}", endpoints=f"{reading.endpoints:,}")),
        Counter(round(100 * reading.endpoints / room), say("percent full"), None,
                say("of {places}", places=say_n("{n:,} place", "{n:,} places", room))),
        watchers,
    )  # fmt: skip


COLUMNS = (
    Column("name", say("Slice or watcher")), Column("family", say("Family")),
    Column("ports", say("Ports")),
    Column("fill", say("Full"), "right"), Column("ready", say("Ready"), "right"),
    Column("size", say("Size"), "right"), Column("manager", say("Managed by")),
    Column("known", say("Known")),
)  # fmt: skip


def slice_row(found: Bin, reading: SlicesReading, request: ViewRequest) -> Row:
    """Return a slice as a row of the Table."""
    meta = found.item.meta
    ready = found.cells.count(READY)
    return Row(node_id("EndpointSlice", meta.namespace, meta.name), (
        Cell(meta.name, request.object_href("EndpointSlice", meta.namespace, meta.name)),
        Cell(found.item.address_type),
        Cell(joined(", ", (port_text(port) for port in found.item.ports)) or say("none"),
        mono=True),
        Cell(f"{len(found.cells)}/{reading.maximum}", mono=True),
        Cell(str(ready), state="ok" if ready == len(found.cells) else "warn"),
        Cell(size_word(found.size)), Cell(manager_word(found.manager)),
        Cell(say("stored"), state="ok"),
    ))  # fmt: skip


def legacy_row(reading: SlicesReading) -> Row:
    """Return the one Endpoints object as a row of the Table."""
    meta, legacy = reading.service.meta, reading.legacy
    ready = legacy.cells.count(READY)
    families = reading.service.slice_families
    return Row(node_id("Endpoints", meta.namespace, meta.name), (
        Cell(meta.name), Cell(families[0] if families else ""), Cell(""),
        Cell(f"{len(legacy.cells):,}/{LEGACY_MOST:,}", mono=True,
             state="deny" if legacy.cut else None),
        Cell(str(ready), state="ok" if ready == len(legacy.cells) else "warn"),
        Cell(size_word(legacy.size)), Cell(""), Cell(say("hypothetical"), state="unknown"),
    ))  # fmt: skip


def watcher_row(watchers: Watchers) -> Row:
    """Return a group of watchers as a row of the Table."""
    blank = Cell("")
    count = (
        say("not known")
        if watchers.count is None
        else say_n("{n:,} watcher", "{n:,} watchers", watchers.count)
    )
    return Row(f"Watchers//{watchers.id}", (
        Cell(watchers.name), blank, blank, blank, blank, blank, Cell(count),
        Cell(say("seen"), state="ok") if watchers.is_seen else Cell(say("assumed"),
        state="unknown"),
    ))  # fmt: skip


def describe(reading: SlicesReading, *, as_endpoints: bool) -> tuple[Line, ...]:
    """Return the Text form: the verdict, each slice, each group of watchers."""
    opening = verdict(reading, as_endpoints=as_endpoints)
    lines = [Line(stated(opening.text, opening.why))]
    if reading.bins and not as_endpoints:
        lines.append(Line(say("Its slices, {maximum} endpoints at most in each:",
        maximum=reading.maximum), tuple(
            Line(say("{item}, {address_type}: {cells} entries, {cells_2} ready, {size}, "
            "{manager}", item=found.item.meta.name, address_type=found.item.address_type,
            cells=f"{len(found.cells):,}", cells_2=f"{found.cells.count(READY):,}",
            size=size_word(found.size),
            manager=manager_word(found.manager)))
            for found in reading.bins
        )))  # fmt: skip
    if reading.bins and as_endpoints:
        legacy = reading.legacy
        lines.append(Line(say("Endpoints {name}: {cells} addresses, {cells_2} ready, {size}",
        name=reading.service.meta.name, cells=f"{len(legacy.cells):,}",
        cells_2=f"{legacy.cells.count(READY):,}", size=size_word(legacy.size))))  # fmt: skip
    if reading.bins:
        lines.append(Line(say("Who gets each change:"), tuple(
            Line(say("{watchers}: {count}; {what}", watchers=w.name, what=w.what,
            count=joined(", ", (
                say("not known") if w.count is None else str(w.count),
                "" if w.is_seen else say("assumed"),
            ))))
            for w in reading.watchers
        )))  # fmt: skip
    return tuple(lines)
