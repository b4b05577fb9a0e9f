"""The cells of `kubectl get` for workloads, Pods and Nodes.

Times are given as they are (`type="date"`); who renders the table turns them into ages. Source:
kubernetes `pkg/printers/internalversion/printers.go`; kube-api.md, the table of columns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from cluster.domains.workload.pod_cells import (
    node_cell,
    pod_addresses,
    pod_status,
    readiness_gates_cell,
    ready_cell,
    restarts_at,
    restarts_cell,
)
from cluster.machinery.columns import AGE, NAME, NONE, selector_cell
from cluster.machinery.durations import human, since
from cluster.machinery.kind import Column
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
)
from cluster.machinery.times import seconds_between

Cell: TypeAlias = Callable[[Manifest], JSON]
UNKNOWN = "<unknown>"
ROLE_PREFIX = "node-role.kubernetes.io/"


def _count(*path: str) -> Cell:
    def read(manifest: Manifest) -> JSON:
        return integer_at(manifest, *path) or 0

    return read


def _text(*path: str, empty: str = "") -> Cell:
    def read(manifest: Manifest) -> JSON:
        return text_at(manifest, *path) or empty

    return read


def _flag(*path: str) -> Cell:
    def read(manifest: Manifest) -> JSON:
        return "True" if mapping_at(manifest, *path[:-1]).get(path[-1]) else "False"

    return read


def _ready_of(desired: tuple[str, ...], ready: tuple[str, ...]) -> Cell:
    def read(manifest: Manifest) -> JSON:
        return f"{integer_at(manifest, *ready) or 0}/{integer_at(manifest, *desired) or 0}"

    return read


def _containers(field: str, *path: str) -> Cell:
    def read(manifest: Manifest) -> JSON:
        listed = mappings_at(manifest, *path, "containers")
        return ",".join(text_at(container, field) or "" for container in listed)

    return read


def _selector(manifest: Manifest) -> JSON:
    return selector_cell(mapping_at(manifest, "spec", "selector"))


def _labels_cell(*path: str) -> Cell:
    def read(manifest: Manifest) -> JSON:
        pairs = sorted(text_map_at(manifest, *path).items())
        return ",".join(f"{key}={value}" for key, value in pairs) or NONE

    return read


def _wide(selector: Cell | None, *path: str) -> tuple[Column, ...]:
    """The columns Containers, Images and Selector of a Pod template at `path`."""
    found = (
        Column("Containers", _containers("name", *path), wide=True, help="Names of containers."),
        Column("Images", _containers("image", *path), wide=True, help="Images of containers."),
    )
    if selector is None:
        return found
    return (*found, Column("Selector", selector, wide=True, help="Which Pods it looks after."))


_TEMPLATE = ("spec", "template", "spec")

POD_COLUMNS = (
    NAME,
    Column("Ready", ready_cell, help="Containers that are ready, of all."),
    Column("Status", pod_status, help="What the Pod is doing."),
    Column("Restarts", restarts_cell, help="How often containers were restarted.",
           read_at=restarts_at),
    AGE,
    Column("IP", pod_addresses, wide=True, help="The Pod's address."),
    Column("Node", node_cell, wide=True, help="The Node it runs on."),
    Column("Nominated Node", _text("status", "nominatedNodeName", empty=NONE), wide=True,
           help="The Node that is being freed for it."),
    Column("Readiness Gates", readiness_gates_cell, wide=True,
           help="Readiness gates that are met, of all."),
)  # fmt: skip

DEPLOYMENT_COLUMNS = (
    NAME,
    Column("Ready", _ready_of(("spec", "replicas"), ("status", "readyReplicas")),
           help="Ready Pods, of the desired ones."),
    Column("Up-to-date", _count("status", "updatedReplicas"),
           help="Pods of the current template."),
    Column("Available", _count("status", "availableReplicas"),
           help="Pods that have been ready for minReadySeconds."),
    AGE,
    *_wide(_selector, *_TEMPLATE),
)  # fmt: skip

REPLICA_SET_COLUMNS = (
    NAME,
    Column("Desired", _count("spec", "replicas"), "integer", help="Pods asked for."),
    Column("Current", _count("status", "replicas"), "integer", help="Pods there are."),
    Column("Ready", _count("status", "readyReplicas"), "integer", help="Pods that are ready."),
    AGE,
    *_wide(_selector, *_TEMPLATE),
)

REPLICATION_CONTROLLER_COLUMNS = (
    *REPLICA_SET_COLUMNS[:5],
    *_wide(_labels_cell("spec", "selector"), *_TEMPLATE),
)

STATEFUL_SET_COLUMNS = (
    NAME,
    Column("Ready", _ready_of(("spec", "replicas"), ("status", "readyReplicas")),
           help="Ready Pods, of the desired ones."),
    AGE,
    *_wide(None, *_TEMPLATE),
)  # fmt: skip

DAEMON_SET_COLUMNS = (
    NAME,
    Column("Desired", _count("status", "desiredNumberScheduled"), "integer",
           help="Nodes that should run its Pod."),
    Column("Current", _count("status", "currentNumberScheduled"), "integer",
           help="Nodes that should and do."),
    Column("Ready", _count("status", "numberReady"), "integer", help="Nodes with a ready Pod."),
    Column("Up-to-date", _count("status", "updatedNumberScheduled"), "integer",
           help="Nodes with a Pod of the current template."),
    Column("Available", _count("status", "numberAvailable"), "integer",
           help="Nodes with an available Pod."),
    Column("Node Selector", _labels_cell(*_TEMPLATE, "nodeSelector"),
           help="Labels that its Nodes must have."),
    AGE,
    *_wide(_selector, *_TEMPLATE),
)  # fmt: skip


def _job_status(manifest: Manifest) -> JSON:
    """Return the word for a Job's state, as kubectl 1.31 and later prints it."""
    held = {
        text_at(condition, "type")
        for condition in mappings_at(manifest, "status", "conditions")
        if text_at(condition, "status") == "True"
    }
    for type_ in ("Complete", "Failed"):
        if type_ in held:
            return type_
    if text_at(manifest, "metadata", "deletionTimestamp"):
        return "Terminating"
    for type_ in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if type_ in held:
            return type_
    return "Running"


def _completions(manifest: Manifest) -> JSON:
    succeeded = integer_at(manifest, "status", "succeeded") or 0
    completions = integer_at(manifest, "spec", "completions")
    if completions is not None:
        return f"{succeeded}/{completions}"
    parallelism = integer_at(manifest, "spec", "parallelism") or 0
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _duration(manifest: Manifest) -> JSON:
    """Return how long a finished Job took, "" for one that has not ended."""
    start = text_at(manifest, "status", "startTime")
    end = text_at(manifest, "status", "completionTime")
    if start is None or end is None:
        return ""
    return human(seconds_between(start, end))


def _duration_at(manifest: Manifest, now: datetime) -> JSON:
    """Return how long a Job took, or has run until `now`; "" for one that has not started."""
    start = text_at(manifest, "status", "startTime")
    if start is None or text_at(manifest, "status", "completionTime") is not None:
        return _duration(manifest)
    return since(start, now)


JOB_COLUMNS = (
    NAME,
    Column("Status", _job_status, help="What the Job is doing."),
    Column("Completions", _completions, help="Successful Pods, of those asked for."),
    Column("Duration", _duration, help="How long it ran.", read_at=_duration_at),
    AGE,
    *_wide(_selector, *_TEMPLATE),
)


def _active(manifest: Manifest) -> JSON:
    return len(list_at(manifest, "status", "active"))


def _last_schedule(manifest: Manifest) -> JSON:
    return text_at(manifest, "status", "lastScheduleTime") or NONE


CRON_JOB_COLUMNS = (
    NAME,
    Column("Schedule", _text("spec", "schedule"), help="When it starts a Job."),
    Column("Timezone", _text("spec", "timeZone", empty=NONE), help="Whose clock it goes by."),
    Column("Suspend", _flag("spec", "suspend"), "boolean", help="Whether it pauses."),
    Column("Active", _active, "integer", help="Jobs that run now."),
    Column("Last Schedule", _last_schedule, "date", help="Time since it last started one."),
    AGE,
    *_wide(None, "spec", "jobTemplate", *_TEMPLATE),
    Column("Selector", _labels_cell("spec", "jobTemplate", "spec", "selector", "matchLabels"),
           wide=True, help="Which Pods its Jobs look after."),
)  # fmt: skip


def _node_status(manifest: Manifest) -> JSON:
    ready = next(
        (
            condition
            for condition in mappings_at(manifest, "status", "conditions")
            if text_at(condition, "type") == "Ready"
        ),
        None,
    )
    word = "Unknown"
    if ready is not None:
        word = "Ready" if text_at(ready, "status") == "True" else "NotReady"
    cordoned = mapping_at(manifest, "spec").get("unschedulable")
    return f"{word},SchedulingDisabled" if cordoned else word


def _roles(manifest: Manifest) -> JSON:
    labels = text_map_at(manifest, "metadata", "labels")
    roles = {key.removeprefix(ROLE_PREFIX) for key in labels if key.startswith(ROLE_PREFIX)}
    roles |= {labels["kubernetes.io/role"]} if labels.get("kubernetes.io/role") else set()
    return ",".join(sorted(roles - {""})) or NONE


def _node_address(type_: str) -> Cell:
    def read(manifest: Manifest) -> JSON:
        for item in mappings_at(manifest, "status", "addresses"):
            if text_at(item, "type") == type_:
                return text_at(item, "address")
        return NONE

    return read


def _info(field: str, empty: str = UNKNOWN) -> Cell:
    return _text("status", "nodeInfo", field, empty=empty)


NODE_COLUMNS = (
    NAME,
    Column("Status", _node_status, help="Whether it is ready and takes Pods."),
    Column("Roles", _roles, help="What it is for."),
    AGE,
    Column("Version", _info("kubeletVersion", ""), help="Version of its kubelet."),
    Column("Internal-IP", _node_address("InternalIP"), wide=True, help="Its address inside."),
    Column("External-IP", _node_address("ExternalIP"), wide=True, help="Its address outside."),
    Column("OS-Image", _info("osImage"), wide=True, help="Its operating system."),
    Column("Kernel-Version", _info("kernelVersion"), wide=True, help="Its kernel."),
    Column("Container-Runtime", _info("containerRuntimeVersion"), wide=True,
           help="What runs its containers."),
)  # fmt: skip

NAMESPACE_COLUMNS = (
    NAME,
    Column("Status", _text("status", "phase"), help="Active, or Terminating."),
    AGE,
)


def _none(manifest: Manifest) -> JSON:
    return 0


CONFIG_MAP_COLUMNS = (
    NAME, Column("Data", _none, help="Entries; netviz keeps none."), AGE,
)  # fmt: skip
SECRET_COLUMNS = (
    NAME,
    Column("Type", _text("type"), help="What it is for."),
    Column("Data", _none, help="Entries; netviz keeps none."),
    AGE,
)
SERVICE_ACCOUNT_COLUMNS = (
    NAME,
    Column("Secrets", lambda manifest: len(list_at(manifest, "secrets")), help="Its secrets."),
    AGE,
)


def _revision_owner(manifest: Manifest) -> JSON:
    for owner in mappings_at(manifest, "metadata", "ownerReferences"):
        if owner.get("controller"):
            kind = (text_at(owner, "kind") or "").lower()
            group = (text_at(owner, "apiVersion") or "").rpartition("/")[0]
            return f"{kind}.{group}/{text_at(owner, 'name')}".replace("./", "/", 1)
    return NONE


CONTROLLER_REVISION_COLUMNS = (
    NAME,
    Column("Controller", _revision_owner, help="Whose template it keeps."),
    Column("Revision", _count("revision"), help="Its place in the history."),
    AGE,
)
