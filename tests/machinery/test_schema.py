"""Shapes of Kubernetes' kinds, and manifests held against them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.manifest import JSON, Manifest, copy
from cluster.machinery.review import Review, review, undecodable
from cluster.machinery.schema import (
    Field,
    ListShape,
    PatchStrategy,
    Scalar,
    ScalarShape,
    StructShape,
    kubernetes,
    shape_of,
)  # fmt: skip

ANSWERS = yaml.safe_load(
    Path(__file__).with_name("decoding_answers.yaml").read_text(encoding="utf-8")
)


def reviewed(kind: str, body: Manifest) -> Review:
    api_version, name = kind.split()
    return review({"apiVersion": api_version, "kind": name, **body}, shape_of(api_version, name))


def field_at(kind: str, path: str) -> Field:
    """Return the field at a path through structs and the items of lists."""
    shape: object = shape_of(*kind.split())
    found = None
    for name in path.split("."):
        assert isinstance(shape, StructShape)
        found = shape.fields[name]
        shape = found.shape.items if isinstance(found.shape, ListShape) else found.shape
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        pytest.param(answer["kind"], answer["body"], answer["says"],
                     id=f"{answer['kind']} {json.dumps(answer['body'])}")
        for answer in ANSWERS
    ],
)  # fmt: skip
def test_a_body_is_refused_in_the_words_of_the_apiserver(
    kind: str, body: Manifest, says: str
) -> None:
    found = reviewed(kind, body)

    assert (found.errors[0] if found.errors else found.strict_words()) == says


def test_every_wrong_value_is_told_not_only_the_first() -> None:
    found = reviewed("v1 Service", {"metadata": {"name": 1}, "spec": {"type": 2, "ports": 3}})

    assert len(found.errors) == 3


def test_a_refusal_names_version_and_kind() -> None:
    manifest: Manifest = {"apiVersion": "apps/v1", "kind": "Deployment"}

    assert undecodable(manifest, "why").message == (
        'Deployment in version "v1" cannot be handled as a Deployment: why'
    )


PRUNED = [
    pytest.param({"spec": {"foo": 1, "type": "A"}}, {"spec": {"type": "A"}},
                 id="unknown-fields-go"),
    pytest.param({"spec": {"type": None, "ports": None}}, {"spec": {}}, id="nulls-go"),
    pytest.param({"spec": None}, {}, id="a-null-struct-goes"),
    pytest.param({"metadata": {"labels": {"a": None}}}, {"metadata": {"labels": {"a": ""}}},
                 id="a-null-label-is-empty"),
    pytest.param({"spec": {"externalIPs": [None]}}, {"spec": {"externalIPs": [""]}},
                 id="a-null-text-in-a-list-is-empty"),
    pytest.param({"spec": {"ports": [None]}}, {"spec": {"ports": [{}]}},
                 id="a-null-element-is-an-empty-object"),
    pytest.param({"spec": {"ports": [{"port": 1, "x": 2, "name": None}]}},
                 {"spec": {"ports": [{"port": 1}]}}, id="deep-in-lists"),
    pytest.param({"spec": {"selector": {}, "ports": [], "clusterIP": ""}},
                 {"spec": {"selector": {}, "ports": [], "clusterIP": ""}}, id="empty-values-stay"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), PRUNED)
def test_what_is_kept_of_a_manifest(body: Manifest, expected: Manifest) -> None:
    before = copy(body)

    found = reviewed("v1 Service", body)

    assert found.errors == ()
    assert found.pruned == {"apiVersion": "v1", "kind": "Service", **expected}
    assert body == before


def test_a_manifest_that_fits_is_kept_as_it_is() -> None:
    manifest: Manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}

    assert review(manifest, shape_of("v1", "Pod")).pruned is manifest


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["metadata", "name", "labels", "spec", "ports", "port", "targetPort",
                         "containers", "resources", "limits", "cpu", "volumes", "foo", "status"]),
        inner, max_size=4),
    max_leaves=15,
)  # fmt: skip
BODIES = st.dictionaries(st.sampled_from(["metadata", "spec", "status", "foo"]), VALUES)


@given(st.sampled_from(["v1 Pod", "v1 Service", "apps/v1 Deployment"]), BODIES)
def test_what_is_kept_has_nothing_left_to_prune(kind: str, body: Manifest) -> None:
    first = reviewed(kind, body)
    if first.errors:
        return

    second = review(first.pruned, shape_of(*kind.split()))

    assert (second.errors, second.unknown, second.pruned) == ((), (), first.pruned)


# semantics.md J-6, without the rows that say `atomic`.
MERGED = """
    v1 Service                    spec.ports                                 port
    v1 Service                    status.conditions                          type
    v1 Pod                        spec.containers                            name
    v1 Pod                        spec.initContainers                        name
    v1 Pod                        spec.ephemeralContainers                   name
    v1 Pod                        spec.containers.ports                      containerPort
    v1 Pod                        spec.containers.env                        name
    v1 Pod                        spec.containers.volumeMounts               mountPath
    v1 Pod                        spec.containers.volumeDevices              devicePath
    v1 Pod                        spec.volumes                               name
    v1 Pod                        spec.imagePullSecrets                      name
    v1 Pod                        spec.schedulingGates                       name
    v1 Pod                        spec.resourceClaims                        name
    v1 Pod                        spec.hostAliases                           ip
    v1 Pod                        spec.topologySpreadConstraints             topologyKey
    v1 Pod                        status.podIPs                              ip
    v1 Pod                        status.hostIPs                             ip
    v1 ServiceAccount             secrets                                    name
    v1 Pod                        metadata.ownerReferences                   uid
    v1 Node                       status.addresses                           type
    apps/v1 Deployment            spec.template.spec.containers.env          name
"""
ATOMIC = """
    v1 Service                    spec.clusterIPs
    v1 Service                    spec.ipFamilies
    v1 Service                    spec.externalIPs
    v1 Service                    spec.loadBalancerSourceRanges
    v1 Service                    status.loadBalancer.ingress
    v1 Pod                        spec.containers.args
    v1 Pod                        spec.containers.envFrom
    v1 Pod                        spec.tolerations
    v1 Pod                        spec.readinessGates
    v1 Pod                        spec.dnsConfig.searches
    v1 Node                       spec.taints
    v1 ServiceAccount             imagePullSecrets
    apps/v1 StatefulSet           spec.volumeClaimTemplates
    networking.k8s.io/v1 Ingress  spec.rules
    networking.k8s.io/v1 Ingress  spec.rules.http.paths
    networking.k8s.io/v1 Ingress  spec.tls
    networking.k8s.io/v1 NetworkPolicy  spec.ingress
    networking.k8s.io/v1 NetworkPolicy  spec.ingress.from
    discovery.k8s.io/v1 EndpointSlice   endpoints
    discovery.k8s.io/v1 EndpointSlice   ports
    v1 Endpoints                  subsets
"""
SETS = """
    v1 Pod    metadata.finalizers
    v1 Node   spec.podCIDRs
"""


def rows(table: str) -> list[tuple[str, ...]]:
    """Return the kind and the other words of every line."""
    split = [line.split() for line in table.strip().splitlines()]
    return [(f"{group} {kind}", *rest) for group, kind, *rest in split]


@pytest.mark.parametrize(("kind", "path", "merge_key"), rows(MERGED))
def test_lists_of_keyed_elements_are_merged(kind: str, path: str, merge_key: str) -> None:
    field = field_at(kind, path)

    assert PatchStrategy.MERGE in field.strategy
    assert field.merge_key == merge_key


@pytest.mark.parametrize(("kind", "path"), rows(ATOMIC))
def test_lists_without_a_strategy_are_replaced(kind: str, path: str) -> None:
    assert field_at(kind, path).strategy is PatchStrategy.NONE


@pytest.mark.parametrize(("kind", "path"), rows(SETS))
def test_sets_of_primitives_are_merged_without_a_key(kind: str, path: str) -> None:
    field = field_at(kind, path)

    assert (field.strategy, field.merge_key) == (PatchStrategy.MERGE, None)


def test_a_volume_and_a_deployment_strategy_retain_only_the_keys_of_the_file() -> None:
    volumes = field_at("v1 Pod", "spec.volumes")
    strategy = field_at("apps/v1 Deployment", "spec.strategy")
    update = field_at("apps/v1 StatefulSet", "spec.updateStrategy")

    assert PatchStrategy.RETAIN_KEYS in volumes.strategy
    assert strategy.strategy is PatchStrategy.RETAIN_KEYS
    assert update.strategy is PatchStrategy.NONE


def test_server_side_apply_tells_ports_apart_by_number_and_protocol() -> None:
    ports = field_at("v1 Service", "spec.ports")

    assert (ports.list_type, ports.list_map_keys) == ("map", ("port", "protocol"))
    assert field_at("v1 Service", "spec.selector").map_type == "atomic"


def test_a_field_has_its_description() -> None:
    assert "port that will be exposed" in field_at("v1 Service", "spec.ports.port").description


def test_a_struct_that_contains_itself_has_one_shape() -> None:
    crd = "apiextensions.k8s.io/v1 CustomResourceDefinition"
    schema = field_at(crd, "spec.versions.schema.openAPIV3Schema").shape

    assert isinstance(schema, StructShape)
    assert schema.fields["not"].shape is schema
    assert schema.fields["default"].shape == ScalarShape(Scalar.ANYTHING, "interface {}")


def test_a_kind_outside_the_release_has_no_shape() -> None:
    assert kubernetes().for_kind("example.com/v1", "Widget") is None
    assert kubernetes().for_kind("extensions/v1beta1", "Ingress") is None
    with pytest.raises(KeyError):
        shape_of("example.com/v1", "Widget")


def test_every_kind_can_be_compiled_whole() -> None:
    seen: set[int] = set()
    waiting: list[object] = [
        shape_of(*kind.split()) for kind in sorted({answer["kind"] for answer in ANSWERS})
    ]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, StructShape) and id(shape) not in seen:
            seen.add(id(shape))
            waiting.extend(field.shape for field in shape.fields.values())
        elif isinstance(shape, ListShape):
            waiting.append(shape.items)

    assert len(seen) > 150


def test_free_form_values_are_kept_with_their_nulls() -> None:
    entry: dict[str, JSON] = {"fieldsV1": {"f:a": {"x": None}}, "manager": "m"}

    found = reviewed("v1 Pod", {"metadata": {"managedFields": [entry], "x": 1}})

    assert found.pruned["metadata"] == {"managedFields": [entry]}
