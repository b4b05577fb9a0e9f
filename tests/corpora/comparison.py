"""Where a settled cluster differs from what is known of the application that was uploaded.

Everything is read from a snapshot and its findings, so that the same comparison serves a stored
cluster and one in memory. Every difference is one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.service.service import Service
from cluster.domains.workload.job import CronJob
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts as Findings
from cluster.questions.slices import EndpointRow, endpoint_rows
from cluster.questions.workloads import workload_of
from tests.corpora.applications import Count, Facts, PolicyFacts, ServiceFacts

BUILT_IN = {"default/kubernetes", "kube-system/kube-dns"}
DANGLING = {"NV301": "no such service", "NV302": "service has no such port"}
SELECTS_NOTHING = "NV101"


def differences(snapshot: Snapshot, findings: Findings, facts: Facts) -> list[str]:
    """Return every difference, sorted; none means that the cluster is as it should be."""
    return sorted(_Comparison(snapshot, findings, facts).run())


class _Comparison:
    def __init__(self, snapshot: Snapshot, findings: Findings, facts: Facts) -> None:
        self._snapshot = snapshot
        self._findings = findings
        self._facts = facts
        self._transient: set[str] = set()
        self._pods: dict[str, int] = {}
        for name, known in facts.get("workloads", {}).items():
            pods = known["pods"]
            if isinstance(pods, str):
                self._transient.add(name)
            else:
                self._pods[name] = self._count(pods)
        empty = {name for name, pods in self._pods.items() if not pods}
        self._unseen = self._transient | empty

    def run(self) -> Iterator[str]:
        yield from self._workloads()
        yield from self._services()
        yield from self._policies()
        yield from self._ingresses()
        yield from self._dangling()

    def _count(self, count: Count) -> int:
        return count.get("fixed", 0) + count.get("per_node", 0) * self._snapshot.count(Node)

    def _workload(self, pod: Pod) -> str:
        """Return the workload of a Pod as facts name it: the Pod itself where none is stored."""
        key = workload_of(self._snapshot, pod)
        if self._snapshot.find(key) is None:
            return f"Pod/{pod.meta.namespace}/{pod.meta.name}"
        return f"{key.kind}/{key.namespace}/{key.name}"

    def _selected(self, selector: Selector, namespace: str) -> set[str]:
        pods = self._snapshot.selected(Pod, selector, namespace)
        return {self._workload(pod) for pod in pods if not pod.is_finished} - self._transient

    def _workloads(self) -> Iterator[str]:
        counts: dict[str, int] = {}
        for pod in self._snapshot.of(Pod):
            name = self._workload(pod)
            counts[name] = counts.get(name, 0) + (not pod.is_finished)
            yield from (f"{name}: {text}" for text in self._pod(pod, name))
        for name, expected in self._pods.items():
            if counts.get(name, 0) != expected:
                yield f"{name}: {counts.get(name, 0)} Pods, expected {expected}"
        crons = {f"{c.meta.namespace}/{c.meta.name}" for c in self._snapshot.of(CronJob)}
        known = set(self._facts.get("cronjobs", []))
        yield from (f"CronJob {name}: missing" for name in known - crons)
        yield from (f"CronJob {name}: unexpected" for name in crons - known)

    def _pod(self, pod: Pod, workload: str) -> Iterator[str]:
        known = self._facts.get("workloads", {}).get(workload)
        if known is None:
            return
        for label in known.get("labels", {}).items() - pod.meta.labels.items():
            yield f"a Pod without {'='.join(label)}"
        if pod.host_network != known.get("host_network", False):
            yield f"a Pod with hostNetwork {pod.host_network}"

    def _services(self) -> Iterator[str]:
        known = self._facts.get("services", {})
        stored = {f"{s.meta.namespace}/{s.meta.name}" for s in self._snapshot.of(Service)}
        yield from (f"Service {name}: missing" for name in known.keys() - stored)
        yield from (f"Service {name}: unexpected" for name in stored - known.keys() - BUILT_IN)
        for name in known.keys() & stored:
            service = self._snapshot.get(Service, *name.split("/"))
            assert service is not None
            yield from (f"Service {name}: {text}" for text in self._service(service, known[name]))
        nothing = {
            f"{finding.key.namespace}/{finding.key.name}"
            for finding in self._findings.all()
            if finding.rule == SELECTS_NOTHING
        }
        expected = set(self._facts.get("services_selecting_nothing", []))
        yield from (f"Service {name}: no finding NV101" for name in expected - nothing)
        yield from (f"Service {name}: a finding NV101" for name in nothing - expected - BUILT_IN)

    def _service(self, service: Service, known: ServiceFacts) -> Iterator[str]:
        if service.type != known["type"]:
            yield f"type {service.type}, expected {known['type']}"
        if service.is_headless != known.get("headless", False):
            yield f"headless {service.is_headless}"
        families = f"{service.ip_family_policy} {list(service.ip_families)}"
        if families != known.get("ip_families", families):
            yield f"families {families}, expected {known['ip_families']}"
        if known.get("no_selector"):
            if service.pod_selector is not None:
                yield "has a selector"
            return
        if service.pod_selector is None:
            yield "has no selector"
            return
        selected = self._selected(service.pod_selector, service.meta.namespace)
        expected = set(known["selects"]) - self._unseen
        if selected != expected:
            yield f"selects {sorted(selected)}, expected {sorted(expected)}"
        yield from self._endpoints(service, known)

    def _endpoints(self, service: Service, known: ServiceFacts) -> Iterator[str]:
        every = [
            row
            for row in endpoint_rows(self._snapshot, service)
            if row.pod is None or self._workload(row.pod) not in self._transient
        ]
        for family in service.slice_families:
            rows = [row for row in every if row.family == family]
            wanted = self._count(known["pods"])
            if _pods(rows) != wanted:
                yield f"{_pods(rows)} {family} endpoints, expected {wanted}"
            unready = sorted(row.id for row in rows if row.ready != _should_be_ready(row))
            if unready:
                yield f"wrong readiness of {family} endpoints {unready}"
            for port in known["ports"]:
                if "resolves_to" not in port:
                    continue
                leading = [
                    (row, found.port)
                    for row in rows
                    for found in row.ports
                    if (found.name, found.protocol) == (port.get("name", ""), port["protocol"])
                ]
                numbers = sorted({number for _row, number in leading if number is not None})
                if numbers != sorted(port["resolves_to"]):
                    yield f"{family} port {port['port']} leads to {numbers}"
                if _pods([row for row, _n in leading]) != self._count(port["pods"]):
                    yield f"{family} port {port['port']} on {len(leading)} Pods"

    def _policies(self) -> Iterator[str]:
        known = self._facts.get("network_policies", {})
        stored = {f"{p.meta.namespace}/{p.meta.name}": p for p in self._snapshot.of(NetworkPolicy)}
        yield from (f"NetworkPolicy {name}: missing" for name in known.keys() - stored.keys())
        yield from (f"NetworkPolicy {name}: unexpected" for name in stored.keys() - known.keys())
        for name in known.keys() & stored.keys():
            for text in self._policy(stored[name], known[name]):
                yield f"NetworkPolicy {name}: {text}"

    def _policy(self, policy: NetworkPolicy, known: PolicyFacts) -> Iterator[str]:
        if set(policy.directions) != set(known["types"]):
            yield f"types {list(policy.directions)}, expected {known['types']}"
        selected = self._selected(policy.pod_selector, policy.meta.namespace)
        expected = set(known["selects"]) - self._unseen
        if selected != expected:
            yield f"selects {sorted(selected)}, expected {sorted(expected)}"
        pods = [
            pod
            for pod in self._snapshot.selected(Pod, policy.pod_selector, policy.meta.namespace)
            if not pod.is_finished and self._workload(pod) not in self._transient
        ]
        if len(pods) != self._count(known["pods"]):
            yield f"selects {len(pods)} Pods, expected {self._count(known['pods'])}"
        if known["selects_nothing"] != (not known["selects"]):
            yield "the facts disagree about whether it selects anything"
        blocks = any(
            peer.ip_block is not None
            for rule in (*policy.ingress, *policy.egress)
            for peer in rule.peers
        )
        told = {
            "denies_all_ingress": "Ingress" in policy.directions and not policy.ingress,
            "denies_all_egress": "Egress" in policy.directions and not policy.egress,
            "uses_ipblock": blocks,
        }
        for name, found in told.items():
            if found != known.get(name):
                yield f"{name} {found}, expected {known.get(name)}"

    def _ingresses(self) -> Iterator[str]:
        known = self._facts.get("ingresses", {})
        stored = {
            f"{item.meta.namespace}/{item.meta.name}": item for item in self._snapshot.of(Ingress)
        }
        yield from (f"Ingress {name}: missing" for name in known.keys() - stored.keys())
        yield from (f"Ingress {name}: unexpected" for name in stored.keys() - known.keys())
        for name in known.keys() & stored.keys():
            item, facts = stored[name], known[name]
            if item.class_word != facts["class"]:
                yield f"Ingress {name}: class {item.class_word}, expected {facts['class']}"
            leads = sorted(
                (route.host or "*", route.path.path, str(route.path.backend))
                for route in item.routes()
            )
            expected = sorted((b["host"], b["path"], b["backend"]) for b in facts["backends"])
            if leads != expected:
                yield f"Ingress {name}: leads to {leads}, expected {expected}"

    def _dangling(self) -> Iterator[str]:
        expected = {
            text for text in self._facts.get("dangling_backends", []) if text.startswith("Ingress")
        }
        found = {
            (f"Ingress {finding.key.namespace}/{finding.key.name}", DANGLING[finding.rule])
            for finding in self._findings.all()
            if finding.rule in DANGLING
        }
        told = {(text.split(" -> ")[0], text.rsplit(": ", 1)[1]): text for text in expected}
        yield from (f"no finding: {told[pair]}" for pair in told.keys() - found)
        yield from (f"a finding: {who}: {what}" for who, what in found - told.keys())


def _should_be_ready(row: EndpointRow) -> bool:
    """Whether an endpoint is ready: its Pod is, whatever a dump says of the Pod."""
    return row.pod is not None and row.pod.is_ready and not row.pod.is_terminating


def _pods(rows: list[EndpointRow]) -> int:
    return len({row.id for row in rows})
