"""Findings about NetworkPolicies, and that only the owners a change names need be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.policy.findings import RULES
from cluster.domains.policy.policy import parse_policy
from cluster.domains.policy.spec_faults import spec_faults
from cluster.engine.engine import Engine
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings
from tests.domains.policy.objects import KINDS, namespace, pod, policy, policy_of

NOW = "2026-01-01T00:00:00Z"
POLICY = Key("networking.k8s.io", "NetworkPolicy", "shop", "p")


def engine() -> Engine:
    def stored(key: Key) -> Manifest:
        raise AssertionError(f"{key} is not to be changed")

    return Engine(KINDS, RULES, parse_settings({}), stored=stored)


def key_of(manifest: Manifest) -> Key:
    parsed = KINDS[str(manifest["kind"])].parse(manifest)
    return KINDS[str(manifest["kind"])].key(parsed.meta.namespace, parsed.meta.name)


def findings(*manifests: Manifest) -> list[tuple[str, str, str]]:
    made = engine()
    made.load([namespace("shop"), namespace("data", team="data"), *manifests])
    made.ask_all()
    made.feed([], NOW)
    found = [fact for facts in made.facts.values() for fact in facts]
    assert all(isinstance(fact, Finding) for fact in found)
    return [(f.rule, f.path, f.message) for f in found if isinstance(f, Finding)]


def equals(**labels: str) -> JSON:
    return {"matchLabels": {**labels}}


WEB = pod("web-0", {"app": "web"}, ports=[{"containerPort": 80, "name": "http"}])


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([policy(podSelector=equals(app="web")), WEB], None, id="it-selects-a-pod"),
        pytest.param([policy()], None, id="a-default-deny-may-wait-for-pods"),
        pytest.param(
            [policy(podSelector=equals(app="wed")), WEB],
            ("NV401", "spec.podSelector", ("No Pod in shop has app=wed. "
             "The nearest Pods have app=web.")),
            id="a-typo-in-its-selector",
        ),
        pytest.param(
            [policy(podSelector=equals(app="web")), pod("w", {"app": "web"}, "data")],
            ("NV401", "spec.podSelector", "No Pod in shop has app=web."),
            id="pods-of-other-namespaces-are-not-selected",  # H-1
        ),
        pytest.param(
            [policy(podSelector=equals(app="web")), pod("w", {"app": "web"}, phase="Succeeded")],
            ("NV401", "spec.podSelector", "No Pod in shop has app=web."),
            id="finished-pods-are-not-selected",  # H-12
        ),
        pytest.param(
            [policy(podSelector=equals(app="web")), pod("w", {"app": "web"}, host=True)],
            ("NV407", "spec.podSelector",
             "Every Pod with app=web is on the host network and cannot be isolated."),
            id="host-network-pods-are-exempt",  # H-10
        ),
        pytest.param(
            [policy(policyTypes=["Egress"], ingress=[{}])],
            ("NV404", "spec.ingress",
             "spec.policyTypes lists Egress only: the ingress rules (1) have no effect."),
            id="rules-without-their-direction",  # H-7
        ),
        pytest.param(
            [policy(ingress=[{"from": [{"namespaceSelector": equals(name="data")}]}])],
            ("NV402", "spec.ingress[0].from[0].namespaceSelector", "No Namespace has name=data."),
            id="a-namespace-meant-by-name",  # H-17
        ),
        pytest.param(
            [policy(ingress=[{"from": [{"namespaceSelector": equals(team="data")}]}])],
            None, id="a-namespace-without-pods-is-no-fault",
        ),
        pytest.param(
            [policy(egress=[{"to": [{"podSelector": equals(app="db")}]}]),
             pod("db", {"app": "db"}, "data")],
            ("NV403", "spec.egress[0].to[0].podSelector",
             ("No Pod in shop has app=db, but Pods in data do: a podSelector without a "
             "namespaceSelector means the policy's own namespace only.")),
            id="the-forgotten-namespace-selector",  # H-16
        ),
        pytest.param(
            [policy(egress=[{"to": [{"podSelector": equals(app="db"),
                                     "namespaceSelector": equals(team="data")}]}]),
             pod("db", {"app": "db"}, "data")],
            None, id="both-selectors-in-one-peer",  # H-14
        ),
        pytest.param(
            [policy(egress=[
                {"to": [{"podSelector": equals(app="db"), "namespaceSelector": {}}]}])],
            ("NV403", "spec.egress[0].to[0].podSelector", "No Pod in any namespace has app=db."),
            id="nobody-anywhere",
        ),
        pytest.param(
            [policy(policyTypes=["Ingress"], egress=[{"to": [{"podSelector": equals(a="b")}]}])],
            ("NV404", "spec.egress",
             "spec.policyTypes lists Ingress only: the egress rules (1) have no effect."),
            id="peers-that-do-not-count-are-not-judged",
        ),
        pytest.param(
            [policy(ingress=[{"ports": [{"port": "http"}]}]), WEB], None, id="a-named-port",
        ),
        pytest.param(
            [policy(ingress=[{"ports": [{"port": "http", "protocol": "UDP"}]}]), WEB],
            ("NV405", "spec.ingress[0].ports[0].port",
             "No selected Pod declares a UDP port named http."),
            id="a-named-port-of-another-protocol",  # H-26
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "10.96.0.10/32"}}]}])],
            ("NV406", "spec.egress[0].to[0].ipBlock.cidr",
             "10.96.0.10/32 holds cluster IPs of Services only, and matches nothing."),
            id="a-block-of-cluster-ips",  # H-30
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "10.96.0.0/15"}}]}])], None,
            id="a-block-that-holds-more",
        ),
        pytest.param(
            [policy(podSelector=equals(app="web")), WEB,
             pod("h", {"app": "web", "pod-template-hash": "x"}, host=True)],
            ("NV408", "spec.podSelector",
             "Pods with app=web are on the host network and stay open."),
            id="one-of-two-pods-is-on-the-host-network",  # H-10
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "10.244.1.7/32"}}]}])],
            ("NV409", "spec.egress[0].to[0].ipBlock.cidr",
             "10.244.1.7/32 lies within 10.244.0.0/16, where Pods get their addresses."),
            id="the-address-of-a-pod",
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}])],
            ("NV410", "spec.egress[0].to[0].ipBlock.cidr",
             "10.0.0.0/8 holds 10.244.0.0/16, the addresses of the Pods."),
            id="a-block-that-holds-the-pods",  # H-18
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8",
                                                 "except": ["10.244.0.0/16"]}}]}])],
            None, id="a-block-without-the-pods",
        ),
        pytest.param(
            [policy(ingress=[{}])],
            ("NV411", "spec.ingress[0]", "Connections from everyone are allowed on every port."),
            id="everyone-on-every-port",  # H-9
        ),
        pytest.param(
            [policy(ingress=[{"ports": [{"port": 443}]}])], None, id="everyone-on-one-port",
        ),
        pytest.param(
            [policy(podSelector={"matchExpressions": [
                {"key": "app", "operator": "In", "values": ["a", "b"]},
                {"key": "app", "operator": "NotIn", "values": ["b", "a"]}]})],
            ("NV412", "spec.podSelector", "No labels can meet app in (a,b),app notin (a,b)."),
            id="a-selector-that-contradicts-itself",
        ),
        pytest.param(
            [policy(ingress=[{"from": [{"podSelector": {
                "matchLabels": {"app": "a"},
                "matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}]}])],
            ("NV412", "spec.ingress[0].from[0].podSelector", "No labels can meet !app,app=a."),
            id="a-peer-that-contradicts-itself",
        ),
        pytest.param(
            [policy(ingress=[{"from": [{"ipBlock": {
                "cidr": "192.0.2.0/24", "except": ["192.0.2.0/25", "192.0.2.128/25"]}}]}])],
            ("NV412", "spec.ingress[0].from[0].ipBlock.except",
             "The exceptions leave no address of 192.0.2.0/24."),
            id="a-block-with-nothing-left",
        ),
        pytest.param(
            [policy(egress=[{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}],
                             "ports": [{"port": "http"}]}])],
            ("NV412", "spec.egress[0].ports[0].port",
             "Only Pods have a port named http, and the blocks hold none."),
            id="a-name-outside-the-cluster",  # H-26
        ),
        pytest.param(
            [policy_of({"podSelector": {}, "ingress": [{"ports": [{"port": 80}, {"port": 81}]}]},
                       "wide"),
             policy(podSelector=equals(app="web"), ingress=[{
                 "from": [{"podSelector": {}}], "ports": [{"port": 80}]}]), WEB],
            ("NV413", "spec", "NetworkPolicy shop/wide isolates and allows all of it."),
            id="another-policy-says-it-all",
        ),
        pytest.param(
            [policy_of({"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}, "wide"),
             policy(podSelector=equals(app="web"), ingress=[{"ports": [{"port": 81}]}]), WEB],
            None, id="another-policy-says-less",
        ),
        pytest.param(
            [policy_of({"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}, "wide"),
             policy(podSelector=equals(app="web"), policyTypes=["Ingress", "Egress"],
                    ingress=[{"ports": [{"port": 80}]}]), WEB],
            None, id="another-policy-isolates-less",
        ),
        pytest.param(
            [policy_of({"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}, "wide"),
             policy()],
            None, id="a-default-deny-is-never-too-much",
        ),
        pytest.param(
            [policy(ingress=[{"from": [{"namespaceSelector": equals(team="data")},
                                       {"podSelector": equals(app="web")}]}]), WEB],
            ("NV414", "spec.ingress[0].from",
             "All Pods of some namespaces or some Pods of this one: either is allowed."),
            id="a-dash-too-many",  # H-15
        ),
    ],
)  # fmt: skip
def test_findings(objects: list[Manifest], expected: tuple[str, str, str] | None) -> None:
    assert findings(*objects) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("cidrs", "rules"),
    [
        pytest.param(["10.96.0.0/16"], [], id="the-cluster-has-one-family"),
        pytest.param(
            ["10.96.0.0/16", "fd00:10:96::/108"],
            [("NV415", "Every IPv4 address is meant, and none of IPv6.")],
            id="the-cluster-has-both",  # H-19
        ),
    ],
)
def test_every_address_of_one_family(cidrs: list[str], rules: list[tuple[str, str]]) -> None:
    block: JSON = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}
    made = policy(ingress=[{"from": [block], "ports": [{"port": 443}]}])
    key = KINDS["NetworkPolicy"].key("shop", "p")
    settings = parse_settings({"service_cidrs": [*cidrs]})

    found = spec_faults(parse_policy(made), key, settings)

    assert [(f.rule, f.message) for f in found] == rules


def test_of_two_equal_policies_the_later_name_is_without_effect() -> None:
    spec: Manifest = {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}

    found = findings(policy_of(spec, "a"), policy_of(spec, "b"))

    assert found == [("NV413", "spec", "NetworkPolicy shop/a isolates and allows all of it.")]


NAMES = st.sampled_from(["a", "b"])
SPACES = st.sampled_from(["shop", "data"])
VALUES = st.sampled_from(["web", "wed", "db"])


def expression(operator: str, *values: str) -> JSON:
    found: Manifest = {"key": "app", "operator": operator}
    return {"matchExpressions": [found | {"values": [*values]} if values else found]}


SELECTORS: st.SearchStrategy[JSON] = st.one_of(
    st.just(expression("Exists")),
    st.builds(dict),
    VALUES.map(lambda value: equals(app=value)),
    VALUES.map(lambda value: expression("NotIn", value)),
)
PEERS = st.fixed_dictionaries(
    {}, optional={"podSelector": SELECTORS, "namespaceSelector": SELECTORS}
)
POLICIES = st.builds(
    lambda name, space, selector, peers, port: policy_of(
        {"podSelector": selector, "ingress": [{"from": peers, "ports": [{"port": port}]}]},
        name, space,
    ),
    NAMES, SPACES, SELECTORS, st.lists(PEERS.filter(bool), max_size=2),
    st.sampled_from(["http", 80]),
)  # fmt: skip
PODS = st.builds(
    lambda name, labels, space, host, phase, port: pod(
        name, labels, space, host=host, phase=phase,
        ports=[{"containerPort": 80, "name": port}],
    ),
    NAMES, st.dictionaries(st.just("app"), VALUES), SPACES, st.booleans(),
    st.sampled_from(["Running", "Succeeded"]), st.sampled_from(["http", "web"]),
)  # fmt: skip
SPACE_OBJECTS = st.builds(lambda name, value: namespace(name, app=value), SPACES, VALUES)
EDITS = st.lists(
    st.tuples(st.one_of(POLICIES, PODS, PODS, SPACE_OBJECTS), st.integers(0, 3)), max_size=25
)


@given(EDITS)
def test_asking_only_the_named_owners_equals_asking_everyone(
    edits: list[tuple[Manifest, int]],
) -> None:
    live, stored = engine(), dict[Key, Manifest]()
    for made, dice in edits:
        key = key_of(made)
        if dice:
            stored[key] = made
        else:
            stored.pop(key, None)
        live.feed([(key, made if dice else None)], NOW)

        fresh = engine()
        fresh.load(stored.values())
        fresh.ask_all()
        fresh.feed([], NOW)
        assert {k: v for k, v in live.facts.items() if v} == fresh_facts(fresh)


def fresh_facts(made: Engine) -> dict[tuple[str, Key], tuple[object, ...]]:
    return {key: facts for key, facts in made.facts.items() if facts}


def test_one_more_replica_asks_no_policy() -> None:
    live = engine()
    first = pod("web-0", {"app": "web"})
    live.load([policy(podSelector=equals(app="web")), policy_of({}, "q"), first])
    second = pod("web-1", {"app": "web"})

    step = live.feed([(key_of(second), second)], NOW)

    assert not step.asked
