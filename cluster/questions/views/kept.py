"""Namespaces that a folded map draws rather than others: those of the selection and of matches.

Only matches that a card of the map stands for count, so that a namespace is not opened for what it
does not show.
"""

from __future__ import annotations

from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.search import all_found
from cluster.questions.views.request import ViewRequest
from cluster.questions.workloads import WORKLOAD_KINDS

DRAWN = frozenset({"Ingress", "Service", "Pod", *WORKLOAD_KINDS})


def kept_namespaces(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> set[str]:
    """Return the namespaces that hold what `keep` names or `find` means."""
    ids = [name.split("/") for name in request.keep]
    found = {parts[1] for parts in ids if len(parts) > 2}  # noqa: PLR2004 - `Kind/ns/name`
    sees = request.sees
    if request.find:
        matches = all_found(snapshot, facts, request.find, sees=lambda k: k in DRAWN and sees(k))
        found |= {namespace for _kind, namespace, names in matches.places if names}
    if request.find and sees("Namespace"):
        spaces = all_found(snapshot, facts, request.find, sees="Namespace".__eq__)
        found |= {name for _kind, _namespace, names in spaces.places for name in names}
    return found - {""}
