"""Ingress as a kind: checks, conversions, columns. semantics.md G.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.ingress.conversions import from_v1beta1
from cluster.domains.ingress.ingress import Backend, Ingress, Resource, parse_ingress
from cluster.domains.ingress.ingress_checks import (
    check_ingress,
    check_ingress_status,
    check_new_ingress,
)
from cluster.domains.ingress.kinds import INGRESS
from cluster.machinery.manifest import JSON, Manifest, copy
from tests.domains.ingress.objects import backend, ingress_of, path, rule

BACKEND = "spec.defaultBackend"
PATH = "spec.rules[0].http.paths[0]"
TLS = "spec.tls[0]"
LABEL = "a DNS-1035 label must consist of"
SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of"
WILDCARD = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain"


def default(**members: JSON) -> Manifest:
    return {"defaultBackend": {**members}}


def one(entry: Manifest) -> Manifest:
    return {"rules": [rule("", entry)]}


def tls(**entry: JSON) -> Manifest:
    return {"defaultBackend": backend(), "tls": [{**entry}]}


def check(spec: Manifest) -> list[str]:
    made = ingress_of(spec)
    before = copy(made)
    found = [str(error) for error in check_ingress(made)]
    assert made == before
    return found


def begins(found: list[str], expected: list[str]) -> bool:
    return len(found) == len(expected) and all(
        text.startswith(start) for text, start in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param(  # G-1
            {}, ["spec: Invalid value: []: either `defaultBackend` or `rules` must be specified"],
            id="neither-rules-nor-a-default",
        ),
        pytest.param(default(**backend()), [], id="a-default-is-enough"),
        pytest.param(  # G-2
            {"rules": [{"http": {"paths": []}}, {"host": "a.test"}]},
            ["spec.rules[0].http.paths: Required value"],
            id="http-needs-paths-but-a-rule-needs-no-http",
        ),
        pytest.param(  # G-3
            {"rules": [rule("10.0.0.1")]},
            ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP'],
            id="a-host-is-no-ip",
        ),
        pytest.param(
            {"rules": [rule("::1")]},
            ['spec.rules[0].host: Invalid value: "::1": must be a DNS name, not an IP address',
             f'spec.rules[0].host: Invalid value: "::1": {SUBDOMAIN}'],
            id="an-ipv6-host-fails-twice",
        ),
        pytest.param({"rules": [rule("*.a.test"), rule("a.test"), rule("")]}, [], id="hosts"),
        pytest.param(
            {"rules": [rule("*"), rule("foo.*.com"), rule("*foo.com"), rule("*.*.com")]},
            [f'spec.rules[{index}].host: Invalid value: "{host}": {WILDCARD}'
             for index, host in enumerate(("*", "foo.*.com", "*foo.com", "*.*.com"))],
            id="a-wildcard-is-the-first-label",
        ),
        pytest.param(
            {"rules": [rule("a.test:80"), rule("A.test"), rule("a.test.")]},
            [f'spec.rules[{index}].host: Invalid value: "{host}": {SUBDOMAIN}'
             for index, host in enumerate(("a.test:80", "A.test", "a.test."))],
            id="no-port-no-capitals-no-final-dot",
        ),
        pytest.param(  # G-4
            one({"path": "x", "backend": {}}),
            [f"{PATH}.pathType: Required value: pathType must be specified"],
            id="without-a-path-type-nothing-else-is-looked-at",
        ),
        pytest.param(
            one(path("/", "prefix")),
            [(f'{PATH}.pathType: Unsupported value: "prefix": supported values: '
             '"Exact", "ImplementationSpecific", "Prefix"')],
            id="three-path-types",
        ),
        pytest.param(  # G-5
            one(path("", "Exact")),
            [f'{PATH}.path: Invalid value: "": must be an absolute path'],
            id="an-exact-path-is-not-empty",
        ),
        pytest.param(
            one(path("a//b/./c/../d%2f%2F/.")),
            [f'{PATH}.path: Invalid value: "a//b/./c/../d%2f%2F/.": {text}'
             for text in ("must be an absolute path", "must not contain '//'",
                          "must not contain '/./'", "must not contain '/../'",
                          "must not contain '%2f'", "must not contain '%2F'",
                          "cannot end with '/.'")],
            id="every-fault-of-a-path-is-told",
        ),
        pytest.param(
            one(path("/a/..")),
            [f"{PATH}.path: Invalid value: \"/a/..\": cannot end with '/..'"], id="no-way-up",
        ),
        pytest.param(one(path("/a//b/..", "ImplementationSpecific")), [], id="own-rules"),
        pytest.param(one(path("", "ImplementationSpecific")), [], id="own-rules-may-be-empty"),
        pytest.param(
            one(path("a", "ImplementationSpecific")),
            [f'{PATH}.path: Invalid value: "a": must be an absolute path'], id="but-are-absolute",
        ),
        pytest.param(  # G-6
            default(service={}, resource={}),
            [f'{BACKEND}: Invalid value: "": cannot set both resource and service backends'],
            id="one-backend-only",
        ),
        pytest.param(
            default(), [f'{BACKEND}: Invalid value: "": resource or service backend is required'],
            id="a-backend-is-something",
        ),
        pytest.param(  # G-7
            default(service={"name": "1web"}),
            [f'{BACKEND}.service.name: Invalid value: "1web": {LABEL}',
             f"{BACKEND}: Required value: port name or number is required"],
            id="a-service-has-a-name-and-a-port",
        ),
        pytest.param(
            default(service={"port": {"name": "http", "number": 80}}),
            [f"{BACKEND}.service.name: Required value",
             f'{BACKEND}: Invalid value: "": cannot set both port name & port number'],
            id="a-port-has-a-name-or-a-number",
        ),
        pytest.param(
            default(**backend(port=70000)),
            [f"{BACKEND}.service.port.number: Invalid value: 70000: must be between 1 and 65535"],
            id="a-port-number",
        ),
        pytest.param(
            default(**backend(port="a-name-of-sixteen")),
            [(f'{BACKEND}.service.port.name: Invalid value: "a-name-of-sixteen": '
             "must be no more than 15 characters")],
            id="a-port-name",
        ),
        pytest.param(  # G-8
            default(resource={"apiGroup": "A", "kind": "", "name": "a/b%"}),
            [f'{BACKEND}.resource.apiGroup: Invalid value: "A": {SUBDOMAIN}',
             f"{BACKEND}.resource.kind: Required value: kind is required",
             f"{BACKEND}.resource.name: Invalid value: \"a/b%\": may not contain '/'",
             f"{BACKEND}.resource.name: Invalid value: \"a/b%\": may not contain '%'"],
            id="a-resource-by-path-segments",
        ),
        pytest.param(  # G-9
            tls(hosts=["*.a.test", "10.0.0.1", "*"], secretName="S"),
            [f'{TLS}.hosts[2]: Invalid value: "*": {WILDCARD}',
             f'{TLS}.secretName: Invalid value: "S": {SUBDOMAIN}'],
            id="tls-hosts-have-no-ip-test",
        ),
        pytest.param(tls(hosts=["other.test"]), [], id="tls-hosts-need-no-rule"),
        pytest.param(  # G-39
            default(**backend()) | {"ingressClassName": ""},
            [f'spec.ingressClassName: Invalid value: "": {SUBDOMAIN}'], id="an-empty-class",
        ),
        pytest.param({"rules": [rule("a"), rule("a")]}, [], id="hosts-may-repeat"),  # G-12
    ],
)  # fmt: skip
def test_checks(spec: Manifest, expected: list[str]) -> None:
    found = check(spec)

    assert begins(found, expected), found


@pytest.mark.parametrize(
    ("annotation", "name", "fine"),
    [("nginx", "nginx", True), ("nginx", "other", False), ("", "nginx", False)],
)
def test_both_ways_to_name_a_class_agree_on_create(  # G-10, G-40
    annotation: str, name: str, *, fine: bool
) -> None:
    made = ingress_of(
        {"defaultBackend": backend(), "ingressClassName": name},
        annotations={"kubernetes.io/ingress.class": annotation},
    )

    assert [str(error) for error in check_new_ingress(made)] == (
        []
        if fine
        else [
            (
                f'annotations.kubernetes.io/ingress.class: Invalid value: "{annotation}": '
                "must match `ingressClassName` when both are specified"
            )
        ]
    )
    assert check_ingress(made) == []


def test_addresses_of_a_status_write_are_checked() -> None:
    old = ingress_of({"defaultBackend": backend()})
    entries: list[JSON] = [{"ip": "10.0.0.1"}, {"ip": "x"}, {"hostname": "10.0.0.1"}]
    new = old | {"status": {"loadBalancer": {"ingress": entries}}}

    assert [error.field for error in check_ingress_status(new, old)] == [
        "status.loadBalancer.ingress[1].ip",
        "status.loadBalancer.ingress[2].hostname",
    ]
    assert check_ingress_status(old, old) == []


def test_parsed_values() -> None:
    made = ingress_of(
        {
            "ingressClassName": "own",
            "rules": [
                rule("a.test", path("/x", "Exact", "web", "http")),
                {"host": "b.test"},
                rule("", {"pathType": "Prefix", "path": "/", "backend": {
                    "resource": {"kind": "Bucket", "name": "assets"}}}),
            ],
            "tls": [{"hosts": ["a.test"], "secretName": "cert"}],
        }
    )  # fmt: skip
    found = parse_ingress(made)

    assert [(route.where, route.host, route.path.path) for route in found.routes()] == [
        ("spec.rules[0].http.paths[0]", "a.test", "/x"),
        ("spec.rules[2].http.paths[0]", "", "/"),
    ]
    assert dict(found.backends()) == {
        "spec.rules[0].http.paths[0].backend": Backend("web", "http"),
        "spec.rules[2].http.paths[0].backend": Backend(resource=Resource("", "Bucket", "assets")),
    }
    assert found.rules[1].paths == ()
    assert found.class_word == "own"


def test_the_class_of_an_ingress_is_its_field_before_its_annotation() -> None:
    annotations: Manifest = {"kubernetes.io/ingress.class": "old"}
    spec: Manifest = {"defaultBackend": backend()}

    def word(made: Manifest) -> str | None:
        return parse_ingress(made).class_word

    assert word(ingress_of(spec)) is None
    assert word(ingress_of(spec, annotations=annotations)) == "old"
    assert word(ingress_of(spec | {"ingressClassName": "new"}, annotations=annotations)) == "new"


@pytest.mark.parametrize(
    ("spec", "cells"),
    [
        pytest.param(
            default(**backend()),
            {"Class": "<none>", "Hosts": "*", "Address": "", "Ports": "80"}, id="a-default",
        ),
        pytest.param(
            {"rules": [rule(host) for host in ("a", "b", "c", "d", "e")], "tls": [{}],
             "ingressClassName": "nginx"},
            {"Class": "nginx", "Hosts": "a,b,c + 2 more...", "Address": "", "Ports": "80, 443"},
            id="many-hosts",
        ),
        pytest.param(
            {"rules": [rule(""), rule("a")]},
            {"Class": "<none>", "Hosts": "a", "Address": "", "Ports": "80"}, id="a-rule-for-all",
        ),
    ],
)  # fmt: skip
def test_columns(spec: Manifest, cells: dict[str, str]) -> None:
    made = ingress_of(spec)
    found = {column.name: column.read(made) for column in INGRESS.columns}

    assert {name: found[name] for name in cells} == cells


def test_addresses_are_one_cell() -> None:
    entries: list[JSON] = [{"ip": "10.0.0.9"}, {"hostname": "a.test"}, {"ip": "10.0.0.1"}]
    made = ingress_of({}) | {"status": {"loadBalancer": {"ingress": entries}}}
    (cell,) = (column.read(made) for column in INGRESS.columns if column.name == "Address")

    assert cell == "10.0.0.1,10.0.0.9,a.test"


@pytest.mark.parametrize("sent", [{}, {"status": {}}, {"status": None}])
def test_a_new_ingress_starts_with_an_empty_status(sent: Manifest) -> None:
    """What a client sends as its status is dropped before: `{}` is left of it."""
    made = ingress_of({"defaultBackend": backend()}) | sent

    INGRESS.prepare(made, None)

    assert made["status"] == {"loadBalancer": {}}


def test_the_old_versions_convert() -> None:
    old = ingress_of(
        {
            "backend": {"serviceName": "web", "servicePort": "http"},
            "rules": [
                {"host": "a.test", "http": {"paths": [
                    {"backend": {"serviceName": "web", "servicePort": 80}},
                    {"path": "/x", "pathType": "Exact", "backend": {"resource": {"kind": "B"}}},
                ]}},
                {"host": "b.test"},
            ],
        }
    )  # fmt: skip
    before = copy(old)

    converted = from_v1beta1(old)

    assert old == before
    assert converted["spec"] == {
        "defaultBackend": backend("web", "http"),
        "rules": [
            {"host": "a.test", "http": {"paths": [
                {"pathType": "ImplementationSpecific", "backend": backend("web", 80)},
                {"path": "/x", "pathType": "Exact", "backend": {"resource": {"kind": "B"}}},
            ]}},
            {"host": "b.test"},
        ],
    }  # fmt: skip


JSONS: st.SearchStrategy[JSON] = st.recursive(
    st.sampled_from([None, True, 80, "http", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["spec", "rules", "http", "paths", "backend", "serviceName", "servicePort"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["spec", "kind"]), JSONS))
def test_converting_bears_any_json(document: Manifest) -> None:
    """It runs before types are checked, so that errors name the current version's fields."""
    assert from_v1beta1(from_v1beta1(document)) == from_v1beta1(document)


def test_indexes_file_an_ingress_under_all_it_names() -> None:
    made = parse_ingress(
        ingress_of({"rules": [rule("a.test", path(service="x")), rule("")],
                    "tls": [{"secretName": "s"}, {}], "defaultBackend": backend("y")})
    )  # fmt: skip

    assert isinstance(made, Ingress)
    assert {
        name: set(read(made)) for name, read in INGRESS.indexes.items() if name != "route"
    } == {
        "service": {("shop", "x"), ("shop", "web"), ("shop", "y")},
        "class": {None},
        "host": {"a.test", ""},
        "catch_all": set(),
        "tls_host": {""},
        "secret": {("shop", "s")},
    }
