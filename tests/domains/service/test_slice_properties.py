"""What must hold of slices after any history (K-2, K-3, K-5, incremental = full)."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.domains.service.endpointslice import CONTROLLER
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import Manifest
from tests.domains.service.objects import DUAL, Cluster, cluster, manifest, node, pod, service

pod_names = st.sampled_from([f"web-{i}" for i in range(9)])
flags = st.booleans()
pod_changes = st.builds(
    lambda number, app, ready, on, port, phase, both: pod(
        f"web-{number}",
        *[f"10.244.0.{number + 1}", f"fd00::{number + 1}"][: 1 + both],
        labels={"app": app},
        ready=ready,
        on=on,
        ports={"http": port} if port else {},
        phase=phase,
    ),
    st.integers(0, 8),
    st.sampled_from(["web", "web", "web", "api"]),
    flags,
    st.sampled_from(["node-1", "node-2", "node-4", ""]),
    st.sampled_from([0, 8080, 9090]),
    st.sampled_from(["Running", "Running", "Failed"]),
    flags,
)  # fmt: skip
node_changes = st.builds(
    lambda name, zone, cpu, ready: node(name, zone, cpu=cpu, ready=ready),
    st.sampled_from(["node-1", "node-2", "node-4"]),
    st.sampled_from(["a", "b", ""]),
    st.sampled_from(["1", "4"]),
    flags,
)
TOPOLOGY: Manifest = {"annotations": {"service.kubernetes.io/topology-mode": "Auto"}}
service_changes = st.builds(
    lambda app, target, publish, policy, hint, mark: service(
        "web",
        {"port": 80, "targetPort": target},
        meta={"labels": {"mark": mark}, **(TOPOLOGY if hint == "Auto" else {})},
        publishNotReadyAddresses=publish,
        ipFamilyPolicy=policy,
        **({"selector": {"app": app}} if app else {}),
        **({"trafficDistribution": hint} if hint not in {"", "Auto"} else {}),
    ),
    st.sampled_from(["web", "web", "api", ""]),
    st.sampled_from(["http", 8080]),
    flags,
    st.sampled_from(["SingleStack", "PreferDualStack"]),
    st.sampled_from(["", "PreferClose", "PreferSameNode", "Auto"]),
    st.sampled_from(["x", "y"]),
)
endpoints_changes = st.builds(
    lambda ips, ready: {
        **manifest("Endpoints", "web"),
        "subsets": [
            {("addresses" if ready else "notReadyAddresses"): [{"ip": ip} for ip in ips],
             "ports": [{"port": 80}]}
        ],
    },
    st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1"]), min_size=1, unique=True),
    flags,
)  # fmt: skip
deletions = st.tuples(
    st.sampled_from(["Pod", "Pod", "Service", "Node", "Endpoints"]), st.integers(0, 8)
)
histories = st.lists(
    st.one_of(
        pod_changes, pod_changes, node_changes, service_changes, endpoints_changes, deletions
    ),
    max_size=25,
)


def apply(made: Cluster, change: Manifest | tuple[str, int]) -> None:
    """Apply one change as a client would; what is refused changes nothing."""
    try:
        if isinstance(change, tuple):
            kind, number = change
            name = {"Pod": f"web-{number}", "Node": f"node-{number % 4 + 1}"}.get(kind, "web")
            made.delete(kind, name, "" if kind == "Node" else "shop")
        elif change["kind"] == "Service":
            made.replace(change)
        else:
            made.add(change)
    except ApiError:
        pass


def expected(made: Cluster) -> Counter[tuple[str, str]]:
    """The (Pod, address) pairs that the rules D-2 to D-4 ask for."""
    snapshot = made.simulator.snapshot
    found = snapshot.get(Service, "shop", "web")
    pairs: Counter[tuple[str, str]] = Counter()
    if found is None or found.pod_selector is None:
        return pairs
    for item in snapshot.of(Pod):
        placed = snapshot.get(Node, "", item.node_name) is not None
        if item.is_finished or not found.pod_selector.matches(item.meta.labels):
            continue
        if not placed and not found.publish_not_ready_addresses:
            continue
        for family in found.slice_families:
            address = item.address(family)
            if address is not None:
                pairs[item.meta.name, address] += 1
    return pairs


def sliced(made: Cluster) -> Counter[tuple[str, str]]:
    return Counter(
        (item.target.name, item.address)
        for s in made.slices()
        if s.managed_by == CONTROLLER
        for item in s.endpoints
        if item.target is not None
    )


@given(history=histories, maximum=st.integers(1, 4))
@settings(max_examples=80)
def test_slices_hold_exactly_the_selected_pods_and_rest(
    history: list[Manifest | tuple[str, int]], maximum: int
) -> None:
    """K-2, K-3; D-32 for slices that the controller fills; nothing moves when asked again."""
    made = cluster(max_endpoints_per_slice=maximum, **DUAL)
    for change in history:
        apply(made, change)
        snapshot = made.simulator.snapshot
        found = snapshot.get(Service, "shop", "web")
        if found is None or found.pod_selector is not None:
            assert sliced(made) == expected(made)
            for one in made.slices():
                if one.managed_by == CONTROLLER:
                    assert len(one.endpoints) <= maximum
        assert made.is_at_rest()


@given(st.lists(pod_changes, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_pods_does_not_change_who_is_behind_a_service(
    changes: list[Manifest], random: Random
) -> None:
    """Changes to different objects commute: the last word about each Pod decides."""
    by_name: dict[str, Manifest] = {}
    for change in changes:
        meta = change["metadata"]
        assert isinstance(meta, dict)
        by_name[str(meta["name"])] = change
    web = service("web", {"port": 80, "targetPort": "http"}, selector={"app": "web"})
    shuffled = list(by_name.values())
    random.shuffle(shuffled)
    one, other = cluster(web, *by_name.values()), cluster(*shuffled, web)

    assert sliced(one) == sliced(other)
    assert one.sizes() == other.sizes()
