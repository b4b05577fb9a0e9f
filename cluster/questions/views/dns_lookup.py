"""What diagram 6.5 is about: one lookup by one Pod, and where each of its answers comes from.

Everything is computed from the objects: nobody is asked. Which names are tried, in which order,
is `domains.dns.search`; what the server answers, `domains.dns.answers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.entries import service_name
from cluster.domains.dns.resolver import ResolvConf, pod_resolv_conf
from cluster.domains.dns.response import ADDRESS_TYPES, Record, Response, absolute
from cluster.domains.dns.reverse import virtual_ip_holder
from cluster.domains.dns.search import Asked, Walk, candidates, walk
from cluster.domains.dns.zones import (
    is_name,
    parse_query,
    primary_zone,
    reverse_address,
    reverse_name,
    strict_address,
)
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Reason
from cluster.machinery.errors import not_found
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.dns_servers import NameServer, name_server
from cluster.questions.views.dns_beyond import alias_beyond, is_beyond, why_nothing
from cluster.questions.views.request import BadParameter, ViewRequest, not_named
from cluster.questions.views.words import either
from cluster.questions.workloads import workload_of

TYPES = ("A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "NS")
_SERVICE_LABELS, _POD_LABELS = 3, 3  # `<service>.<ns>.svc`, `<ip>.<ns>.pod`


@dataclass(frozen=True, slots=True)
class Rung:
    """One candidate of the search list, in the order it is tried.

    `queries` are what was answered for it, none where the walk had ended before; `answers` tells
    whether the walk ended here with records, `is_stopped` that policies let no query pass,
    `is_unknown` that servers outside are asked, of whose answers nothing is known.
    """

    number: int
    name: str
    queries: tuple[Asked, ...] = ()
    answers: bool = False
    is_stopped: bool = False
    is_unknown: bool = False

    @property
    def is_sent(self) -> bool:
        """Whether it was asked for at all."""
        return bool(self.queries)

    @property
    def outcome(self) -> str:
        """`NXDOMAIN`, `exists, no A`, `2 records`, `no answer`, `not known`, `not sent`."""
        if self.is_unknown:
            return say("not known")
        if self.is_stopped:
            return say("no answer")
        if not self.queries:
            return say("not sent")
        if self.answers:
            count = sum(query.records for query in self.queries)
            return say_n("{n} record", "{n} records", count)
        rcodes = dict.fromkeys(query.rcode for query in self.queries)
        if set(rcodes) == {"NOERROR"}:
            return say("exists, no {types}", types=either([query.type for query in self.queries]))
        return joined(", ", rcodes)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a record was computed from: an object, or (None) a setting or the zone itself."""

    key: Key | None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One lookup. `pod` and `server` are None where the cluster has no Pod to ask.

    `records` are those of the answer; a lookup for addresses asks for both families, and those of
    the type that was asked for stand first. `alias` is the name outside that an answer leads to,
    `because` why there is no answer.
    """

    service: Service
    name: str
    type: str
    pod: Pod | None
    conf: ResolvConf
    server: NameServer | None
    rungs: tuple[Rung, ...]
    response: Response
    records: tuple[Record, ...] = ()
    is_unknown: bool = False
    alias: str = ""
    because: Reason | None = None

    @property
    def sent(self) -> int:
        """How many queries go out."""
        return sum(len(rung.queries) for rung in self.rungs)

    @property
    def wasted(self) -> int:
        """How many of them bring nothing: those for other names than the one that answers."""
        return sum(
            len(rung.queries) for rung in self.rungs if not (rung.answers or rung.is_unknown)
        )

    @property
    def can_ask(self) -> bool:
        """Whether a query reaches a name server."""
        return self.server is None or self.server.may_ask

    @property
    def resolves(self) -> bool:
        """Whether the Pod gets a record."""
        return self.can_ask and bool(self.records) and not self.is_unknown


def look_up(snapshot: Snapshot, service: Service, request: ViewRequest) -> Lookup:
    """Return the lookup that a request asks for; raises NotFound, ValueError by parameter."""
    pod = _pod(snapshot, service, request.given.get("pod", ""))
    type_ = _type(service, request.given.get("type", ""))
    name = _name(snapshot, service, pod, request.given.get("name", ""), type_)
    if pod is None:
        full = absolute(name)
        response = resolve(snapshot, full, type_)
        asked = Asked(full, type_, response.rcode, len(response.answer))
        rung = Rung(1, full, (asked,), bool(response.answer))
        conf, records = ResolvConf(), response.answer
        return Lookup(service, name, type_, None, conf, None, (rung,), response, records)
    conf = pod_resolv_conf(pod, snapshot)
    server = name_server(snapshot, pod, conf)
    found = walk(snapshot, conf, name, type_)
    records = found.response.answer
    if type_ in ADDRESS_TYPES:
        other = next(word for word in ADDRESS_TYPES if word != type_)
        records += walk(snapshot, conf, name, other).response.answer
    rungs = tuple(_rungs(snapshot, conf, name, found, server))
    alias = "" if records else _alias(snapshot, rungs, type_)
    if alias:
        records = resolve(snapshot, next(r.name for r in rungs if r.is_unknown), "CNAME").answer
    is_asked = server.may_ask or server.answerer == "none"
    is_unknown = bool(alias) or (
        is_asked and not records and is_beyond(snapshot.settings, absolute(name))
    )
    because = None
    if server.may_ask and not records:
        names = (rung.name for rung in rungs if rung.is_sent)
        because = why_nothing(snapshot, names, type_, is_unknown=is_unknown)
    return Lookup(
        service, name, type_, pod, conf, server, rungs, found.response,
        tuple(dict.fromkeys(records)) if server.may_ask else (), is_unknown, alias, because,
    )  # fmt: skip


def _alias(snapshot: Snapshot, rungs: tuple[Rung, ...], type_: str) -> str:
    """Return the name outside that the answer is an alias of, "" where there is none."""
    if type_ not in ADDRESS_TYPES:
        return ""
    unknown = (alias_beyond(snapshot, rung.name) for rung in rungs if rung.is_unknown)
    return next(filter(None, unknown), "")


def _rungs(
    snapshot: Snapshot, conf: ResolvConf, name: str, found: Walk, server: NameServer
) -> Iterator[Rung]:
    names = candidates(name, conf, snapshot.settings.resolver)
    is_inside = server.answerer != "outside"
    has_ended = False  # an alias of a name outside: whether it answers is not known here
    for number, candidate in enumerate(names, 1):
        if not server.may_ask:
            is_beyond_node = server.answerer == "none" and is_beyond(snapshot.settings, candidate)
            is_stopped = number == 1 and not is_beyond_node
            yield Rung(number, candidate, is_stopped=is_stopped, is_unknown=is_beyond_node)
            continue
        queries = tuple(query for query in found.queries if query.name == candidate)
        if has_ended:
            queries = ()
        answers = any(query.records for query in queries)
        leads_out = is_inside and queries and queries[0].type in ADDRESS_TYPES
        has_ended = has_ended or bool(
            leads_out and not answers and alias_beyond(snapshot, candidate)
        )
        is_unknown = (
            bool(queries)
            and not answers
            and (
                is_beyond(snapshot.settings, candidate)
                or bool(leads_out and alias_beyond(snapshot, candidate))
            )
        )
        yield Rung(number, candidate, queries, answers, is_unknown=is_unknown)


def _pod(snapshot: Snapshot, service: Service, asked: str) -> Pod | None:
    """Return the Pod that asks: the one named, else a likely client of the Service."""
    if asked:
        parts = asked.removeprefix("Pod/").split("/")
        namespace, name = parts if len(parts) == 2 else ("", "")  # noqa: PLR2004 - ns/name
        if not namespace or not name:
            raise BadParameter("pod", not_named(asked, "Pod"))
        pod = snapshot.get(Pod, namespace, name)
        if pod is None:
            raise not_found("pods", "", name)
        return pod
    own = service.meta.namespace
    return min(
        _likely(snapshot, own) or snapshot.of(Pod),
        key=lambda pod: (
            pod.is_finished, not pod.is_ready, _is_behind(service, pod),
            pod.meta.namespace != own, pod.meta.namespace, pod.meta.name,
        ),
        default=None,
    )  # fmt: skip


def _likely(snapshot: Snapshot, namespace: str) -> list[Pod]:
    return [pod for pod in snapshot.within(Pod, namespace).values() if not pod.is_finished]


def _is_behind(service: Service, pod: Pod) -> bool:
    selector = service.pod_selector
    is_own = pod.meta.namespace == service.meta.namespace
    return is_own and selector is not None and selector.matches(pod.meta.labels)


def _type(service: Service, asked: str) -> str:
    if asked:
        return asked
    if service.is_external_name or not service.ip_families:
        return "A"
    return "AAAA" if service.ip_families[0] == "IPv6" else "A"


def _name(snapshot: Snapshot, service: Service, pod: Pod | None, asked: str, type_: str) -> str:
    """Return the name that is asked for: as typed, else the shortest that means the Service.

    PTR records are asked for by address, which may be typed as it is (`dig -x`).
    """
    meta = service.meta
    if type_ == "PTR":
        address = strict_address(asked) if asked else next(iter(service.virtual_ips), None)
        if address is not None:
            return reverse_name(address)
    if asked:
        if not is_name(asked):
            text = say(
                "{name} is no name: labels of 1 to 63 characters, 253 in all", name=repr(asked)
            )
            raise BadParameter("name", text)
        return asked
    if pod is None:
        return service_name(service, primary_zone(snapshot.settings))
    return meta.name if pod.meta.namespace == meta.namespace else f"{meta.name}.{meta.namespace}"


def origins(snapshot: Snapshot, record: Record) -> tuple[Origin, ...]:
    """Return what a record was computed from, the nearest object first."""
    if record.type == "PTR":
        address = reverse_address(record.name.lower().removesuffix("."))
        return _of_address(snapshot, address or "", None)
    query = parse_query(snapshot.settings, record.name)
    if query is None:
        return (Origin(None, say("upstream")),)
    labels = query.labels
    if len(labels) >= _SERVICE_LABELS and labels[-1] == "svc":
        service = snapshot.get(Service, labels[-2], labels[-3])
        if service is None:
            return (Origin(None, say("zone")),)
        key = snapshot.key_of(service)
        is_of_endpoints = service.is_headless or len(labels) > _SERVICE_LABELS
        if record.type in ADDRESS_TYPES and is_of_endpoints:
            return _of_address(snapshot, record.data, service) or (Origin(key),)
        return (Origin(key),)
    if len(labels) == _POD_LABELS and labels[-1] == "pod":
        pods = sorted(snapshot.lookup(Pod, "ip", record.data), key=lambda pod: pod.meta.name)
        if pods:
            return tuple(Origin(snapshot.key_of(pod)) for pod in pods)
        return (Origin(None, say("the name itself")),)
    return (Origin(None, say("zone")),)


def _of_address(snapshot: Snapshot, address: str, service: Service | None) -> tuple[Origin, ...]:
    """Return who an address belongs to: a Service's own, else the Pods and slices that hold it."""
    holder = virtual_ip_holder(snapshot, address) if service is None else None
    if holder is not None:
        return (Origin(snapshot.key_of(holder)),)
    pieces = sorted(
        snapshot.lookup(EndpointSlice, "address", address),
        key=lambda piece: (piece.meta.namespace, piece.meta.name),
    )
    found: dict[Key, None] = {}
    for piece in pieces:
        if service is not None and piece.service != snapshot.key_of(service):
            continue
        for endpoint in piece.endpoints:
            if address not in endpoint.addresses:
                continue
            target = endpoint.target
            if target is not None and target.kind == "Pod":
                found[Key("", "Pod", piece.meta.namespace, target.name)] = None
            else:
                found[snapshot.key_of(piece)] = None
    return tuple(Origin(key) for key in found)


def folded_origin(snapshot: Snapshot, origin: Origin) -> Origin:
    """Return the workload of a Pod in its place, for answers too long to draw one by one."""
    if origin.key is None or origin.key.kind != "Pod":
        return origin
    pod = snapshot.get(Pod, origin.key.namespace, origin.key.name)
    return origin if pod is None else Origin(workload_of(snapshot, pod))
