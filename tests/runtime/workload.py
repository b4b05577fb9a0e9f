"""What the writer of the kill test does: many writes whose result does not depend on timing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key

CLUSTER = "shop"
STEPS = 160
NAMESPACES = ("one", "two")
NAMES = ("api", "cart", "web")


def steps(seed: int = 7) -> Iterator[tuple[str, Manifest]]:
    """Yield verbs with the objects they are for; the same ones every time."""
    chance = random.Random(seed)  # noqa: S311 - drawn to be repeated
    for namespace in NAMESPACES:
        yield "put", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    for _step in range(STEPS):
        namespace, name = chance.choice(NAMESPACES), chance.choice(NAMES)
        make = chance.choice((deployment, deployment, service))
        verb = chance.choices(("put", "delete"), (4, 1))[0]
        yield verb, make(namespace, name, chance.randrange(6))


def deployment(namespace: str, name: str, number: int) -> Manifest:
    """Return a Deployment of eight times `number` Pods that end at once when deleted."""
    labels: Manifest = {"app": name}
    containers: list[JSON] = [{"name": "main", "image": "example/main:1"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": 8 * number,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": containers},
            },
        },
    }


def service(namespace: str, name: str, number: int) -> Manifest:
    """Return a Service, of node ports for even numbers."""
    ports: list[JSON] = [{"port": 8000 + number}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "type": "ClusterIP" if number % 2 else "NodePort",
            "selector": {"app": name},
            "ports": ports,
        },
    }


def write(folder: Path) -> None:
    """Do the steps that are not done yet. A step killed before it was noted is done again."""
    done = len(list(folder.iterdir()))
    for position, (verb, manifest) in enumerate(steps()):
        if position < done:
            continue
        carry_out(verb, manifest)
        (folder / str(position)).touch()
        time.sleep(0.005)


def carry_out(verb: str, manifest: Manifest) -> None:
    """Do one step; doing it twice is doing it once."""
    if verb == "put":
        outcomes = store.write_batch(
            cluster=CLUSTER, documents=[manifest], actor="tests", operation="put"
        )
        if outcomes[0].error is not None:
            raise outcomes[0].error
        return
    meta = manifest["metadata"]
    assert isinstance(meta, dict)
    kind = KINDS[str(manifest["kind"])]
    key: Key = kind.key(str(meta["namespace"]), str(meta["name"]))
    with suppress(NotFound):
        store.delete(cluster=CLUSTER, address=key, actor="tests")
