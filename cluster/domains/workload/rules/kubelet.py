"""What the Nodes make of the Pods bound to them: addresses, phase, readiness.

The owner is the Node: its Pods share one range of addresses, and its readiness is theirs. A Pod
that brings its own status (a dump) keeps what it has. Source: semantics.md I-26, I-28 to I-30,
I-41 to I-43, C-27, C-28; kubelet `status/generate.go`, kwok's fast stages.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.hostname import pod_hostname
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.addressing import Addresses
from cluster.domains.workload.rules.pod_status import (
    Readiness,
    finished_patch,
    readiness_of,
    readiness_patch,
    started_status,
)
from cluster.machinery.changes import Change
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, View
from cluster.machinery.snapshot import Snapshot


class Kubelets:
    """Runs the Pods of each Node."""

    name = "kubelet"
    kinds = frozenset({"Node", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Node itself, and the Nodes a Pod is or was bound to."""
        if change.key.kind == "Node":
            yield change.key
            return
        for version in change.versions:
            if isinstance(version, Pod) and version.node_name:
                yield Key("", "Node", "", version.node_name)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Node."""
        return (snapshot.key_of(node) for node in snapshot.of(Node))

    def derive(self, owner: Key, view: View) -> Answer:
        """Start what was bound, and keep every Pod's readiness true."""
        snapshot = view.snapshot
        node = snapshot.get(Node, "", owner.name)
        if node is None:
            return NOTHING
        writes: list[Patch] = []
        waiting: list[Pod] = []
        for pod in snapshot.lookup(Pod, "node", owner.name):
            if _must_start(pod):
                waiting.append(pod)
                continue
            patch = _keep(pod, node, view)
            if patch is not None:
                writes.append(Patch(snapshot.key_of(pod), patch))
        events: list[Event] = []
        is_full = False
        if waiting:
            addresses = Addresses(node, snapshot)
            for pod in sorted(waiting, key=_age):
                refusal = pod_hostname(pod, view.settings.cluster_domain).error
                if refusal is not None:  # E-61: it stays Pending
                    events.append(_no_sandbox(snapshot.key_of(pod), refusal))
                    continue
                patch = _start(pod, node, addresses, view)
                if patch is None:
                    is_full = True
                    events.append(_no_address(snapshot.key_of(pod), node))
                else:
                    writes.append(Patch(snapshot.key_of(pod), patch))
        error = f"no Pod address is left on Node {owner.name}" if is_full else None
        writes.sort(key=lambda write: write.key)
        return Answer(writes=tuple(writes), events=tuple(events), error=error)


def _age(pod: Pod) -> tuple[str, str, str]:
    return (pod.meta.creation_timestamp or "", pod.meta.namespace, pod.meta.name)


def _must_start(pod: Pod) -> bool:
    """Whether a bound Pod was not told to be anything yet: no readiness, not ended or ending."""
    return "Ready" not in pod.conditions and not pod.is_finished and not pod.is_terminating


def _start(pod: Pod, node: Node, addresses: Addresses, view: View) -> Manifest | None:
    """Return the patch that runs a Pod, None where its Node has no address for it."""
    ips = pod.ips or addresses.give(pod)
    if not ips:
        return None
    key = view.snapshot.key_of(pod)
    readiness = readiness_of(pod, node_is_ready=node.is_ready)
    return {
        "status": started_status(view.manifest(key), ips, node.internal_ips, readiness, view.now)
    }


def _keep(pod: Pod, node: Node, view: View) -> Manifest | None:
    """Return the patch that makes a running Pod's readiness true, None where it is."""
    key = view.snapshot.key_of(pod)
    if pod.is_finished:
        return finished_patch(view.manifest(key), view.now) if pod.is_ready else None
    if "Ready" not in pod.conditions:
        return None
    readiness: Readiness = readiness_of(pod, node_is_ready=node.is_ready)
    if readiness.agrees_with(pod):
        return None
    return readiness_patch(view.manifest(key), readiness, view.now)


def _no_address(key: Key, node: Node) -> Event:
    ranges = ", ".join(node.pod_cidrs) or "none"
    text = f"failed to allocate an address: no IP addresses available in range set: {ranges}"
    return _no_sandbox(key, text)


def _no_sandbox(key: Key, reason: str) -> Event:
    text = f"Failed to create pod sandbox: {reason}"
    return Event(key, "Warning", "FailedCreatePodSandBox", text)
