"""Findings about Pods that egress policies cut off from the cluster's DNS: NV421 and NV422.

The owner is the Namespace: its classes of equal Pods are few, and what is found is told once for
each set of policies that isolate Pods together, about the first of them by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.policy.classes import PodClass
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.ports import code_of, holds
from cluster.domains.policy.standing import altered_cells, altered_classes, standing_index
from cluster.domains.policy.tables import Table
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.policy_effects.texts import DNS_TCP, DNS_UDP

DNS_PORT = 53
# Where no DNS Pod is known, a rule for one of these is taken for what lets names resolve; 5353 is
# where some distributions' DNS Pods listen.
_LIKELY = tuple(code_of("UDP", number) for number in (DNS_PORT, 5353))
_CLUSTER_DNS = ("ClusterFirst", "ClusterFirstWithHostNet")  # the policies that ask it (E-46)


@dataclass(frozen=True, slots=True)
class _Server:
    """DNS Pods of one class, and where they listen; None where they do not."""

    pod_class: PodClass
    udp: int | None
    tcp: int | None


@dataclass(frozen=True, slots=True)
class DNSBlockedFindings:
    """Facts of a Namespace: policies in it that keep Pods from resolving names."""

    name: str = "dns_blocked_findings"
    kinds: frozenset[str] = frozenset({"NetworkPolicy", "Pod", "Service", "Namespace"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Namespace of a policy or of a new sort of Pods; all where DNS differs."""
        if not snapshot.count(NetworkPolicy) and change.key.kind != "NetworkPolicy":
            return []
        match change.new or change.old:
            case NetworkPolicy():
                versions = [one for one in change.versions if isinstance(one, NetworkPolicy)]
                does = any(version.isolates("Egress") for version in versions)
                return [_space_key(change.key.namespace)] if does else []
            case Pod():
                return _of_pod(change, snapshot)
            case Service():
                return self.all_owners(snapshot) if _is_dns(change, snapshot) else []
            case Namespace() if _relabels_dns(change, snapshot):
                return self.all_owners(snapshot)
        return []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Namespace that has policies."""
        return map(_space_key, snapshot.namespaces_of(NetworkPolicy))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return what the egress policies of one Namespace do to names."""
        snapshot = view.snapshot
        policies = snapshot.within(NetworkPolicy, owner.name).values()
        service = dns_service(snapshot)
        if service is None or not any(policy.isolates("Egress") for policy in policies):
            return NOTHING
        index = standing_index(snapshot)
        servers = _servers(service, index, snapshot)
        serving = {server.pod_class for server in servers}
        found = {
            finding
            for pod_class in _asking(owner.name, index) - serving
            if (table := _isolating(pod_class)) is not None
            for finding in _faults(pod_class, table, servers, service, snapshot)
        }
        return Answer(facts=tuple(sorted(found)))


def dns_service(snapshot: Snapshot) -> Service | None:
    """Return the Service at the address that kubelets give to Pods, None without one."""
    for address in snapshot.settings.dns_addresses[:1]:
        for service in snapshot.lookup(Service, "address", address):
            if address in service.virtual_ips:
                return service
    return None


def _space_key(namespace: str) -> Key:
    return Key("", "Namespace", "", namespace)


def _of_pod(change: Change, snapshot: Snapshot) -> Iterable[Key]:
    service = dns_service(snapshot)
    namespace = change.key.namespace
    if service is not None and service.meta.namespace == namespace and service.pod_selector:
        altered = altered_cells(change, standing_index(snapshot))
        if any(service.pod_selector.matches(pod.meta.labels) for pod in altered):
            return map(_space_key, snapshot.namespaces_of(NetworkPolicy))
    policies = snapshot.within(NetworkPolicy, namespace).values()
    if not any(policy.isolates("Egress") for policy in policies):
        return []
    is_new = altered_classes(change, standing_index(snapshot), _asks)
    return [_space_key(namespace)] if is_new else []


def _is_dns(change: Change, snapshot: Snapshot) -> bool:
    addresses = snapshot.settings.dns_addresses[:1]
    versions = [one for one in change.versions if isinstance(one, Service)]
    seen = {(one.virtual_ips, one.pod_selector, one.ports) for one in versions}
    is_same = len(versions) == 2 and len(seen) == 1  # noqa: PLR2004 - before and after
    return not is_same and any(
        address in version.virtual_ips for version in versions for address in addresses
    )


def _relabels_dns(change: Change, snapshot: Snapshot) -> bool:
    service = dns_service(snapshot)
    if service is None or service.meta.namespace != change.key.name:
        return False
    labels = [None if one is None else one.meta.labels for one in (change.old, change.new)]
    return labels[0] != labels[1]


def _asks(pod: Pod) -> bool:
    """Whether a Pod resolves names with the cluster's DNS."""
    return pod.dns_policy in _CLUSTER_DNS


def _asking(namespace: str, index: PolicyIndex) -> set[PodClass]:
    """Return the classes of a Namespace with a Pod that asks the cluster's DNS."""
    space = index.atoms.spaces.get(namespace)
    groups = () if space is None else space.groups.values()
    classes = {cell.pod_class for group in groups for cell in group.cells.values()}
    return {
        one
        for one in classes
        if any(member.pod is not None and _asks(member.pod) for member in one.members)
    }


def _isolating(pod_class: PodClass) -> Table | None:
    table = pod_class.egress
    if table is None:
        return None
    if not table.is_fresh:
        table.refresh()
    return table if table.isolates else None


def _servers(service: Service, index: PolicyIndex, snapshot: Snapshot) -> list[_Server]:
    """Return the DNS Pods by class; none where nobody knows them."""
    if service.pod_selector is None:
        return []
    found: dict[PodClass, _Server] = {}
    for pod in snapshot.each_selected(Pod, service.pod_selector, service.meta.namespace):
        member = index.member(pod.meta.namespace, pod.meta.name)
        if member is not None and member.pod_class not in found:
            codes = (_listens(service, pod, protocol) for protocol in ("UDP", "TCP"))
            found[member.pod_class] = _Server(member.pod_class, *codes)
    return list(found.values())


def _listens(service: Service, pod: Pod, protocol: str) -> int | None:
    for port in service.ports:
        if (port.port, port.protocol) == (DNS_PORT, protocol):
            target = port.target_port
            number = target if isinstance(target, int) else pod.named_port(target, protocol)
            return None if number is None else code_of(protocol, number)
    return None


def _faults(
    pod_class: PodClass,
    table: Table,
    servers: list[_Server],
    service: Service,
    snapshot: Snapshot,
) -> Iterator[Finding]:
    names = sorted(
        name
        for subject in table.subjects
        for name, compiled in subject.policies.items()
        if compiled.egress is not None
    )
    who = (
        say("NetworkPolicies {names} isolate", names=joined(", ", names))
        if len(names) > 1
        else say("it isolates")
    )
    key = Key("networking.k8s.io", "NetworkPolicy", pod_class.space.name, names[0])
    where = snapshot.key_of(service)
    if not servers:
        if not _is_likely(table):
            text = say(
                "The Pods that {who} may reach nobody on UDP {port}: names do not resolve.",
                who=who,
                port=DNS_PORT,
            )
            yield _finding(DNS_UDP, key, text, table)
        return
    has_udp = any(_reaches(pod_class, table, one.pod_class, one.udp) for one in servers)
    has_tcp = any(_reaches(pod_class, table, one.pod_class, one.tcp) for one in servers)
    if not has_udp:
        what = "UDP" if has_tcp else say("UDP and TCP")
        text = say(
            "The Pods that {who} cannot reach {where} on {what} {port}.",
            who=who,
            where=str(where),
            what=what,
            port=DNS_PORT,
        )
        yield _finding(DNS_UDP, key, text, table)
    elif not has_tcp and any(one.tcp is not None for one in servers):
        text = say(
            "The Pods that {who} cannot reach {where} on TCP {port}.",
            who=who,
            where=str(where),
            port=DNS_PORT,
        )
        yield _finding(DNS_TCP, key, text, table)


def _finding(rule: FindingRule, key: Key, text: str, table: Table) -> Finding:
    """Return a finding; Pods that may connect to nobody at all have no use for names."""
    is_shut = not (table.anyone or table.ports or table.named or table.anyone_named)
    return Finding(key, rule.id, "spec.egress", text, "info" if is_shut else rule.severity)


def _reaches(pod_class: PodClass, table: Table, server: PodClass, code: int | None) -> bool:
    return code is not None and any(
        table.admits(server, server, code, family)
        for family in pod_class.families
        if family in server.families
    )


def _is_likely(table: Table) -> bool:
    """Whether a rule looks as if it were for DNS Pods that are not known."""
    listed = (table.anyone, *table.ports.values())
    names = (*table.anyone_named, *(name for held in table.named.values() for name in held))
    return any(holds(ports, code) for ports in listed for code in _LIKELY) or any(
        "dns" in name for _protocol, name in names
    )
