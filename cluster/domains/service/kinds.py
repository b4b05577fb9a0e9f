"""The kinds of this domain: Service, EndpointSlice, Endpoints."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.domains.service.columns import (
    ENDPOINTS_COLUMNS,
    ENDPOINTSLICE_COLUMNS,
    SERVICE_COLUMNS,
)
from cluster.domains.service.endpoints import (
    Endpoints,
    check_endpoints,
    default_endpoints,
    parse_endpoints,
)
from cluster.domains.service.endpointslice import (
    EndpointSlice,
    addresses_of,
    default_endpointslice,
    from_v1beta1,
    handmade_targets_of,
    hostnames_of,
    parse_endpointslice,
    services_of,
)
from cluster.domains.service.endpointslice_checks import (
    check_endpointslice,
    check_endpointslice_update,
)
from cluster.domains.service.service import Service, parse_service
from cluster.domains.service.service_admission import (
    begin_service,
    prepare_service,
    service_claims,
)
from cluster.domains.service.service_checks import check_service
from cluster.domains.service.service_defaults import default_service
from cluster.domains.service.service_update_checks import (
    check_service_status,
    check_service_update,
)
from cluster.machinery.kind import Kind, Object
from cluster.machinery.names import dns_1035_label
from cluster.machinery.selectors import Selector


def _selects(item: Object) -> Selector | None:
    """Return what a Service selects; None without a selector and for ExternalName (D-1)."""
    return item.pod_selector if isinstance(item, Service) else None


def _traits(item: Object) -> Iterable[str]:
    """Yield what makes a Service's answers hang on others: the index `trait`.

    `topology` and `local` hang on Nodes, `load_balancer` on addresses.
    """
    if isinstance(item, Service):
        if item.is_topology_aware:
            yield "topology"
        if item.type == "LoadBalancer" or item.load_balancer_ingress:
            yield "load_balancer"
        if item.is_local:
            yield "local"


def _addresses(item: Object) -> Iterable[str]:
    """Yield the addresses that answer for a Service: the index `address`."""
    if isinstance(item, Service):
        yield from item.virtual_ips
        yield from item.external_ips
        yield from (ingress.ip for ingress in item.load_balancer_ingress if ingress.ip)


def _aliases(item: Object) -> Iterable[str]:
    """Yield the name that an ExternalName Service stands for, absolute: the index `alias`."""
    if isinstance(item, Service) and item.is_external_name:
        yield item.external_name.lower().removesuffix(".")


def _node_ports(item: Object) -> Iterable[int]:
    """Yield the node ports of a Service: the index `node_port`."""
    if isinstance(item, Service):
        yield from (port.node_port for port in item.ports if port.node_port is not None)


SERVICE = Kind(
    group="",
    version="v1",
    kind="Service",
    plural="services",
    type=Service,
    parse=parse_service,
    short_names=("svc",),
    check_name=dns_1035_label,
    default=default_service,
    begin=begin_service,
    prepare=prepare_service,
    check=check_service,
    check_update=check_service_update,
    check_status=check_service_status,
    claims=service_claims,
    has_status=True,
    creates_on_update=True,
    columns=SERVICE_COLUMNS,
    upload_order=20,
    icon="service",
    indexes={
        "trait": _traits,
        "address": _addresses,
        "node_port": _node_ports,
        "alias": _aliases,
    },
    selects=_selects,
    categories=("all",),
)
ENDPOINTSLICE = Kind(
    group="discovery.k8s.io",
    version="v1",
    kind="EndpointSlice",
    plural="endpointslices",
    type=EndpointSlice,
    parse=parse_endpointslice,
    default=default_endpointslice,
    check=check_endpointslice,
    check_update=check_endpointslice_update,
    generation="slice",
    conversions={"discovery.k8s.io/v1beta1": from_v1beta1},
    columns=ENDPOINTSLICE_COLUMNS,
    upload_order=22,
    icon="slice",
    indexes={
        "service": services_of,
        "address": addresses_of,
        "hostname": hostnames_of,
        "handmade_target": handmade_targets_of,
    },
)
ENDPOINTS = Kind(
    group="",
    version="v1",
    kind="Endpoints",
    plural="endpoints",
    type=Endpoints,
    parse=parse_endpoints,
    short_names=("ep",),
    default=default_endpoints,
    check=check_endpoints,
    creates_on_update=True,
    columns=ENDPOINTS_COLUMNS,
    upload_order=22,
    icon="slice",
)

KINDS: tuple[Kind, ...] = (SERVICE, ENDPOINTSLICE, ENDPOINTS)
