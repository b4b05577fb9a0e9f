"""What `describe` and `get events` tell, with Kubernetes' own reasons."""

from __future__ import annotations

import json
import time

from tests.kubectl.manifests import APP, service
from tests.kubectl.programs import Kubectl


def described(kubectl: Kubectl, *words: str, until: str) -> str:
    """Return a description as soon as it tells something."""
    end = time.monotonic() + 10
    while True:
        found = kubectl("describe", *words).out
        if until in found:
            return found
        assert time.monotonic() < end, found
        time.sleep(0.2)


def test_a_pod_tells_where_it_runs_and_that_it_is_stopped(kubectl: Kubectl) -> None:
    kubectl.apply(APP.replace("terminationGracePeriodSeconds: 0", "restartPolicy: Always"))
    kubectl("rollout", "status", "deploy/shop", "--timeout=20s")
    name = kubectl.read("po -l app=shop", ".items[0].metadata.name")

    kubectl("delete", "po", name, "--wait=false")
    pod = described(kubectl, "po", name, until="Stopping container web")
    kubectl("delete", "po", name, "--grace-period=0", "--force")
    kubectl("scale", "deploy/shop", "--replicas=1")
    replicas = described(kubectl, "rs", "-l", "app=shop", until="SuccessfulDelete")

    assert "default-scheduler  Successfully assigned" in pod
    assert f"Created pod: {name}" in replicas


def test_a_pod_that_fits_nowhere_tells_why(kubectl: Kubectl) -> None:
    kubectl("run", "p", "--image=x", "--overrides", '{"spec":{"nodeSelector":{"no":"such"}}}')

    told = described(kubectl, "po", "p", until="FailedScheduling")

    assert "didn't match Pod's node affinity/selector" in told


def test_a_node_tells_of_cordons_and_of_its_readiness(kubectl: Kubectl) -> None:
    node = f"node-{kubectl.namespace}"
    kubectl.apply(f"---\n{{apiVersion: v1, kind: Node, metadata: {{name: {node}}}}}")
    described(kubectl, "node", node, until="NodeReady")
    kubectl("cordon", node)
    lost = {"op": "replace", "path": "/status/conditions/0/status", "value": "Unknown"}
    kubectl("patch", "node", node, "--subresource=status", "--type=json", "-p", json.dumps([lost]))

    told = described(kubectl, "node", node, until="NodeNotReady")
    kubectl("delete", "node", node)

    assert all(word in told for word in ("RegisteredNode", "NodeNotSchedulable"))
    assert "node.kubernetes.io/unreachable:NoExecute" in told
    assert "-9223372036854775808" not in told


def test_a_refused_address_names_the_field(kubectl: Kubectl) -> None:
    address = f"clusterIP: 10.96.0.{kubectl.release[1]}"  # every kubectl tries, on one cluster
    kubectl("create", "-f", "-", stdin=service("first", more=address))
    taken = service("second", more=address)
    outside = service("third", more="clusterIP: 1.2.3.4")
    port = service("fourth", "80, nodePort: 99", more="type: NodePort")

    said = [
        kubectl("create", "-f", "-", stdin=manifest, fails=True).err
        for manifest in (taken, outside, port)
    ]

    assert "spec.clusterIPs: Invalid value" in said[0]
    assert "provided IP is already allocated" in said[0]
    assert "the provided network does not match the current range" in said[1]
    assert "spec.ports[0].nodePort: Invalid value: 99: provided port is not in the" in said[2]


def test_a_service_tells_of_slices_that_cannot_be_written(kubectl: Kubectl) -> None:
    kubectl.apply(service("shop"))
    kubectl(
        "run", "lost", "--image=x", "--labels=app=shop",
        "--overrides", '{"spec":{"nodeName":"no-such-node"}}',
    )  # fmt: skip
    status = {"status": {"phase": "Running", "podIP": "10.9.9.9", "podIPs": [{"ip": "10.9.9.9"}]}}
    kubectl(
        "patch", "po", "lost", "--subresource=status", "--type=merge", "-p", json.dumps(status)
    )

    told = described(kubectl, "svc", "shop", until="FailedToUpdateEndpointSlices")

    assert "endpoint-slice-controller" in told
    assert "skipping Pod lost" in told
    assert "Node no-such-node Not Found" in told


def test_a_service_tells_of_its_load_balancer(kubectl: Kubectl) -> None:
    kubectl.apply(service("shop", more="type: LoadBalancer"))
    given = described(kubectl, "svc", "shop", until="EnsuredLoadBalancer")
    kubectl("patch", "svc", "shop", "-p", '{"spec":{"type":"NodePort"}}')

    taken = described(kubectl, "svc", "shop", until="DeletedLoadBalancer")

    assert "EnsuringLoadBalancer" in given
    assert "service-controller" in given
    assert "DeletingLoadBalancer" in taken


def test_a_service_tells_that_no_address_is_left(kubectl: Kubectl) -> None:
    names = [f"lb-{number:02}" for number in range(31)]  # the demo's pool has thirty
    kubectl.apply("---".join(service(name, more="type: LoadBalancer") for name in names))

    told = described(kubectl, "svc", names[-1], until="SyncLoadBalancerFailed")
    kubectl("delete", "svc", "--all")

    assert "failed to ensure load balancer: no free IPv4 address in loadbalancer_pool" in told


def test_a_watch_of_endpoints_follows_a_service(kubectl: Kubectl) -> None:
    watching = kubectl.start("get", "endpoints", "-w", "--no-headers")
    try:
        time.sleep(0.5)
        kubectl.apply(APP)
        assert watching.stdout is not None
        line = watching.stdout.readline()
        while line.count(":8080") != 2:
            line = watching.stdout.readline()
    finally:
        watching.kill()
        watching.communicate()

    assert line.split()[0] == "shop"
    assert line.split()[1] == kubectl("get", "ep", "shop", "--no-headers").out.split()[1]


def test_a_kind_that_is_not_served_is_named(kubectl: Kubectl) -> None:
    refused = kubectl(
        "create", "poddisruptionbudget", "p", "--selector=a=b", "--min-available=1", fails=True
    )

    assert "netviz serves no poddisruptionbudgets.policy/v1" in refused.err
