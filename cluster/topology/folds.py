"""What a drawing leaves out, in one sentence: what is folded into how many cards, what is gone."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.machinery.drawing import Graph
from cluster.machinery.texts import joined, say, say_n

FOLD = "Fold/"
"""How the ids of cards begin that stand for others; `Fold/<name>` for a whole namespace."""
_MANY: Mapping[str, str] = {
    "Ingress": "Ingresses", "IngressClass": "IngressClasses", "Endpoints": "Endpoints",
    "NetworkPolicy": "NetworkPolicies",
}  # fmt: skip


def folded_text(graph: Graph) -> str:
    """Return `1,240 Pods, all healthy, folded into 31 groups`, "" where all is drawn."""
    left = {kind: count for kind, count in graph.truncated.items() if count}
    if not left:
        return ""
    folds = [node for node in graph.nodes if node.id.startswith(FOLD)]
    groups = folds or [node for node in graph.nodes if node.count > 1 and node.kind in left]
    standing = {node.kind for node in groups}
    folded = {kind: n for kind, n in left.items() if folds or kind in standing}
    rest = {kind: n for kind, n in left.items() if kind not in folded}
    parts: list[str] = []
    boxes = [node for node in groups if node.id.count("/") == 1]
    if boxes and len(boxes) == folded.get("Namespace"):
        del folded["Namespace"]
        groups = [node for node in groups if node not in boxes]
        parts.append(
            say_n("{n:,} namespace drawn as one card", "{n:,} namespaces drawn as one card each",
                  len(boxes))
        )  # fmt: skip
    if folded:
        is_healthy = all(node.state in {"ok", "skip"} for node in groups)
        counts = _counts(folded)
        parts.append(
            say_n("{counts}, all healthy, folded into {n:,} group",
                  "{counts}, all healthy, folded into {n:,} groups", len(groups), counts=counts)
            if is_healthy else
            say_n("{counts} folded into {n:,} group", "{counts} folded into {n:,} groups",
                  len(groups), counts=counts)
        )  # fmt: skip
    if rest:
        parts.append(say("{counts} not drawn", counts=_counts(rest)))
    return joined("; ", parts)


def _counts(left: Mapping[str, int]) -> str:
    return joined(", ", (_count(kind, number) for kind, number in left.items()))


def _count(kind: str, number: int) -> str:
    match kind:
        case "denied pairs":
            return say_n("{n:,} denied pair", "{n:,} denied pairs", number)
        case "workload":
            return say_n("{n:,} workload", "{n:,} workloads", number)
        case "endpoint":
            return say_n("{n:,} endpoint", "{n:,} endpoints", number)
        case "connection":
            return say_n("{n:,} connection", "{n:,} connections", number)
        case "Path":
            return say_n("{n:,} path", "{n:,} paths", number)
        case "Record":
            return say_n("{n:,} record", "{n:,} records", number)
        case "Group":
            return say_n("{n:,} card", "{n:,} cards", number)
        case _:
            kinds = _MANY.get(kind, f"{kind}s")
            return say_n("{n:,} {kind}", "{n:,} {kinds}", number, kind=kind, kinds=kinds)
