"""Endpoints of Services with a selector, worked out when they are read (D-55)."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.api.kube.selecting import Selection
from cluster.catalog import KINDS
from cluster.domains.service.endpoints_view import endpoints_of, has_endpoints
from cluster.domains.service.endpointslice import SERVICE_NAME
from cluster.machinery.manifest import Manifest, mapping_at, text_at, text_map_at
from cluster.machinery.meta import Key
from cluster.store import Page, find_cluster, get_many, list_objects


def of_service(cluster: str, key: Key) -> Manifest | None:
    """Return the Endpoints of the Service of the same name, None where there is none such."""
    if key.kind != "Endpoints":
        return None
    wanted = KINDS["Service"].key(key.namespace, key.name)
    service = get_many(find_cluster(cluster), [wanted]).get(wanted)
    if service is None or not has_endpoints(service):
        return None
    return endpoints_of(
        service, _slices(cluster, key.namespace).get((key.namespace, key.name), ())
    )


def with_services(cluster: str, page: Page, namespace: str, selection: Selection) -> Page:
    """Return a list of stored Endpoints with those of Services added, by namespace and name."""
    held = {_position(item) for item in page.items}
    slices = _slices(cluster, namespace)
    services = list_objects(cluster, KINDS["Service"], namespace=namespace).items
    made = [
        endpoints_of(service, slices.get(_position(service), ()))
        for service in services
        if has_endpoints(service) and _position(service) not in held
    ]
    matches = selection.matches
    chosen = [item for item in made if matches is None or matches(item)]
    return Page(sorted([*page.items, *chosen], key=_position), page.revision)


def _slices(cluster: str, namespace: str) -> dict[tuple[str, str], list[Manifest]]:
    """Return the slices of each Service, by its namespace and name."""
    found: dict[tuple[str, str], list[Manifest]] = {}
    items: Iterable[Manifest] = list_objects(
        cluster, KINDS["EndpointSlice"], namespace=namespace
    ).items
    for item in items:
        name = text_map_at(mapping_at(item, "metadata"), "labels").get(SERVICE_NAME)
        if name:
            found.setdefault((_position(item)[0], name), []).append(item)
    return found


def _position(item: Manifest) -> tuple[str, str]:
    return (
        text_at(item, "metadata", "namespace") or "",
        text_at(item, "metadata", "name") or "",
    )
