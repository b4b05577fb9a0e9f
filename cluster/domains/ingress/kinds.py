"""The kinds of this domain: Ingress and IngressClass."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from cluster.domains.ingress.conversions import from_v1beta1
from cluster.domains.ingress.ingress import (
    Ingress,
    IngressClass,
    parse_ingress,
    parse_ingress_class,
)
from cluster.domains.ingress.ingress_checks import (
    check_ingress,
    check_ingress_status,
    check_new_ingress,
    status_without_addresses,
)
from cluster.domains.ingress.ingressclass_checks import (
    admit_default_class,
    check_ingress_class,
    check_ingress_class_update,
    default_ingress_class,
)
from cluster.domains.ingress.precedence import route_keys
from cluster.machinery.columns import AGE, NAME, NONE, load_balancer_cell
from cluster.machinery.kind import Column, Kind, Object
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at, mappings_at, text_at

_HOSTS_SHOWN = 3  # as kubectl's printer


def _class_cell(manifest: Manifest) -> JSON:
    name = text_at(manifest, "spec", "ingressClassName")
    return NONE if name is None else name


def _hosts_cell(manifest: Manifest) -> JSON:
    """Return up to three hosts; the number of further rules, not hosts, follows."""
    hosts: list[str] = []
    has_more = False
    rules = mappings_at(manifest, "spec", "rules")
    for rule in rules:
        host = text_at(rule, "host") or ""
        has_more = has_more or len(hosts) == _HOSTS_SHOWN
        if host and not has_more:
            hosts.append(host)
    if not hosts:
        return "*"
    more = f" + {len(rules) - _HOSTS_SHOWN} more..." if has_more else ""
    return ",".join(hosts) + more


def _ports_cell(manifest: Manifest) -> JSON:
    return "80, 443" if mappings_at(manifest, "spec", "tls") else "80"


def _controller_cell(manifest: Manifest) -> JSON:
    return text_at(manifest, "spec", "controller")


def _parameters_cell(manifest: Manifest) -> JSON:
    parameters = mapping_at(manifest, "spec", "parameters")
    if not parameters:
        return NONE
    group = text_at(parameters, "apiGroup")
    kind = text_at(parameters, "kind") or ""
    return f"{kind}{'' if group is None else f'.{group}'}/{text_at(parameters, 'name') or ''}"


def _services(item: Object) -> Iterable[Hashable]:
    """Yield (namespace, name) of the Services an Ingress names: the index `service`."""
    if isinstance(item, Ingress):
        for _path, backend in item.backends():
            if backend.service is not None:
                yield item.meta.namespace, backend.service


def _classes(item: Object) -> Iterable[Hashable]:
    """Yield the class an Ingress asks for, None where it asks for none: the index `class`."""
    if isinstance(item, Ingress):
        yield item.class_word


def _hosts(item: Object) -> Iterable[Hashable]:
    """Yield the hosts of an Ingress's rules, "" for every host: the index `host`."""
    if isinstance(item, Ingress):
        yield from (rule.host for rule in item.rules)


def _catch_all(item: Object) -> Iterable[Hashable]:
    """Yield `True` for an Ingress that answers whatever no rule is for (G-32): `catch_all`."""
    if isinstance(item, Ingress) and not item.rules and item.default_backend is not None:
        yield True


def _tls_hosts(item: Object) -> Iterable[Hashable]:
    """Yield the hosts an Ingress has certificates for, "" for every host: index `tls_host`."""
    if isinstance(item, Ingress):
        for tls in item.tls:
            yield from tls.hosts or ("",)


def _secrets(item: Object) -> Iterable[Hashable]:
    """Yield (namespace, name) of the Secrets with certificates: the index `secret`."""
    if isinstance(item, Ingress):
        yield from ((item.meta.namespace, tls.secret_name) for tls in item.tls if tls.secret_name)


def _routes(item: Object) -> Iterable[Hashable]:
    """Yield what an Ingress routes, for finding who routes the same: the index `route`."""
    return route_keys(item) if isinstance(item, Ingress) else ()


INGRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    kind="Ingress",
    plural="ingresses",
    type=Ingress,
    parse=parse_ingress,
    short_names=("ing",),
    admit=admit_default_class,
    prepare=status_without_addresses,
    check=check_ingress,
    check_create=check_new_ingress,
    check_status=check_ingress_status,
    generation="spec",
    has_status=True,
    conversions={
        "extensions/v1beta1": from_v1beta1,
        "networking.k8s.io/v1beta1": from_v1beta1,
    },
    columns=(
        NAME,
        Column("Class", _class_cell, help="The IngressClass it asks for."),
        Column("Hosts", _hosts_cell, help="Hosts of its rules; * is every host."),
        Column("Address", load_balancer_cell, help="Where its controller answers."),
        Column("Ports", _ports_cell, help="443 where it has TLS."),
        AGE,
    ),
    upload_order=70,
    icon="ingress",
    indexes={
        "service": _services,
        "class": _classes,
        "host": _hosts,
        "catch_all": _catch_all,
        "tls_host": _tls_hosts,
        "secret": _secrets,
        "route": _routes,
    },
)

INGRESS_CLASS = Kind(
    group="networking.k8s.io",
    version="v1",
    kind="IngressClass",
    plural="ingressclasses",
    type=IngressClass,
    parse=parse_ingress_class,
    namespaced=False,
    default=default_ingress_class,
    check=check_ingress_class,
    check_update=check_ingress_class_update,
    generation="spec",
    # The old version has the same shape.
    conversions={"networking.k8s.io/v1beta1": copy},
    columns=(
        NAME,
        Column("Controller", _controller_cell, help="Who answers for Ingresses of this class."),
        Column("Parameters", _parameters_cell, help="Where the controller finds its options."),
        AGE,
    ),
    upload_order=10,
    icon="ingress",
)

KINDS: tuple[Kind, ...] = (INGRESS, INGRESS_CLASS)
