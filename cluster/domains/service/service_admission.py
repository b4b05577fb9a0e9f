"""What the apiserver does to a Service between reading and checking it.

`begin_service` runs before the checks and is answered alone when it fails (A-10a); its steps are
A-10b: carry over what was omitted, agree clusterIP with clusterIPs, families, addresses, node
ports, health-check port. `prepare_service` then wipes what another type left behind.
Source: kubernetes `pkg/registry/core/service/storage/storage.go`, `.../service/strategy.go`.
"""

from __future__ import annotations

from cluster.domains.service.cluster_ips import address_claims, allocate_cluster_ips
from cluster.domains.service.families import families_on_read, settle_families
from cluster.domains.service.node_ports import (
    allocate_node_ports,
    allocates_node_ports,
    node_ports,
    port_claims,
    uses_node_ports,
)
from cluster.domains.service.service_defaults import is_externally_accessible, needs_health_check
from cluster.machinery.errors import invalid
from cluster.machinery.kind import Admission, Claim
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    copy,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)


def begin_service(new: Manifest, old: Manifest | None, cluster: Admission) -> None:
    """Complete families, addresses and node ports of `new` in place (A-10a, A-10b).

    Raises Invalid, InternalError or Unclassified; nothing needs to be handed back then, because
    claims count only once the object is stored.
    """
    spec = child_mapping(new, "spec")
    name = text_at(new, "metadata", "name") or ""
    before: Manifest | None = None
    if old is None:
        if text_at(spec, "clusterIP") and not texts_at(spec, "clusterIPs"):  # B-39
            spec["clusterIPs"] = [text_at(spec, "clusterIP")]
    else:
        before = copy(mapping_at(old, "spec"))
        families_on_read(before, cluster.settings.families[0])
        _carry_over(spec, before)
        _agree(spec, before)
    errors = settle_families(spec, before, cluster.settings.families)
    if errors:
        raise invalid("Service", "", name, errors)
    allocate_cluster_ips(spec, before, name, cluster)
    allocate_node_ports(spec, before, name, cluster)


def _carry_over(spec: Manifest, old: Manifest) -> None:
    """B-49: what was given out and is left out of the request stays as it was."""
    external = "ExternalName"
    if external not in {text_at(spec, "type"), text_at(old, "type")}:
        if not text_at(spec, "clusterIP") and text_at(old, "clusterIP"):
            spec["clusterIP"] = text_at(old, "clusterIP")
        if not texts_at(spec, "clusterIPs") and texts_at(old, "clusterIPs"):
            spec["clusterIPs"] = list[JSON](texts_at(old, "clusterIPs"))
    if allocates_node_ports(spec) and allocates_node_ports(old):
        _carry_node_ports(spec, old)
    if needs_health_check(spec) and needs_health_check(old):
        stored = integer_at(old, "healthCheckNodePort")
        if stored and not integer_at(spec, "healthCheckNodePort"):
            spec["healthCheckNodePort"] = stored


def _carry_node_ports(spec: Manifest, old: Manifest) -> None:
    used = set(node_ports(spec))
    stored = {
        text_at(port, "name") or "": integer_at(port, "nodePort") or 0
        for port in mappings_at(old, "ports")
    }
    for port in mappings_at(spec, "ports"):
        number = stored.get(text_at(port, "name") or "", 0)
        if number and number not in used and not port.get("nodePort"):
            port["nodePort"] = number


def _agree(spec: Manifest, old: Manifest) -> None:
    """B-51: a client that knows only clusterIP means clusterIPs as well."""
    single, stored = text_at(spec, "clusterIP") or "", text_at(old, "clusterIP") or ""
    addresses, before = texts_at(spec, "clusterIPs"), texts_at(old, "clusterIPs")
    if before and not addresses and single == stored:
        spec["clusterIPs"] = list[JSON](before)
    elif single != stored and addresses == before:
        if stored and not single:
            spec.pop("clusterIPs", None)
        elif single:
            spec["clusterIPs"] = [single]


def prepare_service(new: Manifest, old: Manifest | None) -> None:
    """Wipe from `new` what its type has no use for and the request left as it was.

    On create nothing is wiped (B-60); the status says that no load balancer answers yet (B-65).
    Sources of the rules: B-53, B-55, B-57, B-58.
    """
    if old is None:
        child_mapping(new, "status").setdefault("loadBalancer", {})
        return
    spec, before = child_mapping(new, "spec"), mapping_at(old, "spec")
    if text_at(spec, "type") == "ExternalName" and text_at(before, "type") != "ExternalName":
        _wipe_addresses(spec, before)
    added = set(node_ports(spec)) - set(node_ports(before))
    if uses_node_ports(before) and not uses_node_ports(spec) and not added:
        for port in mappings_at(spec, "ports"):
            port.pop("nodePort", None)
    if needs_health_check(before) and not needs_health_check(spec):
        _wipe_unchanged(spec, before, "healthCheckNodePort")
    if is_externally_accessible(before) and not is_externally_accessible(spec):
        _wipe_unchanged(spec, before, "externalTrafficPolicy")
    if text_at(spec, "type") != "LoadBalancer":
        if text_at(before, "type") == "LoadBalancer":
            _wipe_unchanged(spec, before, "allocateLoadBalancerNodePorts")
            _wipe_unchanged(spec, before, "loadBalancerClass")
        if mapping_at(new, "status", "loadBalancer"):  # B-57
            new["status"] = {**mapping_at(new, "status"), "loadBalancer": {}}


def _wipe_addresses(spec: Manifest, before: Manifest) -> None:
    """B-53: addresses together, families and policy each for itself."""
    if spec.get("clusterIPs") == before.get("clusterIPs"):
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
    _wipe_unchanged(spec, before, "ipFamilies")
    _wipe_unchanged(spec, before, "ipFamilyPolicy")


def _wipe_unchanged(spec: Manifest, before: Manifest, name: str) -> None:
    if name in spec and spec[name] == before.get(name):
        del spec[name]


def service_claims(manifest: Manifest) -> tuple[Claim, ...]:
    """Return the addresses and node ports that a stored Service holds (K-1)."""
    spec = mapping_at(manifest, "spec")
    return (*address_claims(spec), *port_claims(spec))
