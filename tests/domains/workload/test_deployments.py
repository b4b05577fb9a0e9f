"""Deployments and ReplicaSets: what is made, adopted, rolled out, kept and deleted."""

from __future__ import annotations

import re

import pytest

from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.template import ALPHABET, template_digest
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, merge, text_at
from tests.domains.workload.world import World, pod, workload

REVISION = "deployment.kubernetes.io/revision"


def image(version: int, **annotations: str) -> Manifest:
    template: Manifest = {"spec": {"containers": [{"name": "app", "image": f"app:{version}"}]}}
    if annotations:
        template["metadata"] = {"annotations": {**annotations}}
    return {"spec": {"template": template}}


def unready(version: int) -> Manifest:
    """Return a patch to a template whose Pods never become ready."""
    patch = image(version)
    template = mapping_at(patch, "spec", "template")
    template["metadata"] = {"annotations": {"netviz.io/ready": "false"}}
    return patch


def sizes(world: World) -> dict[int, int]:
    """Return the replicas of each ReplicaSet by revision."""
    return {item.revision: item.replicas for item in world.snapshot.of(ReplicaSet)}


def test_a_deployment_makes_a_replica_set_and_that_makes_pods() -> None:  # I-3, I-8, I-9, I-10
    world = World().add(workload("Deployment", "web", 2))
    (name,) = world.names("ReplicaSet")
    hash_ = name.removeprefix("web-")
    made = world.one("ReplicaSet", name)

    assert re.fullmatch(f"[{ALPHABET}]{{1,10}}", hash_)
    assert mapping_at(made, "metadata", "labels") == {"app": "web", "pod-template-hash": hash_}
    assert mapping_at(made, "spec", "selector", "matchLabels")["pod-template-hash"] == hash_
    assert mapping_at(made, "metadata", "annotations")[REVISION] == "1"
    for found in world.pods():
        assert re.fullmatch(f"{name}-[{ALPHABET}]{{5}}", found.meta.name)
        assert found.meta.labels == {"app": "web", "pod-template-hash": hash_}
        controller = found.meta.controller
        assert controller is not None
        assert (controller.kind, controller.name) == ("ReplicaSet", name)
        assert controller.block_owner_deletion


def test_equal_input_gives_equal_names_and_addresses() -> None:  # I-5
    first = World().add(workload("Deployment", "web", 3))
    second = World().add(workload("Deployment", "web", 3))

    assert [(p.meta.name, p.ips) for p in first.pods()] == [
        (p.meta.name, p.ips) for p in second.pods()
    ]


def test_scaling_keeps_the_hash_and_a_template_change_makes_another() -> None:  # I-10
    world = World().add(workload("Deployment", "web", 1))
    before = world.names("ReplicaSet")
    world.edit("Deployment", "web", {"spec": {"replicas": 4}})
    assert world.names("ReplicaSet") == before
    world.edit("Deployment", "web", {"metadata": {"labels": {"team": "a"}}})
    assert world.names("ReplicaSet") == before
    world.edit("Deployment", "web", image(2))

    assert len(world.names("ReplicaSet")) == 2
    assert sizes(world) == {1: 0, 2: 4}
    assert len(world.active(app="web")) == 4


def test_annotations_of_a_deployment_reach_its_replica_set() -> None:  # I-10
    world = World().add(workload("Deployment", "web", 1))
    world.edit("Deployment", "web", {"metadata": {"annotations": {"note": "x"}}})
    annotations = mapping_at(
        world.one("ReplicaSet", world.names("ReplicaSet")[0]), "metadata", "annotations"
    )

    assert annotations["note"] == "x"


def test_an_earlier_template_reuses_its_replica_set_with_the_next_revision() -> None:  # I-10
    world = World().add(workload("Deployment", "web", 2))
    world.edit("Deployment", "web", image(2)).edit("Deployment", "web", image(1))

    assert sizes(world) == {2: 0, 3: 2}
    assert mapping_at(world.one("Deployment", "web"), "metadata", "annotations")[REVISION] == "3"


def test_old_replica_sets_are_kept_as_far_as_the_history_goes() -> None:  # I-13
    world = World().add(workload("Deployment", "web", 1, revisionHistoryLimit=2))
    for version in range(2, 7):
        world.edit("Deployment", "web", image(version))

    assert sorted(sizes(world)) == [4, 5, 6]


@pytest.mark.parametrize(
    ("surge", "unavailable", "new", "old"),
    [(1, 0, 1, 4), ("25%", "25%", 2, 3), (0, 1, 1, 3), ("100%", 0, 4, 4), (0, "100%", 4, 0)],
)
def test_a_stuck_rollout_stays_within_surge_and_unavailable(
    surge: JSON, unavailable: JSON, new: int, old: int
) -> None:  # I-11
    strategy: Manifest = {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    world = World().add(workload("Deployment", "web", 4, strategy=strategy))
    world.edit("Deployment", "web", unready(2))

    assert sizes(world) == {1: old, 2: new}
    assert world.status("Deployment", "web")["updatedReplicas"] == new


def test_recreate_waits_until_the_old_pods_are_gone() -> None:  # I-11
    world = World().add(workload("Deployment", "web", 2, strategy={"type": "Recreate"}))
    world.edit("Deployment", "web", image(2))
    assert sizes(world) == {1: 0}
    assert world.active(app="web") == []
    assert len(world.pods(app="web")) == 2
    world.wait(31)

    assert sizes(world) == {1: 0, 2: 2}
    assert len(world.pods(app="web")) == 2


def test_a_paused_deployment_scales_and_does_not_roll_out() -> None:
    world = World().add(workload("Deployment", "web", 2, paused=True))
    assert world.pods() == []
    world.edit("Deployment", "web", {"spec": {"paused": None}})
    world.edit("Deployment", "web", {"spec": {"paused": True, "replicas": 3}})
    world.edit("Deployment", "web", image(2))

    assert sizes(world) == {1: 3}


def test_scaling_during_a_rollout_shares_in_proportion() -> None:
    strategy: Manifest = {"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}
    world = World().add(workload("Deployment", "web", 10, strategy=strategy))
    world.edit("Deployment", "web", unready(2))
    assert sizes(world) == {1: 8, 2: 5}
    world.edit("Deployment", "web", {"spec": {"replicas": 15}})

    assert sizes(world) == {1: 11, 2: 7}


def test_rollout_status_can_be_read_from_the_deployment() -> None:  # kubectl rollout status
    world = World().add(workload("Deployment", "web", 3))
    status = world.status("Deployment", "web")

    assert {key: status[key] for key in ("replicas", "updatedReplicas", "availableReplicas")} == {
        "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3,
    }  # fmt: skip
    assert status["observedGeneration"] == 1
    assert {
        (text_at(c, "type"), text_at(c, "status"), text_at(c, "reason"))
        for c in mappings_at(status, "conditions")
    } == {
        ("Available", "True", "MinimumReplicasAvailable"),
        ("Progressing", "True", "NewReplicaSetAvailable"),
    }


def test_a_rollout_that_does_not_move_exceeds_its_deadline() -> None:  # I-13
    world = World().add(workload("Deployment", "web", 2, progressDeadlineSeconds=60))
    world.edit("Deployment", "web", unready(2)).wait(61)
    progressing = mappings_at(world.status("Deployment", "web"), "conditions")[1]

    assert progressing["reason"] == "ProgressDeadlineExceeded"
    assert progressing["status"] == "False"


def test_pods_become_available_after_min_ready_seconds() -> None:
    world = World().add(workload("Deployment", "web", 2, minReadySeconds=20))
    assert "availableReplicas" not in world.status("Deployment", "web")
    world.wait(21)

    assert world.status("Deployment", "web")["availableReplicas"] == 2


def test_a_deleted_pod_comes_back_under_another_name() -> None:  # I-10
    world = World().add(workload("Deployment", "web", 2))
    first = {found.meta.name for found in world.pods()}
    world.drop("Pod", min(first))

    assert len(world.pods()) == 2
    assert min(first) not in {found.meta.name for found in world.pods()}


def test_a_replica_set_replaces_a_terminating_pod_at_once() -> None:
    world = World().add(workload("ReplicaSet", "web", 1))
    world.drop("Pod", world.pods()[0].meta.name, graceful=True)

    assert len(world.pods()) == 2
    assert len(world.active()) == 1
    world.wait(31)
    assert len(world.pods()) == 1


def test_a_user_made_replica_set_has_no_hash() -> None:  # I-9
    world = World().add(workload("ReplicaSet", "web", 1))

    assert re.fullmatch(f"web-[{ALPHABET}]{{5}}", world.pods()[0].meta.name)
    assert world.pods()[0].meta.labels == {"app": "web"}


def test_orphans_are_adopted_and_relabelled_pods_released() -> None:  # I-4
    world = World().add(pod("stray", labels={"app": "web"}), workload("ReplicaSet", "web", 2))
    assert len(world.pods(app="web")) == 2
    assert world.pod("stray").meta.controller is not None
    world.edit("Pod", "stray", {"metadata": {"labels": {"app": "other"}}})

    assert world.pod("stray").meta.owners == ()
    assert len(world.pods(app="web")) == 2


def test_a_pod_that_comes_to_match_makes_one_too_many() -> None:  # I-4, I-12
    world = World().add(workload("ReplicaSet", "web", 1), pod("new", labels={"app": "web"}))

    assert len(world.active(app="web")) == 1


def test_a_bare_pod_is_never_made_again() -> None:  # I-33
    world = World().add(pod("bare"))
    world.drop("Pod", "bare")

    assert world.pods() == []


def test_scaling_down_takes_the_pods_that_are_worth_least() -> None:  # I-12
    world = World().add(workload("ReplicaSet", "web", 4))
    names = [found.meta.name for found in world.pods()]
    cost: Manifest = {"controller.kubernetes.io/pod-deletion-cost": "-5"}
    world.edit("Pod", names[2], {"metadata": {"annotations": {"netviz.io/ready": "false"}}})
    world.edit("Pod", names[1], {"metadata": {"annotations": cost}})
    world.edit("ReplicaSet", "web", {"spec": {"replicas": 3}})
    assert names[2] not in {found.meta.name for found in world.active()}
    world.edit("ReplicaSet", "web", {"spec": {"replicas": 2}})

    assert {found.meta.name for found in world.active()} == {names[0], names[3]}


def test_a_replication_controller_keeps_its_pods() -> None:
    item = workload("ReplicationController", "old", 2)
    mapping_at(item, "spec")["selector"] = {"app": "old"}
    world = World().add(item)

    assert len(world.pods(app="old")) == 2
    assert world.status("ReplicationController", "old")["readyReplicas"] == 2


def test_deleting_a_deployment_takes_everything_along() -> None:
    world = World().add(workload("Deployment", "web", 2))
    world.drop("Deployment", "web").wait(31)

    assert world.names("ReplicaSet") == []
    assert world.pods() == []


def seeded_pod(name: str, owner: str, hash_: str, uid: str = "gone") -> Manifest:
    item = pod(name, labels={"app": "web", "pod-template-hash": hash_}, status={
        "phase": "Running", "podIP": "10.244.7.7",
        "conditions": [{"type": "Ready", "status": "True"}],
    }, nodeName="node-1")  # fmt: skip
    mapping_at(item, "metadata")["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner, "uid": uid,
         "controller": True},
    ]  # fmt: skip
    return item


def test_pods_of_a_dump_count_as_the_deployments_though_their_replica_set_is_missing() -> None:
    world = World()
    world.create(seeded_pod("web-abc-11111", "web-abc", "abc"), mode="seed")
    world.create(workload("Deployment", "web", 1), mode="seed")
    world.run()

    assert world.names("ReplicaSet") == ["web-abc"]
    assert [found.meta.name for found in world.pods()] == ["web-abc-11111"]
    assert world.pod("web-abc-11111").ips == ("10.244.7.7",)


def test_pods_of_a_dump_find_their_replica_set_again_by_name() -> None:
    world = World()
    template: Manifest = {
        "metadata": {"labels": {"app": "web", "pod-template-hash": "abc"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    given = workload("ReplicaSet", "web-abc", 1, template=template, selector={
        "matchLabels": {"app": "web", "pod-template-hash": "abc"}})  # fmt: skip
    world.create(seeded_pod("web-abc-11111", "web-abc", "abc"), mode="seed")
    world.create(given, mode="seed")
    world.create(workload("Deployment", "web", 1), mode="seed")
    world.run()

    assert world.names("ReplicaSet") == ["web-abc"]
    assert [found.meta.name for found in world.pods()] == ["web-abc-11111"]
    made = world.one("ReplicaSet", "web-abc")
    reference = mappings_at(made, "metadata", "ownerReferences")[0]
    assert reference["name"] == "web"


def test_pods_of_an_owner_that_does_not_exist_are_left_alone() -> None:
    world = World()
    world.create(seeded_pod("lost", "nobody", "abc"), mode="seed")
    world.run()

    assert [found.meta.name for found in world.pods()] == ["lost"]


@pytest.mark.parametrize(
    ("empty", "is_same"),
    [
        pytest.param({"metadata": {"labels": {"app": "a"}, "annotations": {}}}, True, id="map"),
        pytest.param({"spec": {"tolerations": []}}, True, id="list"),
        pytest.param({"spec": {"hostNetwork": False}}, True, id="false"),
        pytest.param({"spec": {"nodeSelector": None}}, True, id="null"),
        pytest.param({"spec": {"hostNetwork": True}}, False, id="true"),
        pytest.param({"metadata": {"labels": {"app": "a", "tier": ""}}}, False, id="a-label"),
        pytest.param({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}, False, id="a-volume"),
    ],
)
def test_a_template_is_the_same_whether_what_is_empty_is_written_or_not(
    empty: Manifest, *, is_same: bool
) -> None:  # I-10
    plain: Manifest = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": []}}

    assert (template_digest(merge(plain, empty)) == template_digest(plain)) == is_same


def test_taking_an_annotation_back_goes_back_to_the_first_replica_set() -> None:  # I-10
    world = World().add(workload("Deployment", "web", 1))
    world.edit("Deployment", "web", image(1, note="2"))
    template: Manifest = {"metadata": {"annotations": {"note": None}}}
    world.edit("Deployment", "web", {"spec": {"template": template}})

    assert sizes(world) == {2: 0, 3: 1}
