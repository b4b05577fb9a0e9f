"""What is refused about a Pod, what it gets by default, and what may change of it later."""

from __future__ import annotations

import pytest

from cluster.domains.workload.pod_checks import check_pod, check_pod_spec
from cluster.machinery.errors import Invalid
from cluster.machinery.fields import SPEC
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, merge
from tests.domains.workload.world import World, pod

NAME_UNIQUE = ("spec.containers[0].ports[1].name", "Duplicate value")


def refusals(**fields: JSON) -> list[tuple[str, str]]:
    try:
        World(nodes=0).create(pod("p", **fields))
    except Invalid as refusal:
        return [(error.field, error.type.word) for error in refusal.errors]
    return []


def details(**fields: JSON) -> list[str]:
    with pytest.raises(Invalid) as caught:
        World(nodes=0).create(pod("p", **fields))
    return [error.detail for error in caught.value.errors]


def container(name: str = "app", **fields: JSON) -> list[JSON]:
    return [{"name": name, "image": "app:1", **fields}]


def ports(*listed: Manifest) -> list[JSON]:
    return container(ports=[*listed])


CASES: list[tuple[str, dict[str, JSON], list[tuple[str, str]]]] = [
    ("no container", {"containers": []}, [("spec.containers", "Required value")]),
    ("a container without image", {"containers": [{"name": "a"}]},
     [("spec.containers[0].image", "Required value")]),
    ("a container name with dots", {"containers": container("a.b")},
     [("spec.containers[0].name", "Invalid value")]),
    ("two containers of one name", {"containers": container() + container()},
     [("spec.containers[1].name", "Duplicate value")]),
    ("a port name of 16 characters", {"containers": ports({"containerPort": 1, "name": "a" * 16})},
     [("spec.containers[0].ports[0].name", "Invalid value")]),  # I-7, B-15
    ("a port name twice in a container", {"containers": ports(
        {"containerPort": 1, "name": "http"}, {"containerPort": 2, "name": "http"})},
     [NAME_UNIQUE]),  # I-7
    ("port zero", {"containers": ports({"containerPort": 0})},
     [("spec.containers[0].ports[0].containerPort", "Required value")]),
    ("a port too high", {"containers": ports({"containerPort": 70000})},
     [("spec.containers[0].ports[0].containerPort", "Invalid value")]),
    ("an unknown protocol", {"containers": ports({"containerPort": 1, "protocol": "http"})},
     [("spec.containers[0].ports[0].protocol", "Unsupported value")]),
    ("a host port twice", {"containers": ports(
        {"containerPort": 1, "hostPort": 9}, {"containerPort": 2, "hostPort": 9})},
     [("spec.containers[0].ports[1].hostPort", "Duplicate value")]),
    ("a host port that differs on the host network",
     {"hostNetwork": True, "containers": ports({"containerPort": 1, "hostPort": 2})},
     [("spec.containers[0].ports[0].hostPort", "Invalid value")]),  # I-7
    ("an unknown restart policy", {"restartPolicy": "Sometimes"},
     [("spec.restartPolicy", "Unsupported value")]),
    ("an unknown DNS policy", {"dnsPolicy": "First"},
     [("spec.dnsPolicy", "Unsupported value")]),  # E-45
    ("a hostname with dots", {"hostname": "a.b"}, [("spec.hostname", "Invalid value")]),  # E-62
    ("a subdomain with capitals", {"subdomain": "Web"},
     [("spec.subdomain", "Invalid value")]),  # E-62
    ("no DNS configuration with None", {"dnsPolicy": "None"},
     [("spec.dnsConfig", "Required value")]),  # E-50
    ("no nameserver with None", {"dnsPolicy": "None", "dnsConfig": {"searches": ["a"]}},
     [("spec.dnsConfig.nameservers", "Required value")]),  # E-50
    ("four nameservers", {"dnsConfig": {"nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "::1"]}},
     [("spec.dnsConfig.nameservers", "Invalid value")]),  # E-53
    ("33 search paths", {"dnsConfig": {"searches": [f"s{n}" for n in range(33)]}},
     [("spec.dnsConfig.searches", "Invalid value")]),  # E-53
    ("a search path that is no name", {"dnsConfig": {"searches": ["-a"]}},
     [("spec.dnsConfig.searches[0]", "Invalid value")]),  # E-53
    ("an option without name", {"dnsConfig": {"options": [{"value": "2"}]}},
     [("spec.dnsConfig.options[0]", "Required value")]),  # E-53
    ("a mount of an unknown volume",
     {"containers": container(volumeMounts=[{"name": "v", "mountPath": "/v"}])},
     [("spec.containers[0].volumeMounts[0].name", "Not found")]),
    ("a toleration of every key by value",
     {"tolerations": [{"operator": "Equal", "value": "x"}]},
     [("spec.tolerations[0].operator", "Invalid value")]),  # I-35
    ("seconds without NoExecute",
     {"tolerations": [{"key": "a", "operator": "Exists", "tolerationSeconds": 3}]},
     [("spec.tolerations[0].effect", "Invalid value")]),
    ("a node selector value that is no label", {"nodeSelector": {"a": "b c"}},
     [("spec.nodeSelector", "Invalid value")]),
    ("affinity without topology key",
     {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
         {"labelSelector": {}, "topologyKey": ""}]}}},
     [("spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
       "Required value")]),
    ("a skew of zero",
     {"topologySpreadConstraints": [
         {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}]},
     [("spec.topologySpreadConstraints[0].maxSkew", "Invalid value")]),
    ("a node and gates", {"nodeName": "n", "schedulingGates": [{"name": "a/b"}]},
     [("spec.nodeName", "Forbidden")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_refused_is(fields: dict[str, JSON], expected: list[tuple[str, str]]) -> None:
    assert refusals(**fields) == expected


def test_dns_refusals_use_the_words_of_the_apiserver() -> None:  # E-50, E-53
    assert details(dnsPolicy="None") == ["must provide `dnsConfig` when `dnsPolicy` is None"]
    assert details(dnsConfig={"searches": ["a" * 61 + f"{n:03}" for n in range(32)]}) == [
        "must not have more than 2048 characters (including spaces) in the search list"
    ]


@pytest.mark.parametrize("search", [".", "svc.local.", "_tcp.example.com", "a_b"])
def test_search_paths_may_hold_underscores_and_end_in_a_dot(search: str) -> None:  # E-53
    assert refusals(dnsConfig={"searches": [search]}) == []


def test_one_port_name_in_two_containers_is_legal() -> None:  # I-7, D-15
    named: JSON = [{"name": "http", "containerPort": 80}]
    second: list[JSON] = [
        {"name": "b", "image": "b", "ports": [{"name": "http", "containerPort": 81}]}
    ]

    assert refusals(containers=[*container(ports=named), *second]) == []


def test_a_pod_gets_every_default() -> None:  # I-6, I-38
    world = World(nodes=0)
    key = world.create(pod("p", containers=ports({"containerPort": 80}), hostNetwork=True)).key
    spec = mapping_at(world.manifests[key], "spec")

    assert spec["serviceAccountName"] == "default"
    assert spec["enableServiceLinks"] is True
    assert spec["dnsPolicy"] == "ClusterFirst"
    assert mappings_at(spec, "containers")[0]["ports"] == [
        {"containerPort": 80, "hostPort": 80, "protocol": "TCP"}
    ]
    assert [item["tolerationSeconds"] for item in mappings_at(spec, "tolerations")] == [300, 300]
    assert mapping_at(world.manifests[key], "status") == {
        "phase": "Pending", "qosClass": "BestEffort",
    }  # fmt: skip


UPDATES: list[tuple[str, Manifest, str | None]] = [
    ("an image", {"containers": [{"name": "app", "image": "app:2"}]}, None),
    ("a deadline", {"activeDeadlineSeconds": 60}, None),
    ("a hostname", {"hostname": "x"}, "spec"),
    ("a DNS policy", {"dnsPolicy": "Default"}, "spec"),
    ("a Node", {"nodeName": "node-9"}, "spec"),
    ("no toleration", {"tolerations": []}, "spec.tolerations"),
    ("a second container", {"containers": [*container(), *container("b")]}, "spec.containers"),
]


@pytest.mark.parametrize(
    ("patch", "field"), [row[1:] for row in UPDATES], ids=[row[0] for row in UPDATES]
)
def test_changed_is(patch: Manifest, field: str | None) -> None:  # I-32
    world = World(nodes=0)
    gpu: JSON = [{"key": "gpu", "operator": "Exists"}]
    key = world.create(pod("p", containers=container(), tolerations=gpu)).key
    spec = mapping_at(world.manifests[key], "spec")
    listed = patch.get("containers")
    if isinstance(listed, list):
        known = mappings_at(spec, "containers")[0]
        patch = {"containers": [merge(known, item) for item in listed if isinstance(item, dict)]}
    try:
        world.change(key, lambda old: merge(old, {"spec": patch}))
        found = None
    except Invalid as refusal:
        found = refusal.errors[0].field

    assert found == field


def test_a_forbidden_change_is_told_in_the_words_of_the_apiserver() -> None:  # I-32
    world = World(nodes=0)
    key = world.create(pod("p")).key

    with pytest.raises(Invalid) as caught:
        world.change(key, lambda old: merge(old, {"spec": {"hostname": "x"}}))
    detail = caught.value.errors[0].detail
    assert detail.startswith("pod updates may not change fields other than `spec.containers[*]")
    assert detail.endswith("spec.hostname")


def test_tolerations_may_be_added_and_shortened() -> None:  # I-32
    world = World(nodes=0)
    key = world.create(pod("p")).key
    known = mappings_at(world.manifests[key], "spec", "tolerations")
    shorter: list[JSON] = [{**item, "tolerationSeconds": 5} for item in known]
    added: Manifest = {"key": "gpu", "operator": "Exists"}

    world.change(key, lambda old: merge(old, {"spec": {"tolerations": [*shorter, added]}}))


def test_labels_may_change_at_any_time() -> None:  # I-32
    world = World().add(pod("p", labels={"app": "a"}))
    world.edit("Pod", "p", {"metadata": {"labels": {"app": "b"}}})

    assert world.pod("p").meta.labels == {"app": "b"}


def test_a_gated_pod_may_narrow_where_it_goes() -> None:  # I-32
    world = World().add(pod("p", schedulingGates=[{"name": "example.com/wait"}]))
    world.edit("Pod", "p", {"spec": {"nodeSelector": {"kubernetes.io/hostname": "node-2"}}})
    assert world.pod("p").node_name == ""
    world.edit("Pod", "p", {"spec": {"schedulingGates": None}})

    assert world.pod("p").node_name == "node-2"


LIKE_A_SOUND_ONE: list[Manifest] = [
    {"hostname": "Not_A_Label"}, {"subdomain": "a.b"}, {"nodeName": "No Node"},
    {"serviceAccountName": "-"}, {"priorityClassName": "UPPER"}, {"hostname": "fine"},
    {"containers": [{"name": "app", "image": " app:1"}]}, {"containers": [{"name": "app"}]},
    {"containers": [{"name": "app", "image": "app:2"}]},
    {"containers": [{"name": "APP", "image": "app:1"}]},
    {"initContainers": [{"name": "app", "image": "app:1"}]},
    {"schedulingGates": [{"name": "wait"}], "nodeName": "node-1"},
    {"restartPolicy": "Sometimes"}, {"volumes": [{"name": "a"}, {"name": "a"}]},
]  # fmt: skip


@pytest.mark.parametrize("fields", LIKE_A_SOUND_ONE, ids=str)
def test_a_pod_like_a_sound_one_is_judged_as_if_it_were_the_first(fields: Manifest) -> None:
    world = World(nodes=0)
    world.create(pod("p"))
    spec = mapping_at(world.one("Pod", "p"), "spec")
    for changed in (spec, spec | fields, spec | fields, spec):
        assert check_pod({"spec": changed}) == check_pod_spec(changed, SPEC)
