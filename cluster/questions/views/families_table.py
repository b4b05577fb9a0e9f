"""The table of the families diagram: Service, slices, Pods, Nodes, with an address per family."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.machinery.drawing import Cell, Column, Row, node_id
from cluster.machinery.texts import say
from cluster.questions.views.families_reading import FamiliesReading, FamilyReading, node_address
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.words import listed

COLUMNS = (
    Column("what", say("What")), Column("name", say("Name")), Column("v4", "IPv4"),
    Column("v6", "IPv6"),
    Column("gap", say("Gap")),
)  # fmt: skip


def table(reading: FamiliesReading, request: ViewRequest) -> list[Row]:
    """Return a row per object, with what it lacks of the families that the Service offers."""
    service = reading.service
    meta = service.meta
    four, six = reading.families
    href = request.object_href("Service", meta.namespace, meta.name)
    if service.is_external_name:
        return [Row(node_id("Service", meta.namespace, meta.name),
                    (Cell("Service"), Cell(meta.name, href), Cell("CNAME"), Cell("CNAME"),
                     Cell(service.external_name, mono=True)))]  # fmt: skip
    rows = [
        Row(node_id("Service", meta.namespace, meta.name), (
            Cell("Service"), Cell(meta.name, href), _offered(four), _offered(six), _gap([
                f.family for f in reading.families if not f.is_offered]),
        )),
        *(_slice_row(family, index, request) for family in reading.families
          for index in range(len(family.slices))),
    ]  # fmt: skip
    for pod in reading.pods:
        where = request.object_href("Pod", pod.meta.namespace, pod.meta.name)
        gaps = [f.family for f in reading.offered if pod.address(f.family) is None]
        rows.append(Row(node_id("Pod", pod.meta.namespace, pod.meta.name), (
            Cell("Pod"), Cell(pod.meta.name, where), _address(pod.address("IPv4")),
            _address(pod.address("IPv6")), _gap(gaps),
        )))  # fmt: skip
    for node in reading.nodes:
        where = request.object_href("Node", "", node.meta.name)
        gaps = [f.family for f in reading.offered if node_address(node, f.family) is None]
        rows.append(Row(node_id("Node", "", node.meta.name), (
            Cell("Node"), Cell(node.meta.name, where), _address(node_address(node, "IPv4")),
            _address(node_address(node, "IPv6")), _gap(gaps),
        )))  # fmt: skip
    return rows


def _offered(family: FamilyReading) -> Cell:
    if not family.is_offered:
        return Cell(say("not offered"), state="skip")
    return Cell(family.address or say("headless"), mono=bool(family.address))


def _slice_row(family: FamilyReading, index: int, request: ViewRequest) -> Row:
    item = family.slices[index]
    where = request.object_href("EndpointSlice", item.meta.namespace, item.meta.name)
    ready = sum(end.is_ready for end in item.endpoints)
    mine, none = (
        Cell(
            say(
                "{ready} of {endpoints} ready",
                ready=f"{ready:,}",
                endpoints=f"{len(item.endpoints):,}",
            )
        ),
        Cell(""),
    )
    cells = (mine, none) if family.family == "IPv4" else (none, mine)
    return Row(node_id("EndpointSlice", item.meta.namespace, item.meta.name),
               (Cell(say("Slice")), Cell(item.meta.name, where), *cells, Cell("")))  # fmt: skip


def _address(ip: str | None) -> Cell:
    return Cell(ip, mono=True) if ip else Cell(say("none"), state="warn")


def _gap(missing: Sequence[str]) -> Cell:
    return (
        Cell(say("no {missing}", missing=listed(missing)), state="warn") if missing else Cell("")
    )
