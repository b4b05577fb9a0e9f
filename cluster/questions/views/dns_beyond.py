"""What a lookup of diagram 6.5 comes to where the cluster's own records do not answer, and why.

Servers outside the cluster are never asked. The setting `upstream_dns` may describe them; where it
says nothing, what they answer is not known, and is told as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from cluster.domains.dns.response import ADDRESS_TYPES, absolute
from cluster.domains.dns.zones import parse_query, reverse_address, strict_address
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.machinery.drawing import Reason
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.views.words import listed

_SERVICE_LABELS = 3  # `<service>.<ns>.svc`
_ALIKE = 0.6  # of `difflib`: one letter of three may differ


def is_beyond(settings: ClusterSettings, name: str) -> bool:
    """Whether a name is for servers outside of whose answers nothing is known.

    A name of one label is no name outside: nobody registers one.
    """
    is_single = "." not in name.removesuffix(".")
    return not (settings.upstream_dns or is_single or parse_query(settings, name))


def alias_beyond(snapshot: Snapshot, name: str) -> str:
    """Return the target of the ExternalName Service that a name means, "" unless it is beyond."""
    service = named_service(snapshot, name)
    if service is None or not service.is_external_name or strict_address(service.external_name):
        return ""
    target = absolute(service.external_name)
    return target if is_beyond(snapshot.settings, target) else ""


def named_service(snapshot: Snapshot, name: str) -> Service | None:
    """Return the Service that an absolute name is the name of."""
    found = _place(snapshot, name)
    return None if found is None else snapshot.get(Service, *found)


def _place(snapshot: Snapshot, name: str) -> tuple[str, str] | None:
    """Return namespace and Service that a name speaks of, whether they exist or not."""
    query = parse_query(snapshot.settings, name)
    if query is None or len(query.labels) != _SERVICE_LABELS or query.labels[-1] != "svc":
        return None
    return query.labels[1], query.labels[0]


def why_nothing(
    snapshot: Snapshot, names: Iterable[str], type_: str, *, is_unknown: bool
) -> Reason | None:
    """Return why none of the candidates brings a record of a type.

    A candidate that names a Service that exists says most, then one that could name one. Of a
    name that means something outside (`is_unknown`) no namespace is missed.
    """
    places = [place for name in names if (place := _place(snapshot, name)) is not None]
    for place in places:
        service = snapshot.get(Service, *place)
        if service is not None:
            return _of_service(snapshot, service, type_)
    for namespace, name in places:
        if snapshot.get(Namespace, "", namespace) is not None:
            return _of_none(snapshot, namespace, name)
    for namespace, _name in () if is_unknown else places[:1]:
        text = say("There is no namespace {namespace}.", namespace=namespace)
        return Reason(text, f"Namespace {namespace}", "metadata.name", namespace, cause=True)
    return None


def _of_service(snapshot: Snapshot, service: Service, type_: str) -> Reason | None:
    meta = service.meta
    name = f"Service {meta.namespace}/{meta.name}"
    if type_ == "PTR":
        address = next(iter(service.virtual_ips), "")
        text = say("PTR records are asked for by address.")
        return Reason(text, name, "spec.clusterIPs", address, cause=True)
    if type_ not in ADDRESS_TYPES:
        return None
    if service.is_external_name:
        target = service.external_name
        text = (
            say("{target} is an address, and DNS makes no record of one.", target=target)
            if strict_address(target)
            else say("It is an alias of {target}, which has no such record.", target=target)
        )
        return Reason(text, name, "spec.externalName", target, cause=True)
    pieces = snapshot.lookup(EndpointSlice, "service", (meta.namespace, meta.name))
    is_ready = any(endpoint.is_ready for piece in pieces for endpoint in piece.endpoints)
    if service.is_headless and not is_ready:
        text = say(
            "{name} is headless and none of its endpoints is ready: DNS has no record of it.",
            name=name,
        )
        return Reason(text, name, "spec.clusterIP", "None", cause=True)
    families = ", ".join(service.ip_families)
    text = say("{name} has {families} alone.", name=name, families=families)
    return Reason(text, name, "spec.ipFamilies", families, cause=True)


def _of_none(snapshot: Snapshot, namespace: str, name: str) -> Reason:
    known = snapshot.within(Service, namespace)
    near = get_close_matches(name, sorted(known), 1, _ALIKE)
    text = say("{namespace} has no Service {name}.", namespace=namespace, name=name)
    if near:
        text = say(
            "{namespace} has no Service {name}; the closest is {near}.",
            namespace=namespace, name=name, near=near[0],
        )  # fmt: skip
    value = listed(sorted(known), 4) if known else say("none")
    return Reason(text, f"Namespace {namespace}", "Service metadata.name", value, cause=True)


def is_address_name(name: str) -> bool:
    """Whether PTR records may stand at a name: one below `arpa` that means an address."""
    return reverse_address(name.lower().removesuffix(".")) is not None
