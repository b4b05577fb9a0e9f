"""The words for the two ends of a trace (questions.md, PEER), read and looked up.

`ns/pod`, `ns/deploy/name` (any workload kind), `ns/svc/name`, `ns/name[Kind]`, an address, a CIDR,
`internet`, `node/name`, a DNS name, an `http(s)://` URL; a destination may end in `:PORT[/PROTO]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from cluster.domains.policy.ports import PROTOCOLS
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, Network, parse_address, parse_network
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.named import peer_parts
from cluster.questions.question import QuestionError, bad, required
from cluster.questions.workloads import WORKLOAD_KINDS, workload_of

INTERNET = "internet"
_TAIL = re.compile(r"^(?P<peer>.+?):(?P<port>[A-Za-z0-9-]+)(?:/(?P<protocol>[A-Za-z]+))?$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods by their own addresses: one, or those of a workload."""

    label: str
    pods: tuple[Pod, ...]


@dataclass(frozen=True, slots=True)
class NodePeer:
    """A Node: its processes, its addresses."""

    node: Node


@dataclass(frozen=True, slots=True)
class ServicePeer:
    """A Service, by whichever of its addresses the other end can use."""

    service: Service


@dataclass(frozen=True, slots=True)
class AddressPeer:
    """One address, whatever answers there."""

    address: Address


@dataclass(frozen=True, slots=True)
class NetworkPeer:
    """Every address of the networks; `label` is the word for them."""

    label: str
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class NamePeer:
    """A name to be resolved by who connects."""

    name: str


@dataclass(frozen=True, slots=True)
class URLPeer:
    """A request; `target` is path and query."""

    scheme: str
    host: str
    target: str


TracePeer: TypeAlias = (
    Pods | NodePeer | ServicePeer | AddressPeer | NetworkPeer | NamePeer | URLPeer
)


@dataclass(frozen=True, slots=True)
class Destination:
    """What `to` says: the peer, and the port and protocol if it names them."""

    peer: TracePeer
    port: int | str | None = None
    protocol: str | None = None


def split_destination(text: str) -> tuple[str, str, str]:
    """Return peer, port and protocol of `PEER[:PORT[/PROTO]]`, empty where not given."""
    is_whole = "://" in text or parse_address(text) is not None or parse_network(text) is not None
    found = None if is_whole else _TAIL.match(text)
    if found is None:
        return text.strip("[]") if text.startswith("[") else text, "", ""
    peer = found["peer"]
    if peer.startswith("[") and peer.endswith("]"):
        peer = peer[1:-1]
    return peer, found["port"], found["protocol"] or ""


def read_port(text: str, field: str) -> int | str | None:
    """Return a port number or name, None for an empty text; raises QuestionError."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        return text
    if not 1 <= int(text) <= 65535:  # noqa: PLR2004 - the highest port
        raise bad(say("port {port} is not in 1-65535", port=text), field)
    return int(text)


def read_protocol(text: str, field: str) -> str | None:
    """Return a protocol of Services and policies, None for an empty text; raises QuestionError."""
    if not text:
        return None
    if text.upper() not in PROTOCOLS:
        raise bad(say("protocol is one of {protocols}", protocols=joined(", ", PROTOCOLS)), field)
    return text.upper()


def find_destination_peer(snapshot: Snapshot, text: str) -> Destination:
    """Return what `to` means; raises QuestionError where there is no such thing."""
    if "://" in text:
        return _url(text)
    word, port, protocol = split_destination(text.strip())
    peer = find_peer(snapshot, word, "to")
    return Destination(peer, read_port(port, "to"), read_protocol(protocol, "to"))


def _url(text: str) -> Destination:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise bad(
            say("{url} is no URL: {error}", url=repr(text), error=str(error)), "to"
        ) from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise bad(say("{url} is no http or https URL with a host", url=repr(text)), "to")
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    peer = URLPeer(parts.scheme, parts.hostname, target)
    return Destination(peer, port or _DEFAULT_PORTS[parts.scheme], "TCP")


def find_peer(snapshot: Snapshot, word: str, field: str) -> TracePeer:
    """Return the peer that a word means, `field` being where it stands; raises QuestionError."""
    word = word.strip()
    if not word:
        raise required(field)
    if word == INTERNET:
        return NetworkPeer(INTERNET, ())
    address, network = parse_address(word), parse_network(word)
    if address is not None:
        return AddressPeer(address)
    if network is not None:
        return NetworkPeer(str(network), (network,))
    if "/" not in word:
        return NamePeer(word)
    if word.startswith("node/"):
        return _node(snapshot, word.removeprefix("node/"), field)
    return _object(snapshot, word, field)


def _node(snapshot: Snapshot, name: str, field: str) -> NodePeer:
    node = snapshot.get(Node, "", name)
    if node is None:
        raise QuestionError("NotFound", say("no Node {node}", node=repr(name)), field)
    return NodePeer(node)


def _object(snapshot: Snapshot, word: str, field: str) -> TracePeer:
    namespace, kind_word, name = peer_parts(word)
    if kind_word is None:
        return _pod_or_workload(snapshot, namespace, name, field)
    kind = snapshot.kinds.word(kind_word)
    if kind is None:
        raise bad(say("no kind {kind} in {peer}", kind=repr(kind_word), peer=repr(word)), field)
    if kind.type is Service:
        service = snapshot.get(Service, namespace, name)
        if service is None:
            text = say("no Service {service}", service=f"{namespace}/{name}")
            raise QuestionError("NotFound", text, field)
        return ServicePeer(service)
    if kind.kind == "Pod":
        return _pod_or_workload(snapshot, namespace, name, field)
    found = workload_pods(snapshot, namespace, kind.kind, name)
    if not found:
        text = say("no Pod of {workload}", workload=f"{kind.kind} {namespace}/{name}")
        raise QuestionError("NotFound", text, field)
    return Pods(f"{kind.kind} {namespace}/{name}", found)


def _pod_or_workload(snapshot: Snapshot, namespace: str, name: str, field: str) -> Pods:
    """Return a Pod; names of Pods are often made up, so its workload's name does, too."""
    pod = snapshot.get(Pod, namespace, name)
    if pod is not None:
        return Pods(f"Pod {namespace}/{name}", (pod,))
    for kind in WORKLOAD_KINDS:
        found = workload_pods(snapshot, namespace, kind, name)
        if found:
            return Pods(f"{kind} {namespace}/{name}", found)
    text = say("no Pod or workload {name}", name=f"{namespace}/{name}")
    raise QuestionError("NotFound", text, field)


def workload_pods(snapshot: Snapshot, namespace: str, kind: str, name: str) -> tuple[Pod, ...]:
    """Return the Pods of a workload by name; those of a Deployment through its ReplicaSets."""
    within = snapshot.within(Pod, namespace).values()
    found = [pod for pod in within if pod.meta.owners and _is_of(snapshot, pod, kind, name)]
    return tuple(sorted(found, key=lambda pod: pod.meta.name))


def _is_of(snapshot: Snapshot, pod: Pod, kind: str, name: str) -> bool:
    owner = pod.meta.controller
    if owner is not None and (owner.kind, owner.name) == (kind, name):
        return True
    key = workload_of(snapshot, pod)
    return (key.kind, key.name) == (kind, name)
