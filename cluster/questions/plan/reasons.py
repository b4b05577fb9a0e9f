"""Why a connection is gained or lost: what the policies say of it after the change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster.domains.policy.ports import ranges
from cluster.domains.policy.reach import Reach
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.plan.connections import Difference
from cluster.questions.reach.peers import (
    CONTROLLER,
    named_workload,
    parse_range,
    workload_name,
)
from cluster.questions.trace.policies import Target, judge_targets
from cluster.questions.trace.proxying import pod_target
from cluster.questions.trace.sources import Source, outside_source, pod_source
from cluster.questions.trace.steps import Flow
from cluster.questions.workloads import workload_of

MOST = 500
"""Rows that are explained; a change that alters more has one reason for most of them."""


class Reasons:
    """Explains rows by one Pod of each workload, as they are after the change."""

    def __init__(self, snapshot: Snapshot, before: frozenset[str]) -> None:
        """Take the cluster after the change; `before` names the workloads it had."""
        self.snapshot = snapshot
        self.before = before
        self._pods: dict[str, Pod] = {}
        for pod in snapshot.sorted(Pod):
            if pod.ips and not pod.is_finished:
                self._pods.setdefault(workload_name(workload_of(snapshot, pod)), pod)

    def of(self, found: Difference) -> Iterator[tuple[Reach, str]]:
        """Yield rows with their reasons, up to MOST of each sort."""
        for row in found.gained[:MOST]:
            yield row, self._explain(row, is_gained=True)
        for row in found.lost[:MOST]:
            yield row, self._explain(row, is_gained=False)

    def passing(self, row: Reach) -> str:
        """Return what lets a connection pass in this state of the cluster, "" where unknown."""
        return self._explain(row, is_gained=True)

    def example(self, row: Reach) -> tuple[str, int]:
        """Return a protocol and a port of a row, by which it can be traced; 0 for none."""
        listed = ranges(row.ports)
        return self._port(row, listed) if listed else ("", 0)

    def _explain(self, row: Reach, *, is_gained: bool) -> str:
        for peer in (row.source, row.destination):
            workload = named_workload(peer)
            if workload is None:
                continue
            namespace, kind, name = workload
            if peer not in self._pods:
                return say(
                    "{kind} {namespace}/{name} has no Pods any more.",
                    kind=kind,
                    namespace=namespace,
                    name=name,
                )
            if is_gained and peer not in self.before:
                return say(
                    "{kind} {namespace}/{name} is new.", kind=kind, namespace=namespace, name=name
                )
        if CONTROLLER in (row.source, row.destination):
            return say("The routes of Ingresses changed.") if is_gained else ""
        listed = ranges(row.ports)
        if not listed:
            return ""
        protocol, port = self._port(row, listed)
        source = self._source(row)
        target = self._target(row, source, port) if source is not None else None
        if source is None or target is None:
            return ""
        flow = Flow(source.label, row.destination)
        judge_targets(self.snapshot, flow, source.end, [target], protocol)
        texts = [step.text for step in flow.steps if step.result == "fail"]
        if is_gained:
            texts = [step.text for step in flow.steps[:2] if step.result == "pass"]
        return joined(" ", texts)

    def _port(self, row: Reach, listed: list[tuple[str, int, int]]) -> tuple[str, int]:
        """Return a port of the row: one that the destination declares, else the first."""
        pod = self._pods.get(row.destination)
        for item in pod.ports() if pod is not None else ():
            if any(
                protocol == item.protocol and first <= item.container_port <= last
                for protocol, first, last in listed
            ):
                return item.protocol, item.container_port
        protocol, first, _last = listed[0]
        return protocol, first

    def _source(self, row: Reach) -> Source | None:
        pod = self._pods.get(row.source)
        if pod is not None:
            return pod_source(self.snapshot, pod)
        held = parse_range(row.source)
        if held is None:
            return None
        found = outside_source(held.address())
        return replace(found, end=replace(found.end, label=row.source))

    def _target(self, row: Reach, source: Source, port: int) -> Target | None:
        pod = self._pods.get(row.destination)
        if pod is not None:
            shared = [family for family in source.families if pod.address(family)]
            family: Family = shared[0] if shared else "IPv4"
            return pod_target(self.snapshot, pod, row.destination, port, family)
        held = parse_range(row.destination)
        if held is None:
            return None
        end = replace(outside_source(held.address()).end, label=row.destination)
        return Target(row.destination, end, port, held.family)
