"""What the cards of the families diagram say and why: Service, bands, answers, gaps, folded Pods.

Where they stand and how they are joined is told in `families.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cluster.domains.dns.entries import service_name
from cluster.domains.dns.zones import primary_zone
from cluster.domains.service.families import PREFER
from cluster.domains.service.service import Service
from cluster.machinery.addresses import FAMILIES, Family
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Badge,
    GraphGroup,
    GraphNode,
    Reason,
    node_id,
)
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow
from cluster.questions.views.cards import service_card
from cluster.questions.views.families_reading import FamiliesReading, FamilyReading
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import object_of
from cluster.questions.views.words import stated


class Likeness(NamedTuple):
    """What Pods that are drawn as one card have in common."""

    kind: str
    name: str
    having: tuple[Family, ...]
    is_ready: bool


def service_face(reading: FamiliesReading, facts: Facts, request: ViewRequest) -> GraphNode:
    """Return the card of the Service: how many families it asks for, in which order, and has."""
    service = reading.service
    card = service_card(service, facts, request, lane="service", group=None)
    policy = service.ip_family_policy or say("one family")
    fell_back = (
        service.ip_family_policy == PREFER and len(reading.offered) == 1
    )  # fmt: skip
    lines: list[JSON] = [
        {"text": family.address or (say("headless") if service.is_headless else say("no address"))}
        if family.is_offered
        else {"text": say("no {family}", family=family.family), "state": "skip"}
        for family in reading.families
    ]
    why = Reason(say("Its families, in order; the first is what clients get by default."),
                 object_of(service), "spec.ipFamilies",
                 joined(", ", service.slice_families))  # fmt: skip
    policy_why = Reason(say("How many families it asks for."), object_of(service),
                        "spec.ipFamilyPolicy", policy, cause=fell_back)  # fmt: skip
    order = ", ".join(word.removeprefix("IPv") for word in service.slice_families)
    return replace(
        card,
        meta="" if service.is_external_name else joined(" · ", (policy, order)),
        badges=(Badge(say("fell back"), "warn", say("It prefers both and has one.")),)
        if fell_back else tuple(b for b in card.badges if b.text != "dual"),
        state="warn" if fell_back and card.state == "ok" else card.state,
        why=(policy_why, why, *card.why), open=None,
        extra={} if service.is_external_name else {"lines": lines},
    )  # fmt: skip


def band_of(family: FamilyReading, total: int) -> GraphGroup:
    """Return the box of a family, with how many of `total` endpoints it reaches."""
    ready = len(family.ready)
    if not family.is_offered:
        badge = Badge(
            say("not offered"),
            "skip",
            say("The Service does not have {family}.", family=family.family),
        )
    elif not ready:
        badge = Badge(say("no endpoint"), "deny", say("No endpoint of this family is ready."))
    elif ready < total:
        badge = Badge(
            say("{ready} of {total}", ready=f"{ready:,}", total=f"{total:,}"),
            "warn",
            say("Some endpoints lack this family."),
        )
    else:
        badge = Badge(say("works"), "ok", say("Every endpoint has this family and is ready."))
    return GraphGroup(
        f"Band/{family.family}",
        "band",
        family.family,
        order=family.family,
        state=badge.state,
        badges=(badge,),
    )


def answer_face(
    reading: FamiliesReading,
    family: FamilyReading,
    settings: ClusterSettings,
    request: ViewRequest,
) -> GraphNode:
    """Return the card of what DNS answers for a family, a ghost where it has no record."""
    service = reading.service
    meta = service.meta
    fqdn = service_name(service, primary_zone(settings)).rstrip(".")
    count = len({row.address for row in family.rows if row.ready})
    value = family.address or (say_n("{n:,} address", "{n:,} addresses", count) if count else "")
    is_there = family.is_offered and bool(value)
    if is_there:
        word = say("{fqdn} has {record} {value}", fqdn=fqdn, record=family.record, value=value)
        path, text = "spec.clusterIPs", value
        if service.is_headless:
            word = say_n("{fqdn} has {n:,} {record} record", "{fqdn} has {n:,} {record} records",
                         count, fqdn=fqdn, record=family.record)  # fmt: skip
            path, text = "spec.clusterIP", say("None")
    else:
        word = say("{fqdn} has no {record} record", fqdn=fqdn, record=family.record)
        path, text = "spec.ipFamilies", ", ".join(service.slice_families) or say("absent")
    return GraphNode(
        id=node_id("Record", meta.namespace, f"{meta.name}/{family.record}"), kind="Record",
        namespace=meta.namespace, name=value or say("no {record} record",
        record=family.record), lane="answer",
        group=f"Band/{family.family}", order="0", paint="dns", icon="dns",
        overline=say("{record} record", record=family.record),
        variant=f"TTL {settings.dns.ttl}"
        if is_there else "", meta=fqdn, state="ok" if is_there else "skip",
        word=say("answers") if is_there else say("no such record"), ghost=not is_there,
        href=request.object_href("Service", meta.namespace, meta.name),
        label=say("Record {value}, {type} of {own}", value=value, type=family.record, own=fqdn)
        if is_there else say("Record {value}, {own}",
        value=say("no {record} record", record=family.record), own=fqdn),
        why=(Reason(stated(word), object_of(service), path, text, cause=not is_there),),
    )  # fmt: skip


def missing_face(service: Service, family: FamilyReading, band: str) -> GraphNode:
    """Return the ghost of the slice that a family does not have."""
    meta = service.meta
    text = say("no {family} slice", family=family.family)
    why = (
        Reason(say("No Pod behind it has an address of this family."), object_of(service),
               "spec.selector", str(service.pod_selector or "absent"), cause=True)
        if family.is_offered else
        Reason(say("The Service does not have this family."), object_of(service),
               "spec.ipFamilies", ", ".join(service.slice_families), cause=True)
    )  # fmt: skip
    return GraphNode(
        id=node_id("Missing", meta.namespace, f"{meta.name}/{family.family}"), kind="Missing",
        namespace=meta.namespace, name=text, lane="slices", group=band, order="~",
        paint="slice", icon="slice", overline=say("Slice"), state="skip", word=text,
        ghost=True,
        compact=True, label=say("Missing {text}", text=text), why=(why,),
    )  # fmt: skip


def fold_face(namespace: str, likeness: Likeness, ids: list[str]) -> GraphNode:
    """Return the card of Pods that are alike, with a socket per family."""
    kind, name, having, is_ready = likeness
    word = say("ready") if is_ready else say("not ready")
    sockets: list[JSON] = [
        {
            "id": family,
            "text": say(
                "\N{MULTIPLICATION SIGN}{ids} {family}", ids=f"{len(ids):,}", family=family
            ),
            "state": "ok",
        }
        if family in having
        else {"id": family, "text": say("no {family}", family=family), "state": "missing"}
        for family in FAMILIES
    ]
    return GraphNode(
        id=f"Fold/{kind}/{name}/{'+'.join(having) or 'none'}/{word}", kind=kind,
        namespace=namespace, name=name, lane="pods",
        order=f"{int(is_ready)}|{name}|{len(having)}", paint=PAINT_OF.get(kind, "external"),
        icon=ICON_OF.get(kind, "external"), overline=kind, variant=stack(having),
        meta=say("\N{MULTIPLICATION SIGN}{ids} {word}", ids=f"{len(ids):,}", word=word),
        state="ok" if is_ready else "warn", word=word,
        count=len(ids), ready=(len(ids) if is_ready else 0, len(ids)),
        label=say("{kind} {name}, {ids} Pods {word}, {stack}", kind=kind, name=name,
        ids=f"{len(ids):,}", word=word, stack=stack(having)),
        extra={"sockets": sockets},
    )  # fmt: skip


def double(family: str) -> str | None:
    """Return the family of a line that is drawn double."""
    return "IPv6" if family == "IPv6" else None


def stack(having: Sequence[str]) -> str:
    """Return the families that a Pod has, as a card says them."""
    found = [family for family in having if family in FAMILIES]
    return (
        say("dual")
        if len(found) > 1
        else say("{found} only", found=found[0])
        if found
        else say("no address")
    )


def socket(family: Family, address: str | None, row: EndpointRow | None) -> Manifest:
    """Return a socket of a card: an address of a family, or that there is none."""
    if address is None:
        return {"id": family, "text": say("no {family}", family=family), "state": "missing"}
    if row is None:
        return {"id": family, "text": address, "state": "idle"}
    return {"id": family, "text": address, "state": "ok" if row.ready else "warn"}
