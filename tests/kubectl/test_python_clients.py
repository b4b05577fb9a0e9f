"""Python's clients of Kubernetes do what they do against an apiserver.

Each test is what its library's users do all day: make, read, list, watch, change, delete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count, islice
from typing import Any

import kr8s
import pytest
from kr8s.objects import Deployment as Kr8sDeployment
from kr8s.objects import Service as Kr8sService
from kubernetes import client, config, watch
from kubernetes.dynamic import DynamicClient
from lightkube import Client as Lightkube
from lightkube import KubeConfig
from lightkube.core.exceptions import ApiError as LightkubeError
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment, DeploymentScale
from lightkube.resources.core_v1 import Pod, Service
from lightkube.types import PatchType

from tests.kubectl.conftest import Netviz

_numbers = count(1)
LABELS = {"app": "web"}


@pytest.fixture
def namespace(netviz: Netviz) -> str:
    """Return a namespace of the test's own."""
    name = f"python{next(_numbers)}"
    netviz.post("/api/v1/namespaces", {"metadata": {"name": name}})
    return name


@pytest.fixture
def official(netviz: Netviz) -> Iterator[Any]:
    """Return the official client."""
    with config.new_client_from_config(str(netviz.config)) as found:
        yield found


def deployment(namespace: str) -> dict[str, Any]:
    container = {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}},
        },
    }


def service(namespace: str, **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": namespace, "labels": labels},
        "spec": {"selector": LABELS, "ports": [{"port": 80}]},
    }


def until(claim: Callable[[], bool]) -> None:
    """Wait until `claim` holds."""
    end = time.monotonic() + 15
    while not claim():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def test_the_official_client_reads_every_kind_into_its_models(official: Any) -> None:
    core: Any = client.CoreV1Api(official)
    apps: Any = client.AppsV1Api(official)
    network: Any = client.NetworkingV1Api(official)
    discovery: Any = client.DiscoveryV1Api(official)
    lists = (
        core.list_namespace, core.list_node, core.list_pod_for_all_namespaces,
        core.list_service_for_all_namespaces, core.list_endpoints_for_all_namespaces,
        core.list_event_for_all_namespaces, core.list_config_map_for_all_namespaces,
        apps.list_deployment_for_all_namespaces, apps.list_replica_set_for_all_namespaces,
        apps.list_stateful_set_for_all_namespaces, apps.list_daemon_set_for_all_namespaces,
        network.list_ingress_for_all_namespaces, network.list_ingress_class,
        network.list_network_policy_for_all_namespaces,
        discovery.list_endpoint_slice_for_all_namespaces,
        client.BatchV1Api(official).list_job_for_all_namespaces,
    )  # fmt: skip

    found = {each.__name__: len(each().items) for each in lists}

    assert found["list_node"] > 0
    assert found["list_pod_for_all_namespaces"] > 0
    assert found["list_endpoint_slice_for_all_namespaces"] > 0


def test_the_official_client_writes_and_watches(official: Any, namespace: str) -> None:
    core: Any = client.CoreV1Api(official)
    apps: Any = client.AppsV1Api(official)
    start = core.list_namespaced_pod(namespace).metadata.resource_version
    made = apps.create_namespaced_deployment(namespace, deployment(namespace))
    events = watch.Watch()
    phases = []
    for event in events.stream(
        core.list_namespaced_pod, namespace, resource_version=start, timeout_seconds=15
    ):
        phases.append(event["object"].status.phase)
        if phases[-1] == "Running":
            events.stop()
    scaled = apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 2}})
    patched = apps.patch_namespaced_deployment("web", namespace, {"spec": {"paused": True}})
    patched.metadata.resource_version = None  # the engine writes the status meanwhile
    replaced = apps.replace_namespaced_deployment("web", namespace, patched)
    apps.delete_namespaced_deployment("web", namespace)

    assert made.metadata.generation == 1
    assert phases[-1] == "Running"
    assert (scaled.spec.replicas, patched.spec.replicas) == (2, 2)
    assert replaced.spec.paused
    with pytest.raises(client.ApiException) as caught:
        apps.read_namespaced_deployment("web", namespace)
    assert caught.value.status == 404


def test_the_dynamic_client_finds_kinds_and_applies(official: Any, namespace: str) -> None:
    services: Any = DynamicClient(official).resources.get(api_version="v1", kind="Service")

    made = services.create(namespace=namespace, body=service(namespace, a="1"))
    applied = services.server_side_apply(
        namespace=namespace, name="web", body=service(namespace, b="2"), field_manager="dynamic"
    )
    patched = services.patch(
        namespace=namespace, name="web", body={"metadata": {"labels": {"c": "3"}}}
    )
    told = [event["type"] for event in services.watch(namespace=namespace, timeout=1)]

    assert made.spec.clusterIP
    assert dict(applied.metadata.labels) == {"a": "1", "b": "2"}
    assert dict(patched.metadata.labels) == {"a": "1", "b": "2", "c": "3"}
    assert told == ["ADDED"]


def test_kr8s(netviz: Netviz, namespace: str) -> None:
    api: Any = kr8s.api(kubeconfig=str(netviz.config), namespace=namespace)
    web: Any = Kr8sDeployment(deployment(namespace), api=api)
    shop: Any = Kr8sService(service(namespace), api=api)

    web.create()
    shop.create()
    web.wait("condition=Available", timeout=15)
    shop.label(tier="front")
    shop.annotate({"example.org/note": "x"})
    web.scale(2)
    until(lambda: len(web.pods()) == 2)
    chosen = list(api.get("services", namespace=namespace, label_selector={"tier": "front"}))
    seen = next(iter(api.watch("pods", namespace=namespace)))
    shop.delete()

    assert [each.name for each in chosen] == ["web"]
    assert seen[0] == "ADDED"
    assert not shop.exists()
    with pytest.raises(kr8s.NotFoundError):
        Kr8sService.get("web", namespace=namespace, api=api)


def test_lightkube(netviz: Netviz, namespace: str) -> None:
    api: Any = Lightkube(
        config=KubeConfig.from_file(str(netviz.config)), namespace=namespace, field_manager="light"
    )

    made = api.create(Service.from_dict(service(namespace, a="1")))
    applied = api.apply(Service.from_dict(service(namespace, b="2")), force=True)
    merged = api.patch(Service, "web", {"metadata": {"labels": {"c": "3"}}})
    added = [{"op": "add", "path": "/metadata/labels/d", "value": "4"}]
    patched = api.patch(Service, "web", added, patch_type=PatchType.JSON)
    api.apply(Deployment.from_dict(deployment(namespace)))
    ready = api.wait(Deployment, "web", for_conditions=["Available"])
    scale = api.get(DeploymentScale, "web")
    scale.spec.replicas = 3
    scaled = api.replace(DeploymentScale(metadata=ObjectMeta(name="web"), spec=scale.spec))
    until(lambda: len(list(api.list(Pod, chunk_size=2))) == 3)
    with closing(api.watch(Pod, server_timeout=5)) as events:  # it never ends by itself
        operations = [operation for operation, _pod in islice(events, 3)]
    api.delete(Service, "web")

    assert made.spec.clusterIP
    assert labels(applied) == {"a": "1", "b": "2"}
    assert labels(merged) == {"a": "1", "b": "2", "c": "3"}
    assert labels(patched) == {"a": "1", "b": "2", "c": "3", "d": "4"}
    assert ready.status.availableReplicas == 1
    assert scaled.spec.replicas == 3
    assert operations == ["ADDED"] * 3
    with pytest.raises(LightkubeError, match='services "web" not found'):
        api.get(Service, "web")
    api._client._client.close()  # it has no other way to let its connections go


def labels(found: Any) -> dict[str, str]:
    return dict(found.metadata.labels)
