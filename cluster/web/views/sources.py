"""What the drawer and the bins ask of the log: where objects stand, what their writes came to."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from django.http import HttpRequest, JsonResponse

from cluster.catalog import KINDS
from cluster.domains.service.endpointslice import parse_endpointslice
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.times import format_time
from cluster.questions.views.slices_reading import ready_cells
from cluster.store import ClusterHandle, find_cluster, standings, writes
from cluster.web.access import access_of

MOST_SOURCES = 100
MOST_BINS = 60  # as many as the diagram draws
MOST_WRITES = 12
"""Bars of a bin: what fits beside its grid."""
LONGEST = 18  # digits of a revision


def sources(request: HttpRequest, cluster: str) -> JsonResponse:
    """Return at which revision objects stood, and when that was written, by their names.

    `of` names them as reasons do (`Service shop/web`, `Node node-1`); `rev` is the revision looked
    at, the newest without it. Objects that are not there, that the log can no longer tell of, or
    of kinds that the reader may not see, are left out.
    """
    handle = find_cluster(cluster)
    sees = access_of(request).sees
    named = dict(_named(request.GET.getlist("of")[:MOST_SOURCES]))
    seen = {name: key for name, key in named.items() if sees(key.kind)}
    found = standings(handle, list(seen.values()), _revision(request, handle))
    told: dict[str, JSON] = {
        name: {
            "rev": found[key].revision,
            "time": format_time(time) if (time := found[key].time) else None,
        }
        for name, key in seen.items()
        if key in found
    }
    return JsonResponse({"sources": told})


def slice_writes(request: HttpRequest, cluster: str) -> JsonResponse:
    """Return what the last writes of EndpointSlices came to, by the ids of their cards.

    `of` names them as `EndpointSlice/ns/name`, `rev` as `sources` says. `ready` has how many
    endpoints were ready after each, oldest first; `count` is how many writes the log has.
    """
    handle = find_cluster(cluster)
    told: dict[str, JSON] = {}
    if access_of(request).sees("EndpointSlice"):
        at = _revision(request, handle)
        for id_ in request.GET.getlist("of")[:MOST_BINS]:
            kind, _slash, path = id_.partition("/")
            if kind != "EndpointSlice" or path.count("/") != 1:
                continue
            namespace, name = path.split("/")
            key = KINDS[kind].key(namespace, name)
            found = writes(handle, key, at, most=MOST_WRITES)
            ready: list[JSON] = [
                ready_cells(parse_endpointslice(orjson.loads(body))) for body in found.bodies
            ]
            if ready:
                told[id_] = {"ready": ready, "count": found.count}
    return JsonResponse({"writes": told})


def _revision(request: HttpRequest, handle: ClusterHandle) -> int:
    text = request.GET.get("rev", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else (
        handle.revision
    )  # fmt: skip


def _named(names: list[str]) -> Iterator[tuple[str, Key]]:
    """Yield the objects that reasons name; what is no object's name is left out."""
    for name in names:
        kind, _space, path = name.partition(" ")
        if kind not in KINDS or not path or path.count("/") > 1:
            continue
        namespace, _slash, last = path.rpartition("/")
        yield name, KINDS[kind].key(namespace, last)
