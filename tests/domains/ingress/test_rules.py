"""The address in an Ingress's status, and findings about Ingresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.ingress.finding_texts import FINDINGS
from cluster.domains.ingress.findings import RULES as FINDING_RULES
from cluster.domains.ingress.ingress import parse_ingress
from cluster.domains.ingress.rules import RULES
from cluster.domains.ingress.serving import controller_words
from cluster.engine.engine import Engine
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings
from tests.domains.ingress.objects import (
    KINDS,
    OWN,
    backend,
    endpoints,
    ingress_class,
    ingress_of,
    key_of,
    manifest,
    path,
    rule,
    service,
)

NOW = "2026-01-02T00:00:00Z"
KEY = Key("networking.k8s.io", "Ingress", "shop", "i")
PLAIN: Manifest = {"defaultBackend": backend()}
NGINX = {"app.kubernetes.io/name": "ingress-nginx"}


class Cluster:
    """An engine with the rules of this domain, and what it stored."""

    def __init__(self, controller: str = OWN) -> None:
        self.stored: dict[Key, Manifest] = {}
        settings = parse_settings({"ingress_controller": controller})
        rules = (*RULES, *FINDING_RULES)
        self.engine = Engine(KINDS, rules, settings, stored=self.stored.__getitem__)

    def feed(self, *changes: tuple[Key, Manifest | None]) -> dict[Key, Manifest | None]:
        for key, made in changes:
            self._keep(key, made)
        step = self.engine.feed(changes, NOW)
        assert not step.errors
        for key, made in step.writes.items():
            self._keep(key, made)
        return step.writes

    def put(self, *manifests: Manifest) -> Cluster:
        self.feed(*((key_of(made), made) for made in manifests))
        return self

    def _keep(self, key: Key, made: Manifest | None) -> None:
        if made is None:
            self.stored.pop(key, None)
        else:
            self.stored[key] = made

    def address(self, key: Key = KEY) -> list[str]:
        found = parse_ingress(self.stored[key]).addresses
        return [entry.ip or entry.hostname for entry in found]

    def findings(self) -> list[tuple[str, str, str]]:
        facts = [fact for found in self.engine.facts.values() for fact in found]
        return [(f.rule, f.path, f.message) for f in facts if isinstance(f, Finding)]

    def findings_by_owner(self) -> dict[tuple[str, Key], tuple[object, ...]]:
        return {owner: facts for owner, facts in self.engine.facts.items() if facts}


BALANCER = service("lb", "ingress", type_="LoadBalancer", labels=NGINX, ips=("192.0.2.7", "::7"))


@pytest.mark.parametrize(
    ("spec", "annotations", "classes", "served"),
    [
        pytest.param({}, {}, [], True, id="no-class-anywhere"),  # G-17
        pytest.param({}, {}, [ingress_class("own")], False, id="classes-exist-but-it-asks-none"),
        pytest.param(
            {"ingressClassName": "own"}, {}, [ingress_class("own")], True, id="its-class-is-ours",
        ),
        pytest.param(
            {"ingressClassName": "x"}, {}, [ingress_class("x", "acme.io/x")], False,
            id="its-class-is-anothers",  # G-16
        ),
        pytest.param({"ingressClassName": "own"}, {}, [], False, id="its-class-is-missing"),
        pytest.param(
            {}, {"kubernetes.io/ingress.class": "own"}, [ingress_class("own")], True,
            id="the-annotation-names-our-class",
        ),
        pytest.param(
            {}, {"kubernetes.io/ingress.class": "netviz"}, [], True,
            id="the-annotation-names-the-controller",
        ),
        pytest.param(
            {}, {"kubernetes.io/ingress.class": ""}, [], False, id="an-empty-annotation",
        ),
    ],
)  # fmt: skip
def test_served_ingresses_get_the_controllers_addresses(  # G-18
    spec: Manifest, annotations: Manifest, classes: list[Manifest], *, served: bool
) -> None:
    made = ingress_of(PLAIN | spec, annotations=annotations)
    cluster = Cluster().put(*classes, BALANCER, made)

    assert cluster.address() == (["192.0.2.7", "::7"] if served else [])


def test_a_controller_goes_by_its_last_word() -> None:
    assert controller_words("k8s.io/ingress-nginx") == {"ingress-nginx", "nginx"}
    assert controller_words("k8s.io/netviz") == {"netviz"}


def test_the_controllers_service_is_the_one_that_says_so() -> None:
    annotated = service("zz", "ingress", type_="LoadBalancer", ips=("192.0.2.9",))
    mapping_at(annotated, "metadata")["annotations"] = {"netviz.io/ingress-controller": OWN}
    named = service(
        "nv", "ingress", type_="LoadBalancer", ips=("192.0.2.8",),
        labels={"app.kubernetes.io/name": "netviz"},
    )  # fmt: skip
    cluster = Cluster().put(ingress_of(PLAIN), service("web", type_="LoadBalancer", ips=("::1",)))
    assert cluster.address() == []

    assert cluster.put(BALANCER).address() == ["192.0.2.7", "::7"]
    assert cluster.put(named).address() == ["192.0.2.8"]
    assert cluster.put(annotated).address() == ["192.0.2.9"]
    cluster.feed((key_of(annotated), None), (key_of(named), None), (key_of(BALANCER), None))
    assert cluster.address() == []


def test_a_status_is_written_once() -> None:
    cluster = Cluster().put(BALANCER, ingress_of(PLAIN))

    cluster.engine.ask_all()

    assert cluster.feed() == {}


def test_another_controllers_address_is_left_alone() -> None:
    entries: list[JSON] = [{"hostname": "lb.acme.test"}]
    made = ingress_of(PLAIN | {"ingressClassName": "x"})
    made["status"] = {"loadBalancer": {"ingress": entries}}
    cluster = Cluster().put(ingress_class("x", "acme.io/x"), BALANCER, made)

    assert cluster.address() == ["lb.acme.test"]


def test_an_ingress_that_is_no_longer_served_loses_the_address() -> None:
    cluster = Cluster().put(BALANCER, ingress_of(PLAIN))
    assert cluster.address() == ["192.0.2.7", "::7"]

    cluster.put(ingress_class("own"))

    assert cluster.address() == []


WEB = (service(), endpoints())
DEFAULT_PATH = "metadata.annotations[ingressclass.kubernetes.io/is-default-class]"


def secret(name: str, type_: str) -> Manifest:
    return manifest("Secret", name, "shop") | {"type": type_}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([*WEB, ingress_of(PLAIN)], [], id="it-works"),
        pytest.param(  # G-35, G-36
            [service(namespace="other"), ingress_of(PLAIN)],
            [("NV301", "spec.defaultBackend.service.name", "Service shop/web does not exist.")],
            id="a-service-of-another-namespace",
        ),
        pytest.param(  # G-33
            [*WEB, ingress_of({"rules": [rule("", path(port=8080))]})],
            [("NV302", "spec.rules[0].http.paths[0].backend.service.port.number",
              ("Service shop/web has no port 8080: it has 80 (http); "
              "8080 is the target port of 80."))],
            id="the-target-port-instead-of-the-port",
        ),
        pytest.param(
            [*WEB, ingress_of({"defaultBackend": backend(port="https")})],
            [("NV302", "spec.defaultBackend.service.port.name",
              "Service shop/web has no port https: it has 80 (http).")],
            id="an-unknown-port-name",
        ),
        pytest.param(  # G-34, G-35
            [service(), endpoints(ready=False), ingress_of(PLAIN)],
            [("NV303", "spec.defaultBackend.service",
              "Service shop/web has no endpoint for port 80.")],
            id="nobody-is-ready",
        ),
        pytest.param(
            [service(type_="ExternalName"), ingress_of(PLAIN)], [], id="an-external-name",
        ),
        pytest.param(
            [*WEB, ingress_of(PLAIN | {"ingressClassName": "nginx"})],
            [("NV304", "spec.ingressClassName", "No IngressClass is called nginx.")],
            id="a-missing-class",
        ),
        pytest.param(
            [*WEB, ingress_class("own"), ingress_of(PLAIN)],
            [("NV305", "spec.ingressClassName", "No class is set, and IngressClasses exist.")],
            id="no-class",
        ),
        pytest.param(
            [*WEB, ingress_class("x", "acme.io/x"), ingress_of(PLAIN | {"ingressClassName": "x"})],
            [("NV306", "spec.ingressClassName", "The class x belongs to acme.io/x.")],
            id="another-controller",
        ),
        pytest.param(  # G-30
            [*WEB, ingress_of({"rules": [rule("a.test")]}),
             ingress_of({"rules": [rule("b.test"), rule("a.test")]}, "z",
                        creationTimestamp="2025-01-01T00:00:00Z")],
            [("NV307", "spec.rules[0].http.paths[0]",
              "a.test/ is already routed by Ingress shop/z spec.rules[1].http.paths[0].")],
            id="an-older-ingress-has-the-route",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("a.test", path("/x"), path("/x", "Exact"),
                                              path("/x"))]})],
            [("NV307", "spec.rules[0].http.paths[2]",
              "a.test/x is already routed by Ingress shop/i spec.rules[0].http.paths[0].")],
            id="the-same-route-twice-in-one-ingress",
        ),
        pytest.param(  # G-38
            [*WEB, manifest("Secret", "cert", "shop"), ingress_of(
                PLAIN | {"tls": [{"secretName": "cert"}, {"secretName": "crt"}]})],
            [("NV308", "spec.tls[1].secretName", "Secret shop/crt does not exist.")],
            id="a-missing-certificate",
        ),
        pytest.param(  # G-2
            [*WEB, ingress_of({"rules": [{"host": "a.test"}]})],
            [("NV309", "spec.rules[0]", "Requests for a.test have no paths here: 404.")],
            id="a-host-without-paths",
        ),
        pytest.param(  # G-37
            [ingress_of({"defaultBackend": {"resource": {"kind": "Bucket", "name": "b"}}})],
            [("NV310", "spec.defaultBackend.resource", "The backend is Bucket/b.")],
            id="a-resource",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("*.a.test")],
                               "tls": [{"hosts": ["x.a.test", "x.y.a.test", "*.a.test"]}]})],
            [("NV311", "spec.tls[0].hosts[1]", "No rule is for x.y.a.test.")],
            id="a-certificate-without-a-route",
        ),
        pytest.param(  # G-14
            [ingress_class("a", default=True), ingress_class("b", default=True),
             ingress_class("c")],
            [("NV312", DEFAULT_PATH,
              "New Ingresses without a class get a, which is a default, too.")],
            id="a-second-default-class",
        ),
        pytest.param(
            [ingress_class("a", default=True),
             ingress_class("b", default=True, created="2026-01-02T00:00:00Z")],
            [("NV312", DEFAULT_PATH,
              "New Ingresses without a class get b, which is a default, too.")],
            id="the-newest-default-class-counts",
        ),
        pytest.param([ingress_class("a", default=True)], [], id="one-default-class"),
        pytest.param(  # G-25
            [*WEB, ingress_of({"rules": [rule("", path("/shop(/|$)(.*)"))]})],
            [("NV313", "spec.rules[0].http.paths[0].path",
              "Prefix compares /shop(/|$)(.*) as it is written.")],
            id="a-pattern-as-a-prefix",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("", path("/a.*", "ImplementationSpecific"))]})],
            [], id="a-pattern-that-the-controller-may-read",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("", path("/shop(/|$)(.*)"))]},
                              annotations={"nginx.ingress.kubernetes.io/use-regex": "true"})],
            [], id="a-pattern-that-an-annotation-asks-for",
        ),
        pytest.param(
            [*WEB, secret("cert", "kubernetes.io/dockerconfigjson"), ingress_of(
                PLAIN | {"tls": [{"secretName": "cert"}]})],
            [("NV314", "spec.tls[0].secretName",
              ("Secret shop/cert is of type kubernetes.io/dockerconfigjson, "
               "not kubernetes.io/tls."))],
            id="a-secret-of-another-type",
        ),
        pytest.param(
            [*WEB, secret("cert", "kubernetes.io/tls"), ingress_of(
                PLAIN | {"tls": [{"secretName": "cert"}]})],
            [], id="a-secret-with-a-certificate",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("a.test"), rule("b.test")],
                               "tls": [{"hosts": ["a.test"]}]})],
            [("NV315", "spec.rules[1].host", "spec.tls has no certificate for b.test.")],
            id="a-host-without-certificate",
        ),
        pytest.param(
            [*WEB, ingress_of({"rules": [rule("a.test"), rule("b.test")],
                               "tls": [{"hosts": ["a.test"]}, {}]})],
            [], id="a-certificate-for-every-host",
        ),
    ],
)  # fmt: skip
def test_findings(objects: list[Manifest], expected: list[tuple[str, str, str]]) -> None:
    assert Cluster().put(*objects).findings() == expected


def test_every_finding_has_an_id_of_its_own() -> None:
    ids = [rule.id for rule in FINDINGS]

    assert len(set(ids)) == len(ids)
    assert all(rule_id.startswith("NV3") for rule_id in ids)


HOSTS = st.sampled_from(["", "a.test", "*.test"])
INGRESSES = st.builds(
    lambda name, space, paths, host, klass, secret, created: ingress_of(
        {
            "rules": [rule(host, *paths)],
            "tls": [{"secretName": secret}],
            **({"ingressClassName": klass} if klass else {}),
        },
        name, space, creationTimestamp=created,
    ),
    st.sampled_from("ij"), st.sampled_from(["shop", "data"]),
    st.lists(
        st.builds(path, st.sampled_from(["/", "/x"]), st.sampled_from(["Exact", "Prefix"]),
                  st.sampled_from(["web", "api"]), st.sampled_from([80, "http"])),
        min_size=1, max_size=2,
    ),
    HOSTS, st.sampled_from(["", "own", "x"]), st.sampled_from(["", "s"]),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
)  # fmt: skip
SPACES = st.sampled_from(["shop", "data"])
OTHERS = st.one_of(
    st.builds(
        lambda name, controller, default, created: ingress_class(
            name, controller, default=default, created=created
        ),
        st.sampled_from(["own", "x"]), st.sampled_from([OWN, "acme.io/x"]), st.booleans(),
        st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
    ),
    st.builds(
        lambda name, space, port, labels, ips: service(
            name, space, type_="LoadBalancer", ports=(("http", port, 8080),), labels=labels,
            ips=ips,
        ),
        st.sampled_from(["web", "api"]), SPACES, st.sampled_from([80, 81]),
        st.sampled_from([{}, NGINX]), st.sampled_from([(), ("192.0.2.1",), ("192.0.2.2",)]),
    ),
    st.builds(
        lambda name, space, ready: endpoints(name, space, ready=ready),
        st.sampled_from(["web", "api"]), SPACES, st.booleans(),
    ),
    st.builds(
        lambda space, type_: manifest("Secret", "s", space) | {"type": type_},
        SPACES, st.sampled_from(["kubernetes.io/tls", "helm.sh/release.v1"]),
    ),
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.one_of(INGRESSES, OTHERS), st.integers(0, 3)), min_size=1, max_size=20
)


@given(EDITS)
def test_asking_only_the_named_owners_equals_asking_everyone(
    edits: list[tuple[Manifest, int]],
) -> None:
    live = Cluster()
    for made, dice in edits:
        live.feed((key_of(made), made if dice else None))

        fresh = Cluster()
        fresh.stored.update(live.stored)
        fresh.engine.load(live.stored.values())
        fresh.engine.ask_all()
        assert fresh.feed() == {}
        assert fresh.findings_by_owner() == live.findings_by_owner()
