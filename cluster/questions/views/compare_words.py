"""The sentence that opens the compare diagram, and the table of differences beneath it."""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.service.forwarding import affinity_seconds
from cluster.machinery.drawing import Cell, Column, Counter, Line, Row, Verdict
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.slices import EndpointRow
from cluster.questions.views.compare_worlds import CompareReading, Reading
from cluster.questions.views.service_frame import path_of, port_word
from cluster.questions.views.words import listed, stated

GUIDE = (
    say("Above, one address: kube-proxy picks a Pod. Below, every ready Pod's: the client picks."),
    say("The Pods at the right are the same. What is dotted and grey is hypothetical, not "
    "stored."),
    say("Swap tells the story of the other kind; the table underneath has the differences in "
    "words."),
)  # fmt: skip
_ADDRESSES = ("A", "AAAA")
SORT_WORD = {"normal": say("normal"), "headless": say("headless")}


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
        kind = say("a headless Service") if told.sort == "headless" else say("a normal Service")
        opening = say("If {name} were {kind}, DNS would answer", name=name, kind=kind)
        why: str = say("Hypothetical: nothing of this is stored.")
    else:
        kind = say("a headless Service") if told.sort == "headless" else say("a normal Service")
        opening = say("{name} is {kind}: DNS answers", name=name, kind=kind)
        why = ""
    if told.sort == "headless":
        if not answer:
            text = say(
                "No endpoint is ready: the name does not resolve ({rcode}).",
                rcode=told.empty_rcode,
            )
            return Verdict(
                "unknown" if swapped else "deny",
                say("{opening} with nothing", opening=opening),
                joined(" ", (text, why)),
            )
        text = say(
            "{opening} with {pod_addresses}, the client picks",
            opening=opening,
            pod_addresses=say_n("{n:,} Pod address", "{n:,} Pod addresses", answer),
        )
    else:
        what = say_n("{n:,} address", "{n:,} addresses", answer)
        pods = say_n("{n:,} ready Pod", "{n:,} ready Pods", total)
        gaps = {"opening": opening, "what": what, "pods": pods}
        if ready >= total:
            text = say("{opening} with {what}, kube-proxy picks one of {pods}", **gaps)
        elif ready == 1:
            text = say(
                "{opening} with {what}, kube-proxy picks the only one of {pods} that its Node may "
                "use",
                **gaps,
            )
        else:
            text = say(
                "{opening} with {what}, kube-proxy picks one of the {ready} of {pods} that its "
                "Node may use",
                ready=f"{ready:,}",
                **gaps,
            )
        if not ready:
            text = say(
                "{opening} with {what}, and no Pod is ready behind it", opening=opening, what=what
            )
            why = joined(" ", (say("Connections are refused."), why))
    state = "unknown" if swapped else "ok" if ready else "deny"
    return Verdict(
        "unknown" if state == "unknown" else "ok" if state == "ok" else "deny", text,
        why or say("The other kind is drawn beside it, dotted: it is hypothetical."),
    )  # fmt: skip


def counters(reading: CompareReading, rows: list[EndpointRow]) -> tuple[Counter, ...]:
    """Return the answers of both and the endpoints behind them."""
    ids = {row.id for row in rows}
    ready = {row.id for row in rows if row.ready}
    return (
        Counter(len(ready), say("endpoints ready"), "ok" if ready and ready == ids else "warn",
                say("of {ids}", ids=f"{len(ids):,}")),
        *(
            Counter(len(found.of_name(reading.name, *_ADDRESSES)),
                    say("in the answer, {sort}", sort=SORT_WORD[found.sort]),
                    None if found.is_real else "unknown",
                    "" if found.is_real else say("hypothetical"))
            for found in (reading.normal, reading.headless)
        ),
    )  # fmt: skip


def differences(reading: CompareReading, settings: ClusterSettings) -> list[Difference]:
    """Return what differs, each line worked out by the rules for both."""
    normal, headless = reading.normal, reading.headless
    seconds = affinity_seconds(reading.service)
    own = _own_names(headless, reading.name)
    ports = listed([port_word(port) for port in reading.service.ports], 2) or say("no port")
    return [
        Difference(say("DNS answer"), _answer(normal, reading.name),
        _answer(headless, reading.name)),
        Difference(say("Records in all"),
        say_n("{n:,} record", "{n:,} records", len(normal.records)),
                   say_n("{n:,} record", "{n:,} records", len(headless.records))),
        Difference(say("Who picks the Pod"), say("kube-proxy on the client's Node"),
        say("the client")),
        Difference(say("Picked"), say("anew for each connection"),
        say("once per lookup, as the client likes")),
        Difference(say("Same Pod again"),
        say("for {seconds} s (ClientIP)", seconds=seconds) if seconds else say("no affinity"),
                   say("as the client likes")),
        Difference(say("Source of truth"), say("EndpointSlices, read by proxies"),
                   say("EndpointSlices, read by DNS")),
        Difference(say("Port"), say("{ports}, mapped to the Pod's", ports=ports),
        say("none: the Pod's own port")),
        Difference(say("A Pod leaves"), say("with the next slice"),
        say("after the TTL, {ttl} s", ttl=settings.dns.ttl)),
        Difference(say("Names of single Pods"), say("none handed out"), own),
        Difference(say("Nothing ready"), _empty(normal), _empty(headless)),
    ]  # fmt: skip


def _answer(found: Reading, name: str) -> str:
    records = found.of_name(name, *_ADDRESSES)
    values = [record.data for record in records]
    if not values:
        return say("none")
    types = "/".join(dict.fromkeys(record.type for record in records))
    return say(
        "{n} {types}: {values}", n=f"{len(values):,}", types=types, values=listed(values, 1)
    )


def _own_names(found: Reading, name: str) -> str:
    own = sorted({r.name for r in found.records if r.type in _ADDRESSES and r.name != name})
    if not own:
        return say("none")
    return f"{own[0].removesuffix('.').partition('.svc.')[0]}{', …' if len(own) > 1 else ''}"


def _empty(found: Reading) -> str:
    name = {"NXDOMAIN": say("the name is gone (NXDOMAIN)"), "NOERROR": say("the name stays")}
    told = name.get(found.empty_rcode, found.empty_rcode)
    action = {"reject": say("connection refused"), "drop": say("no answer")}.get(
        found.empty_action, ""
    )
    return joined(", ", (told, action))


COLUMNS = (
    Column("what", say("What")), Column("normal", say("With a cluster IP")),
    Column("headless", say("Headless")),
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
    kinds = {True: say("as it is"), False: say("hypothetical")}
    return (
        Line(stated(opening.text, opening.why)),
        Line(say("With a cluster IP ({kinds}):", kinds=kinds[reading.normal.is_real]), tuple(
            Line(say("{what}: {normal}", what=item.what, normal=item.normal)) for item in found)),
        Line(say("Headless ({kinds}):", kinds=kinds[reading.headless.is_real]), tuple(
            Line(say("{what}: {headless}", what=item.what,
            headless=item.headless)) for item in found)),
        Line(say("The Pods behind both:"), tuple(
            Line(say("{pod} ({address}), {word}",
            pod=row.pod.meta.name if row.pod else row.address, address=row.address,
            word=say("ready") if row.ready else say("not ready")))
            for row in rows
        )),
    )  # fmt: skip
