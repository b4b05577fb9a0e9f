"""Server-side apply and the tracking of other writes. Source: semantics.md J-7, J-8, J-16."""

import pytest

from cluster.machinery.errors import BadRequest, Conflict
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.ownership import Untypable, Writing, apply_structured, tracked_update
from cluster.machinery.schema import shape_of
from cluster.machinery.three_way import with_last_applied

NOW = "2026-01-01T00:00:00Z"


def writing(manager: str, kind: str = "Service", subresource: str = "") -> Writing:
    api_version = "apps/v1" if kind == "Deployment" else "v1"
    return Writing(manager, api_version, shape_of(api_version, kind), NOW, subresource)


def service(spec: Manifest | None = None, **meta: JSON) -> Manifest:
    found: Manifest = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shop", "namespace": "a", **meta},
    }
    return found if spec is None else found | {"spec": spec}


def applied(
    live: Manifest | None, config: Manifest, manager: str = "one", *, force: bool = False
) -> Manifest:
    kind = str(config["kind"])
    found = apply_structured(live, config, writing(manager, kind), force=force)
    return owned(found.manifest, found.managed)


def updated(live: Manifest | None, new: Manifest, manager: str = "editor") -> Manifest:
    kind = str(new["kind"])
    sent = mapping_at(new, "metadata").get("managedFields")
    return owned(new, tracked_update(live, new, sent, writing(manager, kind)))


def owned(manifest: Manifest, managed: list[JSON]) -> Manifest:
    return manifest | {"metadata": mapping_at(manifest, "metadata") | {"managedFields": managed}}


def owners(manifest: Manifest) -> dict[str, JSON]:
    entries = mapping_at(manifest, "metadata")["managedFields"]
    assert isinstance(entries, list)
    return {
        f"{entry['manager']} {entry['operation']}": entry["fieldsV1"]
        for entry in entries
        if isinstance(entry, dict)
    }


def labels(manifest: Manifest) -> dict[str, JSON]:
    return mapping_at(manifest, "metadata", "labels")


DNS: list[JSON] = [{"port": 53, "protocol": "UDP", "name": "dns"}]


def test_the_applier_owns_what_it_sends_and_nothing_else() -> None:
    live = applied(None, service({"ports": [{"port": 80}], "selector": {"app": "x"}}))

    assert owners(live) == {
        "one Apply": {
            "f:spec": {
                "f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}},
                "f:selector": {},
            }
        }
    }


def test_ports_of_one_number_and_two_protocols_are_two_elements() -> None:
    live = applied(None, service({"ports": DNS}))

    tcp: list[JSON] = [{"port": 53, "name": "tcp"}]

    both = applied(live, service({"ports": tcp}), "two")

    assert mapping_at(both, "spec")["ports"] == [*DNS, *tcp]


def test_labels_are_owned_one_by_one_and_a_selector_as_a_whole() -> None:
    live = applied(None, service({"selector": {"app": "x"}}, labels={"a": "1"}))

    both = applied(live, service(labels={"b": "2"}), "two")
    with pytest.raises(Conflict) as caught:
        applied(both, service({"selector": {"tier": "y"}}), "two")

    assert labels(both) == {"a": "1", "b": "2"}
    assert caught.value.message == (
        'Apply failed with 1 conflict: conflict with "one": .spec.selector'
    )


def test_a_label_selector_is_atomic_wherever_it_stands() -> None:
    live = applied(None, deployment({"selector": {"matchLabels": {"app": "x"}}}))

    assert owners(live) == {"one Apply": {"f:spec": {"f:selector": {}}}}


def test_a_field_no_longer_sent_goes_unless_another_owns_it() -> None:
    live = applied(None, service(labels={"a": "1", "b": "2"}))
    shared = applied(live, service(labels={"a": "1"}), "two")

    left = applied(shared, service(labels={}))

    assert labels(left) == {"a": "1"}
    assert set(owners(left)) == {"one Apply", "two Apply"}


def test_an_element_no_longer_sent_goes_with_what_nobody_owns_in_it() -> None:
    live = applied(None, service({"ports": [{"port": 80}, {"port": 81}]}))
    defaulted = live | {"spec": {"ports": [{"port": 80, "targetPort": 80},
                                           {"port": 81, "targetPort": 81}]}}  # fmt: skip

    left = applied(defaulted, service({"ports": [{"port": 81}]}))

    assert mapping_at(left, "spec")["ports"] == [{"port": 81, "targetPort": 81}]


def test_elements_follow_the_order_of_the_configuration() -> None:
    live = applied(None, service({"ports": [{"port": 1}, {"port": 2}]}))
    more = applied(live, service({"ports": [{"port": 9}]}), "two")

    turned = applied(more, service({"ports": [{"port": 2}, {"port": 1}]}))

    ports = mapping_at(turned, "spec")["ports"]
    assert ports == [{"port": 2}, {"port": 1}, {"port": 9}]


def test_the_same_value_is_no_conflict_but_owned_together() -> None:
    live = applied(None, service(labels={"a": "1"}))

    both = applied(live, service(labels={"a": "1"}), "two")

    assert owners(both)["one Apply"] == owners(both)["two Apply"]


def test_force_takes_the_field_from_the_other() -> None:
    live = applied(None, service(labels={"a": "1", "b": "2"}))

    taken = applied(live, service(labels={"a": "3"}), "two", force=True)

    assert labels(taken) == {"a": "3", "b": "2"}
    assert owners(taken) == {
        "one Apply": {"f:metadata": {"f:labels": {"f:b": {}}}},
        "two Apply": {"f:metadata": {"f:labels": {"f:a": {}}}},
    }


def test_several_conflicts_are_listed_by_manager() -> None:
    live = applied(None, deployment({"replicas": 1}))
    live = updated(live, live | {"spec": {"replicas": 1, "paused": True, "minReadySeconds": 3}})

    with pytest.raises(Conflict) as caught:
        applied(live, deployment({"replicas": 2, "paused": False, "minReadySeconds": 4}), "two")

    assert caught.value.message == (
        "Apply failed with 3 conflicts: "
        'conflicts with "editor" using apps/v1:\n- .spec.minReadySeconds\n- .spec.paused\n'
        'conflicts with "one":\n- .spec.replicas'
    )
    assert caught.value.details == {
        "causes": [
            {"reason": "FieldManagerConflict", "field": ".spec.minReadySeconds",
             "message": 'conflict with "editor" using apps/v1'},
            {"reason": "FieldManagerConflict", "field": ".spec.paused",
             "message": 'conflict with "editor" using apps/v1'},
            {"reason": "FieldManagerConflict", "field": ".spec.replicas",
             "message": 'conflict with "one"'},
        ]
    }  # fmt: skip


def test_a_conflict_names_the_subresource_that_was_written_through() -> None:
    live = applied(None, deployment({"paused": True}))
    scaled = live | {"spec": {"paused": True, "replicas": 5}}
    through = writing("scaler", "Deployment", "scale")
    live = owned(scaled, tracked_update(live, scaled, None, through))

    with pytest.raises(Conflict) as caught:
        applied(live, deployment({"replicas": 2}), "two")

    assert caught.value.message == (
        'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" '
        "using apps/v1: .spec.replicas"
    )


def test_a_path_into_a_list_is_printed_with_its_keys() -> None:
    live = applied(None, service({"ports": DNS}))

    with pytest.raises(Conflict) as caught:
        applied(live, service({"ports": [{"port": 53, "protocol": "UDP", "name": "x"}]}), "two")

    assert ': .spec.ports[port=53,protocol="UDP"].name' in caught.value.message


@pytest.mark.parametrize(
    ("config", "words"),
    [
        pytest.param(
            service({"selectr": {}}), ".spec.selectr: field not declared in schema", id="unknown"
        ),
        pytest.param(
            service({"ports": [{"port": 80}, {"port": 80, "protocol": "TCP"}]}),
            '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
            id="twice",
        ),
        pytest.param(
            service({"ports": [{"port": "80"}]}),
            '.spec.ports[port="80",protocol="TCP"].port: expected numeric (int or float), '
            "got string",
            id="type",
        ),
        pytest.param(
            service({"ports": [{"name": "x"}]}),
            ".spec.ports: element 0: associative list with keys has an element that omits key "
            'field "port" (and doesn\'t have default value)',
            id="key",
        ),
        pytest.param(
            service({"sessionAffinityConfig": {"clientIP": {"timeout": 1}}, "x": 1}),
            "errors:\n  .spec.sessionAffinityConfig.clientIP.timeout: field not declared in "
            "schema\n  .spec.x: field not declared in schema",
            id="several",
        ),
    ],
)
def test_what_does_not_fit_its_kind_is_a_500_without_a_reason(
    config: Manifest, words: str
) -> None:
    with pytest.raises(Untypable) as caught:
        applied(None, config)

    assert (caught.value.code, caught.value.reason) == (500, "")
    assert caught.value.message == (
        f"failed to create typed patch object (a/shop; /v1, Kind=Service): {words}"
    )


def test_a_configuration_may_not_hold_managed_fields() -> None:
    with pytest.raises(BadRequest, match=r"metadata.managedFields must be nil"):
        applied(None, service(managedFields=[{"manager": "x"}]))


def test_an_update_takes_what_it_changes_and_frees_what_it_removes() -> None:
    live = applied(None, service(labels={"a": "1", "b": "2", "c": "3"}))
    new = service(labels={"a": "9", "b": "2", "d": "4"})

    after = updated(live, new)

    assert owners(after) == {
        "one Apply": {"f:metadata": {"f:labels": {"f:b": {}}}},
        "editor Update": {"f:metadata": {"f:labels": {"f:a": {}, "f:d": {}}}},
    }


def test_one_name_that_applies_and_updates_has_two_entries() -> None:
    live = applied(None, service(labels={"a": "1", "b": "2"}))

    after = updated(live, service(labels={"a": "9", "b": "2"}), "one")

    assert set(owners(after)) == {"one Apply", "one Update"}


def test_an_object_that_nobody_owns_is_not_tracked_until_it_is_applied_to() -> None:
    live = service({"ports": [{"port": 80}]}, labels={"a": "1"})

    edited = tracked_update(live, service(labels={"a": "2"}), None, writing("editor"))
    after = applied(live, service(labels={"b": "2"}))
    with pytest.raises(Conflict, match=r'"before-first-apply" using v1: .metadata.labels.a'):
        applied(live, service(labels={"a": "2"}))

    assert edited == []
    assert set(owners(after)) == {"one Apply", "before-first-apply Update"}


def test_status_belongs_to_its_subresource_and_to_nothing_else() -> None:
    live = updated(None, service({"ports": [{"port": 80}]}) | {"status": {"loadBalancer": {}}})
    new = live | {"status": {"conditions": [{"type": "Ready", "status": "True"}]}, "spec": {}}

    found = tracked_update(live, new, None, writing("controller", subresource="status"))

    assert "f:status" not in str(owners(live))
    told = [entry for entry in found if isinstance(entry, dict) and "subresource" in entry]
    assert [(entry["manager"], entry["subresource"]) for entry in told] == [
        ("controller", "status")
    ]
    assert list(mapping_at(told[0], "fieldsV1")) == ["f:status"]


def test_kubectl_moves_from_client_side_apply_without_force() -> None:
    configured = with_last_applied(service(labels={"a": "1"}))
    live = updated(None, configured, "kubectl-client-side-apply")

    after = applied(live, service(labels={"a": "2"}), "kubectl")
    with pytest.raises(Conflict, match='"kubectl-client-side-apply" using v1'):
        applied(live, service(labels={"a": "2"}), "helm")

    assert labels(after) == {"a": "2"}


def test_kubectl_asks_for_force_where_someone_changed_what_it_had_applied() -> None:
    configured = with_last_applied(service(labels={"a": "1"}))
    live = updated(None, configured, "kubectl-client-side-apply")
    meta = mapping_at(live, "metadata")
    live = updated(live, live | {"metadata": meta | {"labels": {"a": "5"}}})

    with pytest.raises(Conflict, match=r'conflict with "editor" using v1: .metadata.labels.a'):
        applied(live, service(labels={"a": "2"}), "kubectl")


def test_managed_fields_that_a_client_writes_count_and_an_empty_entry_forgets_all() -> None:
    live = updated(None, service(labels={"a": "1"}), "kubectl-client-side-apply")
    entries = mapping_at(live, "metadata")["managedFields"]
    assert isinstance(entries, list)
    entry = entries[0]
    assert isinstance(entry, dict)
    folded: list[JSON] = [entry | {"manager": "kubectl", "operation": "Apply"}]
    meta = mapping_at(live, "metadata")

    moved = updated(live, live | {"metadata": meta | {"managedFields": folded}})
    forgotten = tracked_update(live, live, [{}], writing("editor"))
    unreadable = tracked_update(live, live, [{"manager": 1}], writing("editor"))

    assert set(owners(moved)) == {"kubectl Apply"}
    assert forgotten == []
    assert unreadable == entries


def test_more_than_ten_updaters_are_folded_into_one() -> None:
    live = updated(None, service(labels={"l0": "x"}), "m00")
    for number in range(1, 14):
        meta = mapping_at(live, "metadata")
        more = labels(live) | {f"l{number}": "x"}
        live = updated(live, live | {"metadata": meta | {"labels": more}}, f"m{number:02}")

    found = owners(live)

    assert len(found) == 10
    assert "ancient-changes Update" in found


def deployment(spec: Manifest) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "a"},
        "spec": spec,
    }
