"""A Pod's resolv.conf, the walk through its search list, and its own names (E-45 to E-63)."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.resolver import ResolvConf, parse_resolv_conf, pod_resolv_conf
from cluster.domains.dns.search import candidates, walk
from cluster.domains.workload.hostname import hosts_lines, pod_hostname
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import JSON, Manifest
from tests.domains.network import KINDS, end, headless, node, piece, pod, service, world

CLUSTER_SEARCHES = ("shop.svc.cluster.local", "svc.cluster.local", "cluster.local")
NODE_FILE = "nameserver 192.0.2.1\nsearch corp.example.com cluster.local\noptions timeout:2\n"


def conf(raw: dict[str, Any] | None = None, **spec: Any) -> ResolvConf:
    """The resolv.conf of a Pod with `spec` in a cluster with the settings `raw`."""
    snapshot = world(node("node-1", "10.0.0.1", "fd00::1"), pod("p", **spec), **(raw or {}))
    found = snapshot.get(Pod, "shop", "p")
    assert found is not None
    return pod_resolv_conf(found, snapshot)


def read(made: Manifest) -> Pod:
    found = KINDS["Pod"].parse(made)
    assert isinstance(found, Pod)
    return found


def test_cluster_first_asks_the_cluster_and_searches_it_before_the_nodes_domains() -> None:
    found = conf({"node_resolv_conf": NODE_FILE})  # E-45, E-46

    assert found == ResolvConf(
        ("10.96.0.10",), (*CLUSTER_SEARCHES, "corp.example.com"), ("ndots:5",)
    )
    assert found.text == (
        "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example.com\n"
        "nameserver 10.96.0.10\n"
        "options ndots:5\n"
    )


@pytest.mark.parametrize(
    ("policy", "host_network", "expected"),
    [
        ("ClusterFirst", True, "192.0.2.1"),  # E-47
        ("ClusterFirstWithHostNet", True, "10.96.0.10"),  # E-46
        ("ClusterFirstWithHostNet", False, "10.96.0.10"),
        ("Default", False, "192.0.2.1"),  # E-48
    ],
)
def test_policy_decides_who_is_asked(policy: str, host_network: bool, expected: str) -> None:  # noqa: FBT001
    found = conf({"node_resolv_conf": NODE_FILE}, dnsPolicy=policy, hostNetwork=host_network)

    assert found.nameservers == (expected,)


def test_default_is_the_nodes_file() -> None:  # E-48
    found = conf({"node_resolv_conf": NODE_FILE}, dnsPolicy="Default")

    assert found == ResolvConf(
        ("192.0.2.1",), ("corp.example.com", "cluster.local"), ("timeout:2",)
    )


def test_kubelet_without_a_file_disables_lookups() -> None:  # E-48
    raw: dict[str, Any] = {"kubelet_resolv_conf_flag_empty": True, "node_resolv_conf": NODE_FILE}

    assert conf(raw, dnsPolicy="Default") == ResolvConf(("127.0.0.1", "::1"), (".",))
    assert conf(raw, dnsPolicy="Default", nodeName="gone").nameservers == ("127.0.0.1",)
    assert conf(raw).searches == CLUSTER_SEARCHES


def test_cluster_first_without_a_dns_service_falls_back_and_says_so() -> None:  # E-49
    found = conf({"cluster_dns": [], "node_resolv_conf": NODE_FILE})

    assert found.nameservers == ("192.0.2.1",)
    assert [event.reason for event in found.events] == ["MissingClusterDNS"]


def test_none_starts_from_nothing() -> None:  # E-50
    config: JSON = {
        "nameservers": ["192.0.2.9"],
        "searches": ["a.test"],
        "options": [{"name": "edns0"}, {"name": "ndots", "value": "2"}],
    }
    found = conf({"node_resolv_conf": NODE_FILE}, dnsPolicy="None", dnsConfig=config)

    assert found == ResolvConf(("192.0.2.9",), ("a.test",), ("edns0", "ndots:2"))


def test_dns_config_is_appended_and_its_options_win() -> None:  # E-51
    config: JSON = {
        "nameservers": ["192.0.2.9", "10.96.0.10"],
        "searches": ["a.test", "cluster.local"],
        "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}],
    }
    found = conf(dnsConfig=config)

    assert found.nameservers == ("10.96.0.10", "192.0.2.9")
    assert found.searches == (*CLUSTER_SEARCHES, "a.test")
    assert sorted(found.options) == ["edns0", "ndots:2"]
    assert found.ndots == 2


def test_three_nameservers_are_kept_and_the_cut_is_told() -> None:  # E-52
    config: JSON = {"nameservers": ["192.0.2.1", "192.0.2.2", "192.0.2.3"]}
    found = conf(dnsConfig=config)

    assert found.nameservers == ("10.96.0.10", "192.0.2.1", "192.0.2.2")
    assert [event.reason for event in found.events] == ["DNSConfigForming"]
    assert found.events[0].message == (
        "Nameserver limits were exceeded, some nameservers have been omitted, the applied "
        "nameserver line is: 10.96.0.10 192.0.2.1 192.0.2.2"
    )


@pytest.mark.parametrize(
    ("searches", "kept"),
    [
        ([f"s{i}" for i in range(29)], 32),
        ([f"s{i}" for i in range(40)], 32),
        (["x" * 254, "y"], 4),
        ([f"{i}{'x' * 198}" for i in range(10)], 12),
        ([f"{i}{'x' * 199}" for i in range(12)], 12),
    ],
)
def test_searches_are_cut_to_their_limits(searches: list[str], kept: int) -> None:  # E-52
    config: JSON = {"searches": [*searches]}
    found = conf(dnsConfig=config)

    is_cut = len(searches) + 3 > kept
    assert len(found.searches) == kept
    assert len(" ".join(found.searches)) <= 2048
    assert [event.message.split()[0] for event in found.events] == ["Search"] * is_cut


def test_the_file_of_a_node_is_read_like_the_kubelet_reads_it() -> None:  # E-54
    text = (
        "# nameserver 192.0.2.7\n"
        "nameserver 192.0.2.1 192.0.2.2\n"
        "  nameserver 192.0.2.3\n"
        "nameserver\n"
        "search first.test\n"
        "search a.test. b.test .\n"
        "options ndots:2 timeout:1\n"
        "sortlist 192.0.2.0\n"
        "options ndots:3 edns0\n"
    )

    assert parse_resolv_conf(text) == ResolvConf(
        ("192.0.2.1", "192.0.2.3"), ("a.test", "b.test"), ("ndots:3", "timeout:1", "edns0")
    )


FIVE = ResolvConf(("10.96.0.10",), CLUSTER_SEARCHES, ("ndots:5",))
ONE = ResolvConf(("10.96.0.10",), ("a.test", "b.test"))


@pytest.mark.parametrize(
    ("name", "conf", "resolver", "expected"),
    [
        # E-55, E-56, E-57
        ("x.y.", FIVE, "glibc", ["x.y."]),
        ("x", ONE, "glibc", ["x.a.test.", "x.b.test.", "x."]),
        ("x.y", ONE, "glibc", ["x.y.", "x.y.a.test.", "x.y.b.test."]),
        ("x.y", ONE, "musl", ["x.y."]),
        ("x", ONE, "musl", ["x.a.test.", "x.b.test.", "x."]),
        ("x", ResolvConf(searches=(".",)), "glibc", ["x."]),
        ("x", ResolvConf(options=("ndots:0",), searches=("a",)), "glibc", ["x.", "x.a."]),
    ],
)
def test_candidates_come_in_order(
    name: str, conf: ResolvConf, resolver: str, expected: list[str]
) -> None:
    assert candidates(name, conf, resolver) == expected


SHOP = world(
    service("db", "10.96.0.20"),
    service("db", "10.96.0.21", namespace="data"),
    service("six", "fd00:10:96::6"),
    headless("both"),
    piece(end("fd00::9"), of="both", family="IPv6"),
    namespaces=("shop", "data"),
    upstream_dns={"api.example.com": [{"type": "A", "data": "203.0.113.1"}]},
)


@pytest.mark.parametrize(
    ("name", "tried", "queries", "address"),
    [
        # E-58
        ("db", 1, 2, "10.96.0.20"),
        ("db.data", 2, 4, "10.96.0.21"),
        ("api.example.com", 4, 8, "203.0.113.1"),
        ("api.example.com.", 1, 2, "203.0.113.1"),
    ],
)
def test_walk_stops_at_the_first_address(
    name: str, tried: int, queries: int, address: str
) -> None:
    found = walk(SHOP, FIVE, name, "A")

    assert len(found.candidates) == tried
    assert len(found.queries) == queries
    assert [query.type for query in found.queries[:2]] == ["A", "AAAA"]
    assert found.response.addresses == (address,)


def test_walk_continues_past_names_without_an_address() -> None:  # E-57
    conf = ResolvConf(("10.96.0.10",), ("svc.cluster.local", "data.svc.cluster.local"))
    found = walk(SHOP, conf, "shop", "A")

    assert [query.rcode for query in found.queries[::2]] == ["NOERROR", "NXDOMAIN", "NXDOMAIN"]
    assert found.response.is_nodata


def test_musl_stops_at_a_name_without_an_address() -> None:  # E-57
    musl = world(resolver="musl")
    conf = ResolvConf(("10.96.0.10",), ("svc.cluster.local", "data.svc.cluster.local"))
    found = walk(musl, conf, "shop", "A")

    assert found.candidates == ("shop.svc.cluster.local.",)
    assert found.response.is_nodata


@pytest.mark.parametrize("servers", [("192.0.2.53", "10.96.0.10"), ()])
def test_a_pod_that_asks_other_servers_finds_no_name_of_the_cluster(  # E-47, E-48
    servers: tuple[str, ...],
) -> None:
    conf = ResolvConf(servers, FIVE.searches, FIVE.options)

    assert walk(SHOP, conf, "db.shop.svc.cluster.local.", "A").response.rcode == "NXDOMAIN"
    assert walk(SHOP, conf, "api.example.com.", "A").response.addresses == ("203.0.113.1",)


def test_an_address_of_the_other_family_ends_the_walk() -> None:  # E-57
    found = walk(SHOP, FIVE, "six", "A")

    assert found.candidates == ("six.shop.svc.cluster.local.",)
    assert found.response.is_nodata


def test_other_types_are_asked_once_for_each_name() -> None:
    found = walk(SHOP, FIVE, "_http._tcp.db.data", "SRV")

    assert [(query.name.count("."), query.rcode) for query in found.queries] == [
        (8, "NXDOMAIN"),
        (7, "NOERROR"),
    ]


def test_failure_is_the_answer_to_the_name_itself_if_that_came_first() -> None:
    conf = ResolvConf(("10.96.0.10",), ("svc.cluster.local",), ("ndots:1",))
    found = walk(SHOP, conf, "db.nowhere", "A")

    assert found.response == resolve(SHOP, "db.nowhere.", "A")


def test_json_lists_the_queries_in_order() -> None:
    assert walk(SHOP, FIVE, "db", "A").json()["queries"] == [
        {"name": "db.shop.svc.cluster.local.", "type": "A", "rcode": "NOERROR"},
        {"name": "db.shop.svc.cluster.local.", "type": "AAAA", "rcode": "NOERROR"},
    ]


@pytest.mark.parametrize(
    ("name", "spec", "hostname", "kernel", "fqdn"),
    [
        # E-59, E-60, E-61
        ("p", {}, "p", "p", "p"),
        ("p", {"hostname": "h"}, "h", "h", "h"),
        (f"{'x' * 62}-y", {}, "x" * 62, "x" * 62, "x" * 62),
        ("p", {"hostNetwork": True}, "node-1", "node-1", "node-1"),
        ("p", {"subdomain": "s"}, "p", "p", "p.s.shop.svc.cluster.local"),
        ("p", {"setHostnameAsFQDN": True}, "p", "p", "p"),
        (
            "p",
            {"subdomain": "s", "setHostnameAsFQDN": True},
            "p",
            "p.s.shop.svc.cluster.local",
            "p.s.shop.svc.cluster.local",
        ),
    ],
)
def test_a_pod_calls_itself(
    name: str, spec: dict[str, Any], hostname: str, kernel: str, fqdn: str
) -> None:
    found = pod_hostname(read(pod(name, **spec)), "cluster.local")

    assert (found.hostname, found.kernel, found.fqdn) == (hostname, kernel, fqdn)
    assert found.error is None


@pytest.mark.parametrize(("length", "starts"), [(39, True), (40, False)])
def test_a_hostname_that_the_kernel_cannot_hold_keeps_the_pod_from_starting(
    length: int,
    starts: bool,  # noqa: FBT001
) -> None:  # E-61
    made = pod("x" * length, subdomain="s", setHostnameAsFQDN=True)
    found = pod_hostname(read(made), "cluster.local")

    assert len(found.kernel) == length + 25
    assert (found.error is None) == starts


def test_hosts_file_names_every_address() -> None:  # E-62
    plain = read(pod("p", "10.244.0.2", "fd00::2"))
    named = read(pod("p", "10.244.0.2", subdomain="s"))

    assert hosts_lines(plain, "cluster.local") == ("10.244.0.2\tp", "fd00::2\tp")
    assert hosts_lines(named, "cluster.local") == ("10.244.0.2\tp.s.shop.svc.cluster.local\tp",)
    assert hosts_lines(read(pod("p", "10.0.0.1", hostNetwork=True)), "cluster.local") == ()


def test_a_pod_with_a_subdomain_alone_has_its_dashed_name() -> None:  # E-63
    snapshot = world(headless("s"), piece(end("10.244.0.2"), of="s"))

    assert resolve(snapshot, "p.s.shop.svc.cluster.local", "A").rcode == "NXDOMAIN"
    assert resolve(snapshot, "10-244-0-2.s.shop.svc.cluster.local", "A").addresses == (
        "10.244.0.2",
    )
