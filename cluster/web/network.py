"""What follows from an object for the network: a Service's DNS records, a Pod's verdicts.

Worked out from the reader's snapshot by the functions whose answers the engine stores as rows, so
the page agrees with everything else it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.dns.entries import service_slices
from cluster.domains.dns.records import ZoneRecord, service_records, slice_records
from cluster.domains.policy.class_verdicts import ClassAllowance, ClassVerdict
from cluster.domains.policy.conventions import STANDARD
from cluster.domains.policy.kinds import NETWORK_POLICY
from cluster.domains.policy.selected import verdicts_about
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.environment import pod_environment
from cluster.runtime.permissions import Access
from cluster.web.addresses import object_address

MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class PolicyLink:
    """A policy by name, with its page."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One direction of a Pod's verdicts with the pages of the policies that isolate it."""

    verdict: ClassVerdict
    isolated_by: tuple[PolicyLink, ...]

    @property
    def state(self) -> str:
        """The glyph: a tick where everything passes, a cross where nothing does."""
        return {"open": "ok", "limited": "warn", "closed": "deny"}[self.verdict.standing]

    @property
    def allows(self) -> tuple[ClassAllowance, ...]:
        """What is allowed; nothing is worth listing where everything is."""
        return () if self.verdict.standing == "open" else self.verdict.allows


def network_of(
    cluster: str, key: Key, manifest: Manifest, snapshot: Snapshot, access: Access
) -> dict[str, object]:
    """Return the parts of an object's summary that concern the network, for its template.

    Nothing is said that rests on kinds which the reader may not see.
    """
    item = snapshot.find(key)
    if isinstance(item, Service):
        records = records_of(item, snapshot, sees_endpoints=access.sees("EndpointSlice"))
        return {
            "dns_records": records[:MOST_RECORDS],
            "further_records": max(0, len(records) - MOST_RECORDS),
        }
    if not isinstance(item, Pod):
        return {}
    found: dict[str, object] = {}
    if access.sees("NetworkPolicy"):
        lines = [_line(cluster, key, verdict) for verdict in verdicts_about(item, snapshot)]
        found |= {"verdict_lines": lines, "obstacle": STANDARD.obstacle(item)}
    if access.sees("Service"):
        found["environment"] = pod_environment(item, manifest, snapshot)
    return found


def records_of(
    service: Service, snapshot: Snapshot, *, sees_endpoints: bool = True
) -> list[ZoneRecord]:
    """Return the records of a Service and of its slices, sorted."""
    found = list(service_records(service, snapshot))
    if sees_endpoints:
        for piece in service_slices(snapshot, service):
            found += slice_records(piece, snapshot)
    return sorted(found)


def _line(cluster: str, pod: Key, verdict: ClassVerdict) -> VerdictLine:
    return VerdictLine(
        verdict,
        tuple(
            PolicyLink(name, object_address(cluster, NETWORK_POLICY.key(pod.namespace, name)))
            for name in verdict.isolated_by
        ),
    )
