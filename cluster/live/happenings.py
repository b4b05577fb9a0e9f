"""What happened in a cluster, told to open pages of events as it happens.

Pure: from what a replica took in to the message that a reader gets. What the reader may not see is
left out. Objects are told by the log, findings by the replica's own reasoning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cluster.live.messages import Event, Events
from cluster.machinery.findings import Finding
from cluster.machinery.texts import joined, say
from cluster.machinery.times import format_time
from cluster.questions.seen import is_told
from cluster.runtime.replica import FindingChange, Update
from cluster.store import LogEntry

MOST_EVENTS = 200
"""Events in one message; an import makes thousands, and the page reads those anew."""

MOST_FIELDS = 20
_VERBS = {"added": "added", "modified": "changed", "deleted": "removed"}


def tell(updates: Iterable[Update], sees: Callable[[str], bool]) -> Events:
    """Return the message about consecutive updates for a reader who sees what `sees` allows.

    `missed` counts the events that are left out because there are too many (the oldest), or is
    at least 1 where a replica had to load anew and nobody knows what happened between.
    """
    found: list[Event] = []
    missed, revision = 0, 0
    for update in updates:
        revision = max(revision, update.revision)
        missed += update.reload
        found += (_change(entry) for entry in update.changes if sees(entry.key.kind))
        if update.findings is not None:
            found += _findings(update.findings, sees)
    left_out = max(0, len(found) - MOST_EVENTS)
    return Events(type="events", rev=revision, events=found[left_out:], missed=missed + left_out)


def join(missed: Update, revision: int, sees: Callable[[str], bool]) -> Events:
    """Return the first message to a reader: what the log has since they looked, maybe nothing."""
    told = tell([missed], sees)
    return Events(type="events", rev=revision, events=told["events"], missed=told["missed"])


def _change(entry: LogEntry) -> Event:
    return {
        "rev": entry.revision,
        "time": format_time(entry.time),
        "verb": _VERBS[entry.verb],  # type: ignore[typeddict-item]  # a word of the table
        "kind": entry.key.kind,
        "namespace": entry.key.namespace,
        "name": entry.key.name,
        "fields": list(entry.paths[:MOST_FIELDS]),
        "text": "",
        "actor": entry.actor,
    }


def _findings(change: FindingChange, sees: Callable[[str], bool]) -> Iterator[Event]:
    for finding in change.added:
        if is_told(finding, sees):
            yield _finding(finding, change, finding.message)
    for finding in change.removed:
        if is_told(finding, sees):
            text = say("no longer: {finding}", finding=finding.message)
            yield _finding(finding, change, text)


def _finding(finding: Finding, change: FindingChange, message: str) -> Event:
    return {
        "rev": change.revision,
        "time": format_time(change.time),
        "verb": "finding",
        "kind": finding.key.kind,
        "namespace": finding.key.namespace,
        "name": finding.key.name,
        "fields": [finding.path] if finding.path else [],
        "text": joined(" ", (finding.rule, message)),
        "actor": "",
    }
