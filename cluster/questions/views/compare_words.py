"""The sentence that opens the compare diagram, and the table of differences beneath it."""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.service.forwarding import affinity_seconds
from cluster.machinery.drawing import Cell, Column, Counter, Line, Row, Verdict
from cluster.machinery.settings import ClusterSettings
from cluster.questions.slices import EndpointRow
from cluster.questions.views.compare_worlds import CompareReading, Reading
from cluster.questions.views.service_frame import path_of, port_word
from cluster.questions.views.words import counted, listed

GUIDE = (
    "Above, one address: kube-proxy picks a Pod. Below, every ready Pod's: the client picks.",
    "The Pods at the right are the same. What is dotted and grey is hypothetical, not stored.",
    "Swap tells the story of the other kind; the table underneath has the differences in words.",
)  # fmt: skip
_ADDRESSES = ("A", "AAAA")


class Difference(NamedTuple):
    """One line of the table: what, with a cluster IP, headless."""

    what: str
    normal: str
    headless: str


def verdict(reading: CompareReading, rows: list[EndpointRow], *, swapped: bool) -> Verdict:
    """Return the sentence of the kind the Service is, or with `swapped` of the other one."""
    name = path_of(reading.service)
    picked = reading.normal.forwarding
    ready = len(picked.endpoints) if picked is not None else 0
    total = max(ready, len({row.id for row in rows if row.ready}))
    told = reading.other if swapped else reading.real
    answer = len(told.of_name(reading.name, *_ADDRESSES))
    if swapped:
        kind = "headless" if told.sort == "headless" else "a normal Service"
        opening = f"If {name} were {kind}, DNS would answer"
        why = "Hypothetical: nothing of this is stored."
    else:
        kind = "headless" if told.sort == "headless" else "a normal Service"
        opening = f"{name} is {kind}: DNS answers"
        why = ""
    if told.sort == "headless":
        if not answer:
            why = f"No endpoint is ready: the name does not resolve ({told.empty_rcode}). {why}"
            return Verdict(
                "unknown" if swapped else "deny", f"{opening} with nothing", why.strip()
            )
        text = (
            f"{opening} with {counted(answer, 'Pod address', 'Pod addresses')}, the client picks"
        )
    else:
        what = counted(answer, "address", "addresses")
        pods = counted(total, "ready Pod")
        pods = f"{ready} of {pods}" if ready < total else pods
        text = f"{opening} with {what}, kube-proxy picks one of {pods}"
        if not ready:
            text = f"{opening} with {what}, and no Pod is ready behind it"
            why = f"Connections are refused. {why}"
    state = "unknown" if swapped else "ok" if ready else "deny"
    return Verdict(
        "unknown" if state == "unknown" else "ok" if state == "ok" else "deny", text,
        why.strip() or "The other kind is drawn beside it, dotted: it is hypothetical.",
    )  # fmt: skip


def counters(reading: CompareReading, rows: list[EndpointRow]) -> tuple[Counter, ...]:
    """Return the answers of both and the endpoints behind them."""
    ids = {row.id for row in rows}
    ready = {row.id for row in rows if row.ready}
    return (
        Counter(len(ready), "endpoints ready", "ok" if ready and ready == ids else "warn",
                f"of {len(ids)}"),
        *(
            Counter(len(found.of_name(reading.name, *_ADDRESSES)),
                    f"in the answer, {found.sort}", None if found.is_real else "unknown",
                    "" if found.is_real else "hypothetical")
            for found in (reading.normal, reading.headless)
        ),
    )  # fmt: skip


def differences(reading: CompareReading, settings: ClusterSettings) -> list[Difference]:
    """Return what differs, each line worked out by the rules for both."""
    normal, headless = reading.normal, reading.headless
    seconds = affinity_seconds(reading.service)
    own = _own_names(headless, reading.name)
    ports = listed([port_word(port) for port in reading.service.ports], 2) or "no port"
    return [
        Difference("DNS answer", _answer(normal, reading.name), _answer(headless, reading.name)),
        Difference("Records in all", counted(len(normal.records), "record"),
                   counted(len(headless.records), "record")),
        Difference("Who picks the Pod", "kube-proxy on the client's Node", "the client"),
        Difference("Picked", "anew for each connection", "once per lookup, as the client likes"),
        Difference("Same Pod again", f"for {seconds} s (ClientIP)" if seconds else "no affinity",
                   "as the client likes"),
        Difference("Source of truth", "EndpointSlices, read by proxies",
                   "EndpointSlices, read by DNS"),
        Difference("Port", f"{ports}, mapped to the Pod's", "none: the Pod's own port"),
        Difference("A Pod leaves", "with the next slice", f"after the TTL, {settings.dns.ttl} s"),
        Difference("Names of single Pods", "none handed out", own),
        Difference("Nothing ready", _empty(normal), _empty(headless)),
    ]  # fmt: skip


def _answer(found: Reading, name: str) -> str:
    records = found.of_name(name, *_ADDRESSES)
    values = [record.data for record in records]
    if not values:
        return "none"
    types = "/".join(dict.fromkeys(record.type for record in records))
    return f"{len(values)} {types}: {listed(values, 1)}"


def _own_names(found: Reading, name: str) -> str:
    own = sorted({r.name for r in found.records if r.type in _ADDRESSES and r.name != name})
    if not own:
        return "none"
    return f"{own[0].removesuffix('.').partition('.svc.')[0]}{', …' if len(own) > 1 else ''}"


def _empty(found: Reading) -> str:
    name = {"NXDOMAIN": "the name is gone (NXDOMAIN)", "NOERROR": "the name stays"}
    told = name.get(found.empty_rcode, found.empty_rcode)
    action = {"reject": "connection refused", "drop": "no answer"}.get(found.empty_action, "")
    return f"{told}, {action}" if action else told


COLUMNS = (
    Column("what", "What"), Column("normal", "With a cluster IP"), Column("headless", "Headless"),
)  # fmt: skip


def table(found: list[Difference], id_: str, reading: CompareReading) -> list[Row]:
    """Return the differences as rows, the hypothetical side marked."""
    real = reading.real.sort
    return [
        Row(id_, (
            Cell(item.what),
            Cell(item.normal, state=None if real == "normal" else "unknown"),
            Cell(item.headless, state=None if real == "headless" else "unknown"),
        ))
        for item in found
    ]  # fmt: skip


def describe(
    reading: CompareReading, rows: list[EndpointRow], found: list[Difference], *, swapped: bool
) -> tuple[Line, ...]:
    """Return the Text form: the verdict, the differences, the Pods."""
    opening = verdict(reading, rows, swapped=swapped)
    kinds = {True: "as it is", False: "hypothetical"}
    return (
        Line(f"{opening.text}. {opening.why}"),
        Line(f"With a cluster IP ({kinds[reading.normal.is_real]}):", tuple(
            Line(f"{item.what}: {item.normal}") for item in found)),
        Line(f"Headless ({kinds[reading.headless.is_real]}):", tuple(
            Line(f"{item.what}: {item.headless}") for item in found)),
        Line("The Pods behind both:", tuple(
            Line(f"{row.pod.meta.name if row.pod else row.address} ({row.address}), "
                 f"{'ready' if row.ready else 'not ready'}")
            for row in rows
        )),
    )  # fmt: skip
