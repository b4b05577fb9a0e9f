"""The cells of `kubectl get pods`. Source: `printPod` in kubernetes' printers; I-28."""

from __future__ import annotations

from cluster.machinery.columns import NONE
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    flag_at,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)


def _sidecars(manifest: Manifest) -> set[str | None]:
    return {
        text_at(container, "name")
        for container in mappings_at(manifest, "spec", "initContainers")
        if text_at(container, "restartPolicy") == "Always"
    }


def _counted(manifest: Manifest) -> list[Manifest]:
    """Return the statuses of containers and sidecars."""
    sidecars = _sidecars(manifest)
    return mappings_at(manifest, "status", "containerStatuses") + [
        status
        for status in mappings_at(manifest, "status", "initContainerStatuses")
        if text_at(status, "name") in sidecars
    ]


def ready_cell(manifest: Manifest) -> JSON:
    """Return ready containers of all, sidecars counted (`2/2`)."""
    total = len(list_at(manifest, "spec", "containers")) + len(_sidecars(manifest))
    ready = sum(flag_at(status, "ready") or False for status in _counted(manifest))
    return f"{ready}/{total}"


def restarts_cell(manifest: Manifest) -> JSON:
    """Return how often containers were restarted, as text."""
    return str(sum(integer_at(status, "restartCount") or 0 for status in _counted(manifest)))


def pod_status(manifest: Manifest) -> JSON:
    """Return the word under STATUS: the phase, or what a container waits for or ended with."""
    status = mapping_at(manifest, "status")
    word = text_at(status, "reason") or text_at(status, "phase") or ""
    gated = any(
        text_at(condition, "type") == "PodScheduled"
        and text_at(condition, "reason") == "SchedulingGated"
        for condition in mappings_at(status, "conditions")
    )
    if gated:
        word = "SchedulingGated"
    for container in reversed(mappings_at(status, "containerStatuses")):
        word = _container_word(container) or word
    if text_at(manifest, "metadata", "deletionTimestamp"):
        lost = text_at(status, "reason") == "NodeLost"
        done = text_at(status, "phase") in {"Succeeded", "Failed"}
        return "Unknown" if lost else word if done else "Terminating"
    return word


def _container_word(container: Manifest) -> str | None:
    waiting = text_at(container, "state", "waiting", "reason")
    if waiting:
        return waiting
    ended = mapping_at(container, "state", "terminated")
    if not ended:
        return None
    reason = text_at(ended, "reason")
    if reason:
        return reason
    signal = integer_at(ended, "signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{integer_at(ended, 'exitCode') or 0}"


def pod_addresses(manifest: Manifest) -> JSON:
    """Return the Pod's first address, `<none>` without one."""
    for item in mappings_at(manifest, "status", "podIPs"):
        return text_at(item, "ip")
    return text_at(manifest, "status", "podIP") or NONE


def node_cell(manifest: Manifest) -> JSON:
    """Return the Node the Pod is bound to, `<none>` without one."""
    return text_at(manifest, "spec", "nodeName") or NONE


def readiness_gates_cell(manifest: Manifest) -> JSON:
    """Return readiness gates that are met of all, `<none>` where there are none."""
    gates = mappings_at(manifest, "spec", "readinessGates")
    if not gates:
        return NONE
    held = {
        text_at(condition, "type")
        for condition in mappings_at(manifest, "status", "conditions")
        if text_at(condition, "status") == "True"
    }
    met = sum(text_at(gate, "conditionType") in held for gate in gates)
    return f"{met}/{len(gates)}"
