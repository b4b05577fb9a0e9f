"""Refusals in the apiserver's words, one by one (section A.1)."""

from __future__ import annotations

import pytest

from cluster.machinery.errors import (
    FieldError,
    FieldErrorType,
    already_exists,
    forbidden,
    invalid,
    not_found,
)


@pytest.mark.parametrize(
    ("type_", "detail", "text"),
    [
        (FieldErrorType.REQUIRED, "say so", "Required value: say so"),
        (FieldErrorType.REQUIRED, "", "Required value"),
        (FieldErrorType.INVALID, "too big", "Invalid value: 7: too big"),
        (FieldErrorType.NOT_SUPPORTED, 'supported values: "A"',
         'Unsupported value: 7: supported values: "A"'),
        (FieldErrorType.DUPLICATE, "", "Duplicate value: 7"),
        (FieldErrorType.FORBIDDEN, "not here", "Forbidden: not here"),
        (FieldErrorType.TOO_LONG, "may not be more than 3 bytes",
         "Too long: may not be more than 3 bytes"),
        (FieldErrorType.TOO_MANY, "must have at most 3 items",
         "Too many: 7: must have at most 3 items"),
        (FieldErrorType.NOT_FOUND, "", "Not found: 7"),
        (FieldErrorType.INTERNAL, "broken", "Internal error: broken"),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, FieldErrorType) else "",
)  # fmt: skip
def test_a_reason_word_prints_the_value_unless_it_is_one_of_the_silent_four(
    type_: FieldErrorType, detail: str, text: str
) -> None:
    """A-3."""
    assert str(FieldError(type_, "spec.x", detail, 7)) == f"spec.x: {text}"


def test_one_error_is_printed_bare_and_doubles_keep_their_causes() -> None:
    """A-1, A-2, A-38."""
    error = FieldError(FieldErrorType.REQUIRED, "spec.x")

    alone = invalid("Service", "", "web", [error])
    twice = invalid("Ingress", "networking.k8s.io", "web", [error, error])

    assert alone.message == 'Service "web" is invalid: spec.x: Required value'
    assert twice.message == ('Ingress.networking.k8s.io "web" is invalid: spec.x: Required value')
    causes = twice.details["causes"]
    assert isinstance(causes, list)
    assert (
        causes
        == [{"reason": "FieldValueRequired", "message": "Required value", "field": "spec.x"}] * 2
    )


def test_several_errors_stand_in_brackets_in_the_order_they_were_found() -> None:
    """A-2."""
    errors = [FieldError(FieldErrorType.REQUIRED, path) for path in ("spec.b", "spec.a")]

    message = invalid("Pod", "", "p", errors).message

    assert message.endswith("is invalid: [spec.b: Required value, spec.a: Required value]")


def test_a_refusal_names_the_plural_with_its_group() -> None:
    """A-7, A-8, A-9."""
    group = "networking.k8s.io"
    texts = [
        already_exists("ingresses", group, "x").message,
        already_exists("services", "", "x", terminating=True).message,
        not_found("services", "", "x").message,
        forbidden("namespaces", "", "default", "no").message,
    ]

    assert texts == [
        'ingresses.networking.k8s.io "x" already exists',
        'object is being deleted: services "x" already exists',
        'services "x" not found',
        'namespaces "default" is forbidden: no',
    ]
