"""The smallest change that would let a denied direction pass.

Every remedy was tried: the connection was judged again with it. A label counts as smaller than an
edit of a policy; policies are only ever added to, so that nothing else stops passing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.domains.policy.ends import NAME_LABEL, End
from cluster.domains.policy.misses import Miss, Unmet, closest_miss
from cluster.domains.policy.policy import PEERS_FIELD, RULES_FIELD, NetworkPolicy
from cluster.domains.policy.ports import PROTOCOLS
from cluster.domains.policy.verdict import Connection, Selecting, Side, Verdict, judge
from cluster.machinery.addresses import WIDTHS
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.texts import say

# Labels that controllers give to single Pods or generations of them: no policy should name them.
GENERATED = frozenset({
    "pod-template-hash", "controller-revision-hash", "pod-template-generation",
    "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid",
    "job-name", "batch.kubernetes.io/job-completion-index",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """One edit of one object: `value` is set at `path`, or appended to the list there.

    `path` steps are keys and positions, so that keys with dots stay whole.
    """

    object: Key
    path: tuple[str | int, ...]
    value: JSON
    is_appended: bool
    text: str

    def __str__(self) -> str:
        """The edit in words."""
        return self.text


def smallest_change(
    verdict: Verdict, side: Side, selecting: Selecting, conventions: Conventions = STANDARD
) -> Remedy | None:
    """Return the smallest edit after which `side` passes and the other side passes no less.

    None where the side passes already. `selecting` and `conventions` as `verdict.judge` takes
    them.
    """
    if side.passes:
        return None
    miss = closest_miss(verdict, side)
    if miss is not None:
        for remedy, connection in _relabellings(verdict.connection, side, miss):
            if _helps(verdict, side, judge(connection, selecting, conventions)):
                return remedy
    return _addition(verdict, side, miss)


def _helps(before: Verdict, side: Side, after: Verdict) -> bool:
    """Whether the side passes now, and the other one if it did before."""
    sides = {"Egress": (before.egress, after.egress), "Ingress": (before.ingress, after.ingress)}
    return not after.obstacle and all(
        new.passes or (name != side.direction and not old.passes)
        for name, (old, new) in sides.items()
    )


def _relabellings(
    connection: Connection, side: Side, miss: Miss
) -> Iterator[tuple[Remedy, Connection]]:
    """Yield the one label whose change would meet the rule, with the connection as it were."""
    if len(miss.unmet) != 1 or not miss.unmet[0].key:
        return
    unmet, end = miss.unmet[0], connection.peer(side.direction)
    pod = end.pod
    if pod is None:
        return
    # A label that a workload's Pod has already is most often what the workload knows it by.
    if unmet.lack == "pod label" and unmet.key in pod.meta.labels and pod.meta.controller:
        return
    path = ("metadata", "labels", unmet.key)
    if unmet.lack == "pod label":
        key = Key("", "Pod", pod.meta.namespace, pod.meta.name)
        changed = end.relabelled({**pod.meta.labels, unmet.key: unmet.value})
        yield _label(key, path, unmet), _with_peer(connection, side, changed)
    elif unmet.lack == "namespace label":
        key = Key("", "Namespace", "", pod.meta.namespace)
        labels = {**end.namespace_labels, unmet.key: unmet.value}
        yield _label(key, path, unmet), _in_namespace(connection, pod.meta.namespace, labels)


def _label(key: Key, path: tuple[str, ...], unmet: Unmet) -> Remedy:
    text = say(
        "label {key} {label}={value} (now: {found})",
        key=str(key),
        label=unmet.key,
        value=unmet.value,
        found=unmet.found,
    )
    return Remedy(key, path, unmet.value, is_appended=False, text=text)


def _with_peer(connection: Connection, side: Side, end: End) -> Connection:
    if side.direction == "Ingress":
        return replace(connection, source=end)
    return replace(connection, destination=end)


def _in_namespace(connection: Connection, namespace: str, labels: Mapping[str, str]) -> Connection:
    """Return the connection as if a namespace had other labels, for whichever end is in it."""

    def changed(end: End) -> End:
        if end.pod is None or end.pod.meta.namespace != namespace:
            return end
        return replace(end, namespace_labels=labels)

    return replace(
        connection, source=changed(connection.source), destination=changed(connection.destination)
    )


def _addition(verdict: Verdict, side: Side, miss: Miss | None) -> Remedy:
    """Return what to add to a policy: a port or a peer to the nearest rule, or a rule."""
    connection = verdict.connection
    end = connection.peer(side.direction)
    field, peers = RULES_FIELD[side.direction], PEERS_FIELD[side.direction]
    lacks = set() if miss is None else {unmet.lack == "port" for unmet in miss.unmet}
    port = _port(connection)
    if miss is not None and lacks == {True} and port is not None:
        path: tuple[str | int, ...] = ("spec", field, miss.rule, "ports")
        return _append(miss.policy, path, port, _port_text(connection))
    policy = side.isolated_by[0] if miss is None else miss.policy
    peer = _peer(verdict, side, policy)
    if miss is not None and lacks == {False}:
        path = ("spec", field, miss.rule, peers)
        return _append(miss.policy, path, peer, say("a peer for {end}", end=end.label))
    rule: Manifest = {peers: [peer]}
    if port is not None:
        rule["ports"] = [port]
    ports = _port_text(connection)
    text = (
        say("a rule for {ports} from {end}", ports=ports, end=end.label)
        if side.direction == "Ingress"
        else say("a rule for {ports} to {end}", ports=ports, end=end.label)
    )
    return _append(policy, ("spec", field), rule, text)


def _append(
    policy: NetworkPolicy, path: tuple[str | int, ...], value: Manifest, what: str
) -> Remedy:
    key = Key("networking.k8s.io", "NetworkPolicy", policy.meta.namespace, policy.meta.name)
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    text = say("add {what} to {where} of {key}", what=what, where=where[1:], key=str(key))
    return Remedy(key, path, value, is_appended=True, text=text)


def _port(connection: Connection) -> Manifest | None:
    """Return the entry of `ports` for a connection, None where only a rule without one helps."""
    if connection.protocol not in PROTOCOLS or connection.port is None:
        return None
    return {"protocol": connection.protocol, "port": connection.port}


def _port_text(connection: Connection) -> str:
    if connection.protocol not in PROTOCOLS:
        return say("all ports")
    return f"{connection.protocol} {connection.port}"


def _peer(verdict: Verdict, side: Side, policy: NetworkPolicy) -> Manifest:
    """Return a peer that means the other end: by its own labels, or by its address."""
    end = verdict.connection.peer(side.direction)
    if end.pod is None:
        assert verdict.family is not None  # noqa: S101
        return {"ipBlock": {"cidr": f"{end.addresses[verdict.family]}/{WIDTHS[verdict.family]}"}}
    kept: Manifest = {
        key: value for key, value in end.pod.meta.labels.items() if key not in GENERATED
    }
    peer: Manifest = {"podSelector": {"matchLabels": kept}}
    namespace = end.pod.meta.namespace
    if namespace != policy.meta.namespace:
        peer["namespaceSelector"] = {"matchLabels": {NAME_LABEL: namespace}}
    return peer
