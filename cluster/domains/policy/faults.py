"""What is worth telling about one NetworkPolicy among the Pods and Namespaces of one moment.

Depends on the set of label maps and container ports that Pods have, never on their number or
names; `findings` relies on that to leave most changes of Pods alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.policy.finding_texts import (
    HOST_NETWORK_ONLY,
    HOST_NETWORK_TOO,
    NO_NAMESPACE,
    NO_PEER_POD,
    SELECTS_NO_POD,
    UNNAMED_PORT,
)
from cluster.domains.policy.policy import NetworkPolicy, Peer
from cluster.domains.policy.spec_faults import is_contradictory
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.template import CONTROLLER_REVISION_HASH, POD_TEMPLATE_HASH
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.nearest import nearest
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


def is_isolable(pod: Pod) -> bool:
    """Whether policies select the Pod and mean it as a peer (H-10, H-12)."""
    return not pod.host_network and not pod.is_finished


def faults(policy: NetworkPolicy, snapshot: Snapshot) -> list[Finding]:
    """Return the findings about `policy`, sorted."""
    key = snapshot.key_of(policy)
    found = [*_selection(policy, key, snapshot), *_hosts(policy, key, snapshot)]
    found += _named_ports(policy, key, snapshot)
    for path, peer in policy.peers():
        found += _peer(policy, key, path, peer, snapshot)
    return sorted(found)


def _finding(rule: FindingRule, key: Key, path: str, message: str, value: str = "") -> Finding:
    return Finding(key, rule.id, path, message, rule.severity, value)


def _isolable(snapshot: Snapshot, selector: Selector, namespace: str | None) -> Iterator[Pod]:
    found = snapshot.each_selected(Pod, selector, namespace)
    return (pod for pod in found if is_isolable(pod))


def selects_any(policy: NetworkPolicy, snapshot: Snapshot) -> bool:
    """Whether the policy selects a Pod that it can isolate."""
    pods = _isolable(snapshot, policy.pod_selector, policy.meta.namespace)
    return next(pods, None) is not None


def _selection(policy: NetworkPolicy, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    """Tell a policy that isolates nothing; one for every Pod waits for Pods and is fine."""
    selector, namespace = policy.pod_selector, policy.meta.namespace
    if selector.is_everything or is_contradictory(selector) or selects_any(policy, snapshot):
        return
    path = "spec.podSelector"
    running = (
        pod for pod in snapshot.each_selected(Pod, selector, namespace) if not pod.is_finished
    )
    if next(running, None) is not None:
        text = say(
            "Every Pod with {selector} is on the host network and cannot be isolated.",
            selector=str(selector),
        )
        yield _finding(HOST_NETWORK_ONLY, key, path, text, str(selector))
        return
    miss = nearest(
        selector,
        (pod.meta.labels for pod in snapshot.within(Pod, namespace).values() if is_isolable(pod)),
    )
    text = say("No Pod in {own} has {pods}.", own=namespace, pods=str(selector))
    if miss is not None:
        text = say(
            "No Pod in {own} has {pods}. The nearest Pods have {miss}.",
            own=namespace,
            pods=str(selector),
            miss=str(miss),
        )
    yield _finding(SELECTS_NO_POD, key, path, text, str(selector))


def _hosts(policy: NetworkPolicy, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    """Tell Pods that it selects beside others, and cannot hold (H-10)."""
    if not selects_any(policy, snapshot):
        return
    selected = snapshot.each_selected(Pod, policy.pod_selector, policy.meta.namespace)
    open_ = {_told(pod) for pod in selected if pod.host_network and not pod.is_finished}
    if open_:
        labels = min(open_) or say("no labels")
        text = say("Pods with {labels} are on the host network and stay open.", labels=labels)
        yield _finding(HOST_NETWORK_TOO, key, "spec.podSelector", text, str(policy.pod_selector))


def _told(pod: Pod) -> str:
    """Return the labels of a Pod as a selector would name it, without those of its revision."""
    own = (POD_TEMPLATE_HASH, CONTROLLER_REVISION_HASH)
    return ",".join(f"{k}={v}" for k, v in sorted(pod.meta.labels.items()) if k not in own)


def _named_ports(policy: NetworkPolicy, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    """Tell names that no selected Pod declares; an egress name is another Pod's affair (H-26)."""
    for index, rule in enumerate(policy.rules("Ingress")):
        for position, port in enumerate(rule.ports):
            if not isinstance(port.port, str):
                continue
            name, protocol = port.port, port.protocol
            pods = list(_isolable(snapshot, policy.pod_selector, policy.meta.namespace))
            if not pods or any(pod.named_port(name, protocol) is not None for pod in pods):
                continue
            path = f"spec.ingress[{index}].ports[{position}].port"
            text = say(
                "No selected Pod declares a {protocol} port named {name}.",
                protocol=protocol,
                name=name,
            )
            yield _finding(UNNAMED_PORT, key, path, text, name)


def _peer(
    policy: NetworkPolicy, key: Key, path: str, peer: Peer, snapshot: Snapshot
) -> Iterator[Finding]:
    if peer.ip_block is not None or any(
        selector is not None and is_contradictory(selector)
        for selector in (peer.namespace_selector, peer.pod_selector)
    ):
        return
    spaces = peer.namespace_selector
    if spaces is not None and not spaces.is_everything and not _meets_namespace(spaces, snapshot):
        text = say("No Namespace has {spaces}.", spaces=str(spaces))
        yield _finding(NO_NAMESPACE, key, f"{path}.namespaceSelector", text, str(spaces))
        return
    pods = peer.pod_selector
    if pods is None or pods.is_everything or _meets_pod(policy, peer, pods, snapshot):
        return
    missing = _no_pod_text(policy, peer, pods, snapshot)
    yield _finding(NO_PEER_POD, key, f"{path}.podSelector", missing, str(pods))


def _meets_namespace(spaces: Selector, snapshot: Snapshot) -> bool:
    return next(snapshot.each_selected(Namespace, spaces, None), None) is not None


def _meets_pod(policy: NetworkPolicy, peer: Peer, pods: Selector, snapshot: Snapshot) -> bool:
    """Whether any Pod is meant by the peer's selectors now (H-14 to H-16)."""
    spaces = peer.namespace_selector
    if spaces is None:
        return next(_isolable(snapshot, pods, policy.meta.namespace), None) is not None
    if spaces.is_everything:
        return next(_isolable(snapshot, pods, None), None) is not None
    return any(
        next(_isolable(snapshot, pods, namespace.meta.name), None) is not None
        for namespace in snapshot.each_selected(Namespace, spaces, None)
    )


class _Elsewhere:
    """The first namespace with a Pod that a selector means: hundreds of rules ask for the same."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[Selector, str] = {}

    def first(self, pods: Selector) -> str:
        """Return its name, "" where there is none."""
        if pods not in self._known:
            found = (pod.meta.namespace for pod in _isolable(self._snapshot, pods, None))
            self._known[pods] = min(found, default="")
        return self._known[pods]

    def apply(self, change: Change) -> None:
        """Forget everything once a Pod changes."""
        if change.key.kind == "Pod":
            self._known.clear()


def _no_pod_text(policy: NetworkPolicy, peer: Peer, pods: Selector, snapshot: Snapshot) -> str:
    if peer.namespace_selector is None:
        own = policy.meta.namespace
        elsewhere = snapshot.beside(_Elsewhere).first(pods)
        if elsewhere:
            return say(
                "No Pod in {own} has {pods}, but Pods in {elsewhere} do: a podSelector "
                "without a namespaceSelector means the policy's own namespace only.",
                own=own,
                pods=str(pods),
                elsewhere=elsewhere,
            )
        return say("No Pod in {own} has {pods}.", own=own, pods=str(pods))
    if peer.namespace_selector.is_everything:
        return say("No Pod in any namespace has {pods}.", pods=str(pods))
    return say(
        "No Pod in the namespaces with {spaces} has {pods}.",
        spaces=str(peer.namespace_selector),
        pods=str(pods),
    )
