"""Defaults and checks of IngressClasses, and the default class of new Ingresses.

Source: kubernetes `pkg/apis/networking/validation/validation.go`,
`plugin/pkg/admission/network/defaultingressclass`; semantics.md G-13 to G-15.
"""

from __future__ import annotations

import re

from cluster.domains.ingress.ingress import CLASS_ANNOTATION, DEFAULT_CLASS_ANNOTATION
from cluster.domains.ingress.ingress_checks import check_reference
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC
from cluster.machinery.kind import Admission
from cluster.machinery.manifest import (
    Manifest,
    child_mapping,
    mapping_at,
    text_at,
    text_map_at,
)
from cluster.machinery.names import dns_label, dns_subdomain
from cluster.machinery.times import parse_time

CONTROLLER_MAXIMUM = 250  # bytes
SCOPES = ("Cluster", "Namespace")
_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
_RE_PATH = re.compile(_PATH)


def default_ingress_class(manifest: Manifest) -> None:
    """Parameters are those of a cluster-scoped object unless they say otherwise."""
    parameters = mapping_at(manifest, "spec", "parameters")
    if parameters.get("scope") is None:
        parameters["scope"] = "Cluster"


def check_ingress_class(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with the spec of a defaulted IngressClass."""
    spec = mapping_at(manifest, "spec")
    errors = _check_controller(text_at(spec, "controller") or "")
    if spec.get("parameters") is not None:
        errors += _check_parameters(mapping_at(spec, "parameters"))
    return errors


def check_ingress_class_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return whether the controller stayed the same."""
    controller = text_at(new, "spec", "controller")
    if controller == text_at(old, "spec", "controller"):
        return []
    return [(SPEC / "controller").invalid(controller, "field is immutable")]


def _check_controller(controller: str) -> list[FieldError]:
    """A controller is a path under a domain: `k8s.io/ingress-nginx`."""
    path = SPEC / "controller"
    if not controller:
        return [path.required()]
    errors: list[FieldError] = []
    if len(controller.encode()) > CONTROLLER_MAXIMUM:
        errors.append(path.too_long(CONTROLLER_MAXIMUM))
    domain, _, below = controller.partition("/")
    if not domain or not below:
        text = 'must be a domain-prefixed path (such as "acme.io/foo")'
        return [*errors, path.invalid(controller, text)]
    errors += [path.invalid(domain, text) for text in dns_subdomain(domain)]
    if not _RE_PATH.fullmatch(below):
        errors.append(
            path.invalid(below, f"Invalid path (regex used for validation is '{_PATH}')")
        )
    return errors


def _check_parameters(parameters: Manifest) -> list[FieldError]:
    path = SPEC / "parameters"
    errors = check_reference(parameters, path)
    scope, namespace = text_at(parameters, "scope") or "", text_at(parameters, "namespace")
    if scope not in SCOPES:
        errors.append((path / "scope").not_supported(scope, SCOPES))
    elif scope == "Cluster":
        if namespace is not None:
            text = "`parameters.scope` is set to 'Cluster'"
            errors.append((path / "namespace").forbidden(text))
    elif namespace is None:
        errors.append((path / "namespace").required("`parameters.scope` is set to 'Namespace'"))
    else:
        errors += [(path / "namespace").invalid(namespace, text) for text in dns_label(namespace)]
    return errors


def admit_default_class(new: Manifest, old: Manifest | None, cluster: Admission) -> None:
    """Give a new Ingress without any class the default one: the newest, then by name (G-14).

    Later changes of the default do not reach it (G-15).
    """
    spec = mapping_at(new, "spec")
    annotations = text_map_at(new, "metadata", "annotations")
    if old is not None or spec.get("ingressClassName") is not None:
        return
    if CLASS_ANNOTATION in annotations:
        return
    defaults = [
        item
        for item in cluster.existing("IngressClass")
        if text_map_at(item, "metadata", "annotations").get(DEFAULT_CLASS_ANNOTATION) == "true"
    ]
    if defaults:
        chosen = min(defaults, key=lambda item: (-_created(item), _name(item)))
        child_mapping(new, "spec")["ingressClassName"] = _name(chosen)


def _created(manifest: Manifest) -> float:
    text = text_at(manifest, "metadata", "creationTimestamp")
    return parse_time(text).timestamp() if text else 0.0


def _name(manifest: Manifest) -> str:
    return text_at(manifest, "metadata", "name") or ""
