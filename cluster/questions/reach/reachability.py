"""The connections of a cluster between the peers that users know.

Policies are worked out by `cluster.domains.policy.reach`; here Pods get the names of their
workloads, and the Ingress controller comes in as a source.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.policy.classes import Member, PodClass
from cluster.domains.policy.conventions import STANDARD
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.ports import ALL, NONE, Ports, intersection, ranges, union
from cluster.domains.policy.reach import Reach, Wanted, everything, reach
from cluster.domains.policy.standing import standing_index
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.reach.controller import backend_ports, controller_pods
from cluster.questions.reach.options import STANDARD_OPTIONS, ReachOptions
from cluster.questions.reach.peers import CONTROLLER, workload_name
from cluster.questions.workloads import workload_of


def reachability(
    snapshot: Snapshot,
    options: ReachOptions = STANDARD_OPTIONS,
    sources: Wanted = everything,
    destinations: Wanted = everything,
) -> list[Reach]:
    """Return every row whose ends are wanted, by source, then by destination."""
    is_usual = options.conventions == STANDARD
    index = standing_index(snapshot) if is_usual else PolicyIndex.of(snapshot, options.conventions)
    names: dict[Key, str] = {}

    def peer_of(pod: Pod) -> str:
        key = workload_of(snapshot, pod)
        found = names.get(key)
        if found is None:
            found = names[key] = workload_name(key)
        return found

    rows = reach(index, peer_of, sources=sources, destinations=destinations)
    if options.ingress_controller and snapshot.count(Ingress) and sources(CONTROLLER):
        return sorted([*rows, *_from_controller(snapshot, index, options, destinations)])
    return list(rows)


def row_json(row: Reach) -> Manifest:
    """Return one entry of the answer to `reach`."""
    ports: list[JSON] = [[*entry] for entry in ranges(row.ports)]
    return {"src": row.source, "dst": row.destination, "ports": ports}


def _from_controller(
    snapshot: Snapshot, index: PolicyIndex, options: ReachOptions, destinations: Wanted
) -> Iterator[Reach]:
    """Yield what the controller may open to each workload, on the ports it asks for."""
    pods = controller_pods(snapshot, index, options)
    found: dict[str, Ports] = {}
    for member, ports in backend_ports(snapshot, index, options).items():
        assert member.pod is not None  # noqa: S101 - members of an index are Pods
        name = workload_name(workload_of(snapshot, member.pod))
        if destinations(name):
            passing = union(*(_allowed(index, pod, member) for pod in pods))
            found[name] = union(found.get(name, NONE), intersection(ports, passing))
    yield from (Reach(CONTROLLER, name, ports) for name, ports in found.items() if ports)


def _allowed(index: PolicyIndex, source: Member, destination: Member) -> Ports:
    if index.is_excepted(source, destination):
        return ALL
    one, other = source.pod_class, destination.pod_class
    shared = (family for family in one.families if family in other.families)
    return union(*(_passing(one, other, family) for family in shared))


def _passing(source: PodClass, destination: PodClass, family: Family) -> Ports:
    """Return the ports that both directions let pass in one family (H-4)."""
    into, out = destination.ingress, source.egress
    allowed = ALL if into is None else into.allowed(source, destination, family)
    if out is None or not allowed:
        return allowed
    return intersection(allowed, out.allowed(destination, destination, family))
