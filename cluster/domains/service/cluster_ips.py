"""Cluster IPs: given out, registered when asked for, kept on update (B-34 to B-41, C-18, C-19).

Source: kubernetes `pkg/registry/core/service/storage/alloc.go`, `.../ipallocator`.
"""

from __future__ import annotations

import ipaddress

from cluster.domains.service.bands import address_bands, next_free
from cluster.domains.service.families import is_headless, is_unchanged_preference
from cluster.domains.service.service import NONE
from cluster.machinery.addresses import Network, family_of, parse_address
from cluster.machinery.errors import ApiError, InternalError, invalid
from cluster.machinery.fields import SPEC
from cluster.machinery.kind import Admission, Claim, Pools
from cluster.machinery.manifest import JSON, Manifest, text_at, texts_at

_TAKEN = "provided IP is already allocated"
_OUTSIDE = "the provided network does not match the current range"
_DUAL = 2


def allocate_cluster_ips(
    spec: Manifest, old: Manifest | None, name: str, cluster: Admission
) -> None:
    """Complete `clusterIPs` and `clusterIP` of `spec`, whose families are settled.

    `old` is the stored spec on update. Raises Invalid (B-37) or InternalError (B-38).
    """
    if is_unchanged_preference(spec, old):  # C-22
        return
    if old is None or text_at(old, "type") == "ExternalName":  # B-54
        if text_at(spec, "type") != "ExternalName" and not is_headless(spec):
            _allocate(spec, name, cluster, first=0)
        return
    if is_headless(old) or text_at(spec, "type") == "ExternalName":
        return
    upgraded = len(texts_at(old, "ipFamilies")) == 1 and len(texts_at(spec, "ipFamilies")) == _DUAL
    if upgraded and not is_headless(spec):  # C-18: the first address never changes
        _allocate(spec, name, cluster, first=1)


def _allocate(spec: Manifest, name: str, cluster: Admission, *, first: int) -> None:
    """Settle the addresses from position `first` on, one per family."""
    asked = texts_at(spec, "clusterIPs")
    given = asked[:first]
    networks = {family_of(network): network for network in cluster.settings.service_cidrs}
    for index, family in enumerate(texts_at(spec, "ipFamilies")):
        if index < first:
            continue
        network = networks["IPv6" if family == "IPv6" else "IPv4"]
        wanted = asked[index] if index < len(asked) else ""
        if wanted:
            problem = _refusal(wanted, network, cluster.pools)
            if problem:
                raise _refused(wanted, problem, asked, name)
            given.append(wanted)
        else:
            given.append(_next_address(network, cluster.pools))
    spec["clusterIPs"] = list[JSON](given)
    spec["clusterIP"] = given[0]


def _refusal(text: str, network: Network, pools: Pools) -> str | None:
    """Return why an address that was asked for cannot be had (B-37)."""
    address = parse_address(text)
    if address is None or int(address) not in address_bands(network):
        return _OUTSIDE
    if address.version != network.version:
        return _OUTSIDE
    return _TAKEN if pools.holder(Claim("ip", str(address))) is not None else None


def _refused(wanted: str, problem: str, asked: list[str], name: str) -> ApiError:
    text = f"failed to allocate IP {wanted}: {problem}"
    error = (SPEC / "clusterIPs").invalid(list[JSON](asked), text)
    return invalid("Service", "", name, [error])


def _next_address(network: Network, pools: Pools) -> str:
    bands = address_bands(network)
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address  # noqa: PLR2004
    found = next_free(pools, bands, (), lambda number: Claim("ip", str(kind(number))))
    if found is None:
        text = "failed to allocate a serviceIP: range is full"
        raise InternalError(
            f"Internal error occurred: {text}", details={"causes": [{"message": text}]}
        )
    return str(kind(found))


def address_claims(spec: Manifest) -> list[Claim]:
    """Return the addresses that a Service with `spec` holds (K-1)."""
    if text_at(spec, "type") == "ExternalName":
        return []
    found = [parse_address(text) for text in texts_at(spec, "clusterIPs") if text != NONE]
    return [Claim("ip", str(address)) for address in found if address is not None]
