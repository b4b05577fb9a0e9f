"""Which Ingress answers a request (semantics.md G-14 to G-38, G-41)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.ingress.ingress import Ingress, IngressPath
from cluster.domains.ingress.matching import (
    host_patterns,
    path_matches,
    request_host,
    request_path,
)
from cluster.domains.ingress.routing import Routed, route
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from tests.domains.ingress.objects import OWN, backend, ingress_class, ingress_of, path, rule
from tests.domains.network import end, external, headless, manifest, piece, service, world

A, B = "a.test", "b.test"
HEADLESS = "service.kubernetes.io/headless"
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
PORTS = ("http:8080",)


def ingress(
    name: str = "i",
    *rules: Manifest,
    default: Manifest | None = None,
    created: str = EARLY,
    namespace: str = "shop",
    tls: list[Manifest] | None = None,
    class_name: str | None = None,
    **meta: Any,
) -> Manifest:
    spec: dict[str, Any] = {"rules": [*rules]}
    if default is not None:
        spec["defaultBackend"] = default
    if tls is not None:
        spec["tls"] = tls
    if class_name is not None:
        spec["ingressClassName"] = class_name
    return ingress_of(spec, name, namespace, creationTimestamp=created, **meta)


def to(name: str, written: str = "/", path_type: str = "Prefix") -> Manifest:
    """A path that leads to the Service `name`."""
    return path(written, path_type, name)


def cluster(*manifests: Manifest) -> Snapshot:
    """A cluster with the Services s1 to s3 and their endpoints 10.244.0.1 to .3."""
    made: list[Manifest] = []
    for i in (1, 2, 3):
        made += [service(f"s{i}", f"10.96.0.{i}"), piece(end(f"10.244.0.{i}"), of=f"s{i}")]
    return world(*made, *manifests)


def who(found: Routed) -> str:
    """The Service that answers, or the status."""
    if found.status == 200 and found.backend is not None:
        return str(found.backend.service)
    return str(found.status)


def ask(snapshot: Snapshot, host: str = A, target: str = "/", **more: Any) -> str:
    return who(route(snapshot, host, target, **more))


@pytest.mark.parametrize(
    ("header", "expected"),
    [("A.Test.", A), ("a.test:8080", A), ("a.test.:80", A), ("[::1]:80", "[::1]"), ("", "")],
)
def test_host_header_is_read_without_port_dot_and_case(header: str, expected: str) -> None:
    assert request_host(header) == expected  # G-19


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        # G-20, G-21, G-41
        ("a.apps.test", ("a.apps.test", "*.apps.test", "")),
        ("b.a.apps.test", ("b.a.apps.test", "*.a.apps.test", "")),
        ("apps.test", ("apps.test", "*.test", "")),
        ("localhost", ("localhost", "")),
        ("", ("",)),
    ],
)
def test_hosts_are_looked_for_exactly_then_by_wildcard_then_without(
    host: str, expected: tuple[str, ...]
) -> None:
    assert host_patterns(host) == expected


@pytest.mark.parametrize(
    ("written", "path_type", "request_", "expected"),
    [
        # G-24
        ("/shop", "Exact", "/shop", True),
        ("/shop", "Exact", "/shop/", False),
        ("/shop/", "Exact", "/shop", False),
        ("/shop", "Exact", "/Shop", False),  # G-23
        # G-25
        ("/", "Prefix", "/", True),
        ("/", "Prefix", "/a/b", True),
        ("/shop", "Prefix", "/shop", True),
        ("/shop", "Prefix", "/shop/", True),
        ("/shop", "Prefix", "/shop/x", True),
        ("/shop", "Prefix", "/shopping", False),
        ("/shop/", "Prefix", "/shop", True),
        ("/shop/", "Prefix", "/shop/", True),
        ("/shop/", "Prefix", "/shop/x", True),
        ("/shop/a", "Prefix", "/shop/ab", False),
        ("/shop/a", "Prefix", "/shop", False),
        ("/shop", "Prefix", "/SHOP", False),
        # G-26
        ("", "ImplementationSpecific", "/anything", True),
        ("/shop", "ImplementationSpecific", "/shop/x", True),
        ("/shop", "ImplementationSpecific", "/shopping", False),
    ],
)
def test_path_matches(written: str, path_type: str, request_: str, *, expected: bool) -> None:
    found = IngressPath(written, path_type, backend=None)  # type: ignore[arg-type]

    assert path_matches(found, request_) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/a?b=/c", "/a"), ("/a#b?c", "/a"), ("", "/"), ("?x", "/"), ("/a/?", "/a/")],
)
def test_query_and_fragment_play_no_part(target: str, expected: str) -> None:  # G-23
    assert request_path(target) == expected


HOSTS = cluster(
    ingress(
        "i",
        rule("a.apps.test", to("s1", "/one")),
        rule("*.apps.test", to("s2")),
        rule("", to("s3")),
    )
)


@pytest.mark.parametrize(
    ("host", "target", "expected"),
    [
        # G-20, G-21
        ("a.apps.test", "/one", "s1"),
        ("A.APPS.TEST:443", "/one", "s1"),
        ("b.apps.test", "/", "s2"),
        ("b.a.apps.test", "/", "s3"),
        ("apps.test", "/", "s3"),
        ("other", "/", "s3"),
        # G-22
        ("a.apps.test", "/two", "404"),
        # G-41
        ("", "/", "s3"),
    ],
)
def test_the_closest_host_answers(host: str, target: str, expected: str) -> None:
    assert ask(HOSTS, host, target) == expected


@pytest.mark.parametrize(
    ("paths", "request_", "expected"),
    [
        # G-27
        ([to("s1", "/a"), to("s2", "/a/b")], "/a/b/c", "s2"),
        ([to("s2", "/a/b"), to("s1", "/a")], "/a/b/c", "s2"),
        ([to("s1", "/a"), to("s2", "/a", "Exact")], "/a", "s2"),
        ([to("s1", "/a", "ImplementationSpecific"), to("s2", "/a")], "/a", "s2"),
        ([to("s1", "", "ImplementationSpecific"), to("s2", "/")], "/", "s2"),
        ([to("s1", "/a"), to("s2", "/a", "Exact")], "/a/", "s1"),
        # G-28
        ([to("s1", "/a"), to("s2", "/a/")], "/a", "s2"),
        ([to("s1", "/a/"), to("s2", "/a")], "/a/", "s1"),
        ([to("s1", "/a", "Exact"), to("s2", "/a/")], "/a", "s2"),
        # G-30: order in the list last
        ([to("s1", "/a"), to("s2", "/a")], "/a", "s1"),
    ],
)
def test_of_matching_paths_one_wins(paths: list[Manifest], request_: str, expected: str) -> None:
    assert ask(cluster(ingress("i", rule(A, *paths))), A, request_) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # G-27, G-30
        ({"created": LATE}, {"created": EARLY}, "s2"),
        ({"name": "b"}, {"name": "a"}, "s2"),
        ({"name": "a", "created": LATE}, {"name": "b"}, "s2"),
        ({"name": "a"}, {"name": "b"}, "s1"),
    ],
)
def test_of_equal_routes_the_oldest_ingress_wins(
    one: dict[str, Any], other: dict[str, Any], expected: str
) -> None:
    snapshot = cluster(
        ingress(one.pop("name", "one"), rule(A, to("s1")), **one),
        ingress(other.pop("name", "two"), rule(A, to("s2")), **other),
    )

    assert ask(snapshot) == expected


def test_ingresses_of_a_host_are_merged_across_namespaces() -> None:  # G-29, G-36
    snapshot = world(
        service("web", "10.96.0.1", namespace="one"),
        piece(end("10.244.0.1"), of="web", namespace="one"),
        service("web", "10.96.0.2", namespace="two"),
        piece(end("10.244.0.2"), of="web", namespace="two"),
        ingress("i", rule(A, path("/one")), namespace="one"),
        ingress("i", rule(A, path("/two")), namespace="two"),
    )

    assert route(snapshot, A, "/one").endpoints == ("10.244.0.1:8080",)
    assert route(snapshot, A, "/two").endpoints == ("10.244.0.2:8080",)


DEFAULTS = cluster(
    ingress("own", rule(A, to("s1", "/a")), default=backend("s2"), created=LATE),
    ingress("bare", {"host": B}, created=LATE),
    ingress("all", default=backend("s3"), created=EARLY),
    ingress("later", default=backend("s1"), created=LATE),
)


@pytest.mark.parametrize(
    ("host", "target", "expected"),
    [
        # G-31, G-32, G-2, G-41
        (A, "/a", "s1"),
        (A, "/b", "s2"),
        (B, "/", "s3"),
        ("c.test", "/x", "s3"),
        ("", "/", "s3"),
    ],
)
def test_misses_go_to_a_default_backend(host: str, target: str, expected: str) -> None:
    assert ask(DEFAULTS, host, target) == expected


def test_the_default_backend_of_an_ingress_with_rules_is_for_its_hosts_alone() -> None:  # G-31
    snapshot = cluster(ingress("own", rule(A, to("s1", "/a")), default=backend("s2")))

    assert ask(snapshot, A, "/b") == "s2"
    assert ask(snapshot, B, "/b") == "404"


def test_of_default_backends_of_a_host_the_oldest_ingress_answers() -> None:  # G-31
    snapshot = cluster(
        ingress("late", rule(A, to("s1", "/a")), default=backend("s1"), created=LATE),
        ingress("early", rule(A, to("s1", "/b")), default=backend("s2"), created=EARLY),
    )

    assert ask(snapshot, A, "/c") == "s2"


def test_a_rule_without_paths_takes_its_host_to_the_default_backend() -> None:  # G-2
    snapshot = cluster(
        ingress("bare", {"host": A}, default=backend("s1")), ingress("any", rule("", to("s2")))
    )

    assert ask(snapshot, A) == "s1"
    assert ask(snapshot, B) == "s2"


def test_nothing_matches() -> None:  # G-31, G-35
    found = route(cluster(ingress("i", rule(A, to("s1", "/a")))), A, "/b")

    assert found.json() == {
        "status": 404,
        "backend": None,
        "ingress": None,
        "rule": None,
        "tls_secret": None,
        "endpoints": [],
        "ingress_status_addresses": [],
        "why": [
            {
                "text": "No rule and no default backend is for a.test/b.",
                "object": "",
                "path": "",
                "value": "a.test/b",
            },
            {
                "text": "Not this one: its path does not match /b.",
                "object": "Ingress shop/i",
                "path": "spec.rules[0].http.paths[0]",
                "value": "a.test/a (Prefix)",
            },
        ],
    }


@pytest.mark.parametrize(
    ("classes", "class_name", "annotation", "expected"),
    [
        # G-16, G-17
        ([], None, None, "s1"),
        ([ingress_class("c")], None, None, "404"),
        ([ingress_class("c")], "c", None, "s1"),
        ([ingress_class("c", "example.com/other")], "c", None, "404"),
        ([], "missing", None, "404"),
        ([ingress_class("c")], None, "c", "s1"),
        ([], None, OWN.rpartition("/")[2], "s1"),
    ],
)
def test_only_the_controllers_classes_are_served(
    classes: list[Manifest], class_name: str | None, annotation: str | None, expected: str
) -> None:
    meta: dict[str, Any] = {}
    if annotation is not None:
        meta["annotations"] = {"kubernetes.io/ingress.class": annotation}
    made = ingress("i", rule(A, to("s1")), class_name=class_name, **meta)
    found = route(cluster(*classes, made), A, "/")

    assert who(found) == expected
    assert (expected == "404") == any("not served" in reason.text for reason in found.losers)


def web(number: int | str = 80, **spec: Any) -> list[Manifest]:
    """A Service with a named port 80 that leads to 8080, and an Ingress to it."""
    return [
        service("web", "10.96.0.9", ports=("http:80:30080",), **spec),
        ingress("i", rule(A, path("/", "Prefix", "web", number))),
    ]


GOING = end("10.244.0.8", ready=False, serving=True, terminating=True)


@pytest.mark.parametrize(
    ("objects", "status", "endpoints"),
    [
        # G-33
        ([*web(), piece(end("10.244.0.9"))], 200, ["10.244.0.9:8080"]),
        ([*web("http"), piece(end("10.244.0.9"))], 200, ["10.244.0.9:8080"]),
        ([*web(8080), piece(end("10.244.0.9"))], 503, []),
        ([*web(30080), piece(end("10.244.0.9"))], 503, []),
        ([*web("https"), piece(end("10.244.0.9"))], 503, []),
        # G-34
        ([*web(), piece(end("10.244.0.9"), GOING)], 200, ["10.244.0.9:8080"]),
        ([*web(), piece(end("10.244.0.9", ready=False), GOING)], 200, ["10.244.0.8:8080"]),
        (
            [
                *web(internalTrafficPolicy="Local"),
                piece(end("10.244.0.9", node="x", zones=("z",))),
            ],
            200,
            ["10.244.0.9:8080"],
        ),
        # G-35
        ([web()[1]], 503, []),
        ([*web(), piece(end("10.244.0.9", ready=False))], 503, []),
        (web(), 503, []),
        (
            [external("web", "www.example.com", ports=("80",)), web()[1]],
            200,
            ["www.example.com:80"],
        ),
        ([external("web", "www.example.com"), web()[1]], 503, []),
        (
            [headless(), web()[1], piece(end("10.244.0.9"), labels={HEADLESS: ""})],
            200,
            ["10.244.0.9:8080"],
        ),
    ],
)
def test_backend_leads_to_endpoints(
    objects: list[Manifest], status: int, endpoints: list[str]
) -> None:
    found = route(world(*objects), A, "/")

    assert (found.status, [*found.endpoints]) == (status, endpoints)
    assert found.json()["backend"] is not None
    assert found.why[-1].path


def test_a_backend_is_of_the_ingresss_own_namespace() -> None:  # G-36
    snapshot = world(
        service("web", "10.96.0.1", namespace="other"),
        piece(end("10.244.0.1"), of="web", namespace="other"),
        ingress("i", rule(A)),
    )

    assert ask(snapshot) == "503"


def test_a_resource_backend_is_not_supported() -> None:  # G-37
    made = rule(A)
    resource: Manifest = {"resource": {"apiGroup": "k8s.test", "kind": "Bucket", "name": "b"}}
    made["http"] = {"paths": [{"path": "/", "pathType": "Prefix", "backend": resource}]}
    found = route(cluster(ingress("i", made)), A, "/")

    assert found.status == 503
    assert found.json()["backend"] is None
    assert "unsupported resource backend" in found.why[-1].text


def secret(name: str = "cert", type_: str = "kubernetes.io/tls") -> Manifest:
    return manifest("Secret", name) | {"type": type_}


def tls(*hosts: str, name: str = "cert") -> Manifest:
    return {"hosts": [*hosts], "secretName": name}


@pytest.mark.parametrize(
    ("objects", "server_name", "expected"),
    [
        # G-38
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls(A)])], None, "shop/cert"),
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls("*.test")])], None, "shop/cert"),
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls()])], None, "shop/cert"),
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls(B)])], None, None),
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls(B)])], B, "shop/cert"),
        ([secret(), ingress("i", rule(A, to("s1")), tls=[tls("x.a.test")])], None, None),
        ([ingress("i", rule(A, to("s1")), tls=[tls(A)])], None, None),
        ([secret("cert", "Opaque"), ingress("i", rule(A, to("s1")), tls=[tls(A)])], None, None),
        ([ingress("i", rule(A, to("s1")))], None, None),
        (
            [
                secret(),
                secret("other"),
                ingress("i", rule(A, to("s1")), tls=[tls("*.test", name="other"), tls(A)]),
            ],
            None,
            "shop/cert",
        ),
        (
            [
                secret(),
                secret("other"),
                ingress("late", rule(A, to("s1")), tls=[tls(A, name="other")], created=LATE),
                ingress("early", rule(A, to("s1")), tls=[tls(A)]),
            ],
            None,
            "shop/cert",
        ),
    ],
)
def test_the_server_name_picks_the_certificate_and_the_host_the_route(
    objects: list[Manifest], server_name: str | None, expected: str | None
) -> None:
    found = route(cluster(*objects), A, "/", scheme="https", server_name=server_name)

    assert found.tls_secret == expected
    assert who(found) == "s1"


def test_tls_hosts_make_no_routes_and_plain_http_shows_no_certificate() -> None:  # G-38
    snapshot = cluster(secret(), ingress("i", rule(A, to("s1")), tls=[tls(A, B)]))

    assert ask(snapshot, B, "/", scheme="https") == "404"
    assert route(snapshot, A, "/").tls_secret is None


def test_the_addresses_of_the_ingress_are_told() -> None:  # G-18
    made = ingress("i", rule(A, to("s1")))
    made["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"hostname": "h"}]}}
    found = route(cluster(made), A, "/").json()

    assert found["ingress_status_addresses"] == ["203.0.113.1", "h"]
    assert found["backend"] == {"namespace": "shop", "service": "s1", "port": 80}
    assert (found["ingress"], found["rule"]) == ("shop/i", "spec.rules[0].http.paths[0]")


def test_every_loser_says_why() -> None:
    snapshot = cluster(
        ingress(
            "i",
            rule(
                "a.apps.test",
                to("s1", "/a/b"),
                to("s2", "/a"),
                to("s3", "/a/b", "ImplementationSpecific"),
                to("s3", "/c"),
                to("s3", "/a/b"),
            ),
            rule("*.apps.test", to("s2")),
        ),
        ingress("late", rule("a.apps.test", to("s2", "/a/b")), created=LATE),
        ingress("name", rule("a.apps.test", to("s2", "/a/b"))),
        ingress("foreign", rule("a.apps.test", to("s2")), class_name="missing"),
    )
    found = route(snapshot, "a.apps.test", "/a/b")

    assert (found.ingress is not None, who(found)) == (True, "s1")
    assert [
        (reason.object, reason.text.removeprefix("Not this one: ")) for reason in found.losers
    ] == [
        ("Ingress shop/foreign", "it is not served (no such class)."),
        ("Ingress shop/i", "a longer path matches: /a/b."),
        ("Ingress shop/i", "Prefix comes before ImplementationSpecific."),
        ("Ingress shop/i", "its path does not match /a/b."),
        ("Ingress shop/i", "spec.rules[0].http.paths[0] comes first in the list."),
        ("Ingress shop/name", "Ingress shop/i comes first by name."),
        ("Ingress shop/late", "Ingress shop/i is older."),
        ("Ingress shop/i", "a rule is for the closer host a.apps.test."),
    ]


PATHS = st.builds(
    path,
    st.sampled_from(["/", "/a", "/a/", "/a/b", "/ab"]),
    st.sampled_from(["Exact", "Prefix", "ImplementationSpecific"]),
    st.sampled_from(["s1", "s2", "s3"]),
)
RULES = st.builds(
    lambda host, paths: rule(host, *paths),
    st.sampled_from(["", A, B, "*.test"]),
    st.lists(PATHS, min_size=1, max_size=3),
)
INGRESSES = st.lists(
    st.tuples(
        st.lists(RULES, max_size=3),
        st.sampled_from([EARLY, LATE]),
        st.sampled_from([None, backend("s1"), backend("s2")]),
    ),
    max_size=4,
)
REQUESTS = st.tuples(
    st.sampled_from(["", A, B, "c.test", "other"]),
    st.sampled_from(["/", "/a", "/a/", "/a/b", "/abc"]),
)


@given(INGRESSES, REQUESTS)
def test_exactly_one_route_wins_whatever_the_order(
    drawn: list[tuple[list[Manifest], str, Manifest | None]], request_: tuple[str, str]
) -> None:
    made = [
        ingress(f"i{index}", *rules, default=default, created=created)
        for index, (rules, created, default) in enumerate(drawn)
    ]
    one, other = cluster(*made), cluster(*reversed(made))
    found = route(one, *request_)

    assert found == route(other, *request_)
    if found.ingress is None:
        assert found.status == 404
        return
    every = [(found.ingress.meta.name, found.rule)]
    every += [(reason.object.rpartition("/")[2], reason.path) for reason in found.losers]
    assert len(every) == len(set(every))
    known = {(item.meta.name, place.where) for item in one.of(Ingress) for place in item.routes()}
    assert set(every) - {(found.ingress.meta.name, "spec.defaultBackend")} <= known
