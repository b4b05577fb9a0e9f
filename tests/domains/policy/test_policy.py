"""NetworkPolicy as a kind: defaults, checks, warnings, columns. semantics.md H.1 to H.3, H.5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.policy.kinds import NETWORK_POLICY
from cluster.domains.policy.policy import PolicyPort, parse_policy
from cluster.domains.policy.policy_checks import check_policy, warn_policy
from cluster.machinery.addresses import parse_address
from cluster.machinery.manifest import JSON, Manifest, copy
from tests.domains.policy.objects import parsed, policy

CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
SUBSET = "must be a strict subset of `cidr`"
WEB: JSON = {"matchLabels": {"app": "web"}}
PORT_NUMBER = "must be between 1 and 65535, inclusive"


@pytest.mark.parametrize(
    ("spec", "types"),
    [
        pytest.param({}, ["Ingress"], id="nothing-said-means-ingress"),
        pytest.param({"policyTypes": []}, ["Ingress"], id="an-empty-list-is-no-list"),
        pytest.param({"egress": [{}]}, ["Ingress", "Egress"], id="an-egress-rule-adds-egress"),
        pytest.param({"egress": []}, ["Ingress"], id="an-empty-egress-adds-nothing"),
        pytest.param({"policyTypes": ["Egress"]}, ["Egress"], id="an-explicit-list-is-kept"),
    ],
)
def test_policy_types_by_default(spec: Manifest, types: list[str]) -> None:  # H-6
    made = policy(**spec)

    assert made["spec"] == {"podSelector": {}} | spec | {"policyTypes": types}


def test_ports_are_tcp_by_default() -> None:  # H-24
    rules: list[JSON] = [{"ports": [{"port": 80}, {"protocol": "UDP"}]}]
    found = parsed(ingress=rules, egress=rules)

    assert found.ingress == found.egress
    assert found.ingress[0].ports == (PolicyPort("TCP", 80), PolicyPort("UDP"))


def test_rules_of_an_unlisted_direction_do_not_count() -> None:  # H-7
    found = parsed(policyTypes=["Egress"], ingress=[{}])

    assert not found.isolates("Ingress")
    assert found.rules("Ingress") == ()
    assert found.written("Ingress") != ()


def test_default_deny_and_allow_all_differ_by_one_empty_rule() -> None:  # H-8, H-9
    assert parsed().rules("Ingress") == ()
    (rule,) = parsed(ingress=[{}]).rules("Ingress")
    assert rule.peers == ()
    assert rule.ports == ()


def test_one_peer_with_two_selectors_is_not_two_peers() -> None:  # H-14, H-15, H-16
    both: JSON = {"podSelector": WEB, "namespaceSelector": {}}
    (rule,) = parsed(ingress=[{"from": [both, {"podSelector": WEB}]}]).ingress

    across, local = rule.peers
    assert across.namespace_selector is not None
    assert across.namespace_selector.is_everything
    assert not across.is_local
    assert local.is_local


@pytest.mark.parametrize(
    ("address", "covered"),
    [
        pytest.param("10.1.2.3", True, id="inside"),
        pytest.param("10.96.0.1", False, id="in-a-hole"),
        pytest.param("11.0.0.1", False, id="outside"),
        pytest.param("::a01:203", False, id="another-family"),  # H-19
    ],
)
def test_an_ip_block_is_a_range_with_holes(address: str, covered: bool) -> None:  # H-18  # noqa: FBT001
    block: JSON = {"ipBlock": {"cidr": "10.0.0.1/8", "except": ["10.96.0.0/16"]}}
    (rule,) = parsed(egress=[{"to": [block]}]).egress
    found = parse_address(address)

    assert rule.peers[0].ip_block is not None
    assert found is not None
    assert rule.peers[0].ip_block.covers(found) is covered


@given(st.integers(1, 65535), st.integers(1, 65535), st.integers(1, 65535))
def test_an_end_port_is_inclusive(low: int, high: int, number: int) -> None:  # H-27, H-47
    entry = PolicyPort("UDP", low, high)

    assert entry.admits("UDP", number) is (low <= number <= high)
    assert not entry.admits("TCP", number)


def test_a_named_port_admits_no_number() -> None:  # H-26: it is resolved on a Pod first
    assert not PolicyPort("TCP", "http").admits("TCP", 80)
    assert PolicyPort("SCTP").admits("SCTP", 80)  # H-24, H-29


def at(field: str, *details: str) -> list[str]:
    return [f"{field}: {detail}" for detail in details]


def peer(entry: JSON) -> Manifest:
    return {"ingress": [{"from": [entry]}]}


def port(entry: JSON) -> Manifest:
    return {"egress": [{}, {"ports": [entry]}]}


FROM = "spec.ingress[0].from[0]"
PORTS = "spec.egress[1].ports[0]"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param({}, [], id="an-empty-spec-is-a-policy"),
        pytest.param(peer({}), at(FROM, "Required value: must specify a peer"), id="none"),  # H-35
        pytest.param(
            peer({"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}}),
            at(FROM, "Forbidden: may not specify both ipBlock and another peer"),
            id="block-and-selector",
        ),
        pytest.param(  # H-36
            peer({"ipBlock": {"cidr": "", "except": ["x"]}}),
            at(f"{FROM}.ipBlock.cidr", "Required value"), id="a-block-needs-a-cidr",
        ),
        pytest.param(
            peer({"ipBlock": {"cidr": "10.0.0.0", "except": ["x"]}}),
            at(f"{FROM}.ipBlock.cidr", f'Invalid value: "10.0.0.0": {CIDR}'),
            id="holes-of-an-unreadable-cidr-are-not-judged",
        ),
        pytest.param(
            peer({"ipBlock": {"cidr": "10.0.0.0/8", "except": [
                "10.1.0.0/16", "10.0.0.0/8", "11.0.0.0/16", "fd00::/16", "ten"]}}),
            at(f"{FROM}.ipBlock.except[1]", f'Invalid value: "10.0.0.0/8": {SUBSET}')
            + at(f"{FROM}.ipBlock.except[2]", f'Invalid value: "11.0.0.0/16": {SUBSET}')
            + at(f"{FROM}.ipBlock.except[3]", f'Invalid value: "fd00::/16": {SUBSET}')
            + at(f"{FROM}.ipBlock.except[4]", f'Invalid value: "ten": {CIDR}'),
            id="a-hole-is-strictly-inside",
        ),
        pytest.param(  # H-37
            port({"protocol": "ICMP"}),
            at(f"{PORTS}.protocol",
               'Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"'),
            id="three-protocols",
        ),
        pytest.param(
            port({"port": 0, "endPort": 70000}),
            at(f"{PORTS}.port", f"Invalid value: 0: {PORT_NUMBER}")
            + at(f"{PORTS}.endPort", f"Invalid value: 70000: {PORT_NUMBER}"),
            id="numbers-in-range",
        ),
        pytest.param(
            port({"port": 80, "endPort": 0}),
            at(f"{PORTS}.endPort",
               "Invalid value: 0: must be greater than or equal to `port`",
               f"Invalid value: 0: {PORT_NUMBER}"),
            id="too-small-and-out-of-range-are-both-told",
        ),
        pytest.param(
            port({"port": "http", "endPort": 90}),
            at(f"{PORTS}.endPort",
               "Invalid value: 90: may not be specified when `port` is non-numeric"),
            id="no-range-of-names",
        ),
        pytest.param(
            port({"endPort": 90}),
            at(f"{PORTS}.endPort",
               "Invalid value: 90: may not be specified when `port` is not specified"),
            id="no-range-without-a-port",
        ),
        pytest.param(
            port({"port": "80"}),
            at(f"{PORTS}.port", 'Invalid value: "80": must contain at least one letter (a-z)'),
            id="a-number-in-quotes-is-a-name",
        ),
        pytest.param(  # H-38
            {"policyTypes": ["Ingress", "Egress", "None"]},
            at("spec.policyTypes", 'Invalid value: ["Ingress","Egress","None"]: '
               "may not specify more than two policyTypes"),
            id="two-types-at-most",
        ),
        pytest.param(
            {"policyTypes": ["ingress", "Egress"]},
            at("spec.policyTypes[0]",
               'Unsupported value: "ingress": supported values: "Egress", "Ingress"'),
            id="types-are-words",
        ),
        pytest.param({"policyTypes": ["Egress", "Egress"]}, [], id="a-type-may-stand-twice"),
        pytest.param(
            {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
            at("spec.podSelector.matchExpressions[0].values",
               "Required value: must be specified when `operator` is 'In' or 'NotIn'"),
            id="selectors-are-checked",
        ),
        pytest.param(
            peer({"namespaceSelector": {"matchExpressions": [
                {"key": "a", "operator": "Exists", "values": ["b"]}]}}),
            at(f"{FROM}.namespaceSelector.matchExpressions[0].values",
               "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
            id="selectors-of-peers-are-checked",
        ),
    ],
)  # fmt: skip
def test_checks(spec: Manifest, expected: list[str]) -> None:
    made = policy(**spec)
    before = copy(made)

    assert [str(error) for error in check_policy(made)] == expected
    assert made == before


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [
        pytest.param("10.0.0.0/8", [], id="standard"),
        pytest.param(
            "10.0.0.1/8",
            [('CIDR value "10.0.0.1/8" is ambiguous in this context '
             '(should be "10.0.0.0/8" or "10.0.0.1/32"?)')],
            id="host-bits",
        ),
        pytest.param(
            "192.012.2.8/24",
            [('CIDR value "192.012.2.8/24" is ambiguous in this context '
             '(should be "192.12.2.0/24" or "192.12.2.8/32"?)'),
             ('non-standard CIDR value "192.012.2.8/24" will be considered invalid in a future '
             'Kubernetes release: use "192.12.2.0/24"')],
            id="both",
        ),
        pytest.param(
            "::ffff:192.12.2.0/120",
            [('non-standard CIDR value "::ffff:192.12.2.0/120" will be considered invalid in a '
             'future Kubernetes release: use "192.12.2.0/24"')],
            id="ipv4-inside-ipv6",
        ),
        pytest.param(
            "2001:db8:0:0::/64",
            [('IPv6 CIDR value "2001:db8:0:0::/64" should be in RFC 5952 canonical format '
             '("2001:db8::/64")')],
            id="long-ipv6",
        ),
    ],
)  # fmt: skip
def test_unusual_cidrs_are_accepted_with_a_warning(cidr: str, expected: list[str]) -> None:  # H-40
    made = policy(**peer({"ipBlock": {"cidr": cidr}}))

    assert check_policy(made) == []
    assert warn_policy(made) == [f"{FROM}.ipBlock.cidr: {text}" for text in expected]


@pytest.mark.parametrize(
    ("selector", "cell"),
    [
        pytest.param({}, "<none>", id="every-pod"),
        pytest.param(
            {"matchLabels": {"tier": "x", "app": "web"},
             "matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["b", "a"]},
                                  {"key": "old", "operator": "DoesNotExist"}]},
            "app=web,env notin (a,b),!old,tier=x", id="sorted-by-key",
        ),
    ],
)  # fmt: skip
def test_columns(selector: Manifest, cell: str) -> None:
    made = policy(podSelector=selector)
    found = {column.name: column.read(made) for column in NETWORK_POLICY.columns}

    assert found == {"Name": "p", "Pod-Selector": cell, "Age": None}


def test_equal_rules_are_shared_between_policies() -> None:
    rules: list[JSON] = [{"from": [{"podSelector": WEB}], "ports": [{"port": "http"}]}]

    assert parsed(ingress=rules).ingress is parsed(ingress=copy({"x": rules})["x"]).ingress


def test_the_old_version_reads_the_same() -> None:
    made = policy(ingress=[{}])

    converted = NETWORK_POLICY.conversions["extensions/v1beta1"](made)

    assert parse_policy(converted) == parse_policy(made)
