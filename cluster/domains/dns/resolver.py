"""The resolv.conf of a Pod: what its kubelet writes for it (E-45 to E-54).

Source: `pkg/kubelet/network/dns/dns.go`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cluster.domains.workload.dns_config import DNSConfig
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import family_of_text
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.names import SUBDOMAIN_MAXIMUM
from cluster.machinery.rule import Event
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot

MAXIMUM_NAMESERVERS = 3
MAXIMUM_SEARCHES = 32
MAXIMUM_SEARCH_CHARACTERS = 2048
CLUSTER_OPTIONS = ("ndots:5",)
_DEFAULT_NDOTS = 1  # resolv.conf(5)
_MAXIMUM_NDOTS = 15


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """What a Pod's resolver is told; `events` are what the kubelet records about it."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    events: tuple[Event, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        """The file, as the container runtime writes it."""
        lines = [f"search {' '.join(self.searches)}"] if self.searches else []
        lines += [f"nameserver {address}" for address in self.nameservers]
        lines += [f"options {' '.join(self.options)}"] if self.options else []
        return "".join(f"{line}\n" for line in lines)

    @property
    def ndots(self) -> int:
        """From how many dots on a name is tried as it stands first (E-56)."""
        value = next((text[6:] for text in self.options if text.startswith("ndots:")), "")
        number = int(value) if value.isascii() and value.isdigit() else _DEFAULT_NDOTS
        return min(number, _MAXIMUM_NDOTS)

    def json(self) -> Manifest:
        """The JSON of the question `resolvconf`."""
        events: list[JSON] = [
            {"reason": event.reason, "message": event.message} for event in self.events
        ]
        return {
            "nameservers": [*self.nameservers],
            "searches": [*self.searches],
            "options": [*self.options],
            "text": self.text,
            "events": events,
        }


def pod_resolv_conf(pod: Pod, snapshot: Snapshot) -> ResolvConf:
    """Return the resolv.conf of a Pod by its dnsPolicy, its dnsConfig and its Node's file."""
    key = Key("", "Pod", pod.meta.namespace, pod.meta.name)
    base = _base(pod, key, snapshot)
    if pod.dns_config is not None:
        base = _with_config(base, pod.dns_config)
    return _within_limits(base, key)


def _base(pod: Pod, key: Key, snapshot: Snapshot) -> ResolvConf:
    settings = snapshot.settings
    policy = pod.dns_policy
    if policy == "None":  # E-50
        return ResolvConf()
    if policy == "ClusterFirst" and pod.host_network:  # E-47
        policy = "Default"
    if policy == "Default":
        return _of_node(pod, snapshot)
    if settings.dns_addresses:
        searches = (*_cluster_searches(pod, settings), *_node_file(settings).searches)
        return ResolvConf(settings.dns_addresses, _distinct(searches), CLUSTER_OPTIONS)  # E-46
    text = (
        f"pod: {pod.meta.namespace}/{pod.meta.name}. kubelet does not have ClusterDNS IP "
        f'configured and cannot create Pod using "{policy}" policy. Falling back to "Default" '
        "policy."
    )
    event = Event(key, "Warning", "MissingClusterDNS", text)
    return replace(_of_node(pod, snapshot), events=(event,))  # E-49


def _cluster_searches(pod: Pod, settings: ClusterSettings) -> tuple[str, str, str]:
    domain = settings.cluster_domain
    return (f"{pod.meta.namespace}.svc.{domain}", f"svc.{domain}", domain)


def _of_node(pod: Pod, snapshot: Snapshot) -> ResolvConf:
    """Return what a Pod has from its Node (E-48)."""
    if not snapshot.settings.kubelet_resolv_conf_flag_empty:
        return _node_file(snapshot.settings)
    node = snapshot.get(Node, "", pod.node_name)
    ips = node.internal_ips if node is not None else ()
    loopbacks = ("127.0.0.1" if family_of_text(ip) == "IPv4" else "::1" for ip in ips)
    return ResolvConf(tuple(loopbacks) or ("127.0.0.1",), (".",))


def _node_file(settings: ClusterSettings) -> ResolvConf:
    """Return the Node's resolv.conf; a kubelet that was given none reads none."""
    if settings.kubelet_resolv_conf_flag_empty:
        return ResolvConf()
    return parse_resolv_conf(settings.node_resolv_conf)


@lru_cache(maxsize=64)
def parse_resolv_conf(text: str) -> ResolvConf:
    """Return a resolv.conf as the kubelet reads it (E-54)."""
    nameservers: list[str] = []
    searches: list[str] = []
    options: dict[str, str] = {}
    for line in text.split("\n"):
        words = line.split()
        match words[:1]:
            case ["nameserver"]:
                nameservers += words[1:2]
            case ["search"]:
                searches = [word.removesuffix(".") for word in words[1:] if word != "."]
            case ["options"]:
                options |= {word.partition(":")[0]: word for word in words[1:]}
    return ResolvConf(tuple(nameservers), tuple(searches), tuple(options.values()))


def _with_config(base: ResolvConf, config: DNSConfig) -> ResolvConf:
    """Return `base` with a Pod's dnsConfig appended; its options win (E-51)."""
    options = {text.partition(":")[0]: text for text in base.options}
    options |= {option.name: str(option) for option in config.options}
    return ResolvConf(
        _distinct((*base.nameservers, *config.nameservers)),
        _distinct((*base.searches, *config.searches)),
        tuple(options.values()),
        base.events,
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _within_limits(conf: ResolvConf, key: Key) -> ResolvConf:
    """Return what is left of a configuration that is too long, with an Event for each cut."""
    events = list(conf.events)
    nameservers = conf.nameservers[:MAXIMUM_NAMESERVERS]
    if nameservers != conf.nameservers:
        events.append(_cut(key, "Nameserver", "nameservers", "nameserver", nameservers))
    searches = tuple(
        entry for entry in conf.searches[:MAXIMUM_SEARCHES] if len(entry) <= SUBDOMAIN_MAXIMUM
    )
    while len(" ".join(searches)) > MAXIMUM_SEARCH_CHARACTERS:
        searches = searches[:-1]
    if searches != conf.searches:
        events.append(_cut(key, "Search Line", "search paths", "search", searches))
    return ResolvConf(nameservers, searches, conf.options, tuple(events))


def _cut(key: Key, what: str, omitted: str, line: str, applied: tuple[str, ...]) -> Event:
    text = (
        f"{what} limits were exceeded, some "
        f"{omitted} have been omitted, the applied {line} line is: {' '.join(applied)}"
    )
    return Event(key, "Warning", "DNSConfigForming", text)
