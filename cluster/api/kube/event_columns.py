"""The columns of `kubectl get events`, for both shapes of Events.

Source: kubernetes `pkg/printers/internalversion/printers.go` (`printEvent`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cluster.machinery.columns import NAME
from cluster.machinery.durations import since
from cluster.machinery.kind import Column
from cluster.machinery.manifest import JSON, Manifest, integer_at, mapping_at, text_at


def _either(core: str, new: str) -> Callable[[Manifest], JSON]:
    """Return the reader of a field that the two groups call differently."""
    return lambda manifest: (text_at(manifest, core) or text_at(manifest, new) or "").strip()


def _involved(manifest: Manifest) -> Manifest:
    return mapping_at(manifest, "involvedObject") or mapping_at(manifest, "regarding")


def _object(manifest: Manifest) -> JSON:
    involved = _involved(manifest)
    kind, name = (text_at(involved, "kind") or "").lower(), text_at(involved, "name")
    return f"{kind}/{name}" if name else kind


def _part(manifest: Manifest) -> JSON:
    return text_at(_involved(manifest), "fieldPath") or ""


def _source(manifest: Manifest) -> JSON:
    source = mapping_at(manifest, "source") or mapping_at(manifest, "deprecatedSource")
    told = [text_at(source, "component"), text_at(source, "host")]
    if not any(told):
        reporter = text_at(manifest, "reportingComponent")
        told = [
            reporter or text_at(manifest, "reportingController"),
            text_at(manifest, "reportingInstance"),
        ]
    return ", ".join(word for word in told if word)


def _first(manifest: Manifest) -> JSON:
    first = text_at(manifest, "firstTimestamp") or text_at(manifest, "deprecatedFirstTimestamp")
    return first or text_at(manifest, "eventTime")


def _last(manifest: Manifest) -> JSON:
    again = text_at(manifest, "series", "lastObservedTime")
    last = text_at(manifest, "lastTimestamp") or text_at(manifest, "deprecatedLastTimestamp")
    return again or last or _first(manifest)


def _count(manifest: Manifest) -> JSON:
    if mapping_at(manifest, "series"):
        return integer_at(manifest, "series", "count") or 0
    return integer_at(manifest, "count") or integer_at(manifest, "deprecatedCount") or 1


def _ago(read: Callable[[Manifest], JSON]) -> Callable[[Manifest, datetime], JSON]:
    def at(manifest: Manifest, now: datetime) -> JSON:
        value = read(manifest)
        return since(value if isinstance(value, str) else None, now)

    return at


def _text(name: str) -> Callable[[Manifest], JSON]:
    return lambda manifest: text_at(manifest, name) or ""


EVENT_COLUMNS = (
    Column("Last Seen", _last, help="Time since it was seen last.", read_at=_ago(_last)),
    Column("Type", _text("type"), help="Normal, or Warning."),
    Column("Reason", _text("reason"), help="Why, in one word."),
    Column("Object", _object, help="What it is about."),
    Column("Subobject", _part, wide=True, help="The part of the object it is about."),
    Column("Source", _source, wide=True, help="Who tells it."),
    Column("Message", _either("message", "note"), help="What happened."),
    Column("First Seen", _first, wide=True, help="Time since it was seen first.",
           read_at=_ago(_first)),
    Column("Count", _count, wide=True, help="How often it was seen."),
    Column("Name", NAME.read, wide=True, help=NAME.help),
)  # fmt: skip
