"""StatefulSets and DaemonSets: order, identity, partitions, one Pod per Node."""

from __future__ import annotations

import pytest

from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, text_at
from cluster.machinery.meta import Key
from tests.domains.workload.test_deployments import image, unready
from tests.domains.workload.world import World, node, pod, workload

HASH = "controller-revision-hash"


def database(replicas: int = 3, **spec: JSON) -> Manifest:
    return workload("StatefulSet", "db", replicas, serviceName="db", **spec)


def names(world: World) -> list[str]:
    return [found.meta.name for found in world.pods(app="db")]


def images(world: World) -> list[str | None]:
    return [
        text_at(mappings_at(world.one("Pod", name), "spec", "containers")[0], "image")
        for name in names(world)
    ]


def test_pods_have_ordinals_hostnames_and_labels() -> None:  # I-14, I-15, I-16
    world = World().add(database(2))
    revision = world.status("StatefulSet", "db")["updateRevision"]

    assert names(world) == ["db-0", "db-1"]
    assert world.pod("db-1").hostname == "db-1"
    assert world.pod("db-1").subdomain == "db"
    assert world.pod("db-1").meta.labels == {
        "app": "db", "statefulset.kubernetes.io/pod-name": "db-1",
        "apps.kubernetes.io/pod-index": "1", HASH: revision,
    }  # fmt: skip
    assert str(revision).startswith("db-")


def test_ordinals_begin_where_asked() -> None:  # I-14
    assert names(World().add(database(2, ordinals={"start": 5}))) == ["db-5", "db-6"]


def test_without_a_service_name_pods_have_no_subdomain() -> None:  # I-15, I-17
    world = World().add(workload("StatefulSet", "db", 1))

    assert world.pod("db-0").subdomain == ""


def test_an_unready_pod_makes_the_next_ones_wait() -> None:  # I-18
    template: Manifest = {
        "metadata": {"labels": {"app": "db"}, "annotations": {"netviz.io/ready": "false"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    ordered = World().add(database(3, template=template))
    parallel = World().add(database(3, template=template, podManagementPolicy="Parallel"))
    assert names(ordered) == ["db-0"]
    assert names(parallel) == ["db-0", "db-1", "db-2"]
    ordered.edit("Pod", "db-0", {"metadata": {"annotations": {"netviz.io/ready": None}}})

    assert names(ordered) == ["db-0", "db-1"]


def test_scaling_down_goes_from_the_highest_ordinal_one_by_one() -> None:  # I-18
    world = World().add(database(3))
    world.edit("StatefulSet", "db", {"spec": {"replicas": 1}})
    assert [found.meta.name for found in world.active(app="db")] == ["db-0", "db-1"]
    world.wait(100)

    assert names(world) == ["db-0"]


def test_a_deleted_pod_comes_back_under_the_same_name() -> None:  # I-19
    world = World().add(database(2))
    before = world.pod("db-1").meta.uid
    world.drop("Pod", "db-1", graceful=True)
    assert names(world) == ["db-0", "db-1"]
    assert world.pod("db-1").is_terminating
    world.wait(31)

    assert names(world) == ["db-0", "db-1"]
    assert world.pod("db-1").meta.uid != before
    assert world.pod("db-1").hostname == "db-1"


def test_an_update_rolls_from_the_highest_ordinal() -> None:  # I-18
    world = World().add(database(3))
    world.edit("StatefulSet", "db", image(2))
    assert [found.is_terminating for found in world.pods(app="db")] == [False, False, True]
    world.wait(31)
    assert images(world)[2] == "app:2"
    world.wait(100)

    assert images(world) == ["app:2"] * 3
    status = world.status("StatefulSet", "db")
    assert status["currentRevision"] == status["updateRevision"]
    assert status["updatedReplicas"] == 3


def test_ordinals_below_the_partition_keep_the_old_template_even_when_deleted() -> None:  # I-18
    strategy: Manifest = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    world = World().add(database(3, updateStrategy=strategy))
    world.edit("StatefulSet", "db", image(2)).wait(200)
    assert images(world) == ["app:1", "app:1", "app:2"]
    world.drop("Pod", "db-0")

    assert images(world) == ["app:1", "app:1", "app:2"]
    assert world.status("StatefulSet", "db")["updatedReplicas"] == 1


def test_on_delete_waits_for_the_user() -> None:  # I-18
    world = World().add(database(2, updateStrategy={"type": "OnDelete"}))
    world.edit("StatefulSet", "db", image(2)).wait(100)
    assert images(world) == ["app:1", "app:1"]
    world.drop("Pod", "db-1")

    assert images(world) == ["app:1", "app:2"]


def test_history_is_kept_as_far_as_the_limit() -> None:  # I-13
    world = World().add(database(1, revisionHistoryLimit=1))
    for version in range(2, 6):
        world.edit("StatefulSet", "db", image(version)).wait(40)

    assert len(world.names("ControllerRevision")) == 2


def test_only_orphans_with_an_ordinal_are_adopted() -> None:  # I-4
    world = World().add(
        pod("db-0", labels={"app": "db"}), pod("db-x", labels={"app": "db"}), database(1)
    )

    assert world.pod("db-0").meta.controller is not None
    assert world.pod("db-x").meta.controller is None
    assert names(world) == ["db-0", "db-x"]


def test_pods_of_a_dump_keep_their_revision_label() -> None:
    world = World()
    given = pod("db-0", labels={"app": "db", HASH: "db-55d4c"}, status={
        "phase": "Running", "podIP": "10.244.0.99",
        "conditions": [{"type": "Ready", "status": "True"}],
    }, nodeName="node-1")  # fmt: skip
    mapping_at(given, "metadata")["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "old",
         "controller": True},
    ]  # fmt: skip
    world.create(given, mode="seed")
    world.create(database(1), mode="seed")
    world.wait(100)

    assert world.pod("db-0").ips == ("10.244.0.99",)
    assert world.status("StatefulSet", "db")["updateRevision"] == "db-55d4c"


def agents(world: World) -> list[str]:
    return sorted(found.node_name for found in world.active(app="agent"))


def test_every_eligible_node_runs_one_daemon_pod() -> None:  # I-21, I-23
    world = World().add(workload("DaemonSet", "agent"))
    assert agents(world) == ["node-1", "node-2", "node-3"]
    world.add(node("node-4"))
    assert agents(world) == ["node-1", "node-2", "node-3", "node-4"]
    world.delete(Key("", "Node", "", "node-2"))
    world.run()

    assert agents(world) == ["node-1", "node-3", "node-4"]


def test_daemon_pods_are_labelled_bound_and_tolerant() -> None:  # I-21, I-22, I-23
    world = World(nodes=1).add(workload("DaemonSet", "agent"))
    (found,) = world.pods(app="agent")
    spec = mapping_at(world.one("Pod", found.meta.name), "spec")

    assert found.meta.labels["pod-template-generation"] == "1"
    assert not found.meta.labels[HASH].startswith("agent-")
    assert {t.key for t in found.constraints.tolerations} == {
        f"node.kubernetes.io/{word}"
        for word in (
            "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure",
            "unschedulable",
        )
    }  # fmt: skip
    assert mapping_at(spec, "affinity", "nodeAffinity")[
        "requiredDuringSchedulingIgnoredDuringExecution"
    ] == {"nodeSelectorTerms": [
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]}
    ]}  # fmt: skip


def test_cordoned_nodes_get_daemon_pods_and_tainted_ones_do_not() -> None:  # I-22
    taint: Manifest = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    world = World(nodes=1).add(
        node("cordoned", spec={"unschedulable": True}), node("master", spec={"taints": [taint]}),
        workload("DaemonSet", "agent"),
    )  # fmt: skip

    assert agents(world) == ["cordoned", "node-1"]


def test_a_node_that_stops_matching_loses_its_daemon_pod() -> None:  # I-23
    world = World(nodes=0).add(node("a", labels={"disk": "ssd"}), node("b"))
    world.add(workload("DaemonSet", "agent", pod={"nodeSelector": {"disk": "ssd"}}))
    assert agents(world) == ["a"]
    world.edit("Node", "a", {"metadata": {"labels": {"disk": None}}}, namespace="")
    world.edit("Node", "b", {"metadata": {"labels": {"disk": "ssd"}}}, namespace="")

    assert agents(world) == ["b"]


@pytest.mark.parametrize(
    ("rolling", "most"), [({"maxUnavailable": 1}, 1), ({"maxUnavailable": "67%"}, 3)]
)
def test_daemon_pods_are_replaced_as_far_as_unavailability_allows(
    rolling: Manifest, most: int
) -> None:  # I-23
    strategy: Manifest = {"type": "RollingUpdate", "rollingUpdate": rolling}
    world = World().add(workload("DaemonSet", "agent", updateStrategy=strategy))
    world.edit("DaemonSet", "agent", image(2))
    assert sum(found.is_terminating for found in world.pods(app="agent")) == most
    world.wait(200)

    assert world.status("DaemonSet", "agent")["updatedNumberScheduled"] == 3
    assert {p.meta.labels["pod-template-generation"] for p in world.pods(app="agent")} == {"2"}


def test_surging_daemon_sets_start_the_new_pod_first() -> None:  # I-23
    strategy: Manifest = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    world = World().add(workload("DaemonSet", "agent", updateStrategy=strategy))
    world.edit("DaemonSet", "agent", unready(2))

    assert len(world.active(app="agent")) == 4
    world.edit("DaemonSet", "agent", image(3, **{"netviz.io/ready": "true"})).wait(200)
    assert len(world.pods(app="agent")) == 3
    assert world.status("DaemonSet", "agent")["numberReady"] == 3


@pytest.mark.parametrize(
    ("length", "made"),
    [pytest.param(52, 1, id="its-revision-fits"), pytest.param(53, 0, id="one-letter-more")],
)
def test_a_name_too_long_for_the_labels_of_its_pods_is_stored_and_makes_none(
    length: int, made: int
) -> None:
    world, name = World(), "d" * length
    world.create(workload("StatefulSet", name, 1))
    step = world.settle()
    failed = {event.message for event in step.events if event.reason == "FailedCreate"}

    assert not step.errors
    assert len(str(world.status("StatefulSet", name)["updateRevision"])) == length + 11
    assert len(world.pods()) == made
    assert len(failed) == 1 - made
    assert all("metadata.labels" in text and "63 characters" in text for text in failed)
