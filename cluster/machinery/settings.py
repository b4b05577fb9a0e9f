"""Settings of one cluster: what an administrator chose when the control plane was set up.

Names and defaults are those of questions.md and of the table at the top of semantics.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cluster.machinery.addresses import (
    CIDR_TEXT,
    IP_TEXT,
    Family,
    Network,
    family_of,
    parse_address,
    parse_network,
)
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.names import dns_subdomain

DUAL_STACK_SERVICE_CIDRS = ("10.96.0.0/16", "fd00:10:96::/108")
DUAL_STACK_POD_CIDRS = ("10.244.0.0/16", "fd00:10:244::/56")
POD_RECORD_MODES = ("disabled", "insecure", "verified")
RESOLVERS = ("glibc", "musl")
EMPTY: Mapping[str, JSON] = MappingProxyType({})
NODE_MASK: Mapping[Family, int] = MappingProxyType({"IPv4": 24, "IPv6": 64})


@dataclass(frozen=True, slots=True)
class DNSSettings:
    """How the cluster's DNS server is configured; `ttl` in seconds."""

    ttl: int = 30
    pods: str = "insecure"
    zones: tuple[str, ...] = ()
    ignore_empty_service: bool = False
    server_ips: tuple[str, ...] = ()
    endpoint_pod_names: bool = False


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """One cluster's settings; the order of CIDRs decides the primary family (C-1).

    `node_mask` is the length of a node's pod CIDR per family; `cluster_dns` None means the 10th
    address of each service CIDR, empty that kubelets know no DNS Service
    (E-49).
    """

    service_cidrs: tuple[Network, ...]
    pod_cidrs: tuple[Network, ...]
    node_mask: Mapping[Family, int] = field(default_factory=lambda: NODE_MASK)
    node_port_range: tuple[int, int] = (30000, 32767)
    cluster_domain: str = "cluster.local"
    cluster_dns: tuple[str, ...] | None = None
    dns: DNSSettings = field(default_factory=DNSSettings)
    upstream_dns: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    node_resolv_conf: str = ""
    kubelet_resolv_conf_flag_empty: bool = False
    resolver: str = "glibc"
    max_endpoints_per_slice: int = 100
    loadbalancer_pool: tuple[Network, ...] = ()
    ingress_controller: str = "k8s.io/netviz"
    nodes: int = 3
    bootstrap: bool = True

    @property
    def families(self) -> tuple[Family, ...]:
        """The families of the service CIDRs, primary first (C-1)."""
        return tuple(family_of(network) for network in self.service_cidrs)

    @property
    def dns_addresses(self) -> tuple[str, ...]:
        """The addresses of the DNS Service, one per family; none where kubelets know none."""
        if self.cluster_dns is not None:
            return self.cluster_dns
        tenth = 10  # kubeadm's choice for kube-dns
        roomy = (network for network in self.service_cidrs if network.num_addresses > tenth)
        return tuple(str(network[tenth]) for network in roomy)


class InvalidSettings(ValueError):
    """Settings that no cluster can have; `errors` names every field."""

    def __init__(self, errors: list[FieldError]) -> None:
        """Keep the errors beside their text."""
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)


class _Reader:
    """Reads settings from JSON, collecting every error."""

    def __init__(self, raw: Mapping[str, JSON]) -> None:
        self.raw = raw
        self.errors: list[FieldError] = []

    def text(self, name: str, default: str) -> str:
        value = self.raw.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.errors.append(Path(name).invalid(value, "must be a string"))
            return default
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.raw.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            text = f"must be a number between {low} and {high}, inclusive"
            self.errors.append(Path(name).invalid(value, text))
            return default
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.raw.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.errors.append(Path(name).invalid(value, "must be true or false"))
            return default
        return value

    def choice(self, name: str, default: str, words: tuple[str, ...]) -> str:
        value = self.raw.get(name)
        if value is None:
            return default
        if not isinstance(value, str) or value not in words:
            self.errors.append(Path(name).not_supported(value, words))
            return default
        return value

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self.errors.append(Path(name).invalid(value, "must be a list of strings"))
            return default
        found: list[str] = []
        for index, item in enumerate(value):
            if isinstance(item, str):
                found.append(item)
            else:
                self.errors.append(Path(name)[index].invalid(item, "must be a string"))
        return tuple(found)

    def networks(self, name: str, default: tuple[str, ...]) -> tuple[Network, ...]:
        found: list[Network] = []
        for index, text in enumerate(self.texts(name, default)):
            network = parse_network(text)
            if network is None:
                self.errors.append(Path(name)[index].invalid(text, CIDR_TEXT))
            else:
                found.append(network)
        return tuple(found)

    def addresses(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        for index, text in enumerate(self.texts(name, ())):
            address = parse_address(text)
            if address is None:
                self.errors.append(Path(name)[index].invalid(text, IP_TEXT))
            else:
                found.append(str(address))
        return tuple(found)

    def mapping(self, name: str) -> Mapping[str, JSON]:
        value = self.raw.get(name)
        if value is None:
            return EMPTY
        if not isinstance(value, dict):
            self.errors.append(Path(name).invalid(value, "must be a mapping"))
            return EMPTY
        return value

    def records(self, name: str) -> Mapping[str, JSON]:
        """Return lists of `{type, ttl, data}` by name; every entry needs its data."""
        found = self.mapping(name)
        for owner, entries in found.items():
            path = Path(name)[owner]
            if not isinstance(entries, list):
                self.errors.append(path.invalid(entries, "must be a list of records"))
                continue
            for index, entry in enumerate(entries):
                data = entry.get("data") if isinstance(entry, dict) else None
                if not isinstance(entry, dict):
                    self.errors.append(path[index].invalid(entry, "must be a mapping"))
                elif not isinstance(data, str) or not data:
                    self.errors.append((path[index] / "data").required())
        return found

    def one_per_family(self, name: str, networks: tuple[Network, ...]) -> None:
        families = [family_of(network) for network in networks]
        if not families:
            self.errors.append(Path(name).required("at least one CIDR"))
        elif len(families) != len(set(families)):
            text = "may specify no more than one CIDR for each IP family"
            self.errors.append(Path(name).invalid([str(network) for network in networks], text))


def parse_settings(raw: Mapping[str, JSON]) -> ClusterSettings:
    """Return the settings in `raw`; absent ones take their defaults.

    Raises InvalidSettings with every error, unknown names included.
    """
    read = _Reader(raw)
    known = set(SETTING_NAMES)
    read.errors += [
        Path(name).forbidden(f"unknown setting; known are {', '.join(SETTING_NAMES)}")
        for name in raw
        if name not in known
    ]
    service_cidrs = read.networks("service_cidrs", DUAL_STACK_SERVICE_CIDRS[:1])
    pod_cidrs = read.networks("pod_cidrs", _pod_cidrs_for(service_cidrs))
    read.one_per_family("service_cidrs", service_cidrs)
    read.one_per_family("pod_cidrs", pod_cidrs)
    settings = ClusterSettings(
        service_cidrs=service_cidrs,
        pod_cidrs=pod_cidrs,
        node_mask=_node_mask(read, pod_cidrs),
        node_port_range=_port_range(read),
        cluster_domain=_domain(read),
        cluster_dns=(None if raw.get("cluster_dns") is None else read.addresses("cluster_dns")),
        dns=_dns(read),
        upstream_dns=read.records("upstream_dns"),
        node_resolv_conf=read.text("node_resolv_conf", ""),
        kubelet_resolv_conf_flag_empty=read.flag("kubelet_resolv_conf_flag_empty", default=False),
        resolver=read.choice("resolver", "glibc", RESOLVERS),
        max_endpoints_per_slice=read.number("max_endpoints_per_slice", 100, 1, 1000),
        loadbalancer_pool=read.networks("loadbalancer_pool", ()),
        ingress_controller=read.text("ingress_controller", "k8s.io/netviz"),
        nodes=read.number("nodes", 3, 0, 5000),
        bootstrap=read.flag("bootstrap", default=True),
    )
    if read.errors:
        raise InvalidSettings(read.errors)
    return settings


def _pod_cidrs_for(service_cidrs: tuple[Network, ...]) -> tuple[str, ...]:
    by_family = dict(zip(("IPv4", "IPv6"), DUAL_STACK_POD_CIDRS, strict=True))
    chosen = tuple(dict.fromkeys(by_family[family_of(network)] for network in service_cidrs))
    return chosen or DUAL_STACK_POD_CIDRS[:1]


def _node_mask(read: _Reader, pod_cidrs: tuple[Network, ...]) -> Mapping[Family, int]:
    masks: dict[Family, int] = {"IPv4": 24, "IPv6": 64}
    value = read.raw.get("node_mask")
    if isinstance(value, int) and not isinstance(value, bool):
        masks["IPv4"] = value
    elif isinstance(value, dict):
        for family, length in value.items():
            if family not in masks or not isinstance(length, int) or isinstance(length, bool):
                text = "must be a prefix length for IPv4 or IPv6"
                read.errors.append(Path("node_mask")[family].invalid(length, text))
            else:
                masks[family] = length
    elif value is not None:
        read.errors.append(Path("node_mask").invalid(value, "must be a prefix length"))
    for network in pod_cidrs:
        length = masks[family_of(network)]
        if not network.prefixlen <= length <= network.max_prefixlen - 2:
            text = f"must lie between /{network.prefixlen} and /{network.max_prefixlen - 2}"
            read.errors.append(Path("node_mask").invalid(length, text))
    return masks


def _port_range(read: _Reader) -> tuple[int, int]:
    value = read.raw.get("node_port_range")
    if value is None:
        return (30000, 32767)
    parts: list[JSON] = list(value.split("-")) if isinstance(value, str) else []
    if isinstance(value, list):
        parts = value
    try:
        low, high = (int(str(part)) for part in parts)
    except ValueError:
        low, high = 0, 0
    if not 1 <= low <= high <= 65535:  # noqa: PLR2004 - the highest port
        text = "must be two ports, low to high, such as 30000-32767"
        read.errors.append(Path("node_port_range").invalid(value, text))
        return (30000, 32767)
    return (low, high)


def _domain(read: _Reader) -> str:
    domain = read.text("cluster_domain", "cluster.local").rstrip(".").lower()
    for text in dns_subdomain(domain):
        read.errors.append(Path("cluster_domain").invalid(domain, text))
    return domain


def _dns(read: _Reader) -> DNSSettings:
    raw = read.mapping("dns")
    below = _Reader(raw)
    known = ("ttl", "pods", "zones", "ignore_empty_service", "server_ips", "endpoint_pod_names")
    settings = DNSSettings(
        ttl=below.number("ttl", 30, 0, 3600),
        pods=below.choice("pods", "insecure", POD_RECORD_MODES),
        zones=below.texts("zones", ()),
        ignore_empty_service=below.flag("ignore_empty_service", default=False),
        server_ips=below.addresses("server_ips"),
        endpoint_pod_names=below.flag("endpoint_pod_names", default=False),
    )
    below.errors += [Path(name).forbidden("unknown setting") for name in raw if name not in known]
    read.errors += [replace(error, field=f"dns.{error.field}") for error in below.errors]
    return settings


SETTING_NAMES = (
    "service_cidrs", "pod_cidrs", "node_mask", "node_port_range", "cluster_domain", "cluster_dns",
    "dns", "upstream_dns", "node_resolv_conf", "kubelet_resolv_conf_flag_empty", "resolver",
    "max_endpoints_per_slice", "loadbalancer_pool", "ingress_controller", "nodes", "bootstrap",
)  # fmt: skip


def dual_stack(raw: Manifest) -> Manifest:
    """Return `raw` with both families added where it names no CIDRs of its own."""
    families: Manifest = {
        "service_cidrs": list(DUAL_STACK_SERVICE_CIDRS),
        "pod_cidrs": list(DUAL_STACK_POD_CIDRS),
    }
    return families | raw
