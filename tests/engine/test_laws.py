"""Laws of the engine, over random histories of a small cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.catalog import KINDS, recorders
from cluster.engine.engine import Engine
from cluster.engine.simulator import Simulator
from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import Rule
from cluster.machinery.settings import parse_settings
from cluster.questions.bootstrap import dns_server, namespaces, nodes, services
from cluster.questions.rules import ALL_RULES

NAMES = ("api", "db", "web")
Action = tuple[str, str, int]


def rules() -> tuple[Rule, ...]:
    """Return every rule there is, for one engine."""
    return (*ALL_RULES, *recorders())


def small_cluster() -> Simulator:
    simulator = Simulator(KINDS, rules(), parse_settings({"nodes": 3}))
    for manifest in (*namespaces(), *nodes(3)):
        simulator.create(manifest)
    simulator.settle()
    return simulator


def workload(kind: str, name: str, number: int) -> Manifest:
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name, "tier": f"t{number % 2}"}},
            "spec": {
                "containers": [
                    {"name": "c", "image": f"i:{number % 2}",
                     "ports": [{"name": "http", "containerPort": 8080 + number % 2}]}
                ],
            },
        },
    }  # fmt: skip
    if kind != "DaemonSet":
        spec["replicas"] = number
    if kind == "StatefulSet":
        spec["serviceName"] = name
    meta: Manifest = {"name": f"{name}-{kind.lower()}", "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def service(name: str, number: int) -> Manifest:
    spec: dict[str, Any] = {
        "selector": {"app": name},
        "ports": [{"port": 80, "targetPort": "http" if number % 2 else 8080}],
    }
    if number == 3:
        spec["clusterIP"] = "None"
    if number == 2:
        spec["publishNotReadyAddresses"] = True
    meta: Manifest = {"name": name, "namespace": "default", "labels": {"n": str(number)}}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def policy(name: str, number: int) -> Manifest:
    peers: list[dict[str, Any]] = [
        {"podSelector": {"matchLabels": {"app": "api"}}}, {"namespaceSelector": {}},
        {"ipBlock": {"cidr": "10.0.0.0/8"}},
    ]  # fmt: skip
    ports = [{"port": "http"}] if number % 2 else []
    spec: dict[str, Any] = {
        "podSelector": {"matchLabels": {"app": name}} if number % 3 else {},
        "policyTypes": ["Ingress", "Egress"][: 1 + number % 2],
        "ingress": [{"from": peers[: number % 4], "ports": ports}] if number else [],
    }
    meta: Manifest = {"name": name, "namespace": "default"}
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta,
        "spec": spec,
    }  # fmt: skip


def narrow_policy(name: str, number: int) -> Manifest:
    """One of six policies, by label, port, port name and block, with and without DNS."""
    mine: dict[str, Any] = {"podSelector": {"matchLabels": {"app": name}}}
    everyone: dict[str, Any] = {"podSelector": {}}
    dns = {"to": [{"namespaceSelector": {}}], "ports": [{"port": 53, "protocol": "UDP"}]}
    spec = [
        everyone | {"policyTypes": ["Ingress", "Egress"]},
        mine | {"ingress": [{"from": [everyone], "ports": [{"port": 80}]}]},
        mine | {"ingress": [{"ports": [{"port": "http"}]}]},
        mine | {"policyTypes": ["Egress"], "egress": [{"to": [mine], "ports": [{"port": 80}]}]},
        everyone | {"policyTypes": ["Egress"], "egress": [dns]},
        mine | {"ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/30"}}]}]},
    ][number]
    meta: Manifest = {"name": name, "namespace": "default"}
    version = "networking.k8s.io/v1"
    return {"apiVersion": version, "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def ingress(name: str, number: int) -> Manifest:
    backend: Manifest = {"service": {"name": name, "port": {"number": 80 + number % 2}}}
    path: Manifest = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec: Manifest = {"rules": [{"host": "a.test", "http": {"paths": [path]}}]}
    meta: Manifest = {"name": name, "namespace": "default"}
    version = "networking.k8s.io/v1"
    return {"apiVersion": version, "kind": "Ingress", "metadata": meta, "spec": spec}


def name_server(simulator: Simulator, name: str, number: int) -> None:
    """DNS Pods come and go, and with them the Service at the address that kubelets give out."""
    for made in (*services(simulator.settings), dns_server()):
        key = _key(made)
        if key in simulator.manifests:
            simulator.delete(key)
        elif number % 3 or made["kind"] == "Service":
            simulator.create(made, mode="seed")


def put(simulator: Simulator, manifest: Manifest) -> None:
    try:
        simulator.create(manifest)
    except ApiError:
        simulator.replace(manifest)


def nth_pod(simulator: Simulator, number: int) -> Key | None:
    pods = sorted(key for key in simulator.manifests if key.kind == "Pod")
    return pods[number % len(pods)] if pods else None


def on_pod(edit: Callable[[Manifest], Manifest]) -> Callable[[Simulator, str, int], None]:
    def act(simulator: Simulator, name: str, number: int) -> None:
        key = nth_pod(simulator, number)
        if key is not None:
            simulator.change(key, edit)

    return act


def with_meta(**fields: Any) -> Callable[[Manifest], Manifest]:
    def edit(manifest: Manifest) -> Manifest:
        meta: Any = manifest["metadata"]
        for name, value in fields.items():
            meta[name] = {**meta.get(name, {}), **value}
        return manifest

    return edit


def delete_pod(simulator: Simulator, name: str, number: int) -> None:
    key = nth_pod(simulator, number)
    if key is not None:
        simulator.delete(key)


def delete_named(kind: str) -> Callable[[Simulator, str, int], None]:
    def act(simulator: Simulator, name: str, number: int) -> None:
        full = name if kind in {"Service", "NetworkPolicy"} else f"{name}-{kind.lower()}"
        simulator.delete(KINDS[kind].key("default", full))

    return act


def cordon(simulator: Simulator, name: str, number: int) -> None:
    key = Key("", "Node", "", f"node-{number % 3 + 1}")
    flag = bool(number // 3 % 2)
    simulator.change(key, lambda node: {**node, "spec": {**(node.get("spec") or {}), "unschedulable": flag}})  # type: ignore[dict-item]  # fmt: skip  # noqa: E501


ACTIONS: dict[str, Callable[[Simulator, str, int], None]] = {
    "deployment": lambda s, name, n: put(s, workload("Deployment", name, n)),
    "statefulset": lambda s, name, n: put(s, workload("StatefulSet", name, n)),
    "daemonset": lambda s, name, n: put(s, workload("DaemonSet", name, n)),
    "service": lambda s, name, n: put(s, service(name, n)),
    "policy": lambda s, name, n: put(s, policy(name, n)),
    "unready": on_pod(with_meta(annotations={"netviz.io/ready": "false"})),
    "ready": on_pod(with_meta(annotations={"netviz.io/ready": "true"})),
    "relabel": on_pod(with_meta(labels={"app": "api"})),
    "delete pod": delete_pod,
    "delete deployment": delete_named("Deployment"),
    "delete statefulset": delete_named("StatefulSet"),
    "delete service": delete_named("Service"),
    "delete policy": delete_named("NetworkPolicy"),
    "cordon": cordon,
    "narrow policy": lambda s, name, n: put(s, narrow_policy(name, n)),
    "ingress": lambda s, name, n: put(s, ingress(name, n)),
    "delete ingress": delete_named("Ingress"),
    "name server": name_server,
}

histories = st.lists(
    st.tuples(st.sampled_from(sorted(ACTIONS)), st.sampled_from(NAMES), st.integers(0, 5)),
    max_size=14,
)


def run(history: list[Action]) -> Simulator:
    simulator = small_cluster()
    for action, name, number in history:
        try:
            ACTIONS[action](simulator, name, number)
        except ApiError:
            continue  # a refused request changes nothing
        step = simulator.settle()

        assert step.is_settled
    return simulator


@settings(deadline=None)
@given(histories)
def test_asking_every_owner_again_after_any_history_changes_nothing(history: list[Action]) -> None:
    simulator = run(history)
    before = dict(simulator.engine.facts)

    simulator.engine.ask_all()
    step = simulator.settle()

    assert step.writes == {}
    assert step.errors == {}
    assert simulator.engine.facts == before


@settings(deadline=None, max_examples=25)
@given(histories)
def test_an_engine_that_loads_what_is_stored_changes_nothing(history: list[Action]) -> None:
    simulator = run(history)
    fresh = Engine(
        KINDS, rules(), simulator.settings, stored=simulator.manifests.__getitem__, seed="other"
    )
    fresh.load(simulator.manifests.values(), simulator.revision)
    fresh.ask_all()

    step = fresh.feed((), simulator.now)

    assert step.writes == {}
    assert fresh.facts == simulator.engine.facts


@settings(deadline=None, max_examples=25)
@given(histories, st.integers(1, 5))
def test_a_budget_only_cuts_the_work_into_steps(history: list[Action], budget: int) -> None:
    simulator = run(history)
    sliced = Engine(KINDS, rules(), simulator.settings, stored=simulator.manifests.__getitem__)
    stored = dict(simulator.manifests)
    sources = [m for m in stored.values() if not _is_derived(m)]
    changes: list[tuple[Key, Manifest | None]] = [(_key(m), m) for m in sources]
    stored_now = {key: manifest for key, manifest in changes if manifest is not None}
    sliced._stored = stored_now.__getitem__
    step = sliced.feed(changes, simulator.now, budget)
    for _round in range(2000):
        for key, manifest in step.writes.items():
            if manifest is None:
                stored_now.pop(key, None)
            else:
                stored_now[key] = manifest
        if step.is_settled:
            break
        step = sliced.feed((), simulator.now, budget)

    assert step.is_settled
    sliced.ask_all()
    assert sliced.feed((), simulator.now).writes == {}


def _is_derived(manifest: Manifest) -> bool:
    meta: Any = manifest["metadata"]
    return bool(meta.get("ownerReferences"))


def _key(manifest: Manifest) -> Key:
    meta: Any = manifest["metadata"]
    return KINDS[str(manifest["kind"])].key(meta.get("namespace") or "", meta["name"])
