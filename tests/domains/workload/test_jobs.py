"""Jobs and CronJobs: how many Pods, which indexes, and when it is over."""

from __future__ import annotations

from cluster.machinery.manifest import Manifest, mapping_at, mappings_at
from tests.domains.workload.world import World, job, template


def finish(world: World, name: str, phase: str = "Succeeded") -> World:
    return world.report("Pod", name, {"phase": phase})


def condition(world: World) -> list[object]:
    return [item["type"] for item in mappings_at(world.status("Job", "sum"), "conditions")]


def test_a_jobs_pods_stay_running_until_they_are_told_to_end() -> None:  # I-24, I-25
    world = World().add(job("sum", completions=3, parallelism=2)).wait(1000)

    assert [found.phase for found in world.pods()] == ["Running", "Running"]
    assert all(found.meta.name.startswith("sum-") for found in world.pods())
    assert world.status("Job", "sum")["active"] == 2


def test_the_last_completions_need_fewer_pods_and_then_the_job_is_complete() -> None:  # I-24
    world = World().add(job("sum", completions=3, parallelism=2))
    for _ in range(3):
        finish(world, next(p.meta.name for p in world.pods() if not p.is_finished))

    assert [found.phase for found in world.pods()] == ["Succeeded"] * 3
    assert condition(world) == ["Complete"]
    assert world.status("Job", "sum")["succeeded"] == 3
    assert "completionTime" in world.status("Job", "sum")
    assert not any(found.is_ready for found in world.pods())  # I-29


def test_a_work_queue_starts_no_pod_after_the_first_success() -> None:  # I-24
    world = World().add(job("sum", parallelism=2))
    finish(world, world.pods()[0].meta.name)
    assert sum(not found.is_finished for found in world.pods()) == 1
    finish(world, next(p.meta.name for p in world.pods() if not p.is_finished))

    assert condition(world) == ["Complete"]


def test_too_many_failures_end_a_job() -> None:
    world = World().add(job("sum", backoffLimit=1))
    for _ in range(2):
        finish(world, next(p.meta.name for p in world.pods() if not p.is_finished), "Failed")

    assert condition(world) == ["Failed"]
    assert world.status("Job", "sum")["failed"] == 2
    assert sum(not found.is_finished for found in world.pods()) == 0


def test_indexed_pods_carry_their_index_in_name_hostname_and_label() -> None:  # I-25
    world = World().add(job("sum", completionMode="Indexed", completions=3, parallelism=2))
    label = "batch.kubernetes.io/job-completion-index"
    assert [found.hostname for found in world.pods()] == ["sum-0", "sum-1"]
    assert [found.meta.labels[label] for found in world.pods()] == ["0", "1"]
    assert [found.meta.name[:6] for found in world.pods()] == ["sum-0-", "sum-1-"]
    finish(world, world.pods()[1].meta.name)

    assert sorted(p.hostname for p in world.pods() if not p.is_finished) == ["sum-0", "sum-2"]
    assert world.status("Job", "sum")["completedIndexes"] == "1"


def test_a_suspended_job_has_no_pods() -> None:
    world = World().add(job("sum", suspend=True))
    assert world.pods() == []
    assert condition(world) == ["Suspended"]
    assert "startTime" not in world.status("Job", "sum")
    world.edit("Job", "sum", {"spec": {"suspend": False}})

    assert len(world.pods()) == 1


def test_pods_of_a_dumped_job_are_linked_to_its_new_uid() -> None:
    world = World()
    owner: Manifest = {
        "apiVersion": "batch/v1", "kind": "Job", "name": "sum", "uid": "old", "controller": True,
    }  # fmt: skip
    labels: Manifest = {
        "app": "sum", "batch.kubernetes.io/job-name": "sum",
        "batch.kubernetes.io/controller-uid": "old", "controller-uid": "old",
    }  # fmt: skip
    world.create({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "sum-x", "namespace": "shop", "labels": labels,
                     "ownerReferences": [owner]},
        "spec": {"containers": [{"name": "app", "image": "app:1"}], "restartPolicy": "Never"},
    }, mode="import")  # fmt: skip
    given = job("sum", selector={"matchLabels": {"batch.kubernetes.io/controller-uid": "old"}})
    mapping_at(given, "spec", "template", "metadata")["labels"] = {**labels}
    world.create(given, mode="import")
    world.run()

    assert [found.meta.name for found in world.pods()] == ["sum-x"]
    controller = world.pod("sum-x").meta.controller
    assert controller is not None
    assert controller.uid == mapping_at(world.one("Job", "sum"), "metadata")["uid"]


def test_a_cron_job_starts_nothing_and_lists_its_jobs() -> None:  # I-27
    world = World().add({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "shop"},
        "spec": {"schedule": "0 3 * * *", "jobTemplate": {
            "spec": {"template": template("nightly", restartPolicy="Never")}}},
    }).wait(100000)  # fmt: skip
    assert world.names("Job") == []
    uid = mapping_at(world.one("CronJob", "nightly"), "metadata")["uid"]
    started = job("nightly-1")
    mapping_at(started, "metadata")["ownerReferences"] = [
        {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": uid,
         "controller": True},
    ]  # fmt: skip
    world.add(started)

    active = mappings_at(world.status("CronJob", "nightly"), "active")
    assert [item["name"] for item in active] == ["nightly-1"]
