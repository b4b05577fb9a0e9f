"""Patches: JSON patch, strategic merge, and kubectl's three-way apply.

Expected results of strategic and three-way merges were compared with apimachinery 0.33
(`strategicpatch`) over tens of thousands of generated cases; the tables keep the telling ones.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.errors import ApiError, BadRequest, InternalError, Invalid
from cluster.machinery.manifest import JSON, Manifest, copy, list_at, merge, text_at, value_at
from cluster.machinery.patches import TooLarge, json_patch
from cluster.machinery.schema import shape_of
from cluster.machinery.strategic import strategic_merge
from cluster.machinery.three_way import (
    LAST_APPLIED,
    client_side_apply,
    client_side_create,
    last_applied,
    three_way,
    with_last_applied,
)  # fmt: skip

REJECTED = "the server rejected our request due to an error in our request"
KINDS = {
    "Service": "v1", "Pod": "v1", "Node": "v1", "Deployment": "apps/v1", "StatefulSet": "apps/v1",
}  # fmt: skip


def obj(kind: str, spec: Manifest, **metadata: JSON) -> Manifest:
    named: Manifest = {"name": "x", **metadata}
    return {"apiVersion": KINDS[kind], "kind": kind, "metadata": named, "spec": spec}


def patched(kind: str, live: Manifest, patch: Manifest) -> Manifest:
    """Return the spec after a strategic merge patch of the spec."""
    before = copy(live)
    result = strategic_merge({"spec": live}, {"spec": patch}, shape_of(KINDS[kind], kind))
    assert live == before, "the live object was changed"
    spec = result["spec"]
    assert isinstance(spec, dict)
    return spec


STRATEGIC = [
    pytest.param("Service", {"type": "A", "clusterIP": "1"}, {"type": "B"},
                 {"type": "B", "clusterIP": "1"}, id="members-not-named-stay"),
    pytest.param("Service", {"type": "A"}, {"type": None, "clusterIP": None}, {},
                 id="null-deletes"),
    pytest.param("Service", {"selector": {"a": "1", "b": "2"}},
                 {"selector": {"a": None, "c": "3"}},
                 {"selector": {"b": "2", "c": "3"}}, id="maps-merge-key-by-key"),
    pytest.param("Service", {"selector": {"a": "1"}},
                 {"selector": {"$patch": "replace", "b": "2"}},
                 {"selector": {"b": "2"}}, id="a-map-is-replaced-on-request"),
    pytest.param("Service", {"selector": {"a": "1"}}, {"selector": {"$patch": "delete"}},
                 {"selector": {}}, id="a-map-is-emptied-on-request"),
    pytest.param("Service", {"externalIPs": ["1", "2"]}, {"externalIPs": ["3"]},
                 {"externalIPs": ["3"]}, id="lists-without-strategy-are-replaced"),  # J-5
    pytest.param("Service", {"ports": [{"port": 80, "nodePort": 30000}]},
                 {"ports": [{"port": 80, "name": "http"}, {"port": 443}]},
                 {"ports": [{"port": 80, "nodePort": 30000, "name": "http"}, {"port": 443}]},
                 id="keyed-elements-merge"),
    pytest.param("Service", {"ports": [{"port": 80}, {"port": 81}]},
                 {"ports": [{"port": 80, "$patch": "delete"}]}, {"ports": [{"port": 81}]},
                 id="a-keyed-element-is-deleted"),
    pytest.param("Service", {"ports": [{"port": 80}]},
                 {"ports": [{"port": 90}, {"$patch": "replace"}]}, {"ports": [{"port": 90}]},
                 id="a-keyed-list-is-replaced-on-request"),
    pytest.param("Service", {"ports": [{"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}]},
                 id="a-port-of-the-other-protocol-changes-the-one-there-is"),
    pytest.param("Service", {"ports": [{"port": 53, "protocol": "UDP"},
                                       {"port": 53, "protocol": "TCP"}]},
                 {"ports": [{"port": 53, "$patch": "delete"}]}, {"ports": []},
                 id="deleting-a-port-deletes-every-protocol"),
    pytest.param("Pod", {"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
                 {"containers": [{"name": "d"}],
                  "$setElementOrder/containers": [{"name": "d"}, {"name": "c"}, {"name": "a"}]},
                 {"containers": [{"name": "d"}, {"name": "b"}, {"name": "c"}, {"name": "a"}]},
                 id="an-order-is-followed-and-others-keep-their-neighbours"),
    pytest.param("Pod", {"containers": [{"name": "a"}, {"name": "b"}]},
                 {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]},
                 {"containers": [{"name": "b"}, {"name": "a"}]}, id="an-order-alone"),
    pytest.param("Pod", {"volumes": [{"name": "v", "emptyDir": {}}]},
                 {"volumes": [{"name": "v", "configMap": {"name": "c"},
                               "$retainKeys": ["name", "configMap"]}]},
                 {"volumes": [{"name": "v", "configMap": {"name": "c"}}]},
                 id="a-volume-retains-only-its-new-source"),
    pytest.param("Deployment", {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"a": 1}}},
                 {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}},
                 {"strategy": {"type": "Recreate"}}, id="a-strategy-retains-only-its-type"),
    pytest.param("Node", {"podCIDRs": ["a", "b", "c"]},
                 {"$deleteFromPrimitiveList/podCIDRs": ["b"], "podCIDRs": ["d"]},
                 {"podCIDRs": ["d", "a", "c"]}, id="a-set-loses-and-gains-members"),
    pytest.param("Pod", {}, {"containers": [{"name": "a", "image": None, "env": [
                     {"name": "E", "$patch": "delete"}, {"name": "F"}]}]},
                 {"containers": [{"name": "a", "env": [{"name": "F"}]}]},
                 id="what-is-new-comes-without-directives-and-nulls"),
    pytest.param("Pod", {"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]},
                 {"tolerations": [{"key": "b"}]}, id="tolerations-are-replaced"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "live", "patch", "expected"), STRATEGIC)
def test_a_strategic_patch_merges_by_the_schema(
    kind: str, live: Manifest, patch: Manifest, expected: Manifest
) -> None:
    assert patched(kind, live, patch) == expected


BAD_STRATEGIC = [
    pytest.param({"ports": [{"name": "a"}]}, InternalError,
                 "map: map[name:a] does not contain declared merge key: port", id="no-merge-key"),
    pytest.param({"selector": {"$patch": "merge"}}, InternalError,
                 "unknown patch type: merge in map: map[$patch:merge]", id="an-unknown-directive"),
    pytest.param({"selector": {"$retainKeys": ["a"], "b": "1"}}, BadRequest,
                 "invalid patch format of retainKeys", id="a-key-that-is-not-retained"),
    pytest.param({"$setElementOrder/ports": "x", "ports": []}, BadRequest,
                 "invalid patch format of setElementOrder list", id="an-order-that-is-no-list"),
    pytest.param({"$setElementOrder/ports": [{"port": 1}], "ports": None}, BadRequest,
                 "invalid patch format of setElementOrder list", id="an-order-of-nothing"),
    pytest.param({"ports": [[1]]}, Invalid, REJECTED, id="a-list-of-lists"),
    pytest.param({"ports": [1]}, InternalError,
                 "list element types are not identical: [map[port:80] 1]", id="mixed-elements"),
]  # fmt: skip


@pytest.mark.parametrize(("patch", "error", "message"), BAD_STRATEGIC)
def test_a_strategic_patch_that_makes_no_sense_is_refused(
    patch: Manifest, error: type[ApiError], message: str
) -> None:
    with pytest.raises(error) as refused:
        patched("Service", {"ports": [{"port": 80}], "selector": {"a": "1"}}, patch)

    assert refused.value.message == message


def test_elements_out_of_their_own_order_are_refused() -> None:
    patch: Manifest = {
        "ports": [{"port": 2}, {"port": 1}],
        "$setElementOrder/ports": [{"port": 1}, {"port": 2}],
    }

    with pytest.raises(InternalError, match=r"The order in patch list:\n\[map\[port:2\]"):
        patched("Service", {}, patch)


def test_a_kind_without_a_shape_merges_maps_and_replaces_lists() -> None:
    live: Manifest = {"spec": {"a": {"b": 1}, "ports": [{"port": 1}]}}

    result = strategic_merge(live, {"spec": {"a": {"c": 2}, "ports": [{"port": 2}]}}, None)

    assert result == {"spec": {"a": {"b": 1, "c": 2}, "ports": [{"port": 2}]}}


# Each applied to {"a": {"b": 1}, "l": [1]}.
JSON_PATCHES = [
    pytest.param([{"op": "replace", "path": "/a/b", "value": 2}], {"a": {"b": 2}, "l": [1]},
                 id="replace"),
    pytest.param([{"op": "add", "path": "/l/-", "value": 2}], {"a": {"b": 1}, "l": [1, 2]},
                 id="append"),
    pytest.param([{"op": "add", "path": "/x~1y", "value": 2}],
                 {"a": {"b": 1}, "l": [1], "x/y": 2}, id="an-escaped-path"),
    pytest.param([{"op": "remove", "path": "/a"}], {"l": [1]}, id="remove"),
    pytest.param([{"op": "move", "from": "/a/b", "path": "/c"}], {"a": {}, "l": [1], "c": 1},
                 id="move"),
    pytest.param([{"op": "copy", "from": "/l", "path": "/m"}],
                 {"a": {"b": 1}, "l": [1], "m": [1]}, id="copy"),
    pytest.param([{"op": "test", "path": "/a/b", "value": 1}], {"a": {"b": 1}, "l": [1]},
                 id="a-test-that-holds"),
    pytest.param([], {"a": {"b": 1}, "l": [1]}, id="no-operation"),
]  # fmt: skip


@pytest.mark.parametrize(("operations", "expected"), JSON_PATCHES)
def test_a_json_patch_is_carried_out(operations: list[JSON], expected: Manifest) -> None:
    manifest: Manifest = {"a": {"b": 1}, "l": [1]}

    assert json_patch(manifest, operations) == expected
    assert manifest == {"a": {"b": 1}, "l": [1]}


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"op": "test", "path": "/a", "value": 2}, id="a-test-that-fails"),
        pytest.param({"op": "remove", "path": "/x"}, id="a-path-that-is-not-there"),
        pytest.param({"op": "add", "path": "/x/y", "value": 1}, id="a-parent-that-is-not-there"),
        pytest.param({"op": "add", "path": "/l/9", "value": 1}, id="an-index-beyond-the-list"),
        pytest.param({"op": "add", "path": "x", "value": 1}, id="a-path-without-a-slash"),
        pytest.param({"op": "grow", "path": "/a"}, id="an-unknown-operation"),
        pytest.param({"op": "add", "path": "/a"}, id="no-value"),
        pytest.param({"path": "/a", "value": 1}, id="no-operation"),
        pytest.param({"op": "add", "path": 1, "value": 1}, id="a-path-that-is-a-number"),
        pytest.param({"op": "move", "path": "/b"}, id="a-move-from-nowhere"),
        pytest.param({"op": "replace", "path": "", "value": 1}, id="an-object-that-is-no-object"),
        pytest.param({"op": "add", "path": "/a/b", "value": 1}, id="a-member-of-a-number"),
    ],
)
def test_a_json_patch_that_cannot_be_carried_out_is_a_422(operation: Manifest) -> None:
    with pytest.raises(Invalid) as refused:
        json_patch({"a": 1, "l": []}, [operation])

    assert refused.value.message == REJECTED


@pytest.mark.parametrize("operations", [{}, "x", None, [1]])
def test_what_is_no_json_patch_is_a_400(operations: JSON) -> None:
    with pytest.raises(BadRequest):
        json_patch({}, operations)


def test_a_json_patch_has_at_most_ten_thousand_operations() -> None:
    operation: Manifest = {"op": "test", "path": "/a", "value": 1}

    assert json_patch({"a": 1}, [operation] * 10_000) == {"a": 1}
    with pytest.raises(TooLarge):
        json_patch({"a": 1}, [operation] * 10_001)


# Previous file, new file, live object; the patch kubectl sends, and the spec it makes.
APPLIES = [
    pytest.param("Service", {"type": "A"}, {"type": "A"}, {"type": "A", "clusterIP": "1"},
                 {}, {"type": "A", "clusterIP": "1"}, id="nothing-new-changes-nothing"),
    pytest.param("Service", {"type": "A", "externalName": "e"}, {"type": "A"},
                 {"type": "A", "externalName": "e", "clusterIP": "1"},
                 {"externalName": None}, {"type": "A", "clusterIP": "1"},
                 id="what-the-file-no-longer-says-goes"),
    pytest.param("Service", {"type": "A"}, {"type": "A"}, {"type": "B"}, {"type": "A"},
                 {"type": "A"}, id="what-someone-else-changed-is-set-back"),
    pytest.param("Service", {"selector": {"a": "1"}}, {"selector": {"b": "2"}},
                 {"selector": {"a": "1", "c": "3"}}, {"selector": {"a": None, "b": "2"}},
                 {"selector": {"b": "2", "c": "3"}}, id="a-selector-loses-only-its-own-old-keys"),
    pytest.param("Service", {"ports": [{"port": 80}]}, {"ports": [{"port": 90}]},
                 {"ports": [{"port": 80, "nodePort": 30000}]},
                 {"ports": [{"port": 90}, {"port": 80, "$patch": "delete"}],
                  "$setElementOrder/ports": [{"port": 90}]},
                 {"ports": [{"port": 90}]}, id="a-new-port-number-loses-the-node-port"),  # J-10
    pytest.param("Service", {"ports": [{"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
                 {"ports": [{"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}],
                  "$setElementOrder/ports": [{"port": 53}, {"port": 53}]},
                 {"ports": [{"port": 53, "protocol": "UDP"}]},
                 id="a-second-protocol-of-one-port-is-lost"),
    pytest.param("Service", {"ports": [{"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "UDP"}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}],
                  "$setElementOrder/ports": [{"port": 53}, {"port": 53}]},
                 {"ports": [{"port": 53, "protocol": "TCP"}]},
                 id="a-second-protocol-written-first-takes-the-place"),
    pytest.param("Deployment", {}, {"strategy": {"type": "Recreate"}},
                 {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}},
                 {"strategy": {"type": "Recreate", "$retainKeys": ["type"]}},
                 {"strategy": {"type": "Recreate"}}, id="recreate-drops-the-rolling-update"),
    pytest.param("StatefulSet", {}, {"updateStrategy": {"type": "OnDelete"}},
                 {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}},
                 {"updateStrategy": {"type": "OnDelete"}},
                 {"updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 0}}},
                 id="on-delete-keeps-the-rolling-update-of-a-stateful-set"),  # J-17
    pytest.param("Pod", {"volumes": [{"name": "v", "emptyDir": {}}]},
                 {"volumes": [{"name": "v", "configMap": {"name": "c"}}]},
                 {"volumes": [{"name": "v", "emptyDir": {}}]},
                 {"volumes": [{"name": "v", "configMap": {"name": "c"}, "emptyDir": None,
                               "$retainKeys": ["configMap", "name"]}],
                  "$setElementOrder/volumes": [{"name": "v"}]},
                 {"volumes": [{"name": "v", "configMap": {"name": "c"}}]},
                 id="a-volume-changes-its-source"),
    pytest.param("Pod", {"containers": [{"name": "c"}, {"name": "d"}]},
                 {"containers": [{"name": "c", "image": "n:2"}]},
                 {"containers": [{"name": "c", "image": "n:1"}, {"name": "d"}, {"name": "e"}]},
                 {"containers": [{"image": "n:2", "name": "c"}, {"name": "d", "$patch": "delete"}],
                  "$setElementOrder/containers": [{"name": "c"}]},
                 {"containers": [{"name": "c", "image": "n:2"}, {"name": "e"}]},
                 id="an-injected-container-stays"),
    pytest.param("Node", {"podCIDRs": ["a", "b"]}, {"podCIDRs": ["a"]},
                 {"podCIDRs": ["a", "b", "c"]},
                 {"$deleteFromPrimitiveList/podCIDRs": ["b"], "$setElementOrder/podCIDRs": ["a"]},
                 {"podCIDRs": ["a", "c"]}, id="a-set-loses-what-the-file-lost"),
    pytest.param("Service", None, {"type": "A"}, {"type": "A", "externalName": "e"}, {},
                 {"type": "A", "externalName": "e"}, id="without-a-last-file-nothing-is-deleted"),
    pytest.param("Service", {"clusterIP": "1"}, {"clusterIP": None}, {"clusterIP": "1"},
                 {"clusterIP": None}, {}, id="null-removes-a-field"),  # J-3
]  # fmt: skip


@pytest.mark.parametrize(("kind", "previous", "new", "live", "patch", "expected"), APPLIES)
def test_apply_sends_the_difference_of_three(  # noqa: PLR0917
    kind: str,
    previous: Manifest | None,
    new: Manifest,
    live: Manifest,
    patch: Manifest,
    expected: Manifest,
) -> None:
    shape = shape_of(KINDS[kind], kind)
    before = None if previous is None else obj(kind, previous)

    sent = three_way(before, obj(kind, new), obj(kind, live), shape)

    assert sent == ({"spec": patch} if patch else {})
    assert strategic_merge(obj(kind, live), sent, shape)["spec"] == expected


def test_a_custom_resource_is_applied_with_a_json_merge_patch() -> None:
    previous: Manifest = {"spec": {"a": 1, "list": [1], "deep": {"x": 1, "y": 2}}}
    new: Manifest = {"spec": {"list": [1, 2], "deep": {"y": 3}}}
    live: Manifest = {"spec": {"a": 1, "list": [1], "deep": {"x": 1, "y": 2, "z": 4}}}

    sent = three_way(previous, new, live, None)

    assert sent == {"spec": {"a": None, "list": [1, 2], "deep": {"x": None, "y": 3}}}
    assert merge(live, sent) == {"spec": {"list": [1, 2], "deep": {"y": 3, "z": 4}}}


def test_the_annotation_holds_the_file_as_kubectl_writes_it() -> None:
    manifest = obj("Service", {"type": "A<&>", "clusterIP": None})

    annotated = with_last_applied(manifest)

    assert value_at(annotated, "metadata", "annotations", LAST_APPLIED) == (
        '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"name":"x"},'
        '"spec":{"clusterIP":null,"type":"A\\u003c\\u0026\\u003e"}}\n'
    )
    assert last_applied(annotated) == obj("Service", manifest["spec"], annotations={})  # type: ignore[arg-type]
    assert "annotations" not in obj("Service", {})["metadata"]  # type: ignore[operator]


def test_the_annotation_does_not_hold_itself() -> None:
    once = with_last_applied(obj("Service", {}))

    assert with_last_applied(once) == once


def test_a_broken_annotation_is_a_bad_request() -> None:
    with pytest.raises(BadRequest):
        last_applied(obj("Service", {}, annotations={LAST_APPLIED: "{"}))
    assert last_applied(obj("Service", {})) is None


def test_create_by_apply_leaves_nulls_only_in_the_annotation() -> None:
    """J-3."""
    created = client_side_create(obj("Service", {"type": "A", "clusterIP": None}))

    assert created["spec"] == {"type": "A"}
    assert '"clusterIP":null' in (text_at(created, "metadata", "annotations", LAST_APPLIED) or "")


def test_applying_the_same_file_again_is_unchanged() -> None:
    new = obj("Service", {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]})
    live = client_side_create(new)

    applied = client_side_apply(new, live, shape_of("v1", "Service"))

    assert applied.patch == {}
    assert applied.manifest == live


def test_the_first_apply_of_an_object_made_otherwise_sets_the_annotation() -> None:
    applied = client_side_apply(obj("Service", {}), obj("Service", {"type": "A"}),
                                shape_of("v1", "Service"))  # fmt: skip

    assert list(applied.patch) == ["metadata"]
    assert applied.manifest["spec"] == {"type": "A"}
    assert last_applied(applied.manifest) is not None


NAMES = st.sampled_from(["a", "b", "c"])
TEXTS: st.SearchStrategy[JSON] = NAMES
ENVIRONMENTS: st.SearchStrategy[JSON] = st.dictionaries(NAMES, NAMES, max_size=3).map(
    lambda entries: [{"name": name, "value": value} for name, value in entries.items()]
)
ARGUMENTS: st.SearchStrategy[JSON] = st.lists(TEXTS, max_size=3)
DETAILS = st.fixed_dictionaries(
    {}, optional={"image": TEXTS, "args": ARGUMENTS, "env": ENVIRONMENTS}
)
CONTAINERS: st.SearchStrategy[JSON] = st.dictionaries(NAMES, DETAILS, max_size=3).map(
    lambda entries: [{"name": name, **details} for name, details in entries.items()]
)
SELECTORS: st.SearchStrategy[JSON] = st.dictionaries(NAMES, TEXTS)
SPECS = st.fixed_dictionaries(
    {"containers": CONTAINERS}, optional={"nodeSelector": SELECTORS, "hostname": TEXTS}
)
PODS = st.builds(lambda spec: obj("Pod", spec), SPECS)


@given(PODS)
def test_a_patch_of_nothing_changes_nothing(live: Manifest) -> None:
    shape = shape_of("v1", "Pod")

    assert strategic_merge(live, {}, shape) == live
    assert strategic_merge(live, {"spec": {}}, shape) == live
    assert three_way(None, live, live, shape) == {}
    assert three_way(live, live, live, shape) == {}


@given(PODS, PODS)
def test_when_only_files_change_an_object_it_is_always_the_last_file(
    first: Manifest, second: Manifest
) -> None:
    shape = shape_of("v1", "Pod")

    applied = client_side_apply(second, client_side_create(first), shape).manifest

    assert ordered(applied) == ordered(client_side_create(second))
    assert client_side_apply(second, applied, shape).patch == {}


@given(PODS, PODS, PODS)
def test_what_the_file_says_is_so_afterwards(
    previous: Manifest, new: Manifest, live: Manifest
) -> None:
    shape = shape_of("v1", "Pod")
    sent = three_way(previous, new, live, shape)

    after = strategic_merge(live, sent, shape)

    for name in [c["name"] for c in list_at(new, "spec", "containers") if isinstance(c, dict)]:
        wanted = _container(new, name)
        got = _container(after, name)
        assert wanted["name"] == got["name"]
        assert all(got[key] == wanted[key] for key in ("image", "args") if key in wanted)


def _container(pod: Manifest, name: JSON) -> Manifest:
    (found,) = [
        c for c in list_at(pod, "spec", "containers") if isinstance(c, dict) and c["name"] == name
    ]
    return found


def ordered(value: JSON) -> str:
    """Return the JSON text with members sorted and empty collections left out."""
    return json.dumps(_filled(value), sort_keys=True)


def _filled(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _filled(item) for key, item in value.items() if item not in ({}, [])}
    return [_filled(item) for item in value] if isinstance(value, list) else value
