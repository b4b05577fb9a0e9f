"""What is wrong with the fields that place a Pod: tolerations, affinity, spreading.

Source: pkg/apis/core/validation `validateTolerations`, `validateAffinity`,
`validateTopologySpreadConstraints`, `ValidateNodeSelectorRequirement`; semantics.md I-34, I-35.
"""

from __future__ import annotations

from cluster.domains.workload.constraints import REQUIRED
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import dns_label, label_value, qualified_name
from cluster.machinery.selectors import check_labels, check_selector

PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
ACTIONS = ("DoNotSchedule", "ScheduleAnyway")
MAXIMUM_WEIGHT = 100
ANY_KEY_TEXT = (
    'operator must be Exists when `key` is empty, which means "match all values and all keys"'
)


def check_placement(spec: Manifest, path: Path) -> list[FieldError]:
    """Return what is wrong with the placement fields of the Pod spec at `path`."""
    errors = check_labels(text_map_at(spec, "nodeSelector"), path / "nodeSelector")
    affinity = mapping_at(spec, "affinity")
    here = path / "affinity"
    errors += _check_node_affinity(mapping_at(affinity, "nodeAffinity"), here / "nodeAffinity")
    for name in ("podAffinity", "podAntiAffinity"):
        errors += _check_pod_affinity(mapping_at(affinity, name), here / name)
    for index, item in enumerate(mappings_at(spec, "tolerations")):
        errors += _check_toleration(item, (path / "tolerations")[index])
    errors += _check_spread(spec, path / "topologySpreadConstraints")
    return errors


def _check_toleration(item: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    key, operator = text_at(item, "key") or "", text_at(item, "operator") or ""
    value, effect = text_at(item, "value") or "", text_at(item, "effect") or ""
    if key:
        errors += [(path / "key").invalid(key, text) for text in qualified_name(key)]
    elif operator != "Exists":
        errors.append((path / "operator").invalid(operator, ANY_KEY_TEXT))
    if item.get("tolerationSeconds") is not None and effect != "NoExecute":
        text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        errors.append((path / "effect").invalid(effect, text))
    if operator in {"", "Equal"}:
        found = label_value(value)
        if found:
            errors.append((path / "operator").invalid(value, ";".join(found)))
    elif operator == "Exists":
        if value:
            text = "value must be empty when `operator` is 'Exists'"
            errors.append((path / "operator").invalid(value, text))
    else:
        errors.append((path / "operator").not_supported(operator, ("Equal", "Exists")))
    if effect and effect not in EFFECTS:
        errors.append((path / "effect").not_supported(effect, EFFECTS))
    return errors


def _check_node_affinity(affinity: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    if affinity.get(REQUIRED) is not None:
        here = path / REQUIRED / "nodeSelectorTerms"
        terms = mappings_at(affinity, REQUIRED, "nodeSelectorTerms")
        if not terms:
            errors.append(here.required("must have at least one node selector term"))
        for index, term in enumerate(terms):
            errors += _check_node_term(term, here[index])
    for index, item in enumerate(mappings_at(affinity, PREFERRED)):
        here = (path / PREFERRED)[index]
        errors += _check_weight(item, here)
        errors += _check_node_term(mapping_at(item, "preference"), here / "preference")
    return errors


def _check_weight(item: Manifest, path: Path) -> list[FieldError]:
    weight = integer_at(item, "weight") or 0
    if 1 <= weight <= MAXIMUM_WEIGHT:
        return []
    return [(path / "weight").invalid(weight, "must be in the range 1-100")]


def _check_node_term(term: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, item in enumerate(mappings_at(term, "matchExpressions")):
        errors += _check_expression(item, (path / "matchExpressions")[index])
    for index, item in enumerate(mappings_at(term, "matchFields")):
        errors += _check_field(item, (path / "matchFields")[index])
    return errors


def _check_expression(item: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    key, operator = text_at(item, "key") or "", text_at(item, "operator") or ""
    values = list_at(item, "values")
    if operator in {"In", "NotIn"}:
        if not values:
            text = "must be specified when `operator` is 'In' or 'NotIn'"
            errors.append((path / "values").required(text))
    elif operator in {"Exists", "DoesNotExist"}:
        if values:
            text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            errors.append((path / "values").forbidden(text))
    elif operator in {"Gt", "Lt"}:
        if len(values) != 1:
            text = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            errors.append((path / "values").required(text))
    else:
        errors.append((path / "operator").invalid(operator, "not a valid selector operator"))
    errors += [(path / "key").invalid(key, text) for text in qualified_name(key)]
    return errors


def _check_field(item: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    key, operator = text_at(item, "key") or "", text_at(item, "operator") or ""
    if operator not in {"In", "NotIn"}:
        errors.append((path / "operator").invalid(operator, "not a valid selector operator"))
    elif len(texts_at(item, "values")) != 1:
        text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        errors.append((path / "values").required(text))
    if key != "metadata.name":
        errors.append((path / "key").invalid(key, "not a valid field selector key"))
    return errors


def _check_pod_affinity(affinity: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, term in enumerate(mappings_at(affinity, REQUIRED)):
        errors += _check_pod_term(term, (path / REQUIRED)[index])
    for index, item in enumerate(mappings_at(affinity, PREFERRED)):
        here = (path / PREFERRED)[index]
        errors += _check_weight(item, here)
        errors += _check_pod_term(mapping_at(item, "podAffinityTerm"), here / "podAffinityTerm")
    return errors


def _check_pod_term(term: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for name in ("labelSelector", "namespaceSelector"):
        errors += check_selector(mapping_at(term, name), path / name)
    for name in texts_at(term, "namespaces"):
        errors += [(path / "namespace").invalid(name, text) for text in dns_label(name)]
    return errors + _check_topology_key(term, path, "can not be empty")


def _check_topology_key(item: Manifest, path: Path, empty: str) -> list[FieldError]:
    key = text_at(item, "topologyKey") or ""
    here = path / "topologyKey"
    if not key:
        return [here.required(empty)]
    return [here.invalid(key, text) for text in qualified_name(key)]


def _check_spread(spec: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    known: set[tuple[str, str]] = set()
    for index, item in enumerate(mappings_at(spec, "topologySpreadConstraints")):
        here = path[index]
        skew, action = integer_at(item, "maxSkew") or 0, text_at(item, "whenUnsatisfiable") or ""
        if skew <= 0:
            errors.append((here / "maxSkew").invalid(skew, "must be greater than zero"))
        errors += _check_topology_key(item, here, "can not be empty")
        if action not in ACTIONS:
            errors.append((here / "whenUnsatisfiable").not_supported(action, ACTIONS))
        pair = (text_at(item, "topologyKey") or "", action)
        if pair in known:
            text = "{" + ", ".join(pair) + "}"
            errors.append((here / "{topologyKey, whenUnsatisfiable}").duplicate(text))
        known.add(pair)
        domains = integer_at(item, "minDomains")
        if domains is not None and domains <= 0:
            errors.append((here / "minDomains").invalid(domains, "must be greater than 0"))
        errors += check_selector(mapping_at(item, "labelSelector"), here / "labelSelector")
    return errors
