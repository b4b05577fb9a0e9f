"""Metadata that every kind shares: semantics.md A-11 to A-23, A-28, A-34, A-37, A-40."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster.domains.workload.pod import Pod, parse_pod
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.metacheck import (
    ANNOTATIONS_MAXIMUM,
    check_meta,
    merge_owner_references,
    warnings,
)
from cluster.machinery.names import dns_1035_label, dns_label

POD = Kind(
    group="", version="v1", kind="Pod", plural="pods", type=Pod, parse=parse_pod
)  # fmt: skip
SERVICE = replace(POD, kind="Service", plural="services", check_name=dns_1035_label)
NAMESPACE = replace(
    POD, kind="Namespace", plural="namespaces", namespaced=False, check_name=dns_label
)
OWNER: Manifest = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "1"}


def named(name: str = "web", **meta: JSON) -> Manifest:
    return {"metadata": {"name": name, "namespace": "shop", **meta}}


def texts(manifest: Manifest, kind: Kind = POD, old: Manifest | None = None) -> list[str]:
    return [str(error) for error in check_meta(manifest, kind, old=old)]


def begins(found: list[str], expected: list[str]) -> bool:
    return len(found) == len(expected) and all(
        text.startswith(start) for text, start in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize(
    ("manifest", "kind", "expected"),
    [
        pytest.param(named(), POD, [], id="a-plain-name-is-fine"),
        pytest.param(
            {"metadata": {"namespace": "shop"}}, POD,
            ["metadata.name: Required value: name or generateName is required"],
            id="a-name-is-required",
        ),
        pytest.param(
            named("1web"), SERVICE,
            ['metadata.name: Invalid value: "1web": a DNS-1035 label must consist of'],
            id="a-service-name-starts-with-a-letter",
        ),
        pytest.param(named("1web"), POD, [], id="a-pod-name-may-start-with-a-digit"),
        pytest.param(named("web.v1"), POD, [], id="a-pod-name-may-hold-dots"),
        pytest.param(
            {"metadata": {"name": "a.b"}}, NAMESPACE,
            ['metadata.name: Invalid value: "a.b": must not contain dots'],
            id="a-label-with-dots-says-so",
        ),
        pytest.param(
            named("A" * 254), POD,
            [
                f'metadata.name: Invalid value: "{"A" * 254}": must be no more than 253',
                f'metadata.name: Invalid value: "{"A" * 254}": a lowercase RFC 1123 subdomain',
            ],
            id="length-comes-before-the-pattern",
        ),
        pytest.param(named(generateName="web-"), POD, [], id="a-prefix-may-end-in-a-dash"),
        pytest.param(
            named(generateName="Web-"), POD,
            ['metadata.generateName: Invalid value: "Web-": a lowercase RFC 1123 subdomain'],
            id="a-prefix-is-checked-like-a-name",
        ),
        pytest.param(
            {"metadata": {"name": "web"}}, POD, ["metadata.namespace: Required value"],
            id="a-namespaced-kind-needs-a-namespace",
        ),
        pytest.param(
            named(), NAMESPACE, ["metadata.namespace: Forbidden: not allowed on this type"],
            id="a-cluster-scoped-kind-has-none",
        ),
        pytest.param(
            named(labels={"-a": "x", "a/b/c": "y", "/b": "z"}), POD,
            [
                'metadata.labels: Invalid value: "-a": name part must consist of alphanumeric',
                'metadata.labels: Invalid value: "a/b/c": a qualified name must consist of',
                'metadata.labels: Invalid value: "/b": prefix part must be non-empty',
            ],
            id="label-keys-are-qualified-names",
        ),
        pytest.param(
            named(labels={"app": "no spaces"}), POD,
            ['metadata.labels: Invalid value: "no spaces": a valid label must be an empty string'],
            id="label-values-are-short-words",
        ),
        pytest.param(
            named(annotations={"Example.com/Key": "any text\n", "no key": ""}), POD,
            ['metadata.annotations: Invalid value: "no key": name part must consist of'],
            id="annotation-keys-ignore-case-and-values-are-free",
        ),
        pytest.param(
            named(annotations={"a": "x" * ANNOTATIONS_MAXIMUM}), POD,
            ["metadata.annotations: Too long: may not be more than 262144 bytes"],
            id="annotations-have-a-total-size",
        ),
        pytest.param(named(managedFields=[{"manager": ""}]), POD, [], id="no-managed-fields"),
    ],
)  # fmt: skip
def test_metadata_of_a_new_object(manifest: Manifest, kind: Kind, expected: list[str]) -> None:
    found = texts(manifest, kind)

    assert begins(found, expected), found


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        pytest.param([OWNER], [], id="a-whole-reference-is-fine"),
        pytest.param(
            [{}],
            [
                'metadata.ownerReferences.apiVersion: Invalid value: "": version must not',
                'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
                'metadata.ownerReferences.name: Invalid value: "": must not be empty',
                'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
            ],
            id="four-fields-are-required-and-paths-have-no-index",
        ),
        pytest.param(
            [OWNER | {"apiVersion": "apps/v1/x"}],
            ["metadata.ownerReferences.apiVersion: Invalid value"],
            id="a-version-is-one-word",
        ),
        pytest.param(
            [OWNER | {"apiVersion": "v1", "kind": "Event"}],
            ["metadata.ownerReferences: Invalid value"],
            id="an-event-owns-nothing",
        ),
    ],
)
def test_owner_references(owners: list[JSON], expected: list[str]) -> None:
    found = texts(named(ownerReferences=owners))

    assert begins(found, expected), found


def test_only_one_owner_is_the_controller() -> None:
    first = OWNER | {"controller": True}
    second = first | {"name": "db", "uid": "2"}

    found = texts(named(ownerReferences=[first, second]))

    assert len(found) == 1
    assert found[0].endswith(
        "Only one reference can have Controller set to true. "
        'Found "true" in references for ReplicaSet/web and ReplicaSet/db'
    )


def test_exact_repeats_of_an_owner_are_merged_with_a_warning() -> None:
    manifest = named(ownerReferences=[dict(OWNER), dict(OWNER), OWNER | {"uid": "2"}])

    said = merge_owner_references(manifest)

    assert manifest["metadata"] == {
        "name": "web", "namespace": "shop", "ownerReferences": [OWNER, OWNER | {"uid": "2"}],
    }  # fmt: skip
    assert len(said) == 1
    assert said[0].endswith("duplicate UID(s) observed: 1")
    assert merge_owner_references(manifest) == []


def test_finalizers_are_qualified_names_and_agree() -> None:
    assert texts(named(finalizers=["example.com/wait"])) == []
    assert begins(
        texts(named(finalizers=["", "orphan", "foregroundDeletion"])),
        [
            'metadata.finalizers: Invalid value: "": name part must be non-empty',
            'metadata.finalizers: Invalid value: "": name part must consist of',
            'metadata.finalizers: Invalid value: ["","orphan","foregroundDeletion"]: finalizer',
            'metadata.finalizers[0]: Invalid value: "": name is neither a standard finalizer',
        ],
    )


def test_a_finalizer_without_a_domain_is_one_of_kubernetes_own() -> None:
    """Source: `validateKubeFinalizerName` of pkg/apis/core/validation."""
    assert texts(named(finalizers=["kubernetes", "a/b", "orphan"])) == []
    assert texts(named(finalizers=["a/b", "wait"])) == [
        (
            'metadata.finalizers[1]: Invalid value: "wait": '
            "name is neither a standard finalizer name nor is it fully qualified"
        )
    ]


def test_a_terminating_object_loses_finalizers_but_gains_none() -> None:
    time = "2026-01-01T00:00:00Z"
    old = named(finalizers=["a/b"], deletionTimestamp=time)

    assert texts(named(deletionTimestamp=time), old=old) == []
    assert texts(named(finalizers=["a/b", "c/d"], deletionTimestamp=time), old=old) == [
        (
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object "
            'is being deleted, found new finalizers []string{"c/d"}'
        )
    ]


def test_identity_never_changes() -> None:
    old = named(uid="1", creationTimestamp="2026-01-01T00:00:00Z")
    new = named("other", uid="2", creationTimestamp="2026-01-01T00:00:00Z")

    assert texts(new, old=old) == [
        'metadata.name: Invalid value: "other": field is immutable',
        'metadata.uid: Invalid value: "2": field is immutable',
    ]


def test_an_existing_name_is_not_judged_again() -> None:  # StatefulSet names, on create only
    old = named("Not.A.Label")

    assert texts(old, SERVICE, old=old) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param(POD, "the Pod's hostname", id="pod"),
        pytest.param(replace(POD, kind="Deployment"), "Pod names and hostnames", id="deployment"),
    ],
)
def test_a_name_that_is_no_hostname_earns_a_warning(kind: Kind, words: str) -> None:
    assert warnings(named("web"), kind) == []
    assert warnings(named("web.v1"), kind) == [
        (
            f"metadata.name: this is used in {words}, which can result in surprising behavior; "
            "a DNS label is recommended: [must not contain dots]"
        )
    ]


def test_a_kind_adds_its_own_warnings() -> None:
    kind = replace(POD, warn=lambda _manifest: ["spec.x: deprecated"])

    assert warnings(named("web"), kind) == ["spec.x: deprecated"]
