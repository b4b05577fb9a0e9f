"""The records of the zones as facts, and whose records a change can alter."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.records import ZoneRecord
from cluster.domains.dns.rules import DNSRecords
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from tests.domains.network import KINDS, end, external, headless, piece, service, world

RULE = DNSRecords()


@dataclass(frozen=True)
class Looking:
    """What the rule may look at."""

    snapshot: Snapshot
    now: str = "2026-01-01T00:00:00Z"

    @property
    def settings(self) -> ClusterSettings:
        return self.snapshot.settings

    def manifest(self, key: Key) -> Manifest:
        raise KeyError(key)

    def suffix(self, *parts: str) -> str:
        return "".join(parts)


def every(snapshot: Snapshot) -> dict[Key, tuple[Hashable, ...]]:
    """The facts of every owner that has any."""
    view = Looking(snapshot)
    found = {owner: RULE.derive(owner, view).facts for owner in RULE.all_owners(snapshot)}
    return {owner: facts for owner, facts in found.items() if facts}


def lines(snapshot: Snapshot) -> list[str]:
    return sorted(
        f"{fact.name} {fact.ttl} {fact.type} {fact.data}"
        for facts in every(snapshot).values()
        for fact in facts
        if isinstance(fact, ZoneRecord)
    )


def test_a_service_has_its_addresses_ports_and_pointers() -> None:
    snapshot = world(
        service("web", "10.96.0.20", ports=("http:80", "81")),
        piece(end("10.244.0.9")),
        external("ext", "example.com"),
        external("literal", "192.0.2.1"),
    )

    assert lines(snapshot) == [
        "20.0.96.10.in-addr.arpa. 30 PTR web.shop.svc.cluster.local.",
        "_http._tcp.web.shop.svc.cluster.local. 30 SRV 0 100 80 web.shop.svc.cluster.local.",
        "ext.shop.svc.cluster.local. 30 CNAME example.com.",
        "web.shop.svc.cluster.local. 30 A 10.96.0.20",
    ]


def test_a_headless_service_has_the_records_of_its_ready_endpoints() -> None:
    snapshot = world(
        headless("db"),
        piece(end("10.244.0.5", hostname="db-0"), end("10.244.0.6", ready=False), of="db"),
    )

    assert lines(snapshot) == [
        "5.0.244.10.in-addr.arpa. 30 PTR db-0.db.shop.svc.cluster.local.",
        "_http._tcp.db.shop.svc.cluster.local. 30 SRV 0 100 8080 db-0.db.shop.svc.cluster.local.",
        "db-0.db.shop.svc.cluster.local. 30 A 10.244.0.5",
        "db.shop.svc.cluster.local. 30 A 10.244.0.5",
    ]


def test_one_endpoint_of_many_concerns_one_slice() -> None:
    ends = [end(f"10.244.{i}.{j}") for i in range(2) for j in range(60)]
    snapshot = world(headless("db"), *(piece(*ends, of="db", name=f"db-{i}") for i in range(3)))
    parse = KINDS["EndpointSlice"].parse
    change = snapshot.put(parse(piece(*ends[1:], of="db", name="db-1")))

    assert [key.name for key in RULE.owners(change, snapshot)] == ["db-1"]


NAMES = ("a", "b")
ADDRESSES = ("10.96.0.1", "10.96.0.2", "10.244.0.1", "10.244.0.2")


@st.composite
def edits(draw: st.DrawFn) -> Manifest | Key:
    """A Service or a slice to put, or the key of one to remove."""
    name = draw(st.sampled_from(NAMES))
    if draw(st.booleans()):
        if draw(st.integers(0, 4)) == 0:
            return KINDS["Service"].key("shop", name)
        kind = draw(st.sampled_from(["headless", "virtual", "external"]))
        if kind == "headless":
            return headless(name)
        if kind == "external":
            return external(name, "a.example.com")
        return service(name, draw(st.sampled_from(ADDRESSES[NAMES.index(name) :: 2])))
    which = f"s-{draw(st.integers(0, 2))}"
    if draw(st.integers(0, 4)) == 0:
        return KINDS["EndpointSlice"].key("shop", which)
    ends = draw(
        st.lists(
            st.builds(
                lambda ip, ready, hostname: end(ip, ready=ready, hostname=hostname),
                st.sampled_from(ADDRESSES),
                st.booleans(),
                st.sampled_from(["", "h"]),
            ),
            max_size=3,
        )
    )
    ports = draw(st.sampled_from([("http:80",), ("http:80", "dns:53/UDP"), ()]))
    return piece(*ends, of=name, name=which, ports=ports)


@given(st.lists(edits(), max_size=12))
def test_asking_whom_a_change_names_gives_what_asking_everyone_gives(
    history: list[Manifest | Key],
) -> None:
    snapshot = world()
    known: dict[Key, tuple[Hashable, ...]] = {}
    for edit in history:
        change = (
            snapshot.remove(edit)
            if isinstance(edit, Key)
            else snapshot.put(KINDS[str(edit["kind"])].parse(edit))
        )
        if change is None:
            continue
        for owner in RULE.owners(change, snapshot):
            known[owner] = RULE.derive(owner, Looking(snapshot)).facts

    assert {owner: facts for owner, facts in known.items() if facts} == every(snapshot)


@given(st.lists(edits(), max_size=8))
def test_every_record_is_what_the_server_answers(history: list[Manifest | Key]) -> None:
    snapshot = world(*(edit for edit in history if isinstance(edit, dict)))

    for facts in every(snapshot).values():
        for fact in facts:
            assert isinstance(fact, ZoneRecord)
            answer = resolve(snapshot, fact.name, fact.type).answer
            assert (fact.data, fact.ttl) in {(record.data, record.ttl) for record in answer}
