"""Roll-outs, scaling, waiting, deleting, nodes."""

from __future__ import annotations

import time

from tests.kubectl.manifests import APP, config_map
from tests.kubectl.programs import Kubectl


def test_a_rollout_goes_forth_and_back(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "web", "--image=nginx:1", "--replicas=2")
    done = kubectl("rollout", "status", "deploy/web", "--timeout=20s")
    kubectl("set", "image", "deploy/web", "nginx=nginx:2")
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")
    history = kubectl("rollout", "history", "deploy/web").out
    kubectl("rollout", "undo", "deploy/web")
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")

    assert "successfully rolled out" in done.out
    assert [line.split()[0] for line in history.splitlines() if line[:1].isdigit()] == ["1", "2"]
    assert kubectl.read("deploy web", ".spec.template.spec.containers[0].image") == "nginx:1"
    assert (
        kubectl.read("deploy web", ".metadata.annotations.deployment\\.kubernetes\\.io/revision")
        == "3"
    )


def test_a_rollout_stops_and_starts_again(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "web", "--image=nginx")

    kubectl("rollout", "pause", "deploy/web")
    paused = kubectl.read("deploy web", ".spec.paused")
    kubectl("rollout", "resume", "deploy/web")
    kubectl("rollout", "restart", "deploy/web")
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")
    kubectl("set", "env", "deploy/web", "A=b")

    assert paused == "true"
    assert "restartedAt" in kubectl.read("deploy web", ".spec.template.metadata.annotations")


def test_rollouts_of_stateful_and_daemon_sets(kubectl: Kubectl) -> None:
    for kind, more in (("StatefulSet", "serviceName: web, replicas: 2, "), ("DaemonSet", "")):
        kubectl.apply(
            f"---\n{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: web}}, spec: {{{more}"
            "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, "
            "spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: nginx:1}]}}}}"
        )
        kubectl("rollout", "status", f"{kind}/web", "--timeout=20s")
        kubectl("set", "image", f"{kind}/web", "c=nginx:2")
        kubectl("rollout", "status", f"{kind}/web", "--timeout=20s")
        kubectl("rollout", "undo", f"{kind}/web")
        kubectl("rollout", "history", f"{kind}/web")

        image = ".spec.template.spec.containers[0].image"
        assert kubectl.read(f"{kind} web", image) == "nginx:1"


def test_scale_counts_and_checks(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "web", "--image=nginx")

    kubectl("scale", "deploy/web", "--replicas=3")
    kubectl("scale", "deploy/web", "--current-replicas=3", "--replicas=2")
    refused = kubectl("scale", "deploy/web", "--current-replicas=9", "--replicas=1", fails=True)
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")

    assert kubectl.read("deploy web", ".status.replicas") == "2"
    assert "Expected replicas to be 9, was 2" in refused.err


def test_wait_waits_for_conditions_values_and_the_end(kubectl: Kubectl) -> None:
    kubectl.apply(APP)

    met = kubectl("wait", "--for=condition=Available", "deploy/shop", "--timeout=20s")
    kubectl("wait", "--for=jsonpath={.status.readyReplicas}=2", "deploy/shop", "--timeout=20s")
    timed_out = kubectl("wait", "--for=condition=Nope", "deploy/shop", "--timeout=1s", fails=True)
    waiting = kubectl.start("wait", "--for=delete", "svc/shop", "--timeout=20s")
    time.sleep(0.5)
    kubectl("delete", "svc", "shop")

    assert met.out.strip() == "deployment.apps/shop condition met"
    assert "timed out waiting" in timed_out.err
    assert waiting.communicate(timeout=10)[0].split() == ["service/shop", "condition", "met"]


def test_what_depends_goes_with_its_owner_unless_it_is_orphaned(kubectl: Kubectl) -> None:
    for name in ("back", "fore", "orphan"):
        kubectl.apply(APP.partition("---")[0].replace("shop", name))
        kubectl("rollout", "status", f"deploy/{name}", "--timeout=20s")

    kubectl("delete", "deploy", "back")
    kubectl("delete", "deploy", "fore", "--cascade=foreground")
    kubectl("delete", "deploy", "orphan", "--cascade=orphan")

    left = kubectl("get", "rs", "-o", "jsonpath={.items[*].metadata.labels.app}").out
    assert left == "orphan"
    kubectl("wait", "--for=delete", "po", "-l", "app=back", "--timeout=20s")


def test_a_finalizer_holds_until_it_is_taken_off(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=config_map("fin", finalizers=["example.com/hold"]))

    kubectl("delete", "cm", "fin", "--wait=false")
    held = kubectl.read("cm fin", ".metadata.deletionTimestamp")
    kubectl("patch", "cm", "fin", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')

    assert held
    assert "NotFound" in kubectl("get", "cm", "fin", fails=True).err


def test_many_are_deleted_by_label_and_all_together(kubectl: Kubectl) -> None:
    for name, tier in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")):
        kubectl("create", "-f", "-", stdin=config_map(name, labels={"tier": tier}))

    kubectl("delete", "cm", "-l", "tier=x")
    left = kubectl("get", "cm", "-o", "name").lines
    kubectl("delete", "--raw", f"/clusters/demo/api/v1/namespaces/{kubectl.namespace}/configmaps")

    assert left == ["configmap/c", "configmap/d"]
    assert kubectl("get", "cm", "-o", "name").lines == []


def test_a_namespace_goes_with_what_is_in_it(kubectl: Kubectl) -> None:
    kubectl.apply(APP)

    kubectl("delete", "ns", kubectl.namespace, "--timeout=30s")

    assert "NotFound" in kubectl("get", "ns", kubectl.namespace, fails=True).err
    refused = kubectl("delete", "ns", "default", fails=True)
    assert "this namespace may not be deleted" in refused.err


def test_a_drained_node_loses_its_pods_and_gets_no_new_ones(kubectl: Kubectl) -> None:
    node = f"node-{kubectl.namespace}"
    pool = f"{{pool: {node}}}"
    kubectl.apply(
        f"---\n{{apiVersion: v1, kind: Node, metadata: {{name: {node}, labels: {pool}}}}}"
    )
    kubectl.apply(
        "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, "
        "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, "
        f"spec: {{nodeSelector: {pool}, terminationGracePeriodSeconds: 0, "
        "containers: [{name: c, image: nginx}]}}}}"
    )
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")

    kubectl("cordon", node)
    drained = kubectl("drain", node, "--ignore-daemonsets", "--timeout=30s")
    unscheduled = kubectl("get", "node", node, "--no-headers").out
    kubectl("uncordon", node)
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")
    kubectl("taint", "node", node, "a=b:NoSchedule")
    tainted = kubectl.read(f"node {node}", ".spec.taints[0].key")
    kubectl("delete", "node", node)

    assert "evicting pod" in drained.out + drained.err
    assert "SchedulingDisabled" in unscheduled
    assert tainted == "a"
