"""Laws of sets of fields and of what appliers do to an object."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.machinery.field_sets import (
    FieldSet,
    NoFieldsV1,
    from_fields_v1,
    keyed,
    member,
    print_path,
    to_fields_v1,
    valued,
    with_parents,
)
from cluster.machinery.managers import read_owners, write_owners
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.ownership import Writing, apply_structured
from cluster.machinery.schema import shape_of
from cluster.machinery.structured import Comparison, compare, fields_of, merge_structured, remove

SHAPE = shape_of("v1", "Service")
STEPS = st.one_of(
    st.sampled_from(["spec", "ports", "a.b/c", "ü"]).map(member),
    st.integers(1, 9).map(lambda port: keyed({"port": port, "protocol": "TCP"})),
    st.sampled_from(["x", 'a"b']).map(valued),
)
PATHS = st.lists(STEPS, min_size=1, max_size=4).map(tuple)
SETS = st.frozensets(PATHS, max_size=8)


@st.composite
def services(draw: st.DrawFn, first: int = 1, last: int = 6) -> Manifest:
    """A configuration that uses the keys first..last of everything with keys."""
    keys = st.integers(first, last)
    values = st.sampled_from(["x", "y"])
    meta: Manifest = {"name": "shop", "namespace": "a"}
    for name in ("labels", "annotations"):
        held = draw(st.dictionaries(keys.map(lambda key: f"k{key}"), values, max_size=4))
        if held:
            meta[name] = dict(held)
    finalizers = draw(st.lists(keys.map(lambda key: f"a.b/k{key}"), unique=True, max_size=3))
    if finalizers:
        meta["finalizers"] = list[JSON](finalizers)
    ports: list[JSON] = []
    for number in draw(st.lists(keys, unique=True, max_size=4)):
        port: Manifest = {"port": number}
        if draw(st.booleans()):
            port["targetPort"] = draw(st.sampled_from([80, "http"]))
        ports.append(port)
    spec: Manifest = {"ports": ports} if ports else {}
    found: Manifest = {"apiVersion": "v1", "kind": "Service", "metadata": meta}
    return found | {"spec": spec} if spec else found


def applied(live: Manifest | None, config: Manifest, manager: str) -> Manifest:
    writing = Writing(manager, "v1", SHAPE, "2026-01-01T00:00:00Z")
    found = apply_structured(live, config, writing, force=True)
    meta = mapping_at(found.manifest, "metadata") | {"managedFields": found.managed}
    return found.manifest | {"metadata": meta}


def sorted_lists(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: sorted_lists(item) for name, item in value.items()}
    return sorted(map(sorted_lists, value), key=str) if isinstance(value, list) else value


@given(SETS)
def test_fields_v1_says_what_the_set_holds(fields: FieldSet) -> None:
    assert from_fields_v1(to_fields_v1(fields)) == fields


@given(SETS, SETS)
def test_fields_v1_of_a_union_is_that_of_both(left: FieldSet, right: FieldSet) -> None:
    both = from_fields_v1(to_fields_v1(left)) | from_fields_v1(to_fields_v1(right))

    assert to_fields_v1(both) == to_fields_v1(left | right)


@given(SETS)
def test_adding_parents_twice_adds_nothing(fields: FieldSet) -> None:
    once = with_parents(fields)

    assert fields <= once
    assert with_parents(once) == once


@settings(max_examples=25)
@given(services())
def test_an_object_compared_with_itself_or_nothing(manifest: Manifest) -> None:
    same = compare(manifest, manifest, SHAPE)
    new = compare({}, manifest, SHAPE)

    assert same == Comparison(frozenset(), frozenset(), frozenset())
    assert fields_of(manifest, SHAPE) <= new.added
    assert new.modified == new.removed == frozenset()


@settings(max_examples=25)
@given(services(), services())
def test_removals_of_one_direction_are_additions_of_the_other(
    left: Manifest, right: Manifest
) -> None:
    there, back = compare(left, right, SHAPE), compare(right, left, SHAPE)

    assert (there.added, there.modified) == (back.removed, back.modified)


@settings(max_examples=25)
@given(services(), services())
def test_what_is_merged_in_is_there(live: Manifest, config: Manifest) -> None:
    merged = merge_structured(live, config, SHAPE)

    assert merge_structured(merged, config, SHAPE) == merged
    assert fields_of(merged, SHAPE) == fields_of(live, SHAPE) | fields_of(config, SHAPE)


@settings(max_examples=25)
@given(services())
def test_removing_every_field_leaves_nothing(manifest: Manifest) -> None:
    assert remove(manifest, fields_of(manifest, SHAPE), SHAPE) == {}


@settings(max_examples=25)
@given(services(), services())
def test_applying_twice_changes_nothing(first: Manifest, second: Manifest) -> None:
    live = applied(applied(None, first, "one"), second, "two")

    assert applied(live, second, "two") == live


@settings(max_examples=25)
@given(services(1, 3), services(4, 6))
def test_appliers_of_different_fields_commute(left: Manifest, right: Manifest) -> None:
    one = applied(applied(None, left, "one"), right, "two")
    other = applied(applied(None, right, "two"), left, "one")

    assert sorted_lists(one) == sorted_lists(other)


@settings(max_examples=25)
@given(services(), services(), services())
def test_an_applier_that_sends_nothing_any_more_leaves_what_the_other_applied(
    base: Manifest, own: Manifest, other: Manifest
) -> None:
    bare: Manifest = {"apiVersion": "v1", "kind": "Service",
                      "metadata": {"name": "shop", "namespace": "a"}}  # fmt: skip
    alone = applied(None, other, "two")

    live = applied(applied(alone, own, "one"), bare, "one")

    assert [owned.manager.name for owned in read_owners(managed(live)).values()] in (["two"], [])
    assert fields_of(without(live), SHAPE) <= fields_of(without(alone), SHAPE)


@settings(max_examples=25)
@given(services(), services())
def test_the_last_sender_of_a_configuration_has_it_in_the_object(
    first: Manifest, second: Manifest
) -> None:
    live = applied(applied(None, first, "one"), second, "one")

    assert sorted_lists(without(live)) == sorted_lists(second)


def managed(manifest: Manifest) -> JSON:
    return mapping_at(manifest, "metadata")["managedFields"]


def without(manifest: Manifest) -> Manifest:
    meta = mapping_at(manifest, "metadata")
    return manifest | {"metadata": {k: v for k, v in meta.items() if k != "managedFields"}}


@settings(max_examples=25)
@given(services(), services())
def test_owners_read_as_they_were_written(first: Manifest, second: Manifest) -> None:
    live = applied(applied(None, first, "one"), second, "two")

    assert write_owners(read_owners(managed(live))) == managed(live)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "no object"),
        ({"f:a": 1}, "holds no object"),
        ({"x": {}}, "is no step"),
        ({"k:{": {}}, "holds no JSON"),
        ({"f:a": {"k:[1]": {}}}, ".a: 'k:[1]' holds no keys"),
    ],
)
def test_what_is_no_fields_v1_is_refused(value: JSON, words: str) -> None:
    with pytest.raises(NoFieldsV1) as caught:
        from_fields_v1(value)

    assert words in str(caught.value)


def test_depth_is_bounded() -> None:
    nested: JSON = {}
    for _ in range(300):
        nested = {"f:a": nested}

    with pytest.raises(NoFieldsV1, match="deeper"):
        from_fields_v1(nested)


def test_paths_print_as_the_apiserver_prints_them() -> None:
    path = (member("spec"), member("ports"), keyed({"protocol": "TCP", "port": 80}), member("x"))

    assert print_path(path) == '.spec.ports[port=80,protocol="TCP"].x'
    assert print_path((member("metadata"), member("finalizers"), valued("a/b"))) == (
        '.metadata.finalizers[="a/b"]'
    )
