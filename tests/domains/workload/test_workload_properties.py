"""Laws that hold after any history: nothing is left to do, addresses are unique, counts are right.

Incremental equals full (domains law), K-1 for Pods, I-4, I-12, I-36, I-41.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cluster.domains.workload.deployment import Deployment
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.statefulset import StatefulSet
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from tests.domains.workload.world import World, node, pod, workload

NAMES = ("web", "api", "db", "agent")
KIND_OF = {"web": "Deployment", "api": "Deployment", "db": "StatefulSet", "agent": "DaemonSet"}
NODES = ("node-1", "node-2", "node-3", "node-4")
names = st.sampled_from(NAMES)
nodes = st.sampled_from(NODES)


class Histories(RuleBasedStateMachine):
    """Users and time do whatever they like to a small cluster."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.world = World()

    def _has(self, kind: str, name: str, namespace: str = "shop") -> bool:
        key = self.world.kinds[kind].key(namespace, name)
        found = self.world.manifests.get(key)
        return found is not None

    @rule(name=names, replicas=st.integers(0, 4), parallel=st.booleans())
    def create(self, name: str, replicas: int, parallel: bool) -> None:  # noqa: FBT001
        kind = KIND_OF[name]
        if self._has(kind, name):
            return
        fields: Manifest = {"serviceName": "db"} if kind == "StatefulSet" else {}
        if kind == "StatefulSet" and parallel:
            fields["podManagementPolicy"] = "Parallel"
        if kind == "Deployment" and parallel:
            fields["strategy"] = {"type": "Recreate"}
        count = None if kind == "DaemonSet" else replicas
        made = workload(kind, name, count, **fields)
        self.world.add(made)

    @rule(name=st.sampled_from(("web", "api", "db")), replicas=st.integers(0, 5))
    def scale(self, name: str, replicas: int) -> None:
        if self._has(KIND_OF[name], name):
            self.world.edit(KIND_OF[name], name, {"spec": {"replicas": replicas}})

    @rule(name=names, version=st.integers(1, 3))
    def change_template(self, name: str, version: int) -> None:
        if self._has(KIND_OF[name], name):
            containers: Manifest = {
                "containers": [{"name": "app", "image": f"app:{version}"}],
            }  # fmt: skip
            self.world.edit(KIND_OF[name], name, {"spec": {"template": {"spec": containers}}})

    @rule(name=names)
    def remove(self, name: str) -> None:
        if self._has(KIND_OF[name], name):
            self.world.drop(KIND_OF[name], name)

    @precondition(lambda self: self.world.pods())
    @rule(data=st.data(), graceful=st.booleans())
    def delete_pod(self, data: st.DataObject, graceful: bool) -> None:  # noqa: FBT001
        found = data.draw(st.sampled_from(self.world.pods()))
        if graceful and not found.is_terminating and found.node_name:
            self.world.drop("Pod", found.meta.name, graceful=True)
        elif not graceful:
            self.world.drop("Pod", found.meta.name)

    @precondition(lambda self: self.world.pods())
    @rule(data=st.data(), word=st.sampled_from(("false", "true", None)))
    def annotate(self, data: st.DataObject, word: str | None) -> None:
        found = data.draw(st.sampled_from(self.world.pods()))
        patch: Manifest = {"metadata": {"annotations": {"netviz.io/ready": word}}}
        self.world.edit("Pod", found.meta.name, patch)

    @precondition(lambda self: self.world.pods())
    @rule(data=st.data(), app=st.sampled_from((*NAMES, "stranger")))
    def relabel(self, data: st.DataObject, app: str) -> None:
        found = data.draw(st.sampled_from(self.world.pods()))
        self.world.edit("Pod", found.meta.name, {"metadata": {"labels": {"app": app}}})

    @rule(name=st.sampled_from(("db-1", "bare")), app=names)
    def create_pod(self, name: str, app: str) -> None:
        if not self._has("Pod", name):
            self.world.add(pod(name, labels={"app": app}))

    @rule(name=nodes, cordoned=st.booleans())
    def cordon(self, name: str, cordoned: bool) -> None:  # noqa: FBT001
        if self._has("Node", name, ""):
            patch: Manifest = {"spec": {"unschedulable": cordoned or None}}
            self.world.edit("Node", name, patch, namespace="")

    @rule(name=nodes)
    def toggle_node(self, name: str) -> None:
        if self._has("Node", name, ""):
            self.world.delete(Key("", "Node", "", name))
            self.world.run()
        else:
            self.world.add(node(name, zone="zone-1"))

    @rule(seconds=st.sampled_from((10, 40, 700)))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @invariant()
    def nothing_is_left_to_do(self) -> None:
        assert self.world.left_to_do() == {}

    @invariant()
    def addresses_are_unique_and_on_their_node(self) -> None:
        counts = Counter(ip for found in self.world.pods() for ip in found.ips)
        assert all(count == 1 for count in counts.values())
        snapshot = self.world.snapshot
        assert all(snapshot.get(Node, "", p.node_name) for p in self.world.pods() if p.ips)

    @invariant()
    def replica_sets_have_as_many_pods_as_asked(self) -> None:
        for item in self.world.snapshot.of(ReplicaSet):
            owned = self.world.snapshot.owned_by(item.meta.uid, Pod)
            assert sum(not found.is_terminating for found in owned) == item.replicas
            assert item.status.count("replicas") == item.replicas

    @invariant()
    def daemon_pods_stand_one_per_node(self) -> None:
        found = Counter(
            p.node_name
            for p in self.world.active()
            if p.meta.controller is not None and p.meta.controller.kind == "DaemonSet"
        )
        assert all(count == 1 for count in found.values())

    @invariant()
    def ordinals_are_a_run_from_zero_without_gaps_above_readiness(self) -> None:
        for item in self.world.snapshot.of(StatefulSet):
            owned = self.world.snapshot.owned_by(item.meta.uid, Pod)
            ordinals = {item.ordinal_of(found.meta.name) for found in owned}
            assert None not in ordinals

    @invariant()
    def revisions_of_a_deployment_are_distinct(self) -> None:
        for item in self.world.snapshot.of(Deployment):
            owned = self.world.snapshot.owned_by(item.meta.uid, ReplicaSet)
            revisions = [found.revision for found in owned]
            assert len(set(revisions)) == len(revisions)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


@given(
    replicas=st.integers(0, 40), count=st.integers(1, 6), kind=st.sampled_from(("Deployment",
    "ReplicaSet", "ReplicationController")),
)  # fmt: skip
@settings(max_examples=15)
def test_replicas_spread_evenly_and_run(replicas: int, count: int, kind: str) -> None:  # I-37
    world = World(nodes=count)
    item = workload(kind, "web", replicas)
    if kind == "ReplicationController":
        spec = item["spec"]
        assert isinstance(spec, dict)
        spec["selector"] = {"app": "web"}
    world.add(item)
    pods = world.pods()
    zones = Counter(found.node_name for found in pods)
    per_zone: Counter[str] = Counter()
    for name, number in zones.items():
        found = world.snapshot.get(Node, "", name)
        assert found is not None
        per_zone[found.zone] += number

    assert len(pods) == replicas
    assert all(found.is_ready and found.phase == "Running" for found in pods)
    if replicas:
        used = [per_zone[f"zone-{number}"] for number in range(min(3, count))]
        assert max(used) - min(used) <= 1


@given(st.permutations(range(6)))
@settings(max_examples=10)
def test_the_order_of_creation_does_not_decide_how_many_pods_there_are(order: list[int]) -> None:
    objects: list[Callable[[], Manifest]] = [
        lambda: workload("Deployment", "web", 3),
        lambda: workload("StatefulSet", "db", 2, serviceName="db"),
        lambda: workload("DaemonSet", "agent"),
        lambda: node("node-4", zone="zone-1"),
        lambda: pod("bare", labels={"app": "other"}),
        lambda: node("node-5", zone="zone-2"),
    ]
    world = World()
    for number in order:
        world.create(objects[number]())
    world.run()

    assert Counter(found.meta.labels["app"] for found in world.pods()) == {
        "web": 3, "db": 2, "agent": 5, "other": 1,
    }  # fmt: skip
