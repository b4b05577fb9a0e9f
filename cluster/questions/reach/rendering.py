"""The rows of `reach` as text, CSV, Markdown, DOT and Mermaid; the same rows as in JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

from cluster.domains.policy.ports import ALL, LAST_PORT, Ports, ranges
from cluster.domains.policy.reach import Reach
from cluster.machinery.drawing import Graph, GraphEdge, GraphGroup, GraphNode, Verdict
from cluster.machinery.texts import joined, say
from cluster.questions.reach.peers import CONTROLLER, named_workload
from cluster.topology.formats import to_dot, to_mermaid

Rows = Sequence[Reach]
ALL_TEXT = say("all ports")


def ports_text(ports: Ports) -> str:
    """Return `TCP 80, 8000-8010; all UDP`."""
    if ports == ALL:
        return ALL_TEXT
    by_protocol: dict[str, list[str]] = {}
    for protocol, first, last in ranges(ports):
        span = str(first) if first == last else f"{first}-{last}"
        by_protocol.setdefault(protocol, []).append(span)
    return joined(
        "; ",
        (
            say("all {protocols}", protocols=protocol)
            if spans == [f"1-{LAST_PORT}"]
            else joined(" ", (protocol, joined(", ", spans)))
            for protocol, spans in by_protocol.items()
        ),
    )


def to_text(rows: Rows) -> str:
    """Return a line per row, its columns aligned."""
    width = max((len(row.source) for row in rows), default=0)
    other = max((len(row.destination) for row in rows), default=0)
    return "".join(
        f"{row.source:<{width}} => {row.destination:<{other}} : {ports_text(row.ports)}\n"
        for row in rows
    )


def to_csv(rows: Rows) -> str:
    """Return a line per row and range of ports."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("src", "dst", "protocol", "first", "last"))
    for row in rows:
        for protocol, first, last in ranges(row.ports):
            writer.writerow((row.source, row.destination, protocol, first, last))
    return written.getvalue()


def to_markdown(rows: Rows) -> str:
    """Return a table."""
    lines = ["| from | to | ports |", "| --- | --- | --- |"]
    lines += [
        f"| `{row.source}` | `{row.destination}` | {ports_text(row.ports)} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def to_graph(rows: Rows) -> Graph:
    """Return a card per peer and a line per row, workloads in boxes of their namespaces."""
    peers = sorted({peer for row in rows for peer in (row.source, row.destination)})
    names = sorted({found[0] for peer in peers if (found := named_workload(peer))})
    return Graph(
        view="reach",
        level="",
        layout="namespaces",
        title="reach",
        label="Who may open which connection to whom",
        verdict=Verdict("ok", ""),
        nodes=tuple(map(_card, peers)),
        edges=tuple(_lines(rows)),
        groups=tuple(GraphGroup(f"Namespace//{name}", "namespace", name) for name in names),
    )


def _card(peer: str) -> GraphNode:
    workload = named_workload(peer)
    if workload is not None:
        namespace, kind, name = workload
        return GraphNode(peer, kind, namespace, name, group=f"Namespace//{namespace}")
    if peer == CONTROLLER:
        return GraphNode(peer, "Ingress", "", "controller")
    return GraphNode(peer, "External", "", peer)


def _lines(rows: Rows) -> Iterable[GraphEdge]:
    for row in rows:
        name = f"{row.source}->{row.destination}"
        yield GraphEdge(name, row.source, row.destination, label=ports_text(row.ports))


FORMATS: Mapping[str, Callable[[Rows], str]] = {
    "text": to_text,
    "csv": to_csv,
    "md": to_markdown,
    "dot": lambda rows: to_dot(to_graph(rows)),
    "mermaid": lambda rows: to_mermaid(to_graph(rows)),
}
"""Every form but JSON, which is the answer itself."""
