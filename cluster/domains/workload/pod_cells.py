"""The cells of `kubectl get pods`. Source: `printPod` in kubernetes' printers; I-28."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cluster.machinery.columns import NONE
from cluster.machinery.durations import since
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


@dataclass(slots=True)
class _Told:
    """What the statuses of containers come to."""

    word: str
    ready: int = 0
    restarts: int = 0
    restarted: str = ""
    """When a container was restarted last, empty where none was."""

    def count_restarts(self, container: Manifest) -> None:
        """Add a container's restarts; times of one form compare as text."""
        self.restarts += integer_at(container, "restartCount") or 0
        ended = text_at(container, "lastState", "terminated", "finishedAt") or ""
        self.restarted = max(self.restarted, ended)


def _sidecars(manifest: Manifest) -> set[str | None]:
    return {
        text_at(container, "name")
        for container in mappings_at(manifest, "spec", "initContainers")
        if text_at(container, "restartPolicy") == "Always"
    }


def _holds(status: Manifest, type_: str) -> bool:
    return any(
        text_at(condition, "type") == type_ and text_at(condition, "status") == "True"
        for condition in mappings_at(status, "conditions")
    )


def _told(manifest: Manifest) -> _Told:
    """Read the statuses of init containers, sidecars and containers, in the printer's order."""
    status = mapping_at(manifest, "status")
    word = text_at(status, "reason") or text_at(status, "phase") or ""
    if _is_gated(status):
        word = "SchedulingGated"
    starting, sidecars = _initial(manifest, word)
    if starting.word != word and not _holds(status, "Initialized"):
        return starting
    told = _Told(starting.word, starting.ready, sidecars.restarts, sidecars.restarted)
    is_running = False
    for container in reversed(mappings_at(status, "containerStatuses")):
        told.count_restarts(container)
        ended = _ended_word(container)
        if ended is not None:
            told.word = ended
        elif flag_at(container, "ready"):
            told.ready += 1
            is_running = True
    if told.word == "Completed" and is_running:
        told.word = "Running" if _holds(status, "Ready") else "NotReady"
    return told


def _initial(manifest: Manifest, word: str) -> tuple[_Told, _Told]:
    """Return what the init containers come to, up to the first that is not done; and sidecars.

    The first has another word than `word` while one of them is not done.
    """
    sidecars = _sidecars(manifest)
    told, beside = _Told(word), _Told(word)
    count = len(list_at(manifest, "spec", "initContainers"))
    for place, container in enumerate(mappings_at(manifest, "status", "initContainerStatuses")):
        is_sidecar = text_at(container, "name") in sidecars
        told.count_restarts(container)
        if is_sidecar:
            beside.count_restarts(container)
        ended = mapping_at(container, "state", "terminated")
        if ended and not integer_at(ended, "exitCode"):
            continue
        if is_sidecar and (flag_at(container, "started") or flag_at(container, "ready")):
            told.ready += flag_at(container, "ready") or False
            continue
        waiting = text_at(container, "state", "waiting", "reason")
        if ended or (waiting and waiting != "PodInitializing"):
            told.word = f"Init:{_ended_word(container)}"
        else:
            told.word = f"Init:{place}/{count}"
        break
    return told, beside


def _is_gated(status: Manifest) -> bool:
    return any(
        text_at(condition, "type") == "PodScheduled"
        and text_at(condition, "reason") == "SchedulingGated"
        for condition in mappings_at(status, "conditions")
    )


def _ended_word(container: Manifest) -> str | None:
    """Return what a container waits for or ended with, None for one that runs."""
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


def ready_cell(manifest: Manifest) -> JSON:
    """Return ready containers of all, sidecars counted (`2/2`)."""
    total = len(list_at(manifest, "spec", "containers")) + len(_sidecars(manifest))
    return f"{_told(manifest).ready}/{total}"


def restarts_cell(manifest: Manifest) -> JSON:
    """Return how often containers were restarted, as text."""
    return str(_told(manifest).restarts)


def restarts_at(manifest: Manifest, now: datetime) -> JSON:
    """Return how often containers were restarted, and how long ago the last time was."""
    told = _told(manifest)
    if not told.restarts or not told.restarted:
        return str(told.restarts)
    return f"{told.restarts} ({since(told.restarted, now)} ago)"


def pod_status(manifest: Manifest) -> JSON:
    """Return the word under STATUS: the phase, or what a container waits for or ended with."""
    if text_at(manifest, "metadata", "deletionTimestamp"):
        status = mapping_at(manifest, "status")
        if text_at(status, "reason") == "NodeLost":
            return "Unknown"
        if text_at(status, "phase") not in {"Succeeded", "Failed"}:
            return "Terminating"
    return _told(manifest).word


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
    status = mapping_at(manifest, "status")
    met = sum(_holds(status, text_at(gate, "conditionType") or "") for gate in gates)
    return f"{met}/{len(gates)}"
