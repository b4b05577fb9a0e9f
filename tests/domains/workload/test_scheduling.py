"""Where Pods go, why they wait, and what Nodes are given."""

from __future__ import annotations

import pytest

from cluster.domains.workload.constraints import Taint, Toleration
from cluster.domains.workload.node import Node
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at
from cluster.machinery.meta import Key
from tests.domains.workload.world import World, node, pod, workload

PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def where(world: World, name: str = "p") -> str:
    return world.pod(name).node_name


def node_affinity(*terms: Manifest) -> Manifest:
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [*terms]}}}


def expression(key: str, operator: str, *values: str) -> Manifest:
    found: Manifest = {"key": key, "operator": operator}
    if values:
        found["values"] = [*values]
    return {"matchExpressions": [found]}


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        (Toleration("a", "Equal", "1"), True), (Toleration("a", "Equal", "2"), False),
        (Toleration("a", "Exists"), True), (Toleration("", "Exists"), True),
        (Toleration("a", "Exists", effect="NoExecute"), False),
        (Toleration("a", "Exists", effect="NoSchedule"), True), (Toleration("b", "Exists"), False),
    ],
)  # fmt: skip
def test_tolerations_match_key_value_and_effect(
    toleration: Toleration,
    expected: bool,  # noqa: FBT001
) -> None:  # I-35
    assert toleration.tolerates(Taint("a", "1", "NoSchedule")) is expected


SELECTED: list[tuple[str, dict[str, JSON], str]] = [
    ("selector", {"nodeSelector": {"kubernetes.io/hostname": "node-2"}}, "node-2"),
    ("in", {"affinity": node_affinity(expression("size", "In", "3"))}, "node-3"),
    ("not in", {"affinity": node_affinity(expression("size", "NotIn", "1", "2"))}, "node-3"),
    ("greater", {"affinity": node_affinity(expression("size", "Gt", "2"))}, "node-3"),
    ("less", {"affinity": node_affinity(expression("size", "Lt", "2"))}, "node-1"),
    ("exists", {"affinity": node_affinity(expression("gpu", "Exists"))}, "node-2"),
    ("field", {"affinity": node_affinity({"matchFields": [
        {"key": "metadata.name", "operator": "In", "values": ["node-3"]}]})}, "node-3"),
    ("either term", {"affinity": node_affinity(
        expression("size", "In", "9"), expression("gpu", "Exists"))}, "node-2"),
    ("no such label", {"nodeSelector": {"size": "7"}}, ""),
    ("preset", {"nodeName": "node-2", "nodeSelector": {"size": "7"}}, "node-2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"), [row[1:] for row in SELECTED], ids=[row[0] for row in SELECTED]
)
def test_nodes_are_selected_by(fields: dict[str, JSON], expected: str) -> None:  # I-34
    world = World(nodes=0).add(
        node("node-1", labels={"size": "1"}), node("node-2", labels={"size": "2", "gpu": "yes"}),
        node("node-3", labels={"size": "3"}), pod("p", **fields),
    )  # fmt: skip

    assert where(world) == expected


def test_a_pod_that_fits_nowhere_is_told_why() -> None:  # I-36
    taint: Manifest = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    world = World(nodes=1).add(
        node("cordoned", spec={"unschedulable": True}), node("tainted", spec={"taints": [taint]}),
        pod("p", nodeSelector={"disk": "ssd"}),
    )  # fmt: skip
    text = (
        "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were unschedulable."
    )
    found = world.pod("p")

    assert (found.phase, found.ips, found.node_name) == ("Pending", (), "")
    assert found.conditions == {"PodScheduled": "False"}
    assert found.reasons == {"PodScheduled": "Unschedulable"}
    assert found.pending_message == text


def test_without_nodes_pods_wait_and_go_as_soon_as_there_is_one() -> None:  # I-36
    world = World(nodes=0).add(pod("p"))
    assert world.pod("p").pending_message == "no nodes available to schedule pods"
    world.add(node("late"))

    assert where(world) == "late"
    assert world.pod("p").is_ready


def test_the_reason_follows_the_nodes() -> None:  # I-36
    world = World(nodes=1).add(pod("p", nodeSelector={"disk": "ssd"}))
    assert world.pod("p").pending_message.startswith("0/1 ")
    world.add(node("other"))
    assert world.pod("p").pending_message.startswith("0/2 ")
    world.edit("Node", "other", {"metadata": {"labels": {"disk": "ssd"}}}, namespace="")

    assert where(world) == "other"


def port(number: int, **fields: JSON) -> dict[str, JSON]:
    listed: JSON = [{"containerPort": 80, "hostPort": number, **fields}]
    return {"containers": [{"name": "app", "image": "app:1", "ports": listed}]}


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (port(80), port(80), False), (port(80), port(81), True),
        (port(80), port(80, protocol="UDP"), True),
        (port(80, hostIP="127.0.0.1"), port(80), False),
        (port(80, hostIP="127.0.0.1"), port(80, hostIP="127.0.0.2"), True),
    ],
)  # fmt: skip
def test_host_ports_collide_by_port_protocol_and_address(
    first: dict[str, JSON],
    second: dict[str, JSON],
    fits: bool,  # noqa: FBT001
) -> None:  # I-34
    world = World(nodes=1).add(pod("a", **first)).add(pod("p", **second))

    assert bool(where(world)) is fits
    world.drop("Pod", "a")
    assert where(world) == "node-1"


def test_two_equal_pods_of_the_host_network_keep_apart() -> None:  # I-42
    listed: JSON = [{"name": "app", "image": "app:1", "ports": [{"containerPort": 80}]}]
    world = World(nodes=2).add(
        workload("Deployment", "web", 3, pod={"hostNetwork": True, "containers": listed})
    )

    assert sorted(found.node_name for found in world.pods()) == ["", "node-1", "node-2"]


def pod_term(app: str, key: str, **fields: JSON) -> JSON:
    return {REQUIRED: [{"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key,
                        **fields}]}  # fmt: skip


ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"


def test_affinity_follows_other_pods_into_their_zone() -> None:  # I-34
    world = World(nodes=6).add(pod("db", labels={"app": "db"}, nodeName="node-2"))
    world.add(pod("p", affinity={"podAffinity": pod_term("db", ZONE)}))
    world.add(pod("q", affinity={"podAffinity": pod_term("nobody", ZONE)}))

    assert where(world) == "node-5"
    assert where(world, "q") == ""
    assert "didn't match pod affinity rules" in world.pod("q").pending_message


def test_the_first_of_a_group_that_wants_itself_goes_anywhere() -> None:  # I-34
    affinity: JSON = {"podAffinity": pod_term("web", ZONE)}
    world = World(nodes=6).add(workload("Deployment", "web", 4, pod={"affinity": affinity}))
    zones = set()
    for found in world.pods():
        home = world.snapshot.get(Node, "", found.node_name)
        assert home is not None
        zones.add(home.zone)

    assert len(zones) == 1


def test_anti_affinity_keeps_pods_apart_both_ways() -> None:  # I-34
    affinity: JSON = {"podAntiAffinity": pod_term("web", HOST)}
    world = World(nodes=2).add(workload("Deployment", "web", 3, pod={"affinity": affinity}))
    assert sorted(found.node_name for found in world.pods()) == ["", "node-1", "node-2"]
    world.add(pod("p", labels={"app": "web"}))

    assert where(world) == ""
    assert world.pod("p").pending_message == (
        "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules."
    )


def test_affinity_looks_at_its_own_namespace_unless_told_otherwise() -> None:  # I-34
    other: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}}
    away = pod("db", labels={"app": "db"}, nodeName="node-2")
    mapping_at(away, "metadata")["namespace"] = "other"
    world = World().add(other).add(away)
    world.add(
        pod("p", affinity={"podAffinity": pod_term("db", HOST)}),
        pod("q", affinity={"podAffinity": pod_term("db", HOST, namespaces=["other"])}),
        pod("r", affinity={"podAffinity": pod_term("db", HOST, namespaceSelector={})}),
    )

    assert [where(world, name) for name in "pqr"] == ["", "node-2", "node-2"]


def test_hard_spreading_bounds_the_skew() -> None:
    """I-34; a cordoned Node is a domain to spread over, unless the constraint honours taints."""
    spread: Manifest = {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": {"matchLabels": {"app": "web"}}}  # fmt: skip
    honors: Manifest = {**spread, "nodeTaintsPolicy": "Honor"}
    world = World(nodes=2)
    world.add(pod("a", labels={"app": "web"}, nodeName="node-1"))
    world.edit("Node", "node-2", {"spec": {"unschedulable": True}}, namespace="")
    world.add(pod("p", labels={"app": "web"}, topologySpreadConstraints=[honors]))
    world.add(pod("q", labels={"app": "web"}, topologySpreadConstraints=[spread]))
    assert (where(world), where(world, "q")) == ("node-1", "")
    world.edit("Node", "node-2", {"spec": {"unschedulable": None}}, namespace="")

    assert where(world, "q") == "node-2"


def test_spreading_counts_only_nodes_that_the_pod_selects() -> None:
    """I-34: nodeAffinityPolicy is Honor by default."""
    spread: Manifest = {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": {"matchLabels": {"app": "web"}}}  # fmt: skip
    every: Manifest = {**spread, "nodeAffinityPolicy": "Ignore"}
    world = World(nodes=2)
    world.edit("Node", "node-1", {"metadata": {"labels": {"disk": "ssd"}}}, namespace="")
    world.add(pod("a", labels={"app": "web"}, nodeName="node-1"))
    selecting: Manifest = {"nodeSelector": {"disk": "ssd"}}
    world.add(pod("p", labels={"app": "web"}, topologySpreadConstraints=[spread], **selecting))
    world.add(pod("q", labels={"app": "web"}, topologySpreadConstraints=[every], **selecting))

    assert (where(world), where(world, "q")) == ("node-1", "")


def test_replicas_go_to_the_emptiest_zone_then_node_then_by_name() -> None:  # I-37
    world = World(nodes=6)
    world.add(workload("Deployment", "web", 4)).add(pod("single"))
    homes = sorted(found.node_name for found in world.pods(app="web"))

    assert homes == ["node-1", "node-2", "node-3", "node-4"]
    assert where(world, "single") == "node-5"


def preferring(weight: int, key: str, value: str) -> Manifest:
    return {"weight": weight, "preference": expression(key, "In", value)}


def test_a_node_that_is_preferred_comes_before_an_emptier_one() -> None:  # I-37
    preferred: JSON = [preferring(10, "disk", "ssd"), preferring(20, "gen", "2")]
    affinity: JSON = {"nodeAffinity": {PREFERRED: preferred}}
    world = World(nodes=0).add(
        node("a", zone="a"),
        node("b", zone="b", labels={"disk": "ssd"}),
        node("c", zone="c", labels={"gen": "2"}),
        node(
            "d",
            zone="d",
            labels={"disk": "ssd", "gen": "2"},
            status={"allocatable": {"pods": "2"}},
        ),
    )
    world.add(workload("Deployment", "web", 4, pod={"affinity": affinity}))

    assert sorted(found.node_name for found in world.pods(app="web")) == ["c", "c", "d", "d"]


def test_a_taint_that_only_asks_is_heeded_while_there_is_another_node() -> None:  # I-37
    soft: JSON = [{"key": "spot", "effect": "PreferNoSchedule"}]
    world = World(nodes=0).add(
        node("a", spec={"taints": soft}), node("b"), pod("first"), pod("second")
    )
    world.add(pod("third", tolerations=[{"key": "spot", "operator": "Exists"}]))
    world.add(node("b2", spec={"unschedulable": True}))

    assert [where(world, name) for name in ("first", "second", "third")] == ["b", "b", "a"]


def test_a_node_takes_as_many_pods_as_it_says() -> None:
    full = node("full", status={"allocatable": {"pods": "2"}})
    world = World(nodes=0)
    world.create(full, mode="seed")
    world.add(workload("Deployment", "web", 3))

    assert sorted(found.node_name for found in world.pods()) == ["", "full", "full"]
    assert [p.pending_message for p in world.pods() if not p.node_name] == [
        "0/1 nodes are available: 1 Too many pods."
    ]


def test_nodes_get_ranges_addresses_and_labels_in_the_order_they_join() -> None:  # I-39, I-40
    world = World(nodes=11)
    first, tenth = (world.one("Node", name, "") for name in ("node-1", "node-10"))

    assert mapping_at(first, "spec")["podCIDRs"] == ["10.244.0.0/24"]
    assert mapping_at(tenth, "spec")["podCIDR"] == "10.244.9.0/24"
    assert mapping_at(first, "metadata", "labels")["kubernetes.io/hostname"] == "node-1"
    assert mappings_at(first, "status", "addresses") == [
        {"type": "InternalIP", "address": "172.18.0.2"},
        {"type": "Hostname", "address": "node-1"},
    ]
    assert mappings_at(first, "status", "conditions")[0]["reason"] == "KubeletReady"


def test_a_freed_range_is_used_again_only_after_the_wrap() -> None:  # I-40
    world = World(nodes=0, settings={"pod_cidrs": "10.244.0.0/22"})
    world.add(*(node(f"n{number}") for number in range(3)))
    world.delete(Key("", "Node", "", "n0"))
    world.add(node("n3")).add(node("n4"))

    ranges = {item.meta.name: item.pod_cidrs for item in world.snapshot.of(Node)}
    assert ranges["n3"] == ("10.244.3.0/24",)
    assert ranges["n4"] == ("10.244.0.0/24",)


def test_a_node_without_a_range_is_not_ready_until_one_is_free() -> None:  # I-40
    world = World(nodes=0, settings={"pod_cidrs": "10.244.0.0/24"}).add(node("a"))
    world.create(node("b"))
    step = world.settle()
    assert list(step.errors.values()) == ["no Pod CIDR is left for some Nodes"]
    late = world.snapshot.get(Node, "", "b")
    assert late is not None
    assert not late.is_ready
    world.delete(Key("", "Node", "", "a"))
    world.run()

    late = world.snapshot.get(Node, "", "b")
    assert late is not None
    assert late.is_ready
    assert late.pod_cidrs == ("10.244.0.0/24",)
    assert late.taints == ()


def test_a_named_range_is_kept_and_counts_as_used() -> None:  # I-40
    world = World(nodes=0).add(node("a", spec={"podCIDRs": ["10.244.0.0/23"]})).add(node("b"))
    second = world.snapshot.get(Node, "", "b")

    assert second is not None
    assert second.pod_cidrs == ("10.244.2.0/24",)


def test_dual_stack_nodes_have_a_range_and_an_address_per_family() -> None:  # C-27
    both: Manifest = {
        "service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"],
        "pod_cidrs": ["10.244.0.0/16", "fd00:10:244::/56"],
    }
    world = World(nodes=1, settings=both).add(pod("p"), pod("h", hostNetwork=True))
    home = world.snapshot.get(Node, "", "node-1")

    assert home is not None
    assert home.pod_cidrs == ("10.244.0.0/24", "fd00:10:244::/64")
    assert home.internal_ips == ("172.18.0.2", "fc00:f853:ccd:e793::2")
    assert world.pod("p").ips == ("10.244.0.2", "fd00:10:244::2")
    assert world.pod("h").ips == ("172.18.0.2", "fc00:f853:ccd:e793::2")  # C-28
