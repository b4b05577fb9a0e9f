"""Field selectors: what each kind can be asked with, and what is said of the rest."""

import pytest

from cluster.api.kube.selecting import selection_of
from cluster.api.kube.wire import Request
from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import Manifest


def asked(fields: str, labels: str = "") -> Request:
    query = {"fieldSelector": fields, "labelSelector": labels}
    return Request("shop", "GET", "/", query, {})


OBJECT: Manifest = {
    "metadata": {"name": "web", "namespace": "a", "labels": {"app": "web"}},
    "spec": {"nodeName": "n1", "clusterIP": "10.96.0.9", "type": "ClusterIP"},
    "status": {"phase": "Running", "podIP": "10.244.0.1", "succeeded": 2},
    "type": "Opaque",
}


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("Deployment", "metadata.name=web,metadata.namespace=a", True),
        ("Deployment", "metadata.name!=web", False),
        ("Pod", "spec.nodeName=n1,status.phase!=Failed", True),
        ("Pod", "status.podIP==10.244.0.1", True),
        ("Pod", "spec.hostNetwork=false,status.nominatedNodeName=", True),
        ("Service", "spec.clusterIP=10.96.0.9,spec.type=ClusterIP", True),
        ("Secret", "type=Opaque", True),
        ("Node", "spec.unschedulable=true", False),
        ("Job", "status.successful=2", True),
        ("ReplicaSet", "status.replicas=0", True),
    ],
)
def test_fields_select(kind: str, fields: str, expected: bool) -> None:  # noqa: FBT001
    matches = selection_of(asked(fields), kind).matches

    assert matches is not None
    assert matches(OBJECT) is expected


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Pod", "field label not supported: spec.nope"),
        ("Service", "field label not supported: spec.nope"),
        ("Deployment", ('"spec.nope" is not a known field selector: only "metadata.name", '
         '"metadata.namespace"')),
        ("Job", 'field label "spec.nope" not supported for Job'),
    ],
)  # fmt: skip
def test_fields_that_a_kind_has_not_are_refused_in_its_words(kind: str, words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        selection_of(asked("spec.nope=x", "app=web"), kind)

    assert caught.value.message == words


def test_what_is_no_field_selector_is_refused() -> None:
    with pytest.raises(BadRequest, match="invalid selector: 'a'; can't understand 'a'"):
        selection_of(asked("a"), "Pod")
