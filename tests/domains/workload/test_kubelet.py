"""What becomes of Pods on Nodes: addresses, readiness, endings; drills, findings, columns."""

from __future__ import annotations

import pytest

from cluster.domains.workload import drills
from cluster.domains.workload.columns import NODE_COLUMNS, POD_COLUMNS
from cluster.domains.workload.findings import RULES as FINDERS
from cluster.domains.workload.kinds import KINDS
from cluster.domains.workload.node import Node
from cluster.machinery.findings import Finding
from cluster.machinery.kind import Column
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, merge
from cluster.machinery.meta import Key
from tests.domains.workload.world import World, node, pod, workload

READY = "netviz.io/ready"
LOST: Manifest = {"conditions": [{"type": "Ready", "status": "False", "reason": "Test"}]}


def annotate(world: World, name: str, value: str | None) -> World:
    return world.edit("Pod", name, {"metadata": {"annotations": {READY: value}}})


def lose(world: World, name: str, status: str = "False") -> World:
    key = Key("", "Node", "", name)
    condition: Manifest = {"type": "Ready", "status": status, "reason": "Test"}
    patch: Manifest = {"status": {"conditions": [condition]}}
    world.replace(merge(world.get(key), patch), subresource="status")
    return world.run()


def test_a_scheduled_pod_runs_with_address_and_conditions() -> None:  # I-28, I-41
    world = World(nodes=1).add(pod("a"), pod("b"))
    status = world.status("Pod", "a")

    assert status["phase"] == "Running"
    assert (status["podIP"], status["podIPs"]) == ("10.244.0.2", [{"ip": "10.244.0.2"}])
    assert (status["hostIP"], status["hostIPs"]) == ("172.18.0.2", [{"ip": "172.18.0.2"}])
    assert [item["type"] for item in mappings_at(status, "conditions")] == [
        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    ]  # fmt: skip
    assert mappings_at(status, "containerStatuses")[0]["ready"] is True
    assert world.pod("b").ips == ("10.244.0.3",)


def test_freed_addresses_are_used_again_last() -> None:  # I-41
    world = World(nodes=0).add(node("n", spec={"podCIDR": "10.0.0.0/29"}))
    world.add(pod("a"), pod("b"))
    world.drop("Pod", "a").add(pod("c"), pod("d"), pod("e"), pod("f"))

    given = {found.meta.name: found.ips for found in world.pods()}
    assert given == {
        "b": ("10.0.0.3",), "c": ("10.0.0.4",), "d": ("10.0.0.5",), "e": ("10.0.0.6",),
        "f": ("10.0.0.2",),
    }  # fmt: skip


def test_a_hostname_that_the_kernel_cannot_hold_leaves_the_pod_pending() -> None:  # E-61
    world = World(nodes=1)
    world.create(pod("x" * 40, subdomain="s", setHostnameAsFQDN=True))
    step = world.settle()

    assert not step.errors
    assert world.pod("x" * 40).ips == ()
    assert world.pod("x" * 40).phase == "Pending"
    assert "FailedCreatePodSandBox" in {event.reason for event in step.events}
    assert world.add(pod("y" * 39, subdomain="s", setHostnameAsFQDN=True)).pod("y" * 39).is_ready
    assert world.run().pod("x" * 40).ips == ()


def test_a_node_without_free_addresses_says_so() -> None:
    world = World(nodes=0).add(node("n", spec={"podCIDR": "10.0.0.0/30"}), pod("a"))
    world.create(pod("b"))
    step = world.settle()

    assert list(step.errors.values()) == ["no Pod address is left on Node n"]
    assert world.pod("b").ips == ()
    assert [event.reason for event in step.events if event.type == "Warning"] == [
        "FailedCreatePodSandBox"
    ]
    world.drop("Pod", "a")
    assert world.pod("b").is_ready


def test_a_finished_pod_gives_its_address_back() -> None:  # I-26
    world = World(nodes=0).add(node("n", spec={"podCIDR": "10.0.0.0/30"}), pod("a"))
    world.report("Pod", "a", {"phase": "Succeeded"}).add(pod("b"))

    assert world.pod("b").ips == world.pod("a").ips == ("10.0.0.2",)
    assert not world.pod("a").is_ready  # I-29


def test_the_annotation_decides_readiness_and_taking_it_off_gives_it_back() -> None:  # I-30
    world = World().add(pod("p"))
    annotate(world, "p", "false")
    assert not world.pod("p").is_ready
    assert world.pod("p").reasons["Ready"] == "ReadinessAnnotation"
    assert mappings_at(world.status("Pod", "p"), "containerStatuses")[0]["ready"] is False
    annotate(world, "p", None)

    assert world.pod("p").is_ready
    assert "Ready" not in world.pod("p").reasons


def test_a_status_write_decides_readiness_too() -> None:  # I-30
    world = World().add(pod("p"))
    conditions = mappings_at(world.status("Pod", "p"), "conditions")
    told: list[JSON] = [
        {**item, "status": "False"} if item["type"] == "Ready" else item for item in conditions
    ]
    world.report("Pod", "p", {"conditions": told})
    assert not world.pod("p").is_ready
    world.report("Pod", "p", {"conditions": [*conditions]})

    assert world.pod("p").is_ready


@pytest.mark.parametrize("status", ["True", "False", None])
def test_readiness_gates_must_all_be_true(status: str | None) -> None:  # I-29
    world = World().add(pod("p", readinessGates=[{"conditionType": "example.com/lb"}]))
    if status is not None:
        known = mappings_at(world.status("Pod", "p"), "conditions")
        gate: Manifest = {"type": "example.com/lb", "status": status}
        world.report("Pod", "p", {"conditions": [*known, gate]})

    assert world.pod("p").is_ready is (status == "True")
    assert world.pod("p").conditions["ContainersReady"] == "True"


def dumped(**status: JSON) -> Manifest:
    return pod("p", nodeName="node-1", status={"phase": "Running", "podIP": "10.1.2.3", **status})


def test_a_dump_keeps_the_status_it_brings() -> None:
    conditions: list[JSON] = [
        {"type": "Ready", "status": "False", "reason": "ContainersNotReady"},
        {"type": "ContainersReady", "status": "False", "reason": "ContainersNotReady"},
    ]
    for given in (conditions, conditions[:1]):
        world = World()
        world.create(dumped(conditions=given), mode="seed")
        world.run()

        assert mapping_at(world.status("Pod", "p"))["conditions"] == given
        assert world.pod("p").ips == ("10.1.2.3",)


def test_a_dump_without_conditions_is_run_and_keeps_its_address() -> None:
    world = World()
    world.create(dumped(), mode="seed")
    world.run()

    assert world.pod("p").is_ready
    assert world.pod("p").ips == ("10.1.2.3",)


def test_pods_of_a_lost_node_are_not_ready_then_evicted() -> None:  # I-38, I-43
    world = World(nodes=1).add(pod("p"), workload("DaemonSet", "agent"))
    lose(world, "node-1")
    home = world.snapshot.get(Node, "", "node-1")
    assert home is not None
    assert {(taint.key, taint.effect) for taint in home.taints} == {
        ("node.kubernetes.io/not-ready", "NoSchedule"),
        ("node.kubernetes.io/not-ready", "NoExecute"),
    }
    assert not world.pod("p").is_ready
    assert world.pod("p").reasons["Ready"] == "NodeNotReady"
    world.wait(299)
    assert not world.pod("p").is_terminating
    world.wait(2)

    assert world.pod("p").is_terminating
    assert not world.pods(app="agent")[0].is_terminating  # I-22


def test_pods_of_a_node_that_comes_back_are_ready_again() -> None:  # I-43
    world = World(nodes=1).add(pod("p"))
    lose(world, "node-1", "Unknown")
    assert not world.pod("p").is_ready
    lose(world, "node-1", "True")
    home = world.snapshot.get(Node, "", "node-1")

    assert world.pod("p").is_ready
    assert home is not None
    assert home.taints == ()


def test_a_no_execute_taint_drives_off_who_does_not_tolerate_it() -> None:  # I-38
    gpu: JSON = [{"key": "gpu", "operator": "Exists", "effect": "NoExecute",
                  "tolerationSeconds": 60}]  # fmt: skip
    world = World(nodes=1).add(pod("strict"), pod("patient", tolerations=gpu))
    taint: JSON = [{"key": "gpu", "effect": "NoExecute"}]
    world.edit("Node", "node-1", {"spec": {"taints": taint}}, namespace="")
    assert world.pod("strict").is_terminating
    assert not world.pod("patient").is_terminating
    world.wait(61)

    assert world.pod("patient").is_terminating


def test_cordoning_puts_the_taint_on_and_takes_it_off() -> None:  # I-34
    world = World(nodes=1)
    world.edit("Node", "node-1", {"spec": {"unschedulable": True}}, namespace="")
    home = world.snapshot.get(Node, "", "node-1")
    assert home is not None
    assert [taint.key for taint in home.taints] == ["node.kubernetes.io/unschedulable"]
    world.edit("Node", "node-1", {"spec": {"unschedulable": None}}, namespace="")

    assert "taints" not in mapping_at(world.one("Node", "node-1", ""), "spec")


def test_a_terminating_pod_goes_when_its_time_is_over() -> None:  # I-31
    world = World().add(pod("p"))
    world.drop("Pod", "p", graceful=True)
    assert world.pod("p").is_ready
    world.wait(29)
    assert len(world.pods()) == 1
    world.wait(1)

    assert world.pods() == []


def test_deleting_a_node_takes_its_pods_and_a_missing_node_takes_none() -> None:  # I-44, D-4
    world = World(nodes=2).add(pod("a", nodeName="node-1"), pod("b", nodeName="never"))
    world.delete(Key("", "Node", "", "node-1"))
    world.run()

    assert [found.meta.name for found in world.pods()] == ["b"]
    assert world.pod("b").ips == ()


def write(world: World, drill: drills.Drill) -> World:
    for step in drill.writes:
        if isinstance(step, drills.DeleteObject):
            world.drop("Pod", step.key.name, graceful=True)
        else:
            world.replace(merge(world.get(step.key), step.merge), subresource=step.subresource)
    return world.run()


def test_marking_a_pod_unready_is_undone() -> None:
    world = World().add(pod("p"))
    drill = drills.mark_unready(world.key("Pod", "p"), world.pod("p"))
    assert drill.undo is not None
    assert not write(world, drill).pod("p").is_ready
    assert write(world, drill.undo).pod("p").is_ready


def test_scaling_names_both_numbers_and_is_undone() -> None:
    world = World().add(workload("Deployment", "web", 2))
    drill = drills.scale(world.key("Deployment", "web"), world.one("Deployment", "web"), 4)
    assert drill.sentence == "Deployment shop/web goes from 2 to 4 replicas."
    assert drill.undo is not None
    assert len(write(world, drill).active()) == 4
    assert len(write(world, drill.undo).active()) == 2


def test_draining_empties_a_node_but_for_daemon_pods() -> None:
    world = World(nodes=2).add(workload("Deployment", "web", 4), workload("DaemonSet", "agent"))
    key = Key("", "Node", "", "node-1")
    drill = drills.drain(key, world.snapshot)
    assert drill.sentence.startswith("Node node-1 takes no new Pods and 2 Pods are deleted")
    write(world, drill).wait(40)

    assert {p.meta.labels["app"] for p in world.pods() if p.node_name == "node-1"} == {"agent"}
    assert len(world.pods(app="web")) == 4
    assert drill.undo is not None
    write(world, drill.undo).add(pod("late"))
    assert world.pod("late").node_name == "node-1"


def test_losing_a_zone_is_undone_by_restoring_it() -> None:
    world = World(nodes=3).add(workload("Deployment", "web", 3))
    keys = drills.nodes_of_zone("zone-0", world.snapshot)
    drill = drills.lose_zone("zone-0", [(key, world.manifests[key]) for key in keys])
    assert keys == [Key("", "Node", "", "node-1")]
    write(world, drill)
    assert [p.is_ready for p in sorted(world.pods(), key=lambda p: p.node_name)] == [
        False, True, True,
    ]  # fmt: skip
    assert drill.undo is not None
    write(world, drill.undo)
    assert all(found.is_ready for found in world.pods())


def findings(world: World) -> list[tuple[str, str]]:
    found = [
        fact
        for finder in FINDERS
        for key in set(finder.all_owners(world.snapshot))
        for fact in finder.derive(key, world.engine).facts
    ]
    return sorted((fact.rule, str(fact.key)) for fact in found if isinstance(fact, Finding))


def test_pods_that_find_no_node_are_found_at_their_workload() -> None:
    world = World().add(
        workload("Deployment", "web", 2, pod={"nodeSelector": {"disk": "ssd"}}),
        pod("p", nodeSelector={"disk": "ssd"}), pod("fine"),
    )  # fmt: skip

    assert findings(world) == [("NV501", "Deployment shop/web"), ("NV501", "Pod shop/p")]


def test_missing_nodes_gates_and_stuck_rollouts_are_found() -> None:
    world = World().add(
        pod("lost", nodeName="never"),
        pod("gated", readinessGates=[{"conditionType": "example.com/lb"}]),
        workload("Deployment", "web", 1, progressDeadlineSeconds=30,
                 template={"metadata": {"labels": {"app": "web"}, "annotations": {READY: "false"}},
                           "spec": {"containers": [{"name": "a", "image": "a"}]}}),
    ).wait(31)  # fmt: skip

    assert findings(world) == [
        ("NV502", "Deployment shop/web"), ("NV503", "Pod shop/lost"), ("NV504", "Pod shop/gated"),
    ]  # fmt: skip


def cells(columns: tuple[Column, ...], manifest: Manifest) -> dict[str, JSON]:
    return {column.name: column.read(manifest) for column in columns}


def test_columns_read_as_kubectl_prints_them() -> None:
    world = World(nodes=1).add(pod("p"))
    shown = cells(POD_COLUMNS, world.one("Pod", "p"))
    world.edit("Node", "node-1", {"spec": {"unschedulable": True}}, namespace="")
    home = cells(NODE_COLUMNS, world.one("Node", "node-1", ""))

    assert (shown["Ready"], shown["Status"], shown["Restarts"]) == ("1/1", "Running", "0")
    assert (shown["IP"], shown["Node"], shown["Readiness Gates"]) == (
        "10.244.0.2", "node-1", "<none>",
    )  # fmt: skip
    assert home["Status"] == "Ready,SchedulingDisabled"
    assert home["Roles"] == "<none>"
    world.drop("Pod", "p", graceful=True)
    assert cells(POD_COLUMNS, world.one("Pod", "p"))["Status"] == "Terminating"


@pytest.mark.parametrize("kind", KINDS, ids=[kind.kind for kind in KINDS])
def test_every_column_reads_an_empty_object(kind: object) -> None:
    found = next(item for item in KINDS if item is kind)
    for column in found.columns:
        column.read({"metadata": {"name": "x"}})
