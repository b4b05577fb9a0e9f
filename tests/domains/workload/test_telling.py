"""What is told of changes that no rule makes: Pods that stop, Nodes that change, Jobs that end."""

from __future__ import annotations

from cluster.machinery.manifest import Manifest
from tests.domains.workload.world import World, job, node, workload


def told(world: World, *reasons: str) -> list[tuple[str, str, str, str]]:
    """Return the Events of the last step with these reasons."""
    return [
        (event.key.name, event.type, event.reason, event.message)
        for event in world.last.events
        if event.reason in reasons
    ]


def test_a_pod_that_is_deleted_has_its_containers_stopped_once() -> None:
    world = World().add(workload("Deployment", "web", 1))
    name = world.pods()[0].meta.name

    world.drop("Pod", name, graceful=True)
    at_the_start = told(world, "Killing")
    world.wait(60)

    assert at_the_start == [(name, "Normal", "Killing", "Stopping container app")]
    assert told(world, "Killing") == []


def test_a_node_tells_that_it_joins_changes_and_goes() -> None:
    world = World(nodes=0).add(node("node-1"))
    text = "Node node-1 status is now: {}"
    joined = told(world, "RegisteredNode", "NodeReady")

    world.edit("Node", "node-1", {"spec": {"unschedulable": True}}, namespace="")
    cordoned = told(world, "NodeNotSchedulable", "NodeSchedulable")
    world.edit("Node", "node-1", {"spec": {"unschedulable": None}}, namespace="")
    uncordoned = told(world, "NodeNotSchedulable", "NodeSchedulable")

    assert [reason for _name, _type, reason, _text in joined] == ["RegisteredNode", "NodeReady"]
    assert cordoned == [
        ("node-1", "Normal", "NodeNotSchedulable", text.format("NodeNotSchedulable"))
    ]
    assert uncordoned == [("node-1", "Normal", "NodeSchedulable", text.format("NodeSchedulable"))]


def test_pods_tell_that_their_node_is_not_ready() -> None:
    world = World(nodes=1).add(workload("Deployment", "web", 2))
    lost: Manifest = {"conditions": [{"type": "Ready", "status": "Unknown"}]}

    world.report("Node", "node-1", lost)

    assert told(world, "NodeNotReady") == [
        ("node-1", "Normal", "NodeNotReady", "Node node-1 status is now: NodeNotReady"),
        *((pod.meta.name, "Warning", "NodeNotReady", "Node is not ready") for pod in world.pods()),
    ]


def test_a_job_tells_that_it_waits_goes_on_and_ends() -> None:
    world = World().add(job("once", suspend=True))

    reasons = ("Suspended", "Resumed", "Completed", "BackoffLimitExceeded")
    suspended = told(world, *reasons)
    world.edit("Job", "once", {"spec": {"suspend": False}})
    resumed = told(world, *reasons)
    world.report("Pod", world.pods()[0].meta.name, {"phase": "Succeeded"})

    assert suspended == [("once", "Normal", "Suspended", "Job suspended")]
    assert resumed == [("once", "Normal", "Resumed", "Job resumed")]
    assert told(world, *reasons) == [("once", "Normal", "Completed", "Job completed")]
