"""What is told about names (NV2xx), and that only the owners a change names need be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.dns.findings import FINDINGS, RULES
from cluster.engine.engine import Engine
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings
from tests.domains.network import KINDS, external, headless, manifest, pod, service

NOW = "2026-01-01T00:00:00Z"
LOCAL = "svc.cluster.local"


def engine() -> Engine:
    def stored(key: Key) -> Manifest:
        raise AssertionError(f"{key} is not to be changed")

    return Engine(KINDS, RULES, parse_settings({}), stored=stored)


def key_of(made: Manifest) -> Key:
    kind = KINDS[str(made["kind"])]
    meta = kind.parse(made).meta
    return kind.key(meta.namespace, meta.name)


def findings(*manifests: Manifest) -> list[tuple[str, str, str, str]]:
    made = engine()
    made.feed([(key_of(item), item) for item in manifests], NOW)
    assert not made.errors
    found = [fact for facts in made.facts.values() for fact in facts]
    return sorted((f.rule, str(f.key), f.path, f.message) for f in found if isinstance(f, Finding))


def stateful_set(name: str = "db", service_name: str = "db") -> Manifest:
    labels: Manifest = {"app": name}
    return manifest("StatefulSet", name) | {
        "spec": {
            "serviceName": service_name,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}},
        }
    }


def owned(name: str, by: Manifest, **spec: JSON) -> Manifest:
    key = key_of(by)
    reference: Manifest = {
        "apiVersion": "apps/v1", "kind": key.kind, "name": key.name, "controller": True,
        "uid": f"{key.kind}/{key.namespace}/{key.name}",
    }  # fmt: skip
    return pod(name, meta={"ownerReferences": [reference]}, **spec)  # type: ignore[arg-type]


def replica_set(name: str = "web") -> Manifest:
    spec: Manifest = {"selector": {"matchLabels": {"app": name}}, "template": {}}
    return manifest("ReplicaSet", name) | {"spec": spec}


CIRCLE = [
    external("a", f"b.shop.{LOCAL}"), external("b", f"c.shop.{LOCAL}"),
    external("c", f"b.shop.{LOCAL}"),
]  # fmt: skip
CASES: list[tuple[str, list[Manifest], list[tuple[str, str, str, str]]]] = [
    ("an alias for a name outside", [external("a", "db.example.com")], []),
    ("an alias for a Service", [external("a", f"web.shop.{LOCAL}."), service("web")], []),
    ("an alias for nothing", [external("a", f"web.shop.{LOCAL}")],
     [("NV201", "Service shop/a", "spec.externalName", "Service shop/web does not exist.")]),
    ("an alias of another Namespace", [external("a", f"web.data.{LOCAL}"), service("web")],
     [("NV201", "Service shop/a", "spec.externalName", "Service data/web does not exist.")]),
    ("an alias for itself", [external("a", f"a.shop.{LOCAL}")],
     [("NV202", "Service shop/a", "spec.externalName",
       "The names lead from Service shop/a back to Service shop/a.")]),
    ("a circle, and one that leads into it", CIRCLE,
     [("NV202", f"Service shop/{name}", "spec.externalName",
       f"The names lead from Service shop/{other} back to Service shop/{name}.")
      for name, other in (("b", "c"), ("c", "b"))]),
    ("a subdomain with its Service", [pod(subdomain="web"), headless("web")], []),
    ("a subdomain without Service", [pod(subdomain="web")],
     [("NV203", "Pod shop/p", "spec.subdomain",
       "Service shop/web does not exist, so the names of the Pods do not resolve.")]),
    ("a subdomain with another Service", [pod(subdomain="web"), service("web", "10.96.0.20")],
     [("NV203", "Pod shop/p", "spec.subdomain",
       "Service shop/web is not headless, so the Pods have no names of their own.")]),
    ("many Pods of one workload are told once",
     [replica_set(), *(owned(f"p{i}", replica_set(), subdomain="web") for i in range(3))],
     [("NV203", "ReplicaSet shop/web", "spec.template.spec.subdomain",
       "Service shop/web does not exist, so the names of the Pods do not resolve.")]),
    ("a finished Pod", [pod(subdomain="web", phase="Succeeded")], []),
    ("a StatefulSet with its Service", [stateful_set(), headless("db")], []),
    ("a StatefulSet without its Service",
     [stateful_set(), owned("db-0", stateful_set(), subdomain="db")],
     [("NV204", "StatefulSet shop/db", "spec.serviceName", "Service shop/db does not exist.")]),
    ("a StatefulSet with another Service", [stateful_set(), service("db", "10.96.0.20")],
     [("NV204", "StatefulSet shop/db", "spec.serviceName", "Service shop/db is not headless.")]),
    ("a full name as host name",
     [pod("p", subdomain="web", setHostnameAsFQDN=True), headless("web")], []),
    ("a full name that is too long",
     [pod("p" * 38, subdomain="web", setHostnameAsFQDN=True), headless("web")],
     [("NV205", f"Pod shop/{'p' * 38}", "spec.setHostnameAsFQDN",
       (f"{'p' * 38}.web.shop.{LOCAL} has 65 characters, more than a host name may have."))]),
]  # fmt: skip


@pytest.mark.parametrize(("items", "expected"), [r[1:] for r in CASES], ids=[r[0] for r in CASES])
def test_found(items: list[Manifest], expected: list[tuple[str, str, str, str]]) -> None:
    assert findings(*items) == expected


def test_every_finding_of_the_catalogue_is_tested() -> None:
    assert {row[0] for _, _, rows in CASES for row in rows} == {rule.id for rule in FINDINGS}


def test_one_more_pod_with_a_service_is_no_work_for_the_others() -> None:
    made = engine()
    made.load([headless("web"), pod("p", subdomain="web")])
    unready = pod("p", subdomain="web") | {"status": {"phase": "Running", "conditions": []}}

    step = made.feed([(key_of(unready), unready)], NOW)

    assert not step.asked


NAMES = st.sampled_from(["a", "b", "c"])
OBJECTS = st.one_of(
    st.builds(lambda name, to: external(name, f"{to}.shop.{LOCAL}"), NAMES, NAMES),
    st.builds(headless, NAMES),
    st.builds(lambda name: service(name, "10.96.0.20"), NAMES),
    st.builds(stateful_set, NAMES, NAMES),
    st.builds(replica_set, NAMES),
    st.builds(
        lambda name, sub, phase, by: (
            pod(name, subdomain=sub, phase=phase) if by is None
            else owned(name, by, subdomain=sub, phase=phase)
        ),
        NAMES, st.sampled_from(["a", "b", ""]), st.sampled_from(["Running", "Failed"]),
        st.one_of(st.none(), st.builds(replica_set, NAMES)),
    ),
)  # fmt: skip


@given(st.lists(st.tuples(OBJECTS, st.integers(0, 3)), max_size=20))
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
        assert live.facts == fresh.facts
        assert not live.errors
