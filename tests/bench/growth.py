"""What grows with a cluster: every selector asked, every slice made, every record made.

On objects that are loaded, in processor time; 150k against 10k is what may grow 35 times.
"""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from cluster.catalog import KINDS
from cluster.domains.dns.rules import DNSRecords
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.policy_defaults import default_policy
from cluster.domains.service.endpointslices import EndpointSlices
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import Put, Rule
from cluster.machinery.selectors import Selector
from cluster.machinery.settings import EMPTY, ClusterSettings, parse_settings
from cluster.machinery.snapshot import Snapshot

ROUNDS = 3


@dataclass
class Loaded:
    """A cluster whose objects are read, as rules look at it."""

    snapshot: Snapshot
    settings: ClusterSettings
    now: str = "2026-01-01T00:00:00Z"
    manifests: dict[Key, Manifest] = field(default_factory=dict)

    def manifest(self, key: Key) -> Manifest:
        """Return a manifest that a rule wrote."""
        return self.manifests[key]

    def suffix(self, *parts: str) -> str:
        """Return five characters made from `parts`."""
        return f"{hash(parts) % 0xFFFFF:05x}"


def main(file: str) -> dict[str, float]:
    """Return seconds by name."""
    gc.disable()
    settings = parse_settings(EMPTY)
    view = Loaded(Snapshot(KINDS, settings), settings)
    for line in Path(file).read_bytes().splitlines():
        manifest = orjson.loads(line)
        if manifest["kind"] == "NetworkPolicy":
            default_policy(manifest)
        view.snapshot.put(KINDS[manifest["kind"]].parse(manifest))
    gc.freeze()
    found = {"selectors_s": min(selectors(view.snapshot) for _round in range(ROUNDS))}
    seconds, writes = derived(EndpointSlices(), view)
    found["slices_s"] = min(seconds, derived(EndpointSlices(), view)[0])
    for manifest in writes:
        view.snapshot.put(KINDS["EndpointSlice"].parse(manifest))
    found["dns_s"] = min(derived(DNSRecords(), view)[0] for _round in range(ROUNDS))
    return found


def selectors(snapshot: Snapshot) -> float:
    """Return the seconds of asking what each distinct selector selects."""
    asked: dict[tuple[str, Selector], None] = {}
    for policy in snapshot.of(NetworkPolicy):
        asked[policy.meta.namespace, policy.pod_selector] = None
    for service in snapshot.of(Service):
        if service.pod_selector is not None:
            asked[service.meta.namespace, service.pod_selector] = None
    index = snapshot.labels_of(Pod)
    assert index is not None
    started = time.process_time()
    for namespace, selector in asked:
        index.matching(selector, namespace)
    return time.process_time() - started


def derived(rule: Rule, view: Loaded) -> tuple[float, list[Manifest]]:
    """Return the seconds of asking a rule about every owner, and the manifests it writes."""
    owners = list(rule.all_owners(view.snapshot))
    started = time.process_time()
    answers = [rule.derive(owner, view) for owner in owners]
    seconds = time.process_time() - started
    writes = [write for answer in answers for write in answer.writes]
    return seconds, [write.manifest for write in writes if isinstance(write, Put)]
