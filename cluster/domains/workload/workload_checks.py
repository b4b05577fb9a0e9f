"""What is wrong with the controllers of `apps` and ReplicationControllers.

Source: pkg/apis/apps/validation, pkg/apis/core/validation; semantics.md I-1, I-2, I-11, I-13,
I-20, I-23, I-47.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cluster.domains.workload.pod_checks import check_template
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    port_at,
    text_at,
    text_map_at,
)
from cluster.machinery.selectors import check_labels, check_selector, parse_selector

NOT_NEGATIVE = "must be greater than or equal to 0"
IMMUTABLE = "field is immutable"
MISMATCH = "`selector` does not match template `labels`"
PERCENT_TEXT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%', or '93%', regex used for validation is '[0-9]+%')"
)
STATEFUL_SET_TEXT = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are forbidden"
)
STATEFUL_SET_MUTABLE = frozenset({
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
})  # fmt: skip
_PERCENT = re.compile(r"[0-9]+%")
_TEMPLATE = SPEC / "template"


def not_negative(spec: Manifest, path: Path, *fields: str) -> list[FieldError]:
    """Return an error for each of `fields` that is below zero."""
    errors: list[FieldError] = []
    for field in fields:
        number = integer_at(spec, field)
        if number is not None and number < 0:
            errors.append((path / field).invalid(number, NOT_NEGATIVE))
    return errors


def check_deployment(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a Deployment."""
    spec = mapping_at(manifest, "spec")
    errors = not_negative(spec, SPEC, "replicas")
    errors += _check_selector(spec, "deployment")
    errors += _check_template(spec, "ReplicaSet")
    errors += _check_strategy(mapping_at(spec, "strategy"))
    errors += not_negative(
        spec, SPEC, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
    )
    deadline = integer_at(spec, "progressDeadlineSeconds")
    if deadline is not None and deadline <= (integer_at(spec, "minReadySeconds") or 0):
        here = SPEC / "progressDeadlineSeconds"
        errors.append(here.invalid(deadline, "must be greater than minReadySeconds"))
    return errors


def check_replica_set(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a ReplicaSet; an empty selector is told as a Deployment's."""
    spec = mapping_at(manifest, "spec")
    errors = not_negative(spec, SPEC, "replicas", "minReadySeconds")
    return errors + _check_selector(spec, "deployment") + _check_template(spec, "ReplicaSet")


def check_replication_controller(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a ReplicationController."""
    spec = mapping_at(manifest, "spec")
    errors = not_negative(spec, SPEC, "minReadySeconds")
    selector = text_map_at(spec, "selector")
    if not selector:
        errors.append((SPEC / "selector").required())
    errors += check_labels(selector, SPEC / "selector")
    errors += not_negative(spec, SPEC, "replicas")
    template = mapping_at(spec, "template")
    if spec.get("template") is None:
        return [*errors, _TEMPLATE.required()]
    labels = text_map_at(template, "metadata", "labels")
    if selector and not selector.items() <= labels.items():
        errors.append((_TEMPLATE / "metadata" / "labels").invalid({**labels}, MISMATCH))
    return errors + _check_template_body(template, "ReplicationController")


def check_stateful_set(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a StatefulSet."""
    spec = mapping_at(manifest, "spec")
    errors: list[FieldError] = []
    policy = text_at(spec, "podManagementPolicy") or ""
    if policy not in {"OrderedReady", "Parallel"}:
        here = SPEC / "podManagementPolicy"
        errors.append(here.invalid(policy, "must be 'OrderedReady' or 'Parallel'"))
    errors += _check_stateful_set_strategy(mapping_at(spec, "updateStrategy"))
    errors += not_negative(spec, SPEC, "replicas", "minReadySeconds")
    errors += not_negative(mapping_at(spec, "ordinals"), SPEC / "ordinals", "start")
    errors += not_negative(spec, SPEC, "revisionHistoryLimit")
    errors += _check_selector(spec, "statefulset")
    claims = [
        text_at(claim, "metadata", "name") or ""
        for claim in mappings_at(spec, "volumeClaimTemplates")
    ]
    return errors + _check_template(spec, "StatefulSet", claims)


def check_daemon_set(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a DaemonSet; one without selector tells only the mismatch."""
    spec = mapping_at(manifest, "spec")
    errors: list[FieldError] = []
    if spec.get("selector") is not None:
        errors += check_selector(mapping_at(spec, "selector"), SPEC / "selector")
    errors += _check_match(spec)
    if spec.get("selector") is not None and _is_empty(mapping_at(spec, "selector")):
        text = "empty selector is invalid for daemonset"
        errors.append((SPEC / "selector").invalid(spec["selector"], text))
    errors += _check_template_body(mapping_at(spec, "template"), "DaemonSet")
    errors += not_negative(spec, SPEC, "minReadySeconds")
    errors += _check_daemon_set_strategy(mapping_at(spec, "updateStrategy"))
    return errors + not_negative(spec, SPEC, "revisionHistoryLimit")


def check_immutable_selector(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return the error of a Deployment, ReplicaSet or DaemonSet whose selector changed (I-1)."""
    selector: JSON = mapping_at(new, "spec").get("selector")
    if selector == mapping_at(old, "spec").get("selector"):
        return []
    return [(SPEC / "selector").invalid(selector, IMMUTABLE)]


def check_stateful_set_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return the error of a StatefulSet of which something else than I-20 lists changed."""
    after, before = mapping_at(new, "spec"), mapping_at(old, "spec")
    fields = (after.keys() | before.keys()) - STATEFUL_SET_MUTABLE
    if all(after.get(field) == before.get(field) for field in fields):
        return []
    return [SPEC.forbidden(STATEFUL_SET_TEXT)]


def _check_selector(spec: Manifest, word: str) -> list[FieldError]:
    here = SPEC / "selector"
    if spec.get("selector") is None:
        return [here.required()]
    selector = mapping_at(spec, "selector")
    errors = check_selector(selector, here)
    if _is_empty(selector):
        errors.append(here.invalid(selector, f"empty selector is invalid for {word}"))
    return errors


def _is_empty(selector: Manifest) -> bool:
    return not mapping_at(selector, "matchLabels") and not list_at(selector, "matchExpressions")


def _check_match(spec: Manifest) -> list[FieldError]:
    """Check that the selector selects the template; an absent one selects nothing (A-27)."""
    given: JSON = spec.get("selector")
    if isinstance(given, dict) and check_selector(given, SPEC):
        return []
    selector = parse_selector(given) if isinstance(given, dict) else None
    labels = text_map_at(spec, "template", "metadata", "labels")
    if selector is not None and selector.matches(labels):
        return []
    return [(_TEMPLATE / "metadata" / "labels").invalid({**labels}, MISMATCH)]


def _check_template(spec: Manifest, owner: str, claims: Collection[str] = ()) -> list[FieldError]:
    template = mapping_at(spec, "template")
    return _check_match(spec) + _check_template_body(template, owner, claims)


def _check_template_body(
    template: Manifest, owner: str, claims: Collection[str] = ()
) -> list[FieldError]:
    errors = check_template(template, _TEMPLATE, claims)
    here = _TEMPLATE / "spec"
    policy = text_at(template, "spec", "restartPolicy") or ""
    if policy != "Always":
        errors.append((here / "restartPolicy").not_supported(policy, ("Always",)))
    if integer_at(template, "spec", "activeDeadlineSeconds") is not None:
        text = f"activeDeadlineSeconds in {owner} is not Supported"
        errors.append((here / "activeDeadlineSeconds").forbidden(text))
    return errors


def check_amount(manifest: Manifest, field: str, path: Path) -> list[FieldError]:
    """Return what is wrong with a number or percentage such as maxSurge."""
    value = port_at(manifest, field)
    here = path / field
    if isinstance(value, str):
        if not _PERCENT.fullmatch(value):
            return [here.invalid(value, PERCENT_TEXT)]
    elif value is not None and value < 0:
        return [here.invalid(value, NOT_NEGATIVE)]
    return []


def _above_hundred(manifest: Manifest, field: str, path: Path) -> list[FieldError]:
    value = port_at(manifest, field)
    if isinstance(value, str) and _PERCENT.fullmatch(value) and int(value[:-1]) > 100:  # noqa: PLR2004 - percent
        return [(path / field).invalid(value, "must not be greater than 100%")]
    return []


def _is_zero(value: int | str | None) -> bool:
    if isinstance(value, str):
        return bool(_PERCENT.fullmatch(value)) and int(value[:-1]) == 0
    return not value


def _check_strategy(strategy: Manifest) -> list[FieldError]:
    here = SPEC / "strategy"
    type_ = text_at(strategy, "type") or ""
    rolling = mapping_at(strategy, "rollingUpdate")
    below = here / "rollingUpdate"
    if type_ == "Recreate":
        if strategy.get("rollingUpdate") is None:
            return []
        return [below.forbidden("may not be specified when strategy `type` is 'Recreate'")]
    if type_ != "RollingUpdate":
        return [(here / "type").not_supported(type_, ("Recreate", "RollingUpdate"))]
    errors = check_amount(rolling, "maxUnavailable", below)
    errors += check_amount(rolling, "maxSurge", below)
    unavailable, surge = port_at(rolling, "maxUnavailable"), port_at(rolling, "maxSurge")
    if not errors and _is_zero(unavailable) and _is_zero(surge):
        text = "may not be 0 when `maxSurge` is 0"
        errors.append((below / "maxUnavailable").invalid(unavailable, text))
    return errors + _above_hundred(rolling, "maxUnavailable", below)


def _check_stateful_set_strategy(strategy: Manifest) -> list[FieldError]:
    here = SPEC / "updateStrategy"
    type_ = text_at(strategy, "type") or ""
    rolling = mapping_at(strategy, "rollingUpdate")
    below = here / "rollingUpdate"
    if type_ == "OnDelete":
        if strategy.get("rollingUpdate") is None:
            return []
        return [below.invalid(rolling, "only allowed for updateStrategy 'RollingUpdate'")]
    if type_ != "RollingUpdate":
        return [here.invalid(strategy, "must be 'RollingUpdate' or 'OnDelete'")]
    return not_negative(rolling, below, "partition")


def _check_daemon_set_strategy(strategy: Manifest) -> list[FieldError]:
    here = SPEC / "updateStrategy"
    type_ = text_at(strategy, "type") or ""
    if type_ == "OnDelete":
        return []
    if type_ != "RollingUpdate":
        return [(here / "type").not_supported(type_, ("RollingUpdate", "OnDelete"))]
    rolling = mapping_at(strategy, "rollingUpdate")
    below = here / "rollingUpdate"
    errors = check_amount(rolling, "maxUnavailable", below)
    errors += check_amount(rolling, "maxSurge", below)
    if errors:
        return errors
    unavailable, surge = port_at(rolling, "maxUnavailable"), port_at(rolling, "maxSurge")
    if not _is_zero(unavailable) and not _is_zero(surge):
        text = "may not be set when maxUnavailable is non-zero"
        errors.append((below / "maxSurge").invalid(surge, text))
    elif _is_zero(unavailable) and _is_zero(surge):
        text = "cannot be 0 when maxSurge is 0"
        errors.append((below / "maxUnavailable").required(text))
    errors += _above_hundred(rolling, "maxUnavailable", below)
    return errors + _above_hundred(rolling, "maxSurge", below)
