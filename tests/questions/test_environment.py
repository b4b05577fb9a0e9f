"""The question `environment` (E-64)."""

from __future__ import annotations

from cluster.machinery.manifest import Manifest
from tests.questions.asking import ask, cluster, service

POD = """
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: p}
spec:
  containers:
  - {name: main, image: main, env: [{name: WEB_PORT, value: mine}, {name: OTHER, value: x}]}
  - {name: second, image: second}
"""


def test_the_answer_names_each_variable_with_its_service_and_what_containers_set() -> None:
    answer = ask(
        cluster(POD, service("shop/web", clusterIP="10.96.3.3")), "environment", pod="shop/p"
    )

    expected: Manifest = {
        "name": "WEB_PORT",
        "value": "tcp://10.96.3.3:80",
        "service": "Service shop/web",
    }  # E-64
    assert expected in answer["variables"]
    assert answer["containers"] == [
        {"name": "main", "overridden": ["WEB_PORT"]},
        {"name": "second", "overridden": []},
    ]
    assert answer["not_yet"] == []


def test_a_service_that_comes_later_is_named_as_not_yet_known() -> None:
    seeded = cluster(POD)
    late = service("shop/late")
    meta = late["metadata"]
    assert isinstance(meta, dict)
    late["metadata"] = {**meta, "creationTimestamp": "2030-01-01T00:00:00Z"}
    seeded.simulator.create(late, mode="seed")
    seeded.settle()

    answer = ask(seeded, "environment", pod="shop/p")
    assert answer["not_yet"] == ["Service shop/late"]
