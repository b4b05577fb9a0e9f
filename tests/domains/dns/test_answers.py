"""What the cluster's DNS server answers (semantics.md E-1 to E-44)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.response import Response
from cluster.domains.dns.zones import reverse_name
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from tests.domains.network import end, external, headless, piece, pod, service, world

ROOT = "svc.cluster.local."
WEB = f"web.shop.{ROOT}"
SOA = "ns.dns.cluster.local. hostmaster.cluster.local."
NOTHING: list[str] = []


def ask(snapshot: Snapshot, name: str, type_: str = "A") -> Response:
    return resolve(snapshot, name if name.endswith(".") else f"{name}.{ROOT}", type_)


def data(response: Response) -> list[str]:
    return [record.data for record in response.answer]


def outcome(response: Response) -> str:
    """`NXDOMAIN`, `NODATA`, or what was answered."""
    if response.answer:
        return " ".join(sorted(data(response)))
    return "NODATA" if response.rcode == "NOERROR" else response.rcode


SHOP = world(
    service("web", "10.96.0.20", ports=("http:80", "dns:53/UDP", "81")),
    piece(end("10.244.0.9", hostname="first"), end("10.244.0.10", ready=False), of="web"),
    service("dual", "10.96.0.21", "fd00:10:96::21", ports=("http:80", "https:443")),
    service("empty", "10.96.0.22"),
    headless("db", ports=("sql:5432",)),
    piece(
        end("10.244.0.5", hostname="db-0", pod="db-0"),
        end("10.244.0.6", pod="db-1"),
        end("10.244.0.7", hostname="db-2", ready=False),
        of="db",
        ports=("sql:15432",),
    ),
    piece(
        end("fd00:10:244::5", hostname="db-0"),
        end("fd00:10:244::", pod="db-3"),
        of="db",
        ports=("sql:15432",),
        family="IPv6",
    ),
    headless("six"),
    piece(end("fd00:10:244::8"), of="six", family="IPv6"),
    headless("none"),
    piece(end("10.244.0.8", ready=False), of="none"),
    headless("portless", ports=()),
    piece(end("10.244.0.30"), of="portless", ports=()),
    external("ext", "db.shop.svc.cluster.local"),
    external("out", "www.example.com"),
    external("gone", "missing.shop.svc.cluster.local"),
    external("lost", "nowhere.example.com"),
    external("literal", "192.0.2.7"),
    external("self", "self.shop.svc.cluster.local"),
    external("ping", "pong.shop.svc.cluster.local"),
    external("pong", "ping.shop.svc.cluster.local"),
    namespaces=("shop", "bare"),
    upstream_dns={"www.example.com": [{"type": "A", "ttl": 60, "data": "203.0.113.9"}]},
)


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        # E-7, E-8, E-9, E-13
        ("cluster.local.", "A", "NODATA"),
        ("svc.cluster.local.", "A", "NODATA"),
        ("pod.cluster.local.", "AAAA", "NODATA"),
        ("nodes.cluster.local.", "A", "NXDOMAIN"),
        ("shop", "A", "NODATA"),
        ("nowhere", "A", "NXDOMAIN"),
        ("shop.pod.cluster.local.", "A", "NODATA"),
        ("nowhere.pod.cluster.local.", "A", "NXDOMAIN"),
        ("web.nowhere", "A", "NXDOMAIN"),
        # E-10, E-11, E-12
        ("web.shop", "A", "10.96.0.20"),
        ("http.tcp.web.shop", "A", "10.96.0.20"),
        ("_http.tcp.web.shop", "SRV", f"0 100 80 {WEB}"),
        ("a._http._tcp.web.shop", "A", "NXDOMAIN"),
        ("*.shop", "A", "NXDOMAIN"),
        ("any.shop", "A", "NXDOMAIN"),
        ("*.db.shop", "A", "NXDOMAIN"),
        # E-14, E-15, E-16, E-18, E-20
        ("web.shop", "AAAA", "NODATA"),
        ("dual.shop", "AAAA", "fd00:10:96::21"),
        ("empty.shop", "A", "10.96.0.22"),
        ("_http._tcp.web.shop", "SRV", f"0 100 80 {WEB}"),
        ("_dns._udp.web.shop", "SRV", f"0 100 53 {WEB}"),
        ("_http._udp.web.shop", "SRV", "NXDOMAIN"),
        ("_https._tcp.web.shop", "SRV", "NXDOMAIN"),
        ("_http._tcp.web.shop", "A", "10.96.0.20"),
        ("first.web.shop", "A", "10.244.0.9"),
        ("10-244-0-10.web.shop", "A", "NXDOMAIN"),
        # E-19
        ("web.shop", "TXT", "NODATA"),
        ("web.shop", "MX", "NODATA"),
        ("web.shop", "CNAME", "NODATA"),
        ("web.shop", "HINFO", "NODATA"),
        ("web.shop", "NS", "NODATA"),
        ("web.shop", "ANY", "NODATA"),
        ("missing.shop", "TXT", "NXDOMAIN"),
        ("missing.shop", "MX", "NXDOMAIN"),
        ("missing.shop", "ANY", "NXDOMAIN"),
        ("web.shop", "SOA", "NODATA"),
        ("missing.shop", "SOA", "NODATA"),
        # E-21, E-22, E-23
        ("db.shop", "A", "10.244.0.5 10.244.0.6"),
        ("db.shop", "AAAA", "fd00:10:244:: fd00:10:244::5"),
        ("six.shop", "A", "NODATA"),
        ("none.shop", "A", "NXDOMAIN"),
        # E-24, E-25, E-26
        ("db-0.db.shop", "A", "10.244.0.5"),
        ("db-0.db.shop", "AAAA", "fd00:10:244::5"),
        ("10-244-0-6.db.shop", "A", "10.244.0.6"),
        ("fd00-10-244--0.db.shop", "AAAA", "fd00:10:244::"),
        ("fd00-10-244--.db.shop", "AAAA", "NXDOMAIN"),
        ("10-244-0-5.db.shop", "A", "NXDOMAIN"),
        ("db-1.db.shop", "A", "NXDOMAIN"),
        ("db-2.db.shop", "A", "NXDOMAIN"),
        ("db-9.db.shop", "A", "NXDOMAIN"),
        # E-29
        ("portless.shop", "A", "10.244.0.30"),
        ("10-244-0-30.portless.shop", "A", "10.244.0.30"),
        ("portless.shop", "SRV", "NODATA"),
        ("_x._y.portless.shop", "SRV", "NXDOMAIN"),
        # E-31, E-32, E-33, E-34, E-35
        ("ext.shop", "CNAME", "db.shop.svc.cluster.local."),
        ("gone.shop", "CNAME", "missing.shop.svc.cluster.local."),
        ("out.shop", "CNAME", "www.example.com."),
        ("ext.shop", "A", "10.244.0.5 10.244.0.6 db.shop.svc.cluster.local."),
        ("out.shop", "A", "203.0.113.9 www.example.com."),
        ("out.shop", "AAAA", "www.example.com."),
        ("gone.shop", "A", "NODATA"),
        ("lost.shop", "A", "NODATA"),
        ("self.shop", "A", "NODATA"),
        ("ping.shop", "A", "NODATA"),
        ("x.ext.shop", "A", "NXDOMAIN"),
        ("_http._tcp.ext.shop", "A", "NXDOMAIN"),
        ("ext.shop", "SRV", "NODATA"),
        ("ext.shop", "TXT", "NODATA"),
        ("literal.shop", "A", "NXDOMAIN"),
        ("literal.shop", "CNAME", "NXDOMAIN"),
        # E-39, E-41
        ("db-1.shop", "A", "NXDOMAIN"),
        ("web.shop", "PTR", "NODATA"),
        ("missing.shop", "PTR", "NXDOMAIN"),
        # E-43, E-44
        ("dns-version.cluster.local.", "TXT", '"1.1.0"'),
        ("dns-version.cluster.local.", "A", "NXDOMAIN"),
        ("cluster.local.", "TXT", "NXDOMAIN"),
        ("svc.cluster.local.", "TXT", "NXDOMAIN"),
        ("shop", "TXT", "NXDOMAIN"),
        ("cluster.local.", "MX", "NODATA"),
    ],
)
def test_name_is_answered(name: str, type_: str, expected: str) -> None:
    response = ask(SHOP, name, type_)

    assert outcome(response) == expected


def test_names_are_compared_without_case_and_answered_as_asked() -> None:  # E-1
    response = resolve(SHOP, "WEB.Shop.SVC.Cluster.Local", "a")

    assert data(response) == ["10.96.0.20"]
    assert response.answer[0].name == "WEB.Shop.SVC.Cluster.Local."


def test_what_is_missing_carries_the_soa_of_the_zone() -> None:  # E-2, E-3
    for name in ("missing.shop", "shop"):
        response = ask(SHOP, name)

        assert response.is_authoritative
        assert [record.type for record in response.authority] == ["SOA"]
        assert response.authority[0].name == "cluster.local."
        assert response.authority[0].data == f"{SOA} 0 7200 1800 86400 30"


@pytest.mark.parametrize(("ttl", "expected"), [(5, 5), (300, 300), (3600, 300)])
def test_soa_lives_as_long_as_the_records_but_no_longer_than_five_minutes(
    ttl: int, expected: int
) -> None:  # E-3, E-4
    snapshot = world(service("web", "10.96.0.20"), dns={"ttl": ttl})

    assert ask(snapshot, "web.shop").answer[0].ttl == ttl
    assert resolve(snapshot, "cluster.local", "SOA").answer[0].ttl == expected
    assert resolve(snapshot, "dns-version.cluster.local", "TXT").answer[0].ttl == 28800


def test_serial_changes_with_the_revision() -> None:  # E-3
    snapshot = world()
    before = resolve(snapshot, "cluster.local", "SOA")
    snapshot.revision = 7

    assert resolve(snapshot, "cluster.local", "SOA") != before


def test_names_outside_the_zones_are_the_upstreams() -> None:  # E-5
    assert resolve(SHOP, "www.example.com", "A").addresses == ("203.0.113.9",)
    assert resolve(SHOP, "WWW.example.com.", "AAAA") == Response("NOERROR")
    assert resolve(SHOP, "nowhere.example.com", "A") == Response("NXDOMAIN")


def test_upstream_follows_its_own_aliases() -> None:  # E-5
    names: Manifest = {
        "a.test.": [{"type": "CNAME", "data": "b.test"}],
        "b.test": [{"type": "AAAA", "data": "2001:DB8::1"}],
    }
    response = resolve(world(upstream_dns=names), "a.test", "AAAA")

    assert data(response) == ["b.test.", "2001:db8::1"]


def test_only_reverse_zones_fall_through() -> None:  # E-5, E-40
    names: Manifest = {
        "9.9.9.9.in-addr.arpa": [{"type": "PTR", "data": "dns9.quad9.net"}],
        "x.cluster.local": [{"type": "A", "data": "192.0.2.1"}],
    }
    snapshot = world(upstream_dns=names)

    assert data(resolve(snapshot, "9.9.9.9.in-addr.arpa", "PTR")) == ["dns9.quad9.net."]
    assert resolve(snapshot, "8.9.9.9.in-addr.arpa", "PTR").rcode == "NXDOMAIN"
    assert resolve(snapshot, "x.cluster.local", "A").rcode == "NXDOMAIN"


@pytest.mark.parametrize("type_", ["AXFR", "IXFR"])
def test_transfers_are_refused(type_: str) -> None:  # E-6
    assert resolve(SHOP, "cluster.local", type_).rcode == "REFUSED"


@pytest.mark.parametrize("name", ["a..b.cluster.local", f"{'x' * 64}.shop.svc.cluster.local", ""])
def test_names_that_no_message_can_hold_are_malformed(name: str) -> None:
    assert resolve(SHOP, name, "A").rcode == "FORMERR"


def test_load_balancer_and_external_addresses_never_appear() -> None:  # E-14
    status: Manifest = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    made = service(
        "lb", "10.96.0.30", type="LoadBalancer", externalIPs=["203.0.113.2"], status=status
    )

    assert data(ask(world(made), "lb.shop")) == ["10.96.0.30"]


def test_services_without_ready_endpoints_can_be_ignored() -> None:  # E-15
    snapshot = world(
        service("web", "10.96.0.20"),
        service("up", "10.96.0.21"),
        piece(end("10.244.0.1"), of="up"),
        piece(end("10.244.0.2", ready=False), of="web"),
        external("ext", "up.shop.svc.cluster.local"),
        dns={"ignore_empty_service": True},
    )

    assert ask(snapshot, "web.shop").rcode == "NXDOMAIN"
    assert data(ask(snapshot, "up.shop")) == ["10.96.0.21"]
    assert data(ask(snapshot, "ext.shop"))[-1] == "10.96.0.21"


def test_srv_of_a_service_name_holds_every_port() -> None:  # E-17
    expected = {f"0 33 {number} {WEB}" for number in (80, 53, 81)}

    assert set(data(ask(SHOP, "web.shop", "SRV"))) == expected


def test_srv_weight_is_counted_before_duplicates_merge() -> None:  # E-30
    response = ask(SHOP, "dual.shop", "SRV")

    assert sorted(data(response)) == [f"0 25 {p} dual.shop.{ROOT}" for p in (443, 80)]
    assert sorted(record.data for record in response.additional) == [
        "10.96.0.21",
        "fd00:10:96::21",
    ]


@pytest.mark.parametrize(("count", "weight"), [(1, 100), (3, 33), (7, 14), (51, 1), (150, 1)])
def test_srv_weight_shares_a_hundred_and_is_at_least_one(count: int, weight: int) -> None:  # E-30
    ends = [end(f"10.244.0.{i}") for i in range(count)]
    snapshot = world(headless("db"), piece(*ends, of="db"))

    weights = {text.split()[1] for text in data(ask(snapshot, "_http._tcp.db.shop", "SRV"))}

    assert weights == {str(weight)}


def test_srv_of_a_headless_service_names_endpoints_with_glue() -> None:  # E-27, E-28
    response = ask(SHOP, "_sql._tcp.db.shop", "SRV")

    assert sorted(data(response)) == [
        f"0 25 15432 10-244-0-6.db.shop.{ROOT}",
        f"0 25 15432 db-0.db.shop.{ROOT}",
        f"0 25 15432 fd00-10-244--0.db.shop.{ROOT}",
    ]
    assert sorted((record.name, record.data) for record in response.additional) == [
        (f"10-244-0-6.db.shop.{ROOT}", "10.244.0.6"),
        (f"db-0.db.shop.{ROOT}", "10.244.0.5"),
        (f"db-0.db.shop.{ROOT}", "fd00:10:244::5"),
        (f"fd00-10-244--0.db.shop.{ROOT}", "fd00:10:244::"),
    ]


def test_port_names_of_headless_services_come_from_the_slice() -> None:  # E-28
    snapshot = world(headless("db"), piece(end("10.244.0.1"), of="db", ports=("other:9",)))

    assert ask(snapshot, "_http._tcp.db.shop", "SRV").rcode == "NXDOMAIN"
    assert len(ask(snapshot, "_other._tcp.db.shop", "SRV").answer) == 1


def test_port_names_are_compared_without_case() -> None:  # E-1
    snapshot = world(headless("db"), piece(end("10.244.0.1"), of="db", ports=("Sql:9",)))

    assert len(ask(snapshot, "_sQL._TCP.db.shop", "SRV").answer) == 1


def test_endpoints_share_a_hostname() -> None:  # E-25
    snapshot = world(
        headless("db"),
        piece(end("10.244.0.1", hostname="a"), end("10.244.0.2", hostname="a"), of="db"),
    )

    assert data(ask(snapshot, "a.db.shop")) == ["10.244.0.1", "10.244.0.2"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("db-1", "10.244.0.6"), ("10-244-0-7", "10.244.0.7"), ("x" * 64, "FORMERR")],
)
def test_endpoints_can_go_by_the_names_of_their_pods(name: str, expected: str) -> None:  # E-24
    ends = (end("10.244.0.6", pod="db-1"), end("10.244.0.7", pod="x" * 64))
    snapshot = world(headless("db"), piece(*ends, of="db"), dns={"endpoint_pod_names": True})

    assert outcome(ask(snapshot, f"{name}.db.shop")) == expected


def test_published_endpoints_are_found_while_not_ready() -> None:  # E-22, E-63
    ends = (end("10.244.0.1", ready=True, terminating=True), end("10.244.0.2", ready=None))
    snapshot = world(headless("db", publishNotReadyAddresses=True), piece(*ends, of="db"))

    assert data(ask(snapshot, "db.shop")) == ["10.244.0.1", "10.244.0.2"]


def test_external_name_is_followed_at_most_ten_times() -> None:  # E-33
    def chain(length: int) -> list[Manifest]:
        links = [external(f"e{i}", f"e{i + 1}.shop.svc.cluster.local") for i in range(length)]
        return [*links, service(f"e{length}", "10.96.0.9")]

    assert len(ask(world(*chain(10)), "e0.shop").answer) == 11
    assert outcome(ask(world(*chain(11)), "e0.shop")) == "NODATA"


def test_external_name_below_itself_is_a_loop() -> None:  # E-33
    snapshot = world(external("x", "a.x.shop.svc.cluster.local"))

    assert outcome(ask(snapshot, "x.shop")) == "NODATA"


@pytest.mark.parametrize(
    ("mode", "name", "type_", "expected"),
    [
        # E-36, E-37, E-38
        ("insecure", "10-1-2-3.shop", "A", "10.1.2.3"),
        ("insecure", "10-1-2-3.shop", "AAAA", "NODATA"),
        ("insecure", "fd00--3.shop", "AAAA", "fd00::3"),
        ("insecure", "fd00--3.shop", "A", "NODATA"),
        ("insecure", "10-1-2.shop", "A", "NXDOMAIN"),
        ("insecure", "10-1-2-300.shop", "A", "NXDOMAIN"),
        ("insecure", "10-1--3.shop", "AAAA", "10:1::3"),
        ("insecure", "10-1-2-3.nowhere", "A", "NXDOMAIN"),
        ("insecure", "web.shop", "A", "NXDOMAIN"),
        ("insecure", "10-1-2-3.shop", "TXT", "NODATA"),
        ("insecure", "10-1-2-3.shop", "CNAME", "NODATA"),
        ("disabled", "10-1-2-3.shop", "A", "NXDOMAIN"),
        ("disabled", "shop", "A", "NXDOMAIN"),  # E-9
        ("verified", "shop", "A", "NODATA"),
        ("verified", "10-244-0-1.shop", "A", "10.244.0.1"),
        ("verified", "10-244-0-1.bare", "A", "NXDOMAIN"),
        ("verified", "fd00--1.shop", "AAAA", "NXDOMAIN"),
        ("verified", "10-244-0-2.shop", "A", "NXDOMAIN"),
        ("verified", "10-244-0-3.shop", "A", "NXDOMAIN"),
        ("verified", "10-244-0-4.shop", "A", "NXDOMAIN"),
    ],
)
def test_pod_names_follow_the_mode(mode: str, name: str, type_: str, expected: str) -> None:
    terminating: Manifest = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
    snapshot = world(
        pod("a", "10.244.0.1", "fd00::1"),
        pod("done", "10.244.0.2", phase="Succeeded"),
        pod("going", "10.244.0.3", meta=terminating),
        namespaces=("shop", "bare"),
        dns={"pods": mode},
    )

    assert outcome(resolve(snapshot, f"{name}.pod.cluster.local", type_)) == expected


def test_an_address_belongs_to_its_service_else_to_endpoints() -> None:  # E-40, E-41
    snapshot = world(
        service("web", "10.96.0.20", "fd00:10:96::20"),
        piece(end("10.244.0.9"), end("10.244.0.1", ready=False), of="web"),
        headless("db"),
        piece(end("10.244.0.9", hostname="db-0"), of="db"),
        piece(end("10.244.0.9", hostname="db-0"), of="db", name="db-again"),
    )

    def names(ip: str) -> list[str]:
        response = resolve(snapshot, reverse_name(ip), "PTR")
        return data(response) or [response.rcode]

    assert names("10.96.0.20") == [WEB]
    assert names("fd00:10:96::20") == [WEB]
    assert names("10.244.0.9") == [f"10-244-0-9.{WEB}", f"db-0.db.shop.{ROOT}"]
    assert names("10.244.0.1") == ["NXDOMAIN"]
    assert names("10.99.0.1") == ["NXDOMAIN"]


def test_external_and_node_addresses_have_no_pointer() -> None:  # E-40
    snapshot = world(service("web", "10.96.0.20", externalIPs=["203.0.113.2"]))

    assert resolve(snapshot, reverse_name("203.0.113.2"), "PTR").rcode == "NXDOMAIN"


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("in-addr.arpa.", "A", "NODATA"),
        ("in-addr.arpa.", "SOA", "ns.dns.in-addr.arpa. hostmaster.in-addr.arpa."),
        ("96.10.in-addr.arpa.", "PTR", "NXDOMAIN"),
        ("20.0.96.10.in-addr.arpa.", "A", "NXDOMAIN"),
        ("web.shop.svc.in-addr.arpa.", "A", "NXDOMAIN"),
        ("x.0.96.10.in-addr.arpa.", "PTR", "NXDOMAIN"),
    ],
)
def test_reverse_zones_hold_pointers_alone(name: str, type_: str, expected: str) -> None:
    snapshot = world(service("web", "10.96.0.20"))

    assert outcome(resolve(snapshot, name, type_)).startswith(expected)


def test_name_servers_are_the_service_at_the_dns_address() -> None:  # E-42, E-43
    snapshot = world(
        service("kube-dns", "10.96.0.10", namespace="kube-system"), namespaces=("kube-system",)
    )
    response = resolve(snapshot, "cluster.local", "NS")

    assert data(response) == [f"kube-dns.kube-system.{ROOT}"]
    assert [(r.name, r.type, r.data) for r in response.additional] == [
        (f"kube-dns.kube-system.{ROOT}", "A", "10.96.0.10")
    ]
    assert data(resolve(snapshot, "ns.dns.cluster.local", "A")) == ["10.96.0.10"]
    assert outcome(resolve(snapshot, "ns.dns.cluster.local", "AAAA")) == "NODATA"
    assert outcome(resolve(snapshot, "ns.dns.cluster.local", "SRV")) == "NODATA"
    assert outcome(resolve(snapshot, "ns.dns.cluster.local", "TXT")) == "NXDOMAIN"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([], {"ns.dns.cluster.local.": "10.244.0.53"}),
        (
            [service("dns", "10.96.0.99"), piece(end("10.244.0.53"), of="dns")],
            {f"dns.shop.{ROOT}": "10.96.0.99"},
        ),
        (
            [service("dns", "10.96.0.99"), piece(end("10.244.0.53", ready=False), of="dns")],
            {"ns.dns.cluster.local.": "10.244.0.53"},
        ),
        (
            [headless("dns"), piece(end("10.244.0.53"), end("10.244.0.54"), of="dns")],
            {
                f"10-244-0-53.dns.shop.{ROOT}": "10.244.0.53",
                f"10-244-0-54.dns.shop.{ROOT}": "10.244.0.54",
            },
        ),
    ],
)
def test_name_servers_are_the_services_of_the_servers_own_addresses(
    objects: list[Manifest], expected: dict[str, str]
) -> None:  # E-42
    snapshot = world(*objects, dns={"server_ips": ["10.244.0.53"]})
    response = resolve(snapshot, "cluster.local", "NS")

    assert data(response) == [*expected]
    assert {record.name: record.data for record in response.additional} == expected


def test_zones_can_be_others() -> None:  # E-5
    settings: dict[str, JSON] = {"zones": ["10.in-addr.arpa", "example.org", "sub.example.org."]}
    snapshot = world(service("web", "10.96.0.20"), dns=settings)

    assert data(resolve(snapshot, "web.shop.svc.example.org", "A")) == ["10.96.0.20"]
    assert data(resolve(snapshot, "web.shop.svc.sub.example.org", "A")) == ["10.96.0.20"]
    assert resolve(snapshot, "web.shop.svc.cluster.local", "A").authority == ()
    assert data(resolve(snapshot, "20.0.96.10.in-addr.arpa", "PTR")) == [
        "web.shop.svc.example.org."
    ]


def test_names_in_slices_of_names_are_followed() -> None:
    snapshot = world(
        headless("db"),
        piece(end("sql.example.com"), of="db", family="FQDN"),
        upstream_dns={"sql.example.com": [{"type": "A", "data": "192.0.2.3"}]},
    )

    assert data(ask(snapshot, "db.shop")) == ["sql.example.com.", "192.0.2.3"]
    assert data(ask(snapshot, "sql-example-com.db.shop"))[-1] == "192.0.2.3"
    assert outcome(ask(snapshot, "db.shop", "SRV")) == "NODATA"


ENDS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([True, False, None]),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=8,
)


@given(st.lists(ENDS, max_size=3))
def test_headless_answer_is_the_set_of_ready_addresses(
    slices: list[list[tuple[int, bool | None, str]]],
) -> None:  # K-4
    objects = [
        piece(
            *(end(f"10.0.0.{ip}", ready=ready, hostname=name) for ip, ready, name in ends),
            of="db",
            name=f"db-{index}",
        )
        for index, ends in enumerate(slices)
    ]
    ready = {
        f"10.0.0.{ip}" for ends in slices for ip, is_ready, _ in ends if is_ready is not False
    }
    response = ask(world(headless("db"), *objects), "db.shop")

    assert sorted(data(response)) == sorted(ready)
    assert (response.rcode == "NXDOMAIN") == (not ready)
    assert ask(world(*reversed(objects), headless("db")), "db.shop") == response


@given(st.lists(ENDS, max_size=3))
def test_every_target_of_a_port_resolves_to_its_glue(
    slices: list[list[tuple[int, bool | None, str]]],
) -> None:
    objects = [
        piece(
            *(end(f"10.0.0.{ip}", ready=ready, hostname=name) for ip, ready, name in ends),
            of="db",
            name=f"db-{index}",
        )
        for index, ends in enumerate(slices)
    ]
    snapshot = world(headless("db"), *objects)
    response = ask(snapshot, "_http._tcp.db.shop", "SRV")

    for text in data(response):
        target = text.split()[-1]
        glue = {record.data for record in response.additional if record.name == target}
        assert set(resolve(snapshot, target, "A").addresses) == glue
