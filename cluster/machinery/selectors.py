"""Label selectors: parsed once, matched often, checked in the apiserver's words.

`{}` selects everything, an absent LabelSelector nothing (A-27): absence is None at the caller.
Source: apimachinery `labels/selector.go`, `apis/meta/v1/validation`; semantics.md A-20 to A-27.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, cast

from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import (
    Manifest,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import label_value, qualified_name

Operator: TypeAlias = Literal["In", "NotIn", "Exists", "DoesNotExist"]
OPERATORS: tuple[Operator, ...] = ("In", "NotIn", "Exists", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label key; `values` is sorted and empty for Exists/DoesNotExist."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether `labels` meet the condition; NotIn holds where the key is absent (A-26)."""
        value = labels.get(self.key)
        if self.operator == "In":
            return value is not None and value in self.values
        if self.operator == "NotIn":
            return value is None or value not in self.values
        return (value is not None) == (self.operator == "Exists")


@dataclass(frozen=True, slots=True)
class Selector:
    """A parsed selector: every requirement must hold; none means everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with `labels` is selected."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is required (`{}`)."""
        return not self.requirements

    def __str__(self) -> str:
        """The selector as `kubectl -l` reads it."""
        return ",".join(_text(requirement) for requirement in self.requirements) or "{}"


def _text(requirement: Requirement) -> str:
    key, values = requirement.key, requirement.values
    match requirement.operator:
        case "In":
            return f"{key}={values[0]}" if len(values) == 1 else f"{key} in ({','.join(values)})"
        case "NotIn":
            return f"{key} notin ({','.join(values)})"
        case "Exists":
            return key
        case "DoesNotExist":
            return f"!{key}"


def parse_equalities(labels: Mapping[str, str]) -> Selector:
    """Return the selector of a plain map (Service `spec.selector`): equality, all of them."""
    return Selector(
        tuple(Requirement(key, "In", (value,)) for key, value in sorted(labels.items()))
    )


def parse_selector(manifest: Manifest | None) -> Selector | None:
    """Return a checked LabelSelector, None where it is absent (matches nothing, A-27)."""
    if manifest is None:
        return None
    found = [
        Requirement(key, "In", (value,))
        for key, value in text_map_at(manifest, "matchLabels").items()
    ]
    found += [
        Requirement(
            text_at(expression, "key") or "",
            cast("Operator", text_at(expression, "operator")),
            tuple(sorted(set(texts_at(expression, "values")))),
        )
        for expression in mappings_at(manifest, "matchExpressions")
    ]
    return Selector(tuple(sorted(found, key=lambda r: (r.key, r.operator, r.values))))


def check_labels(labels: Mapping[str, str], path: Path) -> list[FieldError]:
    """Return what is wrong with a label map; every error stands at the map itself (A-20)."""
    errors: list[FieldError] = []
    for key, value in labels.items():
        if not _is_label(key, value):
            errors += [path.invalid(key, text) for text in qualified_name(key)]
            errors += [path.invalid(value, text) for text in label_value(value)]
    return errors


@lru_cache(maxsize=1 << 14)
def _is_label(key: str, value: str) -> bool:
    """Whether nothing is wrong with a label; the same few are on most objects."""
    return not qualified_name(key) and not label_value(value)


def check_selector(manifest: Manifest, path: Path) -> list[FieldError]:
    """Return what is wrong with a LabelSelector at `path` (A-25)."""
    errors = check_labels(text_map_at(manifest, "matchLabels"), path / "matchLabels")
    for index, expression in enumerate(mappings_at(manifest, "matchExpressions")):
        errors += _check_expression(expression, (path / "matchExpressions")[index])
    return errors


def _check_expression(expression: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    operator = text_at(expression, "operator") or ""
    values = texts_at(expression, "values")
    if operator in {"In", "NotIn"}:
        if not values:
            errors.append(
                (path / "values").required("must be specified when `operator` is 'In' or 'NotIn'")
            )
    elif operator in {"Exists", "DoesNotExist"}:
        if list_at(expression, "values"):
            errors.append(
                (path / "values").forbidden(
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                )
            )
    else:
        errors.append((path / "operator").invalid(operator, "not a valid selector operator"))
    key = text_at(expression, "key") or ""
    errors += [(path / "key").invalid(key, text) for text in qualified_name(key)]
    for index, value in enumerate(values):
        errors += [(path / "values")[index].invalid(value, text) for text in label_value(value)]
    return errors


def selector_at(manifest: Manifest, *path: str) -> Selector | None:
    """Return the LabelSelector at `path` of a checked manifest, None where absent or null."""
    here = manifest
    for step in path[:-1]:
        here = mapping_at(here, step)
    found = here.get(path[-1])
    return parse_selector(found) if isinstance(found, dict) else None
