"""IngressClass, and the default class of new Ingresses. semantics.md G-13 to G-15."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.ingress.ingressclass_checks import (
    admit_default_class,
    check_ingress_class,
    check_ingress_class_update,
    default_ingress_class,
)
from cluster.domains.ingress.kinds import INGRESS_CLASS
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings, parse_settings
from tests.domains.ingress.objects import backend, ingress_class, ingress_of

PARAMETERS = "spec.parameters"


def with_parameters(**parameters: JSON) -> Manifest:
    made = ingress_class("own")
    made["spec"] = {"controller": "acme.io/foo", "parameters": {**parameters}}
    default_ingress_class(made)
    return made


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(ingress_class("own", "k8s.io/ingress-nginx"), [], id="fine"),
        pytest.param(
            ingress_class("own", ""), ["spec.controller: Required value"], id="a-controller",
        ),
        pytest.param(
            ingress_class("own", "nginx"),
            [('spec.controller: Invalid value: "nginx": must be a domain-prefixed path '
             '(such as "acme.io/foo")')],
            id="under-a-domain",
        ),
        pytest.param(
            ingress_class("own", "a.io/" + "x" * 246),
            ["spec.controller: Too long: may not be more than 250 bytes"], id="not-too-long",
        ),
        pytest.param(
            ingress_class("own", "A.io/b c"),
            ['spec.controller: Invalid value: "A.io": a lowercase RFC 1123 subdomain',
             'spec.controller: Invalid value: "b c": Invalid path (regex used for validation'],
            id="of-legal-parts",
        ),
        pytest.param(with_parameters(kind="P", name="p"), [], id="scope-defaults-to-cluster"),
        pytest.param(
            with_parameters(),
            [f"{PARAMETERS}.kind: Required value: kind is required",
             f"{PARAMETERS}.name: Required value: name is required"],
            id="parameters-name-an-object",
        ),
        pytest.param(
            with_parameters(kind="P", name="p", scope="cluster"),
            [(f'{PARAMETERS}.scope: Unsupported value: "cluster": supported values: '
             '"Cluster", "Namespace"')],
            id="two-scopes",
        ),
        pytest.param(
            with_parameters(kind="P", name="p", scope="Namespace"),
            [(f"{PARAMETERS}.namespace: Required value: "
             "`parameters.scope` is set to 'Namespace'")],
            id="a-namespace-for-its-scope",
        ),
        pytest.param(
            with_parameters(kind="P", name="p", namespace="shop"),
            [f"{PARAMETERS}.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
            id="none-for-the-other",
        ),
    ],
)  # fmt: skip
def test_checks(made: Manifest, expected: list[str]) -> None:  # G-13
    found = [str(error) for error in check_ingress_class(made)]

    assert len(found) == len(expected), found
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True)), found


def test_the_controller_is_immutable() -> None:  # G-13
    old, new = ingress_class("own", "a.io/b"), ingress_class("own", "a.io/c")

    assert check_ingress_class_update(old, old) == []
    assert [str(error) for error in check_ingress_class_update(new, old)] == [
        'spec.controller: Invalid value: "a.io/c": field is immutable'
    ]


def test_columns() -> None:
    made = with_parameters(apiGroup="k8s.acme.io", kind="Params", name="p")
    cells = {column.name: column.read(made) for column in INGRESS_CLASS.columns}

    assert cells["Controller"] == "acme.io/foo"
    assert cells["Parameters"] == "Params.k8s.acme.io/p"
    assert INGRESS_CLASS.columns[2].read(ingress_class("own")) == "<none>"


@dataclass
class Cluster:
    """A cluster with IngressClasses and nothing else."""

    classes: list[Manifest]
    settings: ClusterSettings = field(default_factory=lambda: parse_settings({}))

    @property
    def pools(self) -> Cluster:
        return self

    def holder(self, _claim: Claim) -> Key | None:
        return None

    def lowest_free(self, _pool: str, _low: int, _high: int) -> int | None:
        return None

    def existing(self, kind: str, namespace: str = "") -> Iterator[Manifest]:
        assert (kind, namespace) == ("IngressClass", "")
        return iter(sorted(self.classes, key=lambda item: str(item["metadata"])))


def admitted(
    classes: list[Manifest],
    *,
    old: Manifest | None = None,
    name: str | None = None,
    annotations: JSON = None,
) -> str | None:
    spec: Manifest = {"defaultBackend": backend()}
    named: Manifest = {} if name is None else {"ingressClassName": name}
    made = ingress_of(spec | named, annotations=annotations)
    admit_default_class(made, old, Cluster(classes))
    return text_at(mapping_at(made, "spec"), "ingressClassName")


def test_only_a_new_ingress_without_any_class_gets_the_default() -> None:  # G-14, G-15
    classes = [ingress_class("other"), ingress_class("own", default=True)]
    annotations: Manifest = {"kubernetes.io/ingress.class": ""}

    assert admitted(classes) == "own"
    assert admitted([classes[0]]) is None
    assert admitted(classes, name="other") == "other"
    assert admitted(classes, annotations=annotations) is None
    assert admitted(classes, old=ingress_of({})) is None


def test_the_mark_of_a_default_is_exactly_true() -> None:  # G-14
    made = ingress_class("own")
    made["metadata"] = {"name": "own", "annotations": {
        "ingressclass.kubernetes.io/is-default-class": "True"}}  # fmt: skip

    assert admitted([made]) is None


@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
        min_size=1,
    )
)  # fmt: skip
def test_of_several_defaults_the_newest_wins_then_the_first_name(created: dict[str, str]) -> None:
    classes = [ingress_class(name, default=True, created=time) for name, time in created.items()]
    newest = max(created.values())

    assert admitted(classes) == min(name for name, time in created.items() if time == newest)
