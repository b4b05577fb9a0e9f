"""Events: what netviz records about objects, as core/v1 and events.k8s.io/v1 show it.

They are kept beside the objects, equal ones counted, and no revision of the log is theirs: their
resourceVersion is the moment they were seen last, in microseconds, which orders them as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson

from cluster.api.kube import bodies
from cluster.api.kube.asked import Asked, revision_of
from cluster.api.kube.events_recent import SHORTEST_WAIT, Recent, Seen
from cluster.api.kube.presenting import View
from cluster.api.kube.process import process
from cluster.api.kube.resources import EVENT
from cluster.api.kube.selecting import Field, Selection, parse_fields, selection_of
from cluster.api.kube.watching import wait
from cluster.api.kube.wire import Answer, Reply, Stream, of_json
from cluster.catalog import KINDS
from cluster.machinery.errors import (
    ApiError,
    BadRequest,
    FieldError,
    FieldErrorType,
    invalid,
    not_found,
)
from cluster.machinery.manifest import Manifest, integer_at, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event
from cluster.machinery.selectors import Selector
from cluster.machinery.times import format_time, parse_time
from cluster.store import (
    ClusterHandle,
    SeenEvent,
    events_where,
    find_cluster,
    get_many,
    tell_event,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOME = "default"  # where Events about cluster-wide objects are
FIELDS = frozenset({
    "metadata.name", "metadata.namespace", "reason", "reportingComponent", "source", "type",
    *(f"involvedObject.{name}" for name in
      ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")),
})  # fmt: skip
COMPONENTS: Mapping[str, str] = {
    "Scheduled": "default-scheduler",
    "FailedScheduling": "default-scheduler",
    "ScalingReplicaSet": "deployment-controller",
    "InvalidIPAddress": "endpoint-slice-mirroring-controller",
    "TooManyAddressesToMirror": "endpoint-slice-mirroring-controller",
    "FailedCreatePodSandBox": "kubelet",
    "MissingClusterDNS": "kubelet",
    "DNSConfigForming": "kubelet",
    "TaintManagerEviction": "taint-eviction-controller",
    "CIDRNotAvailable": "cidrAllocator",
    "Killing": "kubelet",
    "NodeReady": "kubelet",
    "NodeSchedulable": "kubelet",
    "NodeNotSchedulable": "kubelet",
    "NodeNotReady": "node-controller",
    "FailedToUpdateEndpointSlices": "endpoint-slice-controller",
    "TopologyAwareHintsEnabled": "endpoint-slice-controller",
    "TopologyAwareHintsDisabled": "endpoint-slice-controller",
}
LONGEST_WAIT = 0.8  # Events come without a change of the log, too
ASK_SECONDS = 5.0  # between two questions whether a watch may still go on
LONGEST_SECONDS = 3600.0
MOST_MESSAGE = 1024  # the apiserver's own bound
LATEST = 10**17  # microseconds: some 3,000 years, what a datetime can still hold


def answer(asked: Asked, verb: str, still_allowed: Callable[[], None]) -> Reply:
    """Answer a request about Events."""
    view = asked.view()
    if verb == "get":
        return _one(asked, view)
    if verb == "create":
        return _create(asked, view)
    wanted = _wanted(asked)
    if verb == "watch":
        return _watch(asked, view, wanted, still_allowed)
    found, position = wanted.read(None)
    # All at once, whatever limit is asked for: a server may, and their number is bounded.
    return of_json(view.many(found, {"resourceVersion": str(position)}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which Events a request asks for."""

    cluster: str
    namespace: str
    selection: Selection
    is_new: bool

    def read(self, since: datetime | None) -> tuple[list[Manifest], int]:
        """Return the Events seen after `since`, oldest first, and where they end."""
        handle = find_cluster(self.cluster)
        asked = {path: value for path, equal, value in self.selection.fields if equal}
        namespace = asked.get("involvedObject.namespace") or self.namespace or None
        if namespace == HOME:
            namespace = None  # Events about cluster-wide objects are there, too
        seen = events_where(
            handle, namespace=namespace, kind=asked.get("involvedObject.kind", ""),
            name=asked.get("involvedObject.name", ""), since=since,
        )  # fmt: skip
        start = since or EPOCH
        last = max((event.last_seen for event in seen), default=start)
        return self.choose(_manifests(handle, seen)), max(_position(last), 1)

    def choose(self, events: Iterable[Manifest]) -> list[Manifest]:
        """Return those of some Events that are asked for, named as they are asked for."""
        matches = self.selection.matches
        found = [
            event for event in events
            if self.namespace in {"", text_at(event, "metadata", "namespace")}
            and (matches is None or matches(event))
        ]  # fmt: skip
        return [renamed(one) for one in found] if self.is_new else found


def _create(asked: Asked, view: View) -> Answer:
    """Answer the POST of an Event that a controller tells; equal ones are counted here, too.

    The name it gives is not kept: who tells it again creates it again.
    """
    told = bodies.document(asked.request)
    try:
        involved = mapping_at(told, "involvedObject") or mapping_at(told, "regarding")
        name, kind = text_at(involved, "name") or "", text_at(involved, "kind") or ""
        group = (text_at(involved, "apiVersion") or "").rpartition("/")[0]
        namespace = text_at(involved, "namespace") or ""
        type_, reason = text_at(told, "type") or "Normal", text_at(told, "reason") or ""
        message = text_at(told, "message") or text_at(told, "note") or ""
    except TypeError as error:
        raise BadRequest(f"Event: {error}") from error
    if namespace not in {"", asked.route.namespace}:
        raise BadRequest("involvedObject.namespace does not match event.namespace")
    texts = {"involvedObject.kind": kind, "involvedObject.name": name, "reason": reason}
    errors = [
        FieldError(FieldErrorType.REQUIRED, field) for field, text in texts.items() if not text
    ]
    errors += [
        FieldError(FieldErrorType.TOO_LONG, field, f"may not be more than {most} bytes", text)
        for field, text, most in (
            ("involvedObject.kind", kind, 63), ("involvedObject.name", name, 253),
            ("involvedObject.apiVersion", group, 63), ("type", type_, 10),
            ("reason", reason, 128), ("message", message, MOST_MESSAGE),
        )
        if len(text.encode()) > most
    ]  # fmt: skip
    if errors:
        raise invalid("Event", asked.resource.group, "", errors)
    event = Event(Key(group, kind, namespace, name), type_, reason, message)
    seen = tell_event(
        cluster=asked.cluster, event=event, actor=asked.caller.access.actor, dry_run=asked.dry_run
    )
    made = _manifests(find_cluster(asked.cluster), [seen])[0]
    is_new = asked.resource.group != EVENT.group
    return of_json(view.one(renamed(made) if is_new else made), 201)


def _wanted(asked: Asked) -> Wanted:
    plain = {name: value for name, value in asked.request.query.items() if name != "fieldSelector"}
    labels = selection_of(replace(asked.request, query=plain), "Event").labels
    fields = [
        _known(field) for field in parse_fields(asked.request.query.get("fieldSelector", ""))
    ]
    return Wanted(
        asked.cluster, asked.route.namespace, Selection(labels, tuple(fields)),
        asked.resource.group != EVENT.group,
    )  # fmt: skip


def _known(field: Field) -> Field:
    path, equal, value = field
    path = path.replace("regarding.", "involvedObject.").replace(
        "reportingController", "reportingComponent"
    )
    if path not in FIELDS:
        raise BadRequest(f"field label not supported: {path}")
    return ("source.component" if path == "source" else path), equal, value


def _one(asked: Asked, view: View) -> Answer:
    name = asked.route.name
    about = name.rpartition(".")[0]
    wanted = Wanted(asked.cluster, asked.route.namespace, Selection(labels=Selector(), fields=(
        ("metadata.name", True, name), ("involvedObject.name", True, about),
    )), asked.resource.group != EVENT.group)  # fmt: skip
    found = wanted.read(None)[0]
    if not found:
        raise not_found("events", asked.resource.group, name)
    return of_json(view.one(found[0]))


@dataclass(frozen=True, slots=True)
class Watched:
    """One watch of Events, as it was asked for; `since` is None for all there are."""

    view: View
    wanted: Wanted
    handle: ClusterHandle
    since: datetime | None
    seconds: float
    still_allowed: Callable[[], None]


def _watch(asked: Asked, view: View, wanted: Wanted, still_allowed: Callable[[], None]) -> Stream:
    position = revision_of(asked.request.query.get("resourceVersion", ""))
    seconds = asked.request.number("timeoutSeconds") or LONGEST_SECONDS
    watched = Watched(
        view, wanted, find_cluster(asked.cluster),
        None if position is None else EPOCH + MICROSECOND * min(position, LATEST),
        min(float(seconds), LONGEST_SECONDS), still_allowed,
    )  # fmt: skip
    return Stream(lambda: _events(watched))


async def _events(watched: Watched) -> AsyncIterator[bytes]:
    """Yield the lines of a watch: what is new is looked for with every change of the cluster."""
    loop = asyncio.get_running_loop()
    ends, asks = loop.time() + watched.seconds, loop.time()
    handle, since = watched.handle, watched.since
    recent: Recent | None = None
    feed = process().feeds.follow(handle.name, handle.uid, handle.revision)
    woken = feed.join(None)
    has_columns = False
    try:
        while not feed.ended and loop.time() < ends:
            woken.clear()
            try:
                if loop.time() >= asks:
                    asks = loop.time() + ASK_SECONDS
                    await process().read(watched.still_allowed)
                found, reached = await _after(watched.wanted, since, recent)
            except ApiError as error:
                yield _line("ERROR", error.status())
                return
            recent = recent or _recent(handle, reached)
            for event in found:
                yield _shown(watched.view, event, since, with_columns=not has_columns)
                has_columns = True
            since = reached
            await asyncio.sleep(SHORTEST_WAIT)
            await wait(woken, min(LONGEST_WAIT, ends - loop.time()))
    finally:
        feed.leave(None, woken)


async def _after(
    wanted: Wanted, since: datetime | None, recent: Recent | None
) -> tuple[list[Manifest], datetime]:
    """Return the Events after a moment and where they end: from memory, where they are there."""
    held = None if recent is None or since is None else await recent.after(since)
    if held is not None:
        return wanted.choose(held[0]), held[1]
    found, position = await process().read(wanted.read, since)
    return found, EPOCH + MICROSECOND * position


def _recent(handle: ClusterHandle, start: datetime) -> Recent:
    """Return what all watches of a cluster's Events share, begun at `start` by the first."""

    def seen_after(moment: datetime) -> list[Seen]:
        seen = events_where(handle, since=moment)
        made = _manifests(handle, seen)
        return [(one.last_seen, event) for one, event in zip(seen, made, strict=True)]

    async def read(moment: datetime) -> list[Seen]:
        return await process().read(seen_after, moment)

    shared = process().recent
    found = shared.get(handle.uid)
    if found is None:
        found = shared[handle.uid] = Recent(start, read)
    return found


def _shown(view: View, event: Manifest, since: datetime | None, *, with_columns: bool) -> bytes:
    """Return the line of one Event: a new one is ADDED, one that was seen again MODIFIED."""
    shown = view.one(event)
    if view.form == "table":
        now = replace(view, now=datetime.now(UTC))  # noqa: TID251 - ages are counted to now
        meta = mapping_at(event, "metadata")
        shown = now.table([event], meta, with_columns=with_columns)
    first = text_at(event, "firstTimestamp") or text_at(event, "deprecatedFirstTimestamp")
    count = integer_at(event, "count") or integer_at(event, "deprecatedCount")
    is_new = since is None or first is None or count == 1 or parse_time(first) > since
    return _line("ADDED" if is_new else "MODIFIED", shown)


def _line(type_: str, shown: Manifest) -> bytes:
    return orjson.dumps({"type": type_, "object": shown}) + b"\n"


def _position(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _manifests(cluster: ClusterHandle, seen: list[SeenEvent]) -> list[Manifest]:
    """Return Events as core/v1 has them, with the uid of what they are about."""
    about = get_many(cluster, list({event.key for event in seen}))
    return [_manifest(event, about.get(event.key)) for event in seen]


def _manifest(event: SeenEvent, about: Manifest | None) -> Manifest:
    key = event.key
    involved: Manifest = {"kind": key.kind, "name": key.name}
    if key.namespace:
        involved["namespace"] = key.namespace
    if key.kind in KINDS:
        involved["apiVersion"] = KINDS[key.kind].api_version
    created = text_at(about or {}, "metadata", "creationTimestamp")
    # An Event that was seen last before the object was made is about one of the same name.
    if about is not None and (created is None or parse_time(created) <= event.last_seen):
        involved["uid"] = text_at(about, "metadata", "uid")
        involved["resourceVersion"] = text_at(about, "metadata", "resourceVersion")
    component = COMPONENTS.get(event.reason) or f"{key.kind.lower()}-controller"
    first, last = format_time(event.first_seen), format_time(event.last_seen)
    digest = event.digest.ljust(32, "0")
    parts = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])
    return {
        "kind": "Event", "apiVersion": "v1",
        "metadata": {
            "name": f"{key.name}.{digest[:16]}", "namespace": key.namespace or HOME,
            "uid": "-".join(parts), "resourceVersion": str(_position(event.last_seen)),
            "creationTimestamp": first,
        },
        "involvedObject": involved, "reason": event.reason, "message": event.message,
        "source": {"component": component}, "firstTimestamp": first, "lastTimestamp": last,
        "count": event.count, "type": event.type, "eventTime": None,
        "reportingComponent": component, "reportingInstance": "",
    }  # fmt: skip


def renamed(event: Manifest) -> Manifest:
    """Return an Event as events.k8s.io/v1 names its fields."""
    return {
        "kind": "Event", "apiVersion": "events.k8s.io/v1", "metadata": event["metadata"],
        "eventTime": None, "reportingController": event["reportingComponent"],
        "reportingInstance": "", "action": "", "reason": event["reason"],
        "regarding": event["involvedObject"], "note": event["message"], "type": event["type"],
        "deprecatedSource": event["source"], "deprecatedFirstTimestamp": event["firstTimestamp"],
        "deprecatedLastTimestamp": event["lastTimestamp"],
        "deprecatedCount": integer_at(event, "count"),
    }  # fmt: skip
