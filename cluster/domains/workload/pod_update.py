"""What may change of a Pod once it exists (I-32).

Source: pkg/apis/core/validation `ValidatePodUpdate`.
"""

from __future__ import annotations

from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    copy,
    integer_at,
    leaves,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
)

FORBIDDEN_TEXT = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
    "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
    "(allow it to be set to 1 if it was previously negative)"
)
TOLERATION_TEXT = "existing toleration can not be modified except its tolerationSeconds"


def check_pod_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return what a Pod's update changes although it must not."""
    after, before = mapping_at(new, "spec"), mapping_at(old, "spec")
    for field, word in (("containers", ""), ("initContainers", "init ")):
        if len(list_at(after, field)) != len(list_at(before, field)):
            text = f"pod updates may not add or remove {word}containers"
            return [(SPEC / field).forbidden(text)]
    errors = _check_deadline(after, before)
    errors += _check_gates(after, before)
    errors += _check_tolerations(after, before)
    changed = _forbidden_changes(after, before)
    if changed:
        listed = "".join(f"\n  spec.{path}" for path in changed)
        errors.append(SPEC.forbidden(f"{FORBIDDEN_TEXT}{listed}"))
    return errors


def _check_deadline(after: Manifest, before: Manifest) -> list[FieldError]:
    here = SPEC / "activeDeadlineSeconds"
    new, old = (
        integer_at(after, "activeDeadlineSeconds"),
        integer_at(before, "activeDeadlineSeconds"),
    )
    if old is None:
        return []
    if new is None:
        return [here.invalid(None, "must not update from a positive integer to nil value")]
    if new > old:
        return [here.invalid(new, "must be less than or equal to previous value")]
    return []


def _check_gates(after: Manifest, before: Manifest) -> list[FieldError]:
    known = {text_at(gate, "name") for gate in mappings_at(before, "schedulingGates")}
    new = {text_at(gate, "name") for gate in mappings_at(after, "schedulingGates")}
    if new <= known:
        return []
    listed = ",".join(sorted(name or "" for name in new - known))
    text = f"only deletion is allowed, but found new scheduling gates '{listed}'"
    return [(SPEC / "schedulingGates").forbidden(text)]


def _check_tolerations(after: Manifest, before: Manifest) -> list[FieldError]:
    kept = [_timeless(item) for item in mappings_at(after, "tolerations")]
    if all(_timeless(item) in kept for item in mappings_at(before, "tolerations")):
        return []
    return [(SPEC / "tolerations").forbidden(TOLERATION_TEXT)]


def _timeless(toleration: Manifest) -> Manifest:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _forbidden_changes(after: Manifest, before: Manifest) -> list[str]:
    """Return the paths below `spec` that differ although they are immutable, sorted."""
    new = copy(after)
    old_gated = bool(list_at(before, "schedulingGates"))
    for field in ("containers", "initContainers"):
        pairs = zip(mappings_at(new, field), mappings_at(before, field), strict=True)
        for container, known in pairs:
            _put_back(container, known, "image")
    for field in ("activeDeadlineSeconds", "tolerations", "schedulingGates"):
        _put_back(new, before, field)
    seconds = before.get("terminationGracePeriodSeconds")
    if isinstance(seconds, int) and seconds < 0 and new["terminationGracePeriodSeconds"] == 1:
        new["terminationGracePeriodSeconds"] = seconds
    if old_gated:
        _allow_narrowing(new, before)
    now, then = dict(leaves(new)), dict(leaves(before))
    absent = object()
    return sorted(
        path
        for path in now.keys() | then.keys()
        if now.get(path, absent) != then.get(path, absent)
    )


def _allow_narrowing(new: Manifest, before: Manifest) -> None:
    """A gated Pod may gain node selector entries and node affinity."""
    had, has = text_map_at(before, "nodeSelector"), text_map_at(new, "nodeSelector")
    if had.items() <= has.items():
        _put_back(new, before, "nodeSelector")
    if not mapping_at(before, "affinity", "nodeAffinity"):
        affinity = {**mapping_at(new, "affinity")}
        affinity.pop("nodeAffinity", None)
        if affinity or before.get("affinity") is not None:
            new["affinity"] = affinity
        else:
            new.pop("affinity", None)


def _put_back(new: Manifest, before: Manifest, field: str) -> None:
    value: JSON = before.get(field)
    if value is None:
        new.pop(field, None)
    else:
        new[field] = value
