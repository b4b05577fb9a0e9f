"""The same cluster three times: as manifests (`Plain`), as a snapshot, and as an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import asdict
from itertools import product
from typing import Any

from cluster.domains.policy.classes import Member
from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.domains.policy.ends import NAME_LABEL, End, address_end, node_end, pod_end
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.outsiders import node_member, outsider
from cluster.domains.policy.policy_defaults import default_policy
from cluster.domains.policy.verdict import Connection, Verdict, judge
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.node import Node, parse_node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family, parse_address
from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings
from cluster.machinery.snapshot import Snapshot
from tests.domains.policy.objects import KINDS as POLICY_KINDS
from tests.domains.policy.plain import Plain, Who

Raw = dict[str, Any]
FAMILIES: tuple[tuple[Family, int], ...] = (("IPv4", 4), ("IPv6", 6))

KINDS = Kinds(
    (
        *POLICY_KINDS,
        Kind(
            group="", version="v1", kind="Node", plural="nodes", type=Node, parse=parse_node,
            namespaced=False,
        ),
    )
)  # fmt: skip
DUAL: Raw = {"service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"]}
PROBES = (("TCP", 80), ("TCP", 8080), ("TCP", 9000), ("UDP", 53), ("SCTP", 80), ("ICMP", None))


class Triple:
    """Feeds one history to all three, and compares what they say."""

    def __init__(self, objects: Iterable[Raw] = (), conventions: Conventions = STANDARD) -> None:
        switches = asdict(conventions)
        self.conventions = conventions
        self.plain = Plain(
            options=frozenset(name for name, is_on in switches.items() if is_on),
            ipblock_matches_pods=conventions.ipblock_matches_pods,
        )
        self.snapshot = Snapshot(KINDS, parse_settings(DUAL))
        self.index = PolicyIndex(conventions, ("IPv4", "IPv6"))
        for item in objects:
            self.put(item)

    def put(self, manifest: Raw) -> Change:
        kind = KINDS[manifest["kind"]]
        meta = manifest["metadata"]
        namespace, name = meta.get("namespace", ""), meta["name"]
        self._plain(kind.kind)[self._name(kind, namespace, name)] = manifest
        defaulted = deepcopy(manifest)
        if kind.kind == "NetworkPolicy":
            default_policy(defaulted)
        change = self.snapshot.put(kind.parse(defaulted))
        self.index.apply(change)
        return change

    def remove(self, kind_name: str, namespace: str, name: str) -> Change | None:
        kind = KINDS[kind_name]
        self._plain(kind_name).pop(self._name(kind, namespace, name), None)
        change = self.snapshot.remove(Key(kind.group, kind_name, namespace, name))
        if change is not None:
            self.index.apply(change)
        return change

    def stored(self, kind_name: str, namespace: str, name: str) -> Raw:
        """Return the manifest as it was written; a Namespace that nobody wrote has no more."""
        found = self._plain(kind_name).get(self._name(KINDS[kind_name], namespace, name))
        if found is not None:
            return found
        metadata = {"name": name, "labels": {NAME_LABEL: name}}
        return {"apiVersion": "v1", "kind": kind_name, "metadata": metadata}

    def _plain(self, kind: str) -> dict[Any, Raw]:
        by_kind: dict[str, dict[Any, Raw]] = {
            "Namespace": self.plain.namespaces, "Node": self.plain.nodes,
            "Pod": self.plain.pods, "NetworkPolicy": self.plain.policies,
        }  # fmt: skip
        return by_kind[kind]

    @staticmethod
    def _name(kind: Kind, namespace: str, name: str) -> object:
        return (namespace, name) if kind.namespaced else name

    # ends

    def everyone(self, outside: Iterable[str] = ()) -> list[Who]:
        found = [Who("Pod", namespace, name) for namespace, name in sorted(self.plain.pods)]
        found += [Who("Node", name=name) for name in sorted(self.plain.nodes)]
        return found + [Who("IP", ip=ip) for ip in outside]

    def end(self, who: Who) -> End:
        if who.kind == "Pod":
            pod = self.snapshot.get(Pod, who.namespace, who.name)
            assert pod is not None
            namespace = self.snapshot.get(Namespace, "", who.namespace)
            labels = None if namespace is None else namespace.meta.labels
            return pod_end(pod, labels, self.conventions, ("IPv4", "IPv6"))
        if who.kind == "Node":
            node = self.snapshot.get(Node, "", who.name)
            assert node is not None
            return node_end(node, self.conventions)
        address = parse_address(who.ip)
        assert address is not None
        return address_end(address)

    def member(self, who: Who) -> Member | None:
        if who.kind == "Pod":
            return self.index.member(who.namespace, who.name)
        if who.kind == "Node":
            node = self.snapshot.get(Node, "", who.name)
            assert node is not None
            return node_member(self.index, node)
        address = parse_address(who.ip)
        assert address is not None
        return outsider(self.index, address)

    # verdicts

    def verdict(self, source: Who, target: Who, protocol: str, port: int | None) -> Verdict:
        connection = Connection(self.end(source), self.end(target), protocol, port)
        return judge(connection, self.index.selecting, self.conventions)

    def disagreements(
        self, ends: list[Who], probes: Iterable[tuple[str, int | None]] = PROBES
    ) -> Iterator[str]:
        """Yield what is said differently by the three, over every pair, probe and family."""
        members = {who: self.member(who) for who in ends}
        sides = {who: self.end(who) for who in ends}
        for (source, target), (protocol, port) in product(product(ends, ends), probes):
            for family, version in FAMILIES:
                plain = self.plain.allowed(source, target, protocol, port or 0, version)
                connection = Connection(sides[source], sides[target], protocol, port, family)
                judged = judge(connection, self.index.selecting, self.conventions).allowed
                one, other = members[source], members[target]
                fast = False
                if one is not None and other is not None:
                    fast = self.index.allows(one, other, protocol, port, family)
                if not plain == judged == fast:
                    yield f"{connection} {family}: plain {plain}, judged {judged}, fast {fast}"


def shape(index: PolicyIndex) -> dict[str, Any]:
    """Return everything an index holds, by content: equal for equal clusters, leaks included."""
    numbers: dict[int, object] = {
        number: (atom.scope.selector or atom.scope.key.namespace, atom.selector)
        for number, atom in index.atoms.by_number.items()
    }
    numbers |= {number: block.block for number, block in index.blocks.by_number.items()}
    subjects = {
        number: (subject.space.name, subject.selector, tuple(sorted(subject.policies)))
        for number, subject in index.atoms.subjects.items()
    }

    def content(met: Iterable[int]) -> frozenset[object]:
        return frozenset(numbers[number] for number in met)

    classes = set()
    for found in index.classes.all.values():
        members = {
            (member.pod.meta.namespace, member.pod.meta.name, member.node, member.located)
            for member in found.members
            if member.pod is not None
        }
        blocks = tuple(content(met) for met in found.addresses.met.values())
        selected = frozenset(subjects[number] for number in found.selected)
        met = content(found.peers), content(found.space.peers), blocks
        classes.add((
            found.space.name, selected, met, found.addresses.families, found.names, found.is_node,
            frozenset(members),
        ))  # fmt: skip
    return {
        "classes": classes,
        "atoms": sorted(map(repr, numbers.values())),
        "subjects": sorted(map(repr, subjects.values())),
        "spaces": sorted(index.atoms.spaces),
        "scopes": sorted(map(str, index.atoms._scopes)),
        "choices": sorted(map(str, index.atoms._choices)),
        "groups": sum(len(space.groups) for space in index.atoms.spaces.values()),
        "sets": len(index.blocks.sets),
        "tables": (len(index.classes.ingress_tables), len(index.classes.egress_tables)),
        "filed": len(index.classes._by_subject),
        "members": len(index._members),
    }
