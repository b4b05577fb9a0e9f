"""The status of a Pod that runs: conditions, container statuses, and when it is ready.

Readiness comes from, in this order: the annotation `netviz.io/ready`, what a dump or a status
write said of the containers, readiness gates, the Node. A reason of our own marks what we decided
and may take back; anything else was given and stays. Source: semantics.md I-28 to I-30, I-43.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.pod import READY_ANNOTATION, Pod
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    copy,
    mapping_at,
    mappings_at,
    text_at,
)

BY_ANNOTATION = "ReadinessAnnotation"
BY_CONTAINERS = "ContainersNotReady"
BY_GATES = "ReadinessGatesNotReady"
BY_NODE = "NodeNotReady"
BY_COMPLETION = "PodCompleted"
DERIVED = frozenset({BY_ANNOTATION, BY_CONTAINERS, BY_GATES, BY_NODE})
TYPES = (
    "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the containers and the Pod should be ready, and why not (empty: given or ready)."""

    containers: bool
    pod: bool
    containers_reason: str = ""
    pod_reason: str = ""

    def agrees_with(self, pod: Pod) -> bool:
        """Whether the Pod's conditions say so already."""
        if pod.is_ready != self.pod:
            return False
        if not self.pod and self.pod_reason and pod.reasons.get("Ready") != self.pod_reason:
            return False
        told = pod.conditions.get("ContainersReady")
        return told is None or (told == "True") == self.containers


def readiness_of(pod: Pod, *, node_is_ready: bool) -> Readiness:
    """Return whether a Pod should be ready (I-29, I-30, I-43)."""
    wish = pod.meta.annotations.get(READY_ANNOTATION, "").lower()
    containers, why = _containers_ready(pod, wish)
    if not containers:
        return Readiness(containers, pod=False, containers_reason=why, pod_reason=_blame(pod, why))
    if not all(pod.conditions.get(gate) == "True" for gate in pod.readiness_gates):
        return Readiness(containers, pod=False, pod_reason=BY_GATES)
    if not node_is_ready:
        return Readiness(containers, pod=False, pod_reason=BY_NODE)
    given = pod.conditions.get("Ready")
    if wish != "true" and given not in {None, "True"} and not _is_derived(pod):
        return Readiness(containers, pod=False)
    return Readiness(containers, pod=True)


def _blame(pod: Pod, why: str) -> str:
    """Return the reason of Ready for containers that are not: ours, unless it was given."""
    if why:
        return why
    return BY_CONTAINERS if pod.is_ready or _is_derived(pod) else ""


def _containers_ready(pod: Pod, wish: str) -> tuple[bool, str]:
    """Return whether the containers are ready, and the reason if that is our doing.

    A Pod that tells only its own readiness may blame the containers for it.
    """
    if wish in {"true", "false"}:
        return wish == "true", BY_ANNOTATION if wish == "false" else ""
    given = pod.conditions.get("ContainersReady")
    if given is None:
        blamed = pod.reasons.get("Ready") == BY_CONTAINERS
        return not (blamed and pod.conditions.get("Ready") != "True"), ""
    ours = pod.reasons.get("ContainersReady") == BY_ANNOTATION
    return given == "True" or ours, ""


def _is_derived(pod: Pod) -> bool:
    """Whether the Pod is unready because we said so, not because it was told to us."""
    return pod.reasons.get("Ready") in DERIVED


def started_status(
    manifest: Manifest,
    ips: tuple[str, ...],
    host_ips: tuple[str, ...],
    readiness: Readiness,
    now: str,
) -> Manifest:
    """Return the status of a Pod that has just been started."""
    held = {
        "PodReadyToStartContainers": True, "Initialized": True, "Ready": readiness.pod,
        "ContainersReady": readiness.containers, "PodScheduled": True,
    }  # fmt: skip
    existing = mappings_at(manifest, "status", "conditions")
    others: list[JSON] = [item for item in existing if text_at(item, "type") not in held]
    conditions: list[JSON] = [
        _condition(type_, now, readiness, holds=held[type_]) for type_ in TYPES
    ]
    status: Manifest = {
        "phase": "Running",
        "startTime": text_at(manifest, "status", "startTime") or now,
        "podIP": ips[0],
        "podIPs": [{"ip": ip} for ip in ips],
        "conditions": [*conditions, *others],
    }
    if host_ips:
        status["hostIP"] = host_ips[0]
        status["hostIPs"] = [{"ip": ip} for ip in host_ips]
    spec = mapping_at(manifest, "spec")
    status["containerStatuses"] = [
        _running(container, now, ready=readiness.containers)
        for container in mappings_at(spec, "containers")
    ]
    inits: list[JSON] = [_initialised(item, now) for item in mappings_at(spec, "initContainers")]
    if inits:
        status["initContainerStatuses"] = inits
    return status


def readiness_patch(manifest: Manifest, readiness: Readiness, now: str) -> Manifest:
    """Return the patch that makes the conditions and container statuses say `readiness`."""
    wanted = {"Ready": readiness.pod, "ContainersReady": readiness.containers}
    conditions: list[JSON] = []
    for item in mappings_at(manifest, "status", "conditions"):
        type_ = text_at(item, "type") or ""
        if type_ in wanted:
            conditions.append(_turned(item, readiness, now, holds=wanted[type_]))
        else:
            conditions.append(item)
    status: Manifest = {"conditions": conditions}
    listed = mappings_at(manifest, "status", "containerStatuses")
    if any(item.get("ready") is not readiness.containers for item in listed):
        status["containerStatuses"] = [
            {**item, "ready": readiness.containers} if _runs(item) else item for item in listed
        ]
    return {"status": status}


def finished_patch(manifest: Manifest, now: str) -> Manifest:
    """Return the patch that takes readiness from a Pod that has ended (I-29)."""
    conditions: list[JSON] = []
    for item in mappings_at(manifest, "status", "conditions"):
        if text_at(item, "type") in {"Ready", "ContainersReady"}:
            ended = {"status": "False", "reason": BY_COMPLETION, "lastTransitionTime": now}
            conditions.append({**item, **ended})
        else:
            conditions.append(item)
    return {"status": {"conditions": conditions}}


def _runs(status: Manifest) -> bool:
    return not mapping_at(status, "state") or bool(mapping_at(status, "state", "running"))


def _turned(item: Manifest, readiness: Readiness, now: str, *, holds: bool) -> Manifest:
    """Return a condition with another status, or the same one with the reason it has now."""
    told = text_at(item, "status") == "True"
    found = copy(item)
    if told != holds:
        found["lastTransitionTime"] = now
    found["status"] = "True" if holds else "False"
    reason = _reason(text_at(item, "type") or "", readiness)
    if holds:
        found.pop("reason", None)
        found.pop("message", None)
    elif reason:
        found["reason"] = reason
        found.pop("message", None)
    return found


def _reason(type_: str, readiness: Readiness) -> str:
    return {"Ready": readiness.pod_reason, "ContainersReady": readiness.containers_reason}.get(
        type_, ""
    )


def _condition(type_: str, now: str, readiness: Readiness, *, holds: bool) -> Manifest:
    found: Manifest = {
        "type": type_,
        "status": "True" if holds else "False",
        "lastTransitionTime": now,
    }
    reason = _reason(type_, readiness)
    if reason and not holds:
        found["reason"] = reason
    return found


def _running(container: Manifest, now: str, *, ready: bool) -> Manifest:
    return {
        "name": text_at(container, "name"),
        "image": text_at(container, "image"),
        "imageID": "",
        "ready": ready,
        "started": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": now}},
    }


def _initialised(container: Manifest, now: str) -> Manifest:
    """Return the status of an init container that is done, or of a sidecar that runs."""
    if text_at(container, "restartPolicy") == "Always":
        return _running(container, now, ready=True)
    done: Manifest = {
        "exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now,
    }  # fmt: skip
    return {
        "name": text_at(container, "name"),
        "image": text_at(container, "image"),
        "imageID": "",
        "ready": True,
        "restartCount": 0,
        "state": {"terminated": done},
    }
