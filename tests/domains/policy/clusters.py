"""Random small clusters for the properties of the policy engine (hypothesis strategies).

Words are few, so that selectors, names, addresses and ports meet by chance. Everything is a
manifest: `Plain` reads it as it is, the engine through its parsers.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Raw = dict[str, Any]

NAMESPACES = ("a", "b", "c")
NODES = ("n1", "n2", "n3")
KEYS = ("app", "tier")
VALUES = ("x", "y", "z")
PORTS = (53, 80, 443, 8080)
PORT_NAMES = ("web", "dns")
PROTOCOLS = ("TCP", "UDP", "SCTP")
V4 = tuple(f"10.0.{node}.{host}" for node in (1, 2, 3) for host in (1, 2, 3, 130, 131))
V6 = tuple(f"fd00::{node}:{host}" for node in (1, 2, 3) for host in (1, 2))
OUTSIDE = ("203.0.113.10", "10.0.2.77", "2001:db8::1", "203.0.113.200", "fd00::1:77")
CIDRS = (
    "10.0.0.0/8", "10.0.1.0/24", "0.0.0.0/0", "203.0.113.0/24", "10.0.2.128/25", "10.0.1.1/32",
    "192.168.0.0/24", "192.168.0.2/32", "::/0", "fd00::/16", "fd00::1:0/112", "2001:db8::/32",
    "10.0.3.9/24",
)  # fmt: skip
HOLES = {
    "0.0.0.0/0": ("10.0.0.0/8", "203.0.113.128/25", "10.0.1.1/32"),
    "10.0.0.0/8": ("10.0.1.0/24", "10.0.2.128/25"),
    "10.0.1.0/24": ("10.0.1.0/25", "10.0.1.2/32"),
    "203.0.113.0/24": ("203.0.113.10/32",),
    "::/0": ("fd00::/16",),
    "fd00::/16": ("fd00::1:1/128", "fd00::2:0/112"),
}

labels = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=2)
names = st.sampled_from(("p0", "p1", "p2"))


def expressions() -> st.SearchStrategy[Raw]:
    keys = st.sampled_from(KEYS)
    values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True)
    with_values = st.builds(
        lambda key, operator, listed: {"key": key, "operator": operator, "values": listed},
        keys, st.sampled_from(("In", "NotIn")), values,
    )  # fmt: skip
    without = st.builds(
        lambda key, operator: {"key": key, "operator": operator},
        keys, st.sampled_from(("Exists", "DoesNotExist")),
    )  # fmt: skip
    return with_values | without


def selectors() -> st.SearchStrategy[Raw]:
    return (
        st.just({})
        | st.builds(lambda found: {"matchLabels": found}, labels)
        | st.builds(lambda found: {"matchExpressions": [found]}, expressions())
    )


def namespace_selectors() -> st.SearchStrategy[Raw]:
    by_name = st.builds(
        lambda name: {"matchLabels": {"kubernetes.io/metadata.name": name}},
        st.sampled_from(NAMESPACES),
    )
    return selectors() | by_name


@st.composite
def blocks(draw: st.DrawFn) -> Raw:
    cidr = draw(st.sampled_from(CIDRS))
    holes = HOLES.get(cidr, ())
    chosen = draw(st.lists(st.sampled_from(holes), unique=True, max_size=2)) if holes else []
    return {"cidr": cidr, "except": chosen} if chosen else {"cidr": cidr}


def peers() -> st.SearchStrategy[Raw]:
    return st.one_of(
        st.builds(lambda pods: {"podSelector": pods}, selectors()),
        st.builds(lambda spaces: {"namespaceSelector": spaces}, namespace_selectors()),
        st.builds(
            lambda pods, spaces: {"podSelector": pods, "namespaceSelector": spaces},
            selectors(), namespace_selectors(),
        ),
        st.builds(lambda block: {"ipBlock": block}, blocks()),
    )  # fmt: skip


@st.composite
def policy_ports(draw: st.DrawFn) -> Raw:
    found: Raw = {"protocol": draw(st.sampled_from(PROTOCOLS))}
    if draw(st.booleans()) and found["protocol"] == "TCP":
        del found["protocol"]
    port = draw(st.none() | st.sampled_from(PORTS) | st.sampled_from(PORT_NAMES))
    if port is not None:
        found["port"] = port
    if isinstance(port, int) and draw(st.booleans()):
        found["endPort"] = port + draw(st.sampled_from((0, 27, 9000)))
    return found


@st.composite
def rules(draw: st.DrawFn, field: str) -> Raw:
    found: Raw = {}
    listed = draw(st.lists(peers(), max_size=2))
    ports = draw(st.lists(policy_ports(), max_size=2))
    # An empty list means what an absent one does.
    writes_peers, writes_ports = draw(st.booleans()), draw(st.booleans())
    if listed or writes_peers:
        found[field] = listed
    if ports or writes_ports:
        found["ports"] = ports
    return found


@st.composite
def policies(draw: st.DrawFn, name: str | None = None) -> Raw:
    spec: Raw = {"podSelector": draw(selectors())}
    types = draw(
        st.none()
        | st.sampled_from((["Ingress"], ["Egress"], ["Ingress", "Egress"], ["Egress", "Ingress"]))
    )
    if types is not None:
        spec["policyTypes"] = types
    if draw(st.booleans()):
        spec["ingress"] = draw(st.lists(rules("from"), max_size=2))
    if draw(st.booleans()):
        spec["egress"] = draw(st.lists(rules("to"), max_size=2))
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec,
        "metadata": {
            "name": name or draw(names), "namespace": draw(st.sampled_from(NAMESPACES)),
        },
    }  # fmt: skip


@st.composite
def containers(draw: st.DrawFn, name: str) -> Raw:
    ports = []
    for _ in range(draw(st.integers(0, 2))):
        port: Raw = {"containerPort": draw(st.sampled_from(PORTS))}
        if draw(st.booleans()):
            port["protocol"] = draw(st.sampled_from(PROTOCOLS))
        if draw(st.booleans()):
            port["name"] = draw(st.sampled_from(PORT_NAMES))
        ports.append(port)
    return {"name": name, "ports": ports}


@st.composite
def pods(draw: st.DrawFn, name: str | None = None) -> Raw:
    on_host = draw(st.integers(0, 5)) == 0
    node = draw(st.sampled_from(NODES))
    spec: Raw = {"containers": [draw(containers("main"))], "nodeName": node}
    if draw(st.integers(0, 3)) == 0:
        sidecar = draw(containers("side"))
        if draw(st.booleans()):
            sidecar["restartPolicy"] = "Always"
        spec["initContainers"] = [sidecar]
    if on_host:
        spec["hostNetwork"] = True
        addresses = [entry["address"] for entry in node_manifest(node)["status"]["addresses"]]
        ips = addresses if draw(st.booleans()) else addresses[:1]
    else:
        first = draw(st.sampled_from(V4))
        second = draw(st.sampled_from(V6))
        ips = draw(st.sampled_from(([first], [first, second], [second], [second, first], [])))
    phase = draw(st.sampled_from(("Running",) * 6 + ("Pending", "Succeeded", "Failed")))
    metadata: Raw = {
        "name": name or draw(names), "namespace": draw(st.sampled_from(NAMESPACES)),
        "labels": draw(labels),
    }  # fmt: skip
    if draw(st.integers(0, 5)) == 0:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    status = {"phase": phase, "podIPs": [{"ip": ip} for ip in ips]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }


def node_manifest(name: str, shift: int = 0) -> Raw:
    number = NODES.index(name) + 1 + shift
    addresses = [f"192.168.0.{number}", f"fd00:1::{number}"]
    return {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {}}, "spec": {},
        "status": {"addresses": [{"type": "InternalIP", "address": ip} for ip in addresses]},
    }  # fmt: skip


@st.composite
def namespaces(draw: st.DrawFn, name: str | None = None) -> Raw:
    chosen = name or draw(st.sampled_from(NAMESPACES))
    found = {"kubernetes.io/metadata.name": chosen, **draw(labels)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": chosen, "labels": found}}


@st.composite
def clusters(draw: st.DrawFn) -> list[Raw]:
    """Objects of a cluster; a later one replaces an earlier one of the same name."""
    made = [draw(namespaces(name)) for name in NAMESPACES if draw(st.integers(0, 4))]
    made += [node_manifest(name) for name in NODES]
    made += draw(st.lists(pods(), min_size=2, max_size=7))
    made += draw(st.lists(policies(), max_size=7))
    return made
