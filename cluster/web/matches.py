"""What a query means beyond what a view draws: how many, and which card to open to see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import Manifest, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.query.drawn import found_in
from cluster.questions.workloads import workload_of
from cluster.web.viewquery import query_string

MOST_GROUPS = 6


@dataclass(frozen=True, slots=True)
class Closed:
    """A group that is not drawn one by one: how many matches it holds, and what opens it.

    `open` is the id of a card that can be expanded in place, "" where `href` leads elsewhere.
    """

    label: str
    count: int
    href: str
    open: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """How many objects match, how many of them have no card here, and where those are."""

    total: int
    undrawn: int
    groups: tuple[Closed, ...]

    def answer(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "total": self.total,
            "undrawn": self.undrawn,
            "groups": [
                {"label": g.label, "count": g.count, "href": g.href, "open": g.open}
                for g in self.groups
            ],
        }


def match_in(
    graph: Manifest, snapshot: Snapshot, keys: Iterable[Key], query: Mapping[str, str], text: str
) -> Match:
    """Return what `text`, which means the objects `keys`, means in a view drawn for `query`."""
    drawn = {text_at(node, "id") or "" for node in mappings_at(graph, "nodes")}
    listed = list(keys)
    ids = {key.node_id for key in listed}
    found = found_in(graph, text) - ids
    cards = {name for name in found if name.startswith("External/")}  # cards of no object
    missing = [key for key in listed if key.node_id not in drawn]
    counts: dict[tuple[str, str, str], int] = {}
    for key in missing:
        place = _place(snapshot, key, drawn, query)
        counts[place] = counts.get(place, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    groups = tuple(
        Closed(label, count, href, open_) for (label, href, open_), count in ordered[:MOST_GROUPS]
    )
    return Match(len(listed) + len(cards), len(missing), groups)


def _place(
    snapshot: Snapshot, key: Key, drawn: set[str], query: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return what opens a group that holds an object: its label, an address, a card's id."""
    item = snapshot.find(key)
    if isinstance(item, Pod):
        workload = workload_of(snapshot, item)
        card = workload.node_id
        if workload.kind != "Pod" and workload.kind in snapshot.kinds:
            if card in drawn and query.get("view") == "map" and query.get("lvl", "L1") == "L1":
                return (f"{workload.kind} {workload.name}", "", card)
            return (
                f"{workload.kind} {workload.name}",
                query_string({"lvl": "L3", "of": card}),
                "",
            )
    if isinstance(item, EndpointSlice) and item.service_name:
        of = f"{key.namespace}/{item.service_name}"
        return (f"Service {item.service_name}", query_string({"lvl": "L2", "of": of}), "")
    if key.namespace and query.get("ns") != key.namespace:
        where = query_string({"lvl": "L1", "ns": key.namespace})
        return (_("Namespace %(name)s") % {"name": key.namespace}, where, "")
    return (_("List all"), "", "")
