"""What may stand in the fields of a trace: objects of the cluster, and words for the rest.

The focus of a policy diagram is chosen the same way, among workloads and Pods by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import parse_address, parse_network
from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.search import find_objects
from cluster.questions.trace.peers import INTERNET
from cluster.questions.workloads import WORKLOAD_KINDS, by_workload
from cluster.web.tracing import peer_of

MOST = 12
MOST_EXAMPLES = 4
KINDS_OF_PEERS = ("Pod", "Service", "Node", *WORKLOAD_KINDS)
FIELDS = ("from", "to", "focus")
"""The fields that ask: the two ends of a trace, and what stands in the middle of a diagram."""
_OWN = frozenset({"ReplicaSet", "Job"})  # mostly made by others: offered last
_FIRST = {
    "from": frozenset(WORKLOAD_KINDS) - _OWN,
    "to": frozenset({"Service"}),
    "focus": frozenset(WORKLOAD_KINDS) - _OWN,
}
"""Kinds that are offered first: what mostly opens connections, and what is mostly asked."""
_WORDS = {"svc": "Service", "service": "Service", "node": "Node", "deploy": "Deployment"}


@dataclass(frozen=True, slots=True)
class Peer:
    """One choice: what goes into the field, and how it is shown."""

    value: str
    label: str
    note: str
    icon: str
    paint: str

    def json(self) -> dict[str, str]:
        """The JSON that the field's list reads."""
        return {
            "value": self.value, "label": self.label, "note": self.note,
            "icon": self.icon, "paint": self.paint,
        }  # fmt: skip


def peers_for(
    snapshot: Snapshot, facts: Facts, text: str, *, field: str, sees: Callable[[str], bool]
) -> list[Peer]:
    """Return up to MOST choices for what was typed, words that are peers themselves first."""
    typed = text.strip()
    is_focus = field == "focus"
    found = [] if is_focus else list(_words(typed, field))
    wanted = ("Pod", *WORKLOAD_KINDS) if is_focus else _kinds(typed)
    kinds = " OR ".join(f"kind:{kind}" for kind in wanted)
    words = f"{_searched(typed)} ({kinds})"
    keys, _total = find_objects(snapshot, facts, words, limit=4 * MOST, sees=sees)
    first = _FIRST[field]
    keys.sort(key=lambda key: (key.kind in _OWN, key.kind not in first))
    found += [_object(key, field) for key in keys if not _is_owned(snapshot, key)]
    return found[:MOST]


def _kinds(typed: str) -> tuple[str, ...]:
    """Return the kinds to look for: one where the text names it, as `ns/svc/name` does."""
    parts = typed.split("/")
    word = parts[1] if len(parts) > 2 else parts[0] if parts[0] == "node" else ""  # noqa: PLR2004
    return (_WORDS[word],) if word in _WORDS else KINDS_OF_PEERS


def _searched(typed: str) -> str:
    """Return what to look for, as a query: `ns/svc/web` is `web` in `ns`."""
    namespace, slash, rest = typed.partition("/")
    if not slash:
        return quoted(typed)
    name = quoted(rest.rpartition("/")[2])
    return name if namespace in {"", "node"} else f"ns:{quoted(namespace)} {name}"


def quoted(word: str) -> str:
    """Return a word that the query language takes as it is, "" for none."""
    plain = word.replace('"', " ").replace("\\", " ").strip()
    return f'"{plain}"' if plain else ""


def _is_owned(snapshot: Snapshot, key: Key) -> bool:
    """Whether an object is a controller's part of another workload."""
    if key.kind not in _OWN:
        return False
    item = snapshot.find(key)
    return item is not None and item.meta.controller is not None


def _object(key: Key, field: str) -> Peer:
    value = key.node_id if field == "focus" else peer_of(key.node_id)
    where = f"{key.kind} · {key.namespace}" if key.namespace else key.kind
    return Peer(
        value, key.name, where, ICON_OF.get(key.kind, "external"),
        PAINT_OF.get(key.kind, "external"),
    )  # fmt: skip


def _words(typed: str, field: str) -> Iterator[Peer]:
    if INTERNET.startswith(typed.lower()):
        yield Peer(INTERNET, INTERNET, _("every public address"), "external", "external")
    if parse_address(typed) is not None:
        yield Peer(typed, typed, _("address"), "external", "external")
    elif parse_network(typed) is not None:
        yield Peer(typed, typed, _("every address of the range"), "external", "external")
    elif field == "to" and typed.startswith(("http://", "https://")):
        yield Peer(
            typed, typed, _("request, by the Ingress that answers it"), "ingress", "ingress"
        )
    elif field == "to" and "." in typed and "/" not in typed and " " not in typed:
        yield Peer(typed, typed, _("DNS name, resolved by who connects"), "dns", "dns")


def examples(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return connections of this cluster to begin with, one for each of some Services.

    A workload of the same namespace, one of another, and the internet, in turn.
    """
    workloads = [
        key
        for key, pods in by_workload(snapshot, snapshot.of(Pod)).items()
        if not _is_system(key.namespace) and any(pod.ips for pod in pods)
    ]
    found: list[tuple[str, str]] = []
    for service in snapshot.sorted(Service):
        meta = service.meta
        if _is_system(meta.namespace) or not service.ports or service.pod_selector is None:
            continue
        others = [key for key in workloads if key.name != meta.name]
        near = [key for key in others if (key.namespace == meta.namespace) == (len(found) != 1)]
        source = INTERNET if len(found) == MOST_EXAMPLES - 1 else None
        if near and source is None:
            source = peer_of(near[len(found) % len(near)].node_id)
        if source is not None:
            found.append((source, f"{meta.namespace}/svc/{meta.name}"))
        if len(found) == MOST_EXAMPLES:
            break
    return found


def _is_system(namespace: str) -> bool:
    return namespace.startswith("kube-")
